"""What tests of the courier share: how messages about session 12 read, and networks that fail."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.messages import User
from bot.patience import Patience
from tests.summit import Summit

RYU = "[12] 11:00am–11:25am · Ryu Network Operating System · Bayview B · Kazutaka Morita"
BUTTONS = "Snooze: ‘snooze 12’ · Remove: ‘unbookmark 12’"
MOVED = "Moved from Bayview B to Marina, starts in 1 hour 40 minutes:"
REMOVE = "Remove: ‘unbookmark 12’"
LEASE = Patience().lease / timedelta(minutes=1)


def reminder(minutes: int) -> list[str]:
    unit = "minute" if minutes == 1 else "minutes"
    return [f"Starts in {minutes} {unit}:", RYU, BUTTONS]


def ryu(slot: str, more: str = "", room: str = "Bayview B") -> str:
    return f"[12] {slot} · Ryu Network Operating System · {room} · Kazutaka Morita{more}"


class Lost(BaseException):
    """The process ends while a message is under way."""


def ends(summit: Summit, *, accepted: bool) -> None:
    """At the next message the process ends, before or after the network has it."""

    async def hook(user: User, key: str) -> None:
        summit.network.before_taking = None
        if accepted:
            summit.network.taken.append((user, ["(was taken)"], key))
        raise Lost

    summit.network.before_taking = hook


def once(summit: Summit, error: BaseException, name: str | None = None) -> None:
    """The next message (to this user) fails."""

    async def hook(user: User, _key: str) -> None:
        if name in (None, user.id):
            summit.network.before_taking = None
            raise error

    summit.network.before_taking = hook


def keys(summit: Summit) -> list[str]:
    return [key for _, _, key in summit.network.taken]


def during(summit: Summit, what: Callable[[], Awaitable[object]]) -> None:
    """While the next message is under way, this happens."""

    async def hook(_user: User, _key: str) -> None:
        summit.network.before_taking = None
        await what()

    summit.network.before_taking = hook
