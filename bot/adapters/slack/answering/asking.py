"""Asks the engine in a person's name, and makes of its answers what Slack shows."""

from collections.abc import Iterable
from dataclasses import replace

from bot.adapters.slack.answering.absent import Absent
from bot.adapters.slack.cards.writing import Content, written
from bot.adapters.slack.hearing.heard import Person
from bot.adapters.slack.people import People
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.workspaces import Workspace, Workspaces
from bot.document import Reply
from bot.messages import Channel, Invocation, Pages, Response, User
from bot.ports import Clock, Receive

_DOING = frozenset({"bookmark", "remind", "snooze", "unbookmark"})
"""Commands whose answers tell what has become of a bookmark just now."""
_HELLO, _NOW = "hello", "now"
"""What somebody is answered who has asked for nothing."""


class Asking:
    """Turns what a person wants into an invocation, and replies into what Slack shows."""

    def __init__(
        self, settings: Slack, clock: Clock, receive: Receive, workspaces: Workspaces,
        people: People, absent: Absent,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._clock = clock
        self._receive = receive
        self._workspaces = workspaces
        self._people = people
        self._absent = absent
        self._pages = Pages(settings.lines, settings.private_lines)

    @property
    def prefix(self) -> str:
        """What stands in front of a command where only the slash command is at hand."""
        return f"{self._settings.command} "

    @property
    def mention(self) -> str:
        """What stands in front of a command in a channel's threads, where Slack has no slash
        commands."""
        return f"@{self._settings.display_name} "

    async def workspace(self, person: Person) -> Workspace:
        """Where they are. Raises StoreAway, and Gone if the app has been removed there since."""
        workspace = await self._workspaces.of(person.team)
        if workspace is None:
            raise Gone(person.team)
        return workspace

    async def ask(
        self, person: Person, line: str, id: str | None, channel: str, *, private: bool,
        thread: str | None = None, card: str | None = None, pressed: bool = False,
    ) -> Response:  # fmt: skip
        """What the engine answers to a line that somebody has typed or `pressed`. A mention alone
        is a greeting. Raises StoreAway, and Gone."""
        place = self._channel(person, channel, private, thread)
        return await self._asked(person, line or _HELLO, id, place, card=card, pressed=pressed)

    async def welcome(self, person: Person, id: str, channel: str) -> Response:
        """What somebody reads alone who has asked for nothing: who the bot is, and what is on.
        Raises StoreAway, and Gone."""
        hello = (await self.ask_beside(person, [_HELLO]))[_HELLO].reply.blocks
        now = await self.ask(person, _NOW, id, channel, private=True)
        # Who comes for the first time is greeted in any case.
        rest = (block for block in now.reply if block not in hello)
        return replace(now, reply=Reply((*hello, *rest)))

    async def ask_beside(self, person: Person, lines: Iterable[str]) -> dict[str, Response]:
        """What the engine answers to lines that somebody has not typed, by line: what is drawn
        together on one surface. Raises StoreAway, and Gone."""
        place = self._channel(person, "", True, None)
        return {line: await self._asked(person, line, None, place, beside=True) for line in lines}

    def drawn(self, response: Response, *, alone: bool, prefix: str) -> Content:
        """The reply for one person alone, or for all: then it shows nobody's bookmarks, and the
        time nowhere else than at the event."""
        bookmarked = response.bookmarked if alone else frozenset[int]()
        reader = response.reader if alone else replace(response.reader, own=None)
        return written(
            response.reply, reader, prefix=prefix, alone=alone, now=self._clock.now(),
            bookmarked=bookmarked, done=response.command in _DOING,
        )  # fmt: skip

    def redrawn(self, response: Response, *, prefix: str) -> Content | None:
        """The card that a button stands on, with what the press has done on top; or that alone, if
        it was not about a bookmark: then nothing on the card holds any more. None if there is no
        card."""
        if response.card is None:
            return None
        if response.command not in _DOING:
            return self.drawn(response, alone=True, prefix=prefix)
        return written(
            response.card, response.reader, prefix=prefix, alone=True, now=self._clock.now(),
            bookmarked=response.bookmarked, opening=response.reply,
        )  # fmt: skip

    async def _asked(
        self, person: Person, line: str, id: str | None, channel: Channel, *,
        card: str | None = None, beside: bool = False, pressed: bool = False,
    ) -> Response:  # fmt: skip
        workspace = await self.workspace(person)
        zone = await self._people.timezone(workspace.api, person)
        user = User(self._settings.name, self._id(person), person.name, zone)
        return await self._receive(
            Invocation(
                id, user, channel, line, self._absent.why(user), self._pages,
                marks=True, card=card, beside=beside, pressed=pressed,
            )
        )  # fmt: skip

    def _id(self, person: Person) -> str:
        """Somebody in a shared channel who belongs elsewhere, and has an organiser's id there, is
        none."""
        id = f"{person.team}/{person.user}"
        if person.home and self._settings.names_organiser(id):
            return f"{person.team}/{person.home}.{person.user}"
        return id

    def _channel(self, person: Person, channel: str, private: bool, thread: str | None) -> Channel:
        return Channel(self._settings.name, f"{person.team}/{channel}", private, thread)


def press_id(trigger: str) -> str:
    """The name under which a press takes effect once."""
    return f"press {trigger}"


class Gone(Exception):
    """The app is not installed (any more) in the workspace in which somebody does something."""
