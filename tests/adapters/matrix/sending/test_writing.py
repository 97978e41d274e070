"""Replies as contents of events: the same words as everywhere, and HTML that nobody can break."""

import json
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.matrix.sending.writing import (
    Thread,
    Written,
    content,
    corrected,
    session_of,
    written,
)
from bot.document import Button, Heading, Item, Reply, Text, Time, Typed, heading, reply, text
from bot.schedule import Session, Slot
from bot.text import item_parts, lines
from bot.times import Reader
from tests.summit import at

READER = Reader(ZoneInfo("UTC"))
PLAIN = replace(READER, plain=True)
TALK = Session(6, "g", "Swift quotas", Slot(at(16, 9), at(16, 10), ("Marina",)), ("Ada", "Bob"))
PARTY = Session(7, "h", "Beer & <b>games</b>", Slot(at(16, 20), None, ()), cancelled=True)
SHOWN = "[6] 9:00am–10:00am · Swift quotas · Marina · Ada, Bob"
LISTED = "<li><strong>Swift quotas</strong><br/>[6] 9:00am–10:00am · Marina · Ada, Bob</li>"


@pytest.mark.parametrize(
    ("said", "body", "html"),
    [
        (reply(), "", ""),
        (reply(text('It\'s "here".')), 'It\'s "here".', '<p>It\'s "here".</p>'),
        (
            reply(heading("On now, at ", Time(at(16, 9)), ":"), Item(TALK)),
            f"On now, at 9:00am:\n{SHOWN}",
            f"<p><strong>On now, at 9:00am:</strong></p><ul>{LISTED}</ul>",
        ),
        (
            reply(Item(TALK), Item(PARTY, day=True), text("… 4 more sessions: ", Typed("more"))),
            f"{SHOWN}\n[7] Mon 8:00pm · Beer & <b>games</b> · CANCELLED\n"
            "… 4 more sessions: ‘!more’",
            f"<ul>{LISTED}<li><strong>Beer &amp; &lt;b&gt;games&lt;/b&gt;</strong><br/>"
            "[7] Mon 8:00pm · CANCELLED</li></ul><p>… 4 more sessions: <code>!more</code></p>",
        ),
        (
            reply(Item(TALK, note=("over, see ", Typed("more"), ", at ", Time(at(16, 9))))),
            f"{SHOWN} · over, see ‘!more’, at 9:00am",
            f"<ul>{LISTED[:-5]} · over, see <code>!more</code>, at 9:00am</li></ul>",
        ),
        (
            reply(Item(TALK), Button("Snooze", "snooze 6"), Button("Remove", "unbookmark 6")),
            f"{SHOWN}\nSnooze: ‘!snooze 6’ or ⏰ · Remove: ‘!unbookmark 6’",
            f"<ul>{LISTED}</ul><p>Snooze: <code>!snooze 6</code> or ⏰ · "
            "Remove: <code>!unbookmark 6</code></p>",
        ),
        (
            reply(Button("A & B", "a < b"), text("or"), Button("C", "c")),
            "A & B: ‘!a < b’\nor\nC: ‘!c’",
            "<p>A &amp; B: <code>!a &lt; b</code><br/>or<br/>C: <code>!c</code></p>",
        ),
        (
            reply(heading("Talks:"), text("one"), text("two"), heading(Typed("help"), ": it")),
            "Talks:\none\ntwo\n‘!help’: it",
            "<p><strong>Talks:</strong><br/>one<br/>two</p>"
            "<p><strong><code>!help</code>: it</strong></p>",
        ),
        (reply(text("a\r\nb\0c\u2028d")), "a  b c d", "<p>a  b c d</p>"),
    ],
)
def test_a_reply_is_written_as_lines_and_as_html(said: Reply, body: str, html: str) -> None:
    assert written(said, READER, "!") == Written(body, html)


def test_nothing_is_bold_for_people_who_ask_for_that() -> None:
    said = reply(heading("On now:"), Item(TALK))
    assert written(said, PLAIN) == Written(
        f"On now:\n{SHOWN}",
        "<p>On now:</p><ul><li>Swift quotas<br/>[6] 9:00am–10:00am · Marina · Ada, Bob</li></ul>",
    )


def test_a_reply_that_no_event_could_hold_is_cut_between_lines() -> None:
    said = Reply((heading("All:"), *(text(f"{number:03} {'x' * 94}") for number in range(300))))
    shown = written(said, READER)
    first, *kept, last = shown.body.split("\n")
    assert first == "All:"
    assert kept == [f"{number:03} {'x' * 94}" for number in range(len(kept))]
    assert last == f"… {300 - len(kept)} more lines do not fit into one message."
    assert shown.html == f"<p><strong>All:</strong><br/>{'<br/>'.join([*kept, last])}</p>"
    assert 110 < len(kept) < 120


def test_one_line_too_many_is_counted_too() -> None:
    said = reply(text("short"), text("x" * 14_960))
    assert written(said, READER).body == "short\n… 1 more line does not fit into one message."


def test_what_says_that_lines_are_missing_must_fit_too() -> None:
    said = reply(text("x" * 14_950), text("short"))
    assert written(said, READER).body == "… 2 more lines do not fit into one message."


def test_a_reply_that_just_fits_is_whole() -> None:
    said = reply(text("short"), text("x" * 14_900))
    assert written(said, READER).body == f"short\n{'x' * 14_900}"


@pytest.mark.parametrize("character", ["x", "\\", '"', "&", "<", "é", "日", "👋"])
@pytest.mark.parametrize("length", [5, 100, 1_000, 14_000])
@pytest.mark.parametrize("made", [text, lambda title: Item(replace(TALK, title=title))])
def test_the_largest_event_can_be_sent_encrypted(character: str, length: int, made: Any) -> None:
    said = Reply(tuple(made(character * length) for _ in range(2 + 40_000 // length)))
    answer = content(written(said, READER), rings=True, mentions=["@ada:example.org"], session=6)
    for event in (answer, corrected(answer, "$first")):
        # nio escapes all that is not ASCII.
        encrypted = b64encode(json.dumps(event).encode())
        # What else stands in an event: its sender, room and parents, hashes, keys, a signature.
        assert len(encrypted) + 5_000 < 65_536


HELLO = Written("Hello.", "<p>Hello.</p>")
ANSWER = {
    "msgtype": "m.notice",
    "body": "Hello.",
    "format": "org.matrix.custom.html",
    "formatted_body": "<p>Hello.</p>",
    "m.mentions": {"user_ids": []},
}


def test_an_answer_is_a_notice_that_mentions_nobody() -> None:
    assert content(HELLO, rings=False) == ANSWER


def test_a_reminder_rings_for_whom_it_is() -> None:
    assert content(HELLO, rings=True, mentions=("@ada:example.org",), session=6) == {
        **ANSWER,
        "msgtype": "m.text",
        "m.mentions": {"user_ids": ["@ada:example.org"]},
        "org.summit-bot.session": 6,
    }


def test_an_answer_stands_in_the_thread_where_it_was_asked_for() -> None:
    in_thread = {
        **ANSWER,
        "m.relates_to": {
            "rel_type": "m.thread",
            "event_id": "$root",
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": "$asked"},
        },
    }
    thread = Thread("$root", "$asked")
    assert content(HELLO, rings=False, thread=thread) == in_thread
    assert content(HELLO, rings=False, thread=thread, answers="$asked") == in_thread


def test_an_answer_refers_to_what_it_answers() -> None:
    assert content(HELLO, rings=False, answers="$asked") == {
        **ANSWER, "m.relates_to": {"m.in_reply_to": {"event_id": "$asked"}},
    }  # fmt: skip


def test_a_correction_replaces_all_but_the_thread_and_calls_nobody_again() -> None:
    said = content(
        HELLO, rings=True, mentions=["@ada:example.org"], thread=Thread("$root", "$asked"),
        session=6,
    )  # fmt: skip
    new = {key: value for key, value in said.items() if key != "m.relates_to"}
    before = json.dumps(said)
    assert corrected(said, "$first") == {
        "msgtype": "m.text",
        "body": "* Hello.",
        "format": "org.matrix.custom.html",
        "formatted_body": "* <p>Hello.</p>",
        "m.mentions": {"user_ids": []},
        "org.summit-bot.session": 6,
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$first"},
    }
    assert json.dumps(said) == before


def test_a_long_correction_is_short_for_clients_that_know_none() -> None:
    said = content(written(reply(text("<" * 3_000), text("b")), READER), rings=False)
    edit = corrected(said, "$first")
    assert edit["m.new_content"] == said
    assert edit["body"] == f"* {'<' * 200} …"
    assert edit["formatted_body"] == f"* {'&lt;' * 200} …"


@pytest.mark.parametrize(
    ("said", "session"),
    [
        (content(HELLO, rings=False, session=6), 6),
        (content(HELLO, rings=False), None),
        (corrected(content(HELLO, rings=False, session=6), "$first"), 6),
        (corrected(content(HELLO, rings=False), "$first"), None),
        ({"org.summit-bot.session": 6, "m.new_content": {"org.summit-bot.session": 7}}, 7),
        ({"org.summit-bot.session": 6, "m.new_content": {}}, None),
        ({"org.summit-bot.session": 6, "m.new_content": 7}, 6),
        ({"org.summit-bot.session": "6"}, None),
        ({"org.summit-bot.session": True}, None),
        ({"org.summit-bot.session": 6.0}, None),
        ({}, None),
    ],
)
def test_a_message_says_which_session_it_shows(said: dict[str, Any], session: int | None) -> None:
    assert session_of(said) == session


_PARENTS = {
    "p": [""], "ul": [""], "li": ["ul"], "strong": ["p", "li"], "code": ["p", "li", "strong"]
}  # fmt: skip


class Shown(HTMLParser):
    """HTML as a client shows it: lines, with commands in quotation marks. Takes no more than a
    client does."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert attrs == []
        assert (self._open[-1] if self._open else "") in _PARENTS[tag]
        self._open.append(tag)
        if tag in ("p", "li"):
            self.lines.append("")
        self.handle_data("‘" if tag == "code" else "")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        assert (tag, attrs) == ("br", [])
        assert self._open[-1] in ("p", "li")
        self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self.handle_data("’" if tag == "code" else "")
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data:
            assert self._open[-1] != "ul"
            self.lines[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


@pytest.mark.parametrize(
    "html",
    ["<p>", "<p>a</p></p>", "<b>a</b>", "<p><p>a</p></p>", "<ul>a</ul>", "<p class='a'>a</p>",
     "<p><!-- a --></p>", "<p><strong>a</p></strong>"],
)  # fmt: skip
def test_broken_html_would_be_found(html: str) -> None:
    with pytest.raises((AssertionError, KeyError, IndexError)):
        Shown(html)


words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40),
    st.lists(
        st.sampled_from(["<b>", "</p>", "<!--", "&amp;", "&", "<![CDATA[", "<?", "'", '"', " a"]),
        max_size=6,
    ).map("".join),
)
spans = st.lists(
    st.one_of(words, words.map(Typed), st.just(Time(at(16, 9)))), min_size=1, max_size=3
).map(tuple)
items = st.builds(
    lambda title, room, lead, day, note: Item(
        replace(TALK, title=title, slot=replace(TALK.slot, rooms=(room,)), leads=(lead,)), day, note
    ),
    words, words, words, st.booleans(), spans | st.just(()),
)  # fmt: skip
blocks = st.lists(
    st.one_of(
        st.builds(Heading, spans), st.builds(Text, spans), st.builds(Button, words, words), items
    ),
    max_size=8,
)


@given(blocks, st.booleans())
def test_whatever_is_said_stands_in_both_forms(made: list[Any], plain: bool) -> None:
    reader = PLAIN if plain else READER
    said = Reply(tuple(made))
    shown = written(said, reader)
    assert shown.body.split("\n") == (lines(said, reader) or [""])
    expected: list[str] = []
    previous = None
    for block in made:
        if isinstance(block, Item):
            first, title, *rest = item_parts(block, reader)
            expected += [title, " · ".join([first, *rest])]
        elif isinstance(block, Button) and isinstance(previous, Button):
            expected[-1] += " · " + lines(Reply((block,)), reader)[0]
        else:
            expected += lines(Reply((block,)), reader)
        previous = block
    assert Shown(shown.html).lines == expected
    assert ("<strong>" in shown.html) <= (not plain)
