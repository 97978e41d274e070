"""Events of a calendar that take place again."""

import pytest

from tests.sources.calendars import calendar, event, imported

_ONCE = "the rule by which it is repeated is not known, so it is once."


def days(*events: str) -> list[int]:
    """The days of July 2014 (counted on into August) on which sessions are, at 10 in Berlin."""
    found = imported(calendar(*events))
    assert found.warnings == ()
    starts = [s.slot.start for s in found.schedule.sessions]
    assert all(start.hour == 8 for start in starts)
    return [start.day + (31 if start.month == 8 else 0) for start in starts]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", [5, 6, 7]),
        ("FREQ=DAILY;COUNT=3;INTERVAL=2", [5, 7, 9]),
        ("freq=daily;until=20140707", [5, 6, 7]),
        ("FREQ=DAILY;UNTIL=20140707T075959Z", [5, 6]),
        ("FREQ=DAILY;UNTIL=20140707T080000Z", [5, 6, 7]),
        ("FREQ=DAILY;UNTIL=20140707T100000", [5, 6, 7]),
        ("FREQ=DAILY;COUNT=3;BYDAY=SA,MO", [5, 7, 12]),
        ("FREQ=WEEKLY;COUNT=3", [5, 12, 19]),
        ("FREQ=WEEKLY;COUNT=3;INTERVAL=2", [5, 19, 33]),
        ("FREQ=WEEKLY;COUNT=4;BYDAY=SA,SU;WKST=MO", [5, 6, 12, 13]),
        # The first is one of them, whatever the rule says of its day.
        ("FREQ=DAILY;COUNT=3;BYDAY=MO", [5, 7, 14]),
        # Weeks begin on Mondays: that of the 7th is left out.
        ("FREQ=WEEKLY;COUNT=3;INTERVAL=2;BYDAY=SA,MO", [5, 14, 19]),
        ("FREQ=DAILY;COUNT=1", [5]),
        ("FREQ=DAILY;UNTIL=20140101T000000Z", []),
        ("FREQ=WEEKLY", [5, 12, 19, 26, 33, 40, 47, 54, 61]),
    ],
)
def test_every_day_or_week(rule: str, expected: list[int]) -> None:
    other = event(UID="b", DTSTART="20140704T080000Z", SUMMARY="Newts")

    assert days(other, event(RRULE=rule)) == [4, *expected]


@pytest.mark.parametrize(
    "dropped", ["20140706T080000Z", "20140706", "20140701T080000Z,20140706T080000Z"]
)
def test_days_may_be_left_out(dropped: str) -> None:
    assert days(event(RRULE="FREQ=DAILY;COUNT=3", EXDATE=dropped)) == [5, 7]


def test_one_of_them_may_be_moved_and_renamed() -> None:
    moved = event(
        **{"RECURRENCE-ID": "20140706T080000Z"}, DTSTART="20140720T080000Z", DTEND="",
        SUMMARY="Frogs",
    )  # fmt: skip

    assert days(event(RRULE="FREQ=DAILY;COUNT=3"), moved) == [5, 7, 20]


def test_each_is_at_the_same_local_time_when_the_clock_changes() -> None:
    found = imported(
        calendar(
            event(
                DTSTART="", DTSTART_="TZID=Europe/Berlin:20140329T100000", DTEND="",
                DURATION="PT1H", RRULE="FREQ=DAILY;COUNT=2",
            )
        )
    ).schedule  # fmt: skip

    assert [s.slot.start.hour for s in found.sessions] == [9, 8]
    assert [(s.guid, s.id) for s in found.sessions] == [("frogs", 1), ("frogs", 2)]


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=MONTHLY;COUNT=2", "FREQ=DAILY;BYHOUR=1", "FREQ=DAILY;COUNT=x",
     "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;UNTIL=x", "FREQ=WEEKLY;BYDAY=1MO", "COUNT=2", "x"],
)  # fmt: skip
def test_other_rules_cost_a_warning(rule: str) -> None:
    found = imported(calendar(event(RRULE=rule)))

    assert (len(found.schedule.sessions), found.warnings) == (1, (f"Frogs: {_ONCE}",))


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY", "FREQ=DAILY;COUNT=99999999999", "FREQ=DAILY;INTERVAL=9"]
)
def test_what_is_repeated_for_ever_ends_with_the_longest_event(rule: str) -> None:
    assert len(imported(calendar(event(RRULE=rule))).schedule.sessions) in (60, 7)


@pytest.mark.parametrize(
    "dates",
    [
        {"RDATE": "20140709T080000Z,20140712T080000Z"},
        {"RDATE_": "TZID=Europe/Berlin:20140709T100000,20140712T100000"},
        {"RDATE": "20140712T100000,20140709T100000"},
        {"RDATE_": "VALUE=PERIOD:20140709T080000Z/PT1H,20140712T080000Z/20140712T090000Z"},
        {"RDATE": "20140709T080000Z,20140705T080000Z,20140712T080000Z,20140709T080000Z"},
    ],
)
@pytest.mark.parametrize("uid", ["frogs", ""])
def test_dates_may_be_named_one_by_one(dates: dict[str, str], uid: str) -> None:
    assert days(event(UID=uid, **dates)) == [5, 9, 12]


def test_dates_may_be_named_beside_a_rule_and_be_left_out_again() -> None:
    repeated = event(RRULE="FREQ=DAILY;COUNT=2", RDATE="20140709T080000Z,20140712T080000Z",
                     EXDATE="20140706T080000Z,20140712T080000Z")  # fmt: skip

    assert days(repeated) == [5, 9]


@pytest.mark.parametrize("date", ["20140709", "soon", "20140799T080000Z", ""])
def test_a_date_that_cannot_be_read_costs_itself_and_a_warning(date: str) -> None:
    found = imported(calendar(event(RDATE=f"{date},20140712T080000Z")))

    assert [s.slot.start.day for s in found.schedule.sessions] == [5, 12]
    assert found.warnings == (f"Frogs: it is repeated at {date!r}, which is no time: left out.",)


def test_what_is_repeated_without_end_is_once() -> None:
    dates = ",".join(f"20140705T0{n // 3600}{n // 60 % 60:02}{n % 60:02}Z" for n in range(2000))
    found = imported(calendar(event(RDATE=dates)))

    assert len(found.schedule.sessions) == 1
    assert found.warnings == ("Frogs: it is repeated more often than anything, so it is once.",)


def test_an_unknown_rule_beside_named_dates() -> None:
    found = imported(calendar(event(RRULE="FREQ=YEARLY", RDATE="20140709T080000Z")))

    assert [s.slot.start.day for s in found.schedule.sessions] == [5, 9]
    assert found.warnings == (
        "Frogs: the rule by which it is repeated is not known, so it is when its dates are named.",
    )
