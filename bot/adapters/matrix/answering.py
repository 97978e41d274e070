"""Answers what people say: in the room or to them alone, and again when they correct it."""

import asyncio
from dataclasses import dataclass

import structlog

from bot.adapters.matrix.chats import Chats
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.listening import Said
from bot.adapters.matrix.reacting import Reactions
from bot.adapters.matrix.sending import Sending
from bot.adapters.matrix.settings import Matrix
from bot.adapters.matrix.writing import Thread, content, corrected, written
from bot.document import reply, text
from bot.messages import Channel, Invocation, Pages, Response, User
from bot.ports import Receive
from bot.recent import Recent
from bot.suggestions import is_for_another_bot

_log = structlog.get_logger(__name__)

_ANSWERS_REMEMBERED = 10_000
_LONGEST_WAIT = 20.0
"""Seconds that somebody waits for a chat that the bot opens; else the room tells them to do it."""
_BEFORE = 0.5
"""Seconds that an event must be older than a request to have been there before it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command: what was said, by whom, where, and until when it is worth an answer (UTC)."""

    said: Said
    user: User
    room: str
    private: bool


@dataclass(frozen=True, slots=True)
class _Given:
    """Where the answer to a command stands, and to whom it was given."""

    room: str
    event: str
    user: User


class Answering:
    """Answers commands. Owns what it remembers of the answers that may have to be corrected."""

    def __init__(
        self, settings: Matrix, server: Homeserver, chats: Chats, sending: Sending,
        reactions: Reactions, receive: Receive,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._server = server
        self._chats = chats
        self._sending = sending
        self._reactions = reactions
        self._receive = receive
        self._pages = Pages(settings.lines, settings.private_lines)
        self._given: Recent[str, _Given] = Recent(_ANSWERS_REMEMBERED)

    async def answer(self, asked: Asked) -> None:
        """Carry out a command and say what came of it."""
        said, user = asked.said, asked.user
        if said.corrects is not None and not await self._is_their_own(said.corrects, asked):
            return
        channel = Channel(self._settings.name, asked.room, asked.private, said.thread)
        response = await self._receive(
            Invocation(
                said.event, user, channel, said.line, self._chats.hindrance(user.id), self._pages,
                said.corrects,
            )
        )  # fmt: skip
        silent = not asked.private and not said.named and is_for_another_bot(response)
        if not response.reply.blocks or silent:
            return
        if not response.private or asked.private:
            await self._say(asked, asked.room, response)
        elif (room := await self._alone_with(user)) is not None:
            await self._say(asked, room, response)
        else:
            busy = reply(text("The answer is for you alone, and I cannot open more chats just now:"
                              " open one with me, and ask there."))  # fmt: skip
            await self._say(asked, asked.room, Response(busy, response.reader, False, None))

    async def _alone_with(self, user: User) -> str | None:
        """The chat with somebody, opened if there is none; None if that would take too long."""
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                return await self._chats.with_user(user.id)
        except TimeoutError:
            return None

    async def _say(self, asked: Asked, room: str, response: Response) -> None:
        said = asked.said
        prefix = "" if asked.private or room != asked.room else self._settings.prefix
        shown = response.reply.sessions()
        thread = Thread(said.thread, said.event) if said.thread and room == asked.room else None
        event = content(
            written(response.reply, response.reader, prefix), rings=False, thread=thread,
            answers=said.event if room == asked.room and not asked.private else None,
            session=shown[0].id if len(shown) == 1 else None,
        )  # fmt: skip
        if said.corrects is None:
            given = await self._sending.answer(room, event, answers(said.event), asked.user)
        else:
            given = await self._correct(said.corrects, asked, room, event)
        self._given.put(said.corrects or said.event, _Given(room, given, asked.user))
        self._reactions.is_about(given, shown[0].id if len(shown) == 1 else None)

    async def _correct(self, first: str, asked: Asked, room: str, event: dict[str, object]) -> str:
        """Edit the answer that the first wording of a command got; the result is its event."""
        again, person = answers(asked.said.event), asked.user
        given = self._given.get(first)
        if given is not None and given.room != room:
            await self._sending.withdraw(given.room, given.event, again, person)
            return await self._sending.answer(room, event, again, person)
        if given is None:
            # The homeserver knows whether there was one: it drops what comes twice.
            began = asyncio.get_running_loop().time()
            event_id = await self._sending.answer(room, event, answers(first), person)
            given = _Given(room, event_id, person)
            took = asyncio.get_running_loop().time() - began
            if await self._age(given) < took + _BEFORE:
                return given.event
        await self._sending.answer(room, corrected(event, given.event), again, person)
        return given.event

    async def _is_their_own(self, first: str, asked: Asked) -> bool:
        """True if the asker has said themselves what they correct: servers let anybody claim to.
        Raises Away."""
        given = self._given.get(first)
        if given is not None:
            return given.user == asked.user
        try:
            event = await self._server.ask("GET", "rooms", asked.room, "event", first)
        except Refused:
            return False
        return bool(event.get("sender") == asked.user.id)

    async def _age(self, given: _Given) -> float:
        """Seconds since an event was taken, as the homeserver reckons them."""
        try:
            event = await self._server.ask("GET", "rooms", given.room, "event", given.event)
            return float(event.get("unsigned", {}).get("age", 0)) / 1000
        except (Refused, Away):
            return 0.0


def answers(event: str) -> str:
    """The transaction id of the answer to an event."""
    return f"answer-{event}"
