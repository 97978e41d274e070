"""What pretalx's API answers, in older and newer versions, and the data of its widget."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.schedule import Kind, Person, Schedule, Session, Slot
from bot.sources import Imported, read
from tests.sources.documents import BERLIN, START, document, event, refusal
from tests.sources.documents import schedule as schedule_of_export

_SLOT = {"start": "2014-07-05T10:00:00+02:00", "end": "2014-07-05T10:40:00+02:00"}
_LATER = {"start": "2014-07-05T12:00:00+02:00", "end": "2014-07-05T12:40:00+02:00"}


def talk(**fields: Any) -> dict[str, Any]:
    """A talk; fields that are None are left out."""
    usual = {
        "code": "FROGS1",
        "title": "Frogs",
        "speakers": [{"code": "ADA", "name": "Ada Reed"}],
        "state": "confirmed",
        "duration": 40,
        "slot": {**_SLOT, "room": {"en": "Pond", "de": "Teich"}, "room_id": 1},
    }
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


def answer(*results: Any, **more: Any) -> dict[str, Any]:
    return {"count": len(results), "next": None, "previous": None, "results": list(results), **more}


def imported(document: object) -> Imported:
    return read(json.dumps(document).encode(), BERLIN, "Pond Days")


def schedule(document: object) -> Schedule:
    found = imported(document)
    assert found.warnings == ()
    return found.schedule


def only(**fields: Any) -> Session:
    (session,) = schedule(answer(talk(**fields))).sessions
    return session


_FROGS = Session(
    id=1, guid="FROGS1", title="Frogs", slot=Slot(START, START + timedelta(minutes=40), ("Pond",)),
    leads=("Ada Reed",),
)  # fmt: skip


def test_a_talk_of_an_older_version() -> None:
    found = schedule(
        answer(
            talk(
                submission_type={"en": "Keynote", "de": "Hauptvortrag"},
                abstract="Why <em>they</em> sing.",
                description="At *length*.",
                resources=[{"resource": "https://pond.example/song.pdf", "description": "Song"}],
            )
        )
    )

    assert found.sessions == (
        Session(
            id=1, guid="FROGS1", title="Frogs", slot=_FROGS.slot, leads=("Ada Reed",),
            kind=Kind.PLENARY, abstract="Why they sing.", description="At *length*.",
            links=("https://pond.example/song.pdf",),
        ),
    )  # fmt: skip
    assert (found.event, found.timezone, found.people) == (
        "Pond Days", BERLIN, {"Ada Reed": Person("Ada Reed")},
    )  # fmt: skip


@pytest.mark.parametrize(
    "found",
    [
        answer(talk()),
        [answer(talk(), next="https://…?page=2"), answer()],
        [talk()],
        answer(talk(slot=None, slots=[{**_SLOT, "id": 1, "room": {"name": {"en": "Pond"}}}])),
        answer({**_SLOT, "id": 5, "room": {"name": "Pond"}, "submission": talk(slot=None)}),
        {"version": "2", "slots": [{**_SLOT, "room": "Pond", "submission": talk(slot=None)}]},
        {"talks": [talk()], "breaks": []},
        {
            "timezone": "Europe/Berlin",
            "talks": [
                {**talk(slot=None, state=None, speakers=["ADA"]), **_SLOT, "id": 3, "room": 4}
            ],
            "rooms": [{"id": 4, "name": {"en": "Pond"}}],
            "speakers": [{"code": "ADA", "name": "Ada Reed"}],
        },
    ],
)
def test_where_talks_and_slots_may_stand(found: object) -> None:
    assert schedule(found).sessions == (_FROGS,)


def test_talk_in_several_slots_keeps_its_code_in_each() -> None:
    slots = [{**_SLOT, "room": {"name": "Pond"}}, {**_LATER, "room": {"name": "Weir"}}]
    found = schedule(answer(talk(slot=None, slots=slots)))

    assert [(s.id, s.guid, s.slot.rooms) for s in found.sessions] == [
        (1, "FROGS1", ("Pond",)),
        (2, "FROGS1", ("Weir",)),
    ]


def test_break_has_a_title_and_no_code() -> None:
    found = schedule(
        answer(
            {**_SLOT, "id": 9, "room": {"name": "Pond"}, "submission": None,
             "description": {"en": "Lunch", "de": "Mittagessen"}, "slot_type": "break"},
        )
    )  # fmt: skip

    assert [(s.guid, s.title, s.kind, s.leads) for s in found.sessions] == [
        ("", "Lunch", Kind.LUNCH, ())
    ]


@pytest.mark.parametrize(
    ("state", "cancelled"),
    [
        ("confirmed", [False]),
        ("accepted", [False]),
        (None, [False]),
        ("canceled", [True]),
        ("withdrawn", [True]),
        ("submitted", []),
        ("rejected", []),
        ("draft", []),
    ],
)
def test_states(state: str | None, cancelled: list[bool]) -> None:
    found = schedule(answer(talk(state=state), talk(code="B", title="Newts")))

    assert [s.cancelled for s in found.sessions if s.title == "Frogs"] == cancelled


@pytest.mark.parametrize(
    ("slot", "end"),
    [
        (_SLOT, START + timedelta(minutes=40)),
        ({**_SLOT, "end": None}, START + timedelta(minutes=40)),
        ({"start": "2014-07-05T10:00:00", "end": "2014-07-05T10:20:00"},
         START + timedelta(minutes=20)),
        ({"start": "2014-07-05T08:00:00Z", "duration": 30}, START + timedelta(minutes=30)),
    ],
)  # fmt: skip
def test_times(slot: dict[str, Any], end: datetime) -> None:
    assert only(slot=slot).slot == Slot(START, end, ())


@pytest.mark.parametrize("duration", [0, -5, "40", True, 10**9, None])
def test_length_that_is_none_leaves_the_end_open(duration: Any) -> None:
    assert only(slot={"start": _SLOT["start"]}, duration=duration).slot.end is None


def test_talk_without_a_slot_is_not_in_the_schedule() -> None:
    found = schedule(
        answer(talk(), talk(code="B", slot=None), talk(code="C", slot={"start": None}))
    )

    assert [s.guid for s in found.sessions] == ["FROGS1"]


@pytest.mark.parametrize(
    ("item", "warning"),
    [
        (talk(code="B", title=None, slot=_LATER),
         "An entry without a title (B): left out, it has no title."),
        (talk(code="B", title="Newts", slot={"start": "soon"}),
         "Newts: left out, it has no date that can be read."),
        (talk(code="B", title="Newts", slot=None, slots=[4, 5]),
         "Newts: left out, its slots are only numbers: ask for them with"
         " ?expand=slots.room,speakers."),
        ({**_LATER, "submission": "B", "room": 4},
         "An entry without a title (B): left out, the talk B is only named: ask for it with"
         " ?expand=submission."),
        (5, "An entry without a title (number 2): left out, it is no entry."),
        (talk(code="B", title="Newts", slot={**_LATER, "end": "late"}, duration=None),
         "Newts: its end cannot be read, so it has an open end."),
        (talk(code="B", title="Newts", slot={**_LATER, "end": _SLOT["end"]}, duration=None),
         "Newts: its end is before its start, so it has an open end."),
    ],
)  # fmt: skip
def test_broken_talk_costs_itself_and_a_warning(item: Any, warning: str) -> None:
    found = imported(answer(talk(), item))

    assert found.warnings == (warning,)
    assert [s.title for s in found.schedule.sessions if s.title != "Newts"] == ["Frogs"]


@pytest.mark.parametrize(
    "pages",
    [answer(talk(), next="https://…?page=2"), [answer(talk(), next="https://…?page=2")]],
)
def test_one_page_of_several_is_refused(pages: object) -> None:
    assert refusal(json.dumps(pages).encode(), BERLIN) == (
        "This is one page of several: ask for all of it with ?page_size=500, or give the schedule's"
        " export."
    )


_TWICE = (
    event(guid="g1", code="FROGS1", id=1),
    event(guid="g2", code="FROGS1", id=1, date="2014-07-05T12:00:00+02:00"),
)
_ADDRESSED = [
    {**event, "code": None, "url": "https://talks.example/pond/talk/FROGS1/"} for event in _TWICE
]


@pytest.mark.parametrize(
    ("generator", "events", "guids"),
    [
        ({"name": "pretalx", "version": "2025.1"}, _TWICE, ["FROGS1", "FROGS1"]),
        (None, _ADDRESSED, ["FROGS1", "FROGS1"]),
        # Others keep the guids, and their codes may stand for several sessions.
        ({"name": "hub"}, _TWICE, ["g1", "g2"]),
        (None, _TWICE, ["g1", "g2"]),
    ],
)
def test_export_of_pretalx_is_known_by_its_codes(
    generator: Any, events: list[dict[str, Any]], guids: list[str]
) -> None:
    export = document(*events)
    found = schedule_of_export({**export, "generator": generator} if generator else export)

    assert [(s.guid, s.slot.start.hour) for s in found.sessions] == list(
        zip(guids, (8, 10), strict=True)
    )


def test_start_may_be_in_utc() -> None:
    assert only(slot={"start": "2014-07-05T22:30:00Z"}).slot.start == datetime(
        2014, 7, 5, 22, 30, tzinfo=UTC
    )
