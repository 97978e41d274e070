"""Claims on what users are owed: reserved under a lease, one message for each user."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, bindparam, or_, select, update

from bot.messages import Bookmark, User
from bot.notices import Moved, announces_start, message_in_doubt
from bot.schedule import Facts
from bot.store import candidates as places
from bot.store import letters, versions
from bot.store.rows import bookmark_from, facts_text, preferences_from, to_ms
from bot.store.tables import SPENT, UNCLAIMED, bookmarks, users
from bot.storing import Candidates, Claim, Claimed, Judge, Lease


@dataclass(frozen=True, slots=True)
class _Said:
    """What a message says about one bookmark, and whether that is (or was, the first time) a
    reminder too; `again` is its id if it may have arrived before."""

    claimed: Claimed
    announces: bool
    again: str | None
    failures: int


def claim(
    connection: Connection, network: str, candidates: Candidates, judge: Judge, lease: Lease,
    most: int,
) -> list[Claim]:  # fmt: skip
    """Reserve up to `most` messages for the users of a network: tests, what they are owed, and
    letters."""
    knows = versions.is_at(connection, candidates.edition)
    claims = _trials(connection, network, lease, most)
    if (left := most - len(claims)) > 0:
        claims += _owed(connection, network, candidates, judge, lease, left, knows)
    # What they say of a session has to be true, and one that was added be there.
    if knows and (left := most - len(claims)) > 0:
        claims += letters.claim(connection, network, lease, left)
    return claims


def _owed(
    connection: Connection, network: str, candidates: Candidates, judge: Judge, lease: Lease,
    most: int, knows: bool,
) -> list[Claim]:  # fmt: skip
    """What users are owed about their bookmarks; without news unless whoever asks `knows` what
    holds."""
    if knows:
        ids = _users_owed(connection, network, candidates, lease, most)
        while ids and _drop_what_is_over(connection, ids, judge, lease):
            ids = _users_owed(connection, network, candidates, lease, most)
    else:
        # Another process may have told already what this one does not know yet.
        judge, candidates = _without_news(judge), replace(candidates, changed=())
        ids = _users_owed(connection, network, candidates, lease, most)
    if not ids:
        return []
    people = {row.id: row for row in connection.execute(select(users).where(users.c.id.in_(ids)))}
    free = or_(bookmarks.c.message.is_(None), bookmarks.c.lease_until <= to_ms(lease.now))
    theirs = (
        select(bookmarks)
        .where(bookmarks.c.user_id.in_(ids), free)
        .order_by(bookmarks.c.user_id, bookmarks.c.session_id)
    )
    messages: dict[tuple[int, str], list[_Said]] = {}
    fresh = {user_id: str(uuid.uuid4()) for user_id in ids}
    for row in connection.execute(theirs):
        claimed = judge(bookmark_from(row))
        if claimed is not None:
            said = _said(claimed, candidates.now, row.failures)
            message = said.again or fresh[row.user_id]
            messages.setdefault((row.user_id, message), []).append(said)
    # Whoever is owed a message in doubt beside a new one takes more than one place.
    messages = dict(sorted(messages.items(), key=lambda message: _place(message[1]))[:most])
    _part(connection, messages)
    _reserve(connection, messages, lease)
    claims = []
    for (user_id, message), items in messages.items():
        person = people[user_id]
        claims.append(
            Claim(
                message,
                User(network, person.ident, person.name),
                preferences_from(person),
                tuple(said.claimed for said in items),
                lease.until,
                again=items[0].again is not None,
                failures=max(said.failures for said in items),
            )
        )
    return claims


def _without_news(judge: Judge) -> Judge:
    def judges(bookmark: Bookmark) -> Claimed | None:
        claimed = judge(bookmark)
        return None if claimed is None or isinstance(claimed.notice, Moved) else claimed

    return judges


def _trials(connection: Connection, network: str, lease: Lease, most: int) -> list[Claim]:
    """Test notices that users asked for."""
    given = {"on_network": network, "wall": to_ms(lease.now), "most": most}
    rows = connection.execute(_WAITING_TRIALS, given).all()
    for row in rows:
        held = {"trial_lease": to_ms(lease.until)}
        connection.execute(update(users).where(users.c.id == row.id).values(held))
    return [
        Claim(
            row.trial,
            User(network, row.ident, row.name),
            preferences_from(row),
            (),
            lease.until,
            again=row.trial_lease > 0,
        )
        for row in rows
    ]


def _users_owed(
    connection: Connection, network: str, candidates: Candidates, lease: Lease, most: int
) -> Sequence[int]:
    """Users with a bookmark that may be owed something, the soonest start first."""
    soonest = places.owed(connection.dialect.name)
    given = places.parameters(network, candidates, lease, most)
    return connection.execute(soonest, given).scalars().all()


def _drop_what_is_over(
    connection: Connection, ids: Sequence[int], judge: Judge, lease: Lease
) -> bool:
    """Forget the doubts of these users that matter no more, lest they take the places of what does;
    true if there were any."""
    doubts = select(bookmarks).where(bookmarks.c.user_id.in_(ids), *places.moves_in_doubt())
    over = [
        {"of": row.user_id, "at": row.session_id}
        for row in connection.execute(doubts, {"wall": to_ms(lease.now)})
        if judge(bookmark_from(row)) is None
    ]
    if over:
        connection.execute(_row(update(bookmarks)).values(UNCLAIMED), over)
    return bool(over)


def _said(claimed: Claimed, now: datetime, failures: int) -> _Said:
    notice, bookmark = claimed.notice, claimed.bookmark
    announces = announces_start(notice, claimed.opens, now)
    announced = bookmark.message_announces
    again = message_in_doubt(bookmark, notice)
    # A network that drops the move as a repeat must not drop the reminder with it.
    if again is None or (announces and not announced):
        return _Said(claimed, announces, None, failures)
    return _Said(claimed, announced, again, failures)


def _reserve(
    connection: Connection, messages: dict[tuple[int, str], list[_Said]], lease: Lease
) -> None:
    rows = [
        {
            "of": user_id,
            "at": said.claimed.bookmark.session_id,
            "message": message,
            "message_facts": facts_text(_to_be_believed(said.claimed)),
            "message_moves": isinstance(said.claimed.notice, Moved),
            "message_announces": said.announces,
            "lease_until": to_ms(lease.until),
        }
        for (user_id, message), items in messages.items()
        for said in items
    ]
    if rows:
        held: dict[str, Any] = {name: bindparam(name) for name in UNCLAIMED}
        connection.execute(_row(update(bookmarks)).values(held), rows)


def _to_be_believed(claimed: Claimed) -> Facts:
    """The facts of a message, up to the end of the last slot that its owner may believe in: what a
    message in doubt said matters until then, also when another one has taken its place."""
    bookmark, facts = claimed.bookmark, claimed.notice.session.facts
    earlier = bookmark.message_facts if bookmark.message_moves else None
    if earlier is None or earlier.slot.until <= facts.slot.until:
        return facts
    return replace(facts, slot=replace(facts.slot, end=earlier.slot.until))


def _row(statement: Any) -> Any:
    return statement.where(
        bookmarks.c.user_id == bindparam("of"), bookmarks.c.session_id == bindparam("at")
    )


def _part(connection: Connection, messages: dict[tuple[int, str], list[_Said]]) -> None:
    """Part what a message in doubt said and will not say now from its id: a network that drops
    repeats would drop it, whatever it says by then. The doubt about a move stays."""
    again = [message for (_, message), items in messages.items() if items[0].again is not None]
    if again:
        theirs = bookmarks.c.message.in_(again)
        moves = bookmarks.c.message_moves.is_(True)
        connection.execute(update(bookmarks).where(theirs, ~moves).values(UNCLAIMED))
        connection.execute(update(bookmarks).where(theirs, moves).values(message=SPENT))


def _place(items: Sequence[_Said]) -> tuple[datetime, int]:
    """Where a message stands among others: see `candidates.owed`."""
    start = min(said.claimed.notice.session.slot.start for said in items)
    return start, min(said.failures for said in items)


_WAITING_TRIALS = (
    select(users)
    .where(
        users.c.trial.is_not(None),
        # SQLite would read all users of a network by its index, rather than the few by the other.
        users.c.network.concat("") == bindparam("on_network"),
        users.c.trial_lease <= bindparam("wall", type_=BigInteger),
    )
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True, key_share=True)
)
