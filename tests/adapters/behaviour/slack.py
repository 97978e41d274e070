"""Slack for the behaviour suite: over sockets, and over HTTP."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from bot.adapters.slack.hearing.once import Once
from bot.patience import Patience
from tests.adapters.slack.bot import Bot, app_on, bot_on
from tests.servers.slack import Delivering, Robot, SlackServer, slack
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.delivering import Acknowledged, Delivery
from tests.servers.slack.people import Person

_NAME = "summitbot"
_SECONDS = 30.0
# As on other networks.
_PAGES = {"lines": 4, "private_lines": 12}
# Somebody who is killed has begun again before the last of them.
_PATIENT = replace(Delivering.quick(), retries=(0.0, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0))
_NAMED = re.compile(rf"@?{_NAME}\b", re.IGNORECASE)


class SlackSomeone:
    """A person with a direct chat, in a channel where others are. What they say is said when what
    they said before has been dealt with."""

    def __init__(
        self, name: str, server: SlackServer, person: Person, channel: Channel, robot: Robot | None
    ) -> None:
        self.name = name
        self._server = server
        self._person = person
        self._channel = channel
        self._robot = robot
        self._read: set[str] = set()
        self._unread: dict[bool, list[str]] = {True: [], False: []}
        self._saying: asyncio.Task[None] | None = None
        self._said: list[Delivery] = []

    def says(self, line: str) -> None:
        # The bots of other apps have no chat with ours.
        self._say(self._channel if self._robot else self._person.dm, line)

    def says_in_channel(self, text: str) -> None:
        """A command is a mention there: nothing else is heard."""
        named = _NAMED.sub("@bot", text, count=1)
        self._say(self._channel, f"@bot {named}" if named.startswith("!") else named)

    async def reads(self, count: int = 1) -> list[str]:
        return await self._reads(self._alone, count)

    async def reads_in_channel(self, count: int = 1) -> list[str]:
        return await self._reads(self._public, count)

    async def asks(self, line: str) -> list[str]:
        self.says(line)
        return await self.rest()

    async def told(self) -> list[str]:
        return _lines(await self._hears(self._alone))

    async def rest(self) -> list[str]:
        # What was said is acknowledged when it has been answered.
        await self.finishes()
        found = self._unread[True] + self._unread[False]
        self._unread = {True: [], False: []}
        for look in (self._alone, self._public):
            while (message := self._next(look)) is not None:
                found += _lines(message)
        return found

    async def emphasized(self, line: str) -> str:
        self.says(line)
        message = await self._hears(self._alone)
        *_, last = ["", *_bold(message.blocks)]
        return last if _lines(message)[-1].count(last) else ""

    async def comes_again(self) -> None:
        """As what Slack takes for not delivered."""
        await self.finishes()
        async with asyncio.timeout(_SECONDS):
            for delivery in self._said:
                # Another process had it in hand, and was killed: it comes until that is over.
                while await self._server.deliveries.again(delivery) != Acknowledged():  # noqa: ASYNC110
                    await asyncio.sleep(0.1)

    async def logs_out(self) -> None:
        raise NotImplementedError("whoever logs out is gone")

    async def finishes(self) -> None:
        """Return when all that was said has been dealt with."""
        if self._saying is not None:
            await self._saying

    def _say(self, channel: Channel, text: str) -> None:
        self._saying = asyncio.create_task(self._after(self._saying, channel, text))

    async def _after(
        self, before: "asyncio.Task[None] | None", channel: Channel, text: str
    ) -> None:
        if before is not None:
            await before
        log = self._server.deliveries.log
        known = len(log)
        if self._robot is not None:
            self._robot.says(channel, _with_mention(text, self._person))
        else:
            self._person.says(channel, text)
        said = log[known:]
        if channel is self._person.dm:
            self._said = said
        await self._server.bell.until(
            lambda: all(delivery.over for delivery in said), lambda: f"{text!r} to be dealt with"
        )
        assert all(delivery.acknowledged for delivery in said), text

    async def _reads(self, look: Callable[[], list[Message]], count: int) -> list[str]:
        unread = self._unread[look == self._alone]
        while len(unread) < count:
            unread += _lines(await self._hears(look))
        found = unread[:count]
        del unread[:count]
        return found

    async def _hears(self, look: Callable[[], list[Message]]) -> Message:
        return await self._server.bell.until(
            lambda: self._next(look), lambda: f"another message for {self.name}"
        )

    def _next(self, look: Callable[[], list[Message]]) -> Message | None:
        """The first that was not returned yet."""
        bot = self._person.dm.other(self._person.user)
        for message in look():
            if message.author is bot and message.ts not in self._read:
                self._read.add(message.ts)
                return message
        return None

    def _alone(self) -> list[Message]:
        ephemeral = [m for m in self._person.sees(self._channel) if m.seen_only_by is not None]
        return [*self._person.sees(), *ephemeral]

    def _public(self) -> list[Message]:
        return [m for m in self._person.sees(self._channel) if m.seen_only_by is None]


class SlackTalk:
    """A bot and people in a workspace."""

    beware: tuple[str, ...] = ()
    proof = ""

    def __init__(
        self, bot: Bot, server: SlackServer, channel: Channel, organisers: Mapping[str, Person]
    ) -> None:
        self.bot = bot
        self.people: list[SlackSomeone] = []
        self._organisers = organisers
        self._server = server
        self._channel = channel

    async def comes(self, name: str) -> SlackSomeone:
        person = self._organisers.get(name) or await self._person(name)
        return self._knows(name, person, None)

    async def comes_as_if(self, name: str) -> SlackSomeone:
        """Shown under the same name, which everybody may take."""
        return self._knows(name, await self._person(name), None)

    async def comes_as_bot(self, name: str) -> SlackSomeone:
        """The bot of another app."""
        return self._knows(name, await self._person(name), self._server.robot(name))

    async def _person(self, name: str) -> Person:
        return await self._server.person(name, channels=[self._channel])

    def _knows(self, name: str, person: Person, robot: Robot | None) -> SlackSomeone:
        self.people.append(SlackSomeone(name, self._server, person, self._channel, robot))
        return self.people[-1]

    def notice(self, *lines: str) -> list[str]:
        return list(lines)

    def post(self, *lines: str) -> list[str]:
        return list(lines)

    def typed(self, line: str) -> str:
        return f"@{_NAME} {line}"

    def typed_again(self, line: str) -> str:
        """By a command, whose answer the asker alone sees as well."""
        return f"/summit {line}"

    def in_channel(self, name: str, *lines: str) -> list[str]:
        """The answer stands in the thread of the question, so it need not name who asked."""
        return list(lines)


@asynccontextmanager
async def over_sockets(**settings: Any) -> AsyncIterator[SlackTalk]:
    """As an app without an address of its own."""
    async with _talking("socket", **settings) as talk:
        yield talk


@asynccontextmanager
async def over_http(**settings: Any) -> AsyncIterator[SlackTalk]:
    """As an app that listens."""
    async with _talking("http", **settings) as talk:
        yield talk


@asynccontextmanager
async def _talking(
    mode: str, organisers: Collection[str] = (), patience: Patience = Patience(), **settings: Any
) -> AsyncIterator[SlackTalk]:
    async with _short_leases(), slack(delivering=_PATIENT) as server:
        team = server.slack.create_workspace("T01")
        channel = team.add_channel("summit", id="C07")
        known = {name: await server.person(name, channels=[channel]) for name in organisers}
        settings |= {
            "channels": [channel.id], "organisers": [each.user.id for each in known.values()]
        }  # fmt: skip
        if "coming_up" in settings:
            settings["coming_up"] = [channel.id]
        home = app_on(server, mode, display_name=_NAME, **_PAGES | settings)
        server.slack.join(channel, home.app.installations[team.id].bot_user)
        async with bot_on(server, home, patience=patience) as bot:
            talk = SlackTalk(bot, server, channel, known)
            try:
                yield talk
            finally:
                for each in talk.people:
                    await each.finishes()
                assert server.mistakes == []


@asynccontextmanager
async def _short_leases() -> AsyncIterator[None]:
    """What a process that was killed had taken in hand is soon taken up."""
    usual = Once.__init__.__kwdefaults__
    assert usual is not None, "it has a lease"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(usual, "lease", timedelta(seconds=1))
        yield


def _lines(message: Message) -> list[str]:
    return unescape(message.text).split("\n")


def _bold(value: Any) -> list[str]:
    """The texts in bold, in order."""
    match value:
        case {"type": "text", "style": {"bold": True}, "text": str(text)}:
            return [text]
        case dict():
            return [text for each in value.values() for text in _bold(each)]
        case list():
            return [text for each in value for text in _bold(each)]
    return []


def _with_mention(text: str, person: Person) -> str:
    return text.replace("@bot", f"<@{person.dm.other(person.user).id}>")
