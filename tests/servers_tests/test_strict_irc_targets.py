"""Whom one may write to on the strict server, and how many (Solanum's ircd/tgchange.c and
modules/core/m_message.c)."""

from dataclasses import replace

import pytest

from tests.servers.strict_irc import Rules, StrictServer
from tests.servers.strict_irc.limits import Inbound, Targets
from tests.servers_tests.strict_irc_people import people, said

# Lines do not count here.
RULES = Rules(speed=20, burst=None, inbound=None)
NICKS = [f"guest{number}" for number in range(12)]


def test_ten_new_recipients_and_then_one_a_minute() -> None:
    targets = Targets(Rules())
    assert [targets.add(number, 100.0) for number in range(12)] == [True] * 10 + [False] * 2
    assert not targets.add(10, 159.0)
    assert targets.add(10, 160.0)
    assert not targets.add(11, 160.0)
    assert [targets.add(number, 400.0) for number in range(11, 17)] == [True] * 4 + [False] * 2


def test_the_fifteen_last_recipients_cost_nothing() -> None:
    targets = Targets(Rules())
    for number in range(10):
        targets.add(number, 100.0)
    for number in range(10, 15):
        assert targets.add(number, 100.0 + (number - 9) * 60)
    assert all(targets.add(number, 400.0) for number in range(15))
    assert targets.add(15, 460.0)
    # Now 0, which was written to longest ago, is forgotten, and nobody else.
    assert [targets.add(number, 460.0) for number in (0, *range(1, 16))] == [False] + [True] * 15


def test_who_wrote_to_one_may_be_answered() -> None:
    targets = Targets(Rules())
    for number in range(10):
        targets.add(number, 100.0)
    for number in range(6):
        targets.add_reply(f"asks {number}")
    assert not targets.add("asks 0", 100.0)
    assert all(targets.add(f"asks {number}", 100.0) for number in range(1, 6))


def test_who_wrote_last_may_be_answered_longest() -> None:
    targets = Targets(Rules())
    for number in range(10):
        targets.add(number, 100.0)
    for name in ("ada", "bob", "eve", "kim", "zoe", "ada", "joe"):
        targets.add_reply(name)
    # Only five of them are remembered, and bob is whom nothing has been heard of for longest.
    assert [targets.add(name, 100.0) for name in ("bob", "ada")] == [False, True]


def test_idling_does_not_save_up_recipients() -> None:
    targets = Targets(Rules())
    targets.add("first", 10_000.0)
    assert [targets.add(number, 10_000.0) for number in range(10)] == [True] * 9 + [False]
    assert [targets.add(number, 20_000.0) for number in range(30, 41)] == [True] * 10 + [False]


def test_ten_messages_reach_a_nick_and_then_none_until_they_are_forgotten() -> None:
    inbound = Inbound(Rules())
    assert [inbound.take(100.0) for _ in range(12)] == [True] * 10 + [False] * 2
    assert not inbound.take(105.0)
    assert not inbound.take(111.0)
    assert [inbound.take(113.0) for _ in range(11)] == [True] * 10 + [False]


def test_a_message_a_second_always_reaches_a_nick() -> None:
    inbound = Inbound(Rules())
    assert all(inbound.take(float(second)) for second in range(100))


async def test_a_stranger_reaches_ten_people_and_the_eleventh_message_is_dropped() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", *NICKS) as [ada, *guests]:
        for nick in NICKS[:11]:
            ada.say(nick, "hello")
        ada.send(f"NOTICE {NICKS[11]} :hello")
        ada.say(NICKS[0], "again")
        await ada.is_up_to_date()
        assert said(ada, "707") == [
            ":strict.example 707 ada guest10 :Targets changing too fast, message dropped",
            ":strict.example 707 ada guest11 :Targets changing too fast, message dropped",
        ]
        assert [(one.nick, one.target, one.why, one.text) for one in server.dropped] == [
            ("ada", "guest10", "707", "hello"), ("ada", "guest11", "707", "hello")
        ]  # fmt: skip
        assert await guests[0].heard_from("ada", 2) == ["hello", "again"]
        assert said(guests[10], "PRIVMSG") == []


async def test_after_a_minute_one_more_is_reached() -> None:
    rules = replace(RULES, target_seconds=10.0)
    async with StrictServer(rules) as server, people(server, "ada", *NICKS) as [ada, *guests]:
        for nick in NICKS[:11]:
            ada.say(nick, "hello")
        await ada.hears("707")
        refused = server.now()
        while server.now() < refused + 10.1:
            await ada.is_up_to_date()
        ada.say(NICKS[10], "at last")
        assert await guests[10].heard_from("ada", 1) == ["at last"]


async def test_a_channel_without_voice_counts_as_a_recipient() -> None:
    for rules, reached in ((RULES, 9), (replace(RULES, channel_targets=False), 10)):
        async with StrictServer(rules) as server, people(server, "ada", *NICKS) as [ada, *_]:
            await ada.join("#x")
            ada.say("#x", "hello")
            for nick in NICKS:
                ada.say(nick, "hello")
            await ada.is_up_to_date()
            assert len(said(ada, "707")) == 12 - reached


@pytest.mark.parametrize("letter", ["v", "o"])
async def test_voice_or_op_in_a_shared_channel_lifts_the_limit(letter: str) -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", *NICKS, channel="#x") as [ada, *guests],
    ):
        server.set_mode("#x", f"+{letter}", "ada")
        for nick in NICKS:
            ada.say(nick, "hello")
        for guest in guests:
            assert await guest.heard_from("ada", 1) == ["hello"]
        assert server.dropped == []


async def test_voice_in_a_channel_that_is_not_shared_does_not_help() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", *NICKS) as [ada, *_]:
        await ada.join("#x")
        server.set_mode("#x", "+v", "ada")
        for nick in NICKS:
            ada.say(nick, "hello")
        await ada.is_up_to_date()
        assert len(said(ada, "707")) == 2


async def test_whoever_wrote_first_may_be_answered() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", *NICKS) as [ada, *guests]:
        for nick in NICKS[:10]:
            ada.say(nick, "hello")
        for guest in guests[10:]:
            guest.say("ada", "and me?")
        for guest in guests[10:]:
            await ada.heard_from(guest.nick, 1)
            ada.say(guest.nick, "you too")
            assert await guest.heard_from("ada", 1) == ["you too"]


async def test_an_address_that_went_too_far_gets_only_four_recipients_afterwards() -> None:
    async with StrictServer(RULES) as server, people(server, *NICKS):
        async with people(server, "ada") as [ada]:
            for nick in NICKS[:11]:
                ada.say(nick, "hello")
            await ada.hears("707")
        async with people(server, "bob") as [bob]:
            for nick in NICKS[:5]:
                bob.say(nick, "hello")
            await bob.is_up_to_date()
            assert [line.split(" ")[3] for line in said(bob, "707")] == ["guest4"]


async def test_services_are_no_recipients() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", *NICKS) as [ada, *_]:
        for nick in NICKS[:10]:
            ada.say(nick, "hello")
        ada.say("NickServ", "IDENTIFY sesame")
        assert await ada.heard_from("NickServ", 1) == ["\2ada\2 is not a registered nickname."]


async def test_four_targets_in_a_line_and_no_more() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", *NICKS[:5]) as [ada, *guests]:
        ada.say(",".join(["nobody", *NICKS[:5]]), "hello")
        assert await ada.hears("401") == ":strict.example 401 ada nobody :No such nick/channel"
        assert await ada.hears("407") == ":strict.example 407 ada guest4 :Too many recipients."
        for guest in guests[:4]:
            assert await guest.heard_from("ada", 1) == ["hello"]
        await guests[4].is_up_to_date()
        assert said(guests[4], "PRIVMSG") == []


async def test_several_targets_are_one_line() -> None:
    # No second passes.
    rules = Rules(speed=0.001, inbound=None)
    async with StrictServer(rules) as server, people(server, "ada", *NICKS[:4]) as [ada, *guests]:
        for _ in range(5):
            ada.say(",".join(NICKS[:4]), "hello")
        for guest in guests:
            assert await guest.heard_from("ada", 5) == ["hello"] * 5


async def test_without_limits_everybody_is_reached_in_one_line() -> None:
    rules = replace(RULES, max_targets=None, new_targets=None)
    async with StrictServer(rules) as server, people(server, "ada", *NICKS) as [ada, *guests]:
        ada.say(",".join(NICKS), "hello")
        for guest in guests:
            assert await guest.heard_from("ada", 1) == ["hello"]


async def test_a_crowd_that_writes_to_one_is_not_heard_any_more() -> None:
    rules = Rules(speed=0.001)
    async with StrictServer(rules) as server, people(server, "ada", *NICKS) as [ada, *guests]:
        for guest in guests:
            guest.say("ada", "!now")
            await guest.is_up_to_date()
        await ada.is_up_to_date()
        assert len(said(ada, ":guest")) == 10
        assert [(one.nick, one.why) for one in server.dropped] == [
            ("guest10", "flood"), ("guest11", "flood")
        ]  # fmt: skip
        assert await guests[11].hears("throttled") == (
            ":strict.example NOTICE guest11 :*** Message to ada throttled due to flooding"
        )


async def test_whoever_has_voice_is_not_counted_among_the_crowd() -> None:
    async with (
        StrictServer(Rules(speed=0.001, burst=None)) as server,
        people(server, "ada", "bob", channel="#x") as [ada, bob],
    ):
        server.set_mode("#x", "+v", "ada")
        for number in range(20):
            ada.say("bob", str(number))
        assert len(await bob.heard_from("ada", 20)) == 20


async def test_a_channel_takes_ten_messages_too_but_any_number_from_those_with_voice() -> None:
    rules = Rules(speed=0.001, burst=None)
    async with (
        StrictServer(rules) as server,
        people(server, "ada", "bob", "eve", channel="#x") as [ada, bob, eve],
    ):
        server.set_mode("#x", "+v", "bob")
        for number in range(20):
            bob.say("#x", str(number))
        for number in range(12):
            ada.send(f"NOTICE #x :{number}")
        await ada.is_up_to_date()
        assert len(await eve.heard_from("bob", 20)) == 20
        assert len(await eve.heard_from("ada", 10)) == 10
        assert [(one.nick, one.target, one.why) for one in server.dropped] == [
            ("ada", "#x", "flood"), ("ada", "#x", "flood")
        ]  # fmt: skip
        # A NOTICE is dropped without a word.
        assert [line for line in said(ada, "NOTICE") if "throttled" in line] == []
