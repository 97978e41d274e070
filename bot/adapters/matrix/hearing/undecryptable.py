"""Messages that cannot be read when they come: their keys may follow, else people are told."""

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

from nio import AsyncClient

from bot.adapters.matrix.client import decrypted
from bot.adapters.matrix.hearing.listening import Sealed
from bot.adapters.matrix.sending.delivery import Sending
from bot.adapters.matrix.sending.writing import content, written
from bot.document import reply, text
from bot.storing import Store
from bot.times import Reader

_KEYS_WITHIN = 30.0
"""Seconds that the keys of a message may take to follow it."""
_HINT = reply(text(
    "I cannot read what was said here just now: it was encrypted, and your app has not sent me its"
    " key. Say it again, please; if I stay silent, open a new chat with me."
))  # fmt: skip
_READER = Reader(ZoneInfo("UTC"))
"""No time is told."""


class Seals:
    """Waits for keys. Knows the rooms in which it has been told once that they are missing."""

    def __init__(self, network: str, client: AsyncClient, sending: Sending, store: Store) -> None:
        self._network = network
        self._client = client
        self._sending = sending
        self._store = store
        self._news = asyncio.Event()

    def keys_came(self) -> None:
        """Others have sent us keys: what could not be read may be readable."""
        self._news.set()
        self._news = asyncio.Event()

    async def opened(self, room: str, event: Any, sealed: Sealed, began: float) -> Any:
        """The event as nio reads it when its key has come; None if it does not come in time, from
        the loop's time `began` on, which is said in the room, once. Raises StoreAway,
        Refused and Away."""
        if self._client.olm is None:
            self._sending.note_mute(room)
            return None
        try:
            async with asyncio.timeout_at(began + _KEYS_WITHIN):
                while (opened := decrypted(self._client, event, room)) is None:
                    await self._news.wait()
        except TimeoutError:
            await self._hint(room, sealed)
            return None
        return opened

    async def _hint(self, room: str, sealed: Sealed) -> None:
        """Say it, unless this device has said it there: a new one, after the loss of its store, may
        do so once more. Raises StoreAway, Refused and Away."""
        key, device = f"hinted {room}", self._client.device_id
        if await self._store.read(self._network, key) == device:
            return
        event = content(written(_HINT, _READER), rings=False)
        # For several people at once it is said once, too: the homeserver drops the others.
        await self._sending.answer(room, event, f"hint-{room}", sealed.sender)
        await self._store.keep(self._network, key, device)
