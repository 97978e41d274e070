"""Claims what the users of a network are owed, sends it, and settles it: at every tick."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.backoff import lasts, pause
from bot.document import Reply
from bot.messages import User
from bot.notices import (
    Reminder,
    announces_start,
    trial,
    worth_sending_until,
    written,
)
from bot.outlook import Outlook
from bot.patience import Patience
from bot.ports import Adapter, Clock, TryLater, Unreachable
from bot.recent import Recent
from bot.record import unpacked
from bot.rules import Rules
from bot.schedule import Schedule
from bot.storing import Claim, Claimed, Freed, Lease, Outcome, PutOff, Store, StoreAway, Told
from bot.tally import Tally

_log = structlog.get_logger(__name__)

LATER = "later"
"""Why a message was not delivered that the network only does not take yet."""

_TRIAL_LIFE = timedelta(days=1)
_ABSENT_REMEMBERED = 10_000
_NAP = 0.5
"""Seconds after which a tick does not wait any longer for a network."""
_AT_ONCE = 50
"""Messages that are begun before others (who ask something, say) have their turn."""


class Courier:
    """Tells the users of one network what they are owed. Owns what is under way to it."""

    def __init__(
        self,
        adapter: Adapter,
        schedule: Schedule,
        store: Store,
        clock: Clock,
        rules: Rules,
        tally: Tally,
        patience: Patience = Patience(),
    ) -> None:
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._rules = rules
        self._tally = tally
        self._patience = patience
        self._outlook = Outlook(adapter, schedule, store, clock, rules, tally)
        self._under_way: dict[asyncio.Task[None], Claim] = {}
        self._outcomes: list[Outcome] = []
        # What was put off because its user cannot be written to: to when, by message.
        self._absent: Recent[User, dict[str, datetime]] = Recent(_ABSENT_REMEMBERED)
        self._seen = set[str]()
        # How many may be under way: no more after a refusal, twice as many after each success.
        self._window = adapter.traits.in_flight
        self._refused = False
        self._hushed = False
        self._ends = 0.0
        self._store_failures = 0
        self._store_back: datetime | None = None

    def replace(self, schedule: Schedule) -> None:
        """Tell from another version of the schedule from now on."""
        self._outlook.replace(schedule)

    def seen(self, user: User) -> None:
        """What waits because this user could not be written to may go at the next tick."""
        wall = self._clock.wall()
        for message, put_off_to in (self._absent.get(user) or {}).items():
            self._outcomes.append(Freed(message, wall, put_off_to))
        self._absent.drop(user)
        # Who comes while a message is refused is seen before the refusal is known here.
        self._seen |= {claim.message for claim in self._under_way.values() if claim.user == user}

    async def tick(self) -> None:
        """Send what is owed by now, as far as the network takes it. While the database is away
        nothing is claimed, and what was sent is settled when it is back."""
        if lasts(self._store_back, self._clock.wall(), self._patience.longest_pause):
            return
        try:
            await self._outlook.look()
            while await self._round():
                await self._outlook.look()
        except StoreAway as away:
            self._wait_for_store(away)
            return
        if self._store_failures:
            _log.warning("The database is back.", network=self._adapter.network)
            self._store_failures, self._store_back = 0, None

    def hush(self) -> float:
        """Claim nothing more until all is finished, also in a tick that goes on now. The result is
        the loop's time at which what is under way will be given up."""
        self._hushed = True
        self._ends = asyncio.get_running_loop().time() + self._patience.stopping.total_seconds()
        return self._ends

    async def finish(self, *, ours: bool = True) -> None:
        """Wait until what is under way has settled; give up what takes too long, without a claim
        left behind. Where another process may have the network (not `ours`) all is given up at
        once, and left to that one: it may send the same messages by now."""
        loop = asyncio.get_running_loop()
        ends = (self._ends if self._hushed else self.hush()) if ours else loop.time()
        while self._under_way and (left := ends - loop.time()) > 0:
            await asyncio.wait(
                self._under_way, timeout=min(_NAP, left), return_when=asyncio.FIRST_COMPLETED
            )
            # Whoever stops this process may not wait as long as it does.
            with suppress(StoreAway):
                await self._settle()
        given_up = dict(self._under_way)
        for task, claim in given_up.items():
            task.cancel()
            if ours:
                self._outcomes.append(_put_off(claim, self._clock.wall()))
        await asyncio.gather(*given_up, return_exceptions=True)
        self._hushed = False
        while True:
            try:
                return await self._settle()
            except StoreAway as away:
                if loop.time() >= ends:
                    _log.warning(f"{away} What was sent last may be sent again.")
                    return None
                await asyncio.sleep(_NAP)

    async def _round(self) -> bool:
        """Settle what is done and claim what is owed; true if more may be owed at once."""
        await self._settle()
        if self._hushed:
            return False
        free = self._free()
        claims = await self._claim(free) if free > 0 else []
        if self._hushed:
            self._outcomes += [_put_off(claim, self._clock.wall()) for claim in claims]
            return False
        self._refused = False
        for number, claim in enumerate(claims):
            if number and number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            task = asyncio.create_task(self._deliver(claim))
            self._under_way[task] = claim
            task.add_done_callback(self._ended)
        if len(claims) < free:
            return False
        await asyncio.wait(self._under_way, timeout=_NAP, return_when=asyncio.FIRST_COMPLETED)
        return not self._refused and self._free() > 0

    def _free(self) -> int:
        return min(self._window, self._adapter.traits.in_flight) - len(self._under_way)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._seen.discard(self._under_way.pop(task).message)
        if not task.cancelled():
            task.exception()  # whatever it is, the lease ends

    async def _claim(self, most: int) -> list[Claim]:
        wall = self._clock.wall()
        candidates = self._outlook.candidates(self._clock.now())
        lease = Lease(wall, wall + self._patience.lease)
        network, judge = self._adapter.network, self._outlook.judge(candidates)
        claims = await self._store.claim(network, candidates, judge, lease, most)
        self._tally.due(network, sum(not (claim.again or claim.failures) for claim in claims))
        return claims

    async def _settle(self) -> None:
        """Note what became of messages. Raises StoreAway; then they wait for the next time."""
        outcomes = self._outcomes[:]
        if not outcomes:
            return
        try:
            await self._store.settle(outcomes)
        except StoreAway:
            raise
        except Exception:
            # One outcome that the tables refuse must not keep back the others.
            await self._settle_one_by_one(outcomes)
        del self._outcomes[: len(outcomes)]

    async def _settle_one_by_one(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            try:
                await self._store.settle([outcome])
            except StoreAway:
                raise
            except Exception:
                # What it was about is in doubt when its lease is over, as after a crash.
                _log.warning("not settled", network=self._adapter.network, key=outcome.message,
                             exc_info=True)  # fmt: skip

    async def _deliver(self, claim: Claim) -> None:
        network, key = self._adapter.network, claim.message
        left = claim.until - self._clock.wall()
        if left <= timedelta():
            # This process was held up: another one may have claimed it, and say something newer.
            _log.warning("held up", network=network, key=key)
            return
        # How often a test was put off is not known.
        if claim.again and (claim.items or claim.letter) and not claim.failures:
            self._tally.repeated(network)
        try:
            async with asyncio.timeout(min(left, self._patience.sending).total_seconds()):
                outcome = await self._send(claim)
        except TryLater as busy:
            # A network that says when it will take it fails nobody.
            level = logging.WARNING if busy.after is None else logging.DEBUG
            self._failed(claim, LATER, level, personal=busy.personal)
            after = self._pause(claim.failures) if busy.after is None else busy.after
            outcome = _put_off(claim, self._clock.wall() + after)
        except Unreachable as gone:
            _log.warning("unreachable", network=network, key=key, reason=gone.reason)
            self._tally.failed(network, "unreachable")
            outcome = self._absence(claim, gone.reason)
        except TimeoutError:
            # The network may have it or not: the lease ends by itself.
            self._failed(claim, "no answer")
            return
        except Exception:
            # One message must not take the others along; its lease ends, and it is tried again.
            self._failed(claim, "error", exc_info=True)
            return
        self._outcomes.append(outcome)

    def _absence(self, claim: Claim, reason: str) -> Outcome:
        wall = self._clock.wall()
        if claim.message in self._seen:
            # Not at once: a network that is wrong about who is there would be asked without end.
            return _put_off(claim, wall + self._pause(claim.failures), reason)
        until = wall + self._patience.absence
        others = self._absent.get(claim.user) or {}
        waiting = {message: to for message, to in others.items() if to > wall}
        self._absent.put(claim.user, waiting | {claim.message: until})
        return _put_off(claim, until, reason)

    def _failed(
        self, claim: Claim, reason: str, level: int = logging.WARNING, personal: bool = False,
        **more: object,
    ) -> None:  # fmt: skip
        _log.log(level, "not delivered", network=self._adapter.network, key=claim.message,
                 reason=reason, **more)  # fmt: skip
        self._tally.failed(self._adapter.network, reason)
        if not personal:
            self._window = max(1, len(self._under_way))
            self._refused = True

    async def _send(self, claim: Claim) -> Outcome:
        adapter, now = self._adapter, self._clock.now()
        # The text is made when it goes out: what was claimed may be of no use any more.
        useful = [c for c in claim.items if now < worth_sending_until(c.notice, c.bookmark)]
        if claim.items and not useful:
            _log.info("too late", network=adapter.network, key=claim.message)
            return _put_off(claim, self._clock.wall())
        reader = self._rules.reader(claim.preferences, self._outlook.schedule.timezone)
        reply, until = self._written(claim, useful, now)
        if reply.blocks:  # of a letter that nobody can read any more nothing is left
            await adapter.send(claim.user, reply, reader, claim.message, until, claim.again)
        self._took(claim, useful, now)
        return _told(claim.message, useful, now)

    def _written(
        self, claim: Claim, items: Sequence[Claimed], now: datetime
    ) -> tuple[Reply, datetime]:
        """What the message says, and until when it is of use."""
        if claim.letter is not None:
            written_down = unpacked(claim.letter.reply, self._outlook.schedule)
            left = claim.letter.until - self._clock.wall()
            return written_down or Reply(()), now + left * self._clock.speed
        if not items:
            return trial(claim.preferences.before or self._rules.before), now + _TRIAL_LIFE
        until = min(worth_sending_until(c.notice, c.bookmark) for c in items)
        return written([claimed.notice for claimed in items], now), until

    def _took(self, claim: Claim, items: Sequence[Claimed], now: datetime) -> None:
        network, traits = self._adapter.network, self._adapter.traits
        _log.info("told", network=network, key=claim.message)
        self._tally.sent(network, self._lateness(items, now))
        self._window = min(2 * self._window, traits.in_flight)

    def _lateness(self, items: Sequence[Claimed], now: datetime) -> timedelta | None:
        """Real time since the first of these reminders was due."""
        opened = [claimed.opens for claimed in items if isinstance(claimed.notice, Reminder)]
        return (now - min(opened)) / self._clock.speed if opened else None

    def _pause(self, failures: int) -> timedelta:
        return pause(failures, self._patience.pause, self._patience.longest_pause)

    def _wait_for_store(self, away: StoreAway) -> None:
        after = self._pause(self._store_failures)
        if not self._store_failures:
            _log.warning(f"{away} Reminders wait for it.", network=self._adapter.network)
        self._store_failures += 1
        self._store_back = self._clock.wall() + after


def _put_off(claim: Claim, until: datetime, failure: str | None = None) -> PutOff:
    return PutOff(claim.message, until, failure, claimed_until=claim.until)


def _told(message: str, items: Sequence[Claimed], now: datetime) -> Told:
    sessions = [claimed.notice.session for claimed in items]
    announced = {
        claimed.notice.session.id
        for claimed in items
        if announces_start(claimed.notice, claimed.opens, now)
    }
    return Told(message, {session.id: session.facts for session in sessions}, announced, now)
