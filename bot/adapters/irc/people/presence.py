"""Watches for people who could not be written to: by MONITOR as far as the server's list goes, for
those whose reminder is due next, and by ISON for the others and where there is no MONITOR.

IRCv3 specification "Monitor"; ISON: RFC 2812, 4.9.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.messages import User

_ISON = "ISON "
_LONGEST_LIST = 400
"""Bytes of nicks in one line."""
_ANSWERED_WITHIN = 4.0
"""Seconds."""
_LINES_AT_ONCE = 3
"""An ISON for everybody of a large crowd would fill the queue: they are asked for in turns."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody who is waited for, under this nick, until a moment (seconds of the loop)."""

    user: User
    nick: str
    until: float


class Presence:
    """Who is waited for on one connection. Nicks are folded where they are compared."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self.fold = fold
        self.limit = 0
        # By user, and by the nick under which they are waited for.
        self._absent: dict[str, Absent] = {}
        self._called: dict[str, dict[str, Absent]] = {}
        self._watched: dict[str, str] = {}
        self._anew = set[str]()
        self._starts_over = False
        # What ISON was asked, line by line: it answers with those who are there.
        self._asked: deque[set[str]] = deque()
        self._asked_last: dict[str, None] = {}
        self._curious: dict[str, asyncio.Future[bool]] = {}

    def wait_for(self, absent: Absent) -> None:
        """A user is not there, as far as is known."""
        self.has_come(absent.user)
        folded = self.fold(absent.nick)
        self._absent[absent.user.id] = absent
        self._called.setdefault(folded, {})[absent.user.id] = absent
        if folded in self._watched:
            # Of whom it watches already the server says nothing until something happens.
            self._anew.add(folded)

    def is_absent(self, user: User, now: float) -> bool:
        """True if the user is waited for."""
        absent = self._absent.get(user.id)
        return absent is not None and now < absent.until

    def has_come(self, user: User) -> bool:
        """The user is there; true if they were waited for."""
        absent = self._absent.pop(user.id, None)
        if absent is None:
            return False
        folded = self.fold(absent.nick)
        del self._called[folded][user.id]
        if not self._called[folded]:
            del self._called[folded]
        return True

    def called(self, nick: str) -> list[Absent]:
        """Who is waited for under this nick."""
        return list(self._called.get(self.fold(nick), {}).values())

    async def is_online(self, nick: str) -> bool:
        """What the server says next about this nick, which is watched or asked for; false if it
        says nothing."""
        folded = self.fold(nick)
        answer = self._curious.get(folded)
        if answer is None:
            answer = self._curious[folded] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_ANSWERED_WITHIN):
                return await asyncio.shield(answer)
        except TimeoutError:
            # Whoever has begun to wait in the meantime has waited with this one.
            self.noted([nick], online=False)
            return False

    def monitor(self, now: float) -> list[str]:
        """The lines that let the server watch the right nicks from now on."""
        self._forget(now)
        soonest = sorted(self._absent.values(), key=lambda absent: absent.until)
        wanted = {self.fold(absent.nick): absent.nick for absent in soonest}
        wanted = dict(list(wanted.items())[: self.limit])
        watched = {f: nick for f, nick in self._watched.items() if f not in self._anew}
        gone = [n for f, n in self._watched.items() if f not in wanted or f in self._anew]
        new = [nick for folded, nick in wanted.items() if folded not in watched]
        self._watched, self._anew = wanted, set()
        removed = [f"MONITOR - {','.join(nicks)}" for nicks in _batches(gone)]
        if self._starts_over:
            self._starts_over, removed = False, ["MONITOR C"]
        return removed + [f"MONITOR + {','.join(nicks)}" for nicks in _batches(new)]

    def ison(self, now: float, *, again: bool) -> list[str]:
        """The lines that ask for those whom nobody watches: for some of them each time, and only
        for those who were never asked for unless `again`."""
        self._forget(now)
        unwatched = {self.fold(a.nick): a.nick for a in self._absent.values()}
        for folded in self._watched:
            unwatched.pop(folded, None)
        self._asked_last = {f: None for f in self._asked_last if f in unwatched}
        turn = [folded for folded in unwatched if folded not in self._asked_last]
        turn += self._asked_last if again else ()
        batches = list(_batches([unwatched[folded] for folded in turn]))[:_LINES_AT_ONCE]
        for nicks in batches:
            for folded in map(self.fold, nicks):
                self._asked_last.pop(folded, None)
                self._asked_last[folded] = None
        return [self.question(nicks) for nicks in batches]

    def question(self, nicks: list[str]) -> str:
        """The line that asks which of these are there; `asked` has to be told when it is sent."""
        return f"{_ISON}{' '.join(nicks)}"

    def asked(self, question: str) -> None:
        """A question has gone out just now: answers come in this order."""
        self._asked.append(set(map(self.fold, question.removeprefix(_ISON).split())))

    def answered(self, online: Iterable[str]) -> set[str]:
        """The answer to the oldest question: these are there. The result is who is not, folded."""
        there = {self.fold(nick) for nick in online}
        # A question that the server passed over is not the one that this answers.
        while self._asked and not there <= self._asked[0]:
            self._asked.popleft()
        offline = (self._asked.popleft() if self._asked else set()) - there
        self.noted(there, online=True)
        self.noted(offline, online=False)
        return offline

    def noted(self, nicks: Iterable[str], *, online: bool) -> None:
        """The server has said of these nicks that they are there, or are not."""
        for nick in nicks:
            curious = self._curious.pop(self.fold(nick), None)
            if curious is not None and not curious.done():
                curious.set_result(online)

    def list_is_full(self, limit: int) -> None:
        """The server watches no more than this (734)."""
        self.limit = min(self.limit, limit)
        # Which of them it watches is not worth to be found out.
        self._watched = {}
        self._starts_over = True

    def _forget(self, now: float) -> None:
        for absent in [absent for absent in self._absent.values() if now >= absent.until]:
            self.has_come(absent.user)


def _batches(nicks: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for nick in nicks:
        if batch and size + len(nick.encode()) + 1 > _LONGEST_LIST:
            yield batch
            batch, size = [], 0
        batch.append(nick)
        size += len(nick.encode()) + 1
    if batch:
        yield batch
