"""Messages that cannot be read when they come: their keys may follow, else people are told."""

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

from nio import AsyncClient

from bot.adapters.matrix.crypto import decrypted
from bot.adapters.matrix.listening import Sealed
from bot.adapters.matrix.sending import Sending
from bot.adapters.matrix.writing import content, written
from bot.document import reply, text
from bot.ports import Store
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

    async def opened(self, room: str, event: Any, sealed: Sealed) -> Any:
        """The event as nio reads it when its key has come; None if it does not come, which is said
        in the room, once."""
        if self._client.olm is None:
            return None
        try:
            async with asyncio.timeout(_KEYS_WITHIN):
                while (opened := decrypted(self._client, event, room)) is None:
                    await self._news.wait()
        except TimeoutError:
            await self._hint(room, sealed)
            return None
        return opened

    async def _hint(self, room: str, sealed: Sealed) -> None:
        """Raises StoreAway."""
        key = f"hinted {room}"
        if await self._store.read(self._network, key) is not None:
            return
        event = content(written(_HINT, _READER), rings=False)
        await self._sending.answer(room, event, f"sealed-{sealed.event}", sealed.sender)
        await self._store.keep(self._network, key, sealed.event)
