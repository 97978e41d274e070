"""What people on the strict server learn about each other."""

from dataclasses import replace

from tests.servers.strict_irc import Rules, StrictServer
from tests.servers_tests.strict_irc_people import people, said

RULES = Rules(speed=50, burst=None)


async def test_what_the_server_says_of_itself() -> None:
    async with StrictServer(RULES) as server, people(server, "ada") as [ada]:
        words = " ".join(line.split(" ", 3)[3].partition(" :are")[0] for line in said(ada, "005"))
        assert words == (
            "CHANTYPES=# CHANMODES=bq,k,l,imnrst CHANLIMIT=#:50 PREFIX=(ov)@+ MODES=4"
            " NETWORK=Strict STATUSMSG=@+ CALLERID=g CASEMAPPING=rfc1459 NICKLEN=16 CHANNELLEN=50"
            " TOPICLEN=390 LINELEN=512"
            " TARGMAX=NAMES:1,LIST:1,KICK:1,WHOIS:1,PRIVMSG:4,NOTICE:4,ACCEPT:,MONITOR:"
            " EXTBAN=$,a MONITOR=100 WHOX BOT=B"
        )
        assert [line.split(" ")[1] for line in ada.lines[:4]] == ["001", "002", "003", "004"]
        assert [line.split(" ")[1] for line in ada.lines[-3:]] == ["422", "MODE", "PONG"]


async def test_it_can_say_less() -> None:
    rules = replace(
        RULES, monitor=None, whox=False, bot_mode=None, targmax=False, maxtargets=True,
        isupport=("SAFELIST",),
    )  # fmt: skip
    async with StrictServer(rules) as server, people(server, "ada") as [ada]:
        assert said(ada, "005")[-1].split(" ", 3)[3] == (
            "CHANTYPES=# CHANMODES=bq,k,l,imnrst CHANLIMIT=#:50 PREFIX=(ov)@+ MODES=4"
            " NETWORK=Strict STATUSMSG=@+ CALLERID=g CASEMAPPING=rfc1459 NICKLEN=16 CHANNELLEN=50"
            " TOPICLEN=390 LINELEN=512 MAXTARGETS=4 EXTBAN=$,a SAFELIST"
            " :are supported by this server"
        )
        ada.send("MONITOR + bob")
        assert await ada.hears("421") == ":strict.example 421 ada MONITOR :Unknown command"
        ada.send("WHO ada %na")
        await ada.hears("352")


async def test_monitor_tells_who_comes_and_goes() -> None:
    async with StrictServer(replace(RULES, monitor=3)) as server, people(server, "ada") as [ada]:
        async with people(server, "bob") as [bob]:
            ada.send("MONITOR + bob,eve")
            assert await ada.hears("730") == ":strict.example 730 ada :bob!~bob@127.0.0.1"
            assert await ada.hears("731") == ":strict.example 731 ada :eve"
            bob.send("NICK eve")
            assert await ada.hears("731") == ":strict.example 731 ada :bob"
            assert await ada.hears("730") == ":strict.example 730 ada :eve!~bob@127.0.0.1"
            ada.send("MONITOR S")
            assert await ada.hears("730") == ":strict.example 730 ada :eve!~bob@127.0.0.1"
            assert await ada.hears("731") == ":strict.example 731 ada :bob"
        assert await ada.hears("731") == ":strict.example 731 ada :eve"
        ada.send("MONITOR + kim,zoe,jo")
        assert await ada.hears("731") == ":strict.example 731 ada :kim"
        assert await ada.hears("734") == (":strict.example 734 ada 3 zoe,jo :Monitor list is full")
        ada.send("MONITOR - bob")
        ada.send("MONITOR L")
        assert await ada.hears("732") == ":strict.example 732 ada :eve,kim"
        assert await ada.hears("733") == ":strict.example 733 ada :End of MONITOR list"
        ada.send("MONITOR C")
        async with people(server, "kim"):
            await ada.is_up_to_date()
            assert said(ada, "730")[3:] == []


async def test_a_long_monitor_list_comes_in_several_lines() -> None:
    async with StrictServer(RULES) as server, people(server, "ada") as [ada]:
        nicks = [f"somebody{number:02}" for number in range(100)]
        for start in range(0, 100, 25):
            ada.send(f"MONITOR + {','.join(nicks[start : start + 25])}")
        ada.send("MONITOR L")
        await ada.hears("733")
        listed = said(ada, "732")
        assert len(listed) > 1
        assert ",".join(line.split(" :")[1] for line in listed).split(",") == nicks


async def test_who_and_whox() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", channel="#x") as [ada, bob],
    ):
        server.login("bob", "robert")
        server.set_mode("#x", "+v", "bob")
        bob.send("MODE bob +B")
        bob.send("AWAY :elsewhere")
        await bob.is_up_to_date()
        ada.send("WHO #x %tcuhnfa,42")
        await ada.hears("315")
        assert sorted(said(ada, "354")) == [
            ":strict.example 354 ada 42 #x ~ada 127.0.0.1 ada H 0",
            ":strict.example 354 ada 42 #x ~bob 127.0.0.1 bob G+B robert",
        ]
        ada.send("WHO bob")
        assert await ada.hears("352") == (
            ":strict.example 352 ada #x ~bob 127.0.0.1 strict.example bob G+B :0 bob of the tests"
        )
        assert await ada.hears("315") == ":strict.example 315 ada bob :End of /WHO list."


async def test_whois() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", channel="#x") as [ada, _],
    ):
        server.login("bob", "robert")
        ada.send("WHOIS bob")
        await ada.hears("318")
        start = next(n for n, line in enumerate(ada.lines) if " 311 " in line)
        assert [line.removeprefix(":strict.example ") for line in ada.lines[start:]] == [
            "311 ada bob ~bob 127.0.0.1 * :bob of the tests",
            "319 ada bob :#x",
            "312 ada bob strict.example :strict-irc",
            "330 ada bob robert :is logged in as",
            "318 ada bob :End of /WHOIS list.",
        ]


async def test_changes_are_seen_by_those_who_asked() -> None:
    caps = ["account-notify", "away-notify", "chghost"]
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", caps=caps, channel="#x") as [ada],
        people(server, "bob", "eve", channel="#x") as [bob, eve],
    ):
        server.login("eve", "eva")
        server.chghost("eve", "guest", "venue.example")
        eve.send("AWAY :elsewhere")
        await eve.is_up_to_date()
        eve.send("AWAY")
        await eve.hears("305")
        server.logout("eve")
        await ada.is_up_to_date()
        assert [line for line in ada.lines if line.startswith(":eve!")][1:] == [
            ":eve!~eve@127.0.0.1 ACCOUNT eva",
            ":eve!~eve@127.0.0.1 CHGHOST guest venue.example",
            ":eve!guest@venue.example AWAY :elsewhere",
            ":eve!guest@venue.example AWAY",
            ":eve!guest@venue.example ACCOUNT *",
        ]
        assert said(eve, "901") == [
            ":strict.example 901 eve eve!guest@venue.example :You are now logged out"
        ]
        await bob.is_up_to_date()
        assert [line for line in bob.lines if line.startswith(":eve!")] == [
            ":eve!~eve@127.0.0.1 JOIN #x"
        ]


async def test_a_host_can_be_chosen() -> None:
    async with StrictServer(RULES) as server:
        server.set_host("bob", "bob.example.org")
        async with people(server, "ada", "bob") as [ada, bob]:
            bob.say("ada", "hello")
            assert await ada.hears("hello") == ":bob!~bob@bob.example.org PRIVMSG ada :hello"
            ada.send("USERHOST bob")
            assert await ada.hears("302") == ":strict.example 302 ada :bob=+~bob@bob.example.org"
            ada.send("ISON bob eve")
            assert await ada.hears("303") == ":strict.example 303 ada :bob"
