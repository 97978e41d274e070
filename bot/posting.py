"""Posts one message to a channel, and says what became of it."""

import asyncio
from datetime import datetime

import structlog

from bot.backoff import pause
from bot.document import Reply
from bot.messages import Channel
from bot.patience import Patience
from bot.ports import Adapter, Clock, TryLater, Unreachable
from bot.storing import BulletinClaim, Outcome, Post, Posted, PutOff
from bot.times import Reader

_log = structlog.get_logger(__name__)


async def post(
    adapter: Adapter,
    channel: Channel,
    reply: Reply,
    reader: Reader,
    claim: Post | BulletinClaim,
    clock: Clock,
    patience: Patience,
) -> Outcome:
    """Post what was claimed, or put it off; that it cannot be posted is logged once. A reply that
    says nothing is posted without a word."""
    network, key = adapter.network, claim.message
    wait = pause(claim.failures, patience.pause, patience.longest_pause)
    try:
        if reply.blocks:
            async with asyncio.timeout(patience.posting.total_seconds()):
                await adapter.post(channel, reply, reader, key, claim.again)
    except TryLater as busy:
        wait = busy.after if busy.after is not None else wait
    except Unreachable as gone:
        if not claim.failures:
            _log.warning("unreachable", network=network, key=key, channel=channel.id,
                         reason=gone.reason)  # fmt: skip
    except Exception:
        # One channel must not take the others along.
        _log.warning("not posted", network=network, key=key, exc_info=True)
    else:
        if reply.blocks:
            _log.info("posted", network=network, channel=channel.id, key=key)
        return Posted(key)
    return _put_off(claim, clock.wall() + wait)


def _put_off(claim: Post | BulletinClaim, until: datetime) -> PutOff:
    return PutOff(claim.message, until, claimed_until=claim.until)
