"""The verdict about a chaos run finds what it is there to find, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.chaos.history import (
    Bookmarked,
    Closed,
    Got,
    History,
    Killed,
    Kind,
    Message,
    Opened,
    Published,
    Words,
)
from benchmarks.chaos.repeats import repeats
from benchmarks.chaos.scale import FULL, ORIGIN
from benchmarks.chaos.turns import Turns, held
from benchmarks.chaos.verdict import judged
from bot.schedule import Facts, Slot

# Four times as fast: a session at minute 10 starts at 150 seconds, and its window opens at 75.
_SCALE = replace(FULL, speed=4, margin=60)
_STARTS, _OPENS, _ENDED = 150.0, 75.0, 400.0


def _facts(minute: int = 10, room: str = "Marina", *, cancelled: bool = False) -> Facts:
    start = ORIGIN + timedelta(minutes=minute)
    return Facts("Keynote", Slot(start, start + timedelta(minutes=40), (room,)), cancelled)


_TEN = _facts()
_number = iter(range(10**6))


def _got(
    at: float,
    facts: Facts = _TEN,
    *,
    reminds: bool = True,
    key: str = "first",
    network: str = "plain",
    process: str = "a-1",
    fault: Kind | None = None,
    read: bool = True,
) -> Got:
    number = next(_number)
    message = Message(number, "ada", key, _SCALE.moment(at), (Words(1, reminds, facts),))
    taken = fault is None or fault.takes
    return Got(at, number, network, process, message, taken, taken and read, fault)


def _news(at: float, facts: Facts, **more: str) -> Got:
    return _got(at, facts, reminds=False, **more)  # type: ignore[arg-type]  # passed on


def _history(
    *got: Got,
    published: Sequence[tuple[float, Facts]] = (),
    bookmarked: float = 0.0,
    killed: float | None = None,
    unanswered: int | None = None,
) -> History:
    """One session and one bookmark of it; all is answered but what has this place in order."""
    return History(
        published=[Published(at, 1, facts) for at, facts in ((0.0, _TEN), *published)],
        bookmarked=[Bookmarked(bookmarked, "plain", "ada", 1, _TEN)],
        ended=_ENDED,
        got=got,
        answered={
            each.number: each.at + 0.1 for place, each in enumerate(got) if place != unanswered
        },
        killed=[Killed(killed, "a-1")] if killed is not None else [],
    )


def _found(history: History) -> dict[str, int]:
    """How many of each kind; what was not found is left out."""
    verdict, repeated = judged(history, _SCALE), repeats(history, _SCALE)
    counts = {
        "lost": len(verdict.lost),
        "late": len(verdict.late),
        "wrong": len(verdict.wrong),
        "outdated": len(verdict.outdated),
        "forbidden": len(repeated.forbidden),
        "unanswered": repeated.unanswered,
        "after a kill": repeated.after_kills,
        "excused": verdict.excused,
    }
    return {name: count for name, count in counts.items() if count}


_REMINDED = _got(80)
_ROOM = _facts(room="Sutter")
_SOONER, _FIFTEEN, _LATER = _facts(9), _facts(15), _facts(20)
_CANCELLED = _facts(cancelled=True)
_BRIEFLY = [(90.0, _ROOM), (94.0, _TEN)]


@pytest.mark.parametrize(
    ("history", "found"),
    [
        (_history(_REMINDED), {}),
        (_history(_got(149.9)), {}),
        (_history(), {"lost": 1}),
        (_history(_got(80, read=False)), {"lost": 1}),
        (_history(_got(80, fault=Kind.CLOSE_BEFORE)), {"lost": 1}),
        (_history(_got(80, fault=Kind.CLOSE_AFTER)), {}),
        (_history(_got(150)), {"lost": 1, "late": 1}),
        (_history(_REMINDED, _got(151, key="second")), {"late": 1, "forbidden": 1}),
        # Who bookmarks a minute before may not hear of it, but not too late.
        (_history(bookmarked=100), {}),
        (_history(bookmarked=85), {"lost": 1}),
        (_history(_got(151), bookmarked=149), {"late": 1}),
        # The network itself says that it cannot be done.
        (_history(_got(80, fault=Kind.GONE)), {"excused": 2}),
    ],
)
def test_every_start_is_reminded_of_in_time(history: History, found: dict[str, int]) -> None:
    assert _found(history) == found


@pytest.mark.parametrize(
    ("published", "got", "found"),
    [
        # A move into the window stands for the reminder; one before it does not.
        ([(80, _LATER)], [_news(81, _LATER), _got(230, _LATER)], {}),
        ([(80, _LATER)], [_news(81, _LATER)], {"lost": 1}),
        ([(80, _LATER)], [_got(230, _LATER)], {}),
        ([(70, _SOONER)], [_news(76, _SOONER)], {}),
        ([(70, _FIFTEEN)], [_news(71, _FIFTEEN), _got(150, _FIFTEEN)], {}),
        ([(70, _SOONER)], [], {"lost": 1, "wrong": 1}),
        ([(100, _SOONER)], [_got(80), _news(101, _SOONER)], {}),
        # A reminder that names the old start after the new one has passed is late.
        ([(70, _SOONER)], [_got(140)], {"lost": 1, "late": 1, "wrong": 1, "outdated": 1}),
        ([(140, _LATER)], [_got(80), _news(141, _LATER), _got(230, _LATER)], {}),
        ([(100, _CANCELLED)], [_got(80), _news(101, _CANCELLED)], {}),
        ([(20, _CANCELLED)], [], {"wrong": 1}),
        ([(20, _CANCELLED)], [_news(21, _CANCELLED)], {}),
    ],
)
def test_starts_are_those_that_were_published(
    published: list[tuple[float, Facts]], got: list[Got], found: dict[str, int]
) -> None:
    assert _found(_history(*got, published=published)) == found


@pytest.mark.parametrize(
    ("published", "got", "found"),
    [
        ([(200, _ROOM)], [], {"wrong": 1}),
        ([(200, _ROOM)], [_news(201, _ROOM)], {}),
        ([(200, _ROOM)], [_news(201, _facts(room="Mission"))], {"wrong": 1, "outdated": 1}),
        ([(200, _ROOM), (205, _TEN)], [], {}),
        ([(200, _ROOM), (205, _TEN)], [_news(201, _ROOM), _news(206, _TEN)], {}),
        ([(200, _ROOM), (205, _TEN)], [_news(201, _ROOM)], {"wrong": 1}),
        ([(200, _ROOM), (205, _TEN)], [_news(209, _ROOM)], {"wrong": 1, "outdated": 1}),
        # What changes and changes back is to be known in between, if that was long.
        ([(200, _ROOM), (280, _TEN)], [], {"wrong": 1}),
        # Nobody needs to know where something was that is over, or just before the end.
        ([(730, _ROOM)], [], {}),
        ([(350, _ROOM)], [], {}),
        ([(200, _CANCELLED)], [_news(201, _CANCELLED)], {}),
        ([(200, _CANCELLED), (250, _TEN)], [_news(201, _CANCELLED)], {"wrong": 1}),
        ([(200, _CANCELLED), (250, _ROOM)], [_news(251, _ROOM)], {}),
    ],
)
def test_the_last_word_is_true(
    published: list[tuple[float, Facts]], got: list[Got], found: dict[str, int]
) -> None:
    assert _found(_history(_REMINDED, *got, published=published)) == found


@pytest.mark.parametrize(
    ("history", "found"),
    [
        (_history(_REMINDED, _got(100)), {"forbidden": 1}),
        (_history(_REMINDED, _got(100, key="second")), {"forbidden": 1}),
        (_history(_REMINDED, _got(100, read=False)), {}),
        (_history(_REMINDED, _got(100), unanswered=0), {"unanswered": 1}),
        (
            _history(_REMINDED, _got(100), _got(120), unanswered=0),
            {"unanswered": 1, "forbidden": 1},
        ),
        (_history(_REMINDED, _got(100, process="b-2"), killed=81), {"after a kill": 1}),
        (_history(_REMINDED, _got(100, process="b-2"), killed=90), {"forbidden": 1}),
        (_history(_REMINDED, _got(100, process="b-2"), killed=79), {"after a kill": 1}),
        # News that is said in the window stands for the reminder.
        (_history(_news(80, _TEN), _got(100)), {"forbidden": 1}),
        (_history(_news(60, _TEN), _got(100)), {}),
        (_history(_news(60, _TEN), _news(70, _TEN), _got(100)), {"forbidden": 1}),
        (_history(_REMINDED, _news(100, _TEN)), {"forbidden": 1}),
        (_history(_REMINDED, _news(90, _ROOM), _news(100, _TEN)), {"outdated": 1}),
        # What was published in between was told to nobody; unless it was lost with a process.
        (_history(_REMINDED, _news(100, _TEN), published=_BRIEFLY), {"forbidden": 1}),
        (_history(_REMINDED, _news(100, _TEN), published=_BRIEFLY, killed=91), {}),
        (_history(_REMINDED, _got(100), published=_BRIEFLY, killed=91), {"forbidden": 1}),
        (_history(_REMINDED, _news(100, _TEN), published=_BRIEFLY, killed=98), {"forbidden": 1}),
    ],
)
def test_only_what_was_in_flight_is_repeated(history: History, found: dict[str, int]) -> None:
    assert _found(history) == found


def test_nothing_is_repeated_where_the_network_drops_repeats() -> None:
    first = _got(80, network="keyed")
    again = _got(100, network="keyed", key="second")
    history = replace(_history(first, again, unanswered=0, killed=81), bookmarked=())
    assert _found(history) == {"forbidden": 1}


def test_one_at_a_time_is_on_the_network_that_allows_one() -> None:
    history = replace(
        _history(),
        connections=[
            Opened(1, "plain", "a-1"), Opened(1, "keyed", "a-1"), Opened(1, "keyed", "b-2"),
            Closed(50, "plain", "a-1"), Opened(50.1, "plain", "a-1"),
            Closed(60, "plain", "a-1"), Opened(85, "plain", "b-2"),
            Opened(90, "plain", "a-3"), Closed(91, "plain", "a-3"), Closed(390, "plain", "b-2"),
        ],
    )  # fmt: skip
    assert held(history) == Turns(takeovers=2, longest_gap=25, both=1)
