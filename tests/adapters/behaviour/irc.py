"""IRC for the behaviour suite: on real servers, and on one with the limits of large networks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from typing import Any

from bot.adapters.irc.listening import unformatted
from tests.adapters.irc.bot import CHANNEL, Bot, Where, bot_on
from tests.servers.irc_person import Person
from tests.servers.strict_irc import Account, Rules, StrictServer

BOT = "summitbot"
LOGIN = ("summitada", "sesame-sesame")
"""The account of every organiser, where there are accounts."""
# A server on which time passes quickly, and a bot that knows it.
_SPEED = 100.0
_QUICK = {"rate": 1.8 * _SPEED}
_BEWARE = (
    "Beware: my messages may not reach you here: I have no voice here, so I can write to 9 people,"
    " and then to one more each 60 seconds."
)


class IrcSomeone:
    """A person on IRC."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.name = person.nick
        self._fences = count(1)

    def says(self, line: str) -> None:
        self.person.say(BOT, line)

    def says_in_channel(self, text: str) -> None:
        self.person.say(CHANNEL, text)

    async def reads(self, count: int = 1) -> list[str]:
        return [unformatted(await self._hears(self.name)) for _ in range(count)]

    async def reads_in_channel(self, count: int = 1) -> list[str]:
        return [unformatted(await self._hears(CHANNEL)) for _ in range(count)]

    async def asks(self, line: str) -> list[str]:
        self.says(line)
        return await self.rest()

    async def told(self) -> list[str]:
        return await self.reads()

    async def rest(self) -> list[str]:
        # What one person says is answered in turn.
        fence = f"zzzzz{next(self._fences)}"
        self.says(fence)
        end = await self.person.hears(f"I do not know \N{LEFT DOUBLE QUOTATION MARK}{fence}")
        before = self.person.lines[: self.person.lines.index(end)]
        found: list[str] = []
        while True:
            try:
                line = await self.person.hears(lambda line: _is_said(line), within=0)
            except AssertionError:
                return found
            assert line in before, f"{line} came after what was said later"
            found.append(unformatted(_text(line)))

    async def emphasized(self, line: str) -> str:
        self.says(line)
        await self.rest()
        *_, last, _ = [line for line in self.person.lines if _is_said(line, self.name)]
        _, _, bold = _text(last).partition("\x02")
        return bold.partition("\x02")[0]

    async def comes_again(self) -> None:
        raise NotImplementedError("a server sends each line once")

    async def logs_out(self) -> None:
        self.person.say("NickServ", "LOGOUT")
        await self.person.hears(f" 901 {self.name} ")

    async def _hears(self, target: str) -> str:
        return _text(await self.person.hears(lambda line: _is_said(line, target)))


_PROOF = " Organisers are known by their account: log in to it, then say that again."


class IrcTalk:
    """A bot and people on a server."""

    def __init__(
        self, bot: Bot, arrives: Callable[[str], Awaitable[Person]], beware: tuple[str, ...],
        proof: str,
    ) -> None:  # fmt: skip
        self.bot = bot
        self.beware = beware
        self.proof = proof
        self._arrives = arrives

    async def comes(self, name: str) -> IrcSomeone:
        person = await self._arrives(name)
        await person.join(CHANNEL)
        return IrcSomeone(person)

    async def comes_as_if(self, name: str) -> IrcSomeone:
        """A guest whose nick is the organiser's account."""
        account, _ = LOGIN
        return await self.comes(account)

    async def comes_as_bot(self, name: str) -> IrcSomeone:
        person = await self._arrives(name)
        person.send(f"MODE {name} +B")
        await person.hears("MODE")
        await person.join(CHANNEL)
        return IrcSomeone(person)

    def notice(self, *lines: str) -> list[str]:
        """One line costs the least."""
        said, *others = lines
        before = said
        for line in others:
            if line.startswith(("Snooze: ", "Remove: ")):
                said += " \N{MIDDLE DOT}"
            elif before.startswith("[") and not line.startswith("["):
                said += " |"
            said, before = f"{said} {line}", line
        return [said]

    def post(self, *lines: str) -> list[str]:
        heading, *items = lines
        return [f"{heading} {' | '.join(items)}"]

    def typed(self, line: str) -> str:
        return f"!{line}"

    def typed_again(self, line: str) -> str:
        """In private, where the answer comes."""
        return line

    def in_channel(self, name: str, *lines: str) -> list[str]:
        first, *others = lines
        return [f"{name}: {first}", *others]


@asynccontextmanager
async def on_server(
    server: Where, beware: tuple[str, ...] = (), organisers: Collection[str] = (),
    accounts: bool = True, **settings: Any,
) -> AsyncIterator[IrcTalk]:  # fmt: skip
    """On a server that runs; if it has accounts, organisers are logged in to theirs."""
    settings["organisers"] = [LOGIN[0]] if organisers else []
    async with AsyncExitStack() as guests:

        async def enters(name: str) -> Person:
            login = LOGIN if accounts and name in organisers else None
            person = Person(server.host, server.port, name, sasl=login)
            return await guests.enter_async_context(person)

        # Some servers take a second for each, and all together do not take longer.
        entering = {name: asyncio.create_task(enters(name)) for name in ("ada", "bob")}
        try:
            async with bot_on(server, **settings) as bot:
                proof = _PROOF if accounts else ""
                yield IrcTalk(bot, lambda name: entering.get(name) or enters(name), beware, proof)
        finally:
            await asyncio.gather(*entering.values(), return_exceptions=True)


@asynccontextmanager
async def on_server_without_accounts(server: Where, **settings: Any) -> AsyncIterator[IrcTalk]:
    """On a server where nobody can log in."""
    async with on_server(server, accounts=False, **settings) as talk:
        yield talk


@asynccontextmanager
async def without_voice(**settings: Any) -> AsyncIterator[IrcTalk]:
    """On a server with the limits of large networks, where nobody has given the bot a voice."""
    async with (
        _strict() as server,
        on_server(server, (_BEWARE,), **_QUICK | settings) as talk,
    ):
        yield talk


@asynccontextmanager
async def with_voice(**settings: Any) -> AsyncIterator[IrcTalk]:
    """On the same server, with voice."""
    async with (
        _strict() as server,
        on_server(server, **_QUICK | settings) as talk,
    ):
        server.set_mode(CHANNEL, "+v", BOT)
        yield talk


def _strict() -> StrictServer:
    """One that lets those few people talk as fast as they like: the bot is slow enough."""
    return StrictServer(Rules(speed=_SPEED, inbound=None), [Account(*LOGIN)])


def _is_said(line: str, target: str | None = None) -> bool:
    """By the bot, to this person or channel, as a message."""
    source, command, to, *_ = [*line.split(" ", 3), "", "", ""]
    said = source.lower().startswith(f":{BOT}!") and command in ("PRIVMSG", "NOTICE")
    return said and (target is None or to.lower() == target.lower())


def _text(line: str) -> str:
    return line.partition(" :")[2]
