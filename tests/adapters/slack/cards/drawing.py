"""Two sessions, and cards of them, for tests of what is written."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.adapters.slack.cards.writing import Content, written
from bot.document import Reply
from bot.schedule import Session, Slot
from bot.times import Reader
from tests.summit import at

READER = Reader(ZoneInfo("UTC"))
TALK = Session(6, "g", "Swift quotas", Slot(at(16, 9), at(16, 10), ("Marina",)), ("Ada", "Bob"))
PARTY = Session(7, "h", "Beer & <b>games</b>", Slot(at(16, 20), None, ()), cancelled=True)
SHOWN = "[6] 9:00am–10:00am · Swift quotas · Marina · Ada, Bob"
TITLE = "**Swift quotas**"
DETAILS = "[6] 9:00am–10:00am · Marina · Ada, Bob"
EARLY, SOON, ON, OVER = at(16, 7), at(16, 8, 50), at(16, 9), at(16, 10)
THERE = Reader(ZoneInfo("America/Los_Angeles"))
NONE = frozenset[int]()


def card(
    said: Reply, bookmarked: frozenset[int] | None = NONE, now: datetime = EARLY,
    *, alone: bool = False, opening: Reply | None = None, done: bool = False,
    reader: Reader = READER,
) -> Content:  # fmt: skip
    return written(
        said, reader, prefix="/s ", bookmarked=bookmarked, alone=alone, opening=opening, now=now,
        done=done,
    )  # fmt: skip
