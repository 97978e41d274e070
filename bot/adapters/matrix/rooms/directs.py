"""Which room is whose direct chat: by what the account data says, and by what rooms look like."""

import asyncio
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import structlog
from nio import MatrixRoom

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.settings import Matrix

_log = structlog.get_logger(__name__)

_TYPE = "m.direct"
"""The account data that lists direct chats by user.
https://spec.matrix.org/latest/client-server-api/#direct-messaging"""
_CLOSED = ("invite", "knock", "private")
"""Join rules of rooms into which nobody comes without being let in."""
_CREATION = 60.0
"""Seconds for a new room: another server may have to be told of the invitation."""
_SOON = 30.0
"""Seconds until a sync has brought a new room, and who was invited to it."""
_ANOTHER = 3600.0
"""Seconds until another chat is opened with somebody who has had one."""
_LATER = 60.0
"""Seconds until account data that could not be written is written again."""
_ENCRYPTION = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


class Directs:
    """The direct chats of one account.

    `rooms` are those that the bot is in, as the last batch of a sync has left them; they name all
    their members (no lazy loading).
    """

    def __init__(
        self, homeserver: Homeserver, settings: Matrix, rooms: Mapping[str, MatrixRoom],
        is_configured: Callable[[str], bool],
    ) -> None:  # fmt: skip
        """`is_configured` tells whether a room is one of the settings."""
        self._homeserver = homeserver
        self._settings = settings
        self._rooms = rooms
        self._is_configured = is_configured
        # By user, the preferred first: what the account data says, and what was noted since then.
        self._listed: Mapping[str, list[str]] = {}
        self._noted: dict[str, list[str]] = {}
        self._unwritten: dict[tuple[str, str], None] = {}
        self._writing = asyncio.Lock()
        self._writes_again = 0.0
        # Rooms that look like a chat with somebody, and with whom.
        self._looks: dict[str, dict[str, None]] = {}
        self._with: dict[str, str] = {}
        # With whom a room is that was opened here and that no sync has brought yet, and how long
        # (the loop's time) that may take.
        self._awaited: dict[str, tuple[str, float]] = {}
        self._opening: dict[str, asyncio.Task[str]] = {}
        # When (the loop's time) a chat was opened with whom, or could not be.
        self._tried: dict[str, float] = {}

    async def load(self) -> None:
        """Read what the account data says. Raises Refused and Away."""
        self.heard(await self._read())

    def heard(self, content: Mapping[str, Any]) -> None:
        """The account data (m.direct) says this now."""
        self._listed = {
            user: [room_id for room_id in room_ids if isinstance(room_id, str)]
            for user, room_ids in content.items()
            if isinstance(room_ids, list)
        }

    def changed(self, room_id: str) -> None:
        """A sync has brought something about this room; if it is not among the rooms, the bot is
        not in it any more."""
        user = self._with.pop(room_id, None)
        if user is not None:
            del self._looks[user][room_id]
            if not self._looks[user]:
                del self._looks[user]
        room = self._rooms.get(room_id)
        if room is None:
            self._forget(room_id)
        elif self.is_private(room_id):
            other = next(user for user in room.users if user != room.own_user_id)
            self._awaited.pop(room_id, None)
            if _is_plain(room):
                self._looks.setdefault(other, {})[room_id] = None
                self._with[room_id] = other

    def is_private(self, room_id: str) -> bool:
        """True if nobody but one other person reads there, or will without being let in, and the
        room is not meant for more."""
        room = self._rooms.get(room_id)
        if room is None or len(room.users) != 2 or room.own_user_id not in room.users:
            return False
        other = next(user for user in room.users if user != room.own_user_id)
        return (
            room.join_rule in _CLOSED
            and room.history_visibility != "world_readable"
            and not self._is_configured(room_id)
            and (_is_plain(room) or self._is_direct(room_id, other))
        )

    def is_with(self, user: str, room_id: str) -> bool:
        """True if what is said in this room now is for this user alone."""
        room = self._rooms.get(room_id)
        if room is None or len(room.users) == 1:
            # A new room comes first, and who was invited to it a moment later.
            other, soon = self._awaited.get(room_id, ("", 0.0))
            return other == user and asyncio.get_running_loop().time() < soon
        if room.encrypted and not self._settings.encryption:
            return False
        return self.is_private(room_id) and user in room.users and not room.replacement_room

    def room_of(self, user: str) -> str | None:
        """The private room in which this user is, or to which they are invited: where they have
        come rather than one where they have not, then the one that was noted last."""
        rooms = [room_id for room_id in self._candidates(user) if self.is_with(user, room_id)]
        return min(rooms, key=lambda room_id: self._is_invited(room_id, user), default=None)

    def has_left(self, user: str) -> bool:
        """True if this user had a chat with the bot and has none any more: they have left it,
        declined it, or sent the bot away."""
        known = [*self._noted.get(user, ()), *self._listed.get(user, ())]
        still = any(room_id in self._rooms and user in self._rooms[room_id].users
                    for room_id in known)  # fmt: skip
        return bool(known) and not still and self.room_of(user) is None

    async def note(self, user: str, room_id: str) -> None:
        """The user prefers this chat now. That is remembered, and once written to the account data;
        what cannot be written now is written later."""
        loop = asyncio.get_running_loop()
        noted = self._noted.setdefault(user, [])
        if noted[:1] != [room_id]:
            self._noted[user] = [room_id, *(other for other in noted if other != room_id)]
        if room_id in self._listed.get(user, ()):
            return
        # Somebody who writes much while it fails is not a reason to try that often.
        if (user, room_id) not in self._unwritten or loop.time() >= self._writes_again:
            self._unwritten[user, room_id] = None
            await self._write()

    async def moved(self, old: str, new: str) -> None:
        """A room goes on in another one: so does a chat there."""
        everybody = chain(self._noted.items(), self._listed.items())
        for user in {user for user, room_ids in everybody if old in room_ids}:
            await self.note(user, new)

    def has_tried(self, user: str) -> bool:
        """True if a chat with this user was opened, or could not be, not long ago: whoever leaves
        each one must not use up what the homeserver allows."""
        tried = self._tried.get(user)
        return tried is not None and asyncio.get_running_loop().time() < tried + _ANOTHER

    async def open(self, user: str) -> str:
        """The chat of this user, made if there is none; the next sync may not have brought it yet.
        Raises Refused and Away."""
        task = self._opening.get(user)
        if task is None:
            task = self._opening[user] = asyncio.create_task(self._open(user))
            task.add_done_callback(lambda _: self._opening.pop(user, None))
        try:
            # Whoever gives up must not leave a room behind of which nobody knows.
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise Away("the bot is stopping") from None
            raise

    async def close(self) -> None:
        """No chat is opened any more."""
        tasks = list(self._opening.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _open(self, user: str) -> str:
        known = self.room_of(user)
        if known is not None:
            return known
        body = {
            # They need no power there: nobody else decides what becomes of the room.
            "preset": "private_chat",
            "is_direct": True,
            "invite": [user],
            "initial_state": [_ENCRYPTION] if self._settings.encryption else [],
        }
        loop = asyncio.get_running_loop()
        try:
            answer = await self._homeserver.ask("POST", "createRoom", body=body, within=_CREATION)
        except Refused as refusal:
            if not refusal.for_now:
                self._note_try(user)
            raise
        room_id = str(answer["room_id"])
        self._note_try(user)
        # A sync may have begun to show the room already.
        self._awaited[room_id] = (user, loop.time() + _SOON)
        _log.info("opened a direct chat", network=self._settings.name, room=room_id, user=user)
        await self.note(user, room_id)
        return room_id

    def _note_try(self, user: str) -> None:
        now = asyncio.get_running_loop().time()
        self._tried = {other: at for other, at in self._tried.items() if now < at + _ANOTHER}
        self._tried[user] = now

    def _forget(self, room_id: str) -> None:
        """The bot is not in this room any more. Who has left a chat is told by the account data, so
        only what is not written there stays."""
        self._awaited.pop(room_id, None)
        for user in [user for user, rooms in self._noted.items() if room_id in rooms]:
            if room_id in self._listed.get(user, ()):
                self._noted[user].remove(room_id)
                if not self._noted[user]:
                    del self._noted[user]

    def _is_direct(self, room_id: str, user: str) -> bool:
        return room_id in self._noted.get(user, ()) or room_id in self._listed.get(user, ())

    def _candidates(self, user: str) -> dict[str, None]:
        everywhere = (self._noted, self._listed, self._looks)
        return dict.fromkeys(chain.from_iterable(rooms.get(user, ()) for rooms in everywhere))

    def _is_invited(self, room_id: str, user: str) -> bool:
        room = self._rooms.get(room_id)
        return room is None or user not in room.users or bool(room.users[user].invited)

    async def _read(self) -> dict[str, Any]:
        """Raises Refused and Away."""
        try:
            content = await self._homeserver.ask("GET", *self._path)
        except Refused as problem:
            if problem.code != "M_NOT_FOUND":
                raise
            return {}
        return content if isinstance(content, dict) else {}

    @property
    def _path(self) -> tuple[str, ...]:
        return ("user", self._settings.user_id, "account_data", _TYPE)

    async def _write(self) -> None:
        """Write what is not written yet, whoever waits for it, in one request."""
        async with self._writing:
            news = list(self._unwritten)
            if not news:
                return
            try:
                # Other programs write there too, for the same account, and each writes all of it.
                content = await self._read()
                for user, room_id in news:
                    listed = content.get(user)
                    others = listed if isinstance(listed, list) else []
                    content[user] = [room_id, *(other for other in others if other != room_id)]
                await self._homeserver.ask("PUT", *self._path, body=content)
            except (Refused, Away) as problem:
                self._writes_again = asyncio.get_running_loop().time() + _LATER
                _log.warning("cannot write down a direct chat", network=self._settings.name,
                             reason=str(problem))  # fmt: skip
                return
            for new in news:
                self._unwritten.pop(new, None)
            self.heard(content)


def _is_plain(room: MatrixRoom) -> bool:
    """True if nothing shows that a room is meant for more than two: a name, or being a space."""
    return not room.is_named and not room.room_type
