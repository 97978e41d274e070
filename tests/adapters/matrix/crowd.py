"""Many people at once, each in a direct chat: they look at it when a test asks, and cost nothing
meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from tests.servers.matrix_person import Person
from tests.servers.synapse import Synapse

_AT_ONCE = 10
_SECONDS = 60.0
_EVERY = 0.3
T = TypeVar("T")


class Crowd:
    """People, and the chats that they have opened with the bot."""

    def __init__(self, bot: str, chats: Sequence[tuple[Person, str]]) -> None:
        self._bot = bot
        self._chats = chats

    async def all_say(self, line: str) -> None:
        await _each(self._chats, lambda chat: chat[0].say(chat[1], line))

    async def all_have(self, messages: int) -> None:
        """Wait until each chat has so many messages of the bot."""

        async def has(chat: tuple[Person, str]) -> None:
            while len(await self._said(chat)) < messages:  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(_EVERY)

        async with asyncio.timeout(_SECONDS):
            await _each(self._chats, has)

    async def said(self) -> Counter[tuple[str, ...]]:
        """What the bot has said in the chats, from the first to the last message, and in how many
        of them."""
        found = Counter[tuple[str, ...]]()

        async def look(chat: tuple[Person, str]) -> None:
            found[await self._said(chat)] += 1

        await _each(self._chats, look)
        return found

    async def _said(self, chat: tuple[Person, str]) -> tuple[str, ...]:
        somebody, room = chat
        return tuple(
            event.content["body"]
            for event in await somebody.history(room)
            if event.sender == self._bot and event.type == "m.room.message"
        )


@asynccontextmanager
async def crowd(server: Synapse, bot: str, count: int) -> AsyncIterator[Crowd]:
    """So many new people with chats, until the end of the block."""
    people: list[Person] = []
    chats: list[tuple[Person, str]] = []

    async def comes(number: int) -> None:
        account = await server.accounts.register(f"p{number}", unlimited=server.limits)
        somebody = await Person(server.url, account, listens=False).__aenter__()
        people.append(somebody)
        chats.append((somebody, await somebody.open_chat(bot)))

    try:
        await _each(range(count), comes)
        yield Crowd(bot, chats)
    finally:
        for somebody in people:
            await somebody.__aexit__(None, None, None)


async def _each(values: Sequence[T], do: Callable[[T], Awaitable[object]]) -> None:
    """Do it for each, some at a time."""
    few = asyncio.Semaphore(_AT_ONCE)

    async def one(value: T) -> None:
        async with few:
            await do(value)

    async with asyncio.TaskGroup() as tasks:
        for value in values:
            tasks.create_task(one(value))
