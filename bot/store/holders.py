"""Which processes take part in which network, each until its lease ends."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from bot.store.inserting import insert
from bot.store.rows import to_ms
from bot.store.tables import holders


def hold(
    connection: Connection, network: str, process: str, now: datetime, until: datetime, alone: bool
) -> int:
    """Take part in a network until that moment; how many do, 0 if another one has it alone."""
    # Rows that are not there cannot be locked: the network's name stands for them.
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(network))))
    connection.execute(delete(holders).where(holders.c.lease_until <= to_ms(now)))
    others = select(func.count()).where(holders.c.network == network, holders.c.process != process)
    count: int = connection.execute(others).scalar_one()
    if alone and count:
        return 0
    until_ms = {"lease_until": to_ms(until)}
    ours = insert(connection, holders).values(network=network, process=process, **until_ms)
    connection.execute(
        ours.on_conflict_do_update(index_elements=["network", "process"], set_=until_ms)
    )
    return count + 1


def let_go(connection: Connection, process: str) -> None:
    """Take part in no network any more."""
    connection.execute(delete(holders).where(holders.c.process == process))
