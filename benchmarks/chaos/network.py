"""The adapter of a chaos run: writes what the bot says to the recording network as data."""

import asyncio
import json
from asyncio import Future, StreamReader, StreamWriter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.chaos.history import Message, Words
from benchmarks.chaos.recorder import MESSAGE
from benchmarks.chaos.scale import Network
from bot.document import Item, Reply
from bot.messages import Channel, User
from bot.ports import Clock, Receive, Seen, Traits, TryLater, Unreachable
from bot.times import Reader

_RECONNECT = 0.1


class ChaosNetwork:
    """Implements `ports.Adapter`. Owns one connection."""

    coming_up: Sequence[Channel] = ()
    channels: Sequence[Channel] = ()

    def __init__(
        self, network: Network, socket: Path, process: str, clock: Clock, in_flight: int
    ) -> None:
        self.network = network.name
        self.traits = Traits(in_flight, None, network.drops_repeats, network.alone)
        self._socket = socket
        self._process = process
        self._clock = clock
        self._numbers = count()
        self._writer: StreamWriter | None = None
        self._waiting: dict[int, Future[dict[str, Any]]] = {}

    async def run(self, receive: Receive, seen: Seen) -> None:
        """Connect, and connect again, until cancelled. Nobody asks anything here."""
        while True:
            reader, writer = await asyncio.open_unix_connection(self._socket)
            try:
                hello = {"network": self.network, "process": self._process}
                writer.write(json.dumps(hello).encode() + b"\n")
                self._writer = writer
                await self._hear(reader)
            finally:
                self._writer = None
                writer.close()
                for waiting in self._waiting.values():
                    # The message may have arrived or not, as the courier takes it anyway.
                    if not waiting.done():
                        waiting.set_exception(TryLater())
            await asyncio.sleep(_RECONNECT)

    async def send(
        self,
        user: User,
        reply: Reply,
        reader: Reader,
        key: str,
        until: datetime,
        again: bool = False,
    ) -> None:
        """Send what a message says about sessions, and wait for the answer."""
        number, now = next(self._numbers), self._clock.now()
        if self._writer is None or now >= until:
            raise TryLater(timedelta(seconds=2 * _RECONNECT))
        # What is news shows the day; see `notices.written`.
        words = tuple(
            Words(block.session.id, not block.day, block.session.facts)
            for block in reply
            if isinstance(block, Item)
        )
        answered = self._waiting[number] = asyncio.get_running_loop().create_future()
        message = Message(number, user.id, key, now, words)
        try:
            self._writer.write(MESSAGE.dump_json(message) + b"\n")
            answer = await answered
        finally:
            del self._waiting[number]
        if "later" in answer:
            raise TryLater(timedelta(seconds=answer["later"]))
        if "gone" in answer:
            raise Unreachable(answer["gone"])

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        """There are no channels."""
        raise Unreachable("there are no channels")

    def organises(self, user: User) -> bool:
        """Nobody does."""
        return False

    def share(self, processes: int) -> None:
        """There is no pace to share."""

    async def _hear(self, reader: StreamReader) -> None:
        try:
            while line := await reader.readline():
                answer = json.loads(line)
                waiting = self._waiting.get(answer["number"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)
        except ConnectionError:
            return
