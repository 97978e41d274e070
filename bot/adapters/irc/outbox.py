"""What goes out on one connection, in turn: the protocol, answers, notices by deadline.

The same notice to several people is one line as long as it waits: servers count lines, and allow a
few recipients in each.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.irc.receipts import Receipt, Receipts
from bot.pacer import Pacer, Urgency
from bot.ports import TryLater

_LONGEST_WAIT = 8.0
"""Seconds; what would wait longer is brought again by the courier, and nothing is in doubt."""
_TOGETHER = 8
"""Messages for which one PING is sent at the latest."""
_UNCONFIRMED = 1.5
"""Seconds that a message waits for company before a PING follows it."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a notice looks like on the wire: the line for some recipients, of whom it takes so many
    at most (None for as many as fit). Into a `channel` it goes once, and names them there."""

    compose: Callable[[list[str]], str]
    most: int | None = 1
    channel: str | None = None


@dataclass(slots=True, eq=False)
class _Parcel:
    """One line that waits for its turn, and who will get it."""

    form: Form
    recipients: list[str]
    carried: "asyncio.Future[list[Receipt]]"


class Outbox:
    """The one way out of a connection. Owns what waits."""

    def __init__(
        self, write: Callable[[str], None], pacer: Pacer, receipts: Receipts, longest: int = 512
    ) -> None:
        """A line may have `longest` bytes, with its end. `echoes` and `labels` are set where the
        server shows what it has taken, or answers lines that carry a label."""
        self._write = write
        self._pacer = pacer
        self._receipts = receipts
        self._tasks = set[asyncio.Task[object]]()
        self._parcels: dict[object, _Parcel] = {}
        self._labels = 0
        self._pings = 0
        self._looking: asyncio.TimerHandle | None = None
        self.longest = longest
        self.echoes = False
        self.labels = False

    def close(self) -> None:
        """Nothing goes out any more, and nobody waits for it."""
        for task in self._tasks:
            task.cancel()
        if self._looking is not None:
            self._looking.cancel()
        self._receipts.lost()

    async def say(self, line: str) -> None:
        """Send a line of the protocol; it comes before all messages."""
        await self._pacer.turn(Urgency.PROTOCOL)
        self._write(line)

    def say_soon(self, line: str) -> None:
        """As `say`, without waiting for the turn."""
        self._start(self.say(line))

    async def answer(self, person: str, target: str, lines: list[str]) -> list[Receipt]:
        """Send the lines of an answer to a target, without others in between; whoever asks for much
        (`person`) waits behind the others. The receipts are not waited for."""
        receipts: list[Receipt] = []
        if not lines:
            return receipts
        await self._pacer.turn(Urgency.REPLY, person=person, messages=len(lines))
        turns = [self._pacer.ask(Urgency.CONTINUED) for _ in lines[1:]]
        receipts += self._written(lines[0], [target], wanted=False)
        for line, turn in zip(lines[1:], turns, strict=True):
            await turn
            receipts += self._written(line, [target], wanted=False)
        return receipts

    async def tell(self, recipient: str, form: Form, until: datetime) -> None:
        """Send a notice that somebody has to have by `until`, together with others who are told the
        same. Returns when the server has taken it. Raises Refused, and TryLater where the turn
        would not come soon."""
        receipt = await self._carried(recipient, form, until)
        await asyncio.shield(receipt.taken)

    async def post(self, channel: str, lines: list[str]) -> None:
        """Send lines to a channel, when nothing else waits; returns when the server has taken them.
        Raises Refused and TryLater."""
        receipts: list[Receipt] = []
        for line in lines:
            await self._pacer.turn(Urgency.POST)
            receipts += self._written(line, [channel], wanted=True)
        for receipt in receipts:
            await asyncio.shield(receipt.taken)

    async def tell_lines(self, recipient: str, lines: list[str], until: datetime) -> None:
        """Send a notice of several lines; as `tell`, but without company."""
        receipts: list[Receipt] = []
        for line in lines:
            await self._pacer.turn(Urgency.NOTICE, until)
            receipts += self._written(line, [recipient], wanted=True)
        for receipt in receipts:
            await asyncio.shield(receipt.taken)

    async def _carried(self, recipient: str, form: Form, until: datetime) -> Receipt:
        key = form.compose([])
        parcel = self._parcels.get(key)
        if parcel is None or not self._takes(parcel, recipient):
            wait = self._pacer.seconds_to_wait()
            if wait > _LONGEST_WAIT:
                raise TryLater(timedelta(seconds=wait - _LONGEST_WAIT / 2))
            carried = asyncio.get_running_loop().create_future()
            parcel = self._parcels[key] = _Parcel(form, [recipient], carried)
            self._start(self._carry(key, parcel, until))
        else:
            parcel.recipients.append(recipient)
        try:
            receipts = await asyncio.shield(parcel.carried)
        except asyncio.CancelledError:
            # Whoever waited has given up: the line goes out without them, unless it just has.
            if not parcel.carried.done():
                parcel.recipients.remove(recipient)
            raise
        if form.channel is not None:
            return receipts[0]
        folded = self._receipts.fold(recipient)
        return next(receipt for receipt in receipts if receipt.target == folded)

    def _takes(self, parcel: _Parcel, recipient: str) -> bool:
        most, together = parcel.form.most, [*parcel.recipients, recipient]
        length = len(parcel.form.compose(together).encode()) + len("\r\n")
        fits = (most is None or len(together) <= most) and length <= self.longest
        return fits and recipient not in parcel.recipients

    async def _carry(self, key: object, parcel: _Parcel, until: datetime) -> None:
        try:
            await self._pacer.turn(Urgency.NOTICE, until)
        except TryLater as busy:
            self._close(key, parcel)
            parcel.carried.set_exception(busy)
            parcel.carried.exception()
            return
        self._close(key, parcel)
        if parcel.recipients:
            form, recipients = parcel.form, parcel.recipients
            targets = recipients if form.channel is None else [form.channel]
            parcel.carried.set_result(self._written(form.compose(recipients), targets, wanted=True))

    def _close(self, key: object, parcel: _Parcel) -> None:
        if self._parcels.get(key) is parcel:
            del self._parcels[key]

    def _written(self, line: str, targets: list[str], *, wanted: bool) -> list[Receipt]:
        label = None
        if self.labels and not self.echoes and wanted:
            self._labels += 1
            label = f"m{self._labels}"
            line = f"@label={label} {line}"
        self._write(line)
        receipts = self._receipts.written(targets, label, wanted=wanted)
        if wanted:
            self._see_to_receipts()
        return receipts

    def _see_to_receipts(self) -> None:
        """Send a PING behind messages of which the server does not tell in time whether it has
        taken them: behind several, or behind the last one."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        since = self._receipts.oldest_wanted()
        if since is None:
            return
        loop = asyncio.get_running_loop()
        tells, many = self.echoes or self.labels, self._receipts.wanted() >= _TOGETHER
        if loop.time() - since >= _UNCONFIRMED or (not tells and (many or not self._parcels)):
            self._start(self.ping())
        self._looking = loop.call_later(_UNCONFIRMED, self._see_to_receipts)

    async def ping(self) -> str:
        """Send a PING; its PONG is the receipt of all that was written before."""
        self._pings += 1
        token = f"summit-{self._pings}"
        await self._pacer.turn(Urgency.PROTOCOL)
        self._write(f"PING :{token}")
        self._receipts.pinged(token)
        return token

    def _start(self, work: Coroutine[object, object, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
