"""Lists of sessions in JSON, their fields named or guessed."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.schedule import Kind, Person, Schedule, Session, Slot
from bot.sources import Imported, NotASchedule, read
from bot.sources.fields import Fields
from tests.sources.documents import BERLIN, START, refusal

_NO_LIST = (
    "This JSON has no schedule.conference.days, and no list of entries with a title and a start: if"
    " it is a schedule, name its fields."
)


def row(**fields: Any) -> dict[str, Any]:
    """An entry; fields that are None are left out."""
    usual = {
        "Name": "Frogs",
        "StartTime": "2014-07-05T10:00:00+02:00",
        "EndTime": "2014-07-05T10:40:00+02:00",
        "Location": "Pond",
        "Speakers": "Ada Reed",
    }
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


def imported(document: object, fields: Fields | None = None) -> Imported:
    return read(json.dumps(document).encode(), BERLIN, "Pond Days", fields)


def schedule(document: object, fields: Fields | None = None) -> Schedule:
    found = imported(document, fields)
    assert found.warnings == ()
    return found.schedule


def only(**fields: Any) -> Session:
    (found,) = schedule([row(**fields)]).sessions
    return found


_FROGS = Session(
    id=1, guid="", title="Frogs", slot=Slot(START, START + timedelta(minutes=40), ("Pond",)),
    leads=("Ada Reed",),
)  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        [row()],
        {"sessions": [row()]},
        {"data": {"page": 1, "items": [row()]}},
        {"2014-07-05": [row()]},
        [{"day": "2014-07-05", "rooms": [{"name": "Pond", "slots": [row()]}]}],
        {"a1": row()},
        {"a1": row(), "version": 3, "next": None},
        {"about": {"name": "Pond Days"}, "list": [row()]},
    ],
)
def test_where_the_list_may_stand(document: object) -> None:
    found = schedule(document)

    assert found.sessions == (_FROGS,)
    assert (found.event, found.timezone, found.people) == (
        "Pond Days", BERLIN, {"Ada Reed": Person("Ada Reed")},
    )  # fmt: skip


_LIKE_PRETALX = {
    "id": 1, "title": "Frogs", "start": "2014-07-05T10:00:00", "end": "2014-07-05T10:40:00",
    "room": "Pond; Weir", "speakers": "Ada Reed, Bo",
}  # fmt: skip


@pytest.mark.parametrize(
    "more", [{}, {"code": "FROGS1"}, {"speakers": ["Ada Reed", {"name": "Bo"}]}]
)
def test_names_that_pretalx_has_too_make_no_pretalx(more: dict[str, Any]) -> None:
    entry = {**_LIKE_PRETALX, **more}
    for document in ([entry], {"talks": [entry]}, {"days": [{"talks": [entry]}]}):
        assert schedule(document).sessions == (
            Session(1, "1", "Frogs", Slot(START, START + timedelta(minutes=40), ("Pond", "Weir")),
                    ("Ada Reed", "Bo")),
        )  # fmt: skip


def test_fields_of_symposion() -> None:
    entry = {
        "conf_key": 42, "conf_url": "https://pond.example/frogs", "name": "Frogs",
        "kind": "keynote", "room": "Pond", "start": "2014-07-05T10:00:00",
        "end": "2014-07-05T10:40:00", "duration": 40, "authors": ["Ada Reed", "Bo"],
        "abstract": "Why they sing.", "description": "<p>At length.</p>", "cancelled": True,
    }  # fmt: skip

    assert schedule({"schedule_of": [entry]}).sessions == (
        Session(
            id=1, guid="42", title="Frogs", slot=_FROGS.slot, leads=("Ada Reed", "Bo"),
            kind=Kind.PLENARY, abstract="Why they sing.", description="At length.",
            links=("https://pond.example/frogs",), cancelled=True,
        ),
    )  # fmt: skip


_NAMED = Fields(
    title="what", start="when.from", end="when.to", room="where", people="who", id="no", list="x.y"
)


def test_fields_may_be_named_and_stand_deeper() -> None:
    entry = {
        "no": "F1",
        "what": "Frogs",
        "title": "Not this",
        "when": {"from": "2014-07-05T10:00", "to": "2014-07-05T10:40"},
        "where": {"name": "Pond"},
        "who": [{"firstName": "Ada", "lastName": "Reed"}],
    }
    found = schedule({"x": {"y": [entry]}, "z": [row()]}, _NAMED)

    assert [(s.guid, s.title, s.slot, s.leads) for s in found.sessions] == [
        ("F1", "Frogs", _FROGS.slot, ("Ada Reed",))
    ]


def test_field_may_have_a_dot_in_its_name() -> None:
    entry = {"talk.title": "Frogs", "talk.start": "2014-07-05T10:00"}
    found = schedule([entry], Fields(title="talk.title", start="talk.start"))

    assert [s.title for s in found.sessions] == ["Frogs"]


def test_named_fields_win_over_a_format_that_is_known() -> None:
    talks = [{"code": "A", "title": "Frogs", "speakers": [], "begin": "2014-07-05T10:00"}]

    assert [s.title for s in schedule(talks, Fields(title="title", start="begin")).sessions] == [
        "Frogs"
    ]


@pytest.mark.parametrize(
    ("written", "leads"),
    [
        ("Ada Reed, Bo", ("Ada Reed", "Bo")),
        ("Ada Reed, Bo and Cy", ("Ada Reed", "Bo", "Cy")),
        ("Ada Reed, Bo, and Cy", ("Ada Reed", "Bo", "Cy")),
        ("Ada Reed & Bo", ("Ada Reed", "Bo")),
        ("Reed, Ada; Bo", ("Reed, Ada", "Bo")),
        ("Ada Reed\nBo", ("Ada Reed", "Bo")),
        ("Lassulus .", ("Lassulus",)),
        ("Ferdinand Andersen", ("Ferdinand Andersen",)),
        ("", ()),
        (["Ada Reed", "Bo", "Ada Reed", ""], ("Ada Reed", "Bo")),
        (["Reed, Ada"], ("Reed, Ada",)),
        ([{"name": "Ada Reed"}, {"fullName": "Bo"}, {"id": 5}, 7, None, ["x"]],
         ("Ada Reed", "Bo", "7")),
        ({"name": "Ada Reed"}, ("Ada Reed",)),
        (None, ()),
    ],
)  # fmt: skip
def test_people(written: Any, leads: tuple[str, ...]) -> None:
    assert only(Speakers=written).leads == leads


@pytest.mark.parametrize(
    ("written", "rooms"),
    [
        ("Pond", ("Pond",)),
        ("Pond, upstairs", ("Pond, upstairs",)),
        ("Pond; Weir", ("Pond", "Weir")),
        ("Pond | Weir", ("Pond", "Weir")),
        (["Weir", "Pond"], ("Pond", "Weir")),  # their order is no news
        ({"id": 4, "name": "Pond"}, ("Pond",)),
        (101, ("101",)),
        ("", ()),
        (None, ()),
    ],
)
def test_rooms(written: Any, rooms: tuple[str, ...]) -> None:
    assert only(Location=written).slot.rooms == rooms


@pytest.mark.parametrize(
    ("fields", "minutes"),
    [
        ({"EndTime": None, "Duration": 25}, 25),
        ({"EndTime": None, "Duration": "1:30"}, 90),
        ({"EndTime": None, "Duration": "45 min"}, 45),
        ({"EndTime": "", "Duration": "25"}, 25),
        ({"EndTime": None}, None),
        ({"EndTime": "2014-07-05T10:00:00+02:00"}, None),
        ({"EndTime": "2014-07-06T00:30:00+02:00"}, 14 * 60 + 30),
        ({"EndTime": "10:20"}, 20),
        ({"EndTime": "1:00 AM"}, 15 * 60),
        ({"StartTime": 1404547200, "EndTime": 1404547200 + 600}, 10),
        ({"StartTime": "1404547200", "EndTime": "1404547800000"}, 10),
        ({"StartTime": "10:00 - 10:25", "EndTime": None, "Date": "2014-07-05"}, 25),
        ({"StartTime": "10:00", "EndTime": "11:00", "Date": "July 5, 2014"}, 60),
        ({"Day": "Saturday"}, 40),
        ({"StartTime": "10am", "EndTime": "noonish", "Duration": 5, "Date": "5 July 2014"}, None),
    ],
)
def test_times(fields: dict[str, Any], minutes: int | None) -> None:
    (session,) = imported([row(**fields)]).schedule.sessions
    end = None if minutes is None else START + timedelta(minutes=minutes)

    assert session.slot == Slot(START, end, ("Pond",))


@pytest.mark.parametrize(
    ("ids", "guids"),
    [
        (["a", "b"], ["a", "b"]),
        ([1, 2], ["1", "2"]),
        (["", None], ["", ""]),
        ([True, [5]], ["", ""]),
    ],
)
def test_what_an_id_may_be(ids: list[Any], guids: list[str]) -> None:
    rows = [row(Name=f"Frogs {n}", id=id) for n, id in enumerate(ids)]

    assert [s.guid for s in schedule(rows).sessions] == guids


def test_id_that_stands_for_several_things_is_not_used() -> None:
    ids = {"Frogs": 5, "Newts": 5, "Toads": 6, "Eels": 7, "Bats": 5}
    found = imported([row(Name=name, Code=id) for name, id in ids.items()])

    assert {s.title: s.guid for s in found.schedule.sessions} == {
        "Frogs": "", "Newts": "", "Toads": "6", "Eels": "7", "Bats": "",
    }  # fmt: skip
    assert found.warnings == (
        "Frogs, Newts and 1 more: they have one Code (5), so it was not used.",
    )


@pytest.mark.parametrize(
    ("value", "cancelled"),
    [(True, True), ("yes", True), ("Cancelled", True), (1, True), (False, False), ("no", False),
     ("", False), ("confirmed", False), (0, False), ([], False)],
)  # fmt: skip
def test_cancelled(value: Any, cancelled: bool) -> None:
    assert only(Status=value).cancelled is cancelled


@pytest.mark.parametrize(
    ("broken", "warning"),
    [
        (row(Name=None), "An entry without a title (number 2): left out, it has no title."),
        (row(Name=None, Id=5), "An entry without a title (5): left out, it has no title."),
        (row(Duration="long", EndTime=None),
         "Frogs: its length cannot be read, so it has an open end."),
        (row(Duration=[], EndTime=""), "Frogs: its length cannot be read, so it has an open end."),
        (row(StartTime=None), "Frogs: left out, it has no date that can be read."),
        (row(StartTime="2014-07-05"), "Frogs: left out, it has no date that can be read."),
        (row(StartTime=12), "Frogs: left out, it has no date that can be read."),
        (row(StartTime=[]), "Frogs: left out, it has no date that can be read."),
        (row(StartTime="0001-01-01T00:00:00+02:00"),
         "Frogs: left out, it has no date that can be read."),
        (5, "An entry without a title (number 2): left out, it is no entry."),
        (row(EndTime="late"), "Frogs: its end cannot be read, so it has an open end."),
        (row(EndTime="2014-07-04T10:00:00Z"),
         "Frogs: its end is before its start, so it has an open end."),
        (row(Date="3/6/2014", StartTime="10:00"),
         "Frogs: left out, 3/6/2025 may be in March or in June: say how times are written."),
        (row(StartTime="3/6/2014 10:00"),
         "Frogs: left out, 3/6/2025 may be in March or in June: say how times are written."),
    ],
)  # fmt: skip
def test_broken_entry_costs_a_warning(broken: Any, warning: str) -> None:
    found = imported([row(Name="Newts"), broken])

    assert found.warnings == (warning,)
    assert "Newts" in [s.title for s in found.schedule.sessions]


def test_form_of_the_times_may_be_given() -> None:
    fields = Fields(times="%d|%m|%Y %H.%M")
    found = imported([row(StartTime="05|07|2014 10.00", EndTime="05|07|2014 10.40"),
                      row(Name="Newts", StartTime="2014-07-05T10:00")], fields)  # fmt: skip

    assert found.schedule.sessions == (_FROGS,)
    assert found.warnings == ("Newts: left out, its time is not written as the settings say.",)


@pytest.mark.parametrize(
    "document",
    [{}, [], 5, "x", None, [5], [[]], {"a": {"b": 1}}, [{"title": "Frogs"}], [{"start": "x"}],
     [{"title": "", "start": "x"}], {"list": {"name": "a", "start": ""}}],
)  # fmt: skip
def test_json_without_a_list_is_refused(document: object) -> None:
    raw = json.dumps(document).encode()
    if raw[:1] in (b"{", b"["):
        assert refusal(raw, BERLIN) == _NO_LIST
    else:
        assert refusal(raw, BERLIN).startswith("This is no schedule of a kind that I know")


def test_fields_that_are_not_there_are_refused() -> None:
    with pytest.raises(NotASchedule) as refused:
        imported([row()], Fields(title="Nome", start="StartTime"))

    assert str(refused.value) == _NO_LIST
