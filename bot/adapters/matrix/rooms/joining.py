"""Goes into rooms and out of them, with patience for a homeserver that is busy."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.backoff import pause

_PATIENCE = 120.0
"""Seconds. A room that many servers share takes its time, and so does the limit for joining."""
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=30)


async def join(homeserver: Homeserver, room: str, via: Iterable[str] = ()) -> str:
    """Join a room, by id or alias, with the help of these servers; the result is its id. Does
    nothing in a room that the bot is in. Raises Refused and Away."""
    # Older servers know the parameter under the other name.
    servers = [(name, server) for server in via for name in ("via", "server_name")]
    path = f"/_matrix/client/v3/join/{quote(room, safe='')}"
    if servers:
        path += f"?{urlencode(servers)}"
    answer = await _patiently(lambda: homeserver.fetch("POST", path, within=_PATIENCE))
    return str(answer["room_id"])


async def leave(homeserver: Homeserver, room_id: str, reason: str | None = None) -> None:
    """Leave a room, or decline the invitation to it, and have it forgotten. Raises Refused and
    Away."""
    body = {} if reason is None else {"reason": reason}
    await _patiently(lambda: homeserver.ask("POST", "rooms", room_id, "leave", body=body))
    # A room that the homeserver remembers for us does no harm.
    with contextlib.suppress(Refused, Away):
        await homeserver.ask("POST", "rooms", room_id, "forget")


def server_of(id: str) -> str:
    """The server in the id of a user or an alias; empty where there is none."""
    return id.partition(":")[2]


def why(problem: Refused | Away) -> str:
    """Why a room cannot be joined, in words for an organiser."""
    if isinstance(problem, Away):
        return f"the homeserver cannot be reached: {problem}"
    match problem.code:
        case _ if problem.limited:
            return "the homeserver lets nobody join so many rooms at once"
        case "M_FORBIDDEN":
            return "it is for people who were invited, or the bot is banned there: invite the bot"
        case "M_NOT_FOUND":
            return "there is no such room"
        case _:
            return str(problem)


async def _patiently(ask: Callable[[], Awaitable[Any]]) -> Any:
    """The answer, asked for again where that may help. Raises Refused and Away."""
    loop = asyncio.get_running_loop()
    until, failures = loop.time() + _PATIENCE, 0
    while True:
        try:
            return await ask()
        except (Refused, Away) as problem:
            after = pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE)
            if isinstance(problem, Refused):
                if not problem.limited:
                    raise
                after = problem.after or after
            if loop.time() + after.total_seconds() > until:
                raise
        failures += 1
        await asyncio.sleep(after.total_seconds())
