"""What tests of people and reminders on IRC share: a server without limits, and people on it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from bot.messages import AddBookmark, ChangePreferences, Effect, Meet, Preferences, User
from tests.adapters.irc.bot import CHANNEL, Bot, Where
from tests.servers.irc_person import Person
from tests.servers.strict_irc import CAPABILITIES, Rules

BOT = "summitbot"
# ngircd keeps ten who want to come in waiting, while it is busy; the connections of others end.
_AT_THE_DOOR = 8
FAST: dict[str, Any] = {"rate": 10_000.0, "burst": 10_000}
RYU = (
    "11:00am\u201311:25am \xb7 \x02Ryu Network Operating System\x02 \xb7 Bayview B \xb7"
    " Kazutaka Morita"
)
BOOKMARKED = [
    "Bookmarked. I will remind you 5 minutes before, at 10:55am.",
    f"[12] Mon {RYU}",
]
HAS_IT = ["You have 1 bookmark:", f"[12] Mon {RYU} \xb7 reminder at 10:55am"]
HAS_NONE = ["You have no bookmarks yet. Add one by number or title: \u2018bookmark 12\u2019"]
REMINDER = (
    f"Starts in 5 minutes: [12] {RYU} \xb7 Snooze: \u2018snooze 12\u2019 \xb7"
    " Remove: \u2018unbookmark 12\u2019"
)


def easy(*capabilities: str, without: Sequence[str] = (), **rules: Any) -> Rules:
    """No limits; with these capabilities, or with all but those `without`."""
    chosen = frozenset(capabilities) if capabilities else CAPABILITIES - set(without)
    usual: dict[str, Any] = {
        "burst": None, "queue": None, "new_targets": None, "inbound": None, "nick_changes": None,
        "version": "easy", "capabilities": chosen,
    }  # fmt: skip
    return Rules(**usual | rules)


def person(server: Where, nick: str, **more: Any) -> Person:
    """Somebody who will be on this server."""
    return Person(server.host, server.port, nick, **more)


async def asks(who: Person, line: str, count: int) -> list[str]:
    """What the bot answers to a line in private, in so many lines."""
    who.say(BOT, line)
    return await who.heard_from(BOT, count)


async def told(who: Person) -> list[str]:
    """All that the bot has told this person alone until now."""
    await who.is_up_to_date()
    heard = (line.partition(" PRIVMSG ") for line in who.lines if f":{BOT}!" in line.split(" :")[0])
    mine = f"{who.nick} :".casefold()
    return [text[len(mine) :] for _, found, text in heard if text.casefold().startswith(mine)]


@asynccontextmanager
async def crowd(
    server: Where, count: int, *, called: str = "p", joins: bool = True
) -> AsyncIterator[list[Person]]:
    """So many people in the bot's channel: p0, p1, and so on."""
    people = [person(server, f"{called}{number}") for number in range(count)]
    door = asyncio.Semaphore(_AT_THE_DOOR)
    async with AsyncExitStack() as stack:

        async def enter(each: Person) -> None:
            async with door:
                await stack.enter_async_context(each)

        async with asyncio.TaskGroup() as tasks:
            for each in people:
                tasks.create_task(enter(each))
        if joins:
            await asyncio.gather(*(each.join(CHANNEL) for each in people))
        yield people


def guest(nick: str, host: str = "127.0.0.1") -> User:
    """Whom the bot takes this person for who has no account."""
    return User("irc", f"{nick}!~{nick[:9]}@{host}", nick)


async def have_bookmarked(
    bot: Bot, users: Sequence[User], session: int = 12, *, before: int = 5, named: bool = False
) -> None:
    """As if all of them had asked for it; by commands it would take minutes under limits."""
    found = bot.schedule.session(session)
    assert found is not None
    effects: list[Effect] = [Meet(), AddBookmark(found.facts, session, before, before != 5)]
    if named:
        effects.append(ChangePreferences(Preferences(named=True), 5))
    for user in users:
        await bot.store.apply(user, effects, None)
