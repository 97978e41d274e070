"""The table of settings that names the fields of a list, and what is guessed beside it."""

import pytest

from bot.sources.fields import Fields, of
from bot.sources.formats.lists.guessing import guessed


def test_fields_are_read_from_a_table() -> None:
    table = {"title": "Name", "start": " when.from ", "encoding": "cp1252", "times": "%d %H"}

    assert of(table) == Fields(title="Name", start="when.from", encoding="cp1252", times="%d %H")
    assert of({}) == Fields()


@pytest.mark.parametrize(
    ("table", "trouble"),
    [
        ({"titel": "Name"}, "there is no field 'titel'; there are title, start, end, duration,"
         " date, room, people, kind, abstract, description, url, id, cancelled, list, times,"
         " encoding"),
        ({"title": ""}, "title has to be the name of a field, as a text"),
        ({"title": 5}, "title has to be the name of a field, as a text"),
        ({"encoding": "klingon"}, "there is no encoding 'klingon'; one looks like cp1252"),
        ({"encoding": "\0"}, "there is no encoding '\\x00'; one looks like cp1252"),
    ],
)  # fmt: skip
def test_wrong_table_is_refused_with_a_sentence(table: dict[str, object], trouble: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        of(table)

    assert str(refused.value) == trouble


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (["Name", "Description", "Location", "StartTime", "EndTime", "Speakers", "Topic"],
         Fields(title="Name", description="Description", room="Location", start="StartTime",
                end="EndTime", people="Speakers")),
        (["session_title", "Start Date", "Start Time", "Duration (min)", "ROOM"],
         Fields(title="session_title", date="Start Date", start="Start Time", room="ROOM",
                duration="Duration (min)")),
        (["title", "name"], Fields(title="title")),
        (["startsAt", "ends_at", "id"], Fields(start="startsAt", end="ends_at", id="id")),
        ([], Fields()),
    ],
)  # fmt: skip
def test_usual_names_are_guessed(names: list[str], fields: Fields) -> None:
    assert guessed(names, Fields()) == fields


def test_what_is_named_is_not_guessed_and_not_used_twice() -> None:
    assert guessed(["Name", "Talk", "start"], Fields(title="Talk", room="start")) == Fields(
        title="Talk", room="start"
    )
