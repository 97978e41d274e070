"""A card that is drawn again after a press says what is true then."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.document import Item, Reply, Time, heading, reply, text
from bot.notices import Moved, Reminder
from bot.notices import written as notice_written
from bot.record import packed
from tests.adapters.slack.cards.drawing import (
    DETAILS,
    EARLY,
    NONE,
    ON,
    OVER,
    PARTY,
    SHOWN,
    SOON,
    TALK,
    THERE,
    TITLE,
    card,
)
from tests.adapters.slack.cards.seen import controls, seen
from tests.summit import Summit, at

OVER_SUMMIT = at(20, 0)
EVENT = "OpenStack Folsom Design Summit"


def test_a_redrawn_card_has_on_top_what_the_press_has_done() -> None:
    opening = reply(text("Bookmarked. It overlaps [7]."), Item(TALK, day=True), text("Beware."))
    said = reply(heading("Next:"), Item(TALK))
    content = card(said, frozenset({6}), ON, opening=opening, alone=True)
    assert seen(content.blocks) == [
        "Bookmarked. It overlaps [7].", "Beware.", "", "**Next:**", TITLE, DETAILS,
        "[✓ Bookmarked] [Details]",
    ]  # fmt: skip
    assert content.text == f"Bookmarked. It overlaps [7].\nBeware.\nNext:\n{SHOWN}"
    assert controls(content.blocks)["bookmark-6"] == f"unbookmark 6\n{packed(said)}"


def test_what_a_press_has_done_shows_sessions_that_the_card_lacks() -> None:
    opening = reply(text("Bookmarked."), Item(PARTY))
    content = card(reply(text("Next:"), Item(TALK)), NONE, OVER, opening=opening)
    assert seen(content.blocks) == [
        "Bookmarked.", "**Beer & <b>games</b>**", "[7] 8:00pm · CANCELLED", "", "Next:", TITLE,
        DETAILS, "[Details]",
    ]  # fmt: skip


REMINDED = ("reminder at ", Time(at(16, 8, 55)))


@pytest.mark.parametrize(
    ("opening", "bookmarked", "now", "note", "shown"),
    [
        (reply(text("Done."), Item(TALK)), frozenset({6}), EARLY, REMINDED, ""),
        (reply(text("Done."), Item(PARTY)), frozenset({6}), EARLY, REMINDED,
         " · reminder at 8:55am"),
        (reply(text("Done.")), NONE, EARLY, REMINDED, ""),
        (reply(text("Done.")), NONE, EARLY, ("reminders off",), ""),
        (reply(text("Done.")), NONE, ON, ("on now",), " · on now"),
        (reply(text("Done.")), NONE, OVER, ("on now",), " · over"),
    ],
)  # fmt: skip
def test_a_redrawn_card_does_not_repeat_what_is_no_longer_true(
    opening: Reply,
    bookmarked: frozenset[int],
    now: datetime,
    note: tuple[str | Time, ...],
    shown: str,
) -> None:
    said = reply(heading("Yours:"), Item(TALK, note=note))
    content = card(said, bookmarked, now, opening=opening, alone=True)
    assert f"{DETAILS}{shown}" in seen(content.blocks)
    again = packed(reply(heading("Yours:"), Item(TALK, note=note if shown else ())))
    if shown != " · over":
        assert all(
            value.endswith(f"\n{again}")
            for value in controls(content.blocks).values()
            if isinstance(value, str)
        )


@pytest.mark.parametrize(
    ("at_first", "line", "begins", "ends"),
    [
        ("Monday 9:24", "next Marina", "Next in Marina, at 9:30am, in 6 minutes:",
         "Next in Marina, at 9:30am:"),
        ("Monday 9:27", "now", "Next, at 9:30am, in 3 minutes:", "Next, at 9:30am:"),
        ("Monday 22:00", "next lunch", "Next lunch, Tuesday 12:30pm, in 14 hours 30 minutes:",
         "Next lunch, Tuesday 12:30pm:"),
        ("2012-04-15T08:59", "now",
         f"{EVENT} begins on Monday 16 April at 9:00am, in 24 hours 1 minute.",
         f"{EVENT} begins on Monday 16 April at 9:00am."),
        ("2012-04-16T08:59:40", "next welcome",
         "Next about “welcome”, at 9:00am, in less than a minute:",
         "Next about “welcome”, at 9:00am:"),
        ("Monday 9:20", "on monday", "Today, Monday 16 April:", "Today, Monday 16 April:"),
    ],
)  # fmt: skip
async def test_how_long_it_takes_is_not_said_again(
    summit: Summit, at_first: str, line: str, begins: str, ends: str
) -> None:
    summit.go(at_first)
    shown = (await summit.respond("ada", line, marks=True)).reply
    first = card(shown, now=summit.clock.now(), alone=True, reader=THERE)
    [carried] = {value.split("\n")[1] for value in controls(first.blocks).values()
                 if isinstance(value, str) and "\n" in value}  # fmt: skip
    done = await summit.respond("ada", "bookmark 6", marks=True, card=carried)
    assert done.card is not None
    again = card(done.card, done.bookmarked, summit.clock.now(), opening=done.reply,
                 alone=True, reader=THERE)  # fmt: skip
    assert [line for line in first.text.split("\n") if line in (begins, ends)] == [begins]
    assert [line for line in again.text.split("\n") if line in (begins, ends)] == [ends]


@pytest.mark.parametrize(
    ("minutes", "begins"),
    [(0, "less than a minute"), (1, "1 minute"), (75, "1 hour 15 minutes"), (60, "1 hour"),
     (119, "1 hour 59 minutes")],
)  # fmt: skip
def test_a_reminder_says_afterwards_when_it_starts(minutes: int, begins: str) -> None:
    now = ON - timedelta(minutes=minutes, seconds=10)
    said = notice_written([Reminder(TALK)], now)
    opening = reply(text("Bookmark removed, no reminder will come."), Item(TALK))
    assert card(said, None, now).text.split("\n")[0] == f"Starts in {begins}:"
    again = card(said, NONE, ON, opening=opening, alone=True)
    assert again.text.split("\n")[1] == "Starts at 9:00am:"


def test_news_of_a_move_say_afterwards_what_has_moved() -> None:
    moved = replace(TALK, slot=replace(TALK.slot, rooms=("Ballroom",)))
    said = notice_written([Moved(moved, TALK.facts)], SOON)
    opening = reply(text("Bookmark removed."), Item(moved))
    assert card(said, None, SOON).text.startswith(
        "Moved from Marina to Ballroom, starts in 10 minutes:\n"
    )
    assert card(said, NONE, SOON, opening=opening).text.split("\n")[1] == (
        "Moved from Marina to Ballroom:"
    )


async def test_nobody_is_greeted_twice(summit: Summit) -> None:
    summit.rules = replace(summit.rules, greets=True)
    await summit.restart()
    shown = (await summit.respond("ada", "next Marina", marks=True)).reply
    first = card(shown, now=summit.clock.now(), alone=True)
    assert first.text.split("\n")[-1].startswith("Hello! ")
    done = reply(text("Bookmarked."), Item(shown.sessions()[0]))
    again = card(shown, now=summit.clock.now(), opening=done, alone=True)
    assert len(again.text.split("\n")) == 3
    assert "Hello" not in str(controls(first.blocks))


async def test_the_notes_of_real_answers_are_known(summit: Summit) -> None:
    """Each note that tells of a reminder goes with the bookmark; what was on is over later."""
    for line in ("bookmark 1", "bookmark 6", "bookmark 12", "remind off 12"):
        await summit.respond("ada", line)
    assert await summit.notices("ada") == []
    notes: dict[str, str] = {}
    for moment in ("Monday 9:20", "Monday 9:26"):
        summit.go(moment)
        await summit.notices("ada")
        shown = (await summit.respond("ada", "bookmarks")).reply
        again = card(shown, NONE, OVER_SUMMIT, opening=reply(text("Gone.")))
        notes |= {
            old.split(" · ")[-1]: new.split(" · ")[-1]
            for old, new in zip(card(shown, None).text.split("\n")[1:],
                                again.text.split("\n")[2:], strict=True)
        }  # fmt: skip
    assert notes == {
        "on now": "over",
        "over": "over",
        "reminder at 4:25pm": "Vishvananda Ishaya",
        "you have been reminded": "Vishvananda Ishaya",
        "reminders off": "Kazutaka Morita",
    }


async def test_that_a_session_has_moved_is_still_said(summit: Summit) -> None:
    await summit.respond("ada", "bookmark 12")
    summit.change(12, at="Monday 14:00")
    shown = (await summit.respond("ada", "bookmarks")).reply
    moved = "Moved from Monday 11:00am to Monday 2:00pm"
    assert card(shown, None, reader=THERE).text.endswith(f" · {moved}; reminder at 1:55pm")
    again = card(shown, NONE, opening=reply(text("Gone.")), reader=THERE)
    assert again.text.endswith(f" · {moved}")
