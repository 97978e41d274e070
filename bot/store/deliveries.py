"""What a network delivers until it is told that it has arrived: dealt with by one at a time, and
remembered for two days."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, select, update

from bot.store.inserting import insert
from bot.store.rows import to_ms
from bot.store.tables import deliveries
from bot.storing import Delivery

_KEPT = timedelta(days=2)


def take_in(
    connection: Connection, network: str, delivery: str, wall: datetime, lease: timedelta
) -> Delivery:
    """What is known of a delivery; what is new or in doubt is the caller's until the lease ends."""
    connection.execute(delete(deliveries).where(deliveries.c.at < to_ms(wall - _KEPT)))
    ours = {"lease_until": to_ms(wall + lease), "at": to_ms(wall)}
    new = insert(connection, deliveries).values(network=network, ident=delivery, **ours)
    inserted = new.on_conflict_do_nothing().returning(deliveries.c.ident)
    one, free = _is(network, delivery), deliveries.c.lease_until <= to_ms(wall)
    left_behind = update(deliveries).where(one, deliveries.c.done.is_(False), free)
    while True:
        if connection.execute(inserted).first() is not None:
            return Delivery.NEW
        # On PostgreSQL this waits for whoever else renews it, and then finds their lease.
        if connection.execute(left_behind.values(in_doubt=True, **ours)).rowcount:
            return Delivery.IN_DOUBT
        row = connection.execute(select(deliveries.c.done).where(one)).one_or_none()
        if row is not None:
            return Delivery.DONE if row.done else Delivery.UNDER_WAY
        # Whoever had it has let go of it in between.


def dealt_with(connection: Connection, network: str, delivery: str, wall: datetime) -> None:
    """A delivery is done, also if somebody has let go of it in the meantime."""
    done = {"lease_until": 0, "done": True}
    new = insert(connection, deliveries).values(
        network=network, ident=delivery, at=to_ms(wall), **done
    )
    connection.execute(new.on_conflict_do_update(index_elements=["network", "ident"], set_=done))


def let_go_of(connection: Connection, network: str, delivery: str) -> None:
    """Forget a delivery that nobody has said anything to. One in doubt stays: who had it before may
    have answered, and whoever lets go of it late may not have it any more."""
    certain = deliveries.c.done.is_(False) & deliveries.c.in_doubt.is_(False)
    connection.execute(delete(deliveries).where(_is(network, delivery), certain))


def _is(network: str, delivery: str) -> ColumnElement[bool]:
    return (deliveries.c.network == network) & (deliveries.c.ident == delivery)
