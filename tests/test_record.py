"""A reply in few characters, as a button carries it, and what comes back from there."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.document import (
    Block,
    Button,
    Heading,
    Item,
    Precision,
    Reply,
    Span,
    Text,
    Time,
    Typed,
    heading,
    reply,
    text,
)
from bot.record import packed, unpacked
from bot.schedule import Schedule
from bot.text import lines
from bot.times import Reader
from tests.summit import at, changed, folsom

FOLSOM = folsom()
ONE, RYU = (session for session in FOLSOM.sessions if session.id in (1, 12))
CARD = reply(
    heading("Next in ", Typed("room Marina"), ", ", Time(at(16, 16, 30)), ":"),
    text("Say “hi” – 会議"),
    Item(RYU),
    Item(ONE, day=True),
    Item(RYU, day=True, note=("reminder at ", Time(at(16, 17, 55), Precision.WEEKDAY_AND_CLOCK))),
    Button("Bookmark", "bookmark 12"),
)

READER = Reader(FOLSOM.timezone, ZoneInfo("Pacific/Kiritimati"))

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.integers(-62_104_060_800_000, 253_339_228_799_000).map(
    lambda milliseconds: datetime.fromtimestamp(milliseconds / 1000, UTC)
)
"""From the year 2 to the year 9998."""
SPANS: st.SearchStrategy[tuple[Span, ...]] = st.lists(
    st.one_of(WORDS, WORDS.map(Typed), st.builds(Time, MOMENTS, st.sampled_from(Precision))),
    max_size=4,
).map(tuple)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, SPANS),
    st.builds(Text, SPANS),
    st.builds(Button, WORDS, WORDS),
    st.builds(Item, st.sampled_from(FOLSOM.sessions), st.booleans(), SPANS),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.sampled_from("htb")),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(WORDS, inner, max_size=3),
)


@given(st.lists(BLOCKS, max_size=6).map(lambda blocks: Reply(tuple(blocks))))
@example(CARD)
def test_what_was_packed_is_unpacked_as_it_was(said: Reply) -> None:
    assert unpacked(packed(said), FOLSOM) == said


def test_a_packed_reply_is_as_short_as_it_can_be() -> None:
    assert packed(CARD) == (
        '[["h","Next in ",["room Marina"],", ",1334593800,":"],["t","Say “hi” – 会議"],12,[1,1],'
        '[12,1,"reminder at ",[1334598900,1]],["b","Bookmark","bookmark 12"]]'
    )


def test_sessions_are_those_of_today_and_vanished_ones_are_left_out() -> None:
    moved = changed(RYU, FOLSOM, room="Marina")
    today = Schedule(FOLSOM.event, FOLSOM.timezone, [moved])
    assert unpacked(packed(CARD), today) == Reply(
        (*CARD.blocks[:2], Item(moved), Item(moved, True, CARD.blocks[4].note), CARD.blocks[5])  # type: ignore[union-attr]  # that block is an item
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "bookmark 12",
        "{}",
        '"h"',
        "[null]",
        "[true]",
        "[12.0]",
        '["h"]',
        "[[]]",
        '[["x","y"]]',
        '[["h",null]]',
        '[["h",["a","b"]]]',
        '[["h",[]]]',
        '[["h",[12,9]]]',
        '[["h",[12,-1]]]',
        '[["h",[12,true]]]',
        '[["h",true]]',
        '[["h",NaN]]',
        '[["h",1e400]]',
        '[["h",-1e15]]',
        '[["h",253402300799]]',
        '[["h","\\ud800"]]',
        '[["h","\ud800"]]',
        '[["b","label"]]',
        '[["b","label","line","more"]]',
        '[["b","label",1]]',
        "[[12]]",
        "[[12,2]]",
        "[[12,true]]",
        "[[true,1]]",
        '[[12,1,{"typed":"now"}]]',
        "[12] 13",
        "[" * 100_000,
        "[" * 900 + "]" * 900,
        "[" + "9" * 5000 + "]",
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_what_was_never_packed_is_none(text: str) -> None:
    assert unpacked(text, FOLSOM) is None


@given(st.one_of(st.text(), JSON.map(json.dumps)))
@example('[["t",-62104060800,[253370764799,1],{}]]')
def test_whatever_comes_back_can_be_read_and_packed_again(text: str) -> None:
    said = unpacked(text, FOLSOM)
    if said is not None:
        assert all(line.encode() is not None for line in lines(said, READER))
        assert unpacked(packed(said), FOLSOM) == said
