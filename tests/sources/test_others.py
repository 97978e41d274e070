"""Schedules as other conferences published them; the files are theirs and not in the project."""

import json

import pytest

from bot.sources import NotASchedule, read
from tests.sources.pages import ZONE
from tests.summit import DATA

_OTHERS = DATA.parent.parent.parent / "shared" / "schedules"

pytestmark = pytest.mark.skipif(
    not _OTHERS.exists(), reason="others' files are not part of the project"
)


def test_a_real_congress_is_read_as_a_whole() -> None:
    name = "39c3_everything.json"
    expected = json.loads((_OTHERS / "expected.json").read_text())[name]
    found = read((_OTHERS / name).read_bytes())
    sessions, zone = found.schedule.sessions, found.schedule.timezone

    assert found.warnings == ()
    assert (len(sessions), len(found.schedule.rooms), zone.key) == (895, 58, expected["tz"])
    assert len({s.id for s in sessions}) == 895
    assert f"{sessions[0].slot.start:%Y-%m-%dT%H:%MZ}" == expected["first"]
    assert f"{sessions[-1].slot.start:%Y-%m-%dT%H:%MZ}" == expected["last_start"]
    assert f"{found.schedule.closes:%Y-%m-%dT%H:%MZ}" == expected["last_end"]
    local = [s.slot.start.astimezone(zone) for s in sessions]
    assert {
        day: sum(moment.date().isoformat() == day for moment in local)
        for day in expected["per_local_date"]
    } == expected["per_local_date"]


def test_a_real_error_page_is_refused() -> None:
    with pytest.raises(NotASchedule) as refused:
        read((_OTHERS / "invalid_html_instead_of_xml.html").read_bytes(), ZONE)

    assert "no schedule of a kind that I know" in str(refused.value)
