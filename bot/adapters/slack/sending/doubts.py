"""Which messages may have arrived without our knowing, and whether they have."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.adapters.slack.sending.api import Api, Limited, Refused
from bot.adapters.slack.sending.window import Window
from bot.recent import Recent

_log = structlog.get_logger(__name__)

_EVENT = "summit_bot_message"
_REMEMBERED = 10_000
_A_MINUTE = 50
"""Calls a minute of one method (https://docs.slack.dev/apis/web-api/rate-limits, Tier 3)."""
_LOOKED_AT = 200
"""Messages, the latest; an app that is sold elsewhere than in the Marketplace is shown 15 of them
(https://docs.slack.dev/reference/methods/conversations.history)."""
_WAITS = 5.0
"""Seconds that a look-up waits for its turn; else whoever asks decides."""


def metadata(key: str) -> Mapping[str, Any]:
    """What a message of this key carries, so that it is found again
    (https://docs.slack.dev/messaging/message-metadata)."""
    return {"event_type": _EVENT, "event_payload": {"key": key}}


class Doubts:
    """What is known in this process of the messages of one workspace, by key. Owns the pace at
    which others are looked for."""

    def __init__(self, api: Api, network: str, team: str) -> None:
        self._api = api
        self._about = {"network": network, "team": team}
        # The time stamp of those that have arrived; empty for those that may have.
        self._fates: Recent[str, str] = Recent(_REMEMBERED)
        # Those of which the last try, of this process, has certainly not arrived.
        self._absent: Recent[str, bool] = Recent(_REMEMBERED)
        self._processes = 1
        # Which channel is the direct chat with somebody.
        self._chats: Recent[str, str] = Recent(_REMEMBERED)
        self._windows = {
            method: Window(_A_MINUTE, 60)
            for method in ("conversations.open", "conversations.history", "conversations.replies")
        }
        self._impossible = set[str]()

    def share(self, processes: int) -> None:
        """Keep to one's part of the pace, as one of so many processes."""
        for window in self._windows.values():
            window.share(processes)
        if processes != self._processes:
            # Who has come, or gone, may have tried what this one knows nothing of.
            self._processes = processes
            self._absent = Recent(_REMEMBERED)

    def arrived(self, key: str) -> str | None:
        """The time stamp of a message that is known to have arrived."""
        return self._fates.get(key) or None

    def begin(self, key: str, again: bool) -> bool:
        """True if a message that is to be sent (`again`, by whichever process) may have arrived
        already. What this process knows to be absent, another one may have sent since."""
        fate = self._fates.get(key)
        if fate is not None:
            return not fate
        if not again:
            # Whoever gives up before it is sent leaves no doubt behind.
            self._absent.put(key, True)
            return False
        return self._processes > 1 or not self._absent.get(key)

    def sent(self, key: str) -> None:
        """It is on its way: it may arrive from now on."""
        self._fates.put(key, "")

    def note_absent(self, key: str) -> None:
        """It has certainly not arrived."""
        self._fates.drop(key)
        self._absent.put(key, True)

    def note_arrived(self, key: str, ts: str) -> None:
        """It has arrived."""
        self._fates.put(key, ts)

    def note_chat(self, user: str, channel: str) -> None:
        """Somebody's direct chat is this channel."""
        self._chats.put(user, channel)

    def chat(self, user: str) -> str | None:
        """The direct chat with somebody, as far as it is known."""
        return self._chats.get(user)

    async def find_in_chat(self, user: str, key: str) -> str | None:
        """Like `find`, in the direct chat with somebody."""
        try:
            channel = self._chats.get(user)
            if channel is None:
                opened = await self._ask("conversations.open", users=user)
                channel = str(opened["channel"]["id"])
                self._chats.put(user, channel)
        except Refused as refusal:
            self._note(refusal)
            return None
        return await self.find(channel, key)

    async def find(
        self, channel: str, key: str, thread: str | None = None, since: str | None = None
    ) -> str | None:
        """The time stamp of the message if it has arrived: it is among the last in the channel,
        or the first in a thread `since` another one. None also if it may not be looked for.
        Raises Away, and Limited if that has to wait."""
        try:
            if thread is None:
                page = await self._ask("conversations.history", channel=channel)
            else:
                page = await self._ask(
                    "conversations.replies", channel=channel, ts=thread, oldest=since or thread
                )
        except Refused as refusal:
            self._note(refusal)
            return None
        ts = next((str(m["ts"]) for m in page.get("messages", ()) if _key(m) == key), None)
        if ts is None:
            self.note_absent(key)
        else:
            self.note_arrived(key, ts)
        return ts

    async def _ask(self, method: str, **arguments: object) -> Mapping[str, Any]:
        window = self._windows[method]
        if (wait := window.wait()) > _WAITS:
            raise Limited(timedelta(seconds=wait))
        if method != "conversations.open":
            arguments |= {"include_all_metadata": True, "limit": _LOOKED_AT}
        async with window.call():
            return await self._api.call(method, **arguments)

    def _note(self, refusal: Refused) -> None:
        """It cannot be looked for, and goes out again then: say so, once."""
        if refusal.code not in self._impossible:
            self._impossible.add(refusal.code)
            _log.warning("cannot look whether a message has arrived", **self._about,
                         code=refusal.code, needed=refusal.needed)  # fmt: skip


def _key(message: Mapping[str, Any]) -> str | None:
    carried = message.get("metadata") or {}
    return (
        carried.get("event_payload", {}).get("key") if carried.get("event_type") == _EVENT else None
    )
