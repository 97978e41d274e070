"""What goes wrong between an app and the Web API, because a test says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import Enum, auto


class Drop(Enum):
    """The connection ends without an answer: before anything has happened, or after it all has."""

    BEFORE = auto()
    AFTER = auto()


@dataclass(frozen=True, slots=True)
class Status:
    """An answer of that status with a page instead of JSON; nothing has happened."""

    status: int = 503


@dataclass(frozen=True, slots=True)
class Limited:
    """429, whatever the limits say; nothing has happened. Without a number there is no header."""

    retry_after: int | None = 1


@dataclass(frozen=True, slots=True)
class Error:
    """An error code; nothing has happened."""

    error: str


@dataclass(frozen=True, slots=True)
class Garbage:
    """The call has its effect; the answer is 200, and no JSON."""

    body: bytes = b'{"ok": tr'


@dataclass(frozen=True, slots=True)
class Slow:
    """The call has its effect at once; the answer comes so many seconds later."""

    seconds: float


@dataclass(eq=False)
class Held:
    """As `Slow`, until the test lets go; with `before`, it has no effect until then either."""

    before: bool = False
    _reached: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self) -> None:
        """Wait until a call is held."""
        async with asyncio.timeout(30):
            await self._reached.wait()

    def release(self) -> None:
        self._released.set()

    async def hold(self) -> None:
        self._reached.set()
        await self._released.wait()


Fault = Drop | Status | Limited | Error | Garbage | Slow | Held
ANY = "*"


@dataclass
class _Armed:
    method: str
    fault: Fault
    left: int


class Faults:
    """Those that are armed, in the order in which they will strike."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []
        self.struck: list[tuple[str, Fault]] = []

    def arm(self, method: str, fault: Fault, times: int = 1) -> None:
        """For the next so many calls of a method, or of any ("*")."""
        self._armed.append(_Armed(method, fault, times))

    def clear(self) -> None:
        self._armed.clear()

    def strike(self, method: str) -> Fault | None:
        """The fault that this call meets."""
        for one in self._armed:
            if one.method in (method, ANY):
                one.left -= 1
                if one.left == 0:
                    self._armed.remove(one)
                self.struck.append((method, one.fault))
                return one.fault
        return None
