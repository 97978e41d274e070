"""Replies as messages: the same words as blocks and as text, and nothing in them is interpreted."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.slack.cards.writing import Content, written
from bot.document import Button, Heading, Item, Reply, Text, Time, Typed, heading, reply, text
from tests.adapters.slack.cards.drawing import (
    DETAILS,
    EARLY,
    PARTY,
    READER,
    SHOWN,
    TALK,
    TITLE,
    card,
)
from tests.adapters.slack.cards.seen import seen
from tests.summit import at


@pytest.mark.parametrize(
    ("said", "spoken", "lines"),
    [
        (reply(text("It's <here> & now.")), "It's &lt;here&gt; &amp; now.", ["It's <here> & now."]),
        (
            reply(heading("Talks:"), text("one"), heading(Typed("help"), ": it"), text("two")),
            "Talks:\none\n‘/s help’: it\ntwo",
            ["**Talks:**", "one", "", "**`/s help`****: it**", "two"],
        ),
        (
            reply(Item(TALK), Item(PARTY, day=True), text("… 4 more sessions: ", Typed("more"))),
            f"{SHOWN}\n[7] Mon 8:00pm · Beer &amp; &lt;b&gt;games&lt;/b&gt; · CANCELLED\n"
            "… 4 more sessions: ‘/s more’",
            [
                f"* {TITLE}",
                DETAILS,
                "* **Beer & <b>games</b>**",
                "[7] Mon 8:00pm · CANCELLED",
                "… 4 more sessions: `/s more`",
            ],
        ),
        (
            reply(Item(TALK, note=("over, see ", Typed("more"), ", at ", Time(at(16, 9))))),
            f"{SHOWN} · over, see ‘/s more’, at 9:00am",
            [TITLE, f"{DETAILS} · over, see `/s more`, at 9:00am"],
        ),
        (
            reply(Item(TALK), Button("Snooze", "snooze 6"), Button("Remove", "unbookmark 6")),
            f"{SHOWN}\nSnooze: ‘/s snooze 6’ · Remove: ‘/s unbookmark 6’",
            [TITLE, DETAILS, "[Snooze until 2 minutes before] [Remove] [Details]"],
        ),
        (
            reply(text("https://example.org/a?b=1&c=<>"), text("See https://example.org")),
            "https://example.org/a?b=1&amp;c=&lt;&gt;\nSee https://example.org",
            ["<https://example.org/a?b=1&c=<>>", "See https://example.org"],
        ),
        (reply(text("javascript:alert(1)")), "javascript:alert(1)", ["javascript:alert(1)"]),
        (reply(text("https://")), "https://", ["https://"]),
        (reply(text("http://[::1")), "http://[::1", ["http://[::1"]),
        (reply(text("https://exämple.org")), "https://exämple.org", ["https://exämple.org"]),
        (reply(text("a\r\nb\0c\u2028d\u202ee")), "a b c de", ["a b c de"]),
        (
            reply(Item(replace(TALK, title="\0", leads=("",)), note=("",))),
            "[6] 9:00am–10:00am · Marina",
            ["[6] 9:00am–10:00am · Marina"],
        ),
    ],
)  # fmt: skip
def test_a_plain_answer_has_the_same_words_twice(
    said: Reply, spoken: str, lines: list[str]
) -> None:
    content = written(said, READER, prefix="/s ", alone=False, now=EARLY)
    assert content.text == spoken
    assert seen(content.blocks) == lines


@pytest.mark.parametrize("said", [reply(), reply(text("")), reply(text(" \0"), heading())])
def test_a_reply_that_says_nothing_is_no_message(said: Reply) -> None:
    assert card(said) == Content("", [])


def test_what_is_told_of_a_session_stands_apart_from_it() -> None:
    content = written(
        reply(Item(TALK), text("All about it."), text("https://example.org/")), READER,
        alone=False, now=EARLY,
    )  # fmt: skip
    assert seen(content.blocks) == [
        TITLE, DETAILS, "", "All about it.", "<https://example.org/>",
    ]  # fmt: skip
    assert content.text == f"{SHOWN}\nAll about it.\nhttps://example.org/"


def test_times_are_the_events_and_beside_them_the_readers() -> None:
    reader = replace(READER, own=ZoneInfo("Asia/Tokyo"), hours=24)
    content = written(reply(Item(TALK)), reader, alone=False, now=EARLY)
    assert content.text == (
        "[6] 09:00–10:00 (18:00–19:00 your time) · Swift quotas · Marina · Ada, Bob"
    )
    assert seen(content.blocks)[1] == (
        "[6] 09:00–10:00 (18:00–19:00 your time) · Marina · Ada, Bob"
    )


def test_nothing_is_bold_for_people_who_ask_for_that() -> None:
    said = reply(heading("On now, ", Typed("more"), ":"), Item(TALK))
    content = written(said, replace(READER, plain=True), alone=False, now=EARLY)
    assert seen(content.blocks) == ["On now, `more`:", "Swift quotas", DETAILS]


HOSTILE = [
    "<!channel>", "<!here|x>", "<@U1>", "<#C1>", "@channel", "*bold* _it_ ~no~ `code`", ":smile:",
    "<https://evil.example|click>", "&lt;!channel&gt;", "a\nb", "> quote", "```x```",
    "<!date^1^x|y>",
]  # fmt: skip


@pytest.mark.parametrize("title", HOSTILE)
def test_nothing_in_a_title_is_a_mention_a_link_or_markup(title: str) -> None:
    session = replace(TALK, title=title, leads=(title,), slot=replace(TALK.slot, rooms=(title,)))
    content = card(reply(Heading((title,)), Text((title, "!")), Item(session)), alone=True)
    clean = " ".join(title.split())
    spoken = clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert content.text == (
        f"{spoken}\n{spoken}!\n[6] 9:00am–10:00am · {spoken} · {spoken} · {spoken}"
    )
    assert seen(content.blocks)[:4] == [
        f"**{clean}**", f"{clean}!", f"**{clean}**",
        f"[6] 9:00am–10:00am · {clean} · {clean}",
    ]  # fmt: skip
    elements = [
        element
        for block in content.blocks
        if block["type"] == "rich_text"
        for part in block["elements"]
        for element in part["elements"]
    ]
    assert {element["type"] for element in elements} == {"text"}
