"""What channels are to be told once: written down with what it is about, claimed like any post."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from bot.store.rows import from_ms, to_ms
from bot.store.tables import bulletins
from bot.storing import Bulletin, BulletinClaim, Lease


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


def claim(connection: Connection, network: str, lease: Lease) -> list[BulletinClaim]:
    """Reserve what was not posted yet and is not under way, in no order."""
    claimed = (
        update(bulletins)
        .where(*_free(network, lease.now))
        .values(lease_until=to_ms(lease.until), tries=bulletins.c.tries + 1)
        .returning(bulletins)
    )
    claims = []
    for row in connection.execute(claimed):
        until = from_ms(row.useful_until)
        assert until is not None
        bulletin = Bulletin(row.network, row.channel, row.reply, until)
        claims.append(BulletinClaim(bulletin, row.message, lease.until, failures=row.tries - 1))
    return claims


def _free(network: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        bulletins.c.network == network,
        bulletins.c.posted.is_(False),
        bulletins.c.lease_until <= to_ms(now),
        bulletins.c.useful_until > to_ms(now),
    )
