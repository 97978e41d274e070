"""The shape of a command: what it is called, what it needs, and what it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.document import Reply
from bot.messages import Answer, Profile
from bot.names import Finder
from bot.schedule import Schedule
from bot.times import Reader


@dataclass(frozen=True, slots=True)
class Example:
    """A line to type, and the first lines of its answer at the moment that the tests play."""

    line: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """All that a command may look at. `usual_before` is the event's minutes before a session,
    `rest` what the user's last long answer left out, `unreachable` why messages to them may not
    arrive, `names_people` whether their network names those in channels who agree to it,
    `profile_zone` the time zone that their profile there names."""

    now: datetime
    names: Finder
    reader: Reader
    usual_before: int
    profile: Profile = Profile()
    rest: Reply | None = None
    unreachable: str | None = None
    names_people: bool = False
    profile_zone: ZoneInfo | None = None

    @property
    def schedule(self) -> Schedule:
        """The programme of today."""
        return self.names.schedule

    @property
    def before(self) -> int:
        """The minutes before a session that hold for this user."""
        return self.profile.preferences.before or self.usual_before

    @property
    def today(self) -> date:
        """The day of the event that it is."""
        return self.schedule.day_of(self.now)


@dataclass(frozen=True, slots=True)
class Command:
    """A command: a pure function of its arguments and the context, and how people find it.

    `usage` shows what may follow the name; `personal` says that it looks at the user's bookmarks
    or preferences, or changes them.
    """

    name: str
    summary: str
    topic: str
    run: Callable[[str, Context], Answer]
    examples: tuple[Example, ...]
    usage: str = ""
    aliases: tuple[str, ...] = ()
    personal: bool = False
