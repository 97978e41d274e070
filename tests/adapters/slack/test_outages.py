"""What is away comes back: Slack, its network, the database; and a bot that is told to stop."""

import asyncio
import logging

import pytest

from bot.adapters.slack.sending import delivery
from bot.store import opening
from tests.adapters.slack.bot import bot_on
from tests.adapters.slack.talking import (
    BOOKMARKED,
    NEXT,
    REMINDER,
    VOLUME,
    Place,
    said,
    summit,
    workspace,
)
from tests.servers.away import locked, unreachable
from tests.servers.postgres import empty
from tests.servers.slack import Delivering, Drop, Garbage, Held, Limited, Slow, Status
from tests.servers.slack.faults import Fault

# Time for what is away to come back.
PATIENT = Delivering(retries=(0.2, 1.0, 3.0))
MINE = f"{BOOKMARKED}\n[6] Mon {VOLUME}"
TROUBLE = "That did not work just now, and nothing was changed. Try again in a minute."
MODES = ["socket", "http"]


def alone(place: Place) -> list[str]:
    """What the bot has said in Ada's direct chat."""
    return [said(m) for m in place.ada.sees() if m.author is place.installed.bot_user]


def slack_goes(place: Place) -> None:
    """No call is answered any more, and all sockets end."""
    place.server.faults.arm("*", Drop.BEFORE, times=1_000_000)
    place.server.sockets.abort()


async def test_reminders_wait_for_slack_and_come_once_when_it_is_back() -> None:
    async with summit() as (place, bot):
        await place.ada.slash("/summit bookmark 6", channel=place.channel)
        slack_goes(place)
        await bot.logs("The connection to Slack is lost")
        bot.go("Monday 9:25")
        await bot.logs("not delivered")
        place.server.faults.clear()
        assert said(await place.ada.reads()) == REMINDER
        await place.server.sockets.opened(place.home.app)
        place.ada.tells("next Marina")
        await place.settled()
        assert len(alone(place)) == 2


async def test_a_bot_that_starts_while_slack_is_away_waits_for_it() -> None:
    async with workspace() as place:
        slack_goes(place)
        async with bot_on(place.server, place.home, joins=False) as bot:
            await bot.logs("Slack cannot be reached; it is tried until it is there.")
            place.server.faults.clear()
            await bot.joined()
            place.ada.tells("next Marina")
            assert said(await place.ada.reads()) == NEXT


async def test_an_answer_that_slack_does_not_take_at_first_is_given_later() -> None:
    async with summit("http", delivering=PATIENT) as (place, _):
        place.server.faults.arm("chat.postMessage", Status(503), times=2)
        place.ada.tells("next Marina")
        await place.settled()
        assert alone(place) == [NEXT]


async def test_one_429_slows_all_messages_and_loses_none() -> None:
    async with summit() as (place, bot):
        people = [await place.server.person(f"p{number}") for number in range(20)]
        for person in people:
            await person.slash("/summit bookmark 6", channel=person.dm)
        place.server.faults.arm("chat.postMessage", Limited(retry_after=2))
        bot.go("Monday 9:25")
        for person in people:
            assert said(await person.reads()) == REMINDER
        calls = place.server.api.of("chat.postMessage")
        [refused] = [call for call in calls if call.status == 429]
        later = [call.at for call in calls if call.at > refused.at + 1]
        assert later
        assert min(later) >= refused.at + 1.9
        # Those that were on their way by then are all that came before.
        assert len(calls) - len(later) <= bot.adapter.traits.in_flight
        assert len(calls) == 21


async def test_a_429_to_one_answer_holds_the_others_up() -> None:
    async with summit() as (place, _):
        eve = await place.server.person("eve")
        place.server.faults.arm("chat.postMessage", Limited(retry_after=2))
        place.ada.tells("next Marina")
        [refused] = await place.server.api.called("chat.postMessage")
        eve.tells("next Marina")
        assert [said(await person.reads()) for person in (place.ada, eve)] == [NEXT, NEXT]
        _, *later = place.server.api.of("chat.postMessage")
        assert len(later) == 2
        assert min(call.at for call in later) >= refused.at + 1.9


async def test_an_answer_that_nobody_knows_of_is_in_doubt_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "_PATIENCE", 0.5)
    async with summit("http", delivering=PATIENT) as (place, bot):
        place.server.faults.arm("chat.postMessage", Drop.AFTER, times=2)
        place.ada.tells("next Marina")
        line = await bot.logs("not answered")
        assert line.values == {"key": line.values["key"], "network": "slack", "error": "InDoubt",
                               "level": "warning"}  # fmt: skip


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = [pragma.replace("5000", "20") for pragma in opening._SQLITE_PRAGMAS]
    monkeypatch.setattr(opening, "_SQLITE_PRAGMAS", shorter)


@pytest.mark.usefixtures("_impatient")
async def test_what_is_asked_while_the_database_is_locked_is_answered_at_once() -> None:
    async with summit("http", delivering=PATIENT) as (place, bot):
        with locked(bot.database):
            # The programme needs no database.
            place.ada.tells("next Marina")
            place.ada.tells("bookmark 6")
            assert [said(await place.ada.reads()) for _ in range(2)] == [NEXT, TROUBLE]
            assert said(await place.ada.slash("/summit next Marina", channel=place.channel)) == NEXT
            trouble = await place.ada.slash("/summit bookmark 6", channel=place.channel)
            assert said(trouble) == TROUBLE
        await place.settled()
        place.ada.tells("bookmark 6")
        assert said(await place.ada.reads()) == MINE
        assert alone(place) == [NEXT, TROUBLE, MINE]


async def test_what_is_asked_while_the_database_is_not_reachable_is_answered_at_once(
    postgresql: str,
) -> None:
    empty(postgresql)
    async with summit("http", delivering=PATIENT, database=postgresql) as (place, _):
        with unreachable(postgresql):
            place.ada.tells("next Marina")
            place.ada.tells("bookmark 6")
            assert [said(await place.ada.reads()) for _ in range(2)] == [NEXT, TROUBLE]
        await place.settled()
        place.ada.tells("bookmark 6")
        assert said(await place.ada.reads()) == MINE
        assert alone(place) == [NEXT, TROUBLE, MINE]


@pytest.mark.parametrize("mode", MODES)
async def test_a_bot_that_is_told_to_stop_finishes_what_it_has_begun(mode: str) -> None:
    async with workspace(mode) as place, bot_on(place.server, place.home) as bot:
        held = Held()
        place.server.faults.arm("chat.postMessage", held)
        place.ada.tells("bookmark 6")
        await held.reached()
        stopping = asyncio.create_task(bot.stop())
        held.release()
        await stopping
        await bot.start()
        await place.settled()
        [told] = [one for one in place.server.deliveries.log if one.name == "message"
                  and one.payload["event"]["user"] == place.ada.id]  # fmt: skip
        assert told.acknowledged
        assert alone(place) == [MINE]


async def test_reminders_under_way_are_settled_before_the_bot_stops() -> None:
    async with summit() as (place, bot):
        people = [await place.server.person(f"p{number}") for number in range(50)]
        for person in people:
            await person.slash("/summit bookmark 6", channel=person.dm)
        bot.go("Monday 9:25")
        await place.server.bell.until(
            lambda: place.effects() > 5 and any(person.unread() for person in people),
            lambda: "a first reminder",
        )
        await bot.restart()
        for person in people:
            assert said(await person.reads()) == REMINDER
        await bot.ticks()
        assert [person.unread() for person in people] == [[]] * 50


@pytest.mark.parametrize("fault", [Limited(30), Status(503), Drop.BEFORE, Slow(3.0), Garbage()])
async def test_a_command_needs_no_profile(fault: Fault) -> None:
    async with summit() as (place, bot):
        place.server.faults.arm("users.info", fault)
        assert said(await place.ada.slash("/summit bookmark 6")) == MINE
        eve = await place.server.person("eve")
        assert said(await eve.slash("/summit next Marina")) == NEXT
        assert [entry for entry in bot.log if entry.level > logging.INFO] == []
