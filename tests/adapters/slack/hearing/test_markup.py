"""What a person typed, behind Slack's escapes and references."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.hearing.markup import command_line, typed


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("next Marina", "next Marina"),
        ("", ""),
        ("Q&amp;A", "Q&A"),
        ("&lt;b&gt; &amp;lt; &amp;amp; &copy;", "<b> &lt; &amp; &copy;"),
        ("1 < 2 > 1 & 3", "1 < 2 > 1 & 3"),
        ("lead <@U1|ada>", "lead @ada"),
        ("lead <@U1>", "lead @U1"),
        ("in <#C1|general>", "in #general"),
        ("in <#C1>", "in #C1"),
        ("in <#C1|>", "in #C1"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!here|here>", "@here"),
        ("<!subteam^S1|@crew> <!subteam^S1>", "@crew "),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        ("<https://example.org|example.org>", "example.org"),
        ("<https://example.org/?a=1&amp;b=2>", "https://example.org/?a=1&b=2"),
        ("<mailto:a@example.org|a@example.org>", "a@example.org"),
        ("<mailto:a@example.org> <tel:+12>", "a@example.org +12"),
        ("&lt;@U1&gt; &lt;!here&gt;", "<@U1> <!here>"),
        ("<https://example.org|a &lt;b&gt;>", "a <b>"),
        ("a\u00a0b\u202fc\u200bd\ufeff", "a b cd"),
        ("two\nlines", "two\nlines"),
        ("<@U1 <@U2|bob>", "<@U1 @bob"),
    ],
)
def test_a_text_is_as_it_was_typed(text: str, meant: str) -> None:
    assert typed(text) == meant


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<@U0BOT> next", "next"),
        ("<@U0BOT|summit> next", "next"),
        ("<@U0BOT>: next", "next"),
        ("<@U0BOT>, next", "next"),
        ("<@U0BOT>next", "next"),
        ("next <@U0BOT>", "next"),
        ("next, <@U0BOT>", "next"),
        ("next <@U0BOT> Marina", "next Marina"),
        ("<@U0BOT> next <@U0BOT>", "next"),
        ("<@U0BOT>", ""),
        ("<@U0BOT>\n\n next \n now", "next"),
        ("hello\u00a0<@U0BOT>,\u00a0next", "hello next"),
        ("<@U0BOT> lead <@U1|ada>", "lead @ada"),
        ("<@U0BOTS> next", "@U0BOTS next"),
        ("at 10:30, Marina:", "at 10:30, Marina:"),
        ("`next Marina`", "next Marina"),
        ("```next Marina```", "next Marina"),
        ("<@U0BOT> *_next_*", "next"),
        ("**", "**"),
        ("* next *", "* next *"),
        ("*now* and *next*", "*now* and *next*"),
        ("*next* _Marina_", "*next* _Marina_"),
        ("snake_case_word", "snake_case_word"),
        ("\u200b \n", ""),
        ("next\u202e Marina\x07", "next Marina"),
    ],
)
def test_a_command_is_the_first_line_without_the_bot_s_name(text: str, line: str) -> None:
    assert command_line(text, "U0BOT") == line


def test_without_a_known_name_nothing_is_left_out() -> None:
    assert command_line("<@> <@U0BOT> next") == "@ @U0BOT next"


@given(st.text(alphabet=st.sampled_from("<>@#!|&;:,`*_~ \n\u00a0aU0BOT")))
def test_no_text_does_harm(text: str) -> None:
    line = command_line(text, "U0BOT")
    assert line == " ".join(line.split())
    assert "<@U0BOT>" not in typed(text.replace("&", ""))


@pytest.mark.parametrize("text", ["<@" * 50_000, "<|" * 50_000, "*" * 100_000, "<@U0BOT>" * 12_000])
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    command_line(text, "U0BOT")
    assert time.process_time() - began < 2
