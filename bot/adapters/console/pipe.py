"""A screen without a terminal: plain lines in, plain lines out."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TextIO

from bot.document import Reply
from bot.text import lines
from bot.times import Reader


class Pipe:
    """Reads lines from one stream and writes replies, each ended by an empty line, to another."""

    def __init__(self, source: TextIO, target: TextIO) -> None:
        self._source = source
        self._target = target

    async def lines(self) -> AsyncIterator[str]:
        """The lines of the source, until it ends."""
        loop = asyncio.get_running_loop()
        read: asyncio.Queue[str | None] = asyncio.Queue()

        def put(line: str | None) -> None:
            with suppress(RuntimeError):  # The loop is closed: nobody reads any more.
                loop.call_soon_threadsafe(read.put_nowait, line)

        def listen() -> None:
            try:
                for line in self._source:
                    put(line.rstrip("\n"))
            finally:
                put(None)

        # A daemon: a thread that waits for input cannot be woken, and must not hold up the exit.
        threading.Thread(target=listen, name="console-input", daemon=True).start()
        while (line := await read.get()) is not None:
            yield line

    def draw(self, reply: Reply, reader: Reader, notice: bool) -> None:
        """Write the lines of a reply."""
        text = "\n".join(lines(reply, reader))
        print(text, end="\n\n", file=self._target, flush=True)
