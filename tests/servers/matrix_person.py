"""A person on Matrix, for tests: a client of their own, which sees all in its rooms."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import uuid4

from aiohttp import ClientError

from tests.servers.accounts import Account
from tests.servers.matrix_api import Api, Refused
from tests.servers.matrix_events import Content, Event, edit, message, reaction
from tests.servers.synapse import Synapse

_FILTER = json.dumps(
    {
        "presence": {"types": []},
        "room": {"ephemeral": {"types": []}, "timeline": {"limit": 100}},
    }
)
_POLL = 30_000  # milliseconds
# The server is away: there is another by the time that a test expects something of it.
_AGAIN = 0.05
_MARK = "org.example.up_to_date"
_ENCRYPTED = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


class Encryption(Protocol):
    """What makes a client an encrypting one."""

    async def open(self) -> None:
        """Publish the device's keys."""

    async def close(self) -> None: ...

    async def read(self, sync: dict[str, Any]) -> Mapping[str, dict[str, Any]]:
        """Take the keys out of an answer to /sync; its events that can be read now, by id."""

    async def send(self, room: str, type: str, content: Content) -> str:
        """The id of the event, which is encrypted if the room is. Raises Refused."""


class Person:
    """Is there in an `async with`, from when the server has told what happened until then.

    `events` are all that came, of all rooms, in order. `hears`, `heard_from` and `sees` pass over
    what an earlier one of them has returned for this room, and nothing else: the order in which a
    test asks does not matter. They raise AssertionError with all that was seen if what they wait
    for does not come in time. What the server refuses raises Refused."""

    def __init__(
        self, url: str, account: Account, encryption: Encryption | None = None,
        listens: bool = True,
    ) -> None:  # fmt: skip
        self.user = account.user
        self.events: list[Event] = []
        self._api = Api(url, account.token)
        self._encryption = encryption
        self._listens = listens
        self._since = ""
        self._fresh: list[Event] = []
        self._members: dict[tuple[str, str], Event] = {}
        self._encrypted: set[str] = set()
        self._invitations: list[Event] = []
        self._unread: dict[str, tuple[int, int]] = {}
        self._marks = 0
        self._marked = 0
        self._arrival = asyncio.Condition()
        self._end = ""

    async def __aenter__(self) -> Self:
        await self._api.__aenter__()
        try:
            if self._encryption is not None:
                await self._encryption.open()
            if self._listens:
                await self._sync(0)
        except BaseException:
            await self._leave()
            raise
        if self._listens:
            self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        try:
            if self._listens:
                self._listening.cancel()
                with suppress(asyncio.CancelledError):
                    await self._listening
        finally:
            await self._leave()

    async def _leave(self) -> None:
        if self._encryption is not None:
            await self._encryption.close()
        await self._api.__aexit__(None, None, None)

    # Rooms.

    async def create_room(
        self, name: str = "", *, public: bool = False, invite: Sequence[str] = (),
        encrypted: bool | None = None,
    ) -> str:  # fmt: skip
        """The id of a new room; without `encrypted`, it is encrypted if the person's client can."""
        preset = "public_chat" if public else "private_chat"
        body = {"preset": preset, "invite": list(invite), **({"name": name} if name else {})}
        return await self._create(body, encrypted)

    async def open_chat(self, user: str, *, encrypted: bool | None = None) -> str:
        """The id of a new direct chat, to which the user is invited."""
        body = {"preset": "trusted_private_chat", "is_direct": True, "invite": [user]}
        return await self._create(body, encrypted)

    async def _create(self, body: dict[str, Any], encrypted: bool | None) -> str:
        if encrypted is None:
            encrypted = self._encryption is not None
        if encrypted:
            body["initial_state"] = [_ENCRYPTED]
        room: str = (await self._api.post("createRoom", body=body))["room_id"]
        if encrypted and self._encryption is not None:
            # The server may show a room before all that it begins with is there: what is sent
            # into it now would not be encrypted.
            await self._wait(lambda: room in self._encrypted, 10.0, "encryption", room)
        return room

    async def join(self, room: str) -> None:
        await self._api.post("join", room)

    async def leave(self, room: str) -> None:
        await self._api.post("rooms", room, "leave")

    async def invite(self, room: str, user: str) -> None:
        await self._api.post("rooms", room, "invite", body={"user_id": user})

    async def kick(self, room: str, user: str) -> None:
        await self._api.post("rooms", room, "kick", body={"user_id": user})

    async def upgrade(self, room: str) -> str:
        """The id of the room that replaces it, to which nobody else is invited."""
        body = {"new_version": "12"}
        answer = await self._api.post("rooms", room, "upgrade", body=body)
        new: str = answer["replacement_room"]
        return new

    # Messages; what these return is the id of the new event.

    async def say(
        self, room: str, body: str, *, html: str = "", msgtype: str = "m.text", thread: str = "",
        reply_to: str = "", mentions: Sequence[str] = (),
    ) -> str:  # fmt: skip
        content = message(body, html, msgtype, thread, reply_to, mentions)
        return await self.send(room, "m.room.message", content)

    async def edit(
        self, room: str, event: str, body: str, *, html: str = "", mentions: Sequence[str] = ()
    ) -> str:
        content = edit(event, message(body, html, mentions=mentions))
        return await self.send(room, "m.room.message", content)

    async def react(self, room: str, event: str, key: str) -> str:
        return await self.send(room, "m.reaction", reaction(event, key))

    async def redact(self, room: str, event: str) -> str:
        path = ("rooms", room, "redact", event, uuid4().hex)
        redaction: str = (await self._api.put(*path))["event_id"]
        return redaction

    async def send(self, room: str, type: str, content: Content) -> str:
        """Any event."""
        if self._encryption is not None:
            # Whether it is encrypted, and for whom, is known when it has been heard of.
            await self.membership(room, self.user, "join")
            return await self._encryption.send(room, type, content)
        path = ("rooms", room, "send", type, uuid4().hex)
        event: str = (await self._api.put(*path, body=content))["event_id"]
        return event

    # What is seen.

    async def hears(self, room: str, of: str, within: float = 10.0) -> Event:
        """The next message, m.room.message, of a user."""
        [event] = await self.heard_from(room, of, 1, within)
        return event

    async def heard_from(self, room: str, of: str, count: int, within: float = 10.0) -> list[Event]:
        """The next messages of a user."""

        def fits(event: Event) -> bool:
            return event.type == "m.room.message" and event.sender == of

        return await self._take(room, fits, count, within, f"{count} messages of {of}")

    async def sees(self, room: str, fits: Callable[[Event], bool], within: float = 10.0) -> Event:
        """The next event for which the function is true."""
        [event] = await self._take(room, fits, 1, within, "it")
        return event

    async def membership(
        self, room: str, user: str, membership: str, within: float = 10.0
    ) -> Event:
        """The event since which the user's membership, as far as known, is this one."""

        def is_so() -> bool:
            event = self._members.get((room, user))
            return event is not None and event.content["membership"] == membership

        await self._wait(is_so, within, f"the {membership} of {user}", room)
        return self._members[room, user]

    async def invitation(self, by: str, within: float = 10.0) -> Event:
        """The next invitation by a user; its content says whether it is to a direct chat."""

        def theirs() -> list[Event]:
            return [event for event in self._invitations if event.sender == by]

        await self._wait(lambda: bool(theirs()), within, f"an invitation by {by}")
        event = theirs()[0]
        self._invitations.remove(event)
        return event

    async def is_up_to_date(self) -> None:
        """Whatever happened until now has been seen."""
        self._marks += 1
        mark = self._marks
        await self._api.put("user", self.user, "account_data", _MARK, body={"mark": mark})
        await self._wait(lambda: self._marked >= mark, 10.0, "the mark")

    def unread(self, room: str) -> tuple[int, int]:
        """How many messages are to notify the person, and how many of them to highlight, by the
        push rules that everybody has: clients ring for the former."""
        return self._unread.get(room, (0, 0))

    # What the server has.

    async def history(self, room: str) -> list[Event]:
        """The last hundred events, as the server keeps them: not decrypted."""
        answer = await self._api.get("rooms", room, "messages", dir="b", limit="100")
        return [Event.of(room, raw) for raw in reversed(answer["chunk"])]

    async def account_data(self, type: str) -> Content:
        """The person's, such as m.direct; nothing where there is none."""
        try:
            return await self._api.get("user", self.user, "account_data", type)
        except Refused as refused:
            if refused.code != "M_NOT_FOUND":
                raise
            return {}

    async def _take(
        self, room: str, fits: Callable[[Event], bool], count: int, within: float, what: str
    ) -> list[Event]:
        found: list[Event] = []
        looked_at = 0

        def enough() -> bool:
            nonlocal looked_at
            news = self._fresh[looked_at:]
            looked_at = len(self._fresh)
            found.extend(event for event in news if event.room == room and fits(event))
            return len(found) >= count

        await self._wait(enough, within, what, room)
        for event in found[:count]:
            self._fresh.remove(event)
        return found[:count]

    async def _wait(
        self, is_so: Callable[[], bool], within: float, what: str, room: str | None = None
    ) -> None:
        def over() -> bool:
            return is_so() or bool(self._end)

        # If it is too late, that is said below, with what did come.
        with suppress(TimeoutError):
            async with asyncio.timeout(within), self._arrival:
                await self._arrival.wait_for(over)
        if not is_so():
            seen = "\n  ".join(str(event) for event in self.events if event.room == room)
            end = f" before {self._end}" if self._end else f" in {within} s"
            raise AssertionError(f"{self.user} did not see {what}{end}:\n  {seen}")

    async def _listen(self) -> None:
        try:
            while True:
                try:
                    await self._sync(_POLL)
                except (ClientError, OSError):
                    await asyncio.sleep(_AGAIN)
        except Refused as refused:
            await self._ends(f"the server refused to go on, {refused}")
        except Exception as error:
            # Whoever waits hears of it now, and the test at the end of the block.
            await self._ends(f"the client failed, {error!r}")
            raise

    async def _ends(self, reason: str) -> None:
        self._end = reason
        async with self._arrival:
            self._arrival.notify_all()

    async def _sync(self, poll: int) -> None:
        since = {"since": self._since} if self._since else {}
        sync = await self._api.get("sync", timeout=str(poll), filter=_FILTER, **since)
        rooms = sync.get("rooms", {})
        for room, news in rooms.get("join", {}).items():
            if news["timeline"]["limited"] and (room, self.user) in self._members:
                await self._fill(room, news["timeline"])
        read = {} if self._encryption is None else await self._encryption.read(sync)
        for part in ("join", "leave"):
            for room, news in rooms.get(part, {}).items():
                self._news(room, news, read)
        for room, news in rooms.get("invite", {}).items():
            self._invited(room, news["invite_state"]["events"])
        for data in sync.get("account_data", {}).get("events", []):
            if data["type"] == _MARK:
                self._marked = data["content"]["mark"]
        self._since = sync["next_batch"]
        async with self._arrival:
            self._arrival.notify_all()

    async def _fill(self, room: str, timeline: dict[str, Any]) -> None:
        """Put before a timeline what the server left out, because it was much."""
        missing: list[dict[str, Any]] = []
        start = timeline["prev_batch"]
        while start:
            query = {"dir": "b", "from": start, "to": self._since, "limit": "1000"}
            answer = await self._api.get("rooms", room, "messages", **query)
            missing += answer["chunk"]
            start = answer.get("end")
        timeline["events"][:0] = reversed(missing)

    def _news(self, room: str, news: dict[str, Any], read: Mapping[str, dict[str, Any]]) -> None:
        state = [Event.of(room, raw) for raw in news["state"]["events"]]
        timeline = [
            Event.of(room, raw, read.get(raw["event_id"])) for raw in news["timeline"]["events"]
        ]
        self.events += timeline
        self._fresh += timeline
        for event in (*state, *timeline):
            if event.type == "m.room.member" and event.state_key is not None:
                self._members[room, event.state_key] = event
            elif event.type == "m.room.encryption":
                self._encrypted.add(room)
        counts = news.get("unread_notifications", {})
        self._unread[room] = (
            counts.get("notification_count", 0),
            counts.get("highlight_count", 0),
        )

    def _invited(self, room: str, state: list[dict[str, Any]]) -> None:
        for raw in state:
            if raw["type"] == "m.room.member" and raw["state_key"] == self.user:
                self._invitations.append(Event.of(room, raw))


@asynccontextmanager
async def person(server: Synapse, name: str) -> AsyncIterator[Person]:
    """Somebody with a new account, for whom there are no limits, until the end of the block."""
    account = await server.accounts.register(name, unlimited=server.limits)
    async with Person(server.url, account) as somebody:
        yield somebody
