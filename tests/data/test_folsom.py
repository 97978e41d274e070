"""The schedule that ships with the project: complete, readable, and in nobody else's words."""

import re
from collections import Counter
from datetime import date, time
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest

from bot.names import Finder
from bot.schedule import Kind, Person, Room, Schedule, Session
from bot.sources import read
from bot.sources.writing import c3voc
from tests.summit import DATA, folsom

_SEED = DATA.parent.parent.parent / "shared" / "seed" / "folsom-design-summit-2012.txt"
_ZONE = ZoneInfo("America/Los_Angeles")
_DAYS = (date(2012, 4, 16), date(2012, 4, 17), date(2012, 4, 18))
# So many words in a row that are the same are a quotation.
_QUOTATION = 8

needs_seed = pytest.mark.skipif(
    not _SEED.exists(), reason="the published page is not part of the project"
)


@pytest.fixture(scope="module")
def shipped() -> Schedule:
    """The schedule of the summit."""
    return folsom()


@pytest.fixture(scope="module")
def published() -> Schedule:
    """The schedule as the published page has it."""
    imported = read(_SEED.read_bytes(), _ZONE)
    assert imported.warnings == ()
    return imported.schedule


def test_nothing_had_to_be_left_out() -> None:
    assert read(DATA.read_bytes()).warnings == ()


def test_event_zone_and_venue_are_named(shipped: Schedule) -> None:
    named = (shipped.event, shipped.timezone.key, shipped.venue, shipped.day_change)

    assert named == (
        "OpenStack Folsom Design Summit",
        "America/Los_Angeles",
        "Hyatt Regency San Francisco, 5 Embarcadero Center, San Francisco",
        time(4),
    )


def test_every_day_of_the_event_has_its_sessions(shipped: Schedule) -> None:
    assert {day: len(shipped.on(day)) for day in shipped.days} == dict(
        zip(_DAYS, (55, 54, 50), strict=True)
    )


def test_20_sessions_start_when_it_is_tomorrow_in_utc(shipped: Schedule) -> None:
    late = [s for s in shipped.sessions if s.slot.start.date() > shipped.day_of(s.slot.start)]

    assert len(late) == 20


def test_kinds(shipped: Schedule) -> None:
    assert Counter(session.kind for session in shipped.sessions) == {
        Kind.SESSION: 130,
        Kind.UNCONFERENCE: 10,
        Kind.BREAK: 6,
        Kind.PARTY: 4,
        Kind.LUNCH: 3,
        Kind.LIGHTNING: 3,
        Kind.PLENARY: 1,
        Kind.PLACEHOLDER: 1,
        Kind.HACKATHON: 1,
    }


def test_rooms(shipped: Schedule) -> None:
    held = Counter(room for session in shipped.sessions for room in session.slot.rooms)

    assert held == {
        "Ballroom": 4,
        "Bayview B": 26,
        "Golden Gate": 14,
        "Marina": 25,
        "Seacliff AB": 28,
        "Seacliff C": 24,
        "Seacliff D": 24,
        "2nd Floor": 9,
        "111 Minna Street Gallery": 1,
        "Dev Lounge": 1,
        "Grand Hall": 1,
        "Public Works": 1,
        "Sens Restaurant": 1,
    }


def test_every_session_has_one_room_an_end_and_is_not_cancelled(shipped: Schedule) -> None:
    odd = [
        s.id
        for s in shipped.sessions
        if len(s.slot.rooms) != 1 or s.slot.end is None or s.cancelled
    ]

    assert odd == []


def test_places_have_their_address_or_floor(shipped: Schedule) -> None:
    assert set(shipped.rooms.values()) == {
        Room("Ballroom"),
        Room("Bayview B"),
        Room("Golden Gate"),
        Room("Marina"),
        Room("Seacliff AB"),
        Room("Seacliff C"),
        Room("Seacliff D"),
        Room("2nd Floor", floor="2nd Floor"),
        Room("111 Minna Street Gallery", "111 Minna st, San Francisco"),
        Room("Dev Lounge", "Hyatt Regency"),
        Room("Grand Hall", "1 Ferry Building, San Francisco, California"),
        Room("Public Works", "161 Erie Street (off Mission St. between Duboce & 14th St.)"),
        Room("Sens Restaurant", "Embarcadero Center, San Francisco"),
    }


def test_75_people_lead_sessions(shipped: Schedule) -> None:
    assert {lead for session in shipped.sessions for lead in session.leads} == set(shipped.people)
    assert len(shipped.people) == 75


def test_nobody_is_shown_by_a_login(shipped: Schedule) -> None:
    name = re.compile(r"[A-Z]\w+(?: [A-Z]\w+)+")

    assert [person for person in shipped.people if not name.fullmatch(person)] == []


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("dan wendlandt", "Dan Wendlandt"),
        ("ChristopherMacGown", "Christopher MacGown"),
        ("justinsb", "Justin Santa Barbara"),
        ("mattray", "Matt Ray"),
        ("luozhongyue", "Zhongyue Luo"),
        ("ttx", "Thierry Carrez"),
        ("vish", "Vishvananda Ishaya"),
    ],
)
def test_people_are_found_by_what_they_sign_with(
    shipped: Schedule, written: str, name: str
) -> None:
    assert [person.name for person in Finder(shipped).people.find(written)] == [name]


def test_one_room_is_taken_twice_at_once_and_only_once(shipped: Schedule) -> None:
    doubled = [
        (one.id, other.id)
        for name in shipped.rooms
        for one, other in combinations(shipped.in_room(name), 2)
        if one.slot.overlaps(other.slot)
    ]
    overlap = [shipped.session(number) for number in doubled[0]]

    assert doubled == [(47, 48)]
    assert [session.slot.rooms for session in overlap if session] == [("Golden Gate",)] * 2
    assert [session.slot.start for session in overlap if session] == [
        shipped.moment(_DAYS[0], time(16, 30))
    ] * 2


def test_ids_count_the_sessions(shipped: Schedule) -> None:
    assert sorted(session.id for session in shipped.sessions) == list(range(1, 160))


def test_no_guid_repeats(shipped: Schedule) -> None:
    assert len({session.guid for session in shipped.sessions}) == 159


def test_what_is_not_a_mere_container_is_described_in_at_most_240_characters(
    shipped: Schedule,
) -> None:
    described = [s for s in shipped.sessions if not s.kind.contains]

    assert [s.id for s in described if not 1 <= len(s.abstract) <= 240] == []
    assert [s.id for s in shipped.sessions if s.description] == []


def test_what_is_written_is_read_back_the_same(shipped: Schedule) -> None:
    again = read(c3voc.write(shipped).encode())

    assert again.warnings == ()
    assert again.schedule.sessions == shipped.sessions
    assert again.schedule.rooms == shipped.rooms
    assert again.schedule.people == shipped.people
    assert _frame(again.schedule) == _frame(shipped)


def test_the_file_is_what_would_be_written(shipped: Schedule) -> None:
    assert c3voc.write(shipped) == DATA.read_text("utf-8")


@needs_seed
def test_the_page_says_the_same_of_all_sessions(shipped: Schedule, published: Schedule) -> None:
    ids = range(1, 160)

    assert [_said(shipped, n) for n in ids] == [_said(published, n) for n in ids]


@needs_seed
def test_the_page_knows_the_same_places(shipped: Schedule, published: Schedule) -> None:
    assert published.rooms == shipped.rooms


@needs_seed
def test_whoever_leads_on_the_page_leads_the_same_session(
    shipped: Schedule, published: Schedule
) -> None:
    different = [
        (session.id, session.leads, _leads(shipped, session.id))
        for session in published.sessions
        if not _same_people(session, published, _leads(shipped, session.id))
    ]

    assert different == []


@needs_seed
def test_no_sentence_of_the_page_is_in_the_file(shipped: Schedule, published: Schedule) -> None:
    quoted = {run for session in published.sessions for run in _runs(session.description)}
    titles = {run for session in published.sessions for run in _runs(session.title)}

    assert len(quoted) > 8_000
    assert [
        (session.id, " ".join(run))
        for session in shipped.sessions
        for run in _runs(session.text)
        if run in quoted - titles
    ] == []


def _said(schedule: Schedule, id: int) -> tuple[object, ...]:
    session = schedule.session(id)
    assert session is not None
    return (session.id, session.guid, session.title, session.slot, session.kind, session.links,
            session.cancelled)  # fmt: skip


def _leads(schedule: Schedule, id: int) -> list[Person]:
    session = schedule.session(id)
    assert session is not None
    return [schedule.people[name] for name in session.leads]


def _same_people(session: Session, published: Schedule, shipped: list[Person]) -> bool:
    """True if every name on the page, as read and as signed, is one that the file knows."""
    listed = [published.people[name] for name in session.leads]
    return len(listed) == len(shipped) and all(
        {page.name, *page.aliases} <= {file.name, *file.aliases}
        for page, file in zip(listed, shipped, strict=True)
    )


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {
        tuple(words[first : first + _QUOTATION]) for first in range(len(words) - _QUOTATION + 1)
    }


def _frame(schedule: Schedule) -> tuple[object, ...]:
    return (schedule.event, schedule.timezone, schedule.day_change, schedule.venue, schedule.days)
