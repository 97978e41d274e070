"""A UUID for each session: calendars and other programs know a session by one."""

import re
import uuid
from collections import Counter
from collections.abc import Mapping

from bot.schedule import Schedule, Session

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def unique_guids(schedule: Schedule) -> Mapping[int, str]:
    """A UUID for the id of each session: other programs expect one, and each of them once. It is
    the session's own where that is one, else it is made from what the source knows it by."""
    count = Counter(session.guid for session in schedule.sessions)
    return {session.id: _guid(session, count[session.guid] == 1) for session in schedule.sessions}


def _guid(session: Session, once: bool) -> str:
    if once and _UUID.fullmatch(session.guid):
        return session.guid
    start = session.slot.start.isoformat()
    known = session.guid if once and session.guid else f"{session.guid} {session.title} {start}"
    if not session.guid:
        known = f"{known} {'/'.join(session.slot.rooms)} {session.id}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, known))
