"""Does what a button or a menu on a message stands for, and changes the card that it stands on."""

import structlog

from bot.adapters.slack.answering.asking import Asking, press_id
from bot.adapters.slack.answering.behind import Card, lying_on
from bot.adapters.slack.answering.opening import opened
from bot.adapters.slack.answering.showing import showing
from bot.adapters.slack.cards.modals import details
from bot.adapters.slack.cards.values import decode, line_meant, what
from bot.adapters.slack.cards.writing import Content
from bot.adapters.slack.hearing.heard import OnMessage, Person, Pressed
from bot.adapters.slack.sending.api import Away, Limited, Refused
from bot.adapters.slack.sending.responses import Responses, Used
from bot.adapters.slack.workspaces.workspaces import Workspace
from bot.document import Reply
from bot.messages import Response
from bot.ports import Clock

_log = structlog.get_logger(__name__)


class Pressing:
    """Answers presses on messages."""

    def __init__(self, network: str, clock: Clock, asking: Asking, responses: Responses) -> None:
        self._network = network
        self._clock = clock
        self._asking = asking
        self._responses = responses

    async def on_message(self, heard: Pressed, surface: OnMessage) -> None:
        """Do what was pressed; then the card shows it, if the presser alone sees it. Others' cards
        stay as they are, and the presser is answered alone. Raises StoreAway."""
        line, packed = line_meant(heard.action, heard.value)
        if not line:
            return
        borrows = packed is None and heard.packed is not None and what(heard.action) == "minutes"
        if borrows:
            _, packed = decode(heard.packed or "")
        if not surface.alone:
            packed = None
        workspace = await self._asking.workspace(heard.person)
        asks_details = what(heard.action) == "details"
        response = await self._asking.ask(
            heard.person, line, press_id(heard.trigger), surface.channel, private=True,
            card=None if asks_details else packed, pressed=True,
        )  # fmt: skip
        if asks_details and await self._opened(workspace, heard, surface, line, packed, response):
            return
        prefix = self._prefix(surface.channel)
        card = self._asking.redrawn(response, prefix=prefix)
        if borrows and response.card is not None and not _shows(response.card, response.reply):
            # The first button of the message carries a card that the menu does not stand on.
            card = None
        with showing(self._network):
            if card is None:
                content = self._asking.drawn(response, alone=True, prefix=prefix)
                await self.say(
                    workspace, heard.person, heard.response_url, surface.channel, content,
                    surface.thread,
                )  # fmt: skip
            elif not await self._replaced(
                workspace, heard.person, heard.response_url, surface.channel, surface.ts, card
            ):
                # What one person alone sees in a channel cannot be changed in another way.
                await workspace.sending.whisper(
                    surface.channel, heard.person.user, card, thread=surface.thread,
                    person=heard.person.user,
                )  # fmt: skip

    async def redraw(
        self, workspace: Workspace, person: Person, card: Card, response: Response
    ) -> None:
        """Show on a card what was done in the modal that lies on it; the response is that to its
        packed reply. Where Slack does not change it (any more) it stays as it is. Raises Limited
        and Away."""
        content = self._asking.redrawn(response, prefix=self._prefix(card.channel))
        if content is not None:
            await self._replaced(workspace, person, card.url, card.channel, card.ts, content)

    async def say(
        self, workspace: Workspace, person: Person, url: str | None, channel: str,
        content: Content, thread: str | None = None,
    ) -> None:  # fmt: skip
        """Answer where something was done, to whoever did it alone: over its response URL, as long
        as that takes anything. Raises Refused, Limited and Away."""
        if not content.text:
            return
        if not await self._responded(url, content, replace=False, thread=thread):
            await workspace.sending.whisper(
                channel, person.user, content, thread=thread, person=person.user
            )

    async def _opened(
        self, workspace: Workspace, heard: Pressed, surface: OnMessage, line: str,
        packed: str | None, response: Response,
    ) -> bool:  # fmt: skip
        """True if the details may be seen in a modal now."""
        view = details(line, response, now=self._clock.now(), prefix=self._asking.prefix)
        if packed is not None and heard.response_url is not None:
            card = Card(surface.channel, surface.ts, heard.response_url, packed)
            view = lying_on(card, view)
        return await opened(workspace, heard.trigger, view, network=self._network)

    async def _replaced(
        self, workspace: Workspace, person: Person, url: str | None, channel: str, ts: str,
        content: Content,
    ) -> bool:  # fmt: skip
        """Put this in place of a message that the person alone sees; false if it cannot be
        changed. Raises Limited and Away."""
        if await self._responded(url, content, replace=True):
            return True
        if not _is_direct(channel):
            return False
        try:
            await workspace.sending.update(channel, ts, content, person=person.user)
        except Refused:
            # The answer to a slash command is ephemeral in the direct chat too.
            return False
        return True

    async def _responded(
        self, url: str | None, content: Content, *, replace: bool, thread: str | None = None
    ) -> bool:
        """Say it over a response URL; false if that has not taken it for certain."""
        if url is None:
            return False
        try:
            await self._responses.respond(url, content, replace=replace, alone=True, thread=thread)
        except (Used, Refused, Limited):
            return False
        except Away as away:
            if not away.sent:
                return False
            _log.warning("done, and perhaps not shown", network=self._network, reason=away.reason)
        return True

    def _prefix(self, channel: str) -> str:
        """What stands in front of commands there."""
        return "" if _is_direct(channel) else self._asking.prefix


def _is_direct(channel: str) -> bool:
    return channel.startswith("D")


def _shows(card: Reply, answer: Reply) -> bool:
    """True if what an answer is about stands on a card."""
    return set(answer.sessions()) <= set(card.sessions())
