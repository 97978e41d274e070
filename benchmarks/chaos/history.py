"""What was noted during a chaos run, by the network and by whoever broke things; as JSON lines."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from bot.schedule import Facts


class Kind(StrEnum):
    """What a network can do to a message instead of taking it and saying so."""

    THROTTLE = "told to try later"
    GONE = "told that the person is gone"
    CLOSE_BEFORE = "connection closed before it was taken"
    CLOSE_AFTER = "connection closed after it was taken"
    HANG_BEFORE = "not taken, never answered"
    HANG_AFTER = "taken, never answered"

    @property
    def takes(self) -> bool:
        """True if the person has the message all the same."""
        return self in (Kind.CLOSE_AFTER, Kind.HANG_AFTER)


# All that is `at` a moment is so in seconds of real time since the run began.


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says about one session: its facts, and whether it is a reminder of its start
    or news about it."""

    session: int
    reminds: bool
    facts: Facts


@dataclass(frozen=True, slots=True)
class Message:
    """What a process sends to the network; `written` is the moment of the programme."""

    number: int
    user: str
    key: str
    written: datetime
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A process has connected to a network."""

    at: float
    network: str
    process: str
    what: Literal["opened"] = "opened"


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection of a process to a network has ended."""

    at: float
    network: str
    process: str
    what: Literal["closed"] = "closed"


@dataclass(frozen=True, slots=True)
class Got:
    """A message came to the network. `taken` if it was not refused; `read` if the person sees it,
    for what is dropped as a repeat was taken too. `number` is of this message and no other."""

    at: float
    number: int
    network: str
    process: str
    message: Message
    taken: bool
    read: bool
    fault: Kind | None = None
    what: Literal["got"] = "got"


@dataclass(frozen=True, slots=True)
class Answered:
    """The process was sent the network's answer to a message."""

    at: float
    number: int
    what: Literal["answered"] = "answered"


Line = Opened | Closed | Got | Answered
LINE: TypeAdapter[Line] = TypeAdapter(Line)


@dataclass(frozen=True, slots=True)
class Published:
    """From then on the schedule said this about a session."""

    at: float
    session: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Bookmarked:
    """Somebody bookmarked a session, and was shown these facts."""

    at: float
    network: str
    user: str
    session: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Killed:
    """A process was ended without a chance to do anything about it."""

    at: float
    process: str


@dataclass(frozen=True, slots=True)
class History:
    """All of a run, each list in order of time, until it `ended`. `died` are the processes that
    ended although nobody had told them to."""

    published: Sequence[Published]
    bookmarked: Sequence[Bookmarked]
    ended: float
    got: Sequence[Got] = ()
    answered: dict[int, float] = field(default_factory=dict)
    connections: Sequence[Opened | Closed] = ()
    killed: Sequence[Killed] = ()
    died: Sequence[str] = ()


def lines(path: Path) -> Iterable[Line]:
    """What the network has noted so far."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield LINE.validate_json(line)


def last_opened(path: Path, networks: Collection[str]) -> str | None:
    """The process that has connected last to one of these networks, so far."""
    last = None
    with path.open("rb") as file:
        for line in file:
            # To read all that is said would take longer than the run can wait.
            if line.endswith(b'"what":"opened"}\n'):
                opened = LINE.validate_json(line)
                assert isinstance(opened, Opened)
                last = opened.process if opened.network in networks else last
    return last
