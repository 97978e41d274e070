"""Who is waited for, by MONITOR and by ISON, and what their answers mean."""

import asyncio

import pytest

from bot.adapters.irc.people.presence import Absent, Presence
from bot.messages import User
from tests.test_pacer import simulated


def user(nick: str) -> User:
    return User("irc", f"{nick}!u@h", nick)


def waiting(*nicks: str, limit: int = 0) -> Presence:
    """For these people, the first of them the longest."""
    presence = Presence(str.lower)
    presence.limit = limit
    for number, nick in enumerate(nicks):
        presence.wait_for(Absent(user(nick), nick, 1000.0 - number))
    return presence


def test_those_due_next_are_watched_as_far_as_the_list_goes() -> None:
    presence = waiting("a", "b", "c", "d", limit=2)
    assert presence.monitor(0) == ["MONITOR + d,c"]
    assert presence.monitor(0) == []
    presence.has_come(user("d"))
    assert presence.monitor(0) == ["MONITOR - d", "MONITOR + b"]
    assert presence.monitor(998.5) == ["MONITOR - c", "MONITOR + a"]
    assert presence.monitor(1000) == ["MONITOR - b,a"]


def test_long_lists_are_several_lines() -> None:
    nicks = [f"somebody{number:02}" for number in range(60)]
    lines = waiting(*nicks, limit=100).monitor(0)
    assert [len(line) for line in lines] == [405, 273]
    assert ",".join(line.removeprefix("MONITOR + ") for line in lines).split(",") == nicks[::-1]


def test_a_full_list_is_begun_anew() -> None:
    presence = waiting("a", "b", "c", limit=3)
    presence.monitor(0)
    presence.list_is_full(1)
    assert presence.ison(0, again=False) == ["ISON a b c"]
    assert presence.monitor(0) == ["MONITOR C", "MONITOR + c"]
    assert presence.monitor(0) == []
    presence.list_is_full(5)
    assert presence.limit == 1


def test_who_was_there_and_is_not_any_more_is_watched_anew() -> None:
    presence = waiting("a", "b", limit=2)
    assert presence.monitor(0) == ["MONITOR + b,a"]
    presence.has_come(user("a"))
    presence.wait_for(Absent(user("a"), "A", 1000.0))
    assert presence.monitor(0) == ["MONITOR - a", "MONITOR + A"]
    assert presence.monitor(0) == []


def test_two_users_of_one_nick_are_watched_once() -> None:
    presence = waiting("Ada", limit=5)
    presence.wait_for(Absent(user("ada"), "ada", 50))
    assert presence.monitor(0) == ["MONITOR + Ada"]
    assert {absent.user.name for absent in presence.called("ADA")} == {"Ada", "ada"}


def test_who_is_waited_for() -> None:
    presence = waiting("ada")
    assert presence.is_absent(user("ada"), 999)
    assert not presence.is_absent(user("ada"), 1000)
    assert not presence.is_absent(user("bob"), 0)
    presence.wait_for(Absent(user("ada"), "countess", 100))
    assert presence.called("ada") == []
    assert presence.called("Countess") == [Absent(user("ada"), "countess", 100)]
    assert presence.has_come(user("ada"))
    assert not presence.has_come(user("ada"))
    assert presence.called("countess") == []


def test_those_who_are_not_watched_are_asked_for_in_turns() -> None:
    nicks = [f"somebody{number:03}" for number in range(200)]
    presence = waiting(*nicks, limit=10)
    presence.monitor(0)

    def asked(*, again: bool) -> list[str]:
        lines = presence.ison(0, again=again)
        assert len(lines) <= 3
        assert all(len(line) <= 410 for line in lines)
        return [nick for line in lines for nick in line.split()[1:]]

    first, second = asked(again=False), asked(again=True)
    assert first + second[: 190 - len(first)] == nicks[:190]
    assert second[190 - len(first) :] == nicks[: len(first) + len(second) - 190]
    assert asked(again=False) == []
    presence.wait_for(Absent(user("new"), "new", 100))
    assert asked(again=False) == ["new"]


def test_an_answer_tells_of_those_who_were_asked_for() -> None:
    presence = Presence(str.lower)
    assert presence.question(["Ada", "bob", "carl"]) == "ISON Ada bob carl"
    assert presence.answered(["Ada"]) == set(), "it was not asked yet"
    presence.asked("ISON Ada bob carl")
    presence.asked("ISON dora")
    assert presence.answered(["ada"]) == {"bob", "carl"}
    assert presence.answered([]) == {"dora"}
    assert presence.answered([]) == set()


def test_a_question_that_was_passed_over_is_not_answered_by_the_next_answer() -> None:
    presence = Presence(str.lower)
    presence.asked("ISON ada")
    presence.asked("ISON bob carl")
    assert presence.answered(["bob"]) == {"carl"}
    assert presence.answered([]) == set()


@simulated
async def test_whoever_is_curious_learns_what_is_said_next() -> None:
    presence = Presence(str.lower)
    curious = [asyncio.create_task(presence.is_online(nick)) for nick in ("Ada", "ada", "bob")]
    await asyncio.sleep(0)
    presence.asked("ISON ada bob")
    presence.answered(["ADA"])
    assert await asyncio.gather(*curious) == [True, True, False]


@simulated
async def test_who_is_not_told_of_is_offline() -> None:
    presence = Presence(str.lower)
    loop, began = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    assert not await presence.is_online("ada")
    assert loop.time() - began == pytest.approx(4)
    first = asyncio.create_task(presence.is_online("ada"))
    await asyncio.sleep(3)
    second = asyncio.create_task(presence.is_online("ada"))
    await first
    third = asyncio.create_task(presence.is_online("ada"))
    await asyncio.sleep(3)
    presence.noted(["ADA"], online=True)
    assert [await first, await second, await third] == [False, False, True]
