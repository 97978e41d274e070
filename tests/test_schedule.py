"""What a programme answers about time: what is on, what comes next, and on which day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import Facts, Kind, Person, Room, Schedule, Session, Slot
from tests.summit import at, folsom, small_schedule

_ANGELES = ZoneInfo("America/Los_Angeles")


def session(
    id: int,
    start: datetime,
    minutes: int | None = 25,
    *rooms: str,
    leads: tuple[str, ...] = (),
    cancelled: bool = False,
) -> Session:
    """A session of so many minutes; without an end if they are None."""
    end = None if minutes is None else start + timedelta(minutes=minutes)
    slot = Slot(start, end, rooms)
    return Session(id, f"guid-{id}", f"Talk {id}", slot, leads=leads, cancelled=cancelled)


def ids(sessions: Sequence[Session]) -> list[int]:
    """The numbers of the sessions, in their order."""
    return [session.id for session in sessions]


def angeles(month: int, day: int, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    """A local moment of 2012 in Los Angeles."""
    return datetime(2012, month, day, hour, minute, tzinfo=_ANGELES, fold=fold)


@pytest.mark.parametrize(
    ("now", "on"),
    [
        (at(16, 9) - timedelta(seconds=1), []),
        (at(16, 9), [1, 2]),
        (at(16, 9, 24), [1, 2]),
        (at(16, 9, 25) - timedelta(microseconds=1), [1, 2]),
        (at(16, 9, 25), [2]),
        (at(16, 9, 54), [2]),
        (at(16, 9, 55), []),
        (at(16, 10), [3]),
    ],
)
def test_session_runs_from_its_start_until_just_before_its_end(
    now: datetime, on: list[int]
) -> None:
    schedule = small_schedule(
        session(1, at(16, 9), 25), session(2, at(16, 9), 55), session(3, at(16, 10), 25)
    )

    assert ids(schedule.running(now)) == on


def test_what_runs_is_ordered_by_start_then_room() -> None:
    schedule = small_schedule(
        session(1, at(16, 9, 30), 60, "Brook"),
        session(2, at(16, 9), 90, "Weir"),
        session(3, at(16, 9), 90, "Pond"),
    )

    assert ids(schedule.running(at(16, 10))) == [3, 2, 1]


def test_cancelled_session_neither_runs_nor_comes_next() -> None:
    schedule = small_schedule(
        session(1, at(16, 9), 25, "Pond", cancelled=True),
        session(2, at(16, 9), 25, "Weir"),
        session(3, at(16, 10), 25, "Pond", leads=("Ada Reed",), cancelled=True),
        session(4, at(16, 11), 25, "Pond"),
    )

    assert ids(schedule.running(at(16, 9))) == [2]
    assert ids(schedule.upcoming(at(16, 9))) == [4]
    assert ids(schedule.upcoming(at(16, 9), schedule.led_by("Ada Reed"))) == []
    assert ids(schedule.planned) == [2, 4]
    assert ids(schedule.in_room("Pond")) == [4]
    assert ids(schedule.led_by("Ada Reed")) == [3]
    assert ids(schedule.on(date(2012, 4, 16))) == [1, 2, 3, 4]
    assert schedule.session(3) == schedule.sessions[2]


@pytest.mark.parametrize(
    ("after", "next_up"),
    [
        (at(15, 0), [2, 1]),
        (at(16, 9) - timedelta(microseconds=1), [2, 1]),
        (at(16, 9), [3]),
        (at(16, 9, 30), [4, 5]),
        (at(16, 10), []),
    ],
)
def test_all_that_share_the_earliest_later_start_come_next(
    after: datetime, next_up: list[int]
) -> None:
    schedule = small_schedule(
        session(1, at(16, 9), 25, "Weir"),
        session(2, at(16, 9), 25, "Pond"),
        session(3, at(16, 9, 30), 25),
        session(4, at(16, 10), 25, "Brook"),
        session(5, at(16, 10), 25, "Weir"),
    )

    assert ids(schedule.upcoming(after)) == next_up


def test_next_may_be_looked_for_among_some_sessions_only() -> None:
    schedule = small_schedule(
        session(1, at(16, 9), 25, "Weir"), session(2, at(16, 10), 25, "Pond", "Weir")
    )

    assert ids(schedule.upcoming(at(16, 8), schedule.in_room("Pond"))) == [2]
    assert ids(schedule.upcoming(at(16, 8), schedule.in_room("Weir"))) == [1]
    assert ids(schedule.upcoming(at(16, 8), ())) == []


@pytest.mark.parametrize(
    ("after", "until", "starting"),
    [
        (at(16, 8), at(16, 8, 59), []),
        (at(16, 8), at(16, 9), [1]),
        (at(16, 9), at(16, 10), [2]),
        (at(16, 8), at(16, 10), [1, 2]),
        (at(16, 10), at(16, 10), []),
    ],
)
def test_what_starts_in_a_while_starts_after_its_beginning_and_not_after_its_end(
    after: datetime, until: datetime, starting: list[int]
) -> None:
    schedule = small_schedule(
        session(1, at(16, 9)), session(2, at(16, 10)), session(3, at(16, 10), cancelled=True)
    )

    assert ids(schedule.starting(after, until)) == starting


def test_session_without_end_lasts_an_hour() -> None:
    schedule = small_schedule(session(1, at(16, 9), None))
    slot = schedule.sessions[0].slot

    assert (slot.end, slot.until) == (None, at(16, 10))
    assert ids(schedule.running(at(16, 9, 59))) == [1]
    assert ids(schedule.running(at(16, 10))) == []
    assert schedule.closes == at(16, 10)


def test_session_of_more_than_a_day_runs_all_the_time() -> None:
    schedule = small_schedule(session(1, at(16, 9, 30), 60 * 50), session(2, at(17, 9), 25))

    assert ids(schedule.running(at(16, 9, 29))) == []
    for hours in range(50):
        assert 1 in ids(schedule.running(at(16, 9, 30) + timedelta(hours=hours)))
    assert ids(schedule.running(at(17, 9, 10))) == [1, 2]
    assert ids(schedule.running(at(18, 11, 29))) == [1]
    assert ids(schedule.running(at(18, 11, 30))) == []
    assert ids(schedule.on(date(2012, 4, 16))) == [1]
    assert ids(schedule.on(date(2012, 4, 17))) == [2]


@pytest.mark.parametrize(
    ("one", "other", "overlaps"),
    [
        ((at(16, 9), at(16, 10)), (at(16, 10), at(16, 11)), False),
        ((at(16, 9), at(16, 10)), (at(16, 9, 59), at(16, 11)), True),
        ((at(16, 9), at(16, 12)), (at(16, 10), at(16, 11)), True),
        ((at(16, 9), at(16, 10)), (at(16, 9), at(16, 10)), True),
        ((at(16, 9), None), (at(16, 9, 59), None), True),
        ((at(16, 9), None), (at(16, 10), None), False),
    ],
)
def test_slots_overlap_when_somebody_would_have_to_be_in_both(
    one: tuple[datetime, datetime | None], other: tuple[datetime, datetime | None], overlaps: bool
) -> None:
    first, second = Slot(*one, ("Pond",)), Slot(*other, ("Weir",))

    assert (first.overlaps(second), second.overlaps(first)) == (overlaps, overlaps)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (angeles(11, 3, 3, 59), date(2012, 11, 2)),
        (angeles(11, 3, 4), date(2012, 11, 3)),
        (angeles(11, 3, 23, 59), date(2012, 11, 3)),
        (angeles(11, 4, 0, 30), date(2012, 11, 3)),
        (angeles(11, 4, 1, 30, fold=0), date(2012, 11, 3)),
        (angeles(11, 4, 1, 30, fold=1), date(2012, 11, 3)),
        (angeles(11, 4, 3, 59), date(2012, 11, 3)),
        (angeles(11, 4, 4), date(2012, 11, 4)),
        (datetime(2012, 11, 4, 11, 59, tzinfo=UTC), date(2012, 11, 3)),
        (datetime(2012, 11, 4, 12, 0, tzinfo=UTC), date(2012, 11, 4)),
        (datetime(2012, 11, 5, 11, 59, tzinfo=UTC), date(2012, 11, 4)),
        (angeles(3, 11, 3, 59), date(2012, 3, 10)),
        (datetime(2012, 3, 11, 10, 59, tzinfo=UTC), date(2012, 3, 10)),
        (datetime(2012, 3, 11, 11, 0, tzinfo=UTC), date(2012, 3, 11)),
    ],
)
def test_day_changes_at_four_by_the_clock_on_the_wall_also_when_that_is_changed(
    moment: datetime, day: date
) -> None:
    schedule = Schedule("Small Summit", _ANGELES, ())

    assert schedule.day_of(moment) == day
    assert schedule.day_of(moment.astimezone(UTC)) == day


def test_party_after_midnight_belongs_to_the_evening_before() -> None:
    schedule = Schedule(
        "Small Summit",
        _ANGELES,
        [
            session(1, angeles(11, 3, 23).astimezone(UTC)),
            session(2, angeles(11, 4, 1, 30, fold=1).astimezone(UTC)),
            session(3, angeles(11, 4, 9).astimezone(UTC)),
        ],
    )

    assert {day: ids(schedule.on(day)) for day in schedule.days} == {
        date(2012, 11, 3): [1, 2],
        date(2012, 11, 4): [3],
    }
    assert ids(schedule.on(date(2012, 11, 5))) == []


def test_day_may_change_at_another_time() -> None:
    schedule = Schedule("Small Summit", _ANGELES, (), day_change=time(0))

    assert schedule.day_of(angeles(11, 4, 0, 30)) == date(2012, 11, 4)
    assert schedule.day_of(angeles(11, 3, 23, 59)) == date(2012, 11, 3)


@pytest.mark.parametrize(
    ("day", "clock", "moment"),
    [
        (date(2012, 11, 3), time(9), datetime(2012, 11, 3, 16, 0, tzinfo=UTC)),
        (date(2012, 11, 3), time(0, 30), datetime(2012, 11, 4, 7, 30, tzinfo=UTC)),
        (date(2012, 11, 3), time(1, 30), datetime(2012, 11, 4, 8, 30, tzinfo=UTC)),
        (date(2012, 11, 3), time(3, 59), datetime(2012, 11, 4, 11, 59, tzinfo=UTC)),
        (date(2012, 11, 3), time(4), datetime(2012, 11, 3, 11, 0, tzinfo=UTC)),
        (date(2012, 11, 4), time(4), datetime(2012, 11, 4, 12, 0, tzinfo=UTC)),
        (date(2012, 11, 4), time(9), datetime(2012, 11, 4, 17, 0, tzinfo=UTC)),
        (date(2012, 12, 31), time(1), datetime(2013, 1, 1, 9, 0, tzinfo=UTC)),
    ],
)
def test_local_time_on_a_day_of_the_event_is_one_moment_of_that_day(
    day: date, clock: time, moment: datetime
) -> None:
    schedule = Schedule("Small Summit", _ANGELES, ())

    assert schedule.moment(day, clock) == moment
    assert schedule.moment(day, clock).tzinfo is UTC
    assert schedule.day_of(moment) == day


def test_empty_programme_has_neither_days_nor_times() -> None:
    schedule = small_schedule()

    assert (schedule.days, schedule.opens, schedule.closes) == ((), None, None)
    assert (schedule.running(at(16, 9)), schedule.upcoming(at(16, 9))) == ([], [])
    assert schedule.session(1) is None


def test_programme_opens_with_its_first_and_closes_with_its_last_session() -> None:
    schedule = small_schedule(
        session(1, at(15, 9), cancelled=True),
        session(2, at(16, 9), 600),
        session(3, at(16, 10), 25),
        session(4, at(18, 9), 600, cancelled=True),
    )

    assert (schedule.opens, schedule.closes) == (at(16, 9), at(16, 19))


def test_rooms_and_people_are_known_from_sessions_and_from_what_was_told() -> None:
    schedule = Schedule(
        "Small Summit",
        _ANGELES,
        [session(1, at(16, 9), 25, "Pond", "Weir", leads=("Ada Reed", "Bo Lake"))],
        rooms=[Room("Pond", "1 Mill Road"), Room("Loft")],
        people=[Person("Bo Lake", ("bo",))],
    )

    assert schedule.rooms == {
        "Pond": Room("Pond", "1 Mill Road"),
        "Loft": Room("Loft"),
        "Weir": Room("Weir"),
    }
    assert schedule.people == {
        "Bo Lake": Person("Bo Lake", ("bo",)),
        "Ada Reed": Person("Ada Reed"),
    }
    assert {room: ids(schedule.in_room(room)) for room in (*schedule.rooms, "Mill")} == {
        "Pond": [1],
        "Weir": [1],
        "Loft": [],
        "Mill": [],
    }


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Facts("Frogs", Slot(at(16, 9), at(16, 10), ("Pond",)), False), True),
        (Facts("Frogs", Slot(at(16, 9), at(16, 11), ("Pond",)), False), True),
        (Facts("Frogs", Slot(at(16, 9), None, ("Pond",)), False), True),
        (Facts("Newts", Slot(at(16, 9), at(16, 10), ("Pond",)), False), False),
        (Facts("Frogs", Slot(at(16, 9, 5), at(16, 10), ("Pond",)), False), False),
        (Facts("Frogs", Slot(at(16, 9), at(16, 10), ("Weir",)), False), False),
        (Facts("Frogs", Slot(at(16, 9), at(16, 10), ("Pond",)), True), False),
    ],
)
def test_changed_end_alone_is_no_news(other: Facts, same: bool) -> None:
    facts = Facts("Frogs", Slot(at(16, 9), at(16, 10), ("Pond",)), False)

    assert (facts.says_the_same_as(other), other.says_the_same_as(facts)) == (same, same)


def test_nothing_about_a_cancelled_session_is_news_while_it_stays_cancelled() -> None:
    facts = Facts("Frogs", Slot(at(16, 9), at(16, 10), ("Pond",)), True)
    other = Facts("Newts", Slot(at(17, 9), None, ()), True)

    assert facts.says_the_same_as(other)


def test_blocks_that_people_drop_into_contain_and_breaks_pause() -> None:
    assert {kind for kind in Kind if kind.pauses} == {Kind.BREAK, Kind.LUNCH}
    assert {kind for kind in Kind if kind.contains} == {
        Kind.BREAK,
        Kind.LUNCH,
        Kind.UNCONFERENCE,
        Kind.LIGHTNING,
        Kind.PLACEHOLDER,
    }


def test_abstract_goes_before_description() -> None:
    plain = session(1, at(16, 9))
    long = Session(2, "g", "t", plain.slot, description="Long.")
    both = Session(3, "g", "t", plain.slot, abstract="Short.", description="Long.")

    assert [s.text for s in (plain, long, both)] == ["", "Long.", "Short."]


@pytest.mark.parametrize("minutes", range(0, 3 * 24 * 60, 97))
def test_what_runs_and_comes_next_at_the_summit_is_what_a_slow_look_finds(minutes: int) -> None:
    schedule = folsom()
    now = schedule.moment(date(2012, 4, 16), time(8)) + timedelta(minutes=minutes)
    later = [s for s in schedule.sessions if s.slot.start > now]
    first = min((s.slot.start for s in later), default=None)

    assert schedule.running(now) == [
        s for s in schedule.sessions if s.slot.start <= now < s.slot.until
    ]
    assert schedule.upcoming(now) == [s for s in later if s.slot.start == first]
