"""What is shown and what is said: the same words, of hostile titles too, in the reader's time."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import commands
from bot.command import Command
from bot.schedule import Schedule, Session, Slot
from tests.adapters.slack.talking import Place, said, summit
from tests.summit import at, changed, folsom, small_schedule

HOSTILE = {
    "<!channel> <@U07> <https://evil.example|click> & &lt;b&gt;",
    "*bold* _it_ ~no~ `code` :tada: @here #general",
    "🎉 " + "mañana \N{PILE OF POO} " * 400,
    "\u202eright to left",
    "<",
}


async def everything_is_said(place: Place) -> None:
    """Whatever blocks say stands in the text; and nobody is pinged."""
    await place.settled()
    bot = place.installed.bot_user
    messages = [m for channel in (place.channel, place.ada.dm) for m in place.ada.sees(channel)]
    for message in messages:
        if message.author is bot:
            for content in message.revisions:
                assert content.text, content.blocks
            assert (message.unspoken(), message.pings()) == ([], []), message.text


@pytest.mark.parametrize("command", commands.every(), ids=lambda command: command.name)
async def test_the_text_says_all_that_the_blocks_say(command: Command) -> None:
    async with summit() as (place, bot):
        await place.ada.slash("/summit bookmark 6")
        for example in command.examples:
            line = example.line
            await place.ada.slash(f"/summit {line}", channel=place.channel)
            await place.ada.slash(f"/summit share {line}", channel=place.channel)
            place.ada.tells(line)
            place.ada.says(place.channel, f"@bot {line}")
            await everything_is_said(place)
        assert [entry for entry in bot.log if entry.level > logging.INFO] == []


def hostile() -> Schedule:
    """Each title, room and lead as bad as can be."""
    old = folsom()
    titles = sorted(HOSTILE)
    sessions = [
        changed(session, old, title=titles[number % len(titles)], room=titles[(number + 1) % 5])
        for number, session in enumerate(old.sessions)
    ]
    return Schedule(
        old.event, old.timezone, sessions, rooms=old.rooms.values(), venue=old.venue,
        people=old.people.values(), day_change=old.day_change,
    )  # fmt: skip


@pytest.mark.parametrize(
    "line", ["now", "next", "agenda monday", "bookmark 6", "info 6", "find code", "rooms"]
)
async def test_hostile_titles_ping_nobody_and_are_shown_as_they_are(line: str) -> None:
    async with summit(at="Monday 11:05", schedule=hostile()) as (place, bot):
        card = await place.ada.slash(f"/summit {line}", channel=place.channel)
        assert card is not None
        await place.ada.slash(f"/summit share {line}", channel=place.channel)
        place.ada.tells(line)
        place.ada.says(place.channel, f"@bot {line}")
        await everything_is_said(place)
        assert [entry for entry in bot.log if entry.level > logging.INFO] == []


async def test_hostile_titles_are_pressed_reminded_and_shown_at_home() -> None:
    async with summit(at="Monday 9:20", schedule=hostile()) as (place, bot):
        ada = place.ada
        for number in (2, 3, 4, 5, 6):
            card = await ada.slash(f"/summit info {number}", channel=place.channel)
            assert card is not None
            await ada.press(card, "⭐ Bookmark")
        home = await ada.opens_home()
        assert home is not None
        await ada.presses_on_home("Details")
        assert len(ada.views) == 1
        bot.go("Monday 9:25")
        reminder = await ada.reads()
        assert reminder.text.startswith("Starts in 5 minutes:")
        await everything_is_said(place)


async def test_a_title_of_3001_characters_is_shortened_and_sent() -> None:
    session = replace(folsom().session(6) or folsom().sessions[0], title="x" * 3_001)
    async with summit(at="2012-04-16 9:00", schedule=small_schedule(session)) as (place, _):
        place.ada.tells(f"info {session.id}")
        answer = await place.ada.reads()
        assert "x" * 1_000 in answer.text
        assert "x" * 3_000 not in answer.text
        await everything_is_said(place)


async def test_fifty_one_sessions_in_one_answer_are_one_message() -> None:
    start = at(16, 10)
    one = folsom().sessions[0]
    sessions = [
        replace(one, id=number, guid=str(number), title=f"Session {number}",
                slot=Slot(start, start + timedelta(hours=1), ()))
        for number in range(1, 52)
    ]  # fmt: skip
    async with summit(
        at="2012-04-16 9:59", schedule=small_schedule(*sessions), private_lines=50
    ) as (place, _):
        place.ada.tells("next")
        answer = await place.ada.reads()
        first, *lines = said(answer).split("\n")
        assert (first, len(lines), lines[0], lines[-1]) == (
            "Next, at 10:00am (3:00am your time), in 1 minute:", 49,
            "[1] 10:00am–11:00am (3:00am–4:00am your time) · Session 1",
            "… 3 more sessions: ‘more’",
        )  # fmt: skip
        await everything_is_said(place)


async def test_times_are_shown_beside_in_the_zone_of_the_readers_profile() -> None:
    async with summit(tz="Europe/Berlin") as (place, bot):
        ada = place.ada
        ada.tells("next Marina")
        assert said(await ada.reads()).split("\n")[0] == (
            "Next in Marina, at 9:30am (6:30pm your time), in 10 minutes:"
        )
        await ada.slash("/summit bookmark 6", channel=place.channel)
        ada.changes_profile(tz="Asia/Tokyo")
        await place.settled()
        assert said(await ada.slash("/summit next Marina")).split("\n")[0] == (
            "Next in Marina, at 9:30am (Tue 1:30am your time), in 10 minutes:"
        )
        bot.go("Monday 9:25")
        assert (
            said(await ada.reads())
            .split("\n")[1]
            .startswith("[6] 9:30am–10:25am (Tue 1:30am–2:25am your time)")
        )
        ada.changes_profile(tz="America/Los_Angeles")
        await place.settled()
        assert said(await ada.slash("/summit next Marina")).split("\n")[0] == (
            "Next in Marina, at 9:30am, in 5 minutes:"
        )
        assert place.effects("users.info") == 1


async def test_a_zone_of_ones_own_counts_more_than_the_profile() -> None:
    async with summit(tz="Europe/Berlin") as (place, _):
        await place.ada.slash("/summit settings timezone Asia/Tokyo")
        place.ada.changes_profile(tz="Europe/Paris")
        await place.settled()
        assert said(await place.ada.slash("/summit next Marina")).split("\n")[0] == (
            "Next in Marina, at 9:30am (Tue 1:30am your time), in 10 minutes:"
        )


async def test_a_public_answer_is_in_the_events_time_for_everybody() -> None:
    async with summit(tz="Europe/Berlin") as (place, _):
        place.ada.says(place.channel, "@bot next Marina")
        assert said(await place.ada.reads(place.channel)).split("\n")[0] == (
            "Next in Marina, at 9:30am, in 10 minutes:"
        )
        shared = await place.ada.slash("/summit share next Marina", channel=place.channel)
        assert said(shared).split("\n")[0] == "Next in Marina, at 9:30am, in 10 minutes:"


@pytest.mark.parametrize(
    ("zone", "start", "line"),
    [
        # Midnight in UTC is in the afternoon of the day before.
        ("America/Los_Angeles", datetime(2012, 4, 17, 0, 0, tzinfo=UTC),
         "[6] Mon 5:00pm–5:55pm (Tue 2:00am–2:55am your time) · Midnight"),
        # The clocks go forward in between: at 1:00 UTC in Berlin, a fortnight earlier in the US.
        ("America/Los_Angeles", datetime(2012, 3, 24, 23, 30, tzinfo=UTC),
         "[6] Sat 4:30pm–5:25pm (Sun 12:30am–1:25am your time) · Midnight"),
        ("America/Los_Angeles", datetime(2012, 3, 25, 1, 30, tzinfo=UTC),
         "[6] Sat 6:30pm–7:25pm (Sun 3:30am–4:25am your time) · Midnight"),
        ("UTC", datetime(2012, 10, 28, 0, 30, tzinfo=UTC),
         "[6] Sun 12:30am–1:25am (2:30am–2:25am your time) · Midnight"),
        ("UTC", datetime(2012, 10, 28, 1, 30, tzinfo=UTC),
         "[6] Sun 1:30am–2:25am (2:30am–3:25am your time) · Midnight"),
    ],
)  # fmt: skip
async def test_midnight_and_summer_time_are_where_they_are(
    zone: str, start: datetime, line: str
) -> None:
    session = Session(6, "6", "Midnight", Slot(start, start + timedelta(minutes=55), ()))
    schedule = small_schedule(session, zone=zone)
    async with summit(
        tz="Europe/Berlin", schedule=schedule, at=f"{start - timedelta(hours=20):%Y-%m-%d %H:%M}"
    ) as (place, _):
        place.ada.tells("info 6")
        answer = await place.ada.reads()
        assert said(answer).split("\n")[0] == line
        await everything_is_said(place)
