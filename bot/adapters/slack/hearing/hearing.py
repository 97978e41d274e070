"""Hears what Slack sends, over a socket or over HTTP, and has each answered before it is
acknowledged: Slack keeps what was not, and comes again."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.adapters.slack.hearing import parsing
from bot.adapters.slack.hearing.acknowledging import (
    Answered,
    Hears,
    Mistaken,
    answered,
    later,
    said,
)
from bot.adapters.slack.hearing.afterwards import Afterwards
from bot.adapters.slack.hearing.authorizing import Authorize
from bot.adapters.slack.hearing.bolt import Body, Listener, Listeners, bolt_app, not_understood
from bot.adapters.slack.hearing.heard import (
    Heard,
    HomeOpened,
    OnMessage,
    Person,
    Pressed,
    ProfileChanged,
    Said,
    Shortcut,
    Uninstalled,
)
from bot.adapters.slack.hearing.once import Once
from bot.adapters.slack.hearing.parsing import Malformed, Me
from bot.adapters.slack.hearing.turn import LATE, SOON, GoesOn, NoAnswer, Turn, lasting_until
from bot.adapters.slack.sending.responses import Responses
from bot.adapters.slack.settings import Slack
from bot.storing import Store
from bot.turns import Turns, Work

_log = structlog.get_logger(__name__)

_WITHIN = 2.5
"""Seconds for an answer: Slack waits for three
(https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response)."""
_MOST = 1_000
"""Wishes that are carried out, or wait for their turn, at once; no more are taken in."""
_BUSY = "Too much is asked at once just now; try again in a moment."


class Hearing:
    """What is heard on one network, each in its person's turn. Owns the tasks that deal with it.

    `app` takes what Slack sends; whoever listens gives it to that. `hears` is awaited for
    everything that was heard, and its answer acknowledged. An event that it raises for is not, so
    that Slack comes again; who used a command or pressed something is told that it did not work.
    What takes longer than Slack waits goes on, and is told afterwards over the response URL.
    """

    def __init__(
        self, settings: Slack, store: Store, authorize: Authorize, hears: Hears, *,
        responses: Responses, within: float = _WITHIN, most: int = _MOST,
    ) -> None:  # fmt: skip
        self._network = settings.name
        self._hears = hears
        self._within = within
        self._most = most
        self._turns = Turns(settings.name)
        self._once = Once(store, settings.name, self._take)
        self._afterwards = Afterwards(responses, settings.name)
        self._under_way = set[asyncio.Task[None]]()
        self.app = bolt_app(
            settings, authorize,
            Listeners(
                command=self._listener(self._command, lambda: said(_BUSY)),
                press=self._listener(self._press, later),
                event=self._listener(self._event, later),
                submission=self._listener(self._submission, later),
                shortcut=self._listener(self._shortcut, later),
            ),
        )  # fmt: skip

    async def close(self) -> None:
        """What is under way ends. Nobody may listen any more."""
        self._turns.close()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _take(self, person: Hashable, work: Work) -> "asyncio.Task[None] | None":
        """Do this in the person's turn, which lasts until it is done or lets others go first."""
        begins, let_go = asyncio.Event(), asyncio.Event()

        async def turn() -> None:
            begins.set()
            await let_go.wait()

        async def whole() -> None:
            try:
                await begins.wait()
                with lasting_until(let_go):
                    await work()
            finally:
                let_go.set()

        if self._turns.take(person, turn) is None:
            return None
        task = self._turns.start(whole())
        self._note(task)
        return task

    def _note(self, task: "asyncio.Task[None]") -> None:
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _listener(
        self,
        take: Callable[[Body, Me], Coroutine[Any, Any, BoltResponse]],
        busy: Callable[[], BoltResponse],
    ) -> Listener:
        async def listener(body: Body, context: AsyncBoltContext) -> BoltResponse:
            if len(self._under_way) >= self._most:
                _log.warning("more is asked at once than can be taken in", network=self._network,
                             key=parsing.name_of(body))  # fmt: skip
                return busy()
            try:
                return await take(body, _me(context))
            except Malformed as missing:
                return not_understood(body, str(missing), self._network)

        return listener

    async def _command(self, payload: Body, me: Me) -> BoltResponse:
        slash, key = parsing.command(payload, me), parsing.name_of(payload)

        async def afterwards(outcome: Answered | NoAnswer | None) -> None:
            await self._afterwards.answer(slash.response_url, outcome, key)

        try:
            return answered(await self._answer(slash, slash.person, key, afterwards))
        except GoesOn:
            return said(SOON)
        except NoAnswer as trouble:
            return said(str(trouble))

    async def _press(self, payload: Body, me: Me) -> BoltResponse:
        press = parsing.press(payload, me)
        thread = press.surface.thread if isinstance(press.surface, OnMessage) else None
        return await self._used(press, parsing.name_of(payload), thread)

    async def _shortcut(self, payload: Body, me: Me) -> BoltResponse:
        return await self._used(parsing.shortcut(payload, me), parsing.name_of(payload))

    async def _used(
        self, used: Pressed | Shortcut, key: str, thread: str | None = None
    ) -> BoltResponse:
        """What comes of it shows in another place than the acknowledgement."""
        url = used.response_url

        async def afterwards(outcome: Answered | NoAnswer | None) -> None:
            # On a view nothing can be said; what went wrong stands in the log.
            if isinstance(outcome, NoAnswer) and url is not None:
                await self._afterwards.apologise(url, outcome, key, thread=thread)

        try:
            await self._answer(used, used.person, key, afterwards)
        except GoesOn:
            pass
        except NoAnswer as trouble:
            if url is None:
                # Slack puts a sign of warning beside it.
                return later()
            self._note(self._turns.start(afterwards(trouble)))
        return answered(None)

    async def _submission(self, payload: Body, me: Me) -> BoltResponse:
        submitted = parsing.submission(payload, me)

        async def afterwards(_: object) -> None:
            """Nothing was done: modals are confirmed to look for something."""

        try:
            return answered(
                await self._answer(
                    submitted, submitted.person, parsing.name_of(payload), afterwards
                )
            )
        except (GoesOn, NoAnswer) as trouble:
            sentence = LATE if isinstance(trouble, GoesOn) else str(trouble)
            input = parsing.first_input(payload)
            return later() if input is None else answered(Mistaken({input: sentence}))

    async def _answer(
        self, heard: Heard, person: Person, key: str,
        afterwards: Callable[[Answered | NoAnswer | None], Awaitable[None]],
    ) -> Answered | None:  # fmt: skip
        """Raises NoAnswer and GoesOn."""
        turn = Turn(self._take, (person.team, person.user), lambda: self._hears(heard))
        return await turn.answer(self._within, afterwards, network=self._network, key=key)

    async def _event(self, payload: Body, me: Me) -> BoltResponse:
        event = parsing.event(payload, me)
        if event is None:
            return answered(None)
        heard = event.heard
        whose = (me.team, "")
        if not isinstance(heard, Uninstalled):
            whose = (heard.person.team, heard.person.user)

        async def work(again: bool) -> None:
            await self._hears(replace(heard, again=again) if isinstance(heard, Said) else heard)

        dealt = await self._once.take(
            event.delivery, whose, work, self._within,
            # Of a profile everybody's every change is told, of which hardly any matters.
            repeatable=isinstance(heard, HomeOpened | ProfileChanged),
        )  # fmt: skip
        return answered(None) if dealt else later()


def _me(context: AsyncBoltContext) -> Me:
    """Raises Malformed."""
    enterprise = context.enterprise_id if context.is_enterprise_install else None
    team = context.team_id or enterprise
    if team is None:
        raise Malformed("team_id")
    found = context.authorize_result
    return Me(team, (found.bot_user_id if found is not None else None) or "", enterprise)
