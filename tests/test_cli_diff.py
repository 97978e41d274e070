"""`schedule diff` as a user meets it."""

import json
from pathlib import Path

from tests.sources.calendars import calendar, event
from tests.sources.documents import document
from tests.sources.documents import event as entry
from tests.test_cli import PAGE, answered, refused, summit_bot

DIFF = ("schedule", "diff")


def versions(folder: Path) -> tuple[str, str]:
    """Two versions of a calendar: one session stays, of the others something is new."""
    stays = event(UID="eels", SUMMARY="Eels")
    (folder / "old.ics").write_bytes(
        calendar(
            stays, event(), event(UID="newts", SUMMARY="Newts"), event(UID="n", SUMMARY="Gone")
        )
    )
    moved = event(DTSTART="20140705T100000Z", DTEND="20140705T104000Z")
    renamed = event(UID="newts", SUMMARY="Great newts", DESCRIPTION="Rare.")
    (folder / "new.ics").write_bytes(
        calendar(stays, renamed, moved, event(UID="t", SUMMARY="Toads"))
    )
    return "old.ics", "new.ics"


def test_people_read_what_is_new(tmp_path: Path) -> None:
    assert answered(*DIFF, *versions(tmp_path), cwd=tmp_path) == (
        "Added (1):\n"
        "[5] Sat 10:00am–10:40am · Toads · Pond\n"
        "Removed (1):\n"
        "[4] Sat 10:00am–10:40am · Gone · Pond\n"
        "Moved (1):\n"
        "[2] Sat 12:00pm–12:40pm · Frogs · Pond · was Saturday 10:00am\n"
        "Renamed (1):\n"
        "[3] Sat 10:00am–10:40am · Great newts · Pond · was called “Newts”\n"
        "Another text (1):\n"
        "[3] Sat 10:00am–10:40am · Great newts · Pond\n"
        "1 added, 1 removed, 1 moved, 1 renamed; times in Europe/Berlin.\n"
    )


def test_programs_read_what_it_is_and_what_it_was(tmp_path: Path) -> None:
    said = json.loads(answered(*DIFF, *versions(tmp_path), "--json", cwd=tmp_path))
    frogs = {
        "id": 2,
        "title": "Frogs",
        "start": "2014-07-05T10:00:00+02:00",
        "end": "2014-07-05T10:40:00+02:00",
        "room": "Pond",
        "leads": [],
        "kind": "session",
        "guid": "frogs",
    }
    noon = {"start": "2014-07-05T12:00:00+02:00", "end": "2014-07-05T12:40:00+02:00"}
    newts = frogs | {"id": 3, "title": "Newts", "guid": "newts"}
    renamed = newts | {"title": "Great newts", "changes": ["title", "text"], "before": newts}
    assert said == {
        "added": [frogs | {"id": 5, "title": "Toads", "guid": "t"}],
        "removed": [frogs | {"id": 4, "title": "Gone", "guid": "n"}],
        "moved": [frogs | noon | {"changes": ["time"], "before": frogs}],
        "renamed": [renamed],
        "changed": [renamed],
    }


def test_files_of_two_formats_are_compared(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(json.dumps(document(entry(guid="", code="x"))))
    (tmp_path / "new.ics").write_bytes(calendar(event(UID="another", LOCATION="Weir")))
    assert answered(*DIFF, "old.json", "new.ics", cwd=tmp_path) == (
        "Moved (1):\n"
        "[7] Sat 10:00am–10:40am · Frogs · Weir · was Pond\n"
        "1 moved; times in Europe/Berlin.\n"
    )


def test_the_same_file_has_nothing_new(tmp_path: Path) -> None:
    old, _ = versions(tmp_path)
    assert answered(*DIFF, old, old, cwd=tmp_path) == "Nothing is new; times in Europe/Berlin.\n"
    assert json.loads(answered(*DIFF, old, old, "--json", cwd=tmp_path)) == {
        "added": [], "removed": [], "moved": [], "renamed": [], "changed": [],
    }  # fmt: skip


def test_a_zone_that_is_named_counts_for_both(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text(PAGE)
    (tmp_path / "new.txt").write_text(PAGE.replace("9:00am", "9:10am"))
    assert answered(*DIFF, "old.txt", "new.txt", "--timezone", "Europe/Berlin", cwd=tmp_path) == (
        "Moved (1):\n"
        "[1] Mon 9:10am–9:25am · Opening · Main Room · Ada Lovelace · was Monday 9:00am\n"
        "1 moved; times in Europe/Berlin.\n"
    )
    assert "Europe/Berlin" not in refused(*DIFF, "old.txt", "new.txt", cwd=tmp_path)


def test_what_is_no_schedule_is_named(tmp_path: Path) -> None:
    old, _ = versions(tmp_path)
    assert refused(*DIFF, old, "nowhere.ics", cwd=tmp_path) == (
        "The schedule nowhere.ics cannot be read: No such file or directory."
    )


def test_a_session_that_was_removed_is_kept_in_the_file_and_not_shown(tmp_path: Path) -> None:
    old, new = versions(tmp_path)
    importing = ("schedule", "import", "-o", "own.json")
    answered(*importing, old, cwd=tmp_path)
    assert answered(*importing, new, cwd=tmp_path) == (
        "4 sessions on 1 day in 1 place, led by 0 people; times in Europe/Berlin.\n"
    )
    shown = json.loads(answered("schedule", "show", "--json", "own.json", cwd=tmp_path))
    assert {s["id"]: s["title"] for s in shown} == {
        1: "Eels", 2: "Frogs", 3: "Great newts", 5: "Toads",
    }  # fmt: skip
    # It comes back under its number.
    answered(*importing, old, cwd=tmp_path)
    shown = json.loads(answered("schedule", "show", "--json", "own.json", cwd=tmp_path))
    assert {s["id"]: s["title"] for s in shown} == {
        1: "Eels", 2: "Frogs", 3: "Newts", 4: "Gone",
    }  # fmt: skip


def test_another_event_in_the_same_file_begins_anew(tmp_path: Path) -> None:
    old, _ = versions(tmp_path)
    answered("schedule", "import", "-o", "own.json", old, cwd=tmp_path)
    (tmp_path / "page.txt").write_text(PAGE)
    page = ("page.txt", "--timezone", "Europe/Berlin")
    answered("schedule", "import", "-o", "own.json", *page, cwd=tmp_path)
    assert answered("schedule", "show", "own.json", cwd=tmp_path) == (
        "Monday 16 April\n"
        "  [1] 9:00am–9:25am · Opening · Main Room · Ada Lovelace\n"
        "1 session on 1 day in 1 place, led by 1 person; times in Europe/Berlin.\n"
    )


def test_warnings_are_told_of_both(tmp_path: Path) -> None:
    (tmp_path / "old.ics").write_bytes(
        calendar(event(), event(UID="x", SUMMARY="Lost", DTSTART=""))
    )
    done = summit_bot(*DIFF, "old.ics", "old.ics", cwd=tmp_path)
    assert done.stderr == "Lost: left out, it has no start.\n" * 2
    assert (done.stdout, done.returncode) == ("Nothing is new; times in Europe/Berlin.\n", 0)
