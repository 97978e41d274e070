"""How the double delivers to apps: its numbers, and what becomes of a delivery."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.servers.slack.apps import App

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delivering:
    """Seconds and numbers of Slack's deliveries; the defaults are Slack's where it tells them.

    `retries` are the seconds before each redelivery of an event [1]. A socket gets its `warning`
    that long before it is asked to go, and is closed `grace` after that [2]. Slack pings a socket
    every `ping` seconds, and drops it if nothing comes back within `pong_within`; it does not say
    after how long it really does. Nor does it say whether a socket may acknowledge what another
    one of the app was sent; the official SDKs do so after a refresh, so `acknowledge_anywhere` is
    the default. With `zero` the first try of an event over HTTP says that it is retry number 0, as
    all first envelopes over a socket do.

    [1] https://docs.slack.dev/apis/events-api/#retries
    [2] https://docs.slack.dev/apis/events-api/using-socket-mode/#disconnect
    """

    ack_within: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    sockets: int = 10
    warning: float = 10.0
    grace: float = 1.0
    ping: float = 10.0
    pong_within: float = 30.0
    acknowledge_anywhere: bool = True
    zero: bool = False
    response_uses: int = 5
    response_life: float = 1800.0

    @classmethod
    def quick(cls) -> "Delivering":
        """For tests that wait for redeliveries and refreshes."""
        return cls(retries=(0.0, 0.2, 0.5), warning=0.5, grace=0.1)


class Kind(StrEnum):
    """What is delivered, by the name of its envelope."""

    EVENT = "events_api"
    COMMAND = "slash_commands"
    INTERACTION = "interactive"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """In time; what the acknowledgement says besides: an object, a text, or nothing."""

    payload: Any = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Not, or not in time. `error` is what a person reads in `/command failed with the error …`;
    `reason` is what the next try of an event says, of which there is none unless `again`."""

    error: str
    reason: str
    again: bool = True


Answer = Acknowledged | Failed


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver: its number from 0, why it had to be made, when, and to where: "socket 3",
    a URL, "lost", or "nobody" if no socket was open. `sent` is what went out, to send it again."""

    number: int
    reason: str
    at: float
    way: str
    answer: Answer
    sent: object = None


@dataclass(eq=False, slots=True)
class Delivery:
    """What has to reach an app, and the tries that were made; `over` when there will be no more."""

    kind: Kind
    app: App
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    over: bool = False

    @property
    def acknowledged(self) -> bool:
        return any(isinstance(attempt.answer, Acknowledged) for attempt in self.attempts)

    @property
    def name(self) -> str:
        """What it is: "message", "app_mention", "/summit", "block_actions"."""
        match self.kind:
            case Kind.EVENT:
                return str(self.payload["event"]["type"])
            case Kind.COMMAND:
                return str(self.payload["command"])
            case Kind.INTERACTION:
                return str(self.payload["type"])
