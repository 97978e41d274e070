"""What crosses the borders: who speaks and where, what is asked, answered and changed."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.document import Reply
from bot.live import LiveChange
from bot.schedule import Facts
from bot.times import Reader


@dataclass(frozen=True, slots=True)
class User:
    """A user of one network; the name is how to address them, not who they are. `timezone` is what
    their profile on the network says, as far as that is known."""

    network: str
    id: str
    name: str = field(default="", compare=False)
    timezone: ZoneInfo | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Channel:
    """Where on a network something is said; `private` if nobody else reads it there."""

    network: str
    id: str
    private: bool = False
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Pages:
    """How many lines an answer may have at once before the rest waits for `more`: where it was
    asked for, and in private."""

    here: int
    private: int


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as it arrived. `id` is the network's own id of the event, where it has one:
    what is delivered twice takes effect once. `unreachable` is why messages to the user may not
    arrive, as far as the adapter knows; it completes "because ...". `pages` is None where the rules
    say how long an answer may be.

    `corrects` is the id of the message of the same user that this is a new wording of: always the
    first wording, also if that has been corrected before. Such an invocation has an `id` too.

    `again` says that the adapter brings it again as long as the database is away, and
    `names_people` that the network names people in channels who agree to it.

    `marks` asks which of the sessions shown are bookmarked. `card` is the reply (see
    `record.packed`) that stands where a button was pressed, to be shown as it is afterwards.
    `beside` says that nobody has typed it: the network asks for what it shows together on one
    surface. It does not count as a command of the user's, greets nobody, and is shown whole.
    `pressed` says that it was chosen on what an answer had shown: `more` still brings the rest of
    that answer, unless this one is too long itself. Where the network does not vouch for who the
    user is at this very moment (`vouched`), they are no organiser."""

    id: str | None
    user: User
    channel: Channel
    line: str
    unreachable: str | None = None
    pages: Pages | None = None
    corrects: str | None = None
    again: bool = False
    names_people: bool = False
    marks: bool = False
    card: str | None = None
    beside: bool = False
    pressed: bool = False
    vouched: bool = True


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a user has set; None where the event's own settings hold. `before` is in minutes;
    `named` says that they may be named in a channel where they cannot be written to in time."""

    before: int | None = None
    timezone: ZoneInfo | None = None
    hours: int | None = None
    plain: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A user's wish to be told about a session, and what they have been told.

    `before` is in minutes; `own_before` says that it was chosen for this session and does not
    follow the user's preference. `reminded` is the start (UTC) that was announced last.
    A message under way has an id, what it says, whether it is (or inherits) a move, and whether
    it announces the start.
    `failure` is why the last message could not be delivered.
    """

    session_id: int
    told: Facts
    before: int
    own_before: bool = False
    muted: bool = False
    snoozed_until: datetime | None = None
    reminded: datetime | None = None
    message: str | None = None
    message_facts: Facts | None = None
    message_moves: bool = False
    message_announces: bool = False
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What the store knows of a user, as far as it was asked for."""

    known: bool = False
    preferences: Preferences = Preferences()
    bookmarks: tuple[Bookmark, ...] = ()

    def bookmark(self, session_id: int) -> Bookmark | None:
        """Their bookmark of this session."""
        return next((b for b in self.bookmarks if b.session_id == session_id), None)


@dataclass(frozen=True, slots=True)
class AddBookmark:
    """Bookmark a session whose facts the user has just seen; `before` None follows their
    preference. An existing bookmark is unmuted and takes the new minutes."""

    facts: Facts
    session_id: int
    before: int
    own_before: bool


@dataclass(frozen=True, slots=True)
class DropBookmark:
    """Forget this bookmark and what was owed for it."""

    session_id: int


@dataclass(frozen=True, slots=True)
class Mute:
    """Stop reminders (or let them come again) for these sessions; the bookmarks stay."""

    session_ids: tuple[int, ...]
    muted: bool


@dataclass(frozen=True, slots=True)
class Snooze:
    """Remind once more at this moment (UTC)."""

    session_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ChangePreferences:
    """Hold these preferences from now on; bookmarks without minutes of their own take `before`."""

    preferences: Preferences
    before: int


@dataclass(frozen=True, slots=True)
class SendTest:
    """Send one notice at once, to see that it arrives."""


@dataclass(frozen=True, slots=True)
class Meet:
    """Remember that this user has been greeted."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete everything that is known of this user."""


@dataclass(frozen=True, slots=True)
class ChangeLive:
    """Change the programme for everybody, on top of what is published, in place of what was changed
    of this sort about the session before. The number of an added session must be new: else nothing
    of the command takes effect. An `Audit` has to stand beside it: by that others notice."""

    change: LiveChange


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Let what is published about a session hold again; what was added live, and is not published,
    stays as it was added. An `Audit` has to stand beside this too."""

    session_id: int


@dataclass(frozen=True, slots=True)
class Announce:
    """Post this to the bot's channels on these networks, and write it to all on any network who
    have bookmarked the session, if one is meant."""

    reply: Reply
    networks: tuple[str, ...]
    session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """Write in the audit log what an organiser has done, a sentence; and post it to these channels,
    each as network and name."""

    what: str
    channels: tuple[tuple[str, str], ...] = ()


Own = AddBookmark | DropBookmark | Mute | Snooze | ChangePreferences | SendTest | Meet | Forget
"""What a command changes for its asker."""
Organised = ChangeLive | Withdraw | Announce | Audit
"""What an organiser's command does for everybody."""
Effect = Own | Organised


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a command and what it changes; `private` replies are for the asker alone."""

    reply: Reply
    effects: tuple[Effect, ...] = ()
    private: bool = False

    def with_effect(self, effect: Effect) -> "Answer":
        """The same answer with one more effect."""
        return replace(self, effects=(*self.effects, effect))


@dataclass(frozen=True, slots=True)
class Response:
    """What the adapter has to show: a reply, for whom its times are written, and to whom.

    `card` is the reply that the invocation came with, with the sessions of today: None if it had
    none, or was not carried out, so that what is shown may stay. `bookmarked` are those sessions of
    both that the asker has bookmarked by now, if that was asked and can be known."""

    reply: Reply
    reader: Reader
    private: bool
    command: str | None
    bookmarked: frozenset[int] = frozenset()
    card: Reply | None = None
