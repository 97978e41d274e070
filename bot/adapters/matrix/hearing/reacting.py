"""What a reaction to a message about one session means: a bookmark, or one more reminder."""

from collections.abc import Mapping
from typing import Any

from nio import AsyncClient, Event, MegolmEvent

from bot.adapters.matrix.client import decrypted
from bot.adapters.matrix.emoji import MEANINGS
from bot.adapters.matrix.hearing.listening import Reacted, Withdrawn
from bot.adapters.matrix.homeserver import Homeserver, Refused
from bot.adapters.matrix.sending.writing import session_of
from bot.recent import Recent
from bot.storing import Store

_SESSIONS_REMEMBERED = 10_000


class Reactions:
    """Turns reactions into command lines. Which message is about which session stands in the
    message itself; which reaction has made which bookmark, in the store."""

    def __init__(
        self, network: str, me: str, server: Homeserver, client: AsyncClient, store: Store
    ) -> None:
        self._network = network
        self._me = me
        self._server = server
        self._client = client
        self._store = store
        # 0 for a message that is about none, or several.
        self._sessions: Recent[str, int] = Recent(_SESSIONS_REMEMBERED)

    def is_about(self, event: str, session: int | None) -> None:
        """A message of ours is about this session alone; None if it is about none, or several."""
        self._sessions.put(event, session or 0)

    async def line(self, room: str, reacted: Reacted) -> str | None:
        """The command that a reaction stands for, if it does. Raises StoreAway, Away, and Refused
        for now."""
        meaning = MEANINGS.get(reacted.key)
        session = await self._session(room, reacted.to) if meaning is not None else None
        if meaning is None or session is None:
            return None
        if meaning.undone_by is not None:
            owner, key = self._kept(reacted.sender, reacted.event)
            await self._store.keep(owner, key, f"{meaning.undone_by} {session}")
        return f"{meaning.command} {session}"

    async def undone(self, withdrawn: Withdrawn) -> str | None:
        """The command that taking a reaction away stands for, if it does. Raises StoreAway."""
        owner, key = self._kept(withdrawn.sender, withdrawn.what)
        return await self._store.read(owner, key)

    async def forget(self, withdrawn: Withdrawn) -> None:
        """What a reaction that was taken away had done is undone. Raises StoreAway."""
        owner, key = self._kept(withdrawn.sender, withdrawn.what)
        await self._store.keep(owner, key, None)

    async def says(self, room: str, event: str) -> Mapping[str, Any]:
        """The content of a message of ours as it is now; empty if it is none. Raises Away, and
        Refused for now."""
        try:
            raw = await self._server.ask("GET", "rooms", room, "event", event)
        except Refused as refusal:
            if refusal.for_now:
                raise
            return {}
        if raw.get("sender") != self._me:
            return {}
        # A homeserver tells an edit beside what it edits.
        edit = raw.get("unsigned", {}).get("m.relations", {}).get("m.replace")
        newest = self._read(edit if isinstance(edit, Mapping) and "content" in edit else raw, room)
        content: Mapping[str, Any] = newest.get("m.new_content", newest)
        return content

    def _kept(self, sender: str, reaction: str) -> tuple[str, str]:
        return f"{self._network}/{sender}", f"reaction {reaction}"

    async def _session(self, room: str, event: str) -> int | None:
        """The session that a message of ours is about. Raises Away, and Refused for now."""
        known = self._sessions.get(event)
        if known is not None:
            return known or None
        session = session_of(await self.says(room, event))
        self.is_about(event, session)
        return session

    def _read(self, raw: Mapping[str, Any], room: str) -> Mapping[str, Any]:
        """The content of an event, decrypted where it has to be."""
        event = Event.parse_event(raw)
        if isinstance(event, MegolmEvent):
            event = decrypted(self._client, event, room)
        found: Mapping[str, Any] = event.source.get("content", {}) if event is not None else {}
        return found
