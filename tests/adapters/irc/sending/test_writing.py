"""Replies as lines: cut by bytes between words, with bold that never crosses a cut."""

from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.sending.writing import (
    Line,
    Run,
    answer,
    notice,
    packed,
    shortened,
    size,
    split,
    written,
)
from bot.document import Button, Item, Reply, Text, Time, Typed, heading, reply, text
from bot.schedule import Session, Slot
from bot.times import Reader
from tests.summit import at

READER = Reader(ZoneInfo("UTC"))
TALK = Session(12, "g", "Swift quotas", Slot(at(16, 9), at(16, 10), ("Marina",)), ("Ada", "Bob"))
ITEM = Item(TALK)
SHOWN = "[12] 9:00am–10:00am · \x02Swift quotas\x02 · Marina · Ada, Bob"
FAMILY = "👨\u200d👩\u200d👧"
WAVE = "👋🏽"

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
runs = st.lists(st.builds(Run, words, st.booleans()), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("said", "room", "texts"),
    [
        ("", 10, []),
        ("   ", 10, []),
        ("one two three", 13, ["one two three"]),
        ("one two three", 12, ["one two", "three"]),
        ("one two three", 6, ["one", "two", "three"]),
        ("one   two", 6, ["one", "two"]),
        ("onetwothree", 4, ["onet", "woth", "ree"]),
        ("a onetwothree", 6, ["a", "onetwo", "three"]),
        ("éééé", 5, ["éé", "éé"]),
        ("日本語", 6, ["日本", "語"]),
        ("e\u0301e\u0301e\u0301", 7, ["e\u0301e\u0301", "e\u0301"]),
        ("e\u0301e\u0301", 4, ["e\u0301", "e\u0301"]),
        (FAMILY * 2, 30, [FAMILY, FAMILY]),
        (WAVE * 2, 12, [WAVE, WAVE]),
        ("❤\ufe0f❤\ufe0f", 9, ["❤\ufe0f", "❤\ufe0f"]),
        ("e" + "\u0301" * 6, 5, ["e\u0301\u0301", "\u0301\u0301", "\u0301\u0301"]),
        ("a\r\nb\0c\x02d\x7fe\x85f\u2028g", 30, ["a  b c d e f g"]),
    ],
)
def test_a_line_is_split(said: str, room: int, texts: list[str]) -> None:
    assert split((Run(said),), room) == texts


@pytest.mark.parametrize(
    ("line", "room", "texts"),
    [
        ((Run("a "), Run("bold", bold=True), Run(" z")), 20, ["a \x02bold\x02 z"]),
        (
            (Run("a "), Run("bold one", bold=True), Run(" z")),
            9,
            ["a \x02bold\x02", "\x02one\x02 z"],
        ),
        ((Run("abcdefgh", bold=True),), 6, ["\x02abcd\x02", "\x02efgh\x02"]),
        ((Run("", bold=True), Run("a")), 6, ["a"]),
    ],
)
def test_bold_ends_and_begins_anew(line: Line, room: int, texts: list[str]) -> None:
    assert split(line, room) == texts


@given(runs, st.integers(8, 60))
def test_texts_fit_and_hold_nothing_harmful(line: Line, room: int) -> None:
    texts = split(line, room)
    for piece in (*texts, shortened(line, room)):
        assert len(piece.encode()) <= room
        assert not any(c < " " or "\x7f" <= c < "\xa0" for c in piece.replace("\x02", ""))
        assert piece.count("\x02") % 2 == 0
    assert all(texts)
    plain = "".join(texts).replace("\x02", "").replace(" ", "")
    said = "".join(run.text for run in line)
    assert plain == "".join(c for c in said if c > " " and not "\x7f" <= c < "\xa0"
                            and c not in "\u2028\u2029")  # fmt: skip


@given(st.lists(st.text("abé日", min_size=1, max_size=2), min_size=1), st.integers(6, 30))
def test_words_that_fit_are_never_cut(words: list[str], room: int) -> None:
    texts = split((Run(" ".join(words)),), room)
    assert " ".join(texts).split(" ") == words
    for first, second in pairwise(texts):
        assert len(f"{first} {second.split()[0]}".encode()) > room


@pytest.mark.parametrize(
    ("room", "short"),
    [(13, "one two three"), (12, "one two…"), (9, "one…"), (6, "one…"), (5, "on…")],
)
def test_a_line_is_shortened(room: int, short: str) -> None:
    assert shortened((Run("one two three"),), room) == short


def test_each_block_is_a_line_and_buttons_share_theirs() -> None:
    said = reply(
        heading("Now, at ", Time(at(16, 9)), ":"), ITEM, text("More: ", Typed("more")),
        Button("Add", "bookmark 12"), Button("Details", "show 12"),
    )  # fmt: skip
    assert [split(line, 400) for line in written(said, READER, "!")] == [
        ["Now, at 9:00am:"], [SHOWN], ["More: ‘!more’"],
        ["Add: ‘!bookmark 12’ · Details: ‘!show 12’"],
    ]  # fmt: skip


def test_no_bold_for_people_who_ask_for_none() -> None:
    plain = replace(READER, plain=True)
    (line,) = written(reply(ITEM), plain)
    assert split(line, 400) == [SHOWN.replace("\x02", "")]
    assert size(line) == len(SHOWN.encode()) - 2


REMINDER = reply(text("In 5 minutes:"), ITEM, Button("Later", "snooze"), Button("Drop", "drop 12"))
WHOLE = f"In 5 minutes: {SHOWN} · Later: ‘snooze’ · Drop: ‘drop 12’"


def test_a_notice_is_one_text_without_buttons_if_they_are_too_much() -> None:
    room = len(WHOLE.encode())
    assert notice(REMINDER, READER, room) == [WHOLE]
    assert notice(REMINDER, READER, room - 1) == [f"In 5 minutes: {SHOWN}"]
    short = len(f"In 5 minutes: {SHOWN}".encode())
    assert notice(REMINDER, READER, short) == [f"In 5 minutes: {SHOWN}"]
    assert notice(REMINDER, READER, short - 1) == ["In 5 minutes:", SHOWN]


def test_a_text_below_a_session_is_set_apart_from_it_in_a_notice() -> None:
    said = reply(text("News:"), ITEM, text("Bring a laptop!"), Button("Drop", "drop 12"))
    assert notice(said, READER, 400) == [
        f"News: {SHOWN} | Bring a laptop! · Drop: ‘drop 12’"
    ]  # fmt: skip


def test_several_lines_are_packed_into_few() -> None:
    said = reply(heading("Next:"), *[text(f"session {number}") for number in range(4)])
    assert packed(said, READER, 160, 4, "!next") == [
        "Next: session 0 | session 1 | session 2 | session 3"
    ]  # fmt: skip
    assert packed(said, READER, 30, 4, "!next") == [
        "Next: session 0 | session 1", "session 2 | session 3"
    ]  # fmt: skip
    assert packed(reply(), READER, 30, 4, "!next") == []


def test_what_does_not_fit_is_counted() -> None:
    said = reply(heading("Next:"), *[text(f"session {number:02}") for number in range(40)])
    first = "Next: " + " | ".join(f"session {number:02}" for number in range(8))
    rest = " | ".join(f"session {number:02}" for number in range(8, 12))
    assert packed(said, READER, 112, 2, "!next") == [first, f"{rest} | … 28 more: ‘!next’"]


def test_a_long_text_is_said_to_the_end() -> None:
    said = reply(heading("News:"), Item(TALK), text("one two three four five six seven"))
    short = len(f"News: {SHOWN}".encode())
    assert packed(said, READER, short, 3, "!next") == [
        f"News: {SHOWN}", "one two three four five six seven",
    ]  # fmt: skip
    words = [f"word{number:03}" for number in range(100)]
    said = reply(heading("News:"), text(" ".join(words)), text("That is all."))
    texts = packed(said, READER, 79, 3, "!next")
    assert texts == ["News:", *(" ".join(words[n : n + 10]) for n in range(0, 100, 10)),
                     "That is all."]  # fmt: skip
    assert len(packed(said, READER, 79, 2, "!next")) == 2, "a list is not"


def test_what_nobody_would_read_in_a_channel_is_shortened() -> None:
    words = [f"word{number:03}" for number in range(200)]
    texts = packed(reply(heading("News:"), text(" ".join(words))), READER, 79, 4, "!next")
    rows = [" ".join(words[n : n + 10]) for n in range(0, 110, 10)]
    assert texts == ["News:", *rows[:-1], f"{rows[-1].rpartition(' ')[0]}…"]


def test_an_answer_has_no_more_texts_than_are_allowed() -> None:
    said = reply(text("one two three"), text(""), text("four five six"), text("seven"))
    assert answer(said, READER, 8, None, "") == [
        "one two", "three", "four", "five six", "seven"
    ]  # fmt: skip
    assert answer(said, READER, 8, 5, "") == ["one two", "three", "four", "five six", "seven"]
    assert answer(said, READER, 8, 4, "") == ["one…", "four…", "seven"]
    assert answer(said, READER, 8, 2, "") == ["one…", "four…"]


blocks = st.lists(
    st.one_of(st.builds(lambda t: Text((t,)), words), st.builds(Button, words, words),
              words.map(lambda title: Item(replace(TALK, title=title)))),
    max_size=6,
)  # fmt: skip


@given(blocks.map(lambda made: Reply(tuple(made))), st.integers(20, 200), st.integers(1, 5))
def test_whatever_is_said_fits(said: Reply, room: int, most: int) -> None:
    texts = answer(said, READER, room, most, "!")
    assert len(texts) <= most
    for piece in (*texts, *notice(said, READER, room), *packed(said, READER, room, most, "!next")):
        assert 0 < len(piece.encode()) <= room
