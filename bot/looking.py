"""Looks at where a schedule is published: at a file or an address, in the same words."""

import asyncio
from pathlib import Path
from typing import assert_never

from bot.addresses import Source, Url
from bot.looked import NO_MARK, Failed, Fetched, Looked, Mark, NotModified
from bot.sources.reading.unpacking import LARGEST


async def look(source: Source, mark: Mark = NO_MARK, *, at_start: bool = False) -> Looked:
    """What is there now; NotModified if it is still what the mark stands for. `at_start` somebody
    waits for it. A failure is a result: none is raised."""
    match source:
        case Url():
            # Its library is loaded when it is needed.
            from bot.fetching import AT_START, USUAL, fetch

            return await fetch(source, mark, AT_START if at_start else USUAL)
        case Path():
            return await asyncio.to_thread(look_at_file, source, mark)
        case _:
            assert_never(source)


def look_at_file(path: Path, mark: Mark = NO_MARK) -> Looked:
    """What is in a file; its time and size are the mark."""
    try:
        found = _mark(path)
        if found == mark:
            return NotModified()
        if path.stat().st_size > LARGEST:
            return Failed(f"it is larger than {LARGEST / 1e6:g} MB")
        content = path.read_bytes()
        # Somebody may be writing it: the half of a list can be a list as well.
        if _mark(path) != found:
            return Failed("somebody is writing it")
    except OSError as problem:
        return Failed((problem.strerror or "it cannot be read").lower())
    return Fetched(content, found)


def _mark(path: Path) -> Mark:
    state = path.stat()
    return Mark(None, f"{state.st_mtime_ns} {state.st_size} {state.st_ino}")
