"""Long work on a thread of its own, so that those who ask something meanwhile hardly notice."""

import asyncio
import gc
import sys
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_TURN = 0.0005
"""Seconds after which a thread that works lets another one have its turn; ten times as much is
usual, and a question takes several turns."""

_ONE_AT_A_TIME = Lock()
"""What is changed meanwhile holds for the whole process."""


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do this on another thread, when what was begun before is done. It may not wait for the event
    loop."""
    return await asyncio.to_thread(_quietly, partial(work, *args, **kwargs))


def _quietly(work: Callable[[], T]) -> T:
    with _ONE_AT_A_TIME:
        turn, collects = sys.getswitchinterval(), gc.isenabled()
        sys.setswitchinterval(_TURN)
        # What is made in great numbers is kept: to look through all of it for garbage, again and
        # again, would keep everybody waiting for a tenth of a second each time.
        gc.disable()
        try:
            return work()
        finally:
            gc.freeze()
            if collects:
                gc.enable()
            sys.setswitchinterval(turn)
