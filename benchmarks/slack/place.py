"""Starts the Slack of a benchmark, which is a process of its own, and gives it orders."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.others import ROOT

_MOST = 2**26
"""Bytes of an answer."""


class Failed(Exception):
    """The Slack has ended; what was wrong stands on the standard error."""


@dataclass(frozen=True, slots=True)
class Place:
    """A Slack that runs. `tokens` are the bot token and the app-level token of each app."""

    url: str
    people: Sequence[str]
    tokens: Mapping[str, tuple[str, str]]
    _process: asyncio.subprocess.Process

    async def order(self, *order: object) -> Any:
        """What comes of an order to it. Raises Failed."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return await _answer(self._process)


@asynccontextmanager
async def place(people: int, a_second: int | None = None) -> AsyncIterator[Place]:
    """A Slack with so many people until the end of the block, which takes so many messages a second
    of an app, or any number. It ends with us, however we do. Raises Failed."""
    limits = () if a_second is None else (str(a_second),)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.slack.workspace", str(people), *limits,
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, limit=_MOST,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        said = await _answer(process)
        tokens = {name: (bot, app) for name, (bot, app) in said["apps"].items()}
        yield Place(said["url"], said["people"], tokens, process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answer(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise Failed("The Slack of the benchmark has ended.")
    return json.loads(line)
