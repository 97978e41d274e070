"""How many people may be written to, counted as Solanum does (ircd/tgchange.c)."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.irc.sending.recipients import Limit, Recipients, limit_of

LIMIT = Limit(10, 60.0)


class Tgchange:
    """What the server does, with its own whole seconds: ten targets, and five replies."""

    def __init__(self) -> None:
        self.targets: list[str | None] = [None] * 15
        self.free = 10
        self.last = 0

    def add_target(self, who: str, now: float) -> bool:
        if who in self.targets:
            self.targets.remove(who)
            self.targets.insert(0, who)
            return True
        second = math.floor(now)
        if self.free == 10:
            self.last = second
        elif (back := (second - self.last) // 60) > 0:
            self.free = min(10, self.free + back)
            self.last = second
        elif self.free == 0:
            return False
        self.targets = [who, *self.targets[:-1]]
        self.free -= 1
        return True

    def add_reply_target(self, who: str) -> None:
        if who in self.targets:
            if self.targets.index(who) > 10:
                self.targets.remove(who)
                self.targets.insert(10, who)
        else:
            self.targets.insert(10, who)
            self.targets.pop()


# So many that places are taken, and those who wrote are pushed out before they are answered.
pauses = st.sampled_from([0.0, 0.0, 0.0, 0.0, 0.3, 59.5, 60.0, 60.9, 61.0, 121.0])
writes = st.tuples(st.just("write"), st.integers(0, 24).map("nick{}".format), pauses)
hears = st.tuples(st.just("hear"), st.integers(0, 24).map("nick{}".format), st.just(0.0))
steps = st.lists(
    st.one_of(
        st.lists(writes, min_size=4, max_size=12),
        st.builds(
            lambda hear, between: [hear, *between, ("write", hear[1], 0.0)],
            hears,
            st.lists(writes, min_size=3, max_size=8),
        ),
        st.lists(hears, max_size=6),
    ),
    max_size=12,
).map(lambda parts: [step for part in parts for step in part])


@settings(max_examples=300)
@given(steps, st.floats(0, 1, exclude_max=True))
def test_whenever_nobody_has_to_wait_the_server_accepts(
    steps: list[tuple[str, str, float]], fraction: float
) -> None:
    server, ours, now = Tgchange(), Recipients(LIMIT), 1000 + fraction
    for what, nick, pause in steps:
        now += pause
        if what == "hear":
            server.add_reply_target(nick)
            ours.hears_from(nick)
        elif ours.seconds_to_wait(nick, now) == 0:
            assert server.add_target(nick, now)
            ours.writes_to(nick, now)


@given(steps)
def test_waiting_as_long_as_is_said_is_enough(steps: list[tuple[str, str, float]]) -> None:
    server, ours, now = Tgchange(), Recipients(LIMIT), 1000.0
    for what, nick, pause in steps:
        now += pause
        if what == "hear":
            server.add_reply_target(nick)
            ours.hears_from(nick)
            continue
        now += ours.seconds_to_wait(nick, now)
        assert ours.seconds_to_wait(nick, now) < 1e-6
        assert server.add_target(nick, now)
        ours.writes_to(nick, now)


def write(recipients: Recipients, nicks: str, now: float = 0) -> None:
    for nick in nicks:
        assert recipients.seconds_to_wait(nick, now) == 0
        recipients.writes_to(nick, now)


def test_ten_people_and_then_one_a_minute() -> None:
    recipients = Recipients(LIMIT)
    write(recipients, "abcdefghij")
    assert [recipients.seconds_to_wait("k", now) for now in (0, 30, 61)] == [61, 31, 0]
    write(recipients, "k", 61)
    assert recipients.seconds_to_wait("l", 61) == 61


def test_who_was_written_to_lately_costs_nothing() -> None:
    recipients = Recipients(LIMIT)
    write(recipients, "abcdefghij")
    write(recipients, "ajaj")
    assert [recipients.seconds_to_wait(nick, 0) for nick in "abk"] == [0, 0, 61]


def test_the_last_five_who_wrote_may_be_answered_until_others_push_them_out() -> None:
    recipients = Recipients(LIMIT)
    write(recipients, "abcdefgh")
    for nick in "uvwxyz":
        recipients.hears_from(nick)
    write(recipients, "ij")
    waits = {nick: recipients.seconds_to_wait(nick, 0) for nick in "uvwxyz"}
    assert waits == {"u": 61, "v": 61, "w": 61, "x": 0, "y": 0, "z": 0}


def test_places_can_be_kept_for_others() -> None:
    recipients = Recipients(LIMIT)
    write(recipients, "abcdefghi")
    assert [recipients.seconds_to_wait("j", 0, kept) for kept in (0, 1, 2)] == [0, 61, 121]
    assert [recipients.seconds_to_wait("j", 61, kept) for kept in (1, 2)] == [0, 60]
    assert recipients.seconds_to_wait("a", 0, 5) == 0


def test_of_a_single_place_none_is_kept() -> None:
    assert Recipients(Limit(1, 60)).seconds_to_wait("a", 0, 3) == 0


def test_a_refusal_says_that_the_server_has_counted_otherwise() -> None:
    recipients = Recipients(LIMIT)
    write(recipients, "ab")
    recipients.refused("b", 5)
    waits = [recipients.seconds_to_wait(nick, 5) for nick in "abc"]
    assert waits == [0, 61, 61]
    write(recipients, "b", 66)
    assert recipients.seconds_to_wait("c", 66) == 61


@pytest.mark.parametrize(
    ("version", "limit"),
    [
        ("solanum-1.0-dev", Limit(10, 60)),
        ("charybdis-4.1.2", Limit(10, 60)),
        ("u2.10.12.19", Limit(10, 120)),
        ("snircd(1.3.4a)", Limit(10, 120)),
        ("UnrealIRCd-6.1.2", Limit(10, 15)),
        ("InspIRCd-3", None),
        ("ngircd-26.1", None),
        ("", None),
    ],
)
def test_the_limit_is_known_by_the_kind_of_server(version: str, limit: Limit | None) -> None:
    assert limit_of(version) == limit
