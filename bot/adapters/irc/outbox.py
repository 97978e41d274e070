"""What goes out on one connection, in turn: the protocol, answers, notices by deadline.

The same notice to several people is one line as long as it waits: servers count lines, and allow a
few recipients in each.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters.irc.receipts import Receipt, Receipts
from bot.pacer import Pacer, Urgency
from bot.ports import TryLater

_LONGEST_WAIT = {Urgency.NOTICE: 8.0, Urgency.POST: 3.0}
"""Seconds; what would wait longer is brought again, and nothing is in doubt."""
_CONFIRMED_AFTER = 4.0
"""Seconds that a message waits for company before a PING follows it."""
_ANSWERS_CONFIRMED_AFTER = 10.0
"""The same for answers, so that their refusals can be told from those of later messages."""
_MOST_ANSWERS = 500
"""Answers for which one PING is sent at the latest."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a notice looks like on the wire: the line for some recipients, of whom it takes so many
    at most (None for as many as fit). Into a `channel` it goes once, and names them there; the
    server puts so many bytes in front of such a line (`relayed`) when it relays it."""

    compose: Callable[[list[str]], str]
    most: int | None = 1
    channel: str | None = None
    relayed: int = 0


@dataclass(slots=True, eq=False)
class _Parcel:
    """One line that waits for its turn, and who will get it; `carried` brings the receipts."""

    form: Form
    turn: "asyncio.Future[None]"
    carried: "asyncio.Future[list[Receipt]]"
    recipients: list[str] = field(default_factory=list)


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
        # The last parcel of each form and text: others are full.
        self._parcels: dict[object, _Parcel] = {}
        # Lines that wait and whose receipts will be wanted.
        self._coming = 0
        self._labels = 0
        self._pings = 0
        self._pinging = False
        self._looking: asyncio.TimerHandle | None = None
        self.longest = longest
        self.echoes = False
        self.labels = False

    def close(self) -> None:
        """Nothing goes out any more, and nobody waits for it."""
        self._pacer.close()
        for task in self._tasks:
            task.cancel()
        if self._looking is not None:
            self._looking.cancel()
        self._receipts.lost()

    async def say(self, line: str) -> None:
        """Send a line of the protocol; it comes before all messages."""
        with suppress(TryLater):
            await self._pacer.turn(Urgency.PROTOCOL)
            self._write(line)

    def say_soon(self, line: str) -> None:
        """As `say`, without waiting for the turn."""
        self._start(self.say(line))

    async def ping(self) -> None:
        """Send a PING; its PONG is the receipt of all that was written before."""
        self._pings += 1
        token = f"summit-{self._pings}"
        with suppress(TryLater):
            await self._pacer.turn(Urgency.PROTOCOL)
            self._write(f"PING :{token}")
            self._receipts.pinged(token)

    async def answer(self, person: str, target: str, lines: list[str]) -> list[Receipt]:
        """Send the lines of an answer to a target, without others in between; whoever asks for much
        (`person`) waits behind the others. The receipts are not waited for."""
        with suppress(TryLater):  # nobody is left to hear it
            if lines:
                turns = self._pacer.turns(Urgency.REPLY, len(lines), person=person)
                return await self._written_in_turn(target, lines, turns, wanted=False)
        return []

    async def tell(self, recipient: str, form: Form, until: datetime) -> None:
        """Send a notice that somebody has to have by `until`, together with others who are told the
        same. Returns when the server has taken it. Raises Refused, and TryLater where the turn
        would not come soon."""
        parcel = self._parcel_for(recipient, form, until)
        parcel.recipients.append(recipient)
        try:
            receipts = await asyncio.shield(parcel.carried)
        except asyncio.CancelledError:
            self._gives_up(recipient, parcel)
            raise
        folded = self._receipts.fold(form.channel or recipient)
        receipt = next(receipt for receipt in receipts if receipt.target == folded)
        await asyncio.shield(receipt.taken)

    async def tell_lines(self, recipient: str, lines: list[str], until: datetime) -> None:
        """Send a notice of several lines; as `tell`, but without company."""
        await self._taken(Urgency.NOTICE, recipient, lines, until)

    async def post(self, channel: str, lines: list[str]) -> None:
        """Send lines to a channel, when nothing else waits; returns when the server has taken them.
        Raises Refused and TryLater."""
        await self._taken(Urgency.POST, channel, lines)

    async def _taken(
        self, urgency: Urgency, target: str, lines: list[str], until: datetime | None = None
    ) -> None:
        turns = self._turns(urgency, len(lines), until)
        for receipt in await self._written_in_turn(target, lines, turns, wanted=True):
            await asyncio.shield(receipt.taken)

    def _turns(
        self, urgency: Urgency, lines: int, until: datetime | None
    ) -> Sequence["asyncio.Future[None]"]:
        """Turns that come soon. Raises TryLater if they would not."""
        wait, longest = self._pacer.seconds_to_wait(), _LONGEST_WAIT[urgency]
        if wait > longest:
            raise TryLater(timedelta(seconds=wait - longest / 2))
        turns = self._pacer.turns(urgency, lines, until)
        self._coming += lines
        return turns

    async def _written_in_turn(
        self,
        target: str,
        lines: list[str],
        turns: Sequence["asyncio.Future[None]"],
        *,
        wanted: bool,
    ) -> list[Receipt]:
        receipts: list[Receipt] = []
        written = 0
        try:
            for line, turn in zip(lines, turns, strict=True):
                await turn
                written += 1
                self._coming -= wanted
                receipts += self._written(line, [target], wanted=wanted)
        finally:
            self._coming -= wanted * (len(lines) - written)
            for turn in turns:
                turn.cancel()
        return receipts

    def _parcel_for(self, recipient: str, form: Form, until: datetime) -> _Parcel:
        """One that waits and takes one more, or else a new one."""
        key = (form.compose([]), form.most, form.channel)
        parcel = self._parcels.get(key)
        if parcel is None or not self._takes(parcel, recipient):
            (turn,) = self._turns(Urgency.NOTICE, 1, until)
            parcel = _Parcel(form, turn, asyncio.get_running_loop().create_future())
            self._parcels[key] = parcel
            turn.add_done_callback(lambda _: self._carry(key, parcel))
        return parcel

    def _takes(self, parcel: _Parcel, recipient: str) -> bool:
        form, together = parcel.form, [*parcel.recipients, recipient]
        if parcel.turn.cancelled() or (form.most is not None and len(together) > form.most):
            return False
        length = form.relayed + len(form.compose(together).encode()) + len("\r\n")
        folded = [self._receipts.fold(nick) for nick in together]
        return length <= self.longest and folded[-1] not in folded[:-1]

    def _gives_up(self, recipient: str, parcel: _Parcel) -> None:
        """The line goes out without them, unless it just has; for nobody it does not go out."""
        if not parcel.carried.done():
            parcel.recipients.remove(recipient)
            if not parcel.recipients:
                parcel.turn.cancel()

    def _carry(self, key: object, parcel: _Parcel) -> None:
        """The turn of this parcel has come, or will not come."""
        self._coming -= 1
        if self._parcels.get(key) is parcel:
            del self._parcels[key]
        problem = None if parcel.turn.cancelled() else parcel.turn.exception()
        if problem is not None:
            parcel.carried.set_exception(problem)
            parcel.carried.exception()  # all who wait may have given up
        elif parcel.recipients:
            form, recipients = parcel.form, parcel.recipients
            targets = recipients if form.channel is None else [form.channel]
            parcel.carried.set_result(self._written(form.compose(recipients), targets, wanted=True))

    def _written(self, line: str, targets: list[str], *, wanted: bool) -> list[Receipt]:
        label = None
        if self.labels and not self.echoes and wanted:
            self._labels += 1
            label = f"m{self._labels}"
            line = f"@label={label} {line}"
        self._write(line)
        receipts = self._receipts.written(targets, label, wanted=wanted)
        self._see_to_receipts()
        return receipts

    def _see_to_receipts(self) -> None:
        """Send a PING behind messages of which the server does not tell in time whether it has
        taken them: behind several, or behind the last one."""
        if self._pinging:
            return
        loop, receipts = asyncio.get_running_loop(), self._receipts
        due = float("inf")
        since = receipts.oldest_unpinged(wanted=True)
        if since is not None:
            last = self._coming == 0 and not (self.echoes or self.labels)
            due = loop.time() if last else since + _CONFIRMED_AFTER
        since = receipts.oldest_unpinged(wanted=False)
        if since is not None:
            many = receipts.unpinged(wanted=False) >= _MOST_ANSWERS
            due = min(due, loop.time() if many else since + _ANSWERS_CONFIRMED_AFTER)
        if due <= loop.time():
            self._pinging = True
            self._start(self._confirm())
        elif due < float("inf") and (self._looking is None or self._looking.when() > due):
            if self._looking is not None:
                self._looking.cancel()
            self._looking = loop.call_at(due, self._look)

    def _look(self) -> None:
        self._looking = None
        self._see_to_receipts()

    async def _confirm(self) -> None:
        try:
            await self.ping()
        finally:
            self._pinging = False

    def _start(self, work: Coroutine[object, object, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
