"""What goes out on one connection, in turn: the protocol, answers, notices by deadline.

The same notice to several people is one line as long as it waits: servers count lines, and allow a
few recipients in each. Nicks can pass to others while a line waits: to whom it goes is asked again
when its turn comes.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.adapters.irc.sending.receipts import Receipt, Receipts
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


Recipient: TypeAlias = Callable[[], str | None]
"""The nick of somebody at the moment when it is asked for, or a channel; None if they are gone."""


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
class _Place:
    """Somebody's place on a line, and their nick as far as it is known; None if the line went out
    without them."""

    recipient: Recipient
    nick: str | None


@dataclass(slots=True, eq=False)
class _Parcel:
    """One line that waits for its turn, and who will get it; `carried` brings the receipts."""

    form: Form
    turn: "asyncio.Future[None]"
    carried: "asyncio.Future[list[Receipt]]"
    places: list[_Place] = field(default_factory=list)


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

    async def say(self, line: str, written: Callable[[str], None] = lambda _: None) -> None:
        """Send a line of the protocol; it comes before all messages. `written` is called with it
        when it goes out: what is answered in order has to be noted in this order."""
        with suppress(TryLater):
            await self._pacer.turn(Urgency.PROTOCOL)
            self._write(line)
            written(line)

    def say_soon(self, line: str, written: Callable[[str], None] = lambda _: None) -> None:
        """As `say`, without waiting for the turn."""
        self._start(self.say(line, written))

    async def ping(self) -> None:
        """Send a PING; its PONG is the receipt of all that was written before."""
        self._pings += 1
        token = f"summit-{self._pings}"
        with suppress(TryLater):
            await self._pacer.turn(Urgency.PROTOCOL)
            self._write(f"PING :{token}")
            self._receipts.pinged(token)

    async def answer(
        self, person: str, recipient: Recipient, compose: Callable[[str], list[str]]
    ) -> list[Receipt]:
        """Send the lines of an answer, composed for a nick or channel, without others in between,
        as long as somebody is there to get them; whoever asks for much (`person`) waits behind the
        others. The receipts are not waited for."""
        target = recipient()
        lines = len(compose(target)) if target is not None else 0
        with suppress(TryLater):  # nobody is left to hear it
            if lines:
                turns = self._pacer.turns(Urgency.REPLY, lines, person=person)
                return await self._written_in_turn(recipient, compose, turns, wanted=False)
        return []

    async def tell(self, recipient: Recipient, form: Form, until: datetime) -> None:
        """Send a notice that somebody has to have by `until`, together with others who are told the
        same. Returns when the server has taken it. Raises Refused, and TryLater where the turn
        would not come soon, or the recipient is gone when it does."""
        nick = recipient()
        if nick is None:
            raise TryLater
        place, parcel = _Place(recipient, nick), self._parcel_for(nick, form, until)
        parcel.places.append(place)
        try:
            receipts = await asyncio.shield(parcel.carried)
        except asyncio.CancelledError:
            self._gives_up(place, parcel)
            raise
        if place.nick is None:
            raise TryLater
        folded = self._receipts.fold(form.channel or place.nick)
        receipt = next(receipt for receipt in receipts if receipt.target == folded)
        await asyncio.shield(receipt.taken)

    async def tell_lines(
        self, recipient: Recipient, compose: Callable[[str], list[str]], until: datetime
    ) -> None:
        """Send a notice of several lines, composed for a nick; as `tell`, but without company."""
        await self._taken(Urgency.NOTICE, recipient, compose, until)

    async def post(self, channel: str, lines: list[str]) -> None:
        """Send lines to a channel, when nothing else waits; returns when the server has taken them.
        Raises Refused and TryLater."""
        await self._taken(Urgency.POST, lambda: channel, lambda _: lines)

    async def _taken(
        self,
        urgency: Urgency,
        recipient: Recipient,
        compose: Callable[[str], list[str]],
        until: datetime | None = None,
    ) -> None:
        target = recipient()
        if target is None:
            raise TryLater
        turns = self._turns(urgency, len(compose(target)), until)
        receipts = await self._written_in_turn(recipient, compose, turns, wanted=True)
        if len(receipts) < len(turns):
            raise TryLater
        for receipt in receipts:
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
        recipient: Recipient,
        compose: Callable[[str], list[str]],
        turns: Sequence["asyncio.Future[None]"],
        *,
        wanted: bool,
    ) -> list[Receipt]:
        """The receipts, fewer than turns if the recipient is gone before the end."""
        receipts: list[Receipt] = []
        come = 0
        try:
            for number, turn in enumerate(turns):
                await turn
                come += 1
                self._coming -= wanted
                target = recipient()
                if target is None:
                    break
                receipts += self._written(compose(target)[number], [target], wanted=wanted)
        finally:
            self._coming -= wanted * (len(turns) - come)
            for turn in turns:
                turn.cancel()
            self._see_to_receipts()
        return receipts

    def _parcel_for(self, nick: str, form: Form, until: datetime) -> _Parcel:
        """One that waits and takes one more, or else a new one."""
        key = (form.compose([]), form.most, form.channel)
        parcel = self._parcels.get(key)
        if parcel is None or not self._takes(parcel, nick):
            (turn,) = self._turns(Urgency.NOTICE, 1, until)
            parcel = _Parcel(form, turn, asyncio.get_running_loop().create_future())
            self._parcels[key] = parcel
            turn.add_done_callback(lambda _: self._carry(key, parcel))
        return parcel

    def _takes(self, parcel: _Parcel, nick: str) -> bool:
        waiting = [place.nick for place in parcel.places if place.nick is not None]
        return not parcel.turn.cancelled() and self._fits(parcel.form, [*waiting, nick])

    def _fits(self, form: Form, nicks: list[str]) -> bool:
        """True if the last of these can be on one line with the others."""
        if form.most is not None and len(nicks) > form.most:
            return False
        length = form.relayed + len(form.compose(nicks).encode()) + len("\r\n")
        folded = [self._receipts.fold(nick) for nick in nicks]
        return length <= self.longest and folded[-1] not in folded[:-1]

    def _gives_up(self, place: _Place, parcel: _Parcel) -> None:
        """The line goes out without them, unless it just has; for nobody it does not go out."""
        if not parcel.carried.done():
            parcel.places.remove(place)
            if not parcel.places:
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
        elif parcel.places:
            form, nicks = parcel.form, self._addressed(parcel)
            targets = nicks if form.channel is None else [form.channel]
            line = form.compose(nicks) if nicks else None
            parcel.carried.set_result(self._written(line, targets, wanted=True) if line else [])
        self._see_to_receipts()

    def _addressed(self, parcel: _Parcel) -> list[str]:
        """The nicks of now; nobody is on the line who is gone, or whose new nick does not fit."""
        nicks: list[str] = []
        for place in parcel.places:
            place.nick = place.recipient()
            if place.nick is not None and self._fits(parcel.form, [*nicks, place.nick]):
                nicks.append(place.nick)
            else:
                place.nick = None
        return nicks

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
