"""The bot's account while it is logged in: owns its parts, and hands each batch to them."""

import asyncio
from typing import Any

import structlog

from bot.adapters.matrix import crypto
from bot.adapters.matrix.answering import Answering
from bot.adapters.matrix.chats import Chats
from bot.adapters.matrix.conversations import Conversations
from bot.adapters.matrix.directs import Directs
from bot.adapters.matrix.folder import Folder
from bot.adapters.matrix.gaps import Gaps
from bot.adapters.matrix.homeserver import Homeserver, Refused
from bot.adapters.matrix.invitations import Invitations
from bot.adapters.matrix.limits import Limit, limit_of, remedy
from bot.adapters.matrix.membership import Membership
from bot.adapters.matrix.publishing import publish
from bot.adapters.matrix.reacting import Reactions
from bot.adapters.matrix.sealed import Seals
from bot.adapters.matrix.sending import Sending
from bot.adapters.matrix.session import Session, enter
from bot.adapters.matrix.settings import Matrix
from bot.adapters.matrix.signing import sign
from bot.adapters.matrix.syncing import Batch, Sync
from bot.messages import User
from bot.pacer import Pacer
from bot.ports import Clock, Receive, Seen, Store

_log = structlog.get_logger(__name__)


async def entered(
    settings: Matrix, server: Homeserver, folder: Folder, store: Store, clock: Clock
) -> "Account":
    """Log in, with a device that others trust. Raises CannotSpeak, Refused, Away and StoreAway."""
    session = await enter(settings, server, folder)
    client = crypto.client_of(server, session, folder, encrypts=settings.encryption)
    try:
        said = [f"Logged in on {server.url} as {session.user_id}, device {session.device_id}."]
        if settings.encryption:
            await publish(client.olm, server)
            identity = client.olm.account.identity_keys
            signing = await sign(settings, server, folder, session, identity)
            # If it is not signed, it has been said already.
            said += [signing.said] if signing.signed else []
        await _call_itself(settings, server, session)
        limit = await limit_of(settings, server)
        account = Account(settings, server, client, limit, store, clock)
        await account.load()
    except BaseException:
        crypto.close(client)
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
        self._invitations = Invitations(server, settings, self._directs, self._membership.expects)
        self.chats = Chats(self._directs, Pacer(settings.chat_rate, settings.chat_burst))
        self.sending = Sending(server, client, Pacer(limit.rate, limit.burst), network)
        self._gaps = Gaps(server, client, clock)
        self._seals = Seals(network, client, self.sending, store)
        # Those who could not be written to.
        self._absent = set[str]()

    async def load(self) -> None:
        """Read what was known. Raises Refused, Away and StoreAway."""
        await self._directs.load()
        await self._membership.load()

    async def speak(self, receive: Receive, seen: Seen) -> None:
        """Answer and do what happens in the rooms asks for, until cancelled. Raises Refused where
        the homeserver does not know us any more."""
        settings, server, client = self._settings, self._server, self._client
        reactions = Reactions(settings.name, settings.user_id, server, client, self._store)
        answering = Answering(settings, server, self.chats, self.sending, reactions, receive)
        conversations = Conversations(
            settings, client, self._directs, answering, reactions, self._seals, self._clock
        )
        sync = Sync(server, client, self._store, settings.name)
        try:
            await sync.run(lambda batch: self._take(batch, conversations, seen))
        finally:
            self.ready = False
            conversations.close()
            await self._membership.close()
            await self._directs.close()

    def close(self) -> None:
        """Close the database of keys."""
        crypto.close(self._client)

    def room_called(self, name: str) -> str | None:
        """The id of a room of the settings, if the bot is in it."""
        room = self._membership.room(name)
        return room if room in self._client.rooms else None

    def note_absent(self, user: User) -> None:
        """Notice that this user could not be written to."""
        self._absent.add(user.id)

    async def _take(
        self, batch: Batch, conversations: Conversations, seen: Seen
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
        for room in (*batch.joined, *batch.left):
            self._directs.changed(room)
            self._membership.changed(room)
        if batch.keys_came:
            self._seals.keys_came()
        self.sending.synced()
        if not self.ready:
            self.ready = True
            self._membership.start()
            count = len(self._client.rooms)
            rooms = "1 room" if count == 1 else f"{count} rooms"
            _log.info(f"Listens in {rooms}.", network=self._settings.name)
        for user in [user for user in self._absent if self._directs.room_of(user) is not None]:
            self._absent.discard(user)
            seen(User(self._settings.name, user))
        for room, timeline in batch.joined.items():
            heard = await self._gaps.filled(room, timeline, batch.since)
            begun += filter(None, (conversations.hear(room, arrived) for arrived in heard))
        return begun

    async def _moved(self, old: str, new: str) -> None:
        await self._directs.moved(old, new)


async def _call_itself(settings: Matrix, server: Homeserver, session: Session) -> None:
    """Give the account the name that people see. Raises Refused and Away."""
    profile = ("profile", session.user_id, "displayname")
    try:
        known = (await server.ask("GET", *profile)).get("displayname")
    except Refused as refusal:
        if refusal.limited:
            raise
        known = None
    if known != settings.display_name:
        body = {"displayname": settings.display_name}
        await server.ask("PUT", *profile, body=body)
