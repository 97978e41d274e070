"""The title of a session where other programs show it: it says that the session is cancelled."""

from bot.schedule import Person, Session
from bot.sources.reading.assembling import session_of
from bot.sources.reading.entries import Entry


def title_shown(session: Session) -> str:
    """The title for programs of which few show a status, and some know none."""
    return f"Cancelled: {session.title}" if session.cancelled else session.title


def title_elsewhere(session: Session) -> str | None:
    """The title that it has in a file that this program reads again; None if the session would not
    be read from it as it is."""
    title = title_shown(session)
    entry = Entry(
        title=title,
        start=session.slot.start,
        end=session.slot.end,
        rooms=session.slot.rooms,
        key=session.guid,
        number=session.id,
        people=tuple(map(Person, session.leads)),
        kind=session.kind,
        abstract=session.abstract,
        description=session.description,
        links=session.links,
        removed=session.removed,
    )
    return title if session_of(entry) == session else None
