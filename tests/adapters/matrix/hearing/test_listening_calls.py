"""What is meant for the bot, and what is not: prefixes, names, mentions and pills."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.matrix.hearing.listening import Me, Said, heard
from tests.adapters.matrix.events import HTML, ME, MENTIONED, PILL, message, said


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("!now", said("now", addressed=True)),
        ("  !next Marina ", said("next Marina", addressed=True)),
        ("!42", said("42", addressed=True)),
        ("!été", said("été", addressed=True)),
        ("\u200b!now\ufeff", said("now", addressed=True)),
        ("!n\u00adow", said("now", addressed=True)),
        ("\u200d !now\u200c", said("now", addressed=True)),
        ("!next\tMarina\u00a0 A", said("next Marina A", addressed=True)),
        ("\n \n!now\n!next", said("now", addressed=True)),
        ("well\n!next", said("well")),
        ("!!!", said("!!")),
        ("!", said("")),
        ("! now", said("now")),
        ("!?", said("?")),
        ("!!now", said("!now")),
        ("what!now", said("what!now")),
        ("next Marina", said("next Marina")),
        ("", said("")),
        ("summitbot: next Marina", said("next Marina", named=True)),
        ("summitbot:now", said("now", named=True)),
        ("summitbot, now", said("now", named=True)),
        ("SummitBot: !now", said("now", named=True)),
        ("summitbot", said("", named=True)),
        ("summitbot:", said("", named=True)),
        ("summitbot now", said("summitbot now")),
        ("summitbot; now", said("summitbot; now")),
        ("summitbot?", said("summitbot?")),
        ("Summit Bot, next", said("next", named=True)),
        ("summit  bot: next", said("next", named=True)),
        ("Summit Bot", said("", named=True)),
        ("Summit Bottom: next", said("Summit Bottom: next")),
        ("Summit: next", said("Summit: next")),
        ("summitbotany", said("summitbotany")),
        ("robot: now", said("robot: now")),
        ("@summitbot next", said("next", named=True)),
        ("@summitbot: next", said("next", named=True)),
        ("@summitbot,next", said("next", named=True)),
        ("@summitbot:", said("", named=True)),
        ("@Summit Bot next", said("next", named=True)),
        ("@@summitbot next", said("@@summitbot next")),
        ("@summitbotany next", said("@summitbotany next")),
        ("@summitbot:example.org next", said("next", named=True)),
        ("@SummitBot:Example.ORG: !next", said("next", named=True)),
        ("@summitbot:example.org:next", said("next", named=True)),
        ("@summitbot:example.org", said("", named=True)),
        ("@summitbot:example.organic next", said("@summitbot:example.organic next")),
        ("@summitbot:example.net next", said("@summitbot:example.net next")),
        ("summitbot:example.org next", said("example.org next", named=True)),
        ("is @summitbot any good?", said("is @summitbot any good?")),
        ("next Marina @summitbot", said("next Marina @summitbot")),
        ("> <@bob:example.org> !now\n\n!next", said("> <@bob:example.org> !now")),
        ("!now \ud800", said("now", addressed=True)),
    ],
)
def test_a_text_is_meant_for_the_bot_if_it_begins_with_its_prefix_or_name(
    body: str, meant: Said
) -> None:
    assert heard(message(body), ME) == meant


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("Summit Bot next Marina", said("next Marina", named=True)),
        ("summitbot !now", said("now", named=True)),
        ("Summit Bot: next", said("next", named=True)),
        ("summitbotany next", said("summitbotany next")),
        ("Summit Bottom next", said("Summit Bottom next")),
        ("is Summit Bot any good?", said("is Summit Bot any good?")),
        ("next Marina Summit Bot", said("next Marina Summit Bot")),
    ],
)
def test_behind_the_name_a_space_is_enough_in_a_message_that_mentions_the_bot(
    body: str, meant: Said
) -> None:
    assert heard(message(body, **MENTIONED), ME) == meant
    of_others = {"m.mentions": {"user_ids": ["@bob:example.org"]}}
    assert heard(message("Summit Bot next", **of_others), ME) == said("Summit Bot next")


@pytest.mark.parametrize(
    ("html", "line"),
    [
        (f"{PILL}: next Marina", "next Marina"),
        (f"{PILL} next Marina", "next Marina"),
        (f"{PILL}, !next&nbsp;Marina", "next Marina"),
        (PILL, ""),
        (f"{PILL}:", ""),
        (f"{PILL}\u200b: next", "next"),
        (f"{PILL}&#10;next&#10;now", "next now"),
        (f"<p>\n{PILL} <strong>next</strong> <b>Marina</b></p>\n<p>please</p>", "next Marina"),
        (f"<p>{PILL}: next Marina</p>", "next Marina"),
        (f"{PILL}: next<br>Marina", "next"),
        (f"{PILL}: next<BR />Marina", "next"),
        (f"{PILL}: next\nMarina", "next"),
        (f"{PILL}: next<ul><li>Marina</li></ul>", "next"),
        (f"{PILL}: find a &lt;b&gt; &amp;amp; c", "find a <b> &amp; c"),
        (f"<mx-reply><blockquote>{PILL}: now</blockquote></mx-reply>{PILL}: next", "next"),
        (f"<span data-mx-color='#ff0000'>{PILL}</span>: next", "next"),
        ("<a href='https://matrix.to/#/@summitbot:example.org'>x</a>: next", "next"),
        ('<a href="https://matrix.to/#/%40summitbot%3Aexample.org">x</a>: next', "next"),
        ('<a href="https://matrix.to/#/&#64;summitbot&#58;example.org">x</a>: next', "next"),
        ('<a href="https://matrix.to/#/@summitbot:example.org?via=a&amp;via=b">x</a> n', "n"),
        ('<a class="pill" href="matrix:u/summitbot:example.org" title="x">x</a> n', "n"),
        ('<a href="matrix:u/summitbot:example.org?action=chat"><b>x</b></a>: n', "n"),
    ],
)
@pytest.mark.parametrize("body", ["Summit Bot: next Marina", "@[Summit Bot] whatever"])
def test_a_pill_at_the_beginning_calls_the_bot(html: str, line: str, body: str) -> None:
    assert heard(message(body, formatted_body=html, **HTML), ME) == said(line, named=True)


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://matrix.to/#/@summitbot:example.net">Summit Bot</a>: next',
        '<a href="https://matrix.to/#/@bob:example.org">Summit Bot</a>: next',
        f"{PILL}&#x27;s next",
        f"{PILL}. Next",
    ],
)
def test_a_pill_for_somebody_else_of_the_same_name_does_not(html: str) -> None:
    body = "Summit Bot: next"
    assert heard(message(body, formatted_body=html, **HTML), ME) == said("Summit Bot: next")


@pytest.mark.parametrize(
    "others",
    [
        {"formatted_body": f"is {PILL} any good?", **HTML},
        {"formatted_body": f"{PILL}: next"},
        {"formatted_body": f"{PILL}: next", "format": 7},
        {"formatted_body": 7, **HTML},
        {"formatted_body": "<a href=https://matrix.to/#/@summitbot:example.org>x</a>", **HTML},
        {"formatted_body": '<a href="https://example.org/@summitbot:example.org">x</a>', **HTML},
        {"formatted_body": '<a href="https://matrix.to/#/#summitbot:example.org">x</a>', **HTML},
        {"formatted_body": "<a>x</a>", **HTML},
        {"formatted_body": PILL.removesuffix("</a>"), **HTML},
        {"formatted_body": f"<mx-reply>{PILL}: next", **HTML},
        {"m.mentions": {"user_ids": "@summitbot:example.org"}},
        {"m.mentions": {"user_ids": {"@summitbot:example.org": 1}}},
        {"m.mentions": ["@summitbot:example.org"]},
    ],
)
def test_what_is_no_pill_and_no_mention_calls_nobody(others: dict[str, Any]) -> None:
    assert heard(message("Summit Bot next", **others), ME) == said("Summit Bot next")
    assert heard(message("Summit Bot: next", **others), ME) == said("next", named=True)


@pytest.mark.parametrize(
    ("me", "body", "meant"),
    [
        (Me("@b:x", frozenset(), "!"), "!now", said("now", addressed=True)),
        (Me("@b:x", frozenset(), "!"), "b: now", said("b: now")),
        (Me("@b:x", frozenset(), "!"), "@b:x now", said("now", named=True)),
        (Me("@b:x", frozenset({"", " \u200b"}), "!"), ": now", said(": now")),
        (Me("@b:x", frozenset({"b"}), ""), "!now", said("!now")),
        (Me("@b:x", frozenset({"b"}), ""), "now", said("now")),
        (Me("@b:x", frozenset({"b"}), ""), "b: !now", said("!now", named=True)),
        (Me("@b:x", frozenset({"b"}), ".."), "..now", said("now", addressed=True)),
        (Me("@b:x", frozenset({"b"}), ".."), ".now", said(".now")),
        (Me("@b:x", frozenset({"b", "b: c"}), "!"), "b: c: now", said("now", named=True)),
        (Me("@b:x", frozenset({"Summit", "Summit Bot"}), "!"), "summit: now",
         said("now", named=True)),
        (Me("@b:x", frozenset({"Summit", "Summit Bot"}), "!"), "Summit Bot: now",
         said("now", named=True)),
        (Me("@b:x", frozenset({" [b.t]  🤖\u200b"}), "!"), "[b.t] 🤖: now",
         said("now", named=True)),
        (Me("@b:x", frozenset({"[b.t]"}), "!"), "bbbtb: now", said("bbbtb: now")),
    ],
)  # fmt: skip
def test_with_other_names_and_prefixes(me: Me, body: str, meant: Said) -> None:
    assert heard(message(body), me) == meant


@pytest.mark.parametrize(
    "repeated",
    ["<a ", "<a href=", "<p>", " ", "<", "</a", "href=\"", f"{PILL} ", "<mx-reply>", "<p ", "&"],
)  # fmt: skip
def test_no_html_takes_long_to_read(repeated: str) -> None:
    # Read in a way that takes the square of its length, this takes minutes.
    for before in ("", PILL, '<a href="'):
        html = before + repeated * (2_000_000 // len(repeated))
        assert isinstance(heard(message("x", formatted_body=html, **HTML), ME), Said)


lines = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=6)


@given(lines, st.sampled_from(["!", "", "..", "bot "]), lines)
def test_a_name_with_a_mark_behind_it_calls_the_bot(name: str, prefix: str, line: str) -> None:
    me = Me("@zzzzzzz:example.org", frozenset({name}), prefix)
    meant = said(line.removeprefix(prefix), named=True)
    assert heard(message(f"{name}: {line}"), me) == meant
    assert heard(message(f"@zzzzzzz:example.org {line}"), me) == meant
    link = f'<a href="https://matrix.to/#/{quote(me.user_id)}">{quote(name)}</a>: {quote(line)}'
    called = heard(message("x", formatted_body=link, **HTML), me)
    assert called == said(quote(line).removeprefix(prefix), named=True)
