"""Shows what has been done: where that fails, it has been done all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.adapters.slack.sending.api import Away, Limited, Refused
from bot.storing import StoreAway

_log = structlog.get_logger(__name__)


@contextmanager
def showing(network: str) -> Iterator[None]:
    """What cannot be shown in this block is said in the log: to tell the person that it did not
    work would be wrong."""
    try:
        yield
    except (Refused, Limited, Away, StoreAway) as problem:
        _log.warning("done, but not shown", network=network, reason=str(problem))
