"""People on Matrix: every bot is measured with the same few requests, as few as can be, for the
homeserver that they cost time is the one that the bots wait for."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from tests.servers.accounts import Account
from tests.servers.matrix_api import Api
from tests.servers.synapse import Synapse

S = TypeVar("S")
T = TypeVar("T")

_AT_A_TIME = 10
_LOOKS_EVERY = 0.5
_JOINING = 120.0
_LAST = 50
_SYNCING = 30_000


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, at a moment of the homeserver's clock, in seconds since 1970."""

    at: float
    body: str


class Person:
    """Somebody who is logged in."""

    def __init__(self, account: Account, api: Api) -> None:
        self.account = account
        self.user = account.user
        self._api = api
        self._said = count()
        self._firsts = count()

    async def open_room(self, invites: Iterable[str], *, direct: bool) -> str:
        """Make a room, a direct chat or a public one; the result is its id."""
        body = {
            "preset": "trusted_private_chat" if direct else "public_chat",
            "is_direct": direct,
            "invite": list(invites),
        }
        answer = await self._api.post("createRoom", body=body)
        return str(answer["room_id"])

    async def join(self, room: str) -> None:
        """Come into a room."""
        await self._api.post("join", room)

    async def sees(self, user: str, room: str) -> bool:
        """True if somebody is in the room by now."""
        answer = await self._api.get("rooms", room, "joined_members")
        return user in answer["joined"]

    async def say(self, room: str, body: str) -> None:
        """Say something, as a message that rings; returns when the homeserver has it."""
        content = {"msgtype": "m.text", "body": body}
        path = ("rooms", room, "send", "m.room.message", f"said-{next(self._said)}")
        await self._api.put(*path, body=content)

    async def read(self, room: str, by: str) -> list[Said]:
        """What somebody said in the room last, the latest first."""
        query = {"dir": "b", "limit": str(_LAST), "filter": json.dumps(_from(by))}
        answer = await self._api.get("rooms", room, "messages", **query)
        return said_in(answer["chunk"])

    async def sync(self, room: str, by: str, since: str | None) -> tuple[list[Said], str]:
        """What somebody has said in the room since, at once or as soon as there is something; and
        since when that is asked the next time. At first, with None, nothing."""
        # Synapse answers the same first sync from memory for two minutes, so none is the same; and
        # it answers each at once.
        timeout = next(self._firsts) if since is None else _SYNCING
        query = {"timeout": str(timeout), "filter": json.dumps(_alone(room, by))}
        answer = await self._api.get("sync", **query, **({"since": since} if since else {}))
        joined = answer.get("rooms", {}).get("join", {})
        events = joined.get(room, {}).get("timeline", {}).get("events", []) if since else []
        return said_in(events), str(answer["next_batch"])


def said_in(events: Iterable[dict[str, Any]]) -> list[Said]:
    """What is said in events of a timeline, in their order."""
    return [
        Said(event["origin_server_ts"] / 1000, event["content"]["body"])
        for event in events
        if event["type"] == "m.room.message" and "body" in event["content"]
    ]


async def registered(server: Synapse, number: int) -> list[Account]:
    """So many new accounts."""
    names = [f"person{index:03}" for index in range(1, number + 1)]
    return await some_at_a_time(server.accounts.register, names)


async def logged_in(stack: AsyncExitStack, url: str, accounts: Iterable[Account]) -> list[Person]:
    """Those who have these accounts, at a homeserver, until the end of the stack."""
    return [
        Person(account, await stack.enter_async_context(Api(url, account.token)))
        for account in accounts
    ]


async def opened(people: Sequence[Person], bot: str) -> list[str]:
    """A direct chat of each with the bot, to which they have invited it."""
    return await some_at_a_time(lambda person: person.open_room([bot], direct=True), people)


async def gathered(people: Sequence[Person], bot: str) -> str:
    """A public room in which all of them are, and to which the first has invited the bot."""
    first, *others = people
    room = await first.open_room([bot], direct=False)
    await some_at_a_time(lambda person: person.join(room), others)
    return room


async def joined(person: Person, user: str, room: str) -> None:
    """Wait until somebody is in the room. Raises TimeoutError."""
    async with asyncio.timeout(_JOINING):
        while True:
            if await person.sees(user, room):
                return
            await asyncio.sleep(_LOOKS_EVERY)


async def heard(
    people: Sequence[Person], rooms: Sequence[str], by: str, mark: str, *,
    since: float, until: float, settling: float = 0.0, every: float = _LOOKS_EVERY,
) -> list[list[float]]:  # fmt: skip
    """When each has heard in their room what has the mark, `since` a moment: by the homeserver's
    clock, once everybody has, or at `until`, and after so many seconds of `settling`.

    Nobody listens meanwhile: to wake 200 people would cost more than what is measured. Who has
    heard nothing yet is looked at again, one of them at a time, and those first who are likely to
    be the last.
    """

    async def times(person: Person, room: str) -> list[float]:
        said = await person.read(room, by)
        return sorted(each.at for each in said if mark in each.body and each.at >= since)

    pairs = list(zip(people, rooms, strict=True))
    for pair in reversed(pairs):
        while True:
            if await times(*pair) or time.time() >= until:
                break
            await asyncio.sleep(every)
    await asyncio.sleep(settling)
    return await some_at_a_time(lambda pair: times(*pair), pairs)


async def some_at_a_time(work: Callable[[S], Awaitable[T]], of: Iterable[S]) -> list[T]:
    """The results of some work, in order, of which not much is under way at a time."""
    turns = asyncio.Semaphore(_AT_A_TIME)

    async def one(item: S) -> T:
        async with turns:
            return await work(item)

    return await asyncio.gather(*map(one, of))


def _from(user: str) -> dict[str, Any]:
    return {"types": ["m.room.message"], "senders": [user]}


def _alone(room: str, user: str) -> dict[str, Any]:
    """The filter for nothing but what somebody says in a room."""
    # https://spec.matrix.org/latest/client-server-api/#filtering
    nothing: dict[str, Any] = {"types": []}
    return {
        "presence": nothing,
        "account_data": nothing,
        "room": {
            "rooms": [room],
            "account_data": nothing,
            "ephemeral": nothing,
            "state": nothing,
            "timeline": {**_from(user), "limit": _LAST},
        },
    }
