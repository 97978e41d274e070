"""How long to wait before something that failed is tried again."""

from datetime import datetime, timedelta
from random import Random

_RANDOM = Random()  # noqa: S311  # it only keeps many from coming back at the same moment


def pause(failures: int, first: timedelta, most: timedelta) -> timedelta:
    """After so many failures in a row: twice as long each time, up to `most`, and by chance up to
    half of it less, so that not all come back together."""
    full: timedelta = min(first * 2 ** min(failures, 20), most)
    return full * _RANDOM.uniform(0.5, 1)


def lasts(until: datetime | None, now: datetime, most: timedelta) -> bool:
    """True if a pause of `most` at most is not over yet; a clock that was set back ends it."""
    return until is not None and now < until <= now + most
