"""Slack takes every reply, however long it is and whatever is in it; nothing is lost silently."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.cards.writing import Content, written
from bot.document import Button, Heading, Item, Precision, Reply, Text, Time, Typed, heading, text
from bot.record import packed
from bot.schedule import Session, Slot
from bot.times import Reader
from tests.adapters.slack.cards.seen import controls, seen
from tests.servers.slack.contents import message_content
from tests.servers.slack.words import pings, unescaped
from tests.summit import at

READER = Reader(ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Tokyo"))
TALK = Session(6, "g", "Swift quotas", Slot(at(16, 9), at(16, 10), ("Marina",)), ("Ada", "Bob"))
NOW = at(16, 7)

PIECES = [
    "a", "Ä", "日", "\N{WAVING HAND SIGN}", " ", "\n", "\0", "\u202e", "\ud800", '"', "\\", "&",
    "<", ">", "`", "*", ":", "<!channel>", "<@U1>", "https://example.org/", "reminder at ", "over",
    "x" * 700, "&" * 700, "\N{WAVING HAND SIGN}" * 700, "word " * 700,
]  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
LINES = st.one_of(WORDS, st.sampled_from(["snooze 6", "unbookmark 6", "bookmark 7", "more"]))
MOMENTS = st.integers(-3, 30).map(lambda hours: at(16, 12).replace(hour=hours % 24))
SPANS = st.lists(
    st.one_of(
        WORDS, st.builds(Time, MOMENTS, st.sampled_from(Precision)), st.builds(Typed, LINES)
    ),
    max_size=3,
).map(tuple)  # fmt: skip
SESSIONS = st.builds(
    Session,
    st.integers(1, 9),
    st.just("g"),
    WORDS,
    st.builds(Slot, MOMENTS, st.none(), st.lists(WORDS, max_size=2).map(tuple)),
    st.lists(WORDS, max_size=2).map(tuple),
    cancelled=st.booleans(),
)
BLOCKS = st.one_of(
    st.builds(Heading, SPANS),
    st.builds(Text, SPANS),
    st.builds(Item, SESSIONS, st.booleans(), SPANS),
    st.builds(Button, WORDS, LINES),
)
REPLIES = st.builds(
    lambda blocks, times: Reply(tuple(blocks * times)),
    st.lists(BLOCKS, max_size=8),
    st.sampled_from([1, 1, 1, 2, 7, 40]),
)


def takes(content: Content) -> None:
    """Slack takes it, whole; the text says all that the blocks do, and pings nobody."""
    given = {"text": content.text, "blocks": content.blocks}
    message_content(given, whole=True)
    assert len(content.text) <= 12_000
    spoken = set(unescaped(content.text).split())
    assert [word for word in _words(content.blocks) if word not in spoken] == []
    assert pings(content.text, content.blocks, parse="none", links=False) == []
    ids = [
        element["action_id"]
        for block in content.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert len(set(ids)) == len(ids)
    assert all(
        len(element.get("text", element.get("url"))) < 3_000
        for block in content.blocks
        if block["type"] == "rich_text"
        for element in _elements(block)
    )


def _words(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        for part in block["elements"] if block["type"] == "rich_text" else []:
            for section in part["elements"] if part["type"] == "rich_text_list" else [part]:
                yield from "".join(map(_as_spoken, section["elements"])).split()


def _as_spoken(element: dict[str, Any]) -> str:
    text = str(element.get("text", element.get("url")))
    return f"‘{text}’" if element.get("style", {}).get("code") else text


def _elements(part: Any) -> Any:
    for inner in part["elements"]:
        if "elements" in inner:
            yield from _elements(inner)
        else:
            yield inner


@given(
    REPLIES,
    st.one_of(st.none(), st.frozensets(st.integers(1, 9))),
    st.booleans(),
    st.one_of(st.none(), REPLIES),
    MOMENTS,
    st.booleans(),
    st.sampled_from(["", "/summit "]),
)
def test_slack_takes_any_reply(
    said: Reply,
    bookmarked: frozenset[int] | None,
    alone: bool,
    opening: Reply | None,
    now: datetime,
    done: bool,
    prefix: str,
) -> None:
    content = written(
        said, READER, prefix=prefix, bookmarked=bookmarked, alone=alone, opening=opening, now=now,
        done=done,
    )  # fmt: skip
    if content == Content("", []):
        return
    takes(content)


def many(number: int, **changes: Any) -> Reply:
    sessions = (replace(TALK, id=n, **changes) for n in range(100, 100 + number))
    return Reply((heading("All:"), *(Item(session) for session in sessions)))


def drawn(said: Reply, alone: bool = True) -> Content:
    content = written(said, READER, bookmarked=frozenset(), alone=alone, now=NOW)
    takes(content)
    return content


def kinds(content: Content) -> list[set[str]]:
    """What each row of buttons has."""
    return [
        {element["action_id"].split("-")[0] for element in block["elements"]}
        for block in content.blocks
        if block["type"] == "actions"
    ]


def test_few_sessions_have_all_their_buttons() -> None:
    content = drawn(many(3))
    assert list(controls(content.blocks)) == [
        f"{what}-{n}" for n in range(100, 103) for what in ("bookmark", "details", "minutes")
    ]
    assert len(content.blocks) == 7


@pytest.mark.parametrize("number", [4, 10, 20])
def test_in_a_long_list_all_sessions_have_the_same_buttons(number: int) -> None:
    note = ("reminder at ", Time(at(16, 8, 55)))
    said = Reply(tuple(
        replace(block, note=note, day=True) if isinstance(block, Item) else block
        for block in many(number, title="Breakout of volume into its own service")
    ))  # fmt: skip
    content = drawn(said)
    assert kinds(content) == [{"bookmark", "details"}] * number
    # Each of them brings all of it along.
    cards = [v.split("\n")[1] for v in controls(content.blocks).values()]
    assert cards == [packed(said)] * 2 * number


def test_then_all_of_them_have_the_bookmark_alone() -> None:
    assert kinds(drawn(many(20, title="x" * 120))) == [{"bookmark"}] * 20


def test_then_the_last_ones_are_lines_without_buttons() -> None:
    content = drawn(many(25))
    assert kinds(content) == [{"bookmark"}] * 24
    assert list(controls(content.blocks)) == [f"bookmark-{n}" for n in range(100, 124)]
    assert seen(content.blocks)[-2:] == [
        "**Swift quotas**",
        "[124] 2:00am–3:00am (6:00pm–7:00pm your time) · Marina · Ada, Bob",
    ]
    assert len(content.text.split("\n")) == 26


def test_buttons_go_to_those_that_can_be_bookmarked() -> None:
    over = (Item(replace(TALK, id=n, slot=Slot(at(16, 5), at(16, 6), ()))) for n in range(10))
    content = drawn(Reply((*many(30).blocks[:1], *over, *many(30).blocks[1:])))
    pressed = list(controls(content.blocks))
    assert len(pressed) > 12
    assert pressed == [f"bookmark-{n}" for n in range(100, 100 + len(pressed))]


def test_what_does_not_fit_at_all_is_counted() -> None:
    content = drawn(many(10_000))
    *said, last = content.text.split("\n")
    assert last == f"… {10_001 - len(said)} more lines"
    assert seen(content.blocks)[-1] == last
    assert len(said) > 30
    assert controls(content.blocks) == {}


def test_one_line_too_many_is_counted_too() -> None:
    said = Reply(tuple(text(f"{n} " + "x" * 1_300) for n in range(9)))
    assert drawn(said).text.split("\n")[-1] == "… 1 more line"


@pytest.mark.parametrize(
    "character", ["x", "é", "日", "\N{WAVING HAND SIGN}", "&", "<", '"', "\\", " x"]
)
@pytest.mark.parametrize("length", [50, 2_999, 3_001, 30_000])
@pytest.mark.parametrize(
    "made",
    [
        lambda long: text(long),
        lambda long: heading(Typed(long)),
        lambda long: Item(replace(TALK, title=long)),
        lambda long: Item(TALK, note=(long, Time(at(16, 9)), Typed(long), long)),
        lambda long: Item(replace(TALK, leads=(long,) * 9)),
        lambda long: Button(long, long),
    ],
)
def test_nothing_is_too_long(made: Callable[[str], Any], length: int, character: str) -> None:
    content = drawn(Reply((text("First."), *(made(character * length) for _ in range(3)))))
    assert content.text.startswith("First.\n")


def test_a_long_line_is_cut_in_both_at_the_same_place() -> None:
    content = drawn(Reply((text("Look: ", "&" * 5_000),)), alone=False)
    kept = content.text.count("&amp;")
    assert content.text == f"Look: {'&amp;' * kept}…"
    assert seen(content.blocks) == [f"Look: {'&' * kept}…"]
    assert 250 < kept < 300


def test_fifty_blocks_are_not_one_too_many() -> None:
    rows = ((text(str(n)), Button(str(n), f"info {n}")) for n in range(40))
    said = Reply(tuple(block for row in rows for block in row))
    content = drawn(said, alone=False)
    assert len(content.blocks) <= 50
    pressed = list(controls(content.blocks).values())
    assert pressed == [f"info {n}" for n in range(len(pressed))]
    assert len(pressed) == 24
    spoken = [line for n in range(40) for line in (str(n), f"{n}: ‘info {n}’")]
    assert content.text.split("\n") == spoken


def test_many_buttons_stand_in_rows() -> None:
    content = drawn(Reply(tuple(Button(str(n), f"info {n}") for n in range(30))), alone=False)
    assert [len(block["elements"]) for block in content.blocks] == [8, 8, 8, 6]


@pytest.mark.parametrize(
    ("said", "carried"),
    [
        (Reply((heading("x" * 1_900), Item(TALK))), '[["h","' + "x" * 1_900 + '"],6]'),
        (
            Reply((heading("Next:"), Item(TALK, note=("x" * 2_000,)), text("So."))),
            '[["h","Next:"],6,["t","So."]]',
        ),
        (Reply((heading("x" * 2_000), Item(TALK, True), Item(replace(TALK, id=7)))), "[[6,1],7]"),
        (Reply((text("x" * 2_000), Item(TALK), Button("Go", "now"))),
         '[6,["b","Go","now"]]'),
        (Reply((heading("x" * 1_900), *many(4).blocks[1:])), "[100,101,102,103]"),
    ],
)  # fmt: skip
def test_a_card_that_a_value_cannot_hold_loses_words_and_no_session(
    said: Reply, carried: str
) -> None:
    values = [v for v in controls(drawn(said).blocks).values() if isinstance(v, str)]
    assert values
    assert {value.split("\n")[1] for value in values} == {carried}


def test_where_not_even_its_sessions_fit_a_button_carries_no_card() -> None:
    short = replace(TALK, title="x", leads=(), slot=Slot(at(16, 9), None, ()))
    said = Reply(tuple(Item(replace(short, id=n)) for n in range(10**12, 10**12 + 60)))
    values = list(controls(drawn(said).blocks).values())
    assert values
    assert values == [f"bookmark {n}" for n in range(10**12, 10**12 + len(values))]


def test_what_all_can_see_carries_no_card() -> None:
    offered = controls(drawn(many(3), alone=False).blocks)
    assert offered["bookmark-100"] == "bookmark 100"
    assert offered["minutes-100"] == [f"remind 100 {n}" for n in (5, 10, 15, 30, 60)]
