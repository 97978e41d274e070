"""Which messages the server has taken: told by its echo, a labelled answer, or a PONG behind them.

The server works off our lines in order: when the PONG to a PING has come, all that was written
before is taken, unless it was refused meanwhile.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count


class Refused(Exception):
    """The server has not delivered a message; `code` is the numeric that said so."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.words = words


@dataclass(slots=True, eq=False)
class Receipt:
    """One message to one target (folded). `taken` ends when it is known what became of it;
    `label` is what an answer to it will carry."""

    target: str
    label: str | None
    taken: "asyncio.Future[None]"
    order: int
    since: float
    wanted: bool
    barrier: int | None = field(default=None)


class Receipts:
    """All messages of one connection of which it is not known yet whether they were taken."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self.fold = fold
        self._order = count()
        # In the order written.
        self._open: dict[Receipt, None] = {}
        self._barriers: dict[str, int] = {}

    def written(
        self, targets: Iterable[str], label: str | None = None, *, wanted: bool = True
    ) -> list[Receipt]:
        """Messages have just been written, one to each target; somebody waits for their receipts
        if `wanted`, else only a refusal is of interest."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        receipts = [
            Receipt(self.fold(target), label, loop.create_future(), next(self._order), now, wanted)
            for target in targets
        ]
        self._open |= dict.fromkeys(receipts)
        return receipts

    def oldest_wanted(self) -> float | None:
        """Since when (time of the loop) somebody has been waiting for what no PING follows yet."""
        behind = max(self._barriers.values(), default=-1)
        return next((r.since for r in self._open if r.wanted and r.order > behind), None)

    def wanted(self) -> int:
        """How many receipts are waited for, without a PING behind them."""
        behind = max(self._barriers.values(), default=-1)
        return sum(r.wanted and r.order > behind for r in self._open)

    def pinged(self, token: str) -> None:
        """A PING with this token has just been written."""
        self._barriers[token] = next(self._order)

    def ponged(self, token: str) -> None:
        """Its PONG has come."""
        barrier = self._barriers.pop(token, None)
        if barrier is not None:
            for receipt in [r for r in self._open if r.order < barrier]:
                self._close(receipt)

    def echoed(self, target: str) -> None:
        """The server has shown us our own message to this target: the oldest one."""
        self._first(lambda receipt: receipt.target == self.fold(target))

    def answered(self, label: str) -> None:
        """The server has answered a line with this label, and all refusals in it have been told."""
        for receipt in [r for r in self._open if r.label == label]:
            self._close(receipt)

    def refused(self, target: str | None, refusal: Refused, label: str | None = None) -> bool:
        """A message to this target was not delivered: the oldest one, or that of the label; the
        oldest of all where the server names no target. False if there is none."""
        folded = None if target is None else self.fold(target)

        def fits(receipt: Receipt) -> bool:
            return (folded is None or receipt.target == folded) and (
                label is None or receipt.label == label
            )

        return self._first(fits, refusal)

    def lost(self) -> None:
        """The connection has ended: nobody will learn any more what became of the rest."""
        for receipt in list(self._open):
            self._close(receipt, Refused("lost"))
        self._barriers.clear()

    def _first(self, fits: Callable[[Receipt], bool], refusal: Refused | None = None) -> bool:
        receipt = next((r for r in self._open if fits(r)), None)
        if receipt is not None:
            self._close(receipt, refusal)
        return receipt is not None

    def _close(self, receipt: Receipt, refusal: Refused | None = None) -> None:
        del self._open[receipt]
        if receipt.taken.done():
            return
        if refusal is None:
            receipt.taken.set_result(None)
        else:
            receipt.taken.set_exception(refusal)
            # Of what nobody waits for nobody has to hear.
            receipt.taken.exception()
