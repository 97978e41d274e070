"""The terminal for the behaviour suite: lines in a pipe, lines out of another."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from bot.adapters.console.adapter import Console, user_called
from bot.adapters.console.pipe import Pipe
from bot.patience import Patience
from bot.rules import Rules
from tests.adapters.bot import WholeBot
from tests.databases import new_database
from tests.summit import folsom

_SECONDS = 60.0


class Typist:
    """Who sits at the terminal. A reply ends with an empty line."""

    def __init__(self, name: str, typed: int, shown: asyncio.StreamReader) -> None:
        self.name = name
        self._typed = typed
        self._shown = shown
        self._fences = count(1)

    def says(self, line: str) -> None:
        os.write(self._typed, f"{line}\n".encode())

    def says_in_channel(self, text: str) -> None:
        raise NotImplementedError("a terminal has no channel")

    async def reads(self, count: int = 1) -> list[str]:
        async with asyncio.timeout(_SECONDS):
            lines = [await self._line() for _ in range(count)]
            assert await self._line() == ""
        return lines

    async def reads_in_channel(self, count: int = 1) -> list[str]:
        raise NotImplementedError("a terminal has no channel")

    async def asks(self, line: str) -> list[str]:
        self.says(line)
        return await self.told()

    async def told(self) -> list[str]:
        async with asyncio.timeout(_SECONDS):
            lines = []
            while line := await self._line():
                lines.append(line)
        return lines

    async def rest(self) -> list[str]:
        fence = f"zzzzz{next(self._fences)}"
        self.says(fence)
        found: list[str] = []
        while not (lines := await self.told())[0].startswith(f"I do not know \u201c{fence}"):
            found += lines
        return found

    async def emphasized(self, line: str) -> str:
        raise NotImplementedError("a pipe shows plain text")

    async def comes_again(self) -> None:
        raise NotImplementedError("a line that was typed comes once")

    async def logs_out(self) -> None:
        raise NotImplementedError("whoever sits at a terminal has not logged in")

    async def _line(self) -> str:
        return (await self._shown.readline()).decode().rstrip("\n")


class ConsoleTalk:
    """A bot and whoever sits at its terminal."""

    beware: tuple[str, ...] = ()
    proof = ""

    def __init__(self, bot: WholeBot[Console], typist: Typist) -> None:
        self.bot = bot
        self._typist = typist

    async def comes(self, name: str) -> Typist:
        assert name == self._typist.name
        return self._typist

    async def comes_as_if(self, name: str) -> Typist:
        raise NotImplementedError("one person sits at a terminal")

    async def comes_as_bot(self, name: str) -> Typist:
        raise NotImplementedError("nobody but a person sits at a terminal")

    def notice(self, *lines: str) -> list[str]:
        return list(lines)

    def post(self, *lines: str) -> list[str]:
        return list(lines)

    def typed(self, line: str) -> str:
        return line

    def typed_again(self, line: str) -> str:
        """In private, where the answer comes."""
        return line

    def in_channel(self, name: str, *lines: str) -> list[str]:
        raise NotImplementedError("a terminal has no channel")


@asynccontextmanager
async def in_a_pipe(organisers: Sequence[str] = (), **settings: Any) -> AsyncIterator[ConsoleTalk]:
    """A terminal whose input and output are pipes; Ada sits there."""
    (source, typed), (shown, target) = os.pipe(), os.pipe()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(shown, "rb", buffering=0)
    )
    with (
        os.fdopen(source, encoding="utf-8") as lines,
        os.fdopen(target, "w", encoding="utf-8") as screen,
        tempfile.TemporaryDirectory(prefix="summit-bot-") as folder,
    ):
        bot = WholeBot(
            lambda store, clock: [
                Console(user_called("ada"), Pipe(lines, screen), organises="ada" in organisers)
            ],
            new_database(Path(folder)), "Monday 9:20", folsom(),
            Rules(greets=False), Patience(),
        )  # fmt: skip
        await bot.start()
        try:
            yield ConsoleTalk(bot, Typist("ada", typed, reader))
        finally:
            os.close(typed)
            await bot.ends()
            transport.close()
