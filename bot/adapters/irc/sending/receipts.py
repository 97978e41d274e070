"""Which messages the server has taken: told by its echo, a labelled answer, or a PONG behind them.

The server works off our lines in order: when the PONG to a PING has come, all that was written
before is taken, unless it was refused meanwhile.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count, takewhile

_TOO_MANY_TARGETS = "407"


class Refused(Exception):
    """The server has not delivered a message; `code` is the numeric that said so."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.words = words


@dataclass(slots=True, eq=False)
class Receipt:
    """One message to one target (folded), in a line that may have brought it to others as well.
    `taken` ends when it is known what became of it; `since` is when it was written, by the loop."""

    target: str
    line: "list[Receipt]"
    number: int
    taken: "asyncio.Future[None]"
    since: float
    wanted: bool


class Receipts:
    """All messages of one connection of which it is not known yet whether they were taken."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self.fold = fold
        self._numbers = count()
        # In the order written, as all of these; the second are those that no PING follows yet.
        self._open: dict[Receipt, None] = {}
        self._unpinged: dict[bool, dict[Receipt, None]] = {True: {}, False: {}}
        self._labels: dict[str, list[Receipt]] = {}
        self._barriers: dict[str, int] = {}
        self._lost = False

    def written(
        self, targets: Iterable[str], label: str | None = None, *, wanted: bool = True
    ) -> list[Receipt]:
        """A line has just been written, with a message to each target; somebody waits for its
        receipts if `wanted`, else only a refusal is of interest."""
        loop, number = asyncio.get_running_loop(), next(self._numbers)
        line: list[Receipt] = []
        for target in targets:
            taken = loop.create_future()
            line.append(Receipt(self.fold(target), line, number, taken, loop.time(), wanted))
        receipts = dict.fromkeys(line)
        self._open |= receipts
        self._unpinged[wanted] |= receipts
        if label is not None:
            self._labels[label] = line
        if self._lost:
            self.lost()
        return line

    def unpinged(self, *, wanted: bool) -> int:
        """Of how many messages it is not known, and no PING that follows them will tell."""
        return len(self._unpinged[wanted])

    def oldest_unpinged(self, *, wanted: bool) -> float | None:
        """When the first of them was written."""
        return next((receipt.since for receipt in self._unpinged[wanted]), None)

    def pinged(self, token: str) -> None:
        """A PING with this token has just been written."""
        self._barriers[token] = next(self._numbers)
        for receipts in self._unpinged.values():
            receipts.clear()

    def ponged(self, token: str) -> None:
        """Its PONG has come."""
        barrier = self._barriers.pop(token, None)
        if barrier is None:
            return
        for receipt in list(takewhile(lambda receipt: receipt.number < barrier, self._open)):
            self._close(receipt)
        labels = self._labels
        for label in list(takewhile(lambda label: labels[label][0].number < barrier, labels)):
            del labels[label]

    def echoed(self, target: str) -> None:
        """The server has shown us our own message to this target: the oldest one."""
        receipt = self._oldest(target)
        if receipt is not None:
            self._close(receipt)

    def answered(self, label: str) -> None:
        """The server has answered a line with this label, and all refusals in it have been told."""
        for receipt in self._labels.pop(label, ()):
            self._close(receipt)

    def refused(self, target: str | None, refusal: Refused, label: str | None = None) -> bool:
        """A message to this target was not delivered: the oldest one, or that of the label, which
        is the whole answer then; a whole line, where the server names no target. False if there is
        none."""
        if label is None:
            first = self._oldest(target)
        else:
            folded = None if target is None else self.fold(target)
            labelled = self._labels.get(label, ())
            first = next((r for r in labelled if folded in (None, r.target)), None)
        if first is None:
            return False
        line = first.line[first.line.index(first) :]
        # The line was not read, or what stands behind the target that was one too many.
        all_of_them = target is None or refusal.code == _TOO_MANY_TARGETS
        for receipt in line if all_of_them else line[:1]:
            self._close(receipt, refusal)
        if label is not None:
            self.answered(label)
        return True

    def lost(self) -> None:
        """The connection has ended: nobody will learn any more what became of the rest."""
        self._lost = True
        for receipt in list(self._open):
            self._close(receipt, Refused("lost"))
        self._labels.clear()
        self._barriers.clear()

    def _oldest(self, target: str | None) -> Receipt | None:
        folded = None if target is None else self.fold(target)
        return next((r for r in self._open if folded in (None, r.target)), None)

    def _close(self, receipt: Receipt, refusal: Refused | None = None) -> None:
        if receipt not in self._open:
            return
        del self._open[receipt]
        self._unpinged[receipt.wanted].pop(receipt, None)
        if receipt.taken.done():
            return
        if refusal is None:
            receipt.taken.set_result(None)
        else:
            receipt.taken.set_exception(refusal)
            # Of what nobody waits for nobody has to hear.
            receipt.taken.exception()
