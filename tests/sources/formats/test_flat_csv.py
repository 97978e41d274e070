"""Lists of sessions in CSV, as spreadsheets save them."""

from datetime import timedelta

import pytest

from bot.schedule import Kind, Session, Slot
from bot.sources import Imported, NotASchedule, read
from bot.sources.fields import Fields
from tests.sources.documents import BERLIN, START

_UNKNOWN = "This is no schedule of a kind that I know"


def imported(text: str, fields: Fields | None = None, encoding: str = "utf-8") -> Imported:
    return read(text.encode(encoding), BERLIN, "Pond Days", fields)


def sessions(text: str, fields: Fields | None = None, encoding: str = "utf-8") -> list[Session]:
    found = imported(text, fields, encoding)
    assert found.warnings == ()
    return list(found.schedule.sessions)


_TABLE = """Title,Day,Start,End,Room,Speakers,Type,Description
"Frogs, and toads",2014-07-05,10:00,10:40,Pond,"Ada Reed, Bo",Keynote,"Why they ""sing"".
At length."
Party,2014-07-05,22:00,1:00,Loft,,,
"""


def test_a_table() -> None:
    assert sessions(_TABLE) == [
        Session(
            id=1, guid="", title="Frogs, and toads",
            slot=Slot(START, START + timedelta(minutes=40), ("Pond",)), leads=("Ada Reed", "Bo"),
            kind=Kind.PLENARY, description='Why they "sing". At length.',
        ),
        Session(
            id=2, guid="", title="Party",
            slot=Slot(START + timedelta(hours=12), START + timedelta(hours=15), ("Loft",)),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n"])
def test_what_separates_columns_and_lines(delimiter: str, end: str, before: str) -> None:
    rows = (("title", "start", "room"), ("Frogs", "2014-07-05 10:00", "Pond"))
    text = before + end.join(delimiter.join(row) for row in rows) + end

    assert [(s.title, s.slot) for s in sessions(text)] == [("Frogs", Slot(START, None, ("Pond",)))]


def test_hint_for_a_spreadsheet_is_looked_past() -> None:
    text = "sep=;\r\ntitle;start\r\nFrogs;2014-07-05 10:00\r\n"

    assert [s.title for s in sessions(text)] == ["Frogs"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_encodings_that_tell_what_they_are(encoding: str) -> None:
    found = sessions("title,start\nFrösche,2014-07-05 10:00\n", encoding=encoding)

    assert [s.title for s in found] == ["Frösche"]


def test_other_encoding_has_to_be_named() -> None:
    text = "title,start\nFrösche,2014-07-05 10:00\n"

    assert [s.title for s in sessions(text, Fields(encoding="cp1252"), "cp1252")] == ["Frösche"]
    with pytest.raises(NotASchedule) as refused:
        sessions(text, encoding="cp1252")
    assert str(refused.value) == (
        "This is no text in UTF-8, as schedules are: if it is one, name its encoding among the"
        " fields, like cp1252."
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("05.07.2014 10:00", "05.07.2014 10:40"),
        ("7/13/2014 10:00 AM", "7/13/2014 10:40 AM"),
        ("13/7/2014 10:00", "13/7/2014 10:40"),
        ("2014/07/13 10:00", "2014/07/13 10:40"),
        ("July 13, 2014 10:00 AM", "10:40 AM"),
        ("Sunday, July 13, 2014 at 10:00", "10:40"),
        ("Sun 13 Jul 2014, 10h00", "10h40"),
    ],
)
def test_dates_as_people_write_them(start: str, end: str) -> None:
    text = f'title,start,end\nFrogs,"{start}","{end}"\n'
    day = 5 if start.startswith("05") else 13

    assert [(s.slot.start.day, s.slot.start.hour, s.slot.end) for s in sessions(text)] == [
        (day, 8, START + timedelta(days=day - 5, minutes=40))
    ]


def test_one_date_tells_how_all_are_meant() -> None:
    text = "title,start\nFrogs,7/5/2014 10:00\nNewts,7/20/2014 10:00\n"

    assert [s.slot.start.day for s in sessions(text)] == [5, 20]


def test_columns_may_be_named() -> None:
    text = "a,b,c\nFrogs,2014-07-05 10:00,Pond\n"
    found = sessions(text, Fields(title="a", start="b", room="c"))

    assert [(s.title, s.slot.rooms) for s in found] == [("Frogs", ("Pond",))]


def test_columns_that_are_not_there_are_refused() -> None:
    with pytest.raises(NotASchedule) as refused:
        imported("a,b\nFrogs,2014-07-05 10:00\n", Fields(title="what", start="b"))

    assert str(refused.value) == "This table has other columns than the settings: a, b."


def test_rows_that_cannot_be_used_cost_a_warning() -> None:
    text = (
        "title,start,room\n"
        "Frogs,2014-07-05 10:00,Pond\n"
        ",,\n"
        "\n"
        "Newts,2014-07-05 10:00,Pond,Weir\n"
        "Toads,2014-07-05 10:00\n"
        "Eels,2014-07-05 10:00,Pond,\n"
        "Herons,soon,Pond\n"
        ",2014-07-05 10:00,Pond\n"
    )
    found = imported(text)

    assert [(s.title, s.slot.rooms) for s in found.schedule.sessions] == [
        ("Toads", ()), ("Frogs", ("Pond",)), ("Eels", ("Pond",)),
    ]  # fmt: skip
    assert found.warnings == (
        "Newts: left out, it has more columns than the first line names.",
        "Herons: left out, it has no date that can be read.",
        "An entry without a title (number 5): left out, it has no title.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "title",
        "Dear all,\nthe programme follows.\n",
        "name,room\nFrogs,Pond\n",
        "a;b;c\n1;2;3\n",
        ",,,\n",
    ],
)
def test_text_that_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(NotASchedule) as refused:
        imported(text)

    assert str(refused.value).startswith(_UNKNOWN)


def test_table_that_is_broken_is_refused() -> None:
    with pytest.raises(NotASchedule) as refused:
        imported(f'title,start\n"Frogs{"s" * 200_000}",2014-07-05 10:00\n')

    assert str(refused.value) == "This table is broken: field larger than field limit (131072)."


def test_column_may_have_a_name_in_two_lines() -> None:
    assert [s.title for s in sessions('"title","start\n time"\nFrogs,2014-07-05 10:00\n')] == [
        "Frogs"
    ]


def test_table_without_a_row_is_refused() -> None:
    with pytest.raises(NotASchedule) as refused:
        imported("title,start\n")

    assert str(refused.value) == "There is not one session in this schedule."
