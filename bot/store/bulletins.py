"""What channels are to be told once: written down with what it is about, claimed like any post."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from bot.store.rows import moment, to_ms
from bot.store.tables import bulletins
from bot.storing import Bulletin, BulletinClaim, Lease

EVERY = "*"
"""In place of a channel: all those of the network that whoever speaks there knows of."""


def add(connection: Connection, told: Sequence[Bulletin], now: datetime) -> None:
    """Have these posted; what is of no use any more is forgotten."""
    if not told:
        return
    connection.execute(delete(bulletins).where(bulletins.c.useful_until <= to_ms(now)))
    rows = [
        {
            "message": str(uuid.uuid4()),
            "network": one.network,
            "channel": one.channel,
            "reply": one.reply,
            "useful_until": to_ms(one.until),
        }
        for one in told
    ]
    connection.execute(insert(bulletins), rows)


def waiting(connection: Connection, network: str, now: datetime) -> bool:
    """True if there is anything to be claimed."""
    free = select(bulletins.c.message).where(*_free(network, now)).limit(1)
    return connection.execute(free).first() is not None


def claim(
    connection: Connection, network: str, channels: Sequence[str], lease: Lease
) -> list[BulletinClaim]:
    """Reserve what was not posted yet and is not under way, in no order; what is for every channel
    is for these."""
    _spread(connection, network, channels, lease.now)
    claimed = (
        update(bulletins)
        .where(*_free(network, lease.now))
        .values(lease_until=to_ms(lease.until), tries=bulletins.c.tries + 1)
        .returning(bulletins)
    )
    return [
        BulletinClaim(
            Bulletin(row.network, row.channel, row.reply, moment(row.useful_until)),
            row.message,
            lease.until,
            failures=row.tries - 1,
        )
        for row in connection.execute(claimed)
    ]


def _spread(connection: Connection, network: str, channels: Sequence[str], now: datetime) -> None:
    # Of those who do this at once one finds it: the others wait, and then it is done.
    done = update(bulletins).where(*_free(network, now), bulletins.c.channel == EVERY)
    for row in connection.execute(done.values(posted=True).returning(bulletins)).all():
        until = moment(row.useful_until)
        each = [Bulletin(network, channel, row.reply, until) for channel in dict.fromkeys(channels)]
        add(connection, each, now)


def _free(network: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        bulletins.c.network == network,
        bulletins.c.posted.is_(False),
        bulletins.c.lease_until <= to_ms(now),
        bulletins.c.useful_until > to_ms(now),
    )
