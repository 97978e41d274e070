"""IRC as a network of the bot: connects for ever, and hands questions and notices to the parts."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.adapters.finding import Finding, findings
from bot.adapters.irc.arrivals import Arrivals
from bot.adapters.irc.connection import Connection
from bot.adapters.irc.conversations import Conversations
from bot.adapters.irc.inspection import inspected
from bot.adapters.irc.login.refusals import Rejected, sentence_of
from bot.adapters.irc.login.registration import GoesToTls, Registered, Registration
from bot.adapters.irc.login.servers import Doors, Server, servers_of
from bot.adapters.irc.people.identity import Identity
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
_PROOF = "Organisers are known by their account: log in to it, then say that again."
_PROOF_IN_SIGHT = (
    "Organisers are known by their account: log in to it, come to a channel where I am, then say"
    " that again."
)
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
        self._identity = Identity(settings.name, store, settings.organisers)
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
    def channels(self) -> Sequence[Channel]:
        """The channels that the bot is to join, each once as the server compares them."""
        names = (channel.partition(" ")[0] for channel in self._settings.channels)
        return [Channel(self.network, name) for name in _each_once(names, self._identity.fold)]

    def organises(self, user: User) -> bool:
        """True for an organiser: by the account that the server has vouched for."""
        return self._identity.organises(user)

    @property
    def traits(self) -> Traits:
        """What the network allows now: much less where the bot has no voice."""
        settings, proof = self._settings, self._proof()
        if self._link is None:
            return Traits(
                _MOST_IN_FLIGHT // 4, settings.rate, burst=settings.burst, proof=proof
            )  # fmt: skip
        pace = self._link.delivery.pace
        in_flight = min(int(_WITHIN * pace.lines * pace.targets), _MOST_IN_FLIGHT)
        # Where people are let through one by one, nobody else has to be turned away.
        few = pace.limit.people if pace.limit is not None else in_flight
        most = max(10, min(in_flight, few))
        return Traits(most, pace.messages, burst=pace.at_once, proof=proof)

    def _proof(self) -> str:
        if not self._settings.organisers:
            return ""
        connection = self._link.connection if self._link is not None else None
        if connection is None or connection.tells_accounts:
            return _PROOF
        # Where there are no accounts nobody can be known.
        return _PROOF_IN_SIGHT if connection.knows_accounts else ""

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
        space, more = connection.space(channel.id), f"{settings.prefix}next"
        texts = packed(reply, reader, space, settings.lines, more)
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

    async def check(self) -> list[Finding]:
        """Log in, look, and leave: what an organiser should know. Raises CannotSpeak."""
        await self._load()
        problems: list[str] = []
        for server in servers_of(self._settings):
            limit = asyncio.timeout(_LOOKS_FOR)
            try:
                async with limit:
                    return [*findings(problems), *await self._look_at(server)]
            except (CannotSpeak, Rejected, ConnectionLost, OSError) as problem:
                late = f"{server} was not done with the bot within {_LOOKS_FOR:g} seconds."
                problems.append(late if limit.expired() else sentence_of(problem, str(server)))
        raise CannotSpeak(" ".join(dict.fromkeys(problems)))

    async def _look_at(self, server: Server) -> list[Finding]:
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
            found = inspected(connection, delivery.pace, server, encrypted=wire.tls is not None)
            fold, wanted = registered.isupport.fold, self._settings.nick
            if fold(registered.nick) != fold(wanted):
                taken = f"{wanted} is taken just now, perhaps by the bot that is running."
                found.insert(1, Finding(taken))
            await connection.leave("Only checking.")
        return found

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
            return _End(sentence_of(problem, str(server)))
        except OSError as problem:
            return _End(sentence_of(problem, str(server)), most=_LONGEST_ABSENCE)
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
        connection = Connection(
            wire, registered, self._settings, self._clock,
            said=lambda said: conversations.hear(said),
            changed=lambda change: arrivals.changed(change),
            came_online=lambda nick: arrivals.came_online(nick),
        )  # fmt: skip
        self._identity.connects(registered.isupport.fold, connection.roster.person)
        delivery = Delivery(connection, self._identity, self._clock)
        conversations = Conversations(
            connection, delivery, self._identity, receive, seen, self._store, self._clock
        )
        arrivals = Arrivals(connection, delivery, self._identity, seen, self._start)
        self._link = _Link(connection, delivery)
        reporting = asyncio.create_task(self._report(self._link, server, wire.tls is not None))
        try:
            await connection.run()
        finally:
            self._link = None
            self._identity.disconnects()
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
        for finding in inspected(link.connection, link.delivery.pace, server, encrypted=encrypted):
            say = _log.warning if finding.wrong else _log.info
            say(finding.sentence, network=self.network)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _each_once(names: Iterable[str], fold: Callable[[str], str]) -> list[str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(fold(name), name)
    return list(found.values())


def _ignore(_: object) -> None:
    """Whoever only looks answers nobody."""
