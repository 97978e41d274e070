"""Answers invitations: the bot comes where somebody asks it to who may, and declines elsewhere."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import structlog
from nio import InviteEvent, InviteMemberEvent

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.rooms.directs import Directs
from bot.adapters.matrix.rooms.joining import join, leave, server_of, why
from bot.adapters.matrix.settings import Matrix
from bot.backoff import pause
from bot.storing import Store, StoreAway

_log = structlog.get_logger(__name__)

_DECLINED = "Sorry, I may only come where the organisers of the event let me: please ask them."
_FAILED = "Sorry, I could not join: please invite me again later."
_KEY = "invitations"
"""What the store keeps: the invitations that were neither followed nor declined yet."""
_AT_A_TIME = 3
"""Rooms that are joined or declined at the same time."""
_TRIES = 10
"""After so many it declines, also where it may come: by then the room is gone as a rule."""
_AGAIN, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
_STORE_PAUSE = 2.0


def welcome(settings: Matrix, inviter: str, room_id: str) -> bool:
    """True if the bot may follow this user's invitation to this room."""
    if room_id in settings.rooms:
        return True
    if inviter in settings.ignore:
        return False
    patterns = settings.invitations
    if patterns is None:
        patterns = [settings.server_name]
    return any(pattern in ("*", server_of(inviter), inviter, room_id) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class _Invitation:
    """By whom, empty where that is not certain; and whether it is to a direct chat."""

    inviter: str
    direct: bool


class Invitations:
    """Invitations of one account. Owns those that are not answered yet."""

    def __init__(
        self, homeserver: Homeserver, settings: Matrix, store: Store, directs: Directs,
        expects: Callable[[str], bool], again: timedelta = _AGAIN,
    ) -> None:  # fmt: skip
        """`expects` tells of a room whether the bot wants to be there, whoever invites it; what has
        failed is tried again after a pause, the first time after `again`."""
        self._homeserver = homeserver
        self._settings = settings
        self._store = store
        self._directs = directs
        self._expects = expects
        self._again = again
        self._few = asyncio.Semaphore(_AT_A_TIME)
        self._pending: dict[str, _Invitation] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._keeping = asyncio.Lock()
        self._unkept = False

    async def load(self) -> None:
        """Find out which invitations an earlier life has left. Raises StoreAway."""
        kept = json.loads(await self._store.read(self._settings.name, _KEY) or "{}")
        self._pending = {room_id: _Invitation(**each) for room_id, each in kept.items()}

    def start(self) -> None:
        """Go on with what was left; a sync has brought the rooms that the bot is in."""
        for room_id in self._pending:
            self._begin(room_id)

    async def answer(self, room_id: str, state: Iterable[InviteEvent]) -> None:
        """See to it that an invitation, of which the homeserver tells this state, is followed or
        declined; returns when that will not be forgotten any more."""
        invitation = self._invitation(state)
        if self._pending.get(room_id) != invitation:
            self._pending[room_id] = invitation
            await self._keep()
        self._begin(room_id)

    async def close(self) -> None:
        """Nothing is followed or declined any more."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _invitation(self, state: Iterable[InviteEvent]) -> _Invitation:
        """What is told comes from the inviter's server, and all but the invitation itself may be
        made up there: what says two things of us says nothing."""
        found = {_meant(event) for event in state if self._is_about_us(event)}
        meant = found.pop() if len(found) == 1 else None
        return meant or _Invitation("", False)

    def _is_about_us(self, event: InviteEvent) -> bool:
        source = event.source
        whom = (source.get("type"), source.get("state_key"))
        return whom == ("m.room.member", self._settings.user_id)

    def _begin(self, room_id: str) -> None:
        running = self._tasks.get(room_id)
        if running is not None and not running.done():
            return
        task = self._tasks[room_id] = asyncio.create_task(self._see_to(room_id))

        def ended(_: object) -> None:
            if self._tasks.get(room_id) is task:
                del self._tasks[room_id]

        task.add_done_callback(ended)

    async def _see_to(self, room_id: str) -> None:
        """Until it has been answered, also with what comes meanwhile."""
        failures = 0
        while (invitation := self._pending.get(room_id)) is not None:
            async with self._few:
                done = await self._try(room_id, invitation, gives_up=failures >= _TRIES)
            if not done:
                after = pause(failures, self._again, _LONGEST_PAUSE)
                failures += 1
                await asyncio.sleep(after.total_seconds())
            elif self._pending[room_id] is invitation:
                del self._pending[room_id]
                await self._keep()

    async def _try(self, room_id: str, invitation: _Invitation, *, gives_up: bool) -> bool:
        """Follow it or decline it; false if that has to be tried again."""
        inviter = invitation.inviter
        log = _log.bind(network=self._settings.name, room=room_id, inviter=inviter)
        known = inviter != "" and welcome(self._settings, inviter, room_id)
        if not known and not self._expects(room_id):
            return await self._decline(room_id, _DECLINED, log)
        try:
            await join(self._homeserver, room_id, filter(None, [server_of(inviter)]))
        except (Refused, Away) as problem:
            log.warning("cannot join", reason=why(problem))
            if _may_help(problem) and not gives_up:
                return False
            # Otherwise the same invitation would come again at every start.
            return await self._decline(room_id, _FAILED, log)
        log.info("joined")
        if invitation.direct:
            await self._directs.note(inviter, room_id)
        return True

    async def _decline(self, room_id: str, reason: str, log: Any) -> bool:
        """False if that has to be tried again."""
        try:
            await leave(self._homeserver, room_id, reason)
        except (Refused, Away) as problem:
            log.info("cannot decline an invitation", reason=str(problem))
            return not _may_help(problem)
        log.info("declined an invitation")
        return True

    async def _keep(self) -> None:
        """Returns when the store has it, whoever has brought it there."""
        self._unkept = True
        async with self._keeping:
            while self._unkept:
                self._unkept = False
                pending = {room_id: asdict(each) for room_id, each in self._pending.items()}
                value = json.dumps(pending) if pending else None
                try:
                    await self._store.keep(self._settings.name, _KEY, value)
                except StoreAway:
                    self._unkept = True
                    await asyncio.sleep(_STORE_PAUSE)


def _meant(event: InviteEvent) -> _Invitation | None:
    """What it invites to; None if it does not, or is malformed."""
    if not isinstance(event, InviteMemberEvent) or event.membership != "invite":
        return None
    return _Invitation(str(event.sender), event.content.get("is_direct") is True)


def _may_help(problem: Refused | Away) -> bool:
    """True if to try again may help, if only in the next life."""
    return isinstance(problem, Away) or problem.for_now
