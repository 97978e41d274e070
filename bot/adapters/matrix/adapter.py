"""Matrix as a network of the bot: logs in, listens for ever, and hands out notices and posts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from math import ceil
from typing import TypeVar

import structlog

from bot.adapters.finding import Finding
from bot.adapters.matrix.account import Account, entered
from bot.adapters.matrix.folder import Folder, InUse
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.inspection import inspected
from bot.adapters.matrix.login.login import leave, look, revoked
from bot.adapters.matrix.sending.limits import configured, remedy
from bot.adapters.matrix.sending.writing import content, written
from bot.adapters.matrix.settings import Matrix
from bot.backoff import pause
from bot.document import Reply
from bot.messages import Channel, User
from bot.pacer import Urgency
from bot.ports import CannotSpeak, Clock, Receive, Seen, Traits, TryLater, Unreachable
from bot.storing import Store, StoreAway
from bot.times import Reader, duration

_log = structlog.get_logger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)
_STEADY = 60.0
"""Seconds after which a login was a good one."""
_AWAY = timedelta(seconds=2)
_LOOKS_FOR = 60.0
"""Seconds that `check` gives the homeserver."""
_USUAL_WAIT = timedelta(minutes=5)
_NOT_THERE = "The homeserver cannot be reached; it is tried until it is there."
_TOO_OFTEN = "The homeserver lets nobody log in so often; it is tried again when it does."
_SAID_EACH = 10
"""Tries after which it is said again that they fail."""

T = TypeVar("T")


class MatrixAdapter:
    """Implements `ports.Adapter` for one account on Matrix. Owns its connections."""

    def __init__(self, settings: Matrix, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._account: Account | None = None
        # Until the homeserver has been asked.
        self._limit = configured(settings)

    @property
    def network(self) -> str:
        """The name that its users carry."""
        return self._settings.name

    @property
    def traits(self) -> Traits:
        """What the homeserver allows."""
        limit = self._limit
        rate, burst = (None, 0) if limit.unlimited else (limit.rate, limit.burst)
        return Traits(
            limit.in_flight, rate, drops_repeats=True, burst=burst, remedy=remedy(self._settings)
        )

    @property
    def coming_up(self) -> Sequence[Channel]:
        """The rooms that want to hear what starts where."""
        return [Channel(self.network, room) for room in self._settings.coming_up]

    @property
    def channels(self) -> Sequence[Channel]:
        """The rooms of the settings, each once, whichever of its names they have it by."""
        account, names = self._account, dict[str, str]()
        for name in self._settings.rooms:
            room = account.room_called(name) if account is not None else None
            names.setdefault(room or name, name)
        return [Channel(self.network, name) for name in names.values()]

    def organises(self, user: User) -> bool:
        """True for an organiser: their homeserver says who has sent something."""
        return user.network == self.network and user.id in self._settings.organisers

    async def run(self, receive: Receive, seen: Seen) -> None:
        """Log in, answer, and come back after each outage, until cancelled. Raises CannotSpeak."""
        folder = Folder(self._settings.store)
        with ExitStack() as held:
            await self._patiently(lambda: _hold(folder, held))
            failures, loop = 0, asyncio.get_running_loop()
            while True:
                began = loop.time()
                try:
                    await self._live(folder, receive, seen)
                except Refused as refusal:
                    if not self._may_log_in_again(refusal):
                        raise self._ended(refusal) from None
                if loop.time() - began > _STEADY:
                    failures = 0
                after = pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE)
                failures += 1
                _log.info("The access token has expired: the bot logs in again.",
                          network=self.network)  # fmt: skip
                await asyncio.sleep(after.total_seconds())

    async def _live(self, folder: Folder, receive: Receive, seen: Seen) -> None:
        """Log in and answer, as long as the homeserver knows us. Raises CannotSpeak, StoreAway, and
        Refused when it does not (any more)."""
        server = Homeserver(self._settings.homeserver)
        try:
            account = await self._patiently(
                lambda: entered(self._settings, server, folder, self._store, self._clock)
            )
            try:
                self._account, self._limit = account, account.limit
                await account.speak(receive, seen)
            finally:
                self._account = None
                account.close()
        finally:
            await server.close()

    def _may_log_in_again(self, refusal: Refused) -> bool:
        return refusal.expired and self._settings.password is not None

    def _ended(self, refusal: Refused) -> Exception:
        """Why it does not go on."""
        if refusal.unknown_token:
            return revoked(self._settings)
        if refusal.limited:
            return refusal
        return CannotSpeak(f"{self._settings.homeserver} refuses: {refusal.said or refusal.code}.")

    async def send(
        self,
        user: User,
        reply: Reply,
        reader: Reader,
        key: str,
        until: datetime,
        again: bool = False,
    ) -> None:
        """Write to a user, in their direct chat. Raises TryLater and Unreachable."""
        account = self._current()
        try:
            room = await account.chats.for_notice(user.id, until)
        except Unreachable:
            account.note_absent(user)
            raise
        shown = reply.sessions()
        event = content(
            written(reply, reader), rings=True, mentions=[user.id],
            session=shown[0].id if len(shown) == 1 else None,
        )  # fmt: skip
        try:
            await account.sending.notify(
                room, event, key, until, may=lambda: account.chats.is_with(user.id, room)
            )
        except StoreAway:
            raise TryLater(_AWAY) from None
        except Refused as refusal:
            raise Unreachable(f"the homeserver does not take it ({refusal.code})") from None

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        """Write to a room. Raises TryLater and Unreachable."""
        account = self._current()
        room = account.room_called(channel.id)
        if room is None:
            raise Unreachable("the bot is not in the room")
        event = content(written(reply, reader, self._settings.prefix), rings=False)
        try:
            await account.sending.notify(room, event, key, urgency=Urgency.POST)
        except StoreAway:
            raise TryLater(_AWAY) from None
        except Refused as refusal:
            raise Unreachable(
                f"the homeserver does not let the bot write there ({refusal.code})"
            ) from None

    def share(self, processes: int) -> None:
        """One process speaks at a time: there is no pace to share."""

    async def check(self) -> list[Finding]:
        """Log in, look, and leave: what an organiser should know. Raises CannotSpeak."""
        server = Homeserver(self._settings.homeserver)
        try:
            async with asyncio.timeout(_LOOKS_FOR):
                login = await look(self._settings, server, Folder(self._settings.store))
                try:
                    return await inspected(self._settings, server, login)
                finally:
                    await leave(server, login)
        except Refused as refusal:
            if refusal.limited:
                wait = ceil((refusal.after or _USUAL_WAIT).total_seconds() / 60)
                raise CannotSpeak(
                    f"{self._settings.homeserver} lets nobody log in so often: try again in"
                    f" {duration(wait)}. Each check before the first run is a login."
                ) from None
            raise self._ended(refusal) from None
        except Away as away:
            raise CannotSpeak(
                f"{self._settings.homeserver} cannot be reached: {away}. Is homeserver right?"
            ) from None
        except TimeoutError:
            raise CannotSpeak(
                f"{self._settings.homeserver} was not done with the bot within {_LOOKS_FOR:g}"
                " seconds. Is homeserver right?"
            ) from None
        finally:
            await server.close()

    def _current(self) -> Account:
        if self._account is None or not self._account.ready:
            raise TryLater(_AWAY)
        return self._account

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What the attempt results in, when the homeserver is there."""
        failures = 0
        while True:
            try:
                return await attempt()
            except Refused as refusal:
                if not refusal.limited:
                    raise
                said, reason, after = _TOO_OFTEN, str(refusal), refusal.after
            except Away as away:
                said, reason, after = _NOT_THERE, str(away), None
            except InUse as used:
                said, reason, after = str(used), None, None
            wait = after or pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE)
            if failures % _SAID_EACH == 0:
                _log.warning(said, network=self.network, reason=reason)
            failures += 1
            await asyncio.sleep(wait.total_seconds())


async def _hold(folder: Folder, held: ExitStack) -> None:
    """Raises CannotSpeak and InUse."""
    held.enter_context(folder.alone())
