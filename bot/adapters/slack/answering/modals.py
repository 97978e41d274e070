"""Answers what is done in modals, and the shortcut on messages that opens one where it has to."""

from collections.abc import Sequence

from bot.adapters.slack.answering.asking import Asking, press_id
from bot.adapters.slack.answering.behind import Card, Home, behind, lying_on
from bot.adapters.slack.answering.home import HomeTab
from bot.adapters.slack.answering.opening import opened
from bot.adapters.slack.answering.pressing import Pressing
from bot.adapters.slack.answering.showing import showing
from bot.adapters.slack.cards.mentioned import session_lines
from bot.adapters.slack.cards.modals import (
    chooser,
    details,
    found,
    lines_in,
    redrawn,
    sessions_found,
)
from bot.adapters.slack.cards.values import SEARCH, line_meant, what
from bot.adapters.slack.hearing.acknowledging import Shown
from bot.adapters.slack.hearing.heard import OnModal, Person, Pressed, Shortcut, Submitted
from bot.document import Item, Reply, heading
from bot.messages import Response
from bot.ports import Clock

_LOOK = "find"
"""The line whose answer says how to look for a session."""


class Modals:
    """The modals of one network: nothing is kept of them here, they carry it all."""

    def __init__(
        self, network: str, clock: Clock, asking: Asking, pressing: Pressing, home: HomeTab
    ) -> None:
        self._network = network
        self._clock = clock
        self._asking = asking
        self._pressing = pressing
        self._home = home

    async def pressed(self, heard: Pressed, surface: OnModal) -> None:
        """Do what was pressed, and show the modal and what it lies on anew. Raises StoreAway."""
        line, _ = line_meant(heard.action, heard.value)
        if not line:
            return
        asking, person, now = self._asking, heard.person, self._clock.now()
        workspace = await asking.workspace(person)
        below = behind(surface.metadata)
        response = await asking.ask(
            person, line, press_id(heard.trigger), "", private=True, pressed=True,
            card=below.packed if isinstance(below, Card) else None,
        )  # fmt: skip
        if what(heard.action) == "details":
            view = details(line, response, now=now, prefix=asking.prefix)
            if not await opened(workspace, heard.trigger, view, network=self._network, pushed=True):
                with showing(self._network):
                    await workspace.views.update(surface.view, view)
            return
        with showing(self._network):
            answers = await asking.ask_beside(person, lines_in(surface.metadata))
            view = redrawn(
                surface.callback, list(answers.items()), now=now, prefix=asking.prefix,
                said=response.reply,
            )  # fmt: skip
            await workspace.views.update(surface.view, lying_on(below, view))
        with showing(self._network):
            match below:
                case Home(query):
                    await self._home.publish(workspace, person, query)
                case Card():
                    await self._pressing.redraw(workspace, person, below, response)

    async def searched(self, heard: Submitted) -> Shown:
        """What the modal shows that lets people look for a session: what they have looked for."""
        line, _ = line_meant(SEARCH, heard.values.get(SEARCH, ""))
        lines = [line] if line else lines_in(heard.metadata)
        answers = await self._asking.ask_beside(heard.person, lines)
        now, prefix = self._clock.now(), self._asking.prefix
        return Shown(chooser(list(answers.items()), now=now, prefix=prefix))

    async def shortcut(self, heard: Shortcut) -> None:
        """Bookmark the session that a message is about; let the person choose where that is not
        plain. Raises StoreAway."""
        asking = self._asking
        workspace = await asking.workspace(heard.person)
        answers = await self._about(heard)
        sessions = sessions_found(answers)
        if len(sessions) == 1:
            response = await asking.ask(
                heard.person, f"bookmark {sessions[0].id}", press_id(heard.trigger),
                heard.channel, private=True, pressed=True,
            )  # fmt: skip
        else:
            view = chooser(answers, now=self._clock.now(), prefix=asking.prefix)
            if await opened(workspace, heard.trigger, view, network=self._network):
                return
            response = await self._to_choose_from(heard.person, answers)
        content = asking.drawn(response, alone=True, prefix=asking.prefix)
        with showing(self._network):
            await self._pressing.say(
                workspace, heard.person, heard.response_url, heard.channel, content
            )

    async def _to_choose_from(
        self, person: Person, answers: Sequence[tuple[str, Response]]
    ) -> Response:
        """What the modal would have shown, as an answer."""
        if not answers:
            return (await self._asking.ask_beside(person, [_LOOK]))[_LOOK]
        sessions, (_, last) = sessions_found(answers), answers[-1]
        if not sessions:
            return last
        items = (Item(session, day=True) for session in sessions)
        which = Reply((heading("Which session did you mean?"), *items))
        marked = frozenset[int]().union(*(answer.bookmarked for _, answer in answers))
        return Response(which, last.reader, private=True, command=last.command, bookmarked=marked)

    async def _about(self, heard: Shortcut) -> Sequence[tuple[str, Response]]:
        """What the message may be about: all numbers in it count, and of what may be a title the
        likeliest that is found."""
        answers: list[tuple[str, Response]] = []
        for line in session_lines(heard.text):
            answers += (await self._asking.ask_beside(heard.person, [line])).items()
            if line.startswith("find ") and found(answers[-1][1]):
                break
        return answers
