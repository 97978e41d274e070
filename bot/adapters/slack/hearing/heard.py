"""What was heard on Slack, as values: what people type, say, press, open; and what becomes of them
and of their workspaces. What they say, and what is as good as a key, shows in no log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Person:
    """Who does something, in which workspace; `name` is how to address them. `home` is the
    workspace or organisation that they belong to, if that is another one, as in a channel that is
    shared."""

    team: str
    user: str
    name: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True)
class Slash:
    """`/summit <text>`; `trigger` opens a modal within three seconds, and is never the same
    twice."""

    person: Person
    channel: str
    text: str = field(repr=False)
    trigger: str = field(repr=False)
    response_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """A message to the bot: a mention in a channel, without the mention, or words in its direct
    chat. `thread` is the `ts` of the message that its thread began with. `again` if it may have
    been answered already, by somebody who did not finish."""

    person: Person
    channel: str
    ts: str
    text: str = field(repr=False)
    direct: bool
    thread: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class OnMessage:
    """A card in a message; `alone` if the presser alone sees it."""

    channel: str
    ts: str
    alone: bool
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class OnHome:
    """The Home tab; what was kept in it."""

    metadata: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OnModal:
    """A modal that is open; what was kept in it."""

    view: str
    callback: str
    metadata: str = field(default="", repr=False)


Surface = OnMessage | OnHome | OnModal


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button, a choice of a menu, or words entered in a field: `action` says which one, `value`
    what was chosen or entered. `packed` is the value of the first button on the same message that
    carries a card, where Slack tells the message. `response_url` is None but on messages."""

    person: Person
    action: str
    value: str = field(repr=False)
    trigger: str = field(repr=False)
    surface: Surface
    response_url: str | None = field(default=None, repr=False)
    packed: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A modal was confirmed; `values` are what was entered, by the action's id."""

    person: Person
    callback: str
    metadata: str = field(repr=False)
    trigger: str = field(repr=False)
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut on a message, whose whole text this is."""

    person: Person
    channel: str
    ts: str
    text: str = field(repr=False)
    trigger: str = field(repr=False)
    response_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """The Home tab was opened."""

    person: Person


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """What a profile says now; `timezone` None where it names none, `gone` if deactivated."""

    person: Person
    timezone: ZoneInfo | None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The app was removed from a workspace, or its tokens there were revoked; `at` this moment, as
    Slack's clock says."""

    team: str
    at: datetime | None = None


Heard = Slash | Said | Pressed | Submitted | Shortcut | HomeOpened | ProfileChanged | Uninstalled
