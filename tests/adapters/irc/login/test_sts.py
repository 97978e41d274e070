"""Strict Transport Security: what is obeyed on which connection, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.login.sts import (
    Policies,
    Policy,
    objection,
    policies_from,
    route,
    upgrade_port,
)
from tests.summit import at

HOST = "irc.example.org"
NOON = at(16, 12)
MONTH = timedelta(seconds=2592000)
KEPT = Policies({HOST: Policy(6697, MONTH, NOON + MONTH)})


def heard(value: str, before: Policies | None = None, *, verified: bool = True) -> Policies:
    return (before or Policies()).heard(HOST, 6697, value, NOON, verified=verified)


@pytest.mark.parametrize(("value", "port"), [
    ("port=6697", 6697),
    ("port=6697,duration=2592000,preload", 6697),
    ("unknown,port=7000,foo=bar=baz", 7000),
    ("duration=x,port=1", 1),
    ("duration=15552000", None),
    ("port=0", None), ("port=65536", None), ("port=-1", None), ("port=", None), ("port", None),
    ("port=6697x", None), ("port=\u0666", None), ("port= 6697", None), ("PORT=6697", None),
    ("port=6697,port=6698", None),
    ("", None),
])  # fmt: skip
def test_where_a_connection_without_tls_has_to_go(value: str, port: int | None) -> None:
    assert upgrade_port(value) == port


@pytest.mark.parametrize("value", [
    "duration=2592000", "port=1,duration=2592000,preload=x", "unknown,duration=2592000,foo=bar",
])  # fmt: skip
def test_a_duration_is_kept(value: str) -> None:
    assert heard(value) == KEPT


@pytest.mark.parametrize("value", [
    "", "port=6697", "preload", "duration", "duration=", "duration=-1", "duration=1.5",
    "duration=soon", "duration=5,duration=6", "duration=9999999999999",
])  # fmt: skip
def test_a_value_without_a_sensible_duration_changes_nothing(value: str) -> None:
    assert heard(value) == Policies()
    assert heard(value, KEPT) == KEPT


def test_a_certificate_that_nobody_verified_changes_nothing() -> None:
    assert heard("duration=5", verified=False) == Policies()
    assert heard("duration=0", KEPT, verified=False) == KEPT


def test_a_duration_of_nothing_ends_the_policy() -> None:
    assert heard("duration=0", KEPT) == Policies()
    assert heard("duration=0") == Policies()


def test_a_duration_of_ages_is_cut() -> None:
    ten_years = timedelta(days=3650)
    assert heard("duration=999999999999") == Policies({
        HOST: Policy(6697, ten_years, NOON + ten_years),
    })  # fmt: skip


def test_a_policy_through_its_life() -> None:
    policies = heard("duration=60").heard("other.example", 7000, "duration=5", NOON, verified=True)
    lives = [policies.of(HOST, NOON + timedelta(seconds=s)) is not None for s in (0, 59, 60)]
    assert lives == [True, True, False]

    two_days = NOON + timedelta(days=2)
    policies = policies.left(HOST, two_days)
    assert policies.of(HOST, two_days + timedelta(seconds=59)) == Policy(
        6697, timedelta(seconds=60), two_days + timedelta(seconds=60)
    )
    assert policies.of("other.example", two_days) is None

    policies = policies.heard(HOST, 6698, "duration=2592000", two_days, verified=True)
    assert policies.of(HOST, two_days) == Policy(6698, MONTH, two_days + MONTH)


def test_to_leave_a_host_without_a_policy_makes_none() -> None:
    assert Policies().left(HOST, NOON) == Policies()


def test_hosts_are_the_same_however_they_are_written() -> None:
    assert KEPT.of("IRC.Example.ORG.", NOON) == KEPT.of(HOST, NOON) is not None
    assert KEPT.heard("IRC.EXAMPLE.ORG", 6697, "duration=0", NOON, verified=True) == Policies()


@pytest.mark.parametrize(("policy", "port", "tls", "where"), [
    (None, 6667, False, (6667, False)),
    (None, 6697, True, (6697, True)),
    (Policy(7000, MONTH, NOON), 6667, False, (7000, True)),
    (Policy(7000, MONTH, NOON), 6697, True, (6697, True)),
])  # fmt: skip
def test_where_to_connect(
    policy: Policy | None, port: int, tls: bool, where: tuple[int, bool]
) -> None:
    assert route(policy, port, tls) == where


def test_verification_stays_on_under_a_policy() -> None:
    policy = KEPT.of(HOST, NOON)
    assert objection(HOST, policy, verified=False) == (
        "irc.example.org wants to be spoken to over verified TLS only, until 2012-05-16: set"
        " tls_verify = true, or tls_fingerprint to the SHA-256 of its certificate."
    )
    assert objection(HOST, policy, verified=True) is None
    assert objection(HOST, None, verified=False) is None


def test_what_is_kept_can_be_read_again() -> None:
    assert KEPT.to_json() == (
        '{"irc.example.org": {"port": 6697, "duration": 2592000,'
        ' "until": "2012-05-16T12:00:00+00:00"}}'
    )
    assert policies_from(KEPT.to_json()) == KEPT
    assert policies_from(None) == policies_from("") == policies_from("{}") == Policies()


@pytest.mark.parametrize("entry", [
    "null", "[]", "5", "{}",
    '{"port": 0, "duration": 5, "until": "2012-05-16T12:00:00+00:00"}',
    '{"port": 1, "duration": 0, "until": "2012-05-16T12:00:00+00:00"}',
    '{"port": 1, "duration": 5e9, "until": "2012-05-16T12:00:00+00:00"}',
    '{"port": 1, "duration": 99999999999999999999, "until": "2012-05-16T12:00:00+00:00"}',
    '{"port": 1, "duration": 5, "until": "2012-05-16T12:00:00"}',
    '{"port": 1, "duration": 5, "until": "tomorrow"}',
    '{"port": 1, "duration": 5}',
])  # fmt: skip
def test_one_entry_that_cannot_be_read_costs_that_entry(entry: str) -> None:
    text = KEPT.to_json().removesuffix("}") + f', "other.example": {entry}}}'
    assert policies_from(text) == KEPT


@pytest.mark.parametrize("text", ["[", "[]", "null", "5", "[" * 100_000])
def test_what_is_no_mapping_is_forgotten(text: str) -> None:
    assert policies_from(text) == Policies()


HOSTS = st.text(max_size=8)
SERVER_WORDS = st.text(max_size=12) | st.lists(
    st.sampled_from(["port=", "duration=", "preload"]).flatmap(
        lambda key: st.integers(-1, 10**14).map(lambda n: f"{key}{n}")
    ),
    max_size=3,
).map(",".join)


@given(st.lists(st.tuples(HOSTS, SERVER_WORDS), max_size=6), st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001  # naive by contract
))  # fmt: skip
def test_nothing_that_a_server_says_breaks_it(values: list[tuple[str, str]], now: datetime) -> None:
    policies = Policies()
    for host, value in values:
        upgrade_port(value)
        policies = policies.heard(host, 6697, value, now, verified=True).left(host, now)
    assert policies_from(policies.to_json()) == policies


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(policies_from(text), Policies)
