"""The rooms the bot wants to be in: joins those of the settings, follows a room that goes on in
another one, and leaves where nobody is left."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from nio import MatrixRoom

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.rooms.invitations import welcome
from bot.adapters.matrix.rooms.joining import join, leave, server_of, why
from bot.adapters.matrix.settings import Matrix
from bot.backoff import pause
from bot.storing import Store, StoreAway

_log = structlog.get_logger(__name__)

_KEY = "upgraded rooms"
"""What the store keeps: the rooms that others took the place of, and those others."""
_LONGEST_PAUSE = timedelta(minutes=10)
_STORE_PAUSE = 2.0
_LOOK_UP = 5.0
"""Seconds for where an alias leads, at the start."""
_SERVERS = 3
"""Servers that are asked to let the bot into a room that its own one does not know."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long the bot waits before it tries again to join a room (more and more, from `again` on),
    before it comes back to one that it was sent away from, and before it leaves one in which it is
    alone: a new room is empty at first, and others are invited a moment later."""

    again: timedelta = timedelta(seconds=30)
    sent_away: timedelta = timedelta(minutes=1)
    alone: timedelta = timedelta(minutes=1)


_PAUSES = Pauses()


class Membership:
    """What is wanted, and what has become of it. `rooms` are those that the bot is in, as the last
    batch of a sync has left them.

    `refused` says of rooms of the settings why they could not be joined; `settled` is set when each
    has been tried.
    """

    def __init__(
        self, homeserver: Homeserver, settings: Matrix, store: Store,
        rooms: Mapping[str, MatrixRoom], moved: Callable[[str, str], Awaitable[None]],
        pauses: Pauses = _PAUSES,
    ) -> None:  # fmt: skip
        """`moved` is told that one room goes on in another one."""
        self._homeserver = homeserver
        self._settings = settings
        self._store = store
        self._rooms = rooms
        self._moved = moved
        self._pauses = pauses
        self._successors: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        # Where rooms say that they go on.
        self._tombstones: dict[str, str] = {}
        # The rooms that the bot follows others to, and those that it has followed.
        self._awaited: dict[str, str] = {}
        self._followed = set[str]()
        # What is being done with which room.
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._joined = set[str]()
        self.refused: dict[str, str] = {}
        self.settled = asyncio.Event()

    async def load(self) -> None:
        """Find out which rooms those of the settings are, as far as that is quickly done. Raises
        StoreAway."""
        self._successors = json.loads(await self._store.read(self._settings.name, _KEY) or "{}")
        await asyncio.gather(*map(self._look_up, self._settings.rooms))

    def start(self) -> None:
        """Join the rooms of the settings; a sync has brought those that the bot is in."""
        for name in self._settings.rooms:
            self._begin(self._enter, name)
        self._look_whether_settled()

    def is_configured(self, room_id: str) -> bool:
        """True if the settings name this room, or one whose place it took."""
        return room_id in self._ids.values()

    def expects(self, room_id: str) -> bool:
        """True if the bot wants to be there, whoever invites it."""
        return room_id in self._awaited or self.is_configured(room_id)

    def room(self, name: str) -> str | None:
        """The id of a room of the settings as it is today; None if that is not known yet."""
        return self._ids.get(name)

    def today(self, room_id: str) -> str:
        """The room in which this one goes on, or itself."""
        seen = {room_id}
        while (successor := self._successors.get(room_id)) is not None and successor not in seen:
            seen.add(successor)
            room_id = successor
        return room_id

    def changed(self, room_id: str) -> None:
        """A sync has brought something about this room; if it is not among the rooms, the bot is
        not in it any more."""
        room = self._rooms.get(room_id)
        if room is None:
            self._forget(room_id)
            for name in [name for name, id in self._ids.items() if id == room_id]:
                self._begin(self._enter, name, self._pauses.sent_away.total_seconds())
            return
        successor = room.replacement_room or ""
        # What stands there is whatever somebody wrote.
        usable = successor.startswith("!") and successor != room_id
        if usable and self._tombstones.get(room_id) != successor:
            self._tombstones[room_id] = successor
            if self.is_configured(room_id):
                self._awaited[successor] = room_id
            self._begin(self._follow, room_id, successor)
        old = self._awaited.get(room_id)
        if old is not None and old not in self._followed:
            self._begin(self._follow, old, room_id)
        if self._is_empty(room_id):
            self._begin(self._leave_empty, room_id)

    async def close(self) -> None:
        """Nothing is joined or left any more."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, work: Callable[..., Coroutine[Any, Any, None]], room: str, *more: Any) -> None:
        """Do this with a room, unless it is being done."""
        key = (work.__name__, room)
        running = self._tasks.get(key)
        if running is None or running.done():
            self._tasks[key] = asyncio.create_task(work(room, *more))

    async def _enter(self, name: str, after: float = 0.0) -> None:
        """Join a room of the settings, however long that takes."""
        log = _log.bind(network=self._settings.name, room=name)
        if after:
            log.warning("no longer in a room", again_in=f"{after:.0f}s")
        failures = 0
        while True:
            await asyncio.sleep(after)
            try:
                room_id, servers = await self._find(name)
                self._ids[name] = room_id
                if room_id not in self._rooms:
                    await join(self._homeserver, room_id, servers)
                    log.info("joined")
            except (Refused, Away) as problem:
                after = self._later(failures)
                failures += 1
                self.refused[name] = why(problem)
                log.warning("cannot join", reason=why(problem), again_in=f"{after:.0f}s")
                self._look_whether_settled()
            else:
                self.refused.pop(name, None)
                self._joined.add(name)
                self._look_whether_settled()
                return

    async def _find(self, name: str, within: float = 30.0) -> tuple[str, list[str]]:
        """The id of a room of the settings, and servers that know it. Raises Refused and Away."""
        if name.startswith("!"):
            return self.today(name), list(filter(None, [server_of(name)]))
        answer = await self._homeserver.ask("GET", "directory", "room", name, within=within)
        return self.today(str(answer["room_id"])), list(answer.get("servers", []))[:_SERVERS]

    async def _look_up(self, name: str) -> None:
        with contextlib.suppress(Refused, Away):
            self._ids[name], _ = await self._find(name, _LOOK_UP)

    async def _follow(self, old: str, new: str) -> None:
        """Go on in another room, if whoever leads there may lead the bot, and it is let in; else it
        waits for an invitation."""
        log = _log.bind(network=self._settings.name, room=old, successor=new)
        failures = 0
        while True:
            try:
                leader = await self._leader(old, new)
                if not (self.is_configured(old) or welcome(self._settings, leader, new)):
                    log.info("does not follow a room to its successor", leader=leader)
                    return
                self._awaited[new] = old
                if new not in self._rooms:
                    await join(self._homeserver, new, self._servers(old, leader))
                break
            except (Refused, Away) as problem:
                if isinstance(problem, Refused) and not problem.limited:
                    log.warning("cannot follow a room to its successor", reason=why(problem))
                    return
                await asyncio.sleep(self._later(failures))
                failures += 1
        self._followed.add(old)
        await self._keep(old, new)
        self._ids = {name: self.today(room_id) for name, room_id in self._ids.items()}
        await self._moved(old, new)
        log.info("followed a room to its successor")
        await self._leave(old)

    async def _leader(self, old: str, new: str) -> str:
        """Who has said that a room goes on in the other one; empty if that is not known. Raises
        Refused, where the homeserver is busy, and Away."""
        try:
            tombstone = await self._homeserver.ask(
                "GET", "rooms", old, "state", "m.room.tombstone", query={"format": "event"}
            )
        except Refused as refusal:
            if refusal.limited:
                raise
            return ""
        # An older server does not tell who; another tombstone may have come meanwhile.
        leads = tombstone.get("content", {}).get("replacement_room") == new
        return str(tombstone.get("sender", "")) if leads else ""

    def _servers(self, old: str, leader: str) -> list[str]:
        """Servers that know the successor of a room: that of whoever replaced it, and those of the
        people who have the most to say there."""
        room = self._rooms.get(old)
        members = [] if room is None else sorted(room.users.values(), key=lambda m: -m.power_level)
        people = [leader, *(member.user_id for member in members)]
        servers = dict.fromkeys(map(server_of, people))
        ours = ("", self._settings.server_name)
        return [server for server in servers if server not in ours][:_SERVERS]

    async def _keep(self, old: str, new: str) -> None:
        self._successors[old] = new
        while True:
            try:
                await self._store.keep(self._settings.name, _KEY, json.dumps(self._successors))
            except StoreAway:
                await asyncio.sleep(_STORE_PAUSE)
            else:
                return

    def _forget(self, room_id: str) -> None:
        """The bot is not in this room any more."""
        self._tombstones.pop(room_id, None)
        self._followed.discard(room_id)
        self._awaited = {new: old for new, old in self._awaited.items() if old != room_id}
        self._tasks = {key: task for key, task in self._tasks.items() if not task.done()}

    def _is_empty(self, room_id: str) -> bool:
        room = self._rooms.get(room_id)
        alone = room is not None and list(room.users) == [room.own_user_id]
        return alone and not self.expects(room_id)

    async def _leave_empty(self, room_id: str) -> None:
        await asyncio.sleep(self._pauses.alone.total_seconds())
        if self._is_empty(room_id):
            _log.info("left an empty room", network=self._settings.name, room=room_id)
            await self._leave(room_id)

    async def _leave(self, room_id: str) -> None:
        try:
            await leave(self._homeserver, room_id)
        except (Refused, Away) as problem:
            # At the next start it is tried again.
            _log.info("cannot leave a room", network=self._settings.name, room=room_id,
                      reason=str(problem))  # fmt: skip

    def _later(self, failures: int) -> float:
        """Seconds until what has failed so often before is tried again."""
        return pause(failures, self._pauses.again, _LONGEST_PAUSE).total_seconds()

    def _look_whether_settled(self) -> None:
        if {*self._settings.rooms} <= {*self._joined, *self.refused}:
            self.settled.set()
