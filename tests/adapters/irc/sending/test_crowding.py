"""Nobody is sent more than the server lets through, compared with how Solanum counts."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.sending.crowding import Crowding


@dataclass
class Solanum:
    """flood_attack_client as it stands in modules/core/m_message.c: ten at once, whole seconds."""

    first: int = 0
    received: int = 0
    noticed: bool = False

    def takes(self, now: float) -> bool:
        second = int(now)
        if self.first + 1 < second:
            self.received -= second - self.first
            self.first = second
            if self.received <= 0:
                self.received, self.noticed = 0, False
        if self.received >= 10 or self.noticed:
            self.noticed = True
            return False
        self.received += 1
        return True


@pytest.mark.parametrize(
    ("lines", "waits"),
    [
        ([1] * 10, [0, 0, 0, 0, 0, 0, 0, 0, 1, 2]),
        ([4, 4, 4, 4], [0, 0, 4, 8]),
        ([12, 1], [0, 5]),
        ([12, 12, 12], [0, 10, 10]),
    ],
)
def test_what_is_too_much_waits(lines: list[int], waits: list[float]) -> None:
    crowding = Crowding(10, 1.0)
    assert [crowding.books("ada", count, 5.0) for count in lines] == waits


def test_what_was_sent_is_forgotten() -> None:
    crowding = Crowding(10, 1.0)
    assert [crowding.books("ada", 8, now) for now in (0, 8, 12)] == [0, 0, 4]


def test_targets_do_not_share() -> None:
    crowding = Crowding(10, 1.0)
    assert [crowding.books(target, 8, 0) for target in ("ada", "bob", "ada")] == [0, 0, 8]


def test_a_server_that_forgets_sooner() -> None:
    crowding = Crowding(10, 0.1)
    assert crowding.books("ada", 8, 0) == 0
    assert crowding.books("ada", 8, 0) == pytest.approx(0.8)


@given(st.lists(st.tuples(st.integers(1, 4), st.floats(0, 3)), min_size=1, max_size=30))
def test_the_server_takes_what_was_booked(answers: list[tuple[int, float]]) -> None:
    crowding, server = Crowding(10, 1.0), Solanum()
    now, sent = 0.0, list[float]()
    for lines, pause in answers:
        now += pause
        wait = crowding.books("ada", lines, now)
        if wait >= 10:  # it is given up, and the line is worth the attempt
            return
        sent += [now + wait] * lines
    assert all(server.takes(at) for at in sorted(sent))
