"""Who has a nick, as the server tells it."""

import asyncio

import pytest

from bot.adapters.irc.lookups import Found, Lookups
from tests.adapters.irc.hearing import heard
from tests.test_pacer import simulated

USER = ":srv 311 me Ada a home * :Ada"
ACCOUNT = ":srv 330 me Ada Lovelace :is logged in as"
BOT = ":srv 335 me Ada :is a bot"
END = ":srv 318 me Ada :End of /WHOIS list."


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([USER, END], Found("Ada", "Ada!a@home", "", bot=False)),
        ([USER, ACCOUNT, BOT, END], Found("Ada", "Ada!a@home", "Lovelace", bot=True)),
        ([":srv 401 me ada :No such nick"], None),
        ([":srv 402 me ada :No such server"], None),
        ([END], None),
        ([":srv 311 me Ada", ":srv 330 me Ada", ":srv 318 me", END], None),
        ([":srv 318 me Bob :End", USER, END], Found("Ada", "Ada!a@home", "", bot=False)),
    ],
)
def test_what_is_found(lines: list[str], found: Found | None) -> None:
    @simulated
    async def ask() -> None:
        said: list[str] = []
        lookups = Lookups(said.append, str.lower)
        asked = [asyncio.create_task(lookups.whois(nick)) for nick in ("ada", "ADA")]
        await asyncio.sleep(0)
        for line in lines:
            lookups.hear(heard(line))
        assert await asyncio.gather(*asked) == [found, found]
        assert said == ["WHOIS ada"]

    ask()


@simulated
async def test_a_server_that_says_nothing_does_not_know() -> None:
    lookups = Lookups(lambda _: None, str.lower)
    first = asyncio.create_task(lookups.whois("ada"))
    await asyncio.sleep(7)
    second = asyncio.create_task(lookups.whois("ada"))
    assert await first is None
    third = asyncio.create_task(lookups.whois("ada"))
    await asyncio.sleep(7)
    for line in (USER, END):
        lookups.hear(heard(line))
    found = Found("Ada", "Ada!a@home", "", bot=False)
    assert [await second, await third] == [None, found]


@simulated
async def test_when_the_connection_ends_nobody_is_found() -> None:
    lookups = Lookups(lambda _: None, str.lower)
    asked = [asyncio.create_task(lookups.whois(nick)) for nick in ("ada", "bob")]
    await asyncio.sleep(0)
    lookups.close()
    assert await asyncio.gather(*asked) == [None, None]
