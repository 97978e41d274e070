"""The wanted nick is taken back when it is free."""

import pytest

from bot.adapters.irc.isupport import Isupport
from bot.adapters.irc.nick import WantedNick
from bot.adapters.irc.people.roster import Roster
from tests.adapters.irc.hearing import heard


def wanted(me: str) -> tuple[WantedNick, list[str]]:
    said: list[str] = []
    return WantedNick("bot[1]", Roster(me, Isupport()), said.append), said


@pytest.mark.parametrize(
    ("me", "line", "said"),
    [
        ("bot_", ":Bot{1}!x@h QUIT :bye", ["NICK bot[1]"]),
        ("bot_", ":bot[1]!x@h NICK other", ["NICK bot[1]"]),
        ("bot_", ":other!x@h NICK bot[1]", []),
        ("bot_", ":other!x@h QUIT :bye", []),
        ("bot_", ":bot[1]!x@h PART #c", []),
        ("BOT[1]", ":bot[1]!x@h QUIT :bye", []),
    ],
)
def test_whoever_gives_it_up(me: str, line: str, said: list[str]) -> None:
    nick, lines = wanted(me)
    nick.hear(heard(line))
    assert lines == said


@pytest.mark.parametrize(
    ("me", "asked", "taken"),
    [
        ("bot_", ["PRIVMSG NickServ :REGAIN bot[1]"], ["NICK bot[1]"]),
        ("bot{1}", [], []),
    ],
)
def test_services_and_polls_free_it(me: str, asked: list[str], taken: list[str]) -> None:
    nick, lines = wanted(me)
    nick.ask_services("NickServ")
    assert lines == asked
    lines.clear()
    nick.free({"somebody"})
    assert lines == []
    nick.free({"somebody", "bot{1}"})
    assert lines == taken
