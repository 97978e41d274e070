"""A bot of a chaos run, a process of its own: `python -m benchmarks.chaos.process DIRECTORY NAME`.

It is `bot.app.serve` as it is, on two networks and a schedule that is published as a file.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.chaos.brief import Files, end_with_parent
from benchmarks.chaos.network import ChaosNetwork
from benchmarks.chaos.scale import NETWORKS
from bot import logs
from bot.app import open_store, serve
from bot.rules import Rules
from bot.schedule import Schedule
from bot.sources import read
from bot.store.alone import alone

_LOOK_EVERY = 0.2


async def _main(files: Files, name: str) -> None:
    brief = files.read()
    clock, scale = brief.clock, brief.scale
    version = _version(files.schedule)
    schedule = _read(files.schedule)
    adapters = [
        ChaosNetwork(network, files.socket, name, clock, scale.in_flight) for network in NETWORKS
    ]
    with alone(brief.database):
        store = await open_store(brief.database, clock, schedule)
        try:
            await serve(
                schedule, store, clock, Rules(greets=False), adapters,
                versions=_versions(files.schedule, version),
                patience=scale.patience, holding=scale.holding,
            )  # fmt: skip
        finally:
            await store.close()


async def _versions(file: Path, known: object) -> AsyncIterator[Schedule]:
    """Every version that is published from now on, as soon as it is seen."""
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        if (version := _version(file)) != known:
            known = version
            yield _read(file)


def _read(file: Path) -> Schedule:
    return read(file.read_bytes()).schedule


def _version(file: Path) -> object:
    found = file.stat()
    return found.st_ino, found.st_mtime_ns


if __name__ == "__main__":
    end_with_parent()
    logs.to_standard_error(logging.INFO)
    asyncio.run(_main(Files(Path(sys.argv[1])), sys.argv[2]))
