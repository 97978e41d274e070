"""Deals with each delivery once: Slack delivers again what it was not told to have arrived, to this
process or to another one."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import timedelta
from enum import Enum, auto

import structlog

from bot.adapters.slack.hearing.turn import LONGEST, Take
from bot.ports import TryLater
from bot.recent import Recent
from bot.storing import Delivery, Store, StoreAway

_log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
"""How long a delivery is ours, longer than anybody works on it. Slack comes again at once, after a
minute and after five (https://docs.slack.dev/apis/events-api#retries): a crash must be over by the
second of these."""
_REMEMBERED = 10_000

Work = Callable[[bool], Awaitable[None]]
"""Deals with a delivery; told whether it may have been answered already. Raises NothingSaid,
TryLater or StoreAway if for certain nothing was said; whatever else it raises leaves that open."""


class NothingSaid(Exception):
    """A delivery could not be dealt with, and nothing was said for certain."""


class InDoubt(Exception):
    """A delivery could not be dealt with; whether something was said is not known."""


class _Outcome(Enum):
    """What has become of a delivery."""

    DONE = auto()
    NOTHING_SAID = auto()
    IN_DOUBT = auto()


class Once:
    """The deliveries of one network that this process deals with, each in its person's turn.

    All processes know of them through the store. What comes while that is away is dealt with all
    the same, once in this process: questions about the programme need no database.
    """

    def __init__(
        self, store: Store, network: str, take: Take, *,
        lease: timedelta = LEASE, longest: timedelta = LONGEST,
    ) -> None:  # fmt: skip
        self._store = store
        self._network = network
        self._take = take
        self._lease = lease
        self._longest = longest
        # Resolved when the delivery is over: whether it has been dealt with.
        self._under_way: dict[str, asyncio.Future[bool]] = {}
        # What the store may not know: True of what is done, False of what is in doubt.
        self._unkept: Recent[str, bool] = Recent(_REMEMBERED)

    async def take(
        self, delivery: str, person: Hashable, work: Work, within: float, *,
        repeatable: bool = False,
    ) -> bool:  # fmt: skip
        """True if the delivery has been dealt with, now or before, and can be acknowledged; False
        if Slack has to come again. The answer is there within so many seconds; the work goes on.
        The store is not told of what is `repeatable`: it may happen twice."""
        over = self._under_way.get(delivery)
        if over is None:
            over = self._begin(delivery, person, work, repeatable)
        await asyncio.wait([over], timeout=within)
        return over.done() and over.result()

    def _begin(
        self, delivery: str, person: Hashable, work: Work, repeatable: bool
    ) -> asyncio.Future[bool]:
        over = asyncio.get_running_loop().create_future()

        async def turn() -> None:
            if repeatable:
                over.set_result(await self._work(delivery, work, False) is _Outcome.DONE)
            else:
                over.set_result(await self._deal(delivery, work))

        task = self._take(person, turn)
        if task is None:
            # Whoever asks without end is passed over, and not told to come again.
            over.set_result(True)
            return over
        self._under_way[delivery] = over

        def ended(_: object) -> None:
            del self._under_way[delivery]
            if not over.done():
                over.set_result(False)

        task.add_done_callback(ended)
        return over

    async def _deal(self, delivery: str, work: Work) -> bool:
        before = self._unkept.get(delivery)
        if before:
            return True
        try:
            known = await self._store.take_in(self._network, delivery, self._lease)
        except StoreAway as away:
            _log.warning("the database is away: dealt with all the same", network=self._network,
                         key=delivery, reason=str(away))  # fmt: skip
            known = None
        if known is Delivery.DONE:
            return True
        if known is Delivery.UNDER_WAY:
            return False
        again = before is False or known is Delivery.IN_DOUBT
        outcome = await self._work(delivery, work, again)
        kept = known is not None and await self._keep(delivery, outcome)
        if outcome is _Outcome.IN_DOUBT or (outcome is _Outcome.DONE and not kept):
            self._unkept.put(delivery, outcome is _Outcome.DONE)
        return outcome is _Outcome.DONE

    async def _work(self, delivery: str, work: Work, again: bool) -> _Outcome:
        try:
            async with asyncio.timeout(self._longest.total_seconds()):
                await work(again)
        except (NothingSaid, TryLater, StoreAway) as problem:
            _log.warning("not answered yet", network=self._network, key=delivery,
                         error=type(problem).__name__)  # fmt: skip
            return _Outcome.NOTHING_SAID
        except (InDoubt, TimeoutError) as problem:
            _log.warning("not answered", network=self._network, key=delivery,
                         error=type(problem).__name__)  # fmt: skip
            return _Outcome.IN_DOUBT
        except Exception:
            # One delivery must not take others along. Whether something was said is in doubt until
            # the lease is over.
            _log.warning("not answered", network=self._network, key=delivery, exc_info=True)
            return _Outcome.IN_DOUBT
        return _Outcome.DONE

    async def _keep(self, delivery: str, outcome: _Outcome) -> bool:
        """Tell the others; false if they cannot be told."""
        try:
            if outcome is _Outcome.DONE:
                await self._store.dealt_with(self._network, delivery)
            elif outcome is _Outcome.NOTHING_SAID:
                await self._store.let_go_of(self._network, delivery)
        except StoreAway as away:
            _log.warning("what has become of a delivery could not be kept",
                         network=self._network, key=delivery, reason=str(away))  # fmt: skip
            return False
        return True
