"""Commands one after another, then many at once: how long the answers take, and how many come."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.matrix.bots import Contestant
from benchmarks.matrix.people import Person, heard, joined
from benchmarks.process import Bot, Ended, last_words, memory, running

ONE_BY_ONE = 200
ROUNDS = 3

T = TypeVar("T")

_ANSWERING = 60.0
_WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bot is measured: everybody's direct chat with it, in their order, and a room."""

    people: Sequence[Person]
    chats: Sequence[str]
    room: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of commands: seconds to each answer, one by one; in each round seconds to each
    answer that came to those sent at once; and the memory after that, in bytes."""

    one_by_one: Sequence[float]
    at_once: Sequence[Sequence[float]]
    memory: int

    @property
    def fewest(self) -> int:
        """How many of those sent at once were answered, in the worst round."""
        return min(map(len, self.at_once))

    @property
    def middle(self) -> Sequence[float]:
        """Seconds to each answer in the round that is neither the quickest nor the slowest."""
        slowest_last = sorted(self.at_once, key=lambda each: max(each, default=_ANSWERING))
        return slowest_last[len(slowest_last) // 2]


class Late(Exception):
    """A bot has not done in time what it has to; the message says what it said last."""


class Asking:
    """Somebody who asks a bot in a room, and listens to it there."""

    def __init__(self, person: Person, room: str, bot: Contestant) -> None:
        self._person = person
        self._room = room
        self._bot = bot
        self._since: str | None = None

    async def ask(self, *, within: float = _ANSWERING) -> float:
        """Seconds from the command until its answer is there. Raises TimeoutError."""
        if self._since is None:
            _, self._since = await self._person.sync(self._room, self._bot.user, None)
        begun = time.perf_counter()
        async with asyncio.timeout(within), asyncio.TaskGroup() as group:
            # It may have the answer before it knows that the command has come.
            group.create_task(self._person.say(self._room, self._bot.asks))
            await self._answer()
            return time.perf_counter() - begun

    async def _answer(self) -> None:
        while True:
            said, self._since = await self._person.sync(self._room, self._bot.user, self._since)
            if any(self._bot.answers in each.body for each in said):
                return


async def introduced(bot: Contestant, place: Place) -> None:
    """Start the bot for as long as it needs to come where it is invited. Raises Ended and Late."""
    async with running(bot.bot) as process:
        await unless_ended(bot.bot, process, _all_joined(bot, place))
        await unless_ended(bot.bot, process, Asking(place.people[0], place.room, bot).ask())


async def loaded(bots: Sequence[tuple[Contestant, Place]]) -> list[Answered]:
    """Start the bots, and ask them for all that they can do: in turn, for what else the machine
    does meanwhile is to concern all of them. Raises Ended and Late."""
    async with AsyncExitStack() as stack:
        started = [
            _Started(bot, place, await stack.enter_async_context(running(bot.bot)))
            for bot, place in bots
        ]
        for _ in range(_WARM_UP):
            for each in started:
                await each.ask()
        one_by_one = [[await each.ask() for each in started] for _ in range(ONE_BY_ONE)]
        at_once = [[await each.at_once() for each in started] for _ in range(ROUNDS)]
        return [
            Answered(durations, rounds, memory(each.process))
            for each, durations, rounds in zip(
                started, zip(*one_by_one, strict=True), zip(*at_once, strict=True), strict=True
            )
        ]


class _Started:
    """A bot that runs, and those who ask it."""

    def __init__(self, bot: Contestant, place: Place, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._bot = bot
        self._place = place
        self._asking = Asking(place.people[0], place.room, bot)

    async def ask(self) -> float:
        """Seconds until an answer in the room."""
        return await unless_ended(self._bot.bot, self.process, self._asking.ask())

    async def at_once(self) -> list[float]:
        """Seconds until the answer of each that has been answered."""
        return await unless_ended(self._bot.bot, self.process, _at_once(self._bot, self._place))


async def unless_ended(bot: Bot, process: asyncio.subprocess.Process, work: Awaitable[T]) -> T:
    """What comes of the work. Raises Ended if the bot ends before it, and Late."""
    works, ends = asyncio.ensure_future(work), asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait((works, ends), return_when=asyncio.FIRST_COMPLETED)
        if not works.done():
            raise Ended(f"{bot.name} has ended by itself; it said last: {last_words(bot)}")
        return await works
    except TimeoutError:
        raise Late(
            f"{bot.name} has not come, or not answered; it said: {last_words(bot)}"
        ) from None
    finally:
        works.cancel()
        ends.cancel()


async def _all_joined(bot: Contestant, place: Place) -> None:
    await joined(place.people[0], bot.user, place.room)
    for person, chat in zip(place.people, place.chats, strict=True):
        await joined(person, bot.user, chat)


async def _at_once(bot: Contestant, place: Place) -> list[float]:
    begun = time.time()
    await asyncio.gather(
        *(p.say(chat, bot.asks) for p, chat in zip(place.people, place.chats, strict=True))
    )
    answers = await heard(
        place.people, place.chats, bot.user, bot.answers, since=begun, until=begun + _ANSWERING
    )
    return [first - begun for first, *_ in filter(None, answers)]
