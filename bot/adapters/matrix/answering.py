"""Answers what people say: in the room or to them alone, and again when they correct it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from bot.adapters.matrix.hearing.listening import Said
from bot.adapters.matrix.hearing.reacting import Reactions
from bot.adapters.matrix.homeserver import Homeserver, Refused
from bot.adapters.matrix.rooms.chats import Chats
from bot.adapters.matrix.rooms.directs import Directs
from bot.adapters.matrix.sending.delivery import Overheard, Sending
from bot.adapters.matrix.sending.writing import Thread, content, corrected, written
from bot.adapters.matrix.settings import Matrix
from bot.document import reply, text
from bot.messages import Channel, Invocation, Pages, Response, User
from bot.ports import Receive
from bot.recent import Recent
from bot.suggestions import is_for_another_bot

_log = structlog.get_logger(__name__)

_ANSWERS_REMEMBERED = 10_000
_LONGEST_WAIT = 20.0
"""Seconds that somebody waits for a chat that the bot opens; else the room tells them to do it."""


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
        self, settings: Matrix, server: Homeserver, directs: Directs, chats: Chats,
        sending: Sending, reactions: Reactions, receive: Receive,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._server = server
        self._directs = directs
        self._chats = chats
        self._sending = sending
        self._reactions = reactions
        self._receive = receive
        self._pages = Pages(settings.lines, settings.private_lines)
        self._given: Recent[str, _Given] = Recent(_ANSWERS_REMEMBERED)

    async def answer(self, asked: Asked) -> None:
        """Carry out a command and say what came of it. Raises StoreAway, Away, and Refused."""
        said, user = asked.said, asked.user
        if said.corrects is not None and not await self._is_their_own(said.corrects, asked):
            return
        channel = Channel(self._settings.name, asked.room, asked.private, said.thread)
        response = await self._receive(
            Invocation(
                said.event, user, channel, said.line, self._chats.hindrance(user.id), self._pages,
                said.corrects, again=True,
            )
        )  # fmt: skip
        silent = not asked.private and not said.named and is_for_another_bot(response)
        if not response.reply.blocks or silent:
            return
        if not response.private:
            await self._say(asked, asked.room, response)
            return
        if asked.private and await self._is_told(asked, asked.room, response):
            return
        room = await self._alone_with(user)
        if room is None or not await self._is_told(asked, room, response):
            busy = reply(text("The answer is for you alone, and I cannot open more chats just now:"
                              " open one with me, and ask there."))  # fmt: skip
            await self._say(asked, asked.room, Response(busy, response.reader, False, None))

    async def _is_told(self, asked: Asked, room: str, response: Response) -> bool:
        """Say what is for the asker alone; false if others would read it there."""
        try:
            await self._say(asked, room, response)
        except Overheard:
            return False
        return True

    async def _alone_with(self, user: User) -> str | None:
        """The chat with somebody, opened if there is none; None if that would take too long, or if
        the homeserver does not let the bot invite them."""
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                return await self._chats.with_user(user.id)
        except TimeoutError:
            return None
        except Refused as refusal:
            if refusal.for_now:
                raise
            return None

    async def _say(self, asked: Asked, room: str, response: Response) -> None:
        """Raises Overheard where it is for the asker alone, and others would read it."""
        said = asked.said
        prefix = "" if asked.private or room != asked.room else self._settings.prefix
        shown = response.reply.sessions()
        thread = Thread(said.thread, said.event) if said.thread and room == asked.room else None
        event = content(
            written(response.reply, response.reader, prefix), rings=False, thread=thread,
            answers=said.event if room == asked.room and not asked.private else None,
            session=shown[0].id if len(shown) == 1 else None,
        )  # fmt: skip

        def may() -> bool:
            # Somebody may have come since it was asked.
            return not response.private or self._directs.is_with(asked.user.id, room)

        if said.corrects is None:
            given = await self._sending.answer(room, event, answers(said.event), asked.user, may)
        else:
            given = await self._correct(said.corrects, asked, room, event, may)
        self._given.put(said.corrects or said.event, _Given(room, given, asked.user))
        self._reactions.is_about(given, shown[0].id if len(shown) == 1 else None)

    async def _correct(
        self, first: str, asked: Asked, room: str, event: dict[str, object],
        may: Callable[[], bool],
    ) -> str:  # fmt: skip
        """Edit the answer that the first wording of a command got; the result is its event."""
        again, person = answers(asked.said.event), asked.user
        given = self._given.get(first)
        if given is not None and given.room != room:
            await self._sending.withdraw(given.room, given.event, again, person)
            return await self._sending.answer(room, event, again, person, may)
        if given is None:
            # The homeserver knows whether there was one: it drops what comes twice.
            event_id = await self._sending.answer(room, event, answers(first), person, may)
            given = _Given(room, event_id, person)
            if _same(await self._reactions.says(room, event_id), event):
                return given.event
        await self._sending.answer(room, corrected(event, given.event), again, person, may)
        return given.event

    async def _is_their_own(self, first: str, asked: Asked) -> bool:
        """True if the asker has said themselves what they correct: servers let anybody claim to.
        Raises Away, and Refused for now."""
        given = self._given.get(first)
        if given is not None:
            return given.user == asked.user
        try:
            event = await self._server.ask("GET", "rooms", asked.room, "event", first)
        except Refused as refusal:
            if refusal.for_now:
                raise
            return False
        return bool(event.get("sender") == asked.user.id)


def _same(*contents: Mapping[str, object]) -> bool:
    """True if these contents differ in what they refer to, at most: a correction refers to what it
    corrects."""
    first, second = (
        {key: value for key, value in content.items() if key != "m.relates_to"}
        for content in contents
    )
    return first == second


def answers(event: str) -> str:
    """The transaction id of the answer to an event."""
    return f"answer-{event}"
