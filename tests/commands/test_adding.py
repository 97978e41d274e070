"""`add`: a session that is not published, or for want of a title a bookmark."""

from datetime import timedelta

import pytest

from bot.live import Added, LiveChange
from bot.messages import AddBookmark, Audit, ChangeLive
from bot.schedule import Slot
from tests.commands.organising import CHANGES_IN, Office
from tests.summit import at, folsom, small_schedule

_UNTOLD = " Nobody is told of it; to tell people: ‘announce 160 This is new’"
_LIKE = '‘add "Fire drill" Marina 14:30 25m’'


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_session_is_added_under_a_new_number(office: Office) -> None:
    office.highest = 170
    assert office.say('add "Fire drill" Marina 17:45 15m') == [
        "Added. Nobody is told of it; to tell people: ‘announce 171 This is new’",
        "[171] Mon 5:45pm–6:00pm · Fire drill · Marina · added live",
        "Beware, it overlaps in this room with:",
        "[50] Mon 5:00pm–5:55pm · Scaling Openstack · Marina · Debo Dutta",
        "Undo: ‘cancel 171’",
    ]
    start = at(17, 0, 45)
    assert office.effects == (
        ChangeLive(
            LiveChange(
                171, Added("Fire drill", Slot(start, start + timedelta(minutes=15), ("Marina",)))
            )
        ),
        Audit("added [171] “Fire drill”: Monday 5:45pm to 6:00pm, Marina", CHANGES_IN),
    )


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("Ballroom 15:00 25m", "Mon 3:00pm–3:25pm"),
        ("Ballroom 15:00 25 min", "Mon 3:00pm–3:25pm"),
        ("25 minutes in the Ballroom at 3pm", "Mon 3:00pm–3:25pm"),
        ("Ballroom 3:00 for 1 hour", "Mon 3:00pm–4:00pm"),
        ("Ballroom 15:00 1h30m", "Mon 3:00pm–4:30pm"),
        ("Ballroom 15h 1h", "Mon 3:00pm–4:00pm"),
        ("Ballroom 15:00-15:40", "Mon 3:00pm–3:40pm"),
        ("Ballroom 3pm to 4pm", "Mon 3:00pm–4:00pm"),
        ("2pm – 3:30pm Ballroom", "Mon 2:00pm–3:30pm"),
        ("11:00–1:00 Ballroom", "Mon 11:00am–1:00pm"),
        ("23:00–1:00 Ballroom", "Mon 11:00pm–1:00am"),
        ("23:00–00:30 Ballroom", "Mon 11:00pm–12:30am"),
        ("Ballroom 2-3pm", "Mon 2:00pm–3:00pm"),
        ("Ballroom 9:30-11", "Mon 9:30am–11:00am"),
        ("Tuesday from 11 to 1pm in the Ballroom", "Tue 11:00am–1:00pm"),
        ("Ballroom 15h", "Mon 3:00pm"),
        ("Tuesday 15:00 25m Ballroom", "Tue 3:00pm–3:25pm"),
        ("tomorrow Ballroom 15:00 25m", "Tue 3:00pm–3:25pm"),
    ],
)
def test_day_time_and_length_are_read_in_any_order(office: Office, words: str, when: str) -> None:
    assert office.say(f'add "Talk" {words}')[:2] == [
        f"Added.{'' if '–' in when else ' Its length is not said: 60 minutes.'}{_UNTOLD}",
        f"[160] {when} · Talk · Ballroom · added live",
    ]


def test_without_a_length_an_hour_is_assumed(office: Office) -> None:
    assert office.say("add “Late talk” “Room 9” Tuesday 14:00") == [
        f"Added. Its length is not said: 60 minutes.{_UNTOLD}",
        "[160] Tue 2:00pm · Late talk · Room 9 · added live",
        "No room was called Room 9 before.",
        "Undo: ‘cancel 160’",
    ]
    assert office.audited() == "added [160] “Late talk”: Tuesday 2:00pm, Room 9"


def test_before_the_event_its_first_day_is_meant(office: Office) -> None:
    office.at = "2012-04-12 09:00"
    assert office.say('add "Talk" Ballroom 15:00 5m')[1] == (
        "[160] Mon 3:00pm–3:05pm · Talk · Ballroom · added live"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('"Talk"', [f"Where and when is it? Say it like {_LIKE}."]),
        ('"Talk" Marina', [f"At what time is it? Say it like {_LIKE}."]),
        ('"Talk" Marina Tuesday', [f"At what time is it? Say it like {_LIKE}."]),
        ('"Talk" 15:00 25m', [f"Where is it? Say it like {_LIKE}."]),
        ('"" Marina 15:00', [f"What is it called? Say it like {_LIKE}."]),
        ('"?!" Marina 15:00', [f"What is it called? Say it like {_LIKE}."]),
        (
            f'"{"long " * 41}" Marina 15:00',
            ["Nothing was changed: a title has at most 200 characters."],
        ),
        (
            '"Talk" Marnia 15:00 25m',
            [
                "No room is called “Marnia”. Closest:",
                'Marina: ‘add "Talk" Marina 15:00 25m’',
                'A new room stands in quotation marks: ‘add "Talk" "Marnia" 15:00 25m’',
            ],
        ),
        (
            '"Talk" Marina 2-3',
            [
                "I cannot read “2-3”: a time is like 14:30 or 2:30pm.",
            ],
        ),
        (
            '"Talk" Marina 8:00 25m',
            ["Nothing was changed: with a start on Monday 8:00am it would be over already."],
        ),
        (
            '"Talk" Marina 15:00 25h',
            [f"Nothing was changed: a session lasts 24 hours at most, like {_LIKE}"],
        ),
        (
            '"Talk" Marina 3pm 90',
            [
                "I cannot read “90”: a length is like 25m or 1h30m.",
                'Without that: ‘add "Talk" Marina 3pm’',
            ],
        ),
        (
            '"Talk" Marina wed 9-10 30m',
            ["I cannot read “9-10 30m”: a time is like 14:30 or 2:30pm."],
        ),
        ('"Talk" Marina 10m', ["I cannot read “10m”: a time is like 14:30 or 2:30pm."]),
        ('"Talk" 25:00 please', ["I cannot read “25:00”: a time is like 14:30 or 2:30pm."]),
        (
            '"swift: quotas!" Ballroom Tuesday 9:00',
            [
                "Nothing was changed: there is a session of this title at that time.",
                "[60] Tue 9:00am–9:55am · Swift Quotas · Marina · Everett Toews",
                "To hold it elsewhere: ‘move 60 Marina’",
            ],
        ),
    ],
)
def test_what_lacks_something_says_so_and_adds_nothing(
    office: Office, words: str, said: list[str]
) -> None:
    assert office.say(f"add {words}") == said
    assert office.effects == ()


def test_a_cancelled_session_is_restored_and_not_added_again(office: Office) -> None:
    office.say("cancel 60")
    assert office.say('add "Swift Quotas" Ballroom Tuesday 9:00')[-1] == (
        "To let it take place: ‘restore 60’"
    )
    assert office.effects == ()


def test_without_a_title_in_quotation_marks_a_bookmark_is_meant(office: Office) -> None:
    session = folsom().session(42)
    assert session is not None
    assert office.say("add 42") == [
        "Bookmarked. I will remind you 5 minutes before, at 4:25pm.",
        "[42] Mon 4:30pm–4:55pm · Jenkins jclouds plugin · Bayview B · Monty Taylor",
    ]
    assert office.effects == (AddBookmark(session.facts, 42, 5, False),)


def test_words_that_are_no_session_get_a_word_about_titles(office: Office) -> None:
    assert office.say("add Fire drill Marina 15:00") == [
        "No session is called “Fire drill Marina 15:00”.",
        "To search the descriptions too, type ‘find Fire drill Marina 15:00’.",
        f"A new session has its title in quotation marks: {_LIKE}",
    ]


def test_the_same_title_at_another_time_is_another_session(office: Office) -> None:
    assert office.say('add "Swift Quotas" Ballroom Tuesday 15:00 25m')[0] == f"Added.{_UNTOLD}"


def test_a_start_in_the_past_is_pointed_out(office: Office) -> None:
    assert office.say('add "Talk" Ballroom 9:00 1h')[2] == (
        "That start is in the past: it is on now."
    )


def test_alone_it_asks_for_a_session_of_either_sort(office: Office) -> None:
    assert office.say("add") == [f"To add a session: {_LIKE}. To bookmark one: ‘bookmark 12’."]


def test_an_empty_programme_gets_its_first_session() -> None:
    office = Office(small_schedule(), at="2012-04-16 09:00", highest=0)
    assert office.say('add "Tea" "Red Room" 15:00 25m') == [
        "Added. Nobody is told of it; to tell people: ‘announce 1 This is new’",
        "[1] Mon 3:00pm–3:25pm · Tea · Red Room · added live",
        "No room was called Red Room before.",
        "Undo: ‘cancel 1’",
    ]
