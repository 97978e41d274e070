"""Answers invitations: the bot comes where somebody asks it to who may, and declines elsewhere."""

import asyncio
from collections.abc import Callable, Iterable

import structlog
from nio import InviteEvent, InviteMemberEvent

from bot.adapters.matrix.directs import Directs
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.joining import join, leave, server_of, why
from bot.adapters.matrix.settings import Matrix

_log = structlog.get_logger(__name__)

_DECLINED = "Sorry, I may only come where the organisers of the event let me: please ask them."
_FAILED = "Sorry, I could not join: please invite me again later."
_AT_A_TIME = 3
"""Rooms that are joined or declined at the same time."""


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


class Invitations:
    """Invitations of one account."""

    def __init__(
        self, homeserver: Homeserver, settings: Matrix, directs: Directs,
        expects: Callable[[str], bool],
    ) -> None:  # fmt: skip
        """`expects` tells of a room whether the bot wants to be there, whoever invites it."""
        self._homeserver = homeserver
        self._settings = settings
        self._directs = directs
        self._expects = expects
        self._few = asyncio.Semaphore(_AT_A_TIME)
        self._under_way = set[str]()

    async def answer(self, room_id: str, state: Iterable[InviteEvent]) -> None:
        """Follow or decline an invitation, of which the homeserver tells this state; returns when
        that is done, or in vain."""
        if room_id in self._under_way:
            return
        self._under_way.add(room_id)
        try:
            async with self._few:
                await self._answer(room_id, state)
        finally:
            self._under_way.discard(room_id)

    async def _answer(self, room_id: str, state: Iterable[InviteEvent]) -> None:
        invitation = next((event for event in state if self._is_ours(event)), None)
        inviter = "" if invitation is None else str(invitation.sender)
        log = _log.bind(network=self._settings.name, room=room_id, inviter=inviter)
        if not (self._expects(room_id) or welcome(self._settings, inviter, room_id)):
            log.info("declined an invitation")
            await self._decline(room_id, _DECLINED)
            return
        try:
            await join(self._homeserver, room_id, filter(None, [server_of(inviter)]))
        except (Refused, Away) as problem:
            log.warning("cannot join", reason=why(problem))
            # Otherwise the same invitation would come again at every start.
            await self._decline(room_id, _FAILED)
            return
        log.info("joined")
        if invitation is not None and invitation.content.get("is_direct") is True:
            await self._directs.note(inviter, room_id)

    def _is_ours(self, event: InviteEvent) -> bool:
        return (
            isinstance(event, InviteMemberEvent)
            and event.state_key == self._settings.user_id
            and event.membership == "invite"
        )

    async def _decline(self, room_id: str, reason: str) -> None:
        try:
            await leave(self._homeserver, room_id, reason)
        except (Refused, Away) as problem:
            _log.info("cannot decline an invitation", network=self._settings.name, room=room_id,
                      reason=str(problem))  # fmt: skip
