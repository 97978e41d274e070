"""The bot's account while it is logged in: owns its parts, and hands each batch to them."""

import asyncio
from typing import Any

import structlog

from bot.adapters.matrix.answering import Answering
from bot.adapters.matrix.client import client_of, close_keys
from bot.adapters.matrix.conversations import Conversations
from bot.adapters.matrix.folder import Folder
from bot.adapters.matrix.hearing.gaps import Gaps
from bot.adapters.matrix.hearing.positions import Position
from bot.adapters.matrix.hearing.reacting import Reactions
from bot.adapters.matrix.hearing.syncing import Batch, Sync
from bot.adapters.matrix.hearing.undecryptable import Seals
from bot.adapters.matrix.homeserver import Homeserver, Refused
from bot.adapters.matrix.keys.cross_signing import sign
from bot.adapters.matrix.keys.sharing import Sharing
from bot.adapters.matrix.keys.uploading import publish
from bot.adapters.matrix.login.login import Login, enter
from bot.adapters.matrix.rooms.chats import Chats
from bot.adapters.matrix.rooms.directs import Directs
from bot.adapters.matrix.rooms.invitations import Invitations
from bot.adapters.matrix.rooms.membership import Membership
from bot.adapters.matrix.sending.delivery import Sending
from bot.adapters.matrix.sending.limits import Limit, limit_of, remedy
from bot.adapters.matrix.settings import Matrix
from bot.messages import User
from bot.pacer import Pacer
from bot.ports import Clock, Receive, Seen
from bot.storing import Store

_log = structlog.get_logger(__name__)


async def entered(
    settings: Matrix, server: Homeserver, folder: Folder, store: Store, clock: Clock
) -> "Account":
    """Log in, with a device that others trust. Raises CannotSpeak, Refused, Away and StoreAway."""
    login = await enter(settings, server, folder)
    client = client_of(server, login, folder, encrypts=settings.encryption)
    try:
        said = [f"Logged in on {server.url} as {login.user_id}, device {login.device_id}."]
        if settings.encryption:
            await publish(client.olm, server)
            identity = client.olm.account.identity_keys
            signing = await sign(settings, server, folder, login, identity)
            # If it is not signed, it has been said already.
            said += [signing.said] if signing.signed else []
        await _call_itself(settings, server, login)
        limit = await limit_of(settings, server)
        account = Account(settings, server, client, limit, store, clock)
        await account.load()
    except BaseException:
        close_keys(client)
        raise
    for sentence in (*said, limit.said(), *([] if limit.unlimited else [remedy(settings)])):
        _log.info(sentence, network=settings.name)
    return account


class Account:
    """All that the bot does as this user. `ready` when it knows which rooms it is in."""

    def __init__(
        self, settings: Matrix, server: Homeserver, client: Any, limit: Limit, store: Store,
        clock: Clock,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._server = server
        self._client = client
        self._store = store
        self._clock = clock
        self.limit = limit
        self.ready = False
        network = settings.name
        self._membership = Membership(server, settings, store, client.rooms, self._moved)
        self._directs = Directs(server, settings, client.rooms, self._membership.is_configured)
        self._invitations = Invitations(
            server, settings, store, self._directs, self._membership.expects
        )
        self.chats = Chats(self._directs, Pacer(settings.chat_rate, settings.chat_burst), clock)
        self._pacer = Pacer(limit.rate, limit.burst)
        self._sharing = Sharing(client, server)
        self.sending = Sending(server, client, self._sharing, self._pacer, network)
        self._seals = Seals(network, client, self.sending, store)
        # Those who could not be written to.
        self._absent = set[str]()

    async def load(self) -> None:
        """Read what was known. Raises Refused, Away and StoreAway."""
        await self._directs.load()
        await self._membership.load()
        await self._invitations.load()

    async def speak(self, receive: Receive, seen: Seen) -> None:
        """Answer and do what happens in the rooms asks for, until cancelled. Raises Refused where
        the homeserver does not know us any more."""
        settings, server, client = self._settings, self._server, self._client
        reactions = Reactions(settings.name, settings.user_id, server, client, self._store)
        answering = Answering(
            settings, server, self._directs, self.chats, self.sending, reactions, receive
        )
        conversations = Conversations(
            settings, client, self._directs, answering, reactions, self._seals, self._clock
        )
        gaps = Gaps(server, client, self._clock, conversations.hear, conversations.start)
        position = Position(self._store, settings.name, client.user_id)
        sync = Sync(server, client, self._sharing, position, settings.name)
        try:
            await sync.run(lambda batch: self._take(batch, conversations, gaps, seen))
        finally:
            self.ready = False
            conversations.close()
            await self._invitations.close()
            await self._membership.close()
            await self.chats.close()
            await self._directs.close()

    def close(self) -> None:
        """Whoever waits to say something does not; the database of keys is closed."""
        self._pacer.close()
        close_keys(self._client)

    def room_called(self, name: str) -> str | None:
        """The id of a room of the settings, if the bot is in it."""
        room = self._membership.room(name)
        return room if room in self._client.rooms else None

    def note_absent(self, user: User) -> None:
        """Notice that this user could not be written to."""
        self._absent.add(user.id)

    async def _take(
        self, batch: Batch, conversations: Conversations, gaps: Gaps, seen: Seen
    ) -> list["asyncio.Task[None]"]:
        """Do what a batch asks for; what is returned ends when that is done."""
        begun = []
        for event in batch.account_data:
            if event.get("type") == "m.direct" and isinstance(event.get("content"), dict):
                self._directs.heard(event["content"])
        for room, state in batch.invited.items():
            begun.append(conversations.start(self._invitations.answer(room, state)))
        for room in batch.left:
            # nio keeps it, with those who were there then.
            self._client.rooms.pop(room, None)
            self.sending.left(room)
        for room in (*batch.joined, *batch.left):
            self._directs.changed(room)
            self._membership.changed(room)
        if batch.keys_came:
            self._seals.keys_came()
        self.sending.synced()
        if not self.ready:
            self.ready = True
            self.sending.shown_whole(batch.joined)
            self._membership.start()
            self._invitations.start()
            count = len(self._client.rooms)
            rooms = "1 room" if count == 1 else f"{count} rooms"
            _log.info(f"Listens in {rooms}.", network=self._settings.name)
        for user in [user for user in self._absent if self._directs.room_of(user) is not None]:
            self._absent.discard(user)
            seen(User(self._settings.name, user))
        for room, timeline in batch.joined.items():
            begun += gaps.heard(room, timeline, batch.since)
        return begun

    async def _moved(self, old: str, new: str) -> None:
        await self._directs.moved(old, new)


async def _call_itself(settings: Matrix, server: Homeserver, login: Login) -> None:
    """Give the account the name that people see, if that may be. Raises Refused where that is to be
    tried again (or the token is known no more), and Away."""
    profile = ("profile", login.user_id, "displayname")
    try:
        known = (await server.ask("GET", *profile)).get("displayname")
    except Refused as refusal:
        if refusal.limited or refusal.unknown_token:
            raise
        known = None
    if known == settings.display_name:
        return
    try:
        await server.ask("PUT", *profile, body={"displayname": settings.display_name})
    except Refused as refusal:
        if refusal.limited or refusal.unknown_token:
            raise
        _log.warning(
            f"The homeserver does not let the bot call itself {settings.display_name}"
            f" ({refusal.said or refusal.code}): people see its account's name.",
            network=settings.name,
        )
