"""Logging in with SASL: dialogues as the specifications show them, and servers that misbehave."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.adapters.irc.login.mechanisms import Login, is_loopback, login, mechanisms
from bot.adapters.irc.login.sasl import Failure, Sasl, Success, unavailable
from bot.adapters.irc.settings import Irc
from tests.adapters.irc.sasl_talk import CHECK, SCRAM, b64, outcome

TLS = Login("jilles", "sesame", certificate=False, private=True)
CERTIFIED = replace(TLS, certificate=True)
OPEN = replace(TLS, private=False)
CERT_ADD = "add the fingerprint of its certificate to the account (NickServ's CERT ADD)"


def test_plain() -> None:
    assert outcome(TLS, "PLAIN", """
        C: AUTHENTICATE PLAIN
        S: AUTHENTICATE +
        C: AUTHENTICATE AGppbGxlcwBzZXNhbWU=
        S: :jaguar.test 900 jilles jilles!jilles@localhost Jilles :You are now logged in as Jilles
        S: :jaguar.test 903 jilles :SASL authentication successful
        """) == Success("Jilles")  # fmt: skip


def test_plain_where_the_plus_has_a_colon_and_a_source() -> None:
    assert outcome(TLS, "PLAIN", """
        C: AUTHENTICATE PLAIN
        S: :irc.example.org AUTHENTICATE :+
        C: AUTHENTICATE AGppbGxlcwBzZXNhbWU=
        S: :irc.example.org 903 * :SASL authentication successful
        """) == Success("jilles")  # fmt: skip


def test_external() -> None:
    certificate = Login(None, None, certificate=True, private=True)
    assert outcome(certificate, "PLAIN,EXTERNAL", """
        C: AUTHENTICATE EXTERNAL
        S: AUTHENTICATE +
        C: AUTHENTICATE +
        S: :irc.example.org 900 bot bot!bot@host summitbot :You are now logged in as summitbot
        S: :irc.example.org 903 bot :SASL authentication successful
        """) == Success("summitbot")  # fmt: skip


def test_external_where_nobody_names_the_account() -> None:
    certificate = Login(None, None, certificate=True, private=True)
    assert outcome(certificate, None, """
        C: AUTHENTICATE EXTERNAL
        S: AUTHENTICATE +
        C: AUTHENTICATE +
        S: :irc.example.org 903 bot :SASL authentication successful
        """) == Success(None)  # fmt: skip


def test_what_scram_cannot_say_is_tried_with_plain() -> None:
    odd = replace(TLS, password="line\u2028separator\u0007")
    assert outcome(odd, None, f"""
        C: AUTHENTICATE PLAIN
        S: AUTHENTICATE +
        C: AUTHENTICATE {b64(f"{chr(0)}jilles{chr(0)}{odd.password}")}
        S: :irc.example.org 903 bot :SASL authentication successful
        """) == Success("jilles")  # fmt: skip


def test_from_external_to_scram_to_plain() -> None:
    assert outcome(CERTIFIED, None, """
        C: AUTHENTICATE EXTERNAL
        S: AUTHENTICATE +
        C: AUTHENTICATE +
        S: :irc.example.org 904 bot :SASL authentication failed
        C: AUTHENTICATE SCRAM-SHA-256
        S: :irc.example.org 908 bot PLAIN,EXTERNAL :are available SASL mechanisms
        S: :irc.example.org 904 bot :SASL authentication failed
        C: AUTHENTICATE PLAIN
        S: AUTHENTICATE +
        C: AUTHENTICATE AGppbGxlcwBzZXNhbWU=
        S: :irc.example.org 905 bot :SASL message too long
        """) == Failure(
        "The network did not let the bot log in as 'jilles' (EXTERNAL: \"SASL authentication"
        ' failed"; SCRAM-SHA-256: "SASL authentication failed"; PLAIN: "SASL message too long"):'
        f" {CERT_ADD} or {CHECK}.",
        lasting=True,
    )  # fmt: skip


def test_only_what_both_know_is_tried_after_908() -> None:
    assert outcome(CERTIFIED, None, """
        C: AUTHENTICATE EXTERNAL
        S: :irc.example.org 908 bot PLAIN :are available SASL mechanisms
        S: :irc.example.org 904 bot :SASL authentication failed
        C: AUTHENTICATE PLAIN
        S: AUTHENTICATE +
        C: AUTHENTICATE AGppbGxlcwBzZXNhbWU=
        S: :irc.example.org 903 bot :SASL authentication successful
        """) == Success("jilles")  # fmt: skip


def test_a_locked_account_is_not_tried_again() -> None:
    assert outcome(CERTIFIED, None, """
        C: AUTHENTICATE EXTERNAL
        S: :irc.example.org 902 bot :You must use a nick assigned to you
        """) == Failure(
        "The network did not let the bot log in as 'jilles' (EXTERNAL: \"You must use a nick"
        f' assigned to you"): {CERT_ADD}.',
        lasting=True,
    )  # fmt: skip


def test_who_is_logged_in_already_need_not_do_it() -> None:
    assert outcome(CERTIFIED, "EXTERNAL", """
        C: AUTHENTICATE EXTERNAL
        S: :irc.example.org 900 bot bot!bot@host Jilles :You are now logged in as Jilles
        S: :irc.example.org 907 bot :You have already authenticated using SASL
        """) == Success("Jilles")  # fmt: skip


def test_already_without_an_account_is_no_success() -> None:
    assert outcome(TLS, "PLAIN", """
        C: AUTHENTICATE PLAIN
        S: :irc.example.org 907 bot :You have already authenticated using SASL
        """) == Failure(
        "The network did not let the bot log in as 'jilles' (PLAIN: \"You have already"
        f' authenticated using SASL"): {CHECK}.',
        lasting=True,
    )  # fmt: skip


def test_services_that_went_away_may_come_back() -> None:
    assert outcome(TLS, "PLAIN", """
        C: AUTHENTICATE PLAIN
        S: :irc.example.org 906 bot :SASL authentication aborted
        """) == Failure(
        "The network did not let the bot log in as 'jilles' (PLAIN: \"SASL authentication"
        f' aborted"): {CHECK}.',
        lasting=False,
    )  # fmt: skip


def test_a_server_without_sasl() -> None:
    assert outcome(CERTIFIED, None, """
        C: AUTHENTICATE EXTERNAL
        S: :irc.example.org 421 bot AUTHENTICATE :Unknown command
        """) == Failure(
        "The network did not let the bot log in as 'jilles' (EXTERNAL: \"Unknown command\"):"
        f" {CERT_ADD}.",
        lasting=True,
    )  # fmt: skip
    assert unavailable(TLS) == Failure(
        "The server offers no SASL now, so the bot cannot log in as 'jilles': wait until the"
        ' services are back, or set sasl = "off" to log in with NickServ.',
        lasting=False,
    )


@pytest.mark.parametrize(("login", "offered", "sentence"), [
    (OPEN, "PLAIN,EXTERNAL",
     "The server knows the SASL mechanisms PLAIN,EXTERNAL, and the bot may log in as 'jilles' by"
     " SCRAM-SHA-256: set tls = true, with tls_verify = true or a tls_fingerprint, so that the"
     " password may be sent."),
    (replace(CERTIFIED, account=None, password=None), "PLAIN",
     "The server knows the SASL mechanisms PLAIN, and the bot may log in with its certificate by"
     " EXTERNAL: give the bot account and password."),
    (replace(TLS, setting="scram-sha-256"), "PLAIN",
     "The server knows the SASL mechanisms PLAIN, and the bot may log in as 'jilles' by"
     ' SCRAM-SHA-256: set sasl = "auto".'),
])  # fmt: skip
def test_nothing_in_common(login: Login, offered: str, sentence: str) -> None:
    assert outcome(login, offered, "") == Failure(sentence, lasting=True)


@pytest.mark.parametrize("begun", [True, False])
def test_services_that_do_not_answer(begun: bool) -> None:
    sasl = Sasl(TLS, "PLAIN")
    if begun:
        sasl.start()
    assert sasl.give_up() == (["AUTHENTICATE *"] if begun else [])
    assert sasl.result == Failure(
        "The network's services did not answer when the bot logged in as 'jilles': try again"
        ' later, or set sasl = "off" to log in with NickServ.',
        lasting=False,
    )
    assert sasl.give_up() == []


def test_a_long_password_goes_out_in_chunks() -> None:
    # RFC 4616 adds two NULs; three bytes are four characters.
    full = replace(TLS, password="x" * (300 - 2 - len("jilles")))
    whole = b64(f"\0jilles\0{full.password}")
    assert outcome(full, "PLAIN", f"""
        C: AUTHENTICATE PLAIN
        S: AUTHENTICATE +
        C: AUTHENTICATE {whole}
        C: AUTHENTICATE +
        """) is None  # fmt: skip
    longer = replace(full, password=f"{full.password}y")
    whole = b64(f"\0jilles\0{longer.password}")
    assert outcome(longer, "PLAIN", f"""
        C: AUTHENTICATE PLAIN
        S: AUTHENTICATE +
        C: AUTHENTICATE {whole[:400]}
        C: AUTHENTICATE {whole[400:]}
        """) is None  # fmt: skip


@pytest.mark.parametrize(("login", "usable"), [
    (CERTIFIED, ("EXTERNAL", "SCRAM-SHA-256", "PLAIN")),
    (TLS, ("SCRAM-SHA-256", "PLAIN")),
    (OPEN, ("SCRAM-SHA-256",)),
    (replace(OPEN, setting="plain"), ("PLAIN",)),
    (replace(TLS, password=None), ()),
    (replace(CERTIFIED, account=None), ("EXTERNAL",)),
    (replace(CERTIFIED, setting="external"), ("EXTERNAL",)),
    (replace(CERTIFIED, setting="scram-sha-256"), ("SCRAM-SHA-256",)),
    (replace(CERTIFIED, setting="off"), ()),
])  # fmt: skip
def test_what_may_be_used(login: Login, usable: tuple[str, ...]) -> None:
    assert mechanisms(login) == usable


def test_the_login_of_a_connection(tmp_path: Path) -> None:
    settings = Irc.model_validate({
        "server": "irc.example.org",
        "account": "bot",
        "password": "sesame",
        "certificate": tmp_path / "bot.pem",
    })  # fmt: skip
    assert login(settings, "irc.example.org", tls=True) == Login(
        "bot", "sesame", certificate=True, private=True, setting="auto"
    )
    assert login(settings, "irc.example.org", tls=False) == Login(
        "bot", "sesame", certificate=False, private=False, setting="auto"
    )
    assert login(settings, "localhost", tls=False).private
    assert "sesame" not in repr(login(settings, "localhost", tls=False))


@pytest.mark.parametrize(("host", "tls", "settings", "private"), [
    ("irc.example.org", True, {}, True),
    ("irc.example.org", True, {"tls_verify": False}, False),
    ("irc.example.org", True, {"tls_verify": False, "tls_fingerprint": ["ab" * 32]}, True),
    ("irc.example.org", False, {"tls_fingerprint": ["ab" * 32]}, False),
    ("127.0.0.1", True, {"tls_verify": False}, True),
    ("127.0.0.1", False, {}, True),
])  # fmt: skip
def test_a_password_is_private_where_nobody_can_stand_in_for_the_server(
    host: str, tls: bool, settings: dict[str, Any], private: bool
) -> None:
    given = Irc(server=host, account="bot", password=SecretStr("sesame"), **settings)
    assert login(given, host, tls).private is private
    usable = ("SCRAM-SHA-256", "PLAIN") if private else ("SCRAM-SHA-256",)
    assert mechanisms(login(given, host, tls)) == usable
    insisting = given.model_copy(update={"sasl": "plain"})
    assert mechanisms(login(insisting, host, tls)) == ("PLAIN",)


@pytest.mark.parametrize(("host", "here"), [
    ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("localhost", True),
    ("LOCALHOST.", True), ("10.0.0.1", False), ("localhost.example.org", False), ("", False),
])  # fmt: skip
def test_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here


COMMANDS = st.sampled_from(["authenticate", "900", "902", "903", "904", "905", "906", "907", "908"])
CHUNKS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["+", "*", ":+", "A" * 400, "A" * 401]),
    st.binary(max_size=30).map(lambda data: base64.b64encode(data).decode()),
)
LOGINS = st.sampled_from([TLS, CERTIFIED, OPEN, SCRAM, replace(TLS, setting="off")])


@given(
    LOGINS,
    st.none() | st.text(max_size=20) | st.just("PLAIN,EXTERNAL,SCRAM-SHA-256"),
    st.lists(st.tuples(COMMANDS | st.text(), CHUNKS, st.lists(CHUNKS, max_size=3)), max_size=12),
)
def test_nothing_that_a_server_says_breaks_it(
    login: Login, offered: str | None, lines: list[tuple[str, str, list[str]]]
) -> None:
    sasl = Sasl(login, offered)
    sent = sasl.start()
    for line in lines:
        sent += sasl.hear(*line)
    sent += sasl.give_up()
    assert all(line.startswith("AUTHENTICATE ") and line.isprintable() for line in sent)
    assert all(len(line) <= len("AUTHENTICATE ") + 400 for line in sent)
    assert isinstance(sasl.result, Success | Failure)
    if isinstance(sasl.result, Failure):
        assert sasl.result.sentence.isprintable()
