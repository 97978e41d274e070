"""The effects of organisers' commands, which are for everybody, and the log of what they did."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, func, insert, select

from bot.document import Reply, reply, text
from bot.messages import Announce, Audit, ChangeLive, Effect, Organised, User, Withdraw
from bot.record import packed
from bot.store import bulletins, letters, live
from bot.store.locking import keep_there, known_name
from bot.store.rows import moment, to_ms
from bot.store.tables import audit
from bot.storing import BULLETIN_LIFE, LETTER_LIFE, Audited, Bulletin

# In the space of pairs, so that it is nobody's who locks by one number.
_LOCK = (2012, 416)


def one_at_a_time(connection: Connection) -> None:
    """Until the transaction ends no other one changes anything live, or publishes: then the numbers
    of the log come to light in their order, and nobody overlooks what somebody else does."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(*_LOCK)))


def prepare(connection: Connection, user: User, effects: Sequence[Effect]) -> None:
    """Lock what has to be locked before the row of the user whose effects these are."""
    for effect in effects:
        if isinstance(effect, Announce) and effect.session_id is not None:
            keep_there(connection, letters.readers(effect.session_id), user)


def is_followed(effects: Sequence[Effect]) -> bool:
    """True unless something is changed live and nothing written in the log beside it: whoever
    follows looks at the changes when the log has a new entry."""
    changed = any(isinstance(effect, ChangeLive | Withdraw) for effect in effects)
    return not changed or any(isinstance(effect, Audit) for effect in effects)


def carry_out(
    connection: Connection,
    user: User,
    effect: Organised,
    wall: datetime,
) -> bool:
    """Do what an organiser wants; false if a session was to be added under a number that is not
    new."""
    one_at_a_time(connection)
    match effect:
        case ChangeLive(change):
            return live.keep(connection, change)
        case Withdraw(session_id):
            live.withdraw(connection, session_id)
        case Announce():
            _announce(connection, effect, wall)
        case Audit(what, channels):
            name = known_name(connection, user)
            _note(connection, user, name, what, wall)
            _post(connection, _told(name or user.id, what), channels, wall)
        case _:
            assert_never(effect)
    return True


def last_act(connection: Connection) -> int:
    """The id of the last thing that organisers did, in the log; 0 if they have done nothing."""
    number: int = connection.execute(select(func.coalesce(func.max(audit.c.id), 0))).scalar_one()
    return number


def audited(connection: Connection, most: int) -> list[Audited]:
    """What organisers did last, the latest first."""
    rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(most))
    return [
        Audited(moment(row.at), User(row.network, row.ident, row.name), row.what) for row in rows
    ]


def _announce(connection: Connection, wanted: Announce, wall: datetime) -> None:
    channels = [(network, bulletins.EVERY) for network in wanted.networks]
    _post(connection, wanted.reply, channels, wall)
    if wanted.session_id is not None:
        written, until = packed(wanted.reply), wall + LETTER_LIFE
        letters.write(connection, wanted.session_id, written, wall, until)


def _note(connection: Connection, user: User, name: str, what: str, wall: datetime) -> None:
    who = {"network": user.network, "ident": user.id, "name": name}
    connection.execute(insert(audit).values(at=to_ms(wall), what=what, **who))


def _told(who: str, what: str) -> Reply:
    """What channels hear of an entry of the log: made from what is written there, so that both say
    the same of the same person."""
    return reply(text(f"{who}: {what}"))


def _post(
    connection: Connection, said: Reply, channels: Sequence[tuple[str, str]], wall: datetime
) -> None:
    written, until = packed(said), wall + BULLETIN_LIFE
    told = [Bulletin(*channel, written, until) for channel in channels]
    bulletins.add(connection, told, wall)
