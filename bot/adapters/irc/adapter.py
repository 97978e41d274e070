"""IRC as a network of the bot: connects for ever, and hands questions and notices to the parts."""

import asyncio
import contextlib
import os
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.adapters.irc.connection import Connection
from bot.adapters.irc.conversations import Conversations
from bot.adapters.irc.inspection import inspected
from bot.adapters.irc.login.refusals import Rejected
from bot.adapters.irc.login.registration import GoesToTls, Registered, Registration
from bot.adapters.irc.login.servers import Doors, Server, servers_of
from bot.adapters.irc.people.identity import Identity
from bot.adapters.irc.people.roster import Change, LoggedIn, Person, Renamed
from bot.adapters.irc.sending.delivery import Delivery
from bot.adapters.irc.sending.receipts import Refused
from bot.adapters.irc.sending.writing import packed
from bot.adapters.irc.settings import Irc
from bot.adapters.irc.wire import ConnectionLost, Wire
from bot.backoff import pause
from bot.document import Reply
from bot.messages import Channel, User
from bot.ports import CannotSpeak, Clock, Receive, Seen, Traits, TryLater, Unreachable
from bot.storing import Store, StoreAway
from bot.times import Reader

_log = structlog.get_logger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)
_LONGEST_ABSENCE = timedelta(seconds=15)
"""The longest pause while nobody is there whom it could bother."""
_STEADY = 60.0
"""Seconds after which a connection was a good one."""
_STAY_OUT = 300.0
"""Seconds until a network that has let the bot in before, and does not now, is tried again."""
_WITHIN = 6.0
"""Seconds of notices that may be under way."""
_MOST_IN_FLIGHT = 200
_SAID_WITHIN = 30.0
"""Seconds from registration until it is said what holds here, login and joining over or not."""
_LOOKS_FOR = 90.0
"""Seconds that `check` gives to one server, to connect, register and log in."""
_PASSING = ("lost", "throttled", "707", "439")
"""Refusals that are over soon."""
_AWAY = timedelta(seconds=2)
_LAST_NOTES = 2.0
"""Seconds for the database, when the bot stops."""


@dataclass(frozen=True, slots=True)
class _Link:
    """A connection, and what speaks on it."""

    connection: Connection
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class _End:
    """Why a connection has ended, and how long the network is left in peace: so many seconds at
    `least`, and no more than `most` if it is not told otherwise. It would be in vain to try this
    server again if it is `for_good`."""

    why: str
    least: float = 0.0
    most: timedelta = _LONGEST_PAUSE
    for_good: bool = False


class IrcAdapter:
    """Implements `ports.Adapter` for one IRC network. Owns its one connection."""

    def __init__(self, settings: Irc, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._identity = Identity(settings.name, store)
        self._doors = Doors(settings, store, clock)
        self._link: _Link | None = None
        self._was_in = False
        self._tasks = set[asyncio.Task[None]]()

    @property
    def network(self) -> str:
        """The name that its users carry."""
        return self._settings.name

    @property
    def coming_up(self) -> Sequence[Channel]:
        """The channels that want to hear what starts where."""
        return [Channel(self.network, name) for name in self._settings.coming_up]

    @property
    def traits(self) -> Traits:
        """What the network allows now: much less where the bot has no voice."""
        if self._link is None:
            return Traits(_MOST_IN_FLIGHT // 4, self._settings.rate, burst=self._settings.burst)
        pace = self._link.delivery.pace
        in_flight = min(int(_WITHIN * pace.lines * pace.targets), _MOST_IN_FLIGHT)
        # Where people are let through one by one, nobody else has to be turned away.
        few = pace.limit.people if pace.limit is not None else in_flight
        return Traits(max(10, min(in_flight, few)), pace.messages, burst=pace.at_once)

    async def run(self, receive: Receive, seen: Seen) -> None:
        """Connect, answer, and connect again, until cancelled. Raises CannotSpeak."""
        await self._load()
        servers, failures, tried = servers_of(self._settings), 0, 0
        refused: list[str] = []
        loop = asyncio.get_running_loop()
        try:
            while True:
                began, server = loop.time(), servers[tried % len(servers)]
                end = await self._tries(server, receive, seen)
                refused = [*refused, end.why] if end.for_good and not self._was_in else []
                if len(refused) == len(servers):
                    raise CannotSpeak(" ".join(dict.fromkeys(refused)))
                failures = 0 if loop.time() - began > _STEADY else failures + 1
                tried += 1
                # One server after another, and then a pause.
                after = pause(failures // len(servers), _FIRST_PAUSE, end.most).total_seconds()
                after = max(after, end.least)
                _log.warning("disconnected", network=self.network, server=str(server),
                             reason=end.why, again_in=f"{after:.0f}s")  # fmt: skip
                await asyncio.sleep(after)
        finally:
            # Who somebody is has to be known at the next start, too.
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=_LAST_NOTES)
            for task in self._tasks:
                task.cancel()

    async def send(
        self,
        user: User,
        reply: Reply,
        reader: Reader,
        key: str,
        until: datetime,
        again: bool = False,
    ) -> None:
        """Write to a user. Raises TryLater and Unreachable."""
        await self._current().delivery.send(user, reply, reader, until)

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        """Write to a channel, in few lines. Raises TryLater and Unreachable."""
        connection = self._current().connection
        if connection.roster.channel(channel.id) is None:
            raise Unreachable("the bot is not in the channel")
        settings, standing = self._settings, connection.standing
        wait = standing.seconds_to_wait(channel.id)
        if wait > 0:
            raise TryLater(timedelta(seconds=wait))
        room, more = connection.room(channel.id), f"{settings.prefix}next"
        texts = packed(reply, reader, room, settings.lines, more)
        standing.writes_to(channel.id)
        await asyncio.sleep(standing.books(channel.id, len(texts)))
        command = settings.answers.upper()
        try:
            await connection.outbox.post(
                channel.id, [f"{command} {channel.id} :{text}" for text in texts]
            )
        except Refused as refused:
            if refused.code in _PASSING:
                raise TryLater(_AWAY) from None
            raise Unreachable(
                f"the server does not let the bot write there ({refused.code})"
            ) from None

    def share(self, processes: int) -> None:
        """One process speaks at a time: there is no pace to share."""

    async def check(self) -> list[str]:
        """Log in, look, and leave: what an organiser should know, a sentence each. Raises
        CannotSpeak."""
        await self._load()
        problems: list[str] = []
        for server in servers_of(self._settings):
            limit = asyncio.timeout(_LOOKS_FOR)
            try:
                async with limit:
                    return [*problems, *await self._look_at(server)]
            except (CannotSpeak, Rejected, ConnectionLost, OSError) as problem:
                late = f"{server} was not done with the bot within {_LOOKS_FOR:g} seconds."
                problems.append(late if limit.expired() else _sentence(problem, server))
        raise CannotSpeak(" ".join(dict.fromkeys(problems)))

    async def _look_at(self, server: Server) -> list[str]:
        """What `check` says of one server. Raises CannotSpeak, Rejected, ConnectionLost, OSError
        (and TimeoutError, which is one)."""
        async with contextlib.AsyncExitStack() as stack:
            wire, registered = await self._enter(server)
            stack.push_async_callback(wire.close)
            # The nick, if it is taken, belongs to the bot that is running: it stays there.
            settings = self._settings.model_copy(update={"nick": registered.nick})
            connection = Connection(
                wire, registered, settings, self._clock, _ignore, _ignore, _ignore
            )
            running = asyncio.create_task(connection.run())
            stack.push_async_callback(_ended, running)
            settled = asyncio.create_task(connection.membership.settled.wait())
            await asyncio.wait(
                (running, settled), timeout=_SAID_WITHIN, return_when=asyncio.FIRST_COMPLETED
            )
            settled.cancel()
            if running.done():
                running.result()
            delivery = Delivery(connection, self._identity, self._clock)
            sentences = inspected(connection, delivery.pace, server, encrypted=wire.tls is not None)
            fold, wanted = registered.isupport.fold, self._settings.nick
            if fold(registered.nick) != fold(wanted):
                taken = f"{wanted} is taken just now, perhaps by the bot that is running."
                sentences.insert(1, taken)
            await connection.leave("Only checking.")
        return sentences

    async def _load(self) -> None:
        while True:
            try:
                await self._identity.load()
                await self._doors.load()
            except StoreAway:
                # The courier says so; without it the bot would not know who is who.
                await asyncio.sleep(_AWAY.total_seconds())
            else:
                return

    def _current(self) -> _Link:
        if self._link is None or not self._link.connection.ready:
            raise TryLater(_AWAY)
        return self._link

    async def _tries(self, server: Server, receive: Receive, seen: Seen) -> _End:
        """One connection from its beginning to its end."""
        try:
            await self._speak(server, receive, seen)
        except CannotSpeak as problem:
            # What has worked before may work again, and nobody sits beside the bot by now.
            return _End(str(problem), least=_STAY_OUT if self._was_in else 0.0, for_good=True)
        except Rejected as problem:
            return _End(str(problem), least=problem.pause or 0.0)
        except ConnectionLost as problem:
            return _End(_sentence(problem, server))
        except OSError as problem:
            return _End(_sentence(problem, server), most=_LONGEST_ABSENCE)
        return _End("it has ended")

    async def _enter(self, server: Server) -> tuple[Wire, Registered]:
        """Connect and register, over TLS where the server wants that."""
        port: int | None = None
        while True:
            wire = await self._doors.open(server, port)
            try:
                registration = Registration(wire, self._settings, server.host)
                registered = await registration.run()
            except GoesToTls as policy:
                await wire.close()
                port = policy.port
            except BaseException:
                await wire.close()
                raise
            else:
                await self._doors.heard(server, wire, registered.capabilities.offered.get("sts"))
                return wire, registered

    async def _speak(self, server: Server, receive: Receive, seen: Seen) -> None:
        wire, registered = await self._enter(server)
        self._identity.fold = registered.isupport.fold
        connection = Connection(
            wire, registered, self._settings, self._clock,
            said=lambda said: conversations.hear(said),
            changed=lambda change: self._changed(change, seen),
            came_online=lambda nick: self._start(self._came_online(nick, seen)),
        )  # fmt: skip
        self._identity.person = connection.roster.person
        delivery = Delivery(connection, self._identity, self._clock)
        conversations = Conversations(
            connection, delivery, self._identity, receive, seen, self._store, self._clock
        )
        self._link = _Link(connection, delivery)
        reporting = asyncio.create_task(self._report(self._link, server, wire.tls is not None))
        try:
            await connection.run()
        finally:
            self._link = None
            self._was_in = self._was_in or connection.entered
            reporting.cancel()
            conversations.close()
            await asyncio.shield(connection.leave("Back soon."))
            await self._doors.left(server, wire, registered.capabilities.offered.get("sts"))

    async def _report(self, link: _Link, server: Server, encrypted: bool) -> None:
        """Say in the log what holds here, when it is known."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SAID_WITHIN):
                await link.connection.membership.settled.wait()
        for sentence in inspected(link.connection, link.delivery.pace, server, encrypted=encrypted):
            _log.info(sentence, network=self.network)

    def _changed(self, change: Change, seen: Seen) -> None:
        """People come, rename themselves, log in."""
        link = self._link
        if link is None:
            return
        person = change.person
        match change:
            case Renamed(_, before, account) if not account:
                self._start(self._identity.takes_along(before, person.mask))
            case LoggedIn(_, before) if person.account and self._was_guest(person, before):
                self._start(self._logs_in(person.mask, person.account, seen))
            case _ if person.mask and not person.account:
                coming = self._identity.comes_back(person.mask)
                if coming is not None:
                    self._start(coming)
            case _:
                pass
        user = link.delivery.user_of(person)
        if link.connection.presence.has_come(user):
            seen(user)

    def _was_guest(self, person: Person, account_before: str | None) -> bool:
        """True if somebody who is logged in now was a guest before; where nobody saw them log in,
        because something is stored of a guest with their mask."""
        guest = self._identity.user(person.mask, None)
        return account_before == "" or self._identity.is_stored(guest)

    async def _logs_in(self, mask: str, account: str, seen: Seen) -> None:
        await self._identity.logs_in(mask, account)
        # What waited for the guest goes to the account.
        seen(self._identity.user(mask, None))
        seen(self._identity.user(mask, account))

    async def _came_online(self, nick: str, seen: Seen) -> None:
        link = self._link
        for absent in link.connection.presence.called(nick) if link is not None else ():
            if link is not None and await link.delivery.find(absent.user, nick):
                seen(absent.user)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _ignore(_: object) -> None:
    """Whoever only looks answers nobody."""


def _sentence(problem: Exception, server: Server) -> str:
    if isinstance(problem, TimeoutError) and not str(problem):
        return f"{server} does not answer."
    if isinstance(problem, OSError):
        return f"{server} cannot be reached: {_why(problem)}."
    text = str(problem)
    return text if text.endswith(".") else f"{text}."


def _why(problem: OSError) -> str:
    """In words for people: asyncio writes others into the errors of connections."""
    if problem.errno is not None:
        # Numbers below 0 are those of names that were looked up.
        return os.strerror(problem.errno) if problem.errno > 0 else str(problem.strerror)
    several = str(problem).startswith("Multiple exceptions")
    return "none of its addresses answers" if several else str(problem)
