"""SCRAM-SHA-256: the dialogue of the RFC, the proof of either end, and servers that have none."""

import base64
from dataclasses import replace

import pytest
from scramp import ScramMechanism

from bot.adapters.irc.login.mechanisms import Login
from bot.adapters.irc.login.sasl import Failure, Sasl, Success, chunks
from tests.adapters.irc.sasl_talk import CHECK, SCRAM, b64, hear, outcome, unb64


def test_scram_as_in_rfc_7677(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scramp.core.token_hex", lambda: "rOprNGfwEbeRWgbNEkqO")
    first = b64("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    server_first = b64(f"r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
    proof = b64(f"c=biws,r={nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    signature = b64("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    assert outcome(SCRAM, "PLAIN,SCRAM-SHA-256", f"""
        C: AUTHENTICATE SCRAM-SHA-256
        S: AUTHENTICATE +
        C: AUTHENTICATE {first}
        S: AUTHENTICATE {server_first}
        C: AUTHENTICATE {proof}
        S: AUTHENTICATE {signature}
        C: AUTHENTICATE +
        S: :irc.example.org 900 user user!user@host user :You are now logged in as user
        S: :irc.example.org 903 user :SASL authentication successful
        """) == Success("user")  # fmt: skip


class Services:
    """The other end of SCRAM, which knows a password, and whom it was asked about."""

    def __init__(self, password: str, rounds: int = 4096) -> None:
        mechanism = ScramMechanism("SCRAM-SHA-256")
        salt, stored, server, _ = mechanism.make_auth_info(password, iteration_count=4096)
        self._scram = mechanism.make_server(lambda _user: (salt, stored, server, rounds))

    def first(self, lines: list[str]) -> str:
        self._scram.set_client_first(unb64(lines))
        return str(self._scram.get_server_first())

    def final(self, lines: list[str]) -> str:
        self._scram.set_client_final(unb64(lines))
        return str(self._scram.get_server_final())


def test_scram_with_a_password_so_odd_that_it_must_be_escaped() -> None:
    odd = replace(SCRAM, account="a=b,c", password="pass,=\N{SNOWMAN}")
    sasl, services = Sasl(odd, None), Services("pass,=\N{SNOWMAN}")
    assert sasl.start() == ["AUTHENTICATE SCRAM-SHA-256"]
    first = services.first(hear(sasl, "+"))
    final = services.final(hear(sasl, b64(first)))
    assert hear(sasl, b64(final)) == ["AUTHENTICATE +"]
    assert sasl.hear("903", "bot", ["fine"]) == []
    assert sasl.result == Success("a=b,c")


PROVE = (
    "The server did not prove that it knows the password of 'user', as SCRAM-SHA-256 asks: check"
    " that server and port are those of your network."
)


@pytest.mark.parametrize("login", [SCRAM, replace(SCRAM, setting="auto")])
def test_a_server_with_a_wrong_signature_gets_no_password(login: Login) -> None:
    sasl, services = Sasl(login, None), Services("pencil")
    sasl.start()
    services.final(hear(sasl, b64(services.first(hear(sasl, "+")))))
    forged = "v=" + base64.b64encode(bytes(32)).decode()
    assert hear(sasl, b64(forged)) == ["AUTHENTICATE *"]
    assert sasl.result == Failure(PROVE, lasting=True)
    assert sasl.hear("906", "bot", ["SASL authentication aborted"]) == []


def test_a_server_that_says_yes_without_a_signature_is_not_believed() -> None:
    sasl, services = Sasl(replace(SCRAM, setting="auto"), None), Services("pencil")
    sasl.start()
    hear(sasl, b64(services.first(hear(sasl, "+"))))
    assert sasl.hear("900", "bot", ["bot!bot@host", "user", "You are now logged in"]) == []
    assert sasl.hear("903", "bot", ["SASL authentication successful"]) == []
    assert sasl.result == Failure(PROVE, lasting=True)


def test_scram_with_a_wrong_password_goes_on_with_plain_which_services_may_know_alone() -> None:
    sasl, services = Sasl(replace(SCRAM, setting="auto"), None), Services("pen")
    sasl.start()
    hear(sasl, b64(services.first(hear(sasl, "+"))))
    assert sasl.hear("904", "bot", ["SASL authentication failed"]) == ["AUTHENTICATE PLAIN"]
    assert hear(sasl, "+") == [f"AUTHENTICATE {b64(chr(0) + 'user' + chr(0) + 'pencil')}"]
    assert sasl.hear("904", "bot", ["Invalid \x02credentials"]) == []
    assert sasl.result == Failure(
        "The network did not let the bot log in as 'user' (SCRAM-SHA-256: \"SASL authentication"
        ' failed"; PLAIN: "Invalid credentials"): check account and password.',
        lasting=True,
    )


@pytest.mark.parametrize(("message", "why"), [
    ("e=invalid-proof", "the server's SCRAM message is malformed"),
    ("r=x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "the server's SCRAM message is malformed"),
    ("", "the server's SCRAM message is malformed"),
    ("\0,=", "the server's SCRAM message is malformed"),
    ("r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1", "the server's SCRAM message is malformed"),
    ("r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=9000000",
     "the server asks for too many rounds of hashing"),
])  # fmt: skip
def test_scram_that_breaks_off_is_aborted_and_named(message: str, why: str) -> None:
    sasl = Sasl(SCRAM, None)
    sasl.start()
    nonce = unb64(hear(sasl, "+")).partition(",r=")[2] + "more"
    assert hear(sasl, b64(message.format(nonce=nonce))) == ["AUTHENTICATE *"]
    assert sasl.result is None
    assert sasl.hear("906", "bot", ["SASL authentication aborted"]) == []
    assert sasl.result == Failure(
        f"The network did not let the bot log in as 'user' (SCRAM-SHA-256: \"{why}\"): {CHECK}.",
        lasting=True,
    )


def test_scram_that_is_no_text_is_aborted() -> None:
    sasl = Sasl(SCRAM, None)
    sasl.start()
    hear(sasl, "+")
    assert hear(sasl, base64.b64encode(b"r=\xff").decode()) == ["AUTHENTICATE *"]


def test_the_error_that_ends_scram_is_quoted() -> None:
    sasl, services = Sasl(SCRAM, None), Services("pencil")
    sasl.start()
    hear(sasl, b64(services.first(hear(sasl, "+"))))
    assert hear(sasl, b64("e=invalid-proof")) == ["AUTHENTICATE *"]
    sasl.hear("904", "bot", ["SASL authentication failed"])
    assert sasl.result == Failure(
        "The network did not let the bot log in as 'user' (SCRAM-SHA-256: \"invalid-proof\"):"
        f" {CHECK}.",
        lasting=True,
    )


@pytest.mark.parametrize("length", [296, 297, 298, 596, 597])
def test_the_server_s_chunks_are_put_together(length: int) -> None:
    sasl, services = Sasl(SCRAM, None), Services("pencil")
    sasl.start()
    first = services.first(hear(sasl, "+"))
    extended = f"{first},x=" + "y" * (length - len(first) - 3)
    lines = [line.removeprefix("AUTHENTICATE ") for line in chunks(extended.encode())]
    answers = [hear(sasl, line) for line in lines]
    assert answers[:-1] == [[]] * (len(lines) - 1)
    assert unb64(answers[-1]).startswith("c=biws,")


def test_a_message_without_end_is_aborted() -> None:
    sasl = Sasl(SCRAM, None)
    sasl.start()
    answers = [hear(sasl, "A" * 400) for _ in range(20)]
    assert [answer for answer in answers if answer] == [["AUTHENTICATE *"]]
