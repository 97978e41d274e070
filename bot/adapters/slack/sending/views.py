"""Opens, changes and publishes views in one workspace, as often as Slack takes it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.adapters.slack.sending.api import Api, Away, Limited, Refused
from bot.adapters.slack.sending.patience import Patience
from bot.adapters.slack.sending.window import Window

View = Mapping[str, Any]

_A_MINUTE = 100
"""Calls of each method (https://docs.slack.dev/apis/web-api/rate-limits, Tier 4)."""
_TRIGGERED = 2.0
"""Seconds that a modal may wait for its turn: a trigger lives for three
(https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses)."""
_PATIENCE = 10.0
"""Seconds for which a change is tried: with the last call, less than a delivery may take."""
_PAUSE, _LONGEST_PAUSE = timedelta(seconds=0.25), timedelta(seconds=2)


class Views:
    """The modals and Home tabs of one workspace. Owns the pace at which they are drawn."""

    def __init__(self, api: Api, revoked: Callable[[str], None]) -> None:
        """`revoked` is told Slack's code when it does not take the token (any more)."""
        self._api = api
        self._revoked = revoked
        self._windows = {
            method: Window(_A_MINUTE, 60)
            for method in ("views.open", "views.push", "views.update", "views.publish")
        }

    def share(self, processes: int) -> None:
        """Keep to one's part of the pace, as one of so many processes."""
        for window in self._windows.values():
            window.share(processes)

    async def open(self, trigger: str, view: View, *, pushed: bool = False) -> None:
        """Open a modal; `pushed` puts it on top of the one that is open. Raises Refused, Limited
        and Away."""
        method = "views.push" if pushed else "views.open"
        await self._call(method, _TRIGGERED, trigger_id=trigger, view=view)

    async def update(self, id: str, view: View) -> None:
        """Put this view in the place of one. Raises Refused, Limited and Away."""
        await self._patiently("views.update", view_id=id, view=view)

    async def publish(self, user: str, view: View) -> None:
        """Make this somebody's Home tab. Raises Refused, Limited and Away."""
        await self._patiently("views.publish", user_id=user, view=view)

    async def _patiently(self, method: str, **arguments: object) -> None:
        """A call that may be repeated safely, until Slack has dealt with it."""
        patience = Patience(_PATIENCE, _PAUSE, _LONGEST_PAUSE)
        while True:
            try:
                return await self._call(method, patience.left(), **arguments)
            except (Limited, Away) as problem:
                await patience.wait(problem)

    async def _call(self, method: str, within: float, **arguments: object) -> None:
        """Raises Limited also, before anything is asked for, if its turn would not come `within`
        so many seconds."""
        window = self._windows[method]
        if (wait := window.wait()) > within:
            raise Limited(timedelta(seconds=wait))
        async with window.call():
            try:
                await self._api.call(method, **arguments)
            except Refused as refusal:
                if refusal.revoked:
                    self._revoked(refusal.code)
                raise
