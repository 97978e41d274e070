"""`move`: where and when to, read in any order, and what is said of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.live import InRooms, LiveChange, Starts
from bot.messages import Audit, ChangeLive
from bot.schedule import Session, Slot
from bot.setup import moment_meant
from tests.commands.organising import CHANGES_IN, Office
from tests.summit import at, folsom, small_schedule

_ITEM = "Jenkins jclouds plugin"
_BY = "Monty Taylor · changed live"
_TOLD = "Those who bookmarked it are told."


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_move_changes_what_it_names_and_is_audited(office: Office) -> None:
    assert office.say("move 42 Marina 17:30") == [
        f"Moved from Monday 4:30pm, Bayview B to Monday 5:30pm, Marina. {_TOLD}",
        f"[42] Mon 5:30pm–5:55pm · {_ITEM} · Marina · {_BY}",
        "Beware, it overlaps in this room with:",
        "[50] Mon 5:00pm–5:55pm · Scaling Openstack · Marina · Debo Dutta",
        "Undo: ‘withdraw 42’",
    ]
    assert office.effects == (
        ChangeLive(LiveChange(42, Starts(at(17, 0, 30)))),
        ChangeLive(LiveChange(42, InRooms(("Marina",)))),
        Audit(
            f"moved [42] “{_ITEM}” from Monday 4:30pm, Bayview B to Monday 5:30pm, Marina",
            CHANGES_IN,
        ),
    )


@pytest.mark.parametrize(
    ("words", "moved"),
    [
        ("Seacliff C", "Moved from Bayview B to Seacliff C."),
        ("seacliffc", "Moved from Bayview B to Seacliff C."),
        ("to the Marina", "Moved from Bayview B to Marina."),
        ("golden", "Moved from Bayview B to Golden Gate."),
        ("17:00", "Moved from Monday 4:30pm to Monday 5:00pm."),
        ("5pm", "Moved from Monday 4:30pm to Monday 5:00pm."),
        ("5:00", "Moved from Monday 4:30pm to Monday 5:00pm."),
        ("1700", "Moved from Monday 4:30pm to Monday 5:00pm."),
        ("at noon", "Moved from Monday 4:30pm to Monday 12:00pm."),
        ("Tuesday", "Moved from Monday 4:30pm to Tuesday 4:30pm."),
        ("day 3", "Moved from Monday 4:30pm to Wednesday 4:30pm."),
        ("18 April 9:00", "Moved from Monday 4:30pm to Wednesday 9:00am."),
        ("2012-04-18 9 am", "Moved from Monday 4:30pm to Wednesday 9:00am."),
        ("Tuesday 2nd Floor", "Moved from Monday 4:30pm, Bayview B to Tuesday 4:30pm, 2nd Floor."),
        ("14:30 Marina", "Moved from Monday 4:30pm, Bayview B to Monday 2:30pm, Marina."),
        ("tue marina 9am", "Moved from Monday 4:30pm, Bayview B to Tuesday 9:00am, Marina."),
        ("Marina, Tue, 9am", "Moved from Monday 4:30pm, Bayview B to Tuesday 9:00am, Marina."),
        ("Marina and Ballroom", "Moved from Bayview B to Marina, Ballroom."),
        ("Marina, Ballroom 17:00", "Moved from Monday 4:30pm, Bayview B to Monday 5:00pm,"
         " Marina, Ballroom."),
        ("“marina” 9am Wed", "Moved from Monday 4:30pm, Bayview B to Wednesday 9:00am, Marina."),
        ('"Marina" "Ballroom"', "Moved from Bayview B to Marina, Ballroom."),
    ],
)  # fmt: skip
def test_room_day_and_time_are_read_in_any_order(office: Office, words: str, moved: str) -> None:
    assert office.say(f"move 42 {words}")[0] == f"{moved} {_TOLD}"


@pytest.mark.parametrize(
    ("line", "moved"),
    [
        ("move [42] Seacliff C", "Moved from Bayview B to Seacliff C."),
        ("move session 42 to Seacliff C", "Moved from Bayview B to Seacliff C."),
        ("move please the session #42 Seacliff C", "Moved from Bayview B to Seacliff C."),
        ("move jenkins jclouds plugin Seacliff C", "Moved from Bayview B to Seacliff C."),
        ("move jclouds Seacliff C", "Moved from Bayview B to Seacliff C."),
        ('move "Jenkins jclouds plugin" Seacliff C', "Moved from Bayview B to Seacliff C."),
        ("move the swift quotas 17:00", "Moved from Tuesday 9:00am to Tuesday 5:00pm."),
        ("move swift quotas 17:00", "Moved from Tuesday 9:00am to Tuesday 5:00pm."),
        ("move Swift Quotas Marina 17:00", "Moved from Tuesday 9:00am to Tuesday 5:00pm."),
        ("move 17:00 swift quotas", "Moved from Tuesday 9:00am to Tuesday 5:00pm."),
        ('move swift quotas "Room 5"', "Moved from Marina to Room 5."),
    ],
)
def test_the_session_is_named_by_number_or_title(office: Office, line: str, moved: str) -> None:
    assert office.say(line)[0] == f"{moved} {_TOLD}"


def test_only_what_is_otherwise_is_written(office: Office) -> None:
    office.say("move 42 bayview b 17:00")
    assert office.live == (LiveChange(42, Starts(at(17, 0))),)


def test_a_new_room_stands_in_quotation_marks(office: Office) -> None:
    assert office.say('move 42 "Room 5" 17:00') == [
        f"Moved from Monday 4:30pm, Bayview B to Monday 5:00pm, Room 5. {_TOLD}",
        f"[42] Mon 5:00pm–5:25pm · {_ITEM} · Room 5 · {_BY}",
        "No room was called Room 5 before.",
        "Undo: ‘withdraw 42’",
    ]
    assert office.say("move swift quotas Room 5 17:00") == [
        f"Moved from Tuesday 9:00am, Marina to Tuesday 5:00pm, Room 5. {_TOLD}",
        "[60] Tue 5:00pm–5:55pm · Swift Quotas · Room 5 · Everett Toews · changed live",
        "Undo: ‘withdraw 60’",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("move", ["Which session? Give its number or its title, like ‘move 12’."]),
        (
            "move 42",
            [
                "Where to, or to what time? Say it like ‘move 42 Marina 14:30’ or"
                " ‘move 42 Tuesday’.",
                f"[42] Mon 4:30pm–4:55pm · {_ITEM} · Bayview B · Monty Taylor",
            ],
        ),
        (
            "move 42 Marnia 17:00",
            [
                "No room is called “Marnia”. Closest:",
                "Marina: ‘move 42 Marina 17:00’",
                "A new room stands in quotation marks: ‘move 42 \"Marnia\" 17:00’",
            ],
        ),
        (
            "move 42 mar 9 am tue",
            [
                "No room is called “mar”. Closest:",
                "Marina: ‘move 42 Marina 9am tue’",
                "A new room stands in quotation marks: ‘move 42 \"mar\" 9am tue’",
            ],
        ),
        (
            "move 42 Room 7 17:00",
            [
                "No room is called “Room 7”.",
                "A new room stands in quotation marks: ‘move 42 \"Room 7\" 17:00’",
            ],
        ),
        (
            "move 42 seacliff",
            [
                "3 rooms match “seacliff”:",
                "Seacliff AB: ‘move 42 Seacliff AB’",
                "Seacliff C: ‘move 42 Seacliff C’",
                "Seacliff D: ‘move 42 Seacliff D’",
                "A new room stands in quotation marks: ‘move 42 \"seacliff\"’",
            ],
        ),
        ("move 42 5", ["I cannot read “5”: a time is like 14:30 or 2:30pm."]),
        (
            'move 42 "Room 5" somewhere',
            ["I cannot read “somewhere”. Say it like ‘move 42 Marina 14:30’."],
        ),
        (
            f"move 42 {'very ' * 13}",
            ["Those are too many words for a room and a time. Say it like"
             " ‘move 42 Marina 14:30’."],
        ),
        ("move 999 17:00",
         ["There is no session 999. The numbers stand in brackets in ‘agenda’."]),
        (
            "move lunch 17:00",
            [
                "3 sessions are called something like “lunch”:",
                "[23] Mon 12:30pm–1:30pm · Lunch · 2nd Floor",
                "[80] Tue 12:30pm–1:30pm · Lunch · 2nd Floor",
                "[134] Wed 12:30pm–1:30pm · Lunch · 2nd Floor",
                "Say which one by its number, like ‘move 23’.",
            ],
        ),
        (
            "move 42 Monday 16:30 Bayview B",
            [
                "Nothing was changed: it is there at that time already.",
                f"[42] Mon 4:30pm–4:55pm · {_ITEM} · Bayview B · Monty Taylor",
            ],
        ),
        (
            "move 42 8:00",
            [
                "Nothing was changed: with a start on Monday 8:00am it would be over already.",
                f"[42] Mon 4:30pm–4:55pm · {_ITEM} · Bayview B · Monty Taylor",
            ],
        ),
    ],
)  # fmt: skip
def test_what_is_not_sure_changes_nothing_and_says_what_to_type(
    office: Office, line: str, said: list[str]
) -> None:
    assert office.say(line) == said
    assert office.effects == ()


def test_a_start_in_the_past_and_a_day_without_programme_are_pointed_out(office: Office) -> None:
    assert office.say("move 1 9:10") == [
        f"Moved from Monday 9:00am to Monday 9:10am. {_TOLD}",
        "[1] Mon 9:10am–9:35am · Welcome · Ballroom · changed live",
        "That start is in the past: it is on now.",
        "Undo: ‘withdraw 1’",
    ]
    assert office.say("move 1 Thursday") == [
        f"Moved from Monday 9:10am to Thursday 9:10am. {_TOLD}",
        "[1] Thu 9:10am–9:35am · Welcome · Ballroom · changed live",
        "So far the event has no programme on that day.",
        "Undo: ‘move 1 Monday 09:10’",
    ]


@pytest.mark.parametrize(
    ("line", "back"),
    [
        ("move 42 Wednesday 9:00 Seacliff C", 'move 42 Tuesday 17:00 "Marina" "Ballroom"'),
        ("move 42 Seacliff C", 'move 42 "Marina" "Ballroom"'),
        ('move 42 "Room 5"', 'move 42 "Marina" "Ballroom"'),
        ("move 42 Wednesday", "move 42 Tuesday 17:00"),
    ],
)
def test_undo_takes_back_what_was_moved_and_no_more(office: Office, line: str, back: str) -> None:
    office.say("move 42 Marina and Ballroom Tuesday 17:00")
    before = office.live
    assert office.say(line)[-1] == f"Undo: ‘{back}’"
    office.say(back)
    assert sorted(office.live, key=repr) == sorted(before, key=repr)


_QUOTED = 'The "Red" Room'


@pytest.mark.parametrize(
    ("rooms", "first", "second"),
    [
        ((), "move 1 17:00", "move 1 Blue"),
        ((_QUOTED,), "move 1 17:00", "move 1 Blue"),
        (("Red", _QUOTED), "move 1 17:00", "move 1 Blue"),
        (('Red" "Green',), "move 1 17:00", "move 1 Blue"),
        (tuple(f"{'Long ' * 20}{number}" for number in range(5)), "move 1 17:00", "move 1 Blue"),
        (("Red",), "move 1 Blue", "move 1 17:00:30"),
    ],
    ids=[
        "no room",
        "marks",
        "marks in one of two",
        "marks of two",
        "longer than a line",
        "seconds",
    ],
)
def test_no_undo_is_offered_where_it_cannot_be_said(
    rooms: tuple[str, ...], first: str, second: str
) -> None:
    office = _small(("Party", "Red"), ("Tea", "Blue"))
    tea, party = office.published.sessions
    start = party.slot.start
    if second.endswith(":30"):
        start, second = start + timedelta(seconds=30), second.removesuffix(":30")
    moved = replace(party, slot=replace(party.slot, start=start, rooms=rooms))
    office.published = small_schedule(moved, tea)
    assert office.say(first)[-1] == "Undo: ‘withdraw 1’"
    said = office.say(second)
    assert said[0].startswith("Moved from ")
    assert not [line for line in said if line.startswith("Undo")]
    assert office.effects


@pytest.mark.parametrize(("at", "back"), [("16:40", "move 42 Monday 16:30"), ("17:10", None)])
def test_what_would_be_over_again_is_not_offered(office: Office, at: str, back: str | None) -> None:
    office.say("move 42 Marina")
    office.at = f"Monday {at}"
    undo = [line for line in office.say("move 42 Tuesday") if line.startswith("Undo")]
    assert undo == ([f"Undo: ‘{back}’"] if back else [])


@pytest.mark.parametrize(("hour", "offered"), [(8, True), (9, False)])
def test_the_second_of_an_hour_that_comes_twice_is_not_offered(hour: int, offered: bool) -> None:
    start = datetime(2012, 11, 4, hour, 30, tzinfo=UTC)
    night = Session(1, "guid 1", "Party", Slot(start, start + timedelta(hours=1), ("Red",)))
    office = Office(small_schedule(night, zone="America/Los_Angeles"), at="2012-11-03 12:00")
    office.say('move 1 "Blue"')
    undo = [line for line in office.say("move 1 12:00") if line.startswith("Undo")]
    assert undo == (["Undo: ‘move 1 2012-11-04 01:30’"] if offered else [])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("move 42 Marina 17:30 25m", "Moved from Monday 4:30pm, Bayview B to Monday 5:30pm,"
         f" Marina. {_TOLD}"),
        ("move 42 5-5:25pm", f"Moved from Monday 4:30pm to Monday 5:00pm. {_TOLD}"),
        (
            "move 42 Marina 17-18:00",
            "Nothing was changed: a session that is moved lasts as long as before. Without a"
            " length: ‘move 42 Marina 17:00’",
        ),
        (
            "move 42 17:30 1h",
            "Nothing was changed: a session that is moved lasts as long as before. Without a"
            " length: ‘move 42 17:30’",
        ),
    ],
)  # fmt: skip
def test_a_length_may_be_said_and_stays(office: Office, line: str, said: str) -> None:
    assert office.say(line)[0] == said


def test_a_move_to_what_is_published_is_written_and_no_longer_marked(office: Office) -> None:
    office.say("move 42 17:00")
    assert office.say("move 42 16:30") == [
        f"Moved from Monday 5:00pm to Monday 4:30pm. {_TOLD}",
        f"[42] Mon 4:30pm–4:55pm · {_ITEM} · Bayview B · Monty Taylor",
        "Undo: ‘move 42 Monday 17:00’",
    ]
    assert office.live == (LiveChange(42, Starts(at(16, 23, 30))),)


def test_a_cancelled_session_moves_without_a_word_to_anybody(office: Office) -> None:
    office.say("cancel 42")
    assert office.say("move 42 17:00") == [
        "Moved from Monday 4:30pm to Monday 5:00pm.",
        f"[42] Mon 5:00pm–5:25pm · {_ITEM} · Bayview B · Monty Taylor · CANCELLED · changed live",
        "It is cancelled. If it takes place after all: ‘restore 42’",
        "Undo: ‘move 42 Monday 16:30’",
    ]


_WEEK = timedelta(weeks=1)


@pytest.mark.parametrize(
    ("days", "line", "back"),
    [
        ((0, 0), "move 1 13:00", "move 1 Monday 12:00"),
        ((0, 1), "move 1 13:00", "move 1 2012-04-16 12:00"),
        ((0, 7), "move 1 13:00", "move 1 2012-04-16 12:00"),
        ((0, 0, 7), "move 1 13:00", "move 1 2012-04-16 12:00"),
        ((0, 0), "move 1 2012-04-23", "move 1 2012-04-16 12:00"),
    ],
)
def test_a_weekday_is_said_where_it_will_not_mean_another_day(
    days: tuple[int, ...], line: str, back: str
) -> None:
    start = at(16, 12)
    sessions = (
        Session(n, f"guid {n}", f"Talk {n}", Slot(start + timedelta(day), None, ("Red",)))
        for n, day in enumerate(days, start=1)
    )
    office = Office(small_schedule(*sessions), at="2012-04-16 09:00")
    office.say('move 1 "Blue"')
    assert office.say(line)[-1] == f"Undo: ‘{back}’"


def test_what_starts_after_midnight_is_moved_back_there() -> None:
    starts = (at(16, 12), at(17, 1), at(17, 12), at(18, 1))
    sessions = (
        Session(n, f"guid {n}", f"Talk {n}", Slot(start, None, ("Red",)))
        for n, start in enumerate(starts, start=1)
    )
    office = Office(small_schedule(*sessions), at="2012-04-16 09:00")
    office.say('move 2 "Blue"')
    assert office.say("move 2 13:00")[-1] == "Undo: ‘move 2 2012-04-17 01:00’"
    assert office.say("move 2 2012-04-17 01:00")[0].startswith("Moved from")


_HOW_FAR = "By how much, or to what time? Say it like ‘move 42 +10m’ or ‘move 42 14:30’."


@pytest.mark.parametrize(
    ("words", "to"),
    [
        ("+10m", "4:40pm"),
        ("+ 10 min", "4:40pm"),
        ("+10", "4:40pm"),
        ("by +10m", "4:40pm"),
        ("+1h30m", "6:00pm"),
        ("-10m", "4:20pm"),
        ("−10m", "4:20pm"),
        ("10 minutes later", "4:40pm"),
        ("by 10 minutes", "4:40pm"),
        ("to 10 minutes later please", "4:40pm"),
        ("10m later", "4:40pm"),
        ("later by 10 minutes", "4:40pm"),
        ("later 10 minutes", "4:40pm"),
        ("10 minutes earlier", "4:20pm"),
        ("earlier by 10 minutes", "4:20pm"),
        ("an hour later", "5:30pm"),
        ("half an hour earlier", "4:00pm"),
        ("1 hour 5 minutes later", "5:35pm"),
    ],
)
def test_a_session_is_moved_by_some_minutes(office: Office, words: str, to: str) -> None:
    assert office.say(f"move 42 {words}")[0] == f"Moved from Monday 4:30pm to Monday {to}. {_TOLD}"


def test_a_session_is_moved_on_from_where_it_was_moved_to(office: Office) -> None:
    office.say("move 42 Tuesday 17:00")
    assert office.say("move jclouds +10m Marina")[0] == (
        f"Moved from Tuesday 5:00pm, Bayview B to Tuesday 5:10pm, Marina. {_TOLD}"
    )
    assert office.say("move jclouds 10 minutes later")[0] == (
        f"Moved from Tuesday 5:10pm to Tuesday 5:20pm. {_TOLD}"
    )


@pytest.mark.parametrize(
    "words", ["later", "earlier please", "in 10 minutes", "30m", "10m", "14:30 +10m", "Tue +10m"]
)
def test_how_much_later_has_to_be_clear(office: Office, words: str) -> None:
    assert office.say(f"move 42 {words}") == [_HOW_FAR]


@pytest.mark.parametrize(
    ("words", "moved"),
    [
        ("to Marina at 2pm please", "Monday 4:30pm, Bayview B to Monday 2:30pm, Marina"),
        ("Please to Marina, please!", "Bayview B to Marina"),
        ("to 10:45 please", "Monday 4:30pm to Monday 10:45am"),
        ('to "Marina" at 14:30 please', "Monday 4:30pm, Bayview B to Monday 2:30pm, Marina"),
    ],
)
def test_polite_and_little_words_say_nothing(office: Office, words: str, moved: str) -> None:
    words = words.replace("2pm", "2:30pm")
    assert office.say(f"move 42 {words}")[0] == f"Moved from {moved}. {_TOLD}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Marina 25:00", ["I cannot read “25:00”: a time is like 14:30 or 2:30pm."]),
        ("25:00", ["I cannot read “25:00”: a time is like 14:30 or 2:30pm."]),
        ("Marina wed 9-10", ["I cannot read “9-10”: a time is like 14:30 or 2:30pm."]),
        ("Marina now", ["I cannot read “now”: a time is like 14:30 or 2:30pm."]),
        (
            "golden gate 9am 500h",
            [
                "I cannot read “500h”: a length is like 25m or 1h30m.",
                "Without that: ‘move 42 Golden Gate 9am’",
            ],
        ),
        ("Marina 10m", ["I cannot read “10m”: a time is like 14:30 or 2:30pm."]),
        (
            "Marina 14:30 somewhere",
            ["I cannot read “somewhere”.", "Without that: ‘move 42 Marina 14:30’"],
        ),
        (
            "Marina Annex 2",
            [
                "No room is called “Marina Annex 2”. Closest:",
                "Marina: ‘move 42 Marina’",
                'A new room stands in quotation marks: ‘move 42 "Marina Annex 2"’',
            ],
        ),
        (
            "Marnia 10 minutes earlier",
            [
                "No room is called “Marnia”. Closest:",
                "Marina: ‘move 42 Marina -10m’",
                'A new room stands in quotation marks: ‘move 42 "Marnia" -10m’',
            ],
        ),
        (
            "Marina Annex 17:00",
            [
                "No room is called “Marina Annex”. Closest:",
                "Marina: ‘move 42 Marina 17:00’",
                'A new room stands in quotation marks: ‘move 42 "Marina Annex" 17:00’',
            ],
        ),
    ],
)
def test_a_known_room_is_kept_and_the_rest_is_named(
    office: Office, words: str, said: list[str]
) -> None:
    assert office.say(f"move 42 {words}") == said
    assert office.effects == ()


@pytest.mark.parametrize(
    ("line", "first", "second"),
    [
        ("move 2 and 3 to Marina", "move 2 to Marina", "move 3 to Marina"),
        ("move #2 & [3] 17:00", "move 2 17:00", "move 3 17:00"),
        ("move 2, 3 Marina", "move 2 Marina", "move 3 Marina"),
        ("move 2 and 3", "move 2", "move 3"),
        ("move 2, 3 and 4 Marina", "move 2 Marina", "move 3 Marina"),
    ],
)
def test_one_session_is_moved_at_a_time(office: Office, line: str, first: str, second: str) -> None:
    assert office.say(line) == [f"One session at a time, please: ‘{first}’, then ‘{second}’."]


@pytest.mark.parametrize("line", ["move 42, 17 April 14:30", "move 42, 2:30pm", "move 42, 1430"])
def test_a_time_behind_a_comma_is_no_second_session(office: Office, line: str) -> None:
    assert office.say(line)[0].startswith("Moved from Monday 4:30pm to ")


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("move 42 Marina", ""),
        ("move 42 Tuesday 00:20", " in the morning"),
        ("move 60 Marina and Ballroom", " in the morning"),
        ("cancel 60", " in the morning"),
        ("cancel 42", ""),
    ],
)
def test_at_night_those_who_bookmarked_it_are_told_when_it_is_soon(
    office: Office, line: str, when: str
) -> None:
    office.at = "Monday 16:20"
    office.news_before = moment_meant("Monday 16:30" if when else "Monday 18:20", folsom())
    assert office.say(line)[0].endswith(f" Those who bookmarked it are told{when}.")


def test_a_move_to_soon_or_from_soon_is_told_at_night(office: Office) -> None:
    office.news_before = moment_meant("Monday 11:20", folsom())
    assert office.say("move 42 10:00")[0].endswith(f" {_TOLD}")
    assert office.say("move 42 Tuesday")[0].endswith(f" {_TOLD}")
    assert office.say("withdraw 42")[0].endswith(" are told in the morning.")
    assert office.say("move 12 Tuesday")[0].endswith(f" {_TOLD}")


def test_who_moves_what_is_on_to_another_room_need_not_be_told_that_it_is_on(
    office: Office,
) -> None:
    assert office.say("move 1 Marina")[2:] == ["Undo: ‘withdraw 1’"]
    assert office.say("withdraw 1")[2:] == []


def test_a_day_of_the_published_programme_is_no_day_without_one() -> None:
    office = _small(("Party", "Red"))
    assert office.say("move 1 Thursday 12:00")[2] == (
        "So far the event has no programme on that day."
    )
    assert office.say("withdraw 1")[2:] == []


def test_many_overlaps_are_counted(office: Office) -> None:
    for number, title in enumerate(("One", "Two", "Three", "Four", "Five")):
        office.say(f'add "{title}" "Room 5" Monday 15:{number}0 1h')
    assert office.say('move 42 "Room 5" 15:30') == [
        f"Moved from Monday 4:30pm, Bayview B to Monday 3:30pm, Room 5. {_TOLD}",
        f"[42] Mon 3:30pm–3:55pm · {_ITEM} · Room 5 · {_BY}",
        "Beware, it overlaps in this room with:",
        "[160] Mon 3:00pm–4:00pm · One · Room 5 · added live",
        "[161] Mon 3:10pm–4:10pm · Two · Room 5 · added live",
        "[162] Mon 3:20pm–4:20pm · Three · Room 5 · added live",
        "and 2 more.",
        "Undo: ‘withdraw 42’",
    ]
    office.say("cancel 160")
    assert office.say("move 42 15:40")[3:7] == [
        "[161] Mon 3:10pm–4:10pm · Two · Room 5 · added live",
        "[162] Mon 3:20pm–4:20pm · Three · Room 5 · added live",
        "[163] Mon 3:30pm–4:30pm · Four · Room 5 · added live",
        "and 1 more.",
    ]


def test_the_audit_log_has_the_times_of_the_event(office: Office) -> None:
    office.hours = 24
    office.say("move 42 17:00")
    assert office.audited() == f"moved [42] “{_ITEM}” from Monday 16:30 to Monday 17:00"


def _small(*sessions: tuple[str, str]) -> Office:
    """Sessions by title and room, each at noon of 16 April."""
    slots = [(title, Slot(at(16, 12), at(16, 13), (room,))) for title, room in sessions]
    made = [Session(n, f"guid {n}", title, slot) for n, (title, slot) in enumerate(slots, start=1)]
    return Office(small_schedule(*made), at="2012-04-16 09:00")


def test_the_longest_title_is_meant() -> None:
    office = _small(("Party", "Red"), ("Party Green", "Blue"), ("Tea", "Green"))
    assert office.say("move party green 15:00")[:2] == [
        f"Moved from Monday 12:00pm to Monday 3:00pm. {_TOLD}",
        "[2] Mon 3:00pm–4:00pm · Party Green · Blue · changed live",
    ]


def test_a_title_may_begin_like_a_number() -> None:
    office = _small(("Session 2 social", "Red"), ("Tea", "Green"))
    for words in ("session 2 social", "the session 2 social"):
        assert office.say(f"move {words} +10m")[1].startswith("[1] ")
    assert office.say("move talk 2 +10m")[1].startswith("[2] ")


def test_the_longest_name_of_a_room_is_meant() -> None:
    office = _small(("Party", "Red"), ("Tea", "Midnight Room"))
    assert office.say("move party midnight room")[0] == f"Moved from Red to Midnight Room. {_TOLD}"


def test_a_room_may_be_called_like_a_length() -> None:
    office = _small(("Party", "Red"), ("Tea", "Lab 25m"))
    assert office.say("move party Lab 25m 15:00")[0] == (
        f"Moved from Monday 12:00pm, Red to Monday 3:00pm, Lab 25m. {_TOLD}"
    )


def test_an_hour_of_the_afternoon_is_that_of_its_own_day(office: Office) -> None:
    office.at = "2012-04-12 09:00"
    assert office.say("move 42 2:30")[0] == (f"Moved from Monday 4:30pm to Monday 2:30pm. {_TOLD}")
