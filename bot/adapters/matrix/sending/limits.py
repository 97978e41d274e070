"""How fast the homeserver lets the bot speak, and how an administrator makes that faster."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from bot.adapters.matrix.homeserver import Homeserver, Refused
from bot.adapters.matrix.settings import Matrix
from bot.times import duration

# https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html
USUAL_RATE, USUAL_BURST = 0.2, 10
JOINS = (
    "A homeserver with the usual limits lets it follow 10 invitations at once, and one more each 10"
    " seconds."
)
UNLIMITED = 200.0
"""Messages a second where nothing limits them: more than a homeserver can take anyway."""
_MANY = 20
"""Messages under way at a time, at most."""
_SECONDS_UNDER_WAY = 10.0
_WAVE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many messages a second (`rate`) after a `burst` of them."""

    rate: float
    burst: int

    @property
    def in_flight(self) -> int:
        """How many messages may wait for their turn, so that none waits for long."""
        return max(1, min(_MANY, ceil(self.rate * _SECONDS_UNDER_WAY)))

    @property
    def unlimited(self) -> bool:
        """True if nothing but its own speed limits the homeserver."""
        return self.rate >= UNLIMITED

    def said(self) -> str:
        """A sentence for the log and the screen."""
        if self.unlimited:
            return "May send messages without a limit."
        fitting = int(self.burst + self.rate * _WAVE.total_seconds())
        each = 1 / self.rate
        pace = f"{self.rate:.3g} a second" if each < 1 else f"one more each {each:.3g} seconds"
        return (
            f"May send {self.burst} messages at once and {pace}: {fitting:,} reminders fit into"
            f" {duration(5)}."
        )


def configured(settings: Matrix) -> Limit:
    """What the settings say; else Synapse's usual limit."""
    if settings.rate is None:
        return Limit(USUAL_RATE, settings.burst or USUAL_BURST)
    rate = settings.rate or UNLIMITED
    return Limit(rate, settings.burst or max(USUAL_BURST, ceil(rate)))


async def limit_of(settings: Matrix, server: Homeserver) -> Limit:
    """What the settings say; else what the homeserver tells, which it does to administrators; else
    Synapse's usual limit. Raises Away."""
    if settings.rate is not None:
        return configured(settings)
    try:
        told = await server.fetch("GET", _override(settings))
    except Refused:
        # Who is no administrator is refused, and often everybody who comes from outside.
        told = {}
    told = told if isinstance(told, dict) else {}
    rate, burst = told.get("messages_per_second"), told.get("burst_count")
    if rate == 0:
        return Limit(UNLIMITED, ceil(UNLIMITED))
    if not isinstance(rate, int | float) or not isinstance(burst, int):
        return configured(settings)
    return Limit(rate, settings.burst or burst)


def remedy(settings: Matrix) -> str:
    """What an organiser can do about a limit."""
    return (
        "An administrator of the homeserver can lift the bot's limit:"
        " curl -X POST -H 'Authorization: Bearer <a token of theirs>'"
        f' -d \'{{"messages_per_second": 0, "burst_count": 0}}\''
        f" {settings.homeserver}{_override(settings)}; then set rate = 0 for {settings.name}."
    )


def _override(settings: Matrix) -> str:
    # https://element-hq.github.io/synapse/latest/admin_api/user_admin_api.html
    return f"/_synapse/admin/v1/users/{settings.user_id}/override_ratelimit"
