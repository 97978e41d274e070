"""Who gets into a channel of the strict server, and what is seen there."""

from dataclasses import replace

from tests.servers.strict_irc import Account, Rules, StrictServer
from tests.servers_tests.strict_irc_people import people, said

RULES = Rules(speed=50, burst=None)


async def test_closed_channels() -> None:
    async with StrictServer(RULES) as server, people(server, "ada") as [ada]:
        server.set_mode("#invited", "+i")
        server.set_mode("#locked", "+k", "key")
        server.set_mode("#full", "+l", "0")
        server.set_mode("#registered", "+r")
        server.ban("#banned", "*!*ada@*")
        ada.send("JOIN #invited,#locked,#full,#registered,#banned,nothing")
        await ada.hears("479")
        heard = [line.removeprefix(":strict.example ") for line in ada.lines if "Cannot" in line]
        assert heard == [
            "473 ada #invited :Cannot join channel (+i) - you must be invited",
            "475 ada #locked :Cannot join channel (+k) - bad key",
            "471 ada #full :Cannot join channel (+l) - channel is full, try again later",
            "477 ada #registered :Cannot join channel (+r)"
            " - you need to be logged into your NickServ account",
            "474 ada #banned :Cannot join channel (+b) - you are banned",
        ]
        server.invite("#invited", "ada")
        assert await ada.hears("INVITE") == ":strict.example INVITE ada :#invited"
        await ada.join("#invited")
        await ada.join("#locked", "key")
        server.login("ada", "ada")
        await ada.join("#registered")
        assert [server.members(f"#{name}") for name in ("invited", "locked", "registered")] == [
            {"ada": ""}
        ] * 3  # fmt: skip
        assert server.members("#banned") == {}


async def test_bad_names_and_too_many_channels() -> None:
    rules = replace(RULES, channel_length=10, max_channels=2)
    async with StrictServer(rules) as server, people(server, "ada") as [ada]:
        ada.send("JOIN x,#abcdefghij,#abcdefghi,#b,#c")
        await ada.hears("405")
        assert [line.removeprefix(":strict.example ") for line in said(ada, "479")] == [
            "479 ada x :Illegal channel name", "479 ada #abcdefghij :Illegal channel name"
        ]  # fmt: skip
        assert said(ada, "405") == [":strict.example 405 ada #c :You have joined too many channels"]
        assert [server.members(name) for name in ("#abcdefghi", "#b")] == [{"ada": ""}] * 2


async def test_to_be_first_gives_no_power_unless_told_so() -> None:
    for rules, modes in ((RULES, ""), (replace(RULES, first_is_op=True), "o")):
        async with StrictServer(rules) as server, people(server, "ada", channel="#x"):
            assert server.members("#x") == {"ada": modes}


async def test_joins_are_seen_with_accounts_by_those_who_asked() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", caps=["extended-join", "away-notify"], channel="#x") as [ada],
        people(server, "bob", channel="#x") as [bob],
        people(server, "eve") as [eve],
    ):
        server.login("eve", "eva")
        eve.send("AWAY :elsewhere")
        await eve.join("#x")
        assert await ada.hears("JOIN #x eva") == (
            ":eve!~eve@127.0.0.1 JOIN #x eva :eve of the tests"
        )
        assert await ada.hears("AWAY") == ":eve!~eve@127.0.0.1 AWAY :elsewhere"
        assert await ada.hears("JOIN #x *") == (":ada!~ada@127.0.0.1 JOIN #x * :ada of the tests")
        assert await bob.hears("eve") == ":eve!~eve@127.0.0.1 JOIN #x"
        await bob.is_up_to_date()
        assert said(bob, "AWAY") == []


async def test_names_show_what_was_asked_for() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", channel="#x"),
        people(server, "eve", caps=["multi-prefix", "userhost-in-names"]) as [eve],
        people(server, "kim") as [kim],
    ):
        server.set_mode("#x", "+ov", "ada", "ada")
        server.set_mode("#x", "+v", "bob")
        await eve.join("#x")
        assert await eve.hears("353") == (
            ":strict.example 353 eve = #x"
            " :@+ada!~ada@127.0.0.1 +bob!~bob@127.0.0.1 eve!~eve@127.0.0.1"
        )
        await kim.join("#x")
        assert await kim.hears("353") == ":strict.example 353 kim = #x :@ada +bob eve kim"


async def test_operators_rule_and_others_do_not() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", channel="#x") as [ada, bob],
    ):
        refused = ":strict.example 482 bob #x :You're not a channel operator"
        for line in ("MODE #x +v bob", "KICK #x ada", "TOPIC #x :mine", "INVITE ada #x"):
            bob.send(line)
            assert await bob.hears("482") == refused
        server.set_mode("#x", "+o", "ada")
        ada.send("MODE #x +v-t bob")
        assert await bob.hears("MODE #x +v") == ":ada!~ada@127.0.0.1 MODE #x +v-t bob"
        bob.send("TOPIC #x :ours")
        assert await ada.hears("TOPIC") == ":bob!~bob@127.0.0.1 TOPIC #x :ours"
        bob.send("MODE #x")
        assert await bob.hears("324") == ":strict.example 324 bob #x +n"
        ada.send("KICK #x bob :out")
        assert await bob.hears("KICK") == ":ada!~ada@127.0.0.1 KICK #x bob :out"
        bob.send("PART #x")
        assert await bob.hears("442") == ":strict.example 442 bob #x :You're not on that channel"


async def test_the_server_kicks_and_bans() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", channel="#x") as [ada, bob],
    ):
        server.kick("#x", "ada", "be polite")
        kicked = ":strict.example KICK #x ada :be polite"
        assert [await ada.hears("KICK"), await bob.hears("KICK")] == [kicked, kicked]
        server.ban("#x", "ada!*@*")
        assert await bob.hears("+b") == ":strict.example MODE #x +b ada!*@*"
        bob.send("MODE #x b")
        assert await bob.hears("367") == ":strict.example 367 bob #x ada!*@*"
        ada.send("JOIN #x")
        await ada.hears("474")
        server.set_mode("#x", "-b", "ada!*@*")
        await ada.join("#x")


async def test_names_are_the_same_in_any_case() -> None:
    async with (
        StrictServer(RULES, [Account("Ada[]", "x")]) as server,
        people(server, "Ada[]", channel="#X~") as [ada],
        people(server, "bob", channel="#x^") as [bob],
    ):
        bob.say("ADA{}", "hello")
        assert await ada.heard_from("bob", 1) == ["hello"]
        assert server.members("#x~") == {"Ada[]": "", "bob": ""}
