"""Many reminders that are due together: everybody gets theirs once, and Slack is never asked for
more than it allows, also through a kill."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.messages import AddBookmark, Effect, Meet, User
from bot.patience import Patience
from tests.adapters.slack.bot import Bot, bot_on
from tests.adapters.slack.talking import REMINDER, Place, said, workspace
from tests.servers.slack import Held, Limits
from tests.servers.slack.users import User as Somebody

LIMIT = 50
# What was under way when a process died is another one's soon.
PATIENT = Patience(lease=timedelta(seconds=8), sending=timedelta(seconds=7))
SECONDS = 120.0


@asynccontextmanager
async def crowd(
    people: int, a_second: int = LIMIT, patience: Patience = Patience()
) -> AsyncIterator[tuple[Place, Bot, list[Somebody]]]:
    """A bot, and so many people who have bookmarked the same session; Slack takes so many messages
    a second, and the bot is told so."""
    limits = Limits(workspace_per_second=a_second)
    async with (
        workspace(limits=limits, rate=a_second) as place,
        bot_on(place.server, place.home, patience=patience) as bot,
    ):
        team = place.installed.workspace
        users = [team.add_user(f"p{number}") for number in range(people)]
        session = bot.schedule.session(6)
        assert session is not None
        effects: list[Effect] = [Meet(), AddBookmark(session.facts, 6, 5, own_before=False)]
        # By commands it would take minutes under limits.
        for user in users:
            await bot.store.apply(User("slack", f"{team.id}/{user.id}", user.name), effects, None)
        yield place, bot, users


def texts(place: Place, user: Somebody) -> list[str]:
    """What somebody has read in the chat with the bot."""
    chat = place.installed.workspace.find_dm(user, place.installed.bot_user)
    return [] if chat is None else [said(message) for message in chat.messages]


def reminded(place: Place, users: Sequence[Somebody]) -> int:
    """How many of them have something in the chat with the bot."""
    return sum(texts(place, user) != [] for user in users)


async def have(place: Place, users: Sequence[Somebody], number: int) -> None:
    """Wait until so many of them have been reminded."""
    await place.server.bell.until(
        lambda: reminded(place, users) >= number,
        lambda: f"{number} of {len(users)} to be reminded, and not {reminded(place, users)}",
        SECONDS,
    )


def busiest(place: Place) -> int:
    """How many messages were asked for in the busiest second, whether Slack took them or not."""
    moments = [call.at for call in place.server.api.of("chat.postMessage")]
    return max(sum(at - 1 < other <= at for other in moments) for at in moments)


@pytest.mark.long
async def test_a_wave_at_the_limit_reaches_everybody_once_and_is_never_refused() -> None:
    async with crowd(200) as (place, bot, users):
        loop = asyncio.get_running_loop()
        bot.go("Monday 9:25")
        began = loop.time()
        await have(place, users, 200)
        took = loop.time() - began
        await bot.ticks()
        assert [texts(place, user) for user in users] == [[REMINDER]] * 200
        assert place.server.api.limited == {}
        assert busiest(place) <= LIMIT
        # Four seconds at the full pace; nobody has looked for what was sent for the first time.
        assert took < 12
        assert place.effects("conversations.history") == 0


@pytest.mark.long
async def test_two_thousand_are_reminded_once_each() -> None:
    async with crowd(2_000, a_second=250) as (place, bot, users):
        bot.go("Monday 9:25")
        await have(place, users, 2_000)
        await bot.ticks()
        assert [texts(place, user) for user in users] == [[REMINDER]] * 2_000
        assert place.server.api.limited == {}


@pytest.mark.long
async def test_killed_in_the_middle_of_a_wave_it_reminds_nobody_twice_and_leaves_nobody_out() -> (
    None
):
    async with crowd(200, patience=PATIENT) as (place, bot, users):
        bot.go("Monday 9:25")
        # No more are under way then than may be looked for in a minute.
        await have(place, users, 170)
        held = Held()
        place.server.faults.arm("chat.postMessage", held)
        await held.reached()
        await bot.kill()
        held.release()
        arrived = reminded(place, users)
        assert arrived < 200
        await bot.start()
        await have(place, users, 200)
        # What was under way is in doubt until its lease is over, and settled when it was found.
        async with asyncio.timeout(SECONDS):
            while not await all_settled(bot, users):
                await bot.ticks()
        assert [texts(place, user) for user in users] == [[REMINDER]] * 200
        assert place.server.api.limited == {}
        assert busiest(place) <= LIMIT
        looked = place.effects("conversations.history")
        assert 1 <= looked <= 50
        # One was asked for twice at most: whoever has it already was found.
        assert place.effects() <= 200 + looked


async def all_settled(bot: Bot, users: Sequence[Somebody]) -> bool:
    """The database knows that all of them have been reminded."""
    profiles = await asyncio.gather(
        *(
            bot.store.load(User("slack", f"T01/{user.id}", user.name), bookmarks=True)
            for user in users
        )
    )
    return all(profile.bookmarks[0].reminded is not None for profile in profiles)
