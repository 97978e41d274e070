"""Two hundred people who are reminded of one session, under the limits of a large network."""

import asyncio
import base64
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.irc.client import Client, Heard, connected, said_by
from benchmarks.irc.load import seen_to_join
from benchmarks.irc.wording import CHANNEL, NETWORK, PEOPLE, SESSION, TITLE, password, person
from benchmarks.process import Bot, running
from bot.clock import SystemClock
from bot.messages import AddBookmark, User
from bot.schedule import Schedule
from bot.store.sql import SqlStore

WITHIN = 60.0
"""Seconds after the first reminder in which what comes is counted."""

BEFORE = 5
"""Minutes."""

SETTLING = 20
"""Seconds from when a bot has joined until its wave begins."""

_FIRST = 60.0
_CONNECTING = 60.0


@dataclass(frozen=True, slots=True)
class Wave:
    """What came of it: people who were reminded, and of those the ones who were more than once;
    seconds from the first reminder to the last; how often the bot's connection was closed."""

    reminded: int
    repeated: int
    lasted: float
    killed: int


class Watching:
    """Counts whom a bot reminds, and how often it quits. Times are in seconds."""

    def __init__(self, nick: str) -> None:
        self._nick = nick
        self._at: dict[str, list[float]] = {}
        self.killed = 0
        self.first, self.all = asyncio.Event(), asyncio.Event()

    def hear(self, who: str, line: bytes, at: float) -> None:
        """A person hears a line."""
        _, command, target, *_ = [*line.split(b" ", 3), b"", b""]
        to_them = command in (b"PRIVMSG", b"NOTICE") and not target.startswith(b"#")
        if to_them and said_by(self._nick, line) and _MARK in line:
            self._at.setdefault(who, []).append(at)
            self.first.set()
            if len(self._at) == PEOPLE:
                self.all.set()

    def watch(self, line: bytes) -> None:
        """Somebody in the channel, who is not to be reminded, hears a line."""
        if said_by(self._nick, line) and b" QUIT" in line:
            self.killed += 1

    def wave(self) -> Wave:
        """What came of it until now."""
        times = [at for each in self._at.values() for at in each]
        return Wave(
            reminded=len(self._at),
            repeated=sum(len(each) > 1 for each in self._at.values()),
            lasted=max(times) - min(times) if times else 0.0,
            killed=self.killed,
        )


_MARK = TITLE.encode()


async def write_bookmarks(url: str, schedule: Schedule) -> None:
    """Let everybody have bookmarked the session."""
    session = schedule.session(SESSION)
    assert session is not None
    assert session.title == TITLE
    mark = AddBookmark(session.facts, session.id, BEFORE, own_before=False)
    store = SqlStore(url, SystemClock())
    try:
        for number in range(1, PEOPLE + 1):
            user = User(NETWORK, f"account:{person(number)}", person(number))
            await store.apply(user, (mark,), None)
    finally:
        await store.close()


async def wave_of(bot: Bot, port: int, *, voice: bool, ask: str | None = None) -> Wave:
    """Start the bot among them, give it a voice if it is to have one, and say to it what makes it
    remind them, unless it does so by itself."""
    with ExitStack() as stack:
        # Whoever comes first into a channel is its operator.
        observer = await connected(port, "observer")
        stack.callback(observer.close)
        await observer.join(CHANNEL)
        people = await _everybody(stack, port)
        watching = Watching(bot.nick)
        for client in people:
            client.heard = _to(watching, client)
        await observer.settle()
        async with running(bot) as process:
            await seen_to_join(observer, bot, process)
            observer.heard = watching.watch
            if voice:
                observer.say(f"MODE {CHANNEL} +v {bot.nick}")
            if ask:
                # What a bot has said when it came counts too, until then.
                await asyncio.sleep(SETTLING)
                observer.say(f"PRIVMSG {CHANNEL} :{ask}")
            if await _before(watching.first, process, _FIRST):
                await _before(watching.all, process, WITHIN)
            return watching.wave()


async def _everybody(stack: ExitStack, port: int) -> Sequence[Client]:
    async with asyncio.timeout(_CONNECTING):
        people = await asyncio.gather(
            *(_logged_in(port, person(number)) for number in range(1, PEOPLE + 1))
        )
    for client in people:
        stack.callback(client.close)
    for client in people:
        await client.join(CHANNEL)
    return people


async def _logged_in(port: int, name: str) -> Client:
    proof = base64.b64encode(f"\0{name}\0{password(name)}".encode()).decode()
    return await connected(
        port, name, "CAP REQ :sasl", "AUTHENTICATE PLAIN", f"AUTHENTICATE {proof}", "CAP END"
    )


def _to(watching: Watching, client: Client) -> Heard:
    return lambda line: watching.hear(client.nick, line, time.perf_counter())


async def _before(
    event: asyncio.Event, process: asyncio.subprocess.Process, seconds: float
) -> bool:
    """True if it happens in this time, and before the bot has ended."""
    happens, ends = asyncio.ensure_future(event.wait()), asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait((happens, ends), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return happens.done()
    finally:
        happens.cancel()
        ends.cancel()
