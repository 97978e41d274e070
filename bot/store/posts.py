"""Claims on what is posted to channels: each start once in each channel."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.store.inserting import insert
from bot.store.rows import to_ms
from bot.store.tables import posts
from bot.storing import Lease, Post


def claim(
    connection: Connection, network: str, wanted: Sequence[tuple[str, datetime]], lease: Lease
) -> list[Post]:
    """Reserve what was not posted yet and is not under way."""
    claimed = []
    for channel, start in wanted:
        columns = {"message": str(uuid.uuid4()), "lease_until": to_ms(lease.until)}
        new = insert(connection, posts).values(
            network=network, channel=channel, start=to_ms(start), **columns
        )
        free = posts.c.posted.is_(False) & (posts.c.lease_until <= to_ms(lease.now))
        ours = new.on_conflict_do_update(
            index_elements=["network", "channel", "start"],
            set_={"lease_until": columns["lease_until"]},
            where=free,
        ).returning(posts.c.message, posts.c.failures)
        row = connection.execute(ours).one_or_none()
        if row is not None:
            again = row.message != columns["message"]
            claimed.append(Post(channel, start, row.message, lease.until, row.failures, again))
    return claimed
