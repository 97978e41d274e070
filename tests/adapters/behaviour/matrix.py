"""Matrix for the behaviour suite: in rooms that are encrypted, and in others."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from html import unescape
from itertools import count
from typing import Any

from tests.adapters.matrix.bot import Bot, bot_on
from tests.servers.accounts import Account
from tests.servers.matrix_events import Event
from tests.servers.matrix_peer import Keys
from tests.servers.matrix_person import Person
from tests.servers.synapse import Synapse

_NAME = "summitbot"
# As on other networks.
_PAGES = {"lines": 4, "private_lines": 12}
_BOLD = re.compile(r"<strong>(.*?)</strong>")
_SECONDS = 20.0

Enters = Callable[[Synapse, Account], AbstractAsyncContextManager[Person]]


class MatrixSomeone:
    """A person with a direct chat, in a room where others are."""

    def __init__(
        self, name: str, person: Person, bot: str, chat: str, room: str, msgtype: str
    ) -> None:
        self.name = name
        self.person = person
        self._bot = bot
        self._chat = chat
        self._room = room
        self._msgtype = msgtype
        self._unread: dict[str, list[str]] = {chat: [], room: []}
        self._fences = count(1)
        self._saying: asyncio.Task[None] | None = None
        self._said = ("", "")

    def says(self, line: str) -> None:
        self._say(self._chat, line)

    def says_in_channel(self, text: str) -> None:
        self._say(self._room, text)

    async def reads(self, count: int = 1) -> list[str]:
        return await self._reads(self._chat, count)

    async def reads_in_channel(self, count: int = 1) -> list[str]:
        return await self._reads(self._room, count)

    async def asks(self, line: str) -> list[str]:
        self.says(line)
        return await self.rest()

    async def told(self) -> list[str]:
        return _lines(await self._hears(self._chat))

    async def rest(self) -> list[str]:
        fence = self._fenced()
        found = self._unread[self._chat]
        self._unread[self._chat] = []
        while not (lines := _lines(await self._hears(self._chat)))[0].startswith(fence):
            found += lines
        await self.person.is_up_to_date()
        found += self._unread[self._room]
        self._unread[self._room] = []
        while True:
            try:
                [event] = await self.person.heard_from(self._room, self._bot, 1, within=0)
            except AssertionError:
                return found
            found += _lines(event)

    async def emphasized(self, line: str) -> str:
        self.says(line)
        event = await self._hears(self._chat)
        *_, last = event.content["formatted_body"].split("<li>")
        bold = _BOLD.search(last)
        return unescape(bold[1]) if bold else ""

    async def comes_again(self) -> None:
        """As an edit that leaves it as it was. What the bot says to that edits an answer: nothing
        at all where a process that has not given it finds it as it is."""
        await self.finishes()
        await self.person.edit(self._chat, *self._said)
        fence = self._fenced()
        while not _lines(event := await self._hears(self._chat))[0].startswith(fence):
            assert event.content["m.relates_to"]["rel_type"] == "m.replace"

    async def logs_out(self) -> None:
        raise NotImplementedError("whoever logs out is gone")

    async def finishes(self) -> None:
        """Return when all has been said."""
        if self._saying is not None:
            await self._saying

    def _fenced(self) -> str:
        """Say what has only one answer, the beginning of which is the result: what one person says
        is answered in turn."""
        fence = f"zzzzz{next(self._fences)}"
        self.says(fence)
        return f"I do not know \N{LEFT DOUBLE QUOTATION MARK}{fence}"

    def _say(self, room: str, text: str) -> None:
        self._saying = asyncio.create_task(self._after(self._saying, room, text))

    async def _after(self, before: "asyncio.Task[None] | None", room: str, text: str) -> None:
        if before is not None:
            await before
        event = await self.person.say(room, text, msgtype=self._msgtype)
        if room == self._chat:
            self._said = (event, text)

    async def _reads(self, room: str, count: int) -> list[str]:
        unread = self._unread[room]
        while len(unread) < count:
            unread += _lines(await self._hears(room))
        self._unread[room] = unread[count:]
        return unread[:count]

    async def _hears(self, room: str) -> Event:
        return await self.person.hears(room, self._bot, within=_SECONDS)


class MatrixTalk:
    """A bot and people on a server."""

    beware: tuple[str, ...] = ()
    proof = ""

    def __init__(
        self, bot: Bot, comes: Callable[[str, Account | None, str], Awaitable[MatrixSomeone]],
        organisers: Mapping[str, Account],
    ) -> None:  # fmt: skip
        self.bot = bot
        self._comes = comes
        self._organisers = organisers

    async def comes(self, name: str) -> MatrixSomeone:
        return await self._comes(name, self._organisers.get(name), "m.text")

    async def comes_as_if(self, name: str) -> MatrixSomeone:
        """Shown under the same name, which everybody may take."""
        return await self._comes(name, None, "m.text")

    async def comes_as_bot(self, name: str) -> MatrixSomeone:
        """Bots speak in notices."""
        return await self._comes(name, None, "m.notice")

    def notice(self, *lines: str) -> list[str]:
        """With the reaction that does the same."""
        return [re.sub(r"(Snooze: ‘snooze \d+’)", r"\1 or ⏰", line) for line in lines]

    def post(self, *lines: str) -> list[str]:
        return list(lines)

    def typed(self, line: str) -> str:
        return f"!{line}"

    def typed_again(self, line: str) -> str:
        """In private, where the answer comes."""
        return line

    def in_channel(self, name: str, *lines: str) -> list[str]:
        """The answer refers to the question, so it need not name who asked."""
        return list(lines)


@asynccontextmanager
async def plain(server: Synapse, **settings: Any) -> AsyncIterator[MatrixTalk]:
    """In rooms that are not encrypted."""
    async with _talking(server, _plain, **settings) as talk:
        yield talk


@asynccontextmanager
async def encrypted(server: Synapse, **settings: Any) -> AsyncIterator[MatrixTalk]:
    """In encrypted rooms."""
    async with _talking(server, _encrypting, **settings) as talk:
        yield talk


@asynccontextmanager
async def _talking(
    server: Synapse, enters: Enters, organisers: Collection[str] = (), **settings: Any
) -> AsyncIterator[MatrixTalk]:
    async with AsyncExitStack() as stack:
        account, hosts = [await server.accounts.register(name) for name in (_NAME, "host")]
        known = {name: await server.accounts.register(name) for name in organisers}
        settings["organisers"] = [each.user for each in known.values()]
        host = await stack.enter_async_context(enters(server, hosts))
        room = await host.create_room("Summit", public=True)
        if "coming_up" in settings:
            settings = settings | {"coming_up": [room]}
        bot = await stack.enter_async_context(
            bot_on(
                server, account=account, display_name=_NAME, rooms=[room], **_PAGES | settings
            )
        )  # fmt: skip
        await host.membership(room, account.user, "join", within=_SECONDS)
        people: list[MatrixSomeone] = []

        async def comes(name: str, theirs: Account | None, msgtype: str) -> MatrixSomeone:
            theirs = theirs or await server.accounts.register(name)
            somebody = await stack.enter_async_context(enters(server, theirs))
            chat = await somebody.open_chat(account.user)
            await somebody.join(room)
            for each in (chat, room):
                await somebody.membership(each, account.user, "join", within=_SECONDS)
            people.append(MatrixSomeone(name, somebody, account.user, chat, room, msgtype))
            return people[-1]

        try:
            yield MatrixTalk(bot, comes, known)
        finally:
            for each in people:
                await each.finishes()


def _plain(server: Synapse, account: Account) -> Person:
    return Person(server.url, account)


def _encrypting(server: Synapse, account: Account) -> Person:
    return Person(server.url, account, Keys(server.url, account))


def _lines(event: Event) -> list[str]:
    lines: list[str] = event.content["body"].split("\n")
    return lines
