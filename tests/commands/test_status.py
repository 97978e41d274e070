"""`status`: short when all is well, and clear when it is not."""

from dataclasses import replace
from datetime import UTC, timedelta
from time import process_time

import pytest

from bot.commands.status import COMMAND as STATUS
from bot.live import Added, Cancelled, InRooms, LiveChange, Starts
from bot.overview import NetworkOverview
from bot.schedule import Schedule, Slot
from bot.setup import moment_meant
from bot.waves import Wave
from tests.commands.organising import Office
from tests.summit import at, folsom

_FINE = [
    "The schedule changed 2 hours ago; its source was seen 3 minutes ago.",
    "Nothing is changed live.",
    "irc: the next 120 reminders go out at 9:25am for Monday 9:30am; they fit.",
    "slack: no reminders within a day.",
]


@pytest.fixture
def office() -> Office:
    return Office()


def test_all_is_well_in_few_lines(office: Office) -> None:
    assert office.say("status") == _FINE
    assert office.effects == ()


@pytest.mark.parametrize(
    ("changed", "seen", "said"),
    [
        (None, None, "The schedule stays as it was read: no source is followed."),
        (None, 0, "The schedule is as it was first read; its source was seen just now."),
        (1, 1, "The schedule changed 1 minute ago; its source was seen 1 minute ago."),
        (90, None, "The schedule changed 1 hour 30 minutes ago; its source has not been seen yet."),
        (
            4_400,
            61,
            "The schedule changed 3 days ago; its source was seen 1 hour 1 minute ago."
            " Beware, that is long ago.",
        ),
    ],
)
def test_the_age_of_the_schedule_is_told(
    office: Office, changed: int | None, seen: int | None, said: str
) -> None:
    wall = moment_meant(office.at, folsom()).astimezone(UTC)
    for name, minutes in (("changed", changed), ("seen", seen)):
        ago = None if minutes is None else wall - timedelta(minutes=minutes)
        office.more[name] = ago
    assert office.say("status") == [said, *_FINE[1:]]


_TROUBLE = " Its source cannot be read: the server cannot be reached. The last version stays."


@pytest.mark.parametrize(
    ("changed", "seen", "said"),
    [
        (120, 180, "The schedule changed 2 hours ago."),
        (None, 180, "The schedule is as it was first read."),
        (None, None, "The schedule is as it was first read."),
    ],
)
def test_a_source_that_cannot_be_read_is_told(
    office: Office, changed: int | None, seen: int | None, said: str
) -> None:
    wall = moment_meant(office.at, folsom()).astimezone(UTC)
    for name, minutes in (("changed", changed), ("seen", seen)):
        office.more[name] = None if minutes is None else wall - timedelta(minutes=minutes)
    office.more["trouble"] = "the server cannot be reached"
    assert office.say("status") == [said + _TROUBLE, *_FINE[1:]]


def test_a_source_whose_update_is_held_back_is_not_called_silent(office: Office) -> None:
    wall = moment_meant(office.at, folsom()).astimezone(UTC)
    office.more["seen"] = wall - timedelta(hours=3)
    office.more["held"] = "removes 80 of 150 sessions to come"
    assert office.say("status")[:2] == [
        "The schedule changed 2 hours ago.",
        "An update is held back: it removes 80 of 150 sessions to come.",
    ]
    office.more["trouble"] = "the server cannot be reached"
    assert office.say("status")[:2] == [
        f"The schedule changed 2 hours ago.{_TROUBLE}",
        "An update is held back: it removes 80 of 150 sessions to come.",
    ]


def test_what_is_held_back_is_told_with_how_to_let_it_through(office: Office) -> None:
    office.more["held"] = "removes 80 of 150 sessions to come"
    assert office.say("status") == [
        "The schedule changed 2 hours ago.",
        "An update is held back: it removes 80 of 150 sessions to come.",
        "To let it through, on the machine: summit-bot schedule accept --config FILE",
        *_FINE[1:],
    ]


def test_what_is_changed_live_stands_beside_what_is_published(office: Office) -> None:
    office.say("move 42 17:00 Seacliff C")
    office.say("cancel 60")
    office.say("move 12 Marina")
    office.say('add "Fire drill" Ballroom 15:00 15m')
    assert office.say("status") == [
        _FINE[0],
        "3 sessions are changed live, 1 added:",
        "[12] Mon 11:00am–11:25am · Ryu Network Operating System · Marina · Kazutaka Morita"
        " · changed live · published: Bayview B",
        "[160] Mon 3:00pm–3:15pm · Fire drill · Ballroom · added live",
        "[42] Mon 5:00pm–5:25pm · Jenkins jclouds plugin · Seacliff C · Monty Taylor"
        " · changed live · published: Monday 4:30pm, Bayview B",
        "[60] Tue 9:00am–9:55am · Swift Quotas · Marina · Everett Toews · CANCELLED"
        " · changed live · published: not cancelled",
        "To let what is published hold again: ‘withdraw 12’",
        *_FINE[2:],
    ]


def test_what_was_only_added_cannot_be_withdrawn(office: Office) -> None:
    office.say('add "Fire drill" Ballroom 15:00 15m')
    assert office.say("status") == [
        _FINE[0],
        "1 session is added live:",
        "[160] Mon 3:00pm–3:15pm · Fire drill · Ballroom · added live",
        *_FINE[2:],
    ]


@pytest.mark.parametrize(
    ("removed", "rooms", "note"),
    [
        (False, ("Bayview B",), "published: cancelled"),
        (True, ("Bayview B",), "published: left out"),
        (False, (), "published: cancelled, no room"),
    ],
)
def test_what_is_published_as_cancelled_says_so(
    removed: bool, rooms: tuple[str, ...], note: str
) -> None:
    known = folsom()
    session = known.session(42)
    assert session is not None
    slot = Slot(session.slot.start, session.slot.end, rooms)
    published = replace(session, cancelled=True, removed=removed, slot=slot)
    sessions = [published if s.id == 42 else s for s in known.sessions]
    office = Office(Schedule(known.event, known.timezone, sessions, rooms=known.rooms.values()))
    office.say("restore 42")
    if not rooms:
        office.say("move 42 Bayview B")
    assert office.say("status")[2] == (
        "[42] Mon 4:30pm–4:55pm · Jenkins jclouds plugin · Bayview B · Monty Taylor"
        f" · changed live · {note}"
    )


@pytest.mark.parametrize(
    "value", [Cancelled(False), InRooms(("Bayview B",)), Starts(at(16, 23, 30))]
)
def test_what_is_published_by_now_is_left_out(
    office: Office, value: Cancelled | InRooms | Starts
) -> None:
    office.live = (LiveChange(42, value),)
    assert office.say("status") == _FINE
    office.say("cancel 60")
    assert office.say("status")[1:] == [
        "1 session is changed live:",
        "[60] Tue 9:00am–9:55am · Swift Quotas · Marina · Everett Toews · CANCELLED"
        " · changed live · published: not cancelled",
        "To let what is published hold again: ‘withdraw 60’",
        *_FINE[2:],
    ]


def test_what_is_offered_to_be_withdrawn_can_be(office: Office) -> None:
    office.say('add "Fire drill" Ballroom 10:00 15m')
    office.say("move 160 10:30")
    office.say('add "Tea" Ballroom 15:00 15m')
    office.say("cancel 60")
    said = office.say("status")
    assert said[1] == "1 session is changed live, 2 added:"
    assert said[5] == "To let what is published hold again: ‘withdraw 60’"
    office.say("withdraw 60")
    assert office.say("status")[1:] == [
        "2 sessions are added live:",
        "[160] Mon 10:30am–10:45am · Fire drill · Ballroom · added live",
        "[161] Mon 3:00pm–3:15pm · Tea · Ballroom · added live",
        *_FINE[2:],
    ]


def test_many_live_changes_take_no_longer_each(office: Office) -> None:
    day = timedelta(days=1)
    start = moment_meant("Monday 15:00", folsom())
    office.live = tuple(
        LiveChange(200 + n, Added(f"Talk {n}", Slot(start + (n % 3) * day, None, ("Marina",))))
        for n in range(10_000)
    )
    context = office.context()
    context.schedule.days  # noqa: B018  # the schedule indexes itself once
    began = process_time()
    assert len(STATUS.run("", context).reply.blocks) > 10_000
    assert process_time() - began < 1


@pytest.mark.parametrize(
    ("count", "opens", "fits", "said"),
    [
        (1, 5, True, "irc: the next reminder goes out at 9:25am for Monday 9:30am; it fits."),
        (
            2_000,
            9,
            True,
            "irc: the next 2,000 reminders go out from 9:21am on for Monday 9:30am; they fit.",
        ),
        (2_000, 10, True, "irc: the next 2,000 reminders go out now for Monday 9:30am; they fit."),
        (1, 15, True, "irc: the next reminder goes out now for Monday 9:30am; it fits."),
        (
            9_000,
            9,
            False,
            "irc: the next 9,000 reminders go out from 9:21am on for Monday 9:30am; they are too"
            " many, some will not be sent.",
        ),
    ],
)
def test_the_next_wave_says_when_it_begins_and_whether_it_fits(
    office: Office, count: int, opens: int, fits: bool, said: str
) -> None:
    start = moment_meant("Monday 9:30", folsom())
    wave = Wave(start, count, start - timedelta(minutes=opens), fits)
    office.more["networks"] = (NetworkOverview("irc", wave),)
    assert office.say("status")[2:] == [said]


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (
            NetworkOverview(
                "irc", sent=90, failed={"gone": 1, "asleep": 2, "busy": 6, "away": 6}, dropped=2
            ),
            "irc: 15 messages failed (away: 6, busy: 6, asleep: 2, gone: 1); 2 dropped, because it"
            " was too late for them, of 107.",
        ),
        (NetworkOverview("irc", sent=1_200, late=1_000), "irc: 1,000 late, of 1,200."),
        (
            NetworkOverview("irc", failed={"gone": 1}),
            "irc: 1 message failed (gone: 1), of 1.",
        ),
        (
            NetworkOverview("irc", unreachable={"no such nick": 1}),
            "irc: 1 person was not reached (no such nick: 1).",
        ),
        (
            NetworkOverview("irc", sent=9, late=1, unreachable={"left": 1, "blocked": 2}),
            "irc: 1 late, of 9; 3 people were not reached (blocked: 2, left: 1).",
        ),
    ],
)
def test_failures_are_told_by_reason(office: Office, network: NetworkOverview, said: str) -> None:
    office.more["networks"] = (network,)
    assert office.say("status")[2:] == ["irc: no reminders within a day.", said]
