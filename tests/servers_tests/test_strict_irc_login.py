"""Capabilities, SASL, NickServ, TLS and passwords on the strict server."""

import base64
import hashlib
import hmac
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.irc_person import Person, Refused
from tests.servers.strict_irc import CAPABILITIES, Account, Rules, StrictServer
from tests.servers_tests.strict_irc_people import people, said

RULES = Rules(speed=50, burst=None)
ADA = Account("ada", "sesame")
SUCCESS = ":strict.example 903 eve :SASL authentication successful"
FAILURE = ":strict.example 904 eve :SASL authentication failed"
LOGGED_IN = ":strict.example 900 eve eve!~eve@127.0.0.1 ada :You are now logged in as ada"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(Path(tmp_path_factory.mktemp("certificates")))


def asking(certificates: Certificates) -> ssl.SSLContext:
    """A server's: whoever comes may show a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates.authority)
    context.load_cert_chain(certificates.server.file, certificates.server.key)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def showing(certificates: Certificates, name: str | None) -> ssl.SSLContext:
    """A client's, which shows the certificate of that name."""
    context = ssl.create_default_context(cafile=certificates.authority)
    if name is not None:
        own = certificates.of(name)
        context.load_cert_chain(own.file, own.key)
    return context


async def test_capabilities_are_listed_with_values_for_those_who_know_them() -> None:
    rules = replace(RULES, sts="port={tls_port},duration=300")
    async with StrictServer(rules) as server, people(server, "ada") as [ada]:
        ada.send("CAP LS")
        names = sorted([*CAPABILITIES, "sts"])
        assert await ada.hears(" LS ") == f":strict.example CAP ada LS :{' '.join(names)}"
        ada.send("CAP LS 302")
        values = {"sasl": "sasl=PLAIN,EXTERNAL,SCRAM-SHA-256", "sts": "sts=port=None,duration=300"}
        words = [values.get(name, name) for name in names]
        assert await ada.hears(" LS ") == f":strict.example CAP ada LS :{' '.join(words)}"


async def test_a_long_list_of_capabilities_comes_in_several_lines() -> None:
    async with (
        StrictServer(replace(RULES, cap_bytes=40)) as server,
        Person(
            server.host, server.port, "ada", caps=["account-notify", "userhost-in-names"]
        ) as ada,
    ):
        lists = said(ada, "CAP")[:-1]
        assert all(len(line) < 80 for line in lists)
        assert [" LS * :" in line for line in lists] == [True] * (len(lists) - 1) + [False]
        assert ada.caps == {"account-notify", "userhost-in-names"}


async def test_capabilities_are_granted_all_or_none() -> None:
    async with StrictServer(RULES) as server, people(server, "ada") as [ada]:
        ada.send("CAP REQ :batch unheard-of")
        assert await ada.hears("NAK") == ":strict.example CAP ada NAK :batch unheard-of"
        ada.send("CAP REQ :batch sasl")
        assert await ada.hears("ACK") == ":strict.example CAP ada ACK :batch sasl"
        ada.send("CAP REQ :-batch")
        await ada.hears("ACK")
        ada.send("CAP REQ :-sasl")
        await ada.hears("NAK")
        ada.send("CAP LIST")
        assert await ada.hears("LIST") == ":strict.example CAP ada LIST :sasl"


async def test_capabilities_come_and_go() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", caps=["sasl", "batch"]) as [ada],
        people(server, "bob") as [bob],
    ):
        server.cap_del("sasl")
        assert await ada.hears("DEL") == ":strict.example CAP ada DEL :sasl"
        assert server.capabilities_of("ada") == {"batch", "cap-notify"}
        server.cap_new("sasl", "example.org/new")
        assert await ada.hears("NEW") == (
            ":strict.example CAP ada NEW :example.org/new sasl=PLAIN,EXTERNAL,SCRAM-SHA-256"
        )
        await bob.is_up_to_date()
        assert said(bob, "CAP") == []


async def test_registration_waits_for_the_end_of_negotiation() -> None:
    async with (
        StrictServer(RULES) as server,
        Person(server.host, server.port, "ada", caps=["batch"]) as ada,
    ):
        assert server.sent_by("ada") == [
            "CAP LS 302", "NICK ada", "USER ada 0 * :ada of the tests", "CAP REQ :batch", "CAP END"
        ]  # fmt: skip
        assert [line.split(" ")[1] for line in ada.lines[:3]] == ["CAP", "CAP", "001"]
        ada.send("USER ada 0 * :again")
        assert await ada.hears("462") == (
            ":strict.example 462 ada :You are already connected and cannot handshake again"
        )


async def test_nothing_else_comes_before_registration() -> None:
    async with StrictServer(RULES) as server, Eager(server.host, server.port, "ada") as ada:
        assert said(ada, "451") == [":strict.example 451 * :You have not registered"]


class Eager(Person):
    """Does not wait to be registered."""

    async def _register(self) -> None:
        self.send("JOIN #x")
        await super()._register()


async def test_plain() -> None:
    async with (
        StrictServer(RULES, [ADA]) as server,
        people(server, "eve", caps=["sasl", "account-notify"]) as [eve],
    ):
        for text, answer in (
            ("\0ada\0guess", FAILURE),
            ("\0bob\0sesame", FAILURE),
            ("bob\0ada\0sesame", FAILURE),
            ("ada", FAILURE),
            ("ada\0ada\0sesame", SUCCESS),
            ("\0ADA\0sesame", SUCCESS),
        ):
            eve.send("AUTHENTICATE plain")
            assert await eve.hears("AUTHENTICATE") == "AUTHENTICATE +"
            eve.send(f"AUTHENTICATE {encoded(text)}")
            assert await eve.hears(answer[16:19]) == answer
        assert said(eve, "900") == [LOGGED_IN] * 2
        assert said(eve, "ACCOUNT") == [":eve!~eve@127.0.0.1 ACCOUNT ada"] * 2
        assert server.account_of("eve") == "ada"


async def test_sasl_in_pieces_of_400_bytes() -> None:
    for length in (300, 297, 600, 597):
        account = Account("ada", "x" * (length - 5))
        async with (
            StrictServer(RULES, [account]) as server,
            Person(server.host, server.port, "eve", sasl=("ada", account.password)) as eve,
        ):
            assert said(eve, "903") == [SUCCESS]
            pieces = [len(line) - 13 for line in server.sent_by("eve") if "AUTHENTICATE" in line]
            assert pieces[1:] == {300: [400, 1], 297: [396], 600: [400, 400, 1], 597: [400, 396]}[
                length
            ]  # fmt: skip


async def test_sasl_errors() -> None:
    async with (
        StrictServer(replace(RULES, sasl=("PLAIN",), sasl_again=False), [ADA]) as server,
        people(server, "eve", caps=["sasl"]) as [eve],
    ):
        eve.send("AUTHENTICATE EXTERNAL")
        assert await eve.hears("908") == (
            ":strict.example 908 eve PLAIN :are available SASL mechanisms"
        )
        assert await eve.hears("904") == FAILURE
        eve.send("AUTHENTICATE PLAIN")
        eve.send("AUTHENTICATE *")
        assert await eve.hears("906") == ":strict.example 906 eve :SASL authentication aborted"
        eve.send("AUTHENTICATE PLAIN")
        eve.send(f"AUTHENTICATE {'x' * 401}")
        assert await eve.hears("905") == ":strict.example 905 eve :SASL message too long"
        eve.send("AUTHENTICATE PLAIN")
        eve.send("AUTHENTICATE ????")
        assert await eve.hears("904") == FAILURE
        server.services(here=False)
        eve.send("AUTHENTICATE PLAIN")
        assert await eve.hears("906") == ":strict.example 906 eve :SASL authentication aborted"
        server.login("eve", "ada")
        server.services(here=True)
        eve.send("AUTHENTICATE PLAIN")
        assert await eve.hears("907") == (
            ":strict.example 907 eve :You have already completed SASL authentication"
        )


async def test_a_login_that_is_not_finished_is_aborted_by_the_end_of_registration() -> None:
    async with StrictServer(RULES, [ADA]) as server, Impatient(server, "eve") as eve:
        assert said(eve, "906") == [":strict.example 906 eve :SASL authentication aborted"]
        assert server.account_of("eve") is None


class Impatient(Person):
    """Ends registration in the middle of a login."""

    def __init__(self, server: StrictServer, nick: str) -> None:
        super().__init__(server.host, server.port, nick, sasl=("ada", "sesame"))

    async def _log_in(self, account: str, password: str) -> None:
        self.send("AUTHENTICATE PLAIN")
        await self.hears("AUTHENTICATE +")


async def scram(person: Person, name: str, password: str, binding: str = "n,,") -> str:
    """Log in as RFC 5802 says, and what the server says in the end; the client checks that the
    server knows the password too, and stops if not."""
    bare = f"n={name},r=fyko"
    person.send("AUTHENTICATE SCRAM-SHA-256")
    await person.hears("AUTHENTICATE +")
    person.send(f"AUTHENTICATE {encoded(binding + bare)}")
    answer = await person.hears(lambda line: "AUTHENTICATE" in line or " 904 " in line)
    if " 904 " in answer:
        return answer
    challenge = base64.b64decode(answer.split(" ")[1]).decode()
    fields = dict(field.split("=", 1) for field in challenge.split(","))
    assert fields["r"].startswith("fyko")
    salted = hashlib.pbkdf2_hmac(
        "sha256", password.encode(), base64.b64decode(fields["s"]), int(fields["i"])
    )
    final = f"c={encoded('n,,')},r={fields['r']}"
    text = f"{bare},{challenge},{final}".encode()
    key = hmac.digest(salted, b"Client Key", "sha256")
    signature = hmac.digest(hashlib.sha256(key).digest(), text, "sha256")
    proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
    person.send(f"AUTHENTICATE {encoded(f'{final},p=' + base64.b64encode(proof).decode())}")
    answer = await person.hears(lambda line: "AUTHENTICATE" in line or " 904 " in line)
    if " 904 " in answer:
        return answer
    own = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), text, "sha256")
    if base64.b64decode(answer.split(" ")[1]) != b"v=" + base64.b64encode(own):
        return "forged"
    person.send("AUTHENTICATE +")
    return await person.hears("90")


async def test_scram() -> None:
    async with (
        StrictServer(RULES, [ADA]) as server,
        people(server, "eve", caps=["sasl"]) as [eve],
    ):
        assert await scram(eve, "ada", "guess") == FAILURE
        assert await scram(eve, "bob", "sesame") == FAILURE
        assert await scram(eve, "ada", "sesame", binding="y,,") == FAILURE
        assert server.account_of("eve") is None
        assert await scram(eve, "ada", "sesame") == LOGGED_IN
        assert await eve.hears("903") == SUCCESS


async def test_scram_with_a_server_that_does_not_know_the_password() -> None:
    async with (
        StrictServer(replace(RULES, sasl_forged=True), [ADA]) as server,
        people(server, "eve", caps=["sasl"]) as [eve],
    ):
        assert await scram(eve, "ada", "sesame") == "forged"
        assert server.account_of("eve") is None


async def test_external_with_the_certificate_of_the_account(certificates: Certificates) -> None:
    account = Account("ada", "sesame", certificates.client.fingerprint())
    async with StrictServer(RULES, [account], tls=asking(certificates)) as server:
        for certificate, answer in (("client", SUCCESS), ("stranger", FAILURE), (None, FAILURE)):
            tls = showing(certificates, certificate)
            async with Person(server.host, server.tls_port, "eve", tls, caps=["sasl"]) as eve:
                eve.send("AUTHENTICATE EXTERNAL")
                await eve.hears("AUTHENTICATE +")
                eve.send("AUTHENTICATE +")
                assert await eve.hears(answer[16:19]) == answer


async def test_plain_and_tls_ports_serve_the_same_network(certificates: Certificates) -> None:
    rules = replace(RULES, sts="port={tls_port}")
    async with (
        StrictServer(rules, tls=asking(certificates)) as server,
        Person(server.host, server.tls_port, "ada", showing(certificates, None)) as ada,
        people(server, "bob") as [bob],
    ):
        bob.say("ada", "hello")
        assert await ada.heard_from("bob", 1) == ["hello"]
        bob.send("CAP LS 302")
        assert f" sts=port={server.tls_port} " in await bob.hears(" LS ")
        server.drop("ada")
        await ada.is_disconnected()
        with pytest.raises(ssl.SSLError):
            async with Person(server.host, server.port, "eve", showing(certificates, None)):
                pass


async def test_ipv6() -> None:
    async with (
        StrictServer(RULES, host="::1") as server,
        people(server, "ada", "bob") as [ada, bob],
    ):
        ada.say("bob", "hello")
        assert await bob.hears("hello") == ":ada!~ada@::1 PRIVMSG bob :hello"


async def test_the_password_of_the_server() -> None:
    async with StrictServer(replace(RULES, password="open")) as server:
        async with Person(server.host, server.port, "ada", password="open"):
            assert server.nicks == ["ada"]
        for password in ("shut", None):
            with pytest.raises(Refused, match="464 ada :Password Incorrect"):
                async with Person(server.host, server.port, "ada", password=password):
                    pass


async def test_a_ping_may_have_to_be_answered_before_registration() -> None:
    async with StrictServer(replace(RULES, ping_cookie=True)) as server:
        async with people(server, "ada") as [ada]:
            assert ada.lines[0].startswith("PING :")
        deaf = Person(server.host, server.port, "bob", answers_pings=False, within=0.2)
        with pytest.raises(AssertionError, match="PING"):
            async with deaf:
                pass


async def test_nickserv() -> None:
    async with (
        StrictServer(RULES, [ADA]) as server,
        people(server, "ada", "eve") as [ada, eve],
    ):

        async def tell(text: str, answers: int = 1) -> list[str]:
            eve.say("NickServ", text)
            return await eve.heard_from("NickServ", answers)

        assert await tell("IDENTIFY ada guess") == ["Invalid password for \2ada\2."]
        assert await tell("IDENTIFY sesame") == ["\2eve\2 is not a registered nickname."]
        assert await tell("GHOST ada") == ["You are not authorized to use GHOST on \2ada\2."]
        assert await tell("GHOST ada guess") == ["Invalid password for \2ada\2."]
        assert await tell("REGAIN bob x") == ["\2bob\2 is not a registered nickname."]
        assert await tell("IDENTIFY ada sesame") == ["You are now identified for \2ada\2."]
        assert await eve.hears("900") == LOGGED_IN
        assert await tell("IDENTIFY ada sesame") == ["You are already logged in as \2ada\2."]
        assert await tell("GHOST ada") == ["\2ada\2 has been ghosted."]
        assert await ada.hears("ERROR") == (
            "ERROR :Closing Link: 127.0.0.1 (Killed (NickServ (GHOST command used by eve)))"
        )
        assert await tell("GHOST ada") == ["\2ada\2 is not online."]
        server.hold("ada")
        eve.send("NICK ada")
        assert await eve.hears("437") == (
            ":strict.example 437 eve ada :Nick/channel is temporarily unavailable"
        )
        eve.send("NICKSERV RELEASE ada sesame")
        assert await eve.heard_from("NickServ", 1) == ["\2ada\2 has been released."]
        assert await tell("LOGOUT") == ["You have been logged out."]
        assert server.account_of("eve") is None
        async with people(server, "ada") as [thief]:
            assert await tell("REGAIN ada sesame") == ["\2ada\2 has been regained."]
            assert await eve.hears("NICK") == ":eve!~eve@127.0.0.1 NICK :ada"
            await thief.is_disconnected()
        server.services(here=False)
        eve.say("NickServ", "IDENTIFY ada sesame")
        assert await eve.hears("401") == ":strict.example 401 ada NickServ :No such nick/channel"
