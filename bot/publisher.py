"""Follows the published schedule: one process looks at where it stands, all take what it finds.

What was good last stands in the database, so that a start without a network works. Whatever else
is found there (an error page, the half of a file, nothing at all) changes nothing, and costs one
line of the log. What would take away a large part of the programme waits for an organiser.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_never

import structlog

from bot.aside import aside
from bot.backoff import lasts, pause
from bot.defaults import ACCEPT
from bot.document import Reply
from bot.following import NAME, TROUBLE, Following
from bot.looked import NO_MARK, Failed, Fetched, Mark, NotModified
from bot.looking import look
from bot.ports import Clock
from bot.reporting import bulletins, held_back, holds, news, numbers
from bot.schedule import Schedule
from bot.sources import NotASchedule
from bot.sources.versions.comparison import Changes, summary, written
from bot.storing import Bulletin, Store, StoreAway
from bot.text import block_line
from bot.times import Reader
from bot.updating import Reading, Update, update, version_of
from bot.versions import Head, Heads, Version

_log = structlog.get_logger(__name__)


_ATTEMPTS = 5


class NoSchedule(Exception):
    """There is no version yet, nor can one be had; the message is one clause."""


class AnotherEvent(Exception):
    """The database holds bookmarks of the event that this names; `schedule` is of another one."""

    def __init__(self, known: str, schedule: Schedule) -> None:
        super().__init__(known)
        self.known = known
        self.schedule = schedule


@dataclass(frozen=True, slots=True)
class Pace:
    """How often (real time) a published schedule is looked at, a file, and the database; after a
    failure sooner, and then ever more seldom. Who looks has the `lease`."""

    refresh: timedelta
    file: timedelta = timedelta(seconds=2)
    database: timedelta = timedelta(seconds=2)
    after_failure: timedelta = timedelta(seconds=30)
    confirm: timedelta = timedelta(minutes=1)
    lease: timedelta = timedelta(seconds=25)


class Publisher:
    """The programme of this process. Owns which version that is, and the look at the source."""

    def __init__(
        self,
        reading: Reading,
        store: Store,
        clock: Clock,
        process: str,
        pace: Pace,
        channels: Sequence[tuple[str, str]] = (),
        hours: int = 24,
    ) -> None:
        """`channels`, each as network and name, hear what is new, on a clock of so many hours."""
        self._reading = reading
        self._store = store
        self._clock = clock
        self._process = process
        self._pace = pace
        self._channels = channels
        self._hours = hours
        self._following = Following(store)
        # What stands there and is no schedule: it is not read again.
        self._bad: tuple[str, Mark, str] | None = None
        self._trouble = ""
        self._noted: str | None = None
        self._failures = 0
        self._due: datetime | None = None
        self._news = asyncio.Event()
        self._starting = True

    async def first(self) -> Schedule:
        """The programme to begin with: what stands at the source now, if that is a file or there is
        none from there yet; else what was good last, and the source is looked at soon. Raises
        NoSchedule, AnotherEvent and StoreAway."""
        await self._following.latest()
        current = self._following.heads.current
        is_file = isinstance(self._reading.source, Path)
        if current is None or is_file or not self._reading.made(current.digest):
            await self._look_once(at_start=True)
        self._starting = False
        # Another process may have been quicker.
        schedule = await self._following.latest()
        if schedule is None:
            raise NoSchedule(self._trouble)
        if self._trouble:
            self._log_trouble()
        return schedule

    @property
    def following(self) -> Following:
        """What follows the programme for this process."""
        return self._following

    async def versions(self) -> AsyncIterator[Schedule]:
        """Each later programme, for as long as somebody wants them: within seconds if it is another
        process that has changed it, at once if this one has."""
        looking: asyncio.Task[None] | None = None
        shown, failing = self._following.schedule, False
        try:
            while True:
                self._news.clear()
                try:
                    await self._following.latest()
                    if await self._is_ours() and (looking is None or looking.done()):
                        looking = asyncio.create_task(self._look()) if self._is_due() else None
                    failing = False
                except StoreAway:
                    pass  # others say so
                except Exception:
                    # What another process has published must not keep this one from the next.
                    if not failing:
                        _log.exception("The schedule cannot be followed now.")
                    failing = True
                schedule = self._following.schedule
                if schedule is not None and schedule is not shown:
                    shown = schedule
                    yield schedule
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pace.database.total_seconds()):
                        await self._news.wait()
        finally:
            if looking is not None:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)

    async def _is_ours(self) -> bool:
        """True if it is this process that looks at the source."""
        lease = self._pace.lease
        ours = await self._store.hold(NAME, self._process, lease, alone=True) > 0
        if not ours:
            # Another process notes what it sees.
            self._noted = None
        return ours

    def _is_due(self) -> bool:
        longest = max(self._pace.refresh, self._pace.after_failure, timedelta(hours=1))
        return not lasts(self._due, self._clock.wall(), longest)

    async def _look(self) -> None:
        after: timedelta | None = None
        try:
            after = await self._look_once()
        except StoreAway:
            after = self._pace.database
        except Exception:
            # A source that nobody foresaw must not end the looks to come.
            _log.exception("The look at the schedule failed.")
            self._failures += 1
        self._due = self._clock.wall() + (self._usual_pause() if after is None else after)
        self._news.set()

    def _usual_pause(self) -> timedelta:
        pace = self._pace
        often = pace.file if isinstance(self._reading.source, Path) else pace.refresh
        if not self._failures:
            return pause(0, often, often)
        return pause(self._failures - 1, min(pace.after_failure, often), often)

    async def _look_once(self, *, at_start: bool = False) -> timedelta | None:
        """Look at the source, and do what follows from what it says; how long to leave it alone, if
        it says that. What is the matter with it is noted for organisers."""
        after = await self._looked(at_start=at_start)
        if self._noted != self._trouble:
            await self._store.keep(NAME, TROUBLE, self._trouble or None)
            self._noted = self._trouble
        return after

    async def _looked(self, *, at_start: bool) -> timedelta | None:
        heads = await self._store.heads()
        found = await look(self._reading.source, self._mark(heads), at_start=at_start)
        match found:
            case Failed(reason, after):
                self._failures += 1
                self._say_trouble(reason)
                return after
            case NotModified():
                await self._same(heads)
            case Fetched(content, mark):
                await self._take(content, mark, heads)
            case _:
                assert_never(found)
        return None

    def _mark(self, heads: Heads) -> Mark:
        """What to name to the source as known: what was there last, whatever became of it."""
        if self._bad is not None:
            return self._bad[1]
        head = heads.held or heads.current
        if head is None or not self._reading.made(head.digest):
            return NO_MARK
        return Mark(head.etag, head.modified)

    async def _same(self, heads: Heads) -> None:
        """The source says what it said before."""
        if self._bad is not None:
            self._refuse(*self._bad)
            return
        self._well()
        head, wall = heads.current, self._clock.wall()
        if heads.held is not None or head is None:
            return
        if not head.seen <= wall < head.seen + self._pace.confirm:
            await self._store.confirm(replace(head, seen=wall))

    async def _take(self, content: bytes, mark: Mark, heads: Heads) -> None:
        digest = await asyncio.to_thread(self._reading.digest, content)
        if self._bad is not None and self._bad[0] == digest:
            self._refuse(digest, mark, self._bad[2])
            return
        if heads.held is not None and heads.held.digest == digest:
            self._well()
            return
        current = heads.current
        if current is not None and current.digest == digest:
            if heads.held is not None:
                _log.info("The schedule is again what it was: nothing is held back any more.")
            self._well()
            wall = self._clock.wall()
            again = replace(current, seen=wall, etag=mark.etag, modified=mark.modified)
            await self._store.confirm(again)
            return
        try:
            # Another process, or an organiser, may be quicker: then it follows on that.
            for _ in range(_ATTEMPTS):
                if await self._take_next(content, digest, mark):
                    self._well()
                    break
        except NotASchedule as problem:
            self._refuse(digest, mark, _clause(str(problem)))

    async def _take_next(self, content: bytes, digest: str, mark: Mark) -> bool:
        """Let these bytes follow on what holds by now; false if that is something else meanwhile.
        Raises NotASchedule."""
        await self._following.latest()
        heads, old, live = self._following.heads, self._following.published, self._following.live
        if heads.current is not None and heads.current.digest == digest:
            return True
        reading, now = self._reading, self._clock.now()
        try:
            new = await aside(update, content, reading, old, now, live, heads.highest)
        except NotASchedule:
            raise
        except Exception as problem:
            # What nobody foresaw in a file must not end the program.
            raise NotASchedule(f"to read it failed ({type(problem).__name__})") from problem
        wall = self._clock.wall()
        head = Head(heads.number + 1, wall, wall, digest, mark.etag, mark.modified, new.doubt)
        return await self._decide(new, version_of(head, new.schedule, new.document), heads)

    def _refuse(self, digest: str, mark: Mark, reason: str) -> None:
        self._bad = (digest, mark, reason)
        self._failures += 1
        self._say_trouble(reason)

    async def _decide(self, new: Update, version: Version, heads: Heads) -> bool:
        """Let it count, or not; false if what it follows on has changed meanwhile."""
        if self._starting:
            await self._refuse_another_event(new)
        if not new.new:
            await self._store.confirm(replace(version.head, number=heads.number))
            return True
        if new.doubt:
            # A source that is written anew for each look is held back at each of them.
            known = heads.held is not None and heads.held.why == new.doubt
            told = [] if known else self._bulletins(held_back(new.doubt))
            held = await self._store.hold_back(version, told, acts=heads.acts)
            if held and not known:
                _log.warning(f"An update of the schedule is held back: it {new.doubt}."
                             f" `{ACCEPT}` lets it through.")  # fmt: skip
            return held
        reader = Reader(new.schedule.timezone, hours=self._hours)
        told = self._bulletins(news(new.succession, reader))
        settled = new.succession.settled
        if not await self._store.publish(version, told, acts=heads.acts, settled=settled):
            return False
        await self._following.has(version.head.number, new.schedule, settled)
        self._news.set()
        self._log_update(new, version.head.number)
        return True

    async def _refuse_another_event(self, new: Update) -> None:
        """Whoever configures a database of another event may not have meant it. One that is only
        called otherwise is held back, as at any other time."""
        known = await self._store.read("event", "name")
        follows = self._following.published is not None and not new.is_another_event
        if known is not None and known != new.schedule.event and not follows:
            raise AnotherEvent(known, new.schedule)

    def _bulletins(self, reply: Reply) -> list[Bulletin]:
        return bulletins(reply, self._channels, self._clock.wall())

    def _log_update(self, new: Update, number: int) -> None:
        if new.unread:
            noun = "entry" if new.unread == 1 else "entries"
            _log.warning(f"{new.unread} {noun} of {self._reading.source} could not be read:"
                         " `summit-bot schedule show` lists them.")  # fmt: skip
        if new.succession.settled:
            settled = numbers(new.succession.settled)
            _log.info(f"What was changed live is as published by now: {settled}.")
        if new.succession.contradicted:
            _log.info(holds(new.succession.contradicted))
        if not new.changes:
            _log.debug("The schedule is kept.", version=number)
            return
        _log.info(f"The schedule has changed: {summary(new.changes)}.", version=number)
        _log_changes(new.changes, new.schedule)

    def _say_trouble(self, reason: str) -> None:
        news, self._trouble = reason != self._trouble, reason
        if news and not self._starting:
            self._log_trouble()

    def _log_trouble(self) -> None:
        _log.warning(f"The schedule cannot be read: {self._trouble}. The last version stays.")

    def _well(self) -> None:
        if self._trouble and not self._starting:
            _log.info("The schedule can be read again.")
        self._bad, self._trouble, self._failures = None, "", 0


def _log_changes(changes: Changes, schedule: Schedule) -> None:
    """Each change as a line of its own, for whoever wants to know more."""
    if not changes or not _log.isEnabledFor(logging.DEBUG):
        return
    reader = Reader(schedule.timezone)
    for block in written(changes):
        _log.debug(block_line(block, reader))


def _clause(sentence: str) -> str:
    """A sentence as a part of another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".") if sentence else sentence
