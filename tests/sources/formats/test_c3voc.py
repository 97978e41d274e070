"""c3voc schedule JSON as conferences publish it, and as it is written here."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import Kind, Person, Room, Session, Slot
from bot.sources import read
from tests.sources.documents import (
    BERLIN,
    START,
    document,
    event,
    imported,
    only,
    schedule,
)


def test_a_whole_document() -> None:
    found = schedule(
        document(
            event(
                type="Lightning Talks",
                abstract="Why they sing.",
                description="At length,\n\nand to whom.",
                persons=[{"public_name": "Ada Reed", "aliases": ["areed", ""]}, {"name": "Bo"}],
                links=[{"url": "https://pond.example/frogs"}, {"url": ""}, {"title": "none"}],
            ),
            event(id=8, guid="newts", title="Newts", date="2014-07-05T23:30:00+02:00"),
            rooms=[{"name": "Pond", "address": "1 Mill Road"}, {"name": "Loft", "floor": "3rd"}],
            venue="The Mill, Reedham",
        )
    )

    assert found.sessions == (
        Session(
            id=7,
            guid="frogs",
            title="Frogs",
            slot=Slot(START, START + timedelta(minutes=40), ("Pond",)),
            leads=("Ada Reed", "Bo"),
            kind=Kind.LIGHTNING,
            abstract="Why they sing.",
            description="At length, and to whom.",
            links=("https://pond.example/frogs",),
        ),
        Session(
            id=8,
            guid="newts",
            title="Newts",
            slot=Slot(
                datetime(2014, 7, 5, 21, 30, tzinfo=UTC),
                datetime(2014, 7, 5, 22, 10, tzinfo=UTC),
                ("Pond",),
            ),
        ),
    )
    assert found.rooms == {"Pond": Room("Pond", "1 Mill Road"), "Loft": Room("Loft", floor="3rd")}
    assert found.people == {"Ada Reed": Person("Ada Reed", ("areed",)), "Bo": Person("Bo")}
    assert (found.event, found.timezone, found.version, found.venue, found.days) == (
        "Pond Days",
        BERLIN,
        "3",
        "The Mill, Reedham",
        (date(2014, 7, 5),),
    )


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([3, 9, 1], [3, 9, 1]),
        ([None, None], [1, 2]),
        ([2, None, 1, None], [2, 3, 1, 4]),
        ([5, 5, 5], [5, 1, 2]),
        ([10**6, 999_999], [1, 999_999]),
        ([10**30, 1], [2, 1]),
        ([0, -4], [1, 2]),
        (["12", "x"], [12, 1]),
        (["-1", "1" * 30], [1, 2]),
        (["²", "١٢"], [1, 2]),
        ([True, 2], [1, 2]),
        ([1.5, {}], [1, 2]),
    ],
)
def test_ids_that_nobody_could_type_are_replaced_by_small_ones(
    given: list[Any], shown: list[int]
) -> None:
    events = [
        event(
            id=number, guid=f"g{index}", title=f"{index}", date=f"2014-07-05T1{index}:00:00+02:00"
        )
        for index, number in enumerate(given)
    ]
    ids = [session.id for session in schedule(document(*events)).sessions]

    assert ids == shown
    assert {type(number) for number in ids} == {int}


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("0:25", 25),
        ("00:25", 25),
        ("01:00", 60),
        ("1:00", 60),
        ("25:30", 25 * 60 + 30),
        ("1:02:00", 26 * 60),
        ("2:00:00", 48 * 60),
        (None, None),
        ("", None),
        ("0:00", None),
        ("00:00:00", None),
        (0, None),
    ],
)
def test_durations(written: object, minutes: int | None) -> None:
    end = None if minutes is None else START + timedelta(minutes=minutes)

    assert only(duration=written).slot == Slot(START, end, ("Pond",))


@pytest.mark.parametrize("written", ["1h", "-1:00", 45, "90:00:00", "99999999999:00:00", []])
def test_length_that_cannot_be_read_costs_the_end_and_a_warning(written: object) -> None:
    found = imported(document(event(duration=written)))

    assert [session.slot.end for session in found.schedule.sessions] == [None]
    assert found.warnings == ("Frogs: its length cannot be read, so it has an open end.",)


@pytest.mark.parametrize(
    ("lasts", "ends", "end"),
    [
        ("0:40", "2014-07-05T10:40:29+02:00", timedelta(minutes=40, seconds=29)),
        ("0:40", "2014-07-05T11:40:00+02:00", timedelta(minutes=40)),
        ("0:40", "late", timedelta(minutes=40)),
        ("x", "2014-07-05T10:50:00", timedelta(minutes=50)),
        (None, "2014-07-05T10:50:00", timedelta(minutes=50)),
        ("0:00", "2014-07-05T10:00:20+02:00", timedelta(seconds=20)),
    ],
)
def test_an_end_that_is_named_says_more_than_a_length_without_seconds(
    lasts: str | None, ends: str, end: timedelta
) -> None:
    assert only(duration=lasts, end=ends).slot.end == START + end


def test_end_that_cannot_be_read_costs_itself_and_a_warning() -> None:
    found = imported(document(event(duration=None, end="late")))

    assert [session.slot.end for session in found.schedule.sessions] == [None]
    assert found.warnings == ("Frogs: its end cannot be read, so it has an open end.",)


@pytest.mark.parametrize(
    ("named", "fallback", "start"),
    [
        ("Europe/Berlin", None, datetime(2014, 7, 5, 8, tzinfo=UTC)),
        ("Europe/Berlin", "America/New_York", datetime(2014, 7, 5, 8, tzinfo=UTC)),
        (None, "America/New_York", datetime(2014, 7, 5, 14, tzinfo=UTC)),
        ("", "America/New_York", datetime(2014, 7, 5, 14, tzinfo=UTC)),
        ("Pond/Reedham", "America/New_York", datetime(2014, 7, 5, 14, tzinfo=UTC)),
        ("America", "America/New_York", datetime(2014, 7, 5, 14, tzinfo=UTC)),
        ("../../etc/passwd", "America/New_York", datetime(2014, 7, 5, 14, tzinfo=UTC)),
        ("a" * 5000, "America/New_York", datetime(2014, 7, 5, 14, tzinfo=UTC)),
        (5, "America/New_York", datetime(2014, 7, 5, 14, tzinfo=UTC)),
        ([], "America/New_York", datetime(2014, 7, 5, 14, tzinfo=UTC)),
    ],
)
def test_naive_date_is_in_the_zone_of_the_file_else_in_the_configured_one(
    named: object, fallback: str | None, start: datetime
) -> None:
    zone = ZoneInfo(fallback) if fallback else None
    found = schedule(document(event(date="2014-07-05T10:00:00"), time_zone_name=named), zone)

    assert [session.slot.start for session in found.sessions] == [start]


@pytest.mark.parametrize(
    ("day", "own", "start", "moment"),
    [
        ("2014-07-05", None, "10:00", (5, 10, 0)),
        ("2014-07-05", "", "9:30", (5, 9, 30)),
        ("2014-07-05", "2014-07-05", "10:00:00", (5, 10, 0)),
        ("2014-07-05", None, "03:59", (6, 3, 59)),
        ("2014-07-05", "2014-07-05", "00:30", (6, 0, 30)),
        ("2014-07-05", "2014-07-06", "00:30", (6, 0, 30)),
        ("2014-07-05", None, "04:00", (5, 4, 0)),
        (None, "2014-07-05", "10:00", (5, 10, 0)),
        (None, "2014-07-05", "00:30", (6, 0, 30)),
        ("soon", "2014-07-05", "10:00", (5, 10, 0)),
    ],
)
def test_date_without_a_time_is_that_of_the_day_and_the_start(
    day: str | None, own: str | None, start: str, moment: tuple[int, int, int]
) -> None:
    days = [{"date": day, "rooms": {"Pond": [event(date=own, start=start)]}}]
    (session,) = schedule(document(days=days)).sessions

    number, hour, minute = moment
    assert session.slot.start == datetime(2014, 7, number, hour, minute, tzinfo=BERLIN)


def test_start_before_the_change_that_all_days_name_is_of_the_next_day() -> None:
    day = {"date": "2014-07-05", "day_start": "2014-07-05T06:00:00+02:00"}
    days = [day | {"rooms": {"Pond": [event(date=None, start="05:30")]}}]
    (session,) = schedule(document(days=days)).sessions

    assert session.slot.start == datetime(2014, 7, 6, 5, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("written", "text", "links"),
    [
        ("<p>Why they <b>sing</b>.</p><p>And <em>how</em>:</p>", "Why they sing. And how:", ()),
        ("In<br>two<br/>lines", "In two lines", ()),
        ("<ul><li>one</li><li>two</ul>", "• one • two", ()),
        ("See <a href='https://pond.example/?a=1&amp;b=2'>the pond</a>.", "See the pond.",
         ("https://pond.example/?a=1&b=2",)),
        ("<a href='javascript:x()'>No</a> <a>link</a> <A HREF=http://x/>up</A>", "No link up",
         ("http://x/",)),
        ("Q&amp;A &#8211; all &lt;b&gt; are", "Q&A – all <b> are", ()),
        ("<p>List<int> for a < b & c > d", "List<int> for a < b & c > d", ()),
        ("List<int> & a<b", "List<int> & a<b", ()),
        ("<p>a<script>var x = '<b>';</script>b<style>p {}</style>c<!-- d --></p>", "a b c", ()),
        ("<p>a <![foo", "a <![foo", ()),
        ("<p title='x", "<p title='x", ()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["abstract", "description"])
def test_html_becomes_what_one_reads(
    field: str, written: str, text: str, links: tuple[str, ...]
) -> None:
    session = only(**{field: written})

    assert (getattr(session, field), session.links) == (text, links)


def test_links_of_a_text_stand_behind_those_of_the_entry_each_once() -> None:
    linked = "<a href='https://b.example/'>b</a> <a href='https://a.example/'>a</a>"
    session = only(links=["https://a.example/"], abstract=linked, description=linked)

    assert session.links == ("https://a.example/", "https://b.example/")


def test_offset_of_a_date_wins_over_every_zone() -> None:
    found = schedule(document(event(date="2014-07-05T10:00:00-05:00")), ZoneInfo("Asia/Tokyo"))

    assert [session.slot.start for session in found.sessions] == [
        datetime(2014, 7, 5, 15, tzinfo=UTC)
    ]


def test_control_characters_never_survive() -> None:
    evil = "a\r\nQUIT\x00b\x1b\x7f\u2028\u202e\ud800c"
    clean = "a QUIT b c"
    found = schedule(
        document(
            event(
                guid=evil,
                title=evil,
                abstract=evil,
                description=evil,
                persons=[{"public_name": evil, "aliases": [evil]}],
                links=[{"url": evil}],
            ),
            room=evil,
            title=evil,
            venue=evil,
            rooms=[{"name": evil, "address": evil, "floor": evil}],
        )
    )
    (session,) = found.sessions

    assert session == Session(
        id=7,
        guid=clean,
        title=clean,
        slot=Slot(START, START + timedelta(minutes=40), (clean,)),
        leads=(clean,),
        abstract=clean,
        description=clean,
        links=(clean,),
    )
    assert found.rooms == {clean: Room(clean, clean, clean)}
    assert found.people == {clean: Person(clean, (clean,))}
    assert (found.event, found.venue) == (clean, clean)


@pytest.mark.parametrize(
    ("persons", "people"),
    [
        ([{"public_name": "Ada Reed", "name": "areed"}], {"Ada Reed": Person("Ada Reed")}),
        ([{"public_name": "", "name": "Ada Reed"}], {"Ada Reed": Person("Ada Reed")}),
        ([{"name": "Ada Reed"}], {"Ada Reed": Person("Ada Reed")}),
        ([{"id": 4}], {}),
        ([], {}),
        (None, {}),
        ([{"name": "Ada"}, {"name": "Bo"}, {"name": "Ada"}],
         {"Ada": Person("Ada"), "Bo": Person("Bo")}),
        ([{"name": "Ada", "aliases": ["ar"]}, {"name": "Ada"}], {"Ada": Person("Ada", ("ar",))}),
        ([{"name": "Ada", "aliases": ["ar"]}, {"name": "Ada", "aliases": ["ada", "ar"]}],
         {"Ada": Person("Ada", ("ar", "ada"))}),
        ([{"name": "Ada", "aliases": [5, "", "ar"]}], {"Ada": Person("Ada", ("ar",))}),
        (["Ada", {"name": "Bo"}, ""], {"Ada": Person("Ada"), "Bo": Person("Bo")}),
    ],
)  # fmt: skip
def test_people_have_a_public_name_or_a_name(persons: Any, people: dict[str, Person]) -> None:
    found = schedule(document(event(persons=persons)))

    assert found.people == people
    assert [session.leads for session in found.sessions] == [tuple(people)]


def _in_rooms(**rooms: list[dict[str, Any]]) -> dict[str, Any]:
    return document(days=[{"rooms": rooms}])


def test_entry_in_two_rooms_with_one_guid_and_start_is_one_session() -> None:
    found = schedule(_in_rooms(Pond=[event()], Brook=[event(id=9)], Loft=[event(guid="else")]))

    assert [(s.id, s.guid, s.slot.rooms) for s in found.sessions] == [
        (7, "frogs", ("Brook", "Pond")),
        (1, "else", ("Loft",)),
    ]


def test_entries_with_one_guid_and_start_and_other_titles_are_several_sessions() -> None:
    found = schedule(_in_rooms(Pond=[event()], Brook=[event(id=9, title="Newts")]))

    assert [(s.id, s.title, s.slot.rooms) for s in found.sessions] == [
        (9, "Newts", ("Brook",)),
        (7, "Frogs", ("Pond",)),
    ]


def test_entry_that_stands_twice_in_a_room_is_one_session() -> None:
    found = schedule(document(event(), event()))

    assert [(s.id, s.slot.rooms) for s in found.sessions] == [(7, ("Pond",))]


def test_one_guid_at_two_times_or_no_guid_at_all_are_several_sessions() -> None:
    later = "2014-07-05T12:00:00+02:00"
    found = schedule(document(event(), event(date=later), event(guid=None), event(guid=None)))

    assert [(s.id, s.guid, s.slot.start.hour) for s in found.sessions] == [
        (2, "", 8),
        (3, "", 8),
        (7, "frogs", 8),
        (1, "frogs", 10),
    ]


def test_cancelled_entry_is_kept_as_cancelled() -> None:
    assert only(cancelled=True) == Session(
        id=7,
        guid="frogs",
        title="Frogs",
        slot=Slot(START, START + timedelta(minutes=40), ("Pond",)),
        cancelled=True,
    )


@pytest.mark.parametrize(
    ("starts", "change"),
    [
        (["2014-07-05T06:00:00+02:00", "2014-07-06T06:00:00+02:00"], time(6)),
        (["2014-07-05T09:00:00", "2014-07-06T09:00:00"], time(9)),
        (["2014-07-05T04:00:00Z", "2014-07-06T04:00:00Z"], time(6)),
        (["2014-07-05", "2014-07-06"], time(0)),
        (["2014-07-05T06:00:00+02:00", "2014-07-06T07:00:00+02:00"], time(4)),
        (["2014-07-05T10:00:00+02:00", "2014-07-06T10:00:00+02:00"], time(4)),
        (["2014-07-05T06:00:00+02:00", None], time(4)),
        (["2014-07-05T06:00:00+02:00", "dawn"], time(4)),
        (["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"], time(4)),
        ([5, 5], time(4)),
    ],
)
def test_day_begins_when_all_days_of_the_source_say_so(starts: list[Any], change: time) -> None:
    days = [{"day_start": start, "rooms": {"Pond": [event()]}} for start in starts]

    assert schedule(document(days=days)).day_change == change


def test_entry_may_name_another_room_than_its_list() -> None:
    assert only(room=" Big  Pond ").slot.rooms == ("Big Pond",)


def test_byte_order_mark_and_blank_lines_come_before_a_document() -> None:
    raw = b"\xef\xbb\xbf\n " + json.dumps(document(event())).encode()

    assert [session.title for session in read(raw).schedule.sessions] == ["Frogs"]


@pytest.mark.parametrize("written", ["false", "no", "0", "", 0, "False ", None, [], {}, "nein"])
def test_what_is_not_cancelled_is_not(written: Any) -> None:
    assert not only(cancelled=written).cancelled
    assert not only(canceled=written).cancelled


@pytest.mark.parametrize("written", ["true", "yes", "1", 1, "Cancelled", True])
def test_what_is_cancelled_is(written: Any) -> None:
    assert only(cancelled=written).cancelled
    assert only(canceled=written).cancelled


def test_the_title_of_a_link_is_not_taken_for_its_address() -> None:
    links = [{"url": "https://pond.example", "title": "pond.example"}, {"url": "www.weir.example"}]

    assert only(url="https://a.example/?ö", links=[*links, "https://a.example/?ö"]).links == (
        "https://a.example/?ö", "https://pond.example", "www.weir.example",
    )  # fmt: skip
