"""What users are to be told once: written to all who bookmarked a session, claimed until told."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    delete,
    insert,
    literal,
    select,
    update,
)

from bot.messages import User
from bot.store.locking import staying
from bot.store.rows import moment, preferences_from, to_ms
from bot.store.tables import bookmarks, letters, users
from bot.storing import Claim, Lease, Letter


def readers(session_id: int) -> Select[tuple[int]]:
    """Ids of all who have bookmarked a session."""
    return select(bookmarks.c.user_id).where(bookmarks.c.session_id == session_id)


def write(
    connection: Connection, session_id: int, reply: str, now: datetime, until: datetime
) -> None:
    """Have this told to all who have bookmarked a session; what is of no use any more is
    forgotten."""
    _drop(connection, letters.c.useful_until <= to_ms(now))
    each = staying(
        select(users.c.id, users.c.network).where(users.c.id.in_(readers(session_id)))
    ).subquery()
    announcement = uuid.uuid4().hex
    columns = {
        "message": literal(f"{announcement}-").concat(cast(each.c.id, String)),
        "announcement": literal(announcement),
        "network": each.c.network,
        "user_id": each.c.id,
        "reply": literal(reply),
        "useful_until": literal(to_ms(until)),
    }
    rows = select(*columns.values())
    connection.execute(insert(letters).from_select(list(columns), rows))


def claim(connection: Connection, network: str, lease: Lease, most: int) -> list[Claim]:
    """Reserve letters to users of a network, first those that wait longest for their turn."""
    now = to_ms(lease.now)
    given = {"on_network": network, "wall": now, "most": most}
    rows = connection.execute(_WAITING, given).all()
    if any(row.useful_until <= now for row in rows):
        # They would stand in front of the others at each tick.
        _drop(connection, (letters.c.network == network) & (letters.c.useful_until <= now))
        rows = connection.execute(_WAITING, given).all()
    useful = {row.message: row for row in rows if row.useful_until > now}
    if not useful:
        return []
    held = update(letters).where(letters.c.message.in_(useful))
    connection.execute(held.values(lease_until=to_ms(lease.until)))
    theirs = users.c.id.in_({row.user_id for row in useful.values()})
    people = {row.id: row for row in connection.execute(select(users).where(theirs))}
    claims = []
    for row in useful.values():
        person = people[row.user_id]
        claims.append(
            Claim(
                row.message,
                User(network, person.ident, person.name),
                preferences_from(person),
                (),
                lease.until,
                again=row.lease_until > 0,
                failures=row.failures,
                letter=Letter(row.reply, moment(row.useful_until)),
            )
        )
    return claims


def hand_over(connection: Connection, former: int, heir: int) -> None:
    """Make the letters to one user, by id, another's; what both were written is told once."""
    same = select(letters.c.announcement).where(letters.c.user_id == heir)
    theirs = letters.c.user_id == former
    connection.execute(delete(letters).where(theirs, letters.c.announcement.in_(same)))
    connection.execute(update(letters).where(theirs).values(user_id=heir))


def _drop(connection: Connection, which: ColumnElement[bool]) -> None:
    # Whoever else has one locked will not keep it long: nobody has to wait for that.
    found = select(letters.c.message).where(which).with_for_update(skip_locked=True)
    connection.execute(delete(letters).where(letters.c.message.in_(found)))


_WAITING = (
    select(letters)
    .where(
        letters.c.network == bindparam("on_network"),
        letters.c.lease_until <= bindparam("wall", type_=BigInteger),
    )
    .order_by(letters.c.lease_until)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
