"""Who has a nick, as the server tells it."""

import asyncio

import pytest

from bot.adapters.irc.people.lookups import Found, Lookups
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


def told(lookups: Lookups, *lines: str) -> None:
    for line in lines:
        lookups.hear(heard(line))


@simulated
async def test_what_the_server_has_said_is_known_for_a_minute() -> None:
    lookups = Lookups(lambda _: None, str.lower)
    found = Found("Ada", "Ada!a@home", "Lovelace", bot=True)
    asked = asyncio.create_task(lookups.whois("ada"))
    await asyncio.sleep(0)
    told(lookups, USER, ACCOUNT, BOT, END)
    assert [await asked, lookups.known("ADA"), lookups.known("bob")] == [found, found, None]
    await asyncio.sleep(59)
    assert lookups.known("ada") == found
    await asyncio.sleep(1)
    assert lookups.known("ada") is None


@pytest.mark.parametrize(
    ("line", "is_known"),
    [
        (":ada!a@home QUIT :bye", False),
        (":ada!a@home NICK countess", False),
        (":countess!c@home NICK ada", False),
        (":ada!b@elsewhere JOIN #c", False),
        (":ada!a@home ACCOUNT lovelace", False),
        (":ada!a@home CHGHOST a cloak", False),
        (":srv 401 me ada :No such nick", False),
        (":srv 730 me bob!b@home,ada!a@home", False),
        (":srv 731 me ada,bob", False),
        (":srv 401 me", True),
        (":bob!b@home QUIT :bye", True),
        (":bob!b@home JOIN #c", True),
        (":ada!a@home PART #c", True),
        (":srv 731 me bob", True),
    ],
)
def test_what_is_heard_of_a_nick_makes_doubtful_who_has_it(line: str, is_known: bool) -> None:
    @simulated
    async def hear() -> None:
        lookups = Lookups(lambda _: None, str.lower)
        lookups.note(Found("Ada", "Ada!a@home", "", bot=False))
        told(lookups, line)
        assert (lookups.known("ada") is not None) is is_known

    hear()
