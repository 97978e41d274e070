"""What becomes of a message on the strict server: refused, cut, tagged, echoed."""

from dataclasses import replace

from tests.servers.irc_person import Person
from tests.servers.strict_irc import Rules, StrictServer
from tests.servers_tests.strict_irc_people import people, said

RULES = Rules(speed=50, burst=None, inbound=None, new_targets=None)


async def test_nobody_of_that_name() -> None:
    async with StrictServer(RULES) as server, people(server, "ada") as [ada]:
        ada.say("bob,#x", "hello")
        ada.send("NOTICE bob :a notice gets no answer")
        await ada.is_up_to_date()
        assert said(ada, "401") == [
            ":strict.example 401 ada bob :No such nick/channel",
            ":strict.example 401 ada #x :No such nick/channel",
        ]
        assert [(one.target, one.why) for one in server.dropped] == [
            ("bob", "401"), ("#x", "401"), ("bob", "401")
        ]  # fmt: skip


async def test_messages_without_recipient_or_text() -> None:
    async with StrictServer(RULES) as server, people(server, "ada") as [ada]:
        ada.send("PRIVMSG")
        ada.send("PRIVMSG ada")
        ada.send("NOTICE ada")
        await ada.is_up_to_date()
        assert said(ada, "411") == [":strict.example 411 ada :No recipient given (PRIVMSG)"]
        assert said(ada, "412") == [":strict.example 412 ada :No text to send"]


async def test_a_channel_refuses_strangers_the_silenced_and_the_banned() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", channel="#x") as [ada],
        people(server, "eve") as [eve],
    ):
        refused = ":strict.example 404 eve #x :Cannot send to nick/channel"
        eve.say("#x", "from outside")
        assert await eve.hears("404") == refused
        await eve.join("#x")
        for modes in ("+m", "-m+b eve!*@*", "-b+q eve!*@* $~a"):
            server.set_mode("#x", *modes.split(" "))
            eve.say("#x", "from inside")
            assert await eve.hears("404") == refused
            eve.send("NOTICE #x :quietly")
            await eve.is_up_to_date()
        server.login("eve", "eve")
        eve.say("#x", "with an account")
        await eve.is_up_to_date()
        server.set_mode("#x", "+mv", "eve")
        eve.say("#x", "with voice")
        assert await ada.heard_from("eve", 2) == ["with an account", "with voice"]
        assert said(eve, "404") == [refused] * 4


async def test_caller_id_refuses_strangers_and_tells_once_a_minute() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", "eve") as [ada, eve]:
        server.set_user_mode("ada", "+g")
        eve.say("ada", "hello")
        eve.say("ada", "hello?")
        eve.send("NOTICE ada :quietly")
        await eve.is_up_to_date()
        await ada.is_up_to_date()
        is_in = "ada :is in +g mode and must manually allow you to message them."
        assert said(eve, "716") == [
            f":strict.example 716 eve {is_in} Your message was discarded."
        ] * 2  # fmt: skip
        assert said(eve, "717") == [
            ":strict.example 717 eve ada :has been informed that you messaged them."
        ]
        assert said(ada, "718") == [
            ":strict.example 718 ada eve ~eve@127.0.0.1 :is messaging you, and you have umode +g."
            " The message was discarded."
        ]
        ada.send("ACCEPT eve")
        await ada.is_up_to_date()
        eve.say("ada", "now?")
        assert await ada.heard_from("eve", 1) == ["now?"]
        assert [one.why for one in server.dropped] == ["716"] * 3


async def test_whoever_writes_first_from_behind_caller_id_may_be_answered() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", "eve") as [ada, eve]:
        server.set_user_mode("ada", "+gR")
        ada.say("eve", "are you there?")
        await eve.heard_from("ada", 1)
        eve.say("ada", "yes")
        assert await ada.heard_from("eve", 1) == ["yes"]


async def test_some_take_messages_from_those_with_an_account_alone() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", "eve") as [ada, eve]:
        ada.send("MODE ada +R")
        await ada.is_up_to_date()
        eve.say("ada", "hello")
        assert await eve.hears("486") == (
            ":strict.example 486 eve ada"
            " :You must log into your NickServ account to message this user"
        )
        server.login("eve", "eve")
        eve.say("ada", "hello again")
        assert await ada.heard_from("eve", 1) == ["hello again"]


async def test_who_is_away_says_so() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", "eve") as [ada, eve]:
        ada.send("AWAY :at lunch")
        await ada.hears("306")
        eve.say("ada", "hello")
        assert await eve.hears("301") == ":strict.example 301 eve ada :at lunch"
        assert await ada.heard_from("eve", 1) == ["hello"]


async def test_a_relayed_line_is_cut_at_512_bytes() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", "eve") as [ada, eve]:
        ada.say("eve", "x" + "ä" * 240)
        prefix = ":ada!~ada@127.0.0.1 PRIVMSG eve :"
        # 477 bytes are left, and half an "ä" is the last of them.
        assert len(prefix) == 33
        assert await eve.hears(prefix) == f"{prefix}x{'ä' * 238}"


async def test_a_carriage_return_alone_begins_another_command() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", "eve") as [ada, eve]:
        ada.say("eve", "title\rPRIVMSG eve :injected\0unseen")
        assert await eve.heard_from("ada", 2) == ["title", "injected"]


async def test_formatting_survives() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", "eve") as [ada, eve]:
        ada.say("eve", "\2bold\2 \x1funder\x1f \x1ditalic\x1d  two spaces")
        assert await eve.heard_from("ada", 1) == [
            "\2bold\2 \x1funder\x1f \x1ditalic\x1d  two spaces"
        ]


async def test_each_target_is_echoed_once() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", caps=["echo-message"], channel="#x") as [ada],
        people(server, "bob", "eve") as _,
    ):
        ada.say("bob,nobody,eve,#x", "hello")
        await ada.is_up_to_date()
        assert said(ada, ":ada!~ada@127.0.0.1 PRIVMSG") == [
            ":ada!~ada@127.0.0.1 PRIVMSG bob :hello",
            ":ada!~ada@127.0.0.1 PRIVMSG eve :hello",
            ":ada!~ada@127.0.0.1 PRIVMSG #x :hello",
        ]
        ada.say("ada", "to myself")
        await ada.is_up_to_date()
        assert said(ada, ":ada!~ada@127.0.0.1 PRIVMSG ada") == [
            ":ada!~ada@127.0.0.1 PRIVMSG ada :to myself"
        ] * 2  # fmt: skip


async def test_tags_say_when_who_and_what() -> None:
    caps = ["server-time", "account-tag", "message-tags"]
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", caps=caps) as [ada],
        people(server, "eve", "bob") as [eve, bob],
    ):
        server.login("bob", "robert")
        server.set_user_mode("bob", "+B")
        eve.say("ada", "plain")
        bob.send("@+draft/reply=1;time=never;label=2 PRIVMSG ada :a bot")
        bob.send("@+typing=active TAGMSG ada")
        plain = await ada.hears("plain")
        tagged = await ada.hears("a bot")
        time, _, rest = plain.partition(" ")
        assert time.startswith("@time=20")
        assert time.endswith("Z")
        assert rest == ":eve!~eve@127.0.0.1 PRIVMSG ada :plain"
        tags, _, rest = tagged.partition(" ")
        assert sorted(tags[1:].split(";"))[:3] == ["+draft/reply=1", "account=robert", "bot"]
        assert len(tags.split(";")) == 4
        assert rest == ":bob!~bob@127.0.0.1 PRIVMSG ada :a bot"
        # To send tags one has to have asked for them.
        await ada.is_up_to_date()
        assert said(ada, "TAGMSG") == []


async def test_tags_between_clients_reach_those_who_asked() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", caps=["message-tags"]) as [ada, bob],
    ):
        ada.send("@+typing=a\\sb\\:c TAGMSG bob")
        assert await bob.hears("TAGMSG") == ("@+typing=a\\sb\\:c :ada!~ada@127.0.0.1 TAGMSG bob")


async def test_too_many_tags_are_refused() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", caps=["message-tags"]) as [ada],
    ):
        ada.send(f"@+long={'x' * 5000} PRIVMSG ada :hello")
        assert await ada.hears("417") == ":strict.example 417 ada :Input line was too long"
        ada.send(f"@+long={'x' * 4000} PRIVMSG ada :hello")
        assert await ada.heard_from("ada", 1) == ["hello"]


async def test_a_label_marks_the_answer() -> None:
    caps = ["labeled-response", "batch", "echo-message"]
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", caps=caps) as [ada],
        people(server, "bob") as _,
    ):
        ada.send("@label=1 PRIVMSG bob :hello")
        assert await ada.hears("PRIVMSG bob") == ("@label=1 :ada!~ada@127.0.0.1 PRIVMSG bob :hello")
        ada.send("@label=2 PING x")
        assert await ada.hears("PONG") == "@label=2 :strict.example PONG strict.example :x"
        ada.send("@label=3 NOTICE nobody :hello")
        assert await ada.hears("label=3") == "@label=3 :strict.example ACK"
        ada.send("@label=4 PRIVMSG bob,nobody :hello")
        begin = await ada.hears("label=4")
        name = begin.split("+")[1].split(" ")[0]
        assert begin == f"@label=4 :strict.example BATCH +{name} labeled-response"
        assert await ada.hears("401") == (
            f"@batch={name} :strict.example 401 ada nobody :No such nick/channel"
        )
        assert await ada.hears("PRIVMSG bob") == (
            f"@batch={name} :ada!~ada@127.0.0.1 PRIVMSG bob :hello"
        )
        assert await ada.hears("BATCH -") == f":strict.example BATCH -{name}"
        ada.send("@label=5 PRIVMSG ada :myself")
        assert [await ada.hears("myself"), await ada.hears("myself")] == [
            ":ada!~ada@127.0.0.1 PRIVMSG ada :myself",
            "@label=5 :ada!~ada@127.0.0.1 PRIVMSG ada :myself",
        ]


async def test_labels_can_be_switched_off() -> None:
    rules = replace(RULES, capabilities=RULES.capabilities - {"labeled-response"})
    caps = ["labeled-response", "batch"]
    async with (
        StrictServer(rules) as server,
        Person(server.host, server.port, "ada", caps=caps) as ada,
    ):
        assert ada.caps == {"batch"}
        ada.send("@label=2 PING x")
        assert await ada.hears("PONG") == ":strict.example PONG strict.example :x"


async def test_malformed_lines_harm_nobody() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", channel="#x") as [ada]:
        server.set_mode("#x", "+o", "ada")
        for line in (
            "", " ", ":", ":x", "@", "@a", "@a ", "@a=b;=;; :x", "\0", ":x y z", "MODE #x +o bob",
            "MODE #x +l many", "MODE #x +b", "MODE #x +Z", "MODE #x -b none", "MODE ada +Z",
            "JOIN ,", "JOIN #" + "x" * 60, "PART #y", "KICK #x", "KICK #x bob", "WHO", "WHOIS ,",
            "MONITOR +", "MONITOR x y", "NICK :", "NICK :a b", "NICK 1", "USER a b c d", "CAP X",
            "TOPIC", "INVITE bob #x", "AUTHENTICATE x", "PONG", "\x7f\x80", "PRIVMSG #x,#x : ",
            "NAMES", "NAMES #y", "ACCEPT bob", "AWAY", "USERHOST ada", "ISON ada bob", "NS", "ns x",
        ):  # fmt: skip
            ada.send(line)
        ada.send("\udcff\udcfe")
        await ada.is_up_to_date()
        assert server.nicks == ["ada"]
