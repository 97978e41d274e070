"""The bot's account as far as rooms go: what comes with a sync is handed to the three parts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from nio import AsyncClient, SyncResponse

from bot.adapters.matrix.homeserver import Homeserver
from bot.adapters.matrix.rooms.directs import Directs
from bot.adapters.matrix.rooms.invitations import Invitations
from bot.adapters.matrix.rooms.membership import Membership, Pauses
from bot.adapters.matrix.settings import Matrix
from bot.storing import Store
from tests.servers.accounts import Account
from tests.servers.matrix_person import Person
from tests.servers.synapse import SERVER_NAME, Synapse

QUICK = Pauses(
    again=timedelta(milliseconds=50),
    sent_away=timedelta(milliseconds=50),
    alone=timedelta(seconds=1),
)
_POLL = "300"  # milliseconds
_WITHIN = 10.0


class Stay:
    """One life of the bot. `moves` are the rooms that went on in others, and those."""

    def __init__(self, homeserver: Homeserver, settings: Matrix, store: Store) -> None:
        self.homeserver = homeserver
        self.user = settings.user_id
        self.moves: list[tuple[str, str]] = []
        self._client = AsyncClient(homeserver.url, settings.user_id)
        self._client.user_id = settings.user_id
        self.rooms = self._client.rooms
        self.membership = Membership(homeserver, settings, store, self.rooms, self._moved, QUICK)
        self.directs = Directs(homeserver, settings, self.rooms, self.membership.is_configured)
        self.invitations = Invitations(
            homeserver, settings, store, self.directs, self.membership.expects, QUICK.again
        )
        self._since = ""

    async def start(self) -> None:
        await self.directs.load()
        await self.membership.load()
        await self.invitations.load()
        await self.sync()
        self.membership.start()
        self.invitations.start()

    async def sync(self) -> None:
        """Take what has happened, or what happens next."""
        # Synapse has the first answer for two minutes: a new life would get what an old one got.
        first = {"timeout": f"{uuid4().int % 1_000_000}"}
        query = {"timeout": _POLL, "since": self._since} if self._since else first
        response = SyncResponse.from_dict(await self.homeserver.ask("GET", "sync", query=query))
        assert isinstance(response, SyncResponse)
        self._since = response.next_batch
        await self._client.receive_response(response)
        for event in response.account_data_events:
            if getattr(event, "type", "") == "m.direct":
                self.directs.heard(event.content)
        for room in response.rooms.leave:
            self.rooms.pop(room, None)
        for room in (*response.rooms.join, *response.rooms.leave):
            self.directs.changed(room)
            self.membership.changed(room)
        for room, info in response.rooms.invite.items():
            await self.invitations.answer(room, info.invite_state)

    async def until(self, is_so: Callable[[], Any]) -> None:
        """Go on until this is so."""
        async with asyncio.timeout(_WITHIN):
            while not is_so():
                await self.sync()

    async def joined(self) -> set[str]:
        """The rooms in which the homeserver has the bot."""
        return set((await self.homeserver.ask("GET", "joined_rooms"))["joined_rooms"])

    async def end(self) -> None:
        """As a crash does: nothing is finished."""
        await self.invitations.close()
        await self.membership.close()
        await self.directs.close()
        await self._client.close()
        await self.homeserver.close()

    async def _moved(self, old: str, new: str) -> None:
        self.moves.append((old, new))
        await self.directs.moved(old, new)


@asynccontextmanager
async def staying(
    synapse: Synapse, account: Account, store: Store, **settings: Any
) -> AsyncIterator[Stay]:
    """The bot, which has heard what there was to hear, until the end of the block."""
    stay = stay_of(synapse.url, account, store, **settings)
    try:
        await stay.start()
        yield stay
    finally:
        await stay.end()


async def answered(invitations: Invitations) -> None:
    """Wait until nothing is left to be answered."""
    async with asyncio.timeout(_WITHIN):
        while invitations._tasks:
            await asyncio.wait(invitations._tasks.values())


def stay_of(url: str, account: Account, store: Store, **settings: Any) -> Stay:
    """One that has not begun."""
    homeserver = Homeserver(url)
    homeserver.token = account.token
    return Stay(homeserver, settings_of(url, account.user, **settings), store)


def settings_of(
    url: str = "https://matrix.example.org", user_id: str = "@bot:example.org", **settings: Any
) -> Matrix:
    return Matrix.model_validate(
        {"homeserver": url, "user_id": user_id, "password": "secret", **settings}
    )


async def give_alias(person: Person, room_id: str, word: str) -> str:
    """The new alias of a room, with this word in it."""
    alias = f"#{word}-{uuid4().hex}:{SERVER_NAME}"
    await person._api.put("directory", "room", alias, body={"room_id": room_id})
    return alias
