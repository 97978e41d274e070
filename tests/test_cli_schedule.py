"""The commands that read and write schedules, as a user meets them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import vobject

from bot.cli import main
from bot.sources import read
from tests.sources import calendars, documents, pages
from tests.sources.formats import test_flat, test_frab_xml
from tests.sources.formats import test_pretalx as talks
from tests.sources.formats import test_sessionize as grids
from tests.summit import DATA, folsom

_BERLIN = ("--timezone", "Europe/Berlin")
_SUMMARY = "1 session on 1 day in 1 place, led by {}; times in Europe/Berlin.\n"
_LINE = "Saturday 5 July\n  [{}] 10:00am–10:40am · Frogs · Pond{}\n"
_FORMATS = {
    "c3voc": json.dumps(documents.document(documents.event())).encode(),
    "frab": test_frab_xml.document(test_frab_xml.entry()).encode(),
    "pretalx": json.dumps(talks.answer(talks.talk())).encode(),
    "sessionize": json.dumps(grids.grid(grids.session())).encode(),
    "ical": calendars.calendar(calendars.event()),
    "json": json.dumps([test_flat.row()]).encode(),
    "csv": b"Title,Start,End,Room\nFrogs,2014-07-05 10:00,2014-07-05 10:40,Pond\n",
    "page": pages.entry(full="Saturday July 5, 2014 10:00am - 10:40am").encode(),
}
_LED = ("pretalx", "sessionize", "json")
_NUMBERED = ("c3voc", "frab")


def said(
    capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0
) -> tuple[str, str]:
    """What is printed, and what is said on standard error."""
    assert main([str(argument) for argument in arguments]) == status
    captured = capsys.readouterr()
    return captured.out, captured.err


@pytest.mark.parametrize("name", _FORMATS)
def test_every_format_is_shown_and_imported(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The name says nothing about what stands in the file.
    source, own = tmp_path / "schedule.txt", tmp_path / "own.json"
    source.write_bytes(_FORMATS[name])
    summary = _SUMMARY.format("1 person" if name in _LED else "0 people")
    shown = _LINE.format(7 if name in _NUMBERED else 1, " · Ada Reed" if name in _LED else "")

    assert said(capsys, "schedule", "show", source, *_BERLIN) == (shown + summary, "")
    assert said(capsys, "schedule", "import", source, *_BERLIN, "-o", own) == (summary, "")
    assert said(capsys, "schedule", "show", own) == (shown + summary, "")


@pytest.mark.parametrize("name", _FORMATS)
def test_every_format_is_exported_as_a_calendar(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "source", tmp_path / "out.ics"
    source.write_bytes(_FORMATS[name])
    said(capsys, "schedule", "export", source, *_BERLIN, "--format", "ical", "-o", out)
    event = vobject.readOne(out.read_text()).vevent

    assert (event.summary.value, event.location.value) == ("Frogs", "Pond")
    assert (event.dtstart.value, event.dtend.value) == (
        datetime(2014, 7, 5, 8, tzinfo=UTC),
        datetime(2014, 7, 5, 8, 40, tzinfo=UTC),
    )


def test_export_as_schedule_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    shown, trouble = said(capsys, "schedule", "export", DATA, "--format", "c3voc", "-o", out)

    assert trouble == ""
    assert shown.startswith("159 sessions on 3 days in 13 places")
    assert read(out.read_bytes()).schedule.sessions == folsom().sessions


def test_calendar_keeps_the_time_at_which_it_was_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.ics"
    before = datetime.fromtimestamp(int(DATA.stat().st_ctime), UTC)
    said(capsys, "schedule", "export", DATA, "--format", "ical", "-o", out)

    assert vobject.readOne(out.read_text()).vevent_list[0].dtstamp.value >= before


def test_names_of_fields_may_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "list.csv"
    source.write_text("a;b;c\nFrogs;2014-07-05 10:00;Pond\n")
    fields = ("--field", "title=a", "--field", "start=b", "--field", "room=c")
    shown, _ = said(capsys, "schedule", "show", source, *_BERLIN, *fields, "--json")

    assert [(s["title"], s["start"], s["room"]) for s in json.loads(shown)] == [
        ("Frogs", "2014-07-05T10:00:00+02:00", "Pond")
    ]


@pytest.mark.parametrize(
    ("field", "trouble"),
    [
        ("titel=a", "there is no field 'titel'; there are title, "),
        ("title", "title has to be the name of a field, as a text"),
        ("encoding=klingon", "there is no encoding 'klingon'; one looks like cp1252"),
    ],
)
def test_wrong_field_is_refused(
    field: str, trouble: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown, refused = said(capsys, "schedule", "show", DATA, "--field", field, status=1)

    assert shown == ""
    assert refused.startswith(f"summit-bot: --field takes something like title=Name: {trouble}")


def test_warnings_are_said_and_the_rest_is_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, own = tmp_path / "source", tmp_path / "own.json"
    source.write_bytes(
        calendars.calendar(calendars.event(), calendars.event(UID="b", DTSTART="", SUMMARY="Newts"))
    )
    _, trouble = said(capsys, "schedule", "import", source, "-o", own)

    assert trouble == "Newts: left out, it has no start.\n"
    assert [s.title for s in read(own.read_bytes()).schedule.sessions] == ["Frogs"]


def test_title_and_zone_of_the_source_count_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named, nameless, own = tmp_path / "a", tmp_path / "b", tmp_path / "own.json"
    named.write_bytes(calendars.calendar(calendars.event(), head="X-WR-CALNAME:Pond Days"))
    nameless.write_bytes(calendars.calendar(calendars.event(), zone="UTC"))
    given = ("--title", "Given", "--timezone", "Asia/Tokyo", "-o", own)

    for source, event, zone in (
        (named, "Pond Days", "Europe/Berlin"),
        (nameless, "Given", "Asia/Tokyo"),
    ):
        own.unlink(missing_ok=True)
        said(capsys, "schedule", "import", source, *given)
        found = read(own.read_bytes()).schedule
        assert (found.event, found.timezone) == (event, ZoneInfo(zone))


def test_error_page_leaves_what_was_imported_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, own = tmp_path / "page", tmp_path / "own.json"
    page.write_text("<!DOCTYPE html><html><body>502</body></html>")
    said(capsys, "schedule", "import", DATA, "-o", own)
    before = own.read_bytes()
    _, trouble = said(capsys, "schedule", "import", page, "-o", own, status=1)

    assert trouble.startswith(f"summit-bot: {page}: This is no schedule of a kind that I know:")
    assert trouble.count("\n") == 1
    assert own.read_bytes() == before


def test_export_needs_a_place_that_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = tmp_path / "nowhere" / "x"
    _, trouble = said(capsys, "schedule", "export", DATA, "--format", "ical", "-o", where, status=1)

    assert trouble == f"summit-bot: {where} cannot be written: No such file or directory.\n"


_NO_SCHEDULE = (
    "summit-bot: {} exists, and is no schedule that could be imported again: name another file, or"
    " remove it first.\n"
)


@pytest.mark.parametrize("held", [b"Dear diary,\n", b'{"schedule": {"conf', b"\x00\xff", b"[]"])
def test_import_leaves_a_file_that_is_no_schedule(
    held: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.json"
    own.write_bytes(held)

    assert said(capsys, "schedule", "import", DATA, "-o", own, status=1) == (
        "",
        _NO_SCHEDULE.format(own),
    )
    assert (own.read_bytes(), [*tmp_path.iterdir()]) == (held, [own])


@pytest.mark.parametrize("held", [b"", b" \n"])
def test_import_writes_into_an_empty_file(
    held: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.json"
    own.write_bytes(held)
    said(capsys, "schedule", "import", DATA, "-o", own)

    assert read(own.read_bytes()).schedule.sessions == folsom().sessions


def test_import_says_why_a_file_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = said(capsys, "schedule", "import", DATA, "-o", tmp_path, status=1)

    assert shown == ("", f"summit-bot: {tmp_path} cannot be written: Is a directory.\n")


def test_what_is_written_replaces_the_whole_file_and_its_rights_and_links_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, link, twin = tmp_path / "own.json", tmp_path / "link.json", tmp_path / "twin.json"
    own.write_text("")
    own.chmod(0o640)
    link.symlink_to(own)
    # Whoever has the old file open goes on reading that.
    twin.hardlink_to(own)
    said(capsys, "schedule", "import", DATA, "-o", link)

    assert read(own.read_bytes()).schedule.sessions == folsom().sessions
    assert (link.is_symlink(), own.stat().st_mode & 0o777, twin.read_text()) == (True, 0o640, "")
    assert sorted(tmp_path.iterdir()) == sorted([own, link, twin])


def test_a_pipe_is_written_into(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, pipe = tmp_path / "source.csv", tmp_path / "pipe"
    source.write_bytes(_FORMATS["csv"])
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    said(capsys, "schedule", "export", source, *_BERLIN, "--format", "c3voc", "-o", pipe)
    came = os.read(reader, 60_000)
    os.close(reader)

    assert [s.title for s in read(came).schedule.sessions] == ["Frogs"]
    assert pipe.is_fifo()


def test_export_of_nothing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "source.json", tmp_path / "out.json"
    gone = documents.event(cancelled=True, removed=True)
    source.write_text(json.dumps(documents.document(gone)))

    assert said(capsys, "schedule", "export", source, "--format", "c3voc", "-o", out, status=1) == (
        "",
        f"summit-bot: {source}: all of its sessions were removed: there is nothing to export.\n",
    )
    assert not out.exists()
