"""Hands what was heard to the part that answers it."""

from collections.abc import Callable
from typing import assert_never

import structlog

from bot.adapters.slack.answering.absent import Absent
from bot.adapters.slack.answering.asking import Asking, Gone
from bot.adapters.slack.answering.home import HomeTab
from bot.adapters.slack.answering.modals import Modals
from bot.adapters.slack.answering.pressing import Pressing
from bot.adapters.slack.answering.typed import Typed
from bot.adapters.slack.cards.modals import CHOOSER
from bot.adapters.slack.deactivated import Deactivated
from bot.adapters.slack.hearing.acknowledging import Answered
from bot.adapters.slack.hearing.heard import (
    Heard,
    HomeOpened,
    OnHome,
    OnMessage,
    OnModal,
    Pressed,
    ProfileChanged,
    Said,
    Shortcut,
    Slash,
    Submitted,
    Uninstalled,
)
from bot.adapters.slack.hearing.once import InDoubt, NothingSaid
from bot.adapters.slack.people import People
from bot.adapters.slack.sending.api import Away, Limited, Refused
from bot.adapters.slack.sending.responses import Responses
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.workspaces import Workspaces
from bot.messages import User
from bot.ports import Clock, Receive

_log = structlog.get_logger(__name__)


class Conversations:
    """Answers everything that is heard on one network. Whoever could not be written to, and does
    something now, is `seen`."""

    def __init__(
        self, settings: Slack, clock: Clock, receive: Receive, seen: Callable[[User], None],
        workspaces: Workspaces, people: People, absent: Absent,
        deactivated: Deactivated, responses: Responses,
    ) -> None:  # fmt: skip
        self._network = settings.name
        self._seen = seen
        self._workspaces = workspaces
        self._people = people
        self._absent = absent
        self._deactivated = deactivated
        asking = Asking(settings, clock, receive, workspaces, people, absent)
        self._typed = Typed(asking)
        self._pressing = Pressing(settings.name, clock, asking, responses)
        self._home = HomeTab(settings.name, clock, asking)
        self._modals = Modals(settings.name, clock, asking, self._pressing, self._home)

    async def hear(self, heard: Heard) -> Answered | None:
        """Deal with one thing that was heard; the result is for its acknowledgement. Raises what
        keeps it from being dealt with."""
        if not isinstance(heard, Uninstalled):
            user = User(self._network, f"{heard.person.team}/{heard.person.user}")
            if self._absent.why(user) is not None:
                self._seen(user)
        try:
            return await self._dealt_with(heard)
        except Gone as gone:
            _log.warning("The app is not installed where it is used.", network=self._network,
                         workspace=str(gone))  # fmt: skip
            return None
        except Refused as refusal:
            if not isinstance(heard, Said | HomeOpened):
                raise
            if refusal.revoked:
                # It may be taken again before Slack comes for the last time.
                raise NothingSaid from refusal
            # To be told of it again would not help.
            _log.warning("not answered", network=self._network, reason=refusal.code)
            return None
        except (Limited, Away) as problem:
            if not isinstance(heard, Said | HomeOpened):
                raise
            # A Home tab may be published twice.
            if isinstance(heard, Said) and isinstance(problem, Away) and problem.sent:
                raise InDoubt from problem
            raise NothingSaid from problem

    async def _dealt_with(self, heard: Heard) -> Answered | None:
        match heard:
            case Slash():
                return await self._typed.command(heard)
            case Said():
                await self._typed.message(heard)
            case Pressed(surface=OnMessage() as surface):
                await self._pressing.on_message(heard, surface)
            case Pressed(surface=OnModal() as surface):
                await self._modals.pressed(heard, surface)
            case Pressed(surface=OnHome() as surface):
                await self._home.pressed(heard, surface)
            case Shortcut():
                await self._modals.shortcut(heard)
            case Submitted(callback=callback):
                # No other modal of ours has anything to confirm.
                return await self._modals.searched(heard) if callback == CHOOSER else None
            case HomeOpened():
                await self._home.opened(heard)
            case ProfileChanged():
                await self._people.changed(heard)
                await self._deactivated.changed(heard)
            case Uninstalled(team, at):
                await self._workspaces.remove(team, at)
            case Pressed():
                # mypy does not see that there is no other surface.
                pass
            case _:
                assert_never(heard)
        return None
