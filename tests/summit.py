"""A summit to talk to: real engine, courier and database; only clock and network are doubles."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.courier import Courier
from bot.desk import Desk
from bot.document import Reply
from bot.engine import Engine
from bot.following import Following
from bot.live import overlaid
from bot.messages import Channel, Invocation, Response, User
from bot.names import Finder
from bot.patience import Patience
from bot.ports import Receive, Seen, Traits
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.setup import moment_meant
from bot.sources import read
from bot.store.sql import SqlStore
from bot.storing import Store
from bot.tally import Tally
from bot.text import lines
from bot.times import Reader

NETWORK = "test"
_RULES = Rules(greets=False)
DATA = Path(__file__).parent.parent / "data" / "folsom-design-summit-2012.json"


@cache
def folsom() -> Schedule:
    """The schedule that ships with the project."""
    return read(DATA.read_bytes()).schedule


@dataclass
class StandingClock:
    """A clock that moves when it is told to; real time goes along with the programme's."""

    moment: datetime
    speed: float = 1.0

    def now(self) -> datetime:
        return self.moment

    def wall(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


@dataclass
class Recorder:
    """A network that takes everything and remembers it; `before_taking` may raise instead. What
    may have arrived already, as it is told, is `in_doubt`: the keys, each time. `readers` are those
    of what was taken."""

    network: str = NETWORK
    traits: Traits = Traits(in_flight=100)
    taken: list[tuple[User, list[str], str]] = field(default_factory=list)
    channels: Sequence[Channel] = ()
    posted: list[tuple[str, list[str], str]] = field(default_factory=list)
    in_doubt: list[str] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    before_posting: Callable[[Channel, str], Awaitable[None]] | None = None
    before_taking: Callable[[User, str], Awaitable[None]] | None = None
    organisers: Sequence[str] = ()

    def organises(self, user: User) -> bool:
        return user.id in self.organisers

    @property
    def coming_up(self) -> Sequence[Channel]:
        return self.channels

    async def run(self, receive: Receive, seen: Seen) -> None:
        await asyncio.Event().wait()

    async def send(
        self,
        user: User,
        reply: Reply,
        reader: Reader,
        key: str,
        until: datetime,
        again: bool = False,
    ) -> None:
        if again:
            self.in_doubt.append(key)
        if self.before_taking is not None:
            await self.before_taking(user, key)
        self.readers.append(reader)
        self.taken.append((user, lines(reply, reader), key))

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        if again:
            self.in_doubt.append(key)
        if self.before_posting is not None:
            await self.before_posting(channel, key)
        self.posted.append((channel.id, lines(reply, reader), key))

    def share(self, processes: int) -> None:
        pass


class Summit:
    """What a test says and sees. Made by the fixture `summit`."""

    def __init__(self, database: str, schedule: Schedule, at: str, rules: Rules = _RULES) -> None:
        self.schedule = schedule
        self.clock = StandingClock(moment_meant(at, schedule))
        self.rules = rules
        self.network = Recorder()
        self.patience = Patience()
        self._database = database
        self._seen = 0
        self.store: Store
        self.engine: Engine
        self.courier: Courier
        self.tally: Tally
        self._start()

    def _start(self) -> None:
        self.store = SqlStore(self._database, self.clock)
        self.tally = Tally()
        self.following = Following(self.store, self.schedule)
        desk = Desk([self.network], self.following, self.store, self.clock, self.rules, self.tally,
                    self._renew)  # fmt: skip
        self.engine = Engine(self.schedule, self.store, self.clock, self.rules, desk)
        self.courier = Courier(
            self.network,
            self.schedule,
            self.store,
            self.clock,
            self.rules,
            self.tally,
            self.patience,
        )

    async def _renew(self) -> None:
        programme = await self.following.latest()
        assert programme is not None
        if programme is not self.engine.schedule:
            self._follow(programme)

    def _follow(self, programme: Schedule) -> None:
        self.engine.replace(Finder(programme))
        self.courier.replace(programme)

    async def restart(self) -> None:
        """As if the process had ended and begun again."""
        await self.store.close()
        self._start()
        await self.store.take_over(NETWORK)

    async def respond(
        self,
        name: str,
        line: str,
        *,
        id: str | None = None,
        private: bool = True,
        unreachable: str | None = None,
        again: bool = False,
        names_people: bool = True,
        profile_zone: ZoneInfo | None = None,
        marks: bool = False,
        card: str | None = None,
        beside: bool = False,
    ) -> Response:
        """The whole response to a line."""
        user = User(NETWORK, name, name, profile_zone)
        channel = Channel(NETWORK, name if private else "#summit", private)
        return await self.engine.respond(
            Invocation(
                id,
                user,
                channel,
                line,
                unreachable,
                again=again,
                names_people=names_people,
                marks=marks,
                card=card,
                beside=beside,
            )
        )

    async def say(self, name: str, line: str, **more: object) -> list[str]:
        """The reply to a line, as lines of plain text."""
        response = await self.respond(name, line, **more)  # type: ignore[arg-type]  # passed on
        return lines(response.reply, response.reader)

    async def ask(self, line: str) -> list[str]:
        """What somebody without any past is answered."""
        return await self.say("somebody", line)

    async def ids(self, line: str) -> list[int]:
        """The sessions that an answer shows."""
        response = await self.respond("somebody", line)
        return [session.id for session in response.reply.sessions()]

    def go(self, at: str) -> None:
        """Put the clock to a time like `Tuesday 14:00`."""
        self.clock.moment = moment_meant(at, self.schedule)

    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(minutes=minutes))

    async def tick(self) -> None:
        """One tick of the courier, until everything has settled."""
        await self.courier.tick()
        await self.courier.finish()

    async def notices(self, name: str | None = None) -> list[list[str]]:
        """What arrives at this tick: the new messages, of one user or of all."""
        await self.tick()
        new = self.network.taken[self._seen :]
        self._seen = len(self.network.taken)
        return [text for user, text, _ in new if name in (None, user.id)]

    def change(self, id: int, **facts: object) -> None:
        """Publish a new version in which a session has other `at`, `room`, `title`, `cancelled`."""
        self.publish(
            changed(session, self.schedule, **facts) if session.id == id else session
            for session in self.schedule.sessions
        )

    def publish(self, sessions: Iterable[Session]) -> None:
        """Publish a new version with these sessions."""
        old = self.schedule
        self.schedule = Schedule(
            old.event, old.timezone, sessions, rooms=old.rooms.values(), venue=old.venue,
            people=old.people.values(), day_change=old.day_change,
        )  # fmt: skip
        self.following.published = self.schedule
        self.following.schedule = overlaid(self.schedule, self.following.live)
        self._follow(self.following.schedule)


def changed(session: Session, schedule: Schedule, **facts: object) -> Session:
    """The session with other facts; its length stays."""
    slot = session.slot
    if "at" in facts:
        start = moment_meant(str(facts["at"]), schedule)
        slot = replace(slot, start=start, end=start + (slot.until - slot.start))
    if "room" in facts:
        slot = replace(slot, rooms=(str(facts["room"]),))
    title = str(facts.get("title", session.title))
    return replace(session, slot=slot, title=title, cancelled=bool(facts.get("cancelled", False)))


def small_schedule(*sessions: Session, zone: str = "UTC") -> Schedule:
    """A schedule of just these."""
    return Schedule("Small Summit", ZoneInfo(zone), sessions)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in April 2012, UTC."""
    return datetime(2012, 4, day, hour, minute, tzinfo=UTC)
