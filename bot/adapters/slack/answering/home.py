"""Publishes the Home tab of a person: when they open it, and after what they do there."""

from bot.adapters.slack.answering.asking import Asking, press_id
from bot.adapters.slack.answering.behind import Home, lying_on
from bot.adapters.slack.answering.opening import opened
from bot.adapters.slack.answering.showing import showing
from bot.adapters.slack.cards.home import home, lines, query_in, words_entered
from bot.adapters.slack.cards.modals import details
from bot.adapters.slack.cards.values import line_meant, part, what
from bot.adapters.slack.hearing.heard import HomeOpened, OnHome, Person, Pressed
from bot.adapters.slack.workspaces.workspaces import Workspace
from bot.document import Block, Item, Reply, heading
from bot.ports import Clock


class HomeTab:
    """Draws everybody's Home tab, and does what is pressed there."""

    def __init__(self, network: str, clock: Clock, asking: Asking) -> None:
        self._network = network
        self._clock = clock
        self._asking = asking

    async def opened(self, heard: HomeOpened) -> None:
        """Show what is true now. Raises StoreAway, Away, Limited and Refused."""
        workspace = await self._asking.workspace(heard.person)
        await self.publish(workspace, heard.person)

    async def pressed(self, heard: Pressed, surface: OnHome) -> None:
        """Do what was pressed, and show what has become of it. Raises StoreAway; and Away, Limited
        and Refused where nothing has been done but to look for something."""
        workspace = await self._asking.workspace(heard.person)
        query = query_in(surface.metadata)
        if what(heard.action) == "search":
            await self.publish(workspace, heard.person, words_entered(heard.value))
            return
        line, _ = line_meant(heard.action, heard.value)
        if not line:
            return
        response = await self._asking.ask(
            heard.person, line, press_id(heard.trigger), "", private=True, pressed=True
        )
        said = response.reply
        if what(heard.action) == "details":
            now, prefix = self._clock.now(), self._asking.prefix
            view = lying_on(Home(query), details(line, response, now=now, prefix=prefix))
            if await opened(workspace, heard.trigger, view, network=self._network):
                return
            said = _in_words(said)
        with showing(self._network):
            await self.publish(workspace, heard.person, query, said, part(heard.action))

    async def publish(
        self, workspace: Workspace, person: Person, query: str = "", said: Reply | None = None,
        pressed: str = "",
    ) -> None:  # fmt: skip
        """Show somebody what is true now, what they look for, and what a press has `said`: on top,
        or in the part of the tab that was `pressed`.
        Raises StoreAway, Away, Limited and Refused."""
        answers = await self._asking.ask_beside(person, lines(query))
        view = home(
            answers, now=self._clock.now(), prefix=self._asking.prefix, query=query, said=said,
            pressed=pressed,
        )  # fmt: skip
        await workspace.views.publish(person.user, view)


def _in_words(details: Reply) -> Reply:
    """Details below the title: on the Home tab the session itself stands further down."""
    blocks: list[Block] = [
        heading(block.session.title) if isinstance(block, Item) else block for block in details
    ]
    return Reply(tuple(blocks))
