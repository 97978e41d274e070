"""The shape of a command: what it is called, what it needs, and what it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.document import Reply
from bot.messages import Answer, Profile
from bot.names import Finder
from bot.overview import Overview
from bot.schedule import Schedule
from bot.times import Reader

ORGANISING = "For organisers"
"""The topic of what only organisers may do."""
LONGEST_LINE = 400
"""Characters of a line; what is longer is cut."""
LONGEST_VERBATIM = 4_000
"""Characters of a line whose words are taken as they were written; longer ones are cut."""


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
    `profile_zone` the time zone that their profile there names. `organiser` says that they may
    change the programme, and `proof`, a sentence, how others can prove that they may. `published`
    is the programme without what was changed live. At night news about what starts at `news_before`
    or later waits; `overview` is there for commands that are for organisers."""

    now: datetime
    names: Finder
    reader: Reader
    usual_before: int
    profile: Profile = Profile()
    rest: Reply | None = None
    unreachable: str | None = None
    names_people: bool = False
    profile_zone: ZoneInfo | None = None
    organiser: bool = False
    published: Schedule | None = None
    proof: str = ""
    news_before: datetime | None = None
    overview: Overview | None = None

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
    or preferences, or changes them, `surveys` that it needs to know how the networks are. What
    others get who say what is for organisers is `otherwise`,
    a refusal if that is None. One that is `verbatim` takes its arguments as they were written, with
    the marks that end a sentence, and longer ones than others.
    """

    name: str
    summary: str
    topic: str
    run: Callable[[str, Context], Answer]
    examples: tuple[Example, ...]
    usage: str = ""
    aliases: tuple[str, ...] = ()
    personal: bool = False
    surveys: bool = False
    otherwise: Callable[[str, Context], Answer] | None = None
    verbatim: bool = False

    @property
    def organising(self) -> bool:
        """True for what only organisers may do: it changes the programme, or looks behind it."""
        return self.topic == ORGANISING
