"""Who is an organiser: whoever is logged in to the account at that moment, and nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.irc.adapter import IrcAdapter
from bot.adapters.irc.people.identity import Identity
from bot.document import Reply
from bot.messages import Invocation, Response, User
from bot.scratch import Scratch
from bot.times import Reader
from tests.adapters.irc.bot import CHANNEL, Where
from tests.adapters.irc.connecting import alone_on
from tests.adapters.irc.gathering import BOT, easy, person
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server
from tests.servers.nickserv import register
from tests.servers.strict_irc import Account, Rules, StrictServer
from tests.servers.strict_irc.commands import COMMANDS, Command

ADA, BOB = Account("ada", "sesame"), Account("bob", "open")
LOGIN = ("ada", "sesame")
NOTIFIED = easy("account-notify", "extended-join", "sasl", "cap-notify", whox=False)
FOLLOWED = [easy(), easy(without=["account-tag"]), NOTIFIED]
"""Each message tells the account, or all that happens to it is told."""
UNFOLLOWED = [easy("extended-join", "sasl", whox=False), easy("sasl")]
"""The account is known from the moment they came; that they log out is not told."""
ORDER = "cancel 12"
SILENT = Response(Reply(()), Reader(ZoneInfo("UTC")), private=True, command="cancel")


class Desk:
    """Notes who gives orders, and whether they are taken for an organiser."""

    def __init__(self) -> None:
        self.adapter: IrcAdapter
        self.users: list[User] = []
        self._heard: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()

    async def receive(self, invocation: Invocation) -> Response:
        user = invocation.user
        organises = invocation.vouched and self.adapter.organises(user)
        self.users.append(user)
        self._heard.put_nowait((user.name, organises))
        return SILENT

    async def asked(self, who: Person, target: str = BOT) -> bool:
        """They give an order; true if they are taken for an organiser."""
        who.say(target, ORDER if target == BOT else f"!{ORDER}")
        return await self.next(who.nick)

    async def next(self, nick: str) -> bool:
        """The next order is given under this nick; true if by an organiser."""
        async with asyncio.timeout(30):
            name, organises = await self._heard.get()
        assert name == nick
        return organises


@asynccontextmanager
async def desk_on(at: Where, **settings: Any) -> AsyncIterator[Desk]:
    """A bot in its channel, whose organiser is Ada."""
    desk = Desk()
    own = {"organisers": ["Ada"], **settings}
    async with alone_on(at, joins=False, receive=desk.receive, **own) as bot:
        desk.adapter = bot.adapter
        await bot.joined()
        yield desk


def hears(server: StrictServer, line: str) -> None:
    """The bot hears this, as if it had happened."""
    server.raw(BOT, f"{line}\r\n".encode())


@pytest.mark.parametrize("rules", FOLLOWED)
async def test_an_organiser_is_one_as_long_as_they_are_logged_in(
    rules: Rules,
) -> None:
    async with (
        StrictServer(rules, [ADA, BOB]) as server,
        desk_on(server) as desk,
        person(server, "lovelace", sasl=LOGIN) as ada,
    ):
        await ada.join(CHANNEL)
        assert await desk.asked(ada)
        assert await desk.asked(ada, CHANNEL)
        server.logout("lovelace")
        assert not await desk.asked(ada)
        assert not await desk.asked(ada, CHANNEL)
        server.login("lovelace", "bob")
        assert not await desk.asked(ada)
        server.login("lovelace", "ada")
        assert await desk.asked(ada)
        assert not [line for line in server.sent_by(BOT) if line.startswith("WHOIS")]


@pytest.mark.parametrize("rules", UNFOLLOWED)
async def test_where_logging_out_is_not_told_the_server_is_asked(
    rules: Rules,
) -> None:
    async with (
        StrictServer(rules, [ADA, BOB]) as server,
        person(server, "ada", sasl=LOGIN) as ada,
    ):
        await ada.join(CHANNEL)
        async with desk_on(server) as desk:
            assert await desk.asked(ada)
            server.logout("ada")
            assert not await desk.asked(ada)
            assert not await desk.asked(ada, CHANNEL)


@pytest.mark.parametrize("rules", [*FOLLOWED, *UNFOLLOWED])
async def test_a_guest_of_the_same_nick_user_and_host_is_none(rules: Rules) -> None:
    async with StrictServer(rules, [ADA]) as server, desk_on(server) as desk:
        async with person(server, "ada", user="ada") as eve:
            assert not await desk.asked(eve)
            await eve.join(CHANNEL)
            assert not await desk.asked(eve)
            assert not await desk.asked(eve, CHANNEL)
        async with person(server, "ada", user="ada", sasl=LOGIN) as ada:
            await ada.join(CHANNEL)
            assert await desk.asked(ada)
        async with person(server, "ada", user="ada") as eve:
            assert not await desk.asked(eve)
            await eve.join(CHANNEL)
            assert not await desk.asked(eve)


@pytest.mark.parametrize("rules", [*FOLLOWED, *UNFOLLOWED])
async def test_who_has_taken_the_nick_of_an_organiser_is_none(rules: Rules) -> None:
    async with (
        StrictServer(rules, [ADA]) as server,
        desk_on(server) as desk,
        person(server, "ada", user="x", sasl=LOGIN) as ada,
        person(server, "eve", user="x") as eve,
    ):
        await ada.join(CHANNEL)
        await eve.join(CHANNEL)
        assert await desk.asked(ada)
        ada.send("NICK countess")
        await eve.hears("NICK :countess")
        eve.send("NICK ada")
        await ada.hears("NICK :ada")
        eve.nick, ada.nick = "ada", "countess"
        assert not await desk.asked(eve)
        assert not await desk.asked(eve, CHANNEL)
        assert await desk.asked(ada, CHANNEL)


@pytest.mark.parametrize("rules", [easy(without=["account-tag"]), *UNFOLLOWED])
async def test_where_messages_do_not_tell_nobody_out_of_sight_is_an_organiser(
    rules: Rules,
) -> None:
    async with (
        StrictServer(rules, [ADA]) as server,
        desk_on(server) as desk,
        person(server, "ada", sasl=LOGIN) as ada,
        person(server, "bob") as bob,
    ):
        # Whoever had the nick a moment ago may have said it, and Ada have it back by now.
        assert not await desk.asked(ada)
        # Their bookmarks are theirs all the same.
        assert desk.users == [User("irc", "account:ada")]
        proof = "come to a channel where I am" in desk.adapter.traits.proof
        assert proof is ("account-tag" not in rules.capabilities)
        await ada.join(CHANNEL)
        await bob.join(CHANNEL)
        assert await desk.asked(ada)
        ada.send(f"PART {CHANNEL}")
        await bob.hears("PART")
        assert not await desk.asked(ada)


async def test_where_messages_tell_an_organiser_may_be_anywhere() -> None:
    async with (
        StrictServer(easy(), [ADA]) as server,
        desk_on(server) as desk,
        person(server, "ada", sasl=LOGIN) as ada,
    ):
        assert await desk.asked(ada)
        hears(server, f":ada!~ada@127.0.0.1 PRIVMSG {BOT} :{ORDER}")
        assert not await desk.next("ada")
        hears(server, f"@+account=ada :ada!~ada@127.0.0.1 PRIVMSG {BOT} :{ORDER}")
        assert not await desk.next("ada")


_ANSWER = [f":strict.example {line}" for line in (
    f"311 {BOT} ada ~x 127.0.0.1 * :x", f"330 {BOT} ada ada :is logged in as",
    f"318 {BOT} ada :End of WHOIS",
)]  # fmt: skip
_LEAVES, _TAKES = ":ada!~x@127.0.0.1 QUIT :bye", ":eve!~x@127.0.0.1 NICK ada"


@pytest.mark.parametrize(
    "told",
    [
        [_LEAVES, _TAKES, *_ANSWER],
        [_LEAVES, f":ada!~x@127.0.0.1 JOIN {CHANNEL} ada :x", *_ANSWER],
        # Eve was Ada, lets the organiser be it while the server answers, and is it again.
        [":ada!~x@127.0.0.1 NICK carl", _TAKES, *_ANSWER, ":ada!~x@127.0.0.1 NICK eve",
         ":carl!~x@127.0.0.1 NICK ada"],
        [":ada!~x@127.0.0.1 NICK carl", _TAKES, *_ANSWER[:2], ":ada!~x@127.0.0.1 NICK eve",
         ":carl!~x@127.0.0.1 NICK ada", *_ANSWER[2:]],
    ],
)  # fmt: skip
@pytest.mark.parametrize("rules", UNFOLLOWED)
async def test_who_gives_an_order_before_an_organiser_takes_the_nick_is_none(
    rules: Rules, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        StrictServer(rules, [ADA]) as server,
        desk_on(server) as desk,
        person(server, "ada", user="x", sasl=LOGIN) as ada,
        person(server, "eve", user="x") as eve,
    ):
        await ada.join(CHANNEL)
        await eve.join(CHANNEL)
        assert await desk.asked(ada)
        in_between = "\r\n".join((*told, ""))
        whois = Command(lambda *_: server.raw(BOT, in_between.encode()), 1)
        monkeypatch.setitem(COMMANDS, "WHOIS", whois)
        assert not await desk.asked(ada)


async def test_what_was_known_before_the_server_fell_silent_is_not_believed() -> None:
    async with (
        StrictServer(NOTIFIED, [ADA]) as server,
        desk_on(server) as desk,
        person(server, "ada", sasl=LOGIN) as ada,
    ):
        await ada.join(CHANNEL)
        assert await desk.asked(ada)
        server.cap_del("account-notify")
        server.logout("ada")
        assert not await desk.asked(ada)
        server.cap_new("account-notify")
        await ada.is_up_to_date()
        assert not await desk.asked(ada)
        server.login("ada", "ada")
        assert await desk.asked(ada)


@pytest.mark.parametrize("rules", FOLLOWED)
async def test_after_a_netsplit_nobody_is_who_was_seen_before(rules: Rules) -> None:
    async with (
        StrictServer(rules, [ADA]) as server,
        desk_on(server) as desk,
        person(server, "ada", sasl=LOGIN) as ada,
    ):
        await ada.join(CHANNEL)
        assert await desk.asked(ada)
        server.netsplit(["ada"])
        hears(server, f":ada!~ada@127.0.0.1 PRIVMSG {BOT} :{ORDER}")
        assert not await desk.next("ada")
        server.netjoin()
        assert await desk.asked(ada)


async def test_who_writes_from_elsewhere_than_they_are_seen_is_looked_up() -> None:
    async with (
        StrictServer(NOTIFIED, [ADA]) as server,
        desk_on(server) as desk,
        person(server, "ada", sasl=LOGIN) as ada,
    ):
        await ada.join(CHANNEL)
        assert await desk.asked(ada)
        hears(server, f":ada!~eve@evil.example PRIVMSG {BOT} :{ORDER}")
        assert not await desk.next("ada")


@pytest.mark.parametrize("rules", [*FOLLOWED, *UNFOLLOWED])
async def test_without_services_who_is_logged_in_stays_it(rules: Rules) -> None:
    async with StrictServer(rules, [ADA]) as server, desk_on(server) as desk:
        async with person(server, "ada", sasl=LOGIN) as ada:
            await ada.join(CHANNEL)
            server.services(here=False)
            assert await desk.asked(ada)
        async with person(server, "ada") as eve:
            await eve.join(CHANNEL)
            assert not await desk.asked(eve)


async def test_where_the_network_has_no_accounts_nobody_is() -> None:
    rules = easy("server-time", whox=False, sasl=())
    async with (
        StrictServer(rules, [ADA]) as server,
        desk_on(server) as desk,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        server.login("ada", "ada")
        assert not await desk.asked(ada)
        assert not await desk.asked(ada, CHANNEL)


async def test_no_guest_is_called_like_an_account() -> None:
    async with StrictServer(easy(), [ADA]) as server, desk_on(server) as desk:
        for nick in ("account:ada", "ada", "ADA"):
            hears(server, f":{nick}!account:ada@account:ada PRIVMSG {BOT} :{ORDER}")
            assert not await desk.next(nick)


async def test_announcements_go_to_each_channel_once() -> None:
    rules = replace(easy(), first_is_op=True)
    channels = ["#summit", "#hall geheim", "#Summit", "&here", "#hall{}", "#hall[]"]
    async with StrictServer(rules) as server, desk_on(server, channels=channels) as desk:
        names = [channel.id for channel in desk.adapter.channels]
        assert names == ["#summit", "#hall", "&here", "#hall{}"]


def test_accounts_are_compared_as_the_server_compares_them() -> None:
    identity = Identity("irc", Scratch(), ["Ada[x]"])
    ids = ["account:ada[x]", "account:ada{x}", "ada[x]", "ada[x]!ada@[x]", "account:ada"]
    assert [id for id in ids if identity.organises(User("irc", id))] == ids[:1]
    braces = str.maketrans("[]", "{}")
    identity.connects(lambda name: name.lower().translate(braces), lambda _: None)
    assert [id for id in ids if identity.organises(User("irc", id))] == ids[1:2]
    assert not identity.organises(User("oftc", ids[1]))


async def test_on_a_real_server_with_services(inspircd: Server) -> None:
    await register(inspircd, "deskada", "sesame-sesame")
    own = {"organisers": ["DeskAda"], "channels": ["#desk"], "nick": "deskbot"}

    async def asked(desk: Desk, who: Person) -> tuple[bool, bool]:
        who.say("deskbot", ORDER)
        alone = await desk.next(who.nick)
        who.say("#desk", f"!{ORDER}")
        return alone, await desk.next(who.nick)

    host, port = inspircd.host, inspircd.port
    async with desk_on(inspircd, **own) as desk:
        async with Person(host, port, "desknick", user="desk") as eve:
            await eve.join("#desk")
            assert await asked(desk, eve) == (False, False)
            eve.say("NickServ", "IDENTIFY deskada sesame-sesame")
            await eve.hears("900 desknick")
            assert await asked(desk, eve) == (True, True)
            eve.say("NickServ", "LOGOUT")
            await eve.hears("901 desknick")
            assert await asked(desk, eve) == (False, False)
        login = ("deskada", "sesame-sesame")
        async with Person(host, port, "desknick", user="desk", sasl=login) as ada:
            ada.say("deskbot", ORDER)
            assert await desk.next("desknick"), "wherever they are"
            await ada.join("#desk")
            assert await asked(desk, ada) == (True, True)
            async with Person(host, port, "eve", user="desk") as eve:
                await eve.join("#desk")
                ada.send("NICK countess")
                await eve.hears("NICK :countess")
                eve.send("NICK desknick")
                await ada.hears("NICK :desknick")
                ada.nick, eve.nick = "countess", "desknick"
                assert await asked(desk, eve) == (False, False)
                assert await asked(desk, ada) == (True, True)


async def test_on_a_real_server_without_services(ngircd: Server) -> None:
    own = {"organisers": ["ada"], "channels": ["#desk"], "nick": "deskbot"}
    async with (
        desk_on(ngircd, **own) as desk,
        Person(ngircd.host, ngircd.port, "ada", user="ada") as ada,
    ):
        ada.say("deskbot", ORDER)
        assert not await desk.next("ada")
        await ada.join("#desk")
        ada.say("#desk", f"!{ORDER}")
        assert not await desk.next("ada")
