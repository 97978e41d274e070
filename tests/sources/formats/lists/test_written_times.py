"""Days, times and lengths as people write them into lists."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.sources.formats.lists.written_times import Style, clock, day_first, length, parted
from bot.sources.reading.entries import Broken
from tests.sources.documents import BERLIN, START


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("10:00", time(10)), ("9:05", time(9, 5)), ("09:05:30", time(9, 5, 30)),
        ("9.05", time(9, 5)), ("9h05", time(9, 5)), ("9am", time(9)), ("9 PM", time(21)),
        ("12am", time(0)), ("12:30 p.m.", time(12, 30)), (" 10:00 ", time(10)),
        ("9", None), ("25:00", None), ("10:60", None), ("13pm", None), ("0am", None), ("", None),
        ("noon", None), ("10:00 - 11:00", None),
    ],
)  # fmt: skip
def test_clock(written: str, at: time | None) -> None:
    assert clock(written) == at


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("10:00", ("10:00", "")),
        ("10:00 - 10:40", ("10:00", "10:40")),
        ("10:00–10:40", ("10:00", "10:40")),
        ("9 - 10:30 am", ("9am", "10:30 am")),
        ("9am to 5pm", ("9am", "5pm")),
        ("2014-07-05", ("2014-07-05", "")),
        ("2014-07-05T10:00-02:00", ("2014-07-05T10:00-02:00", "")),
        ("", ("", "")),
    ],
)
def test_parted(written: str, parts: tuple[str, str]) -> None:
    assert parted(written) == parts


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        (25, 25), (25.0, 25), ("25", 25), ("90", 90), ("1:30", 90), ("01:30:00", 90),
        ("45 min", 45), ("45m", 45), ("45 minutes", 45), ("1h", 60), ("1h 30m", 90),
        ("1 hour 30 minutes", 90), ("1.5 hours", 90), ("PT45M", 45), ("PT1H30M", 90),
        (0, None), (-5, None), ("", None), ("long", None), (None, None), (True, None),
        (10**9, None), ("99999999 h", None), ("9" * 400, None), (float("nan"), None),
        (float("inf"), None), ([], None), ("1e5", None),
    ],
)  # fmt: skip
def test_length(written: Any, minutes: int | None) -> None:
    assert length(written) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2014-07-05", date(2014, 7, 5)), ("2014/7/5", date(2014, 7, 5)),
        ("05.07.2014", date(2014, 7, 5)), ("5. 7. 2014", date(2014, 7, 5)),
        ("July 5, 2014", date(2014, 7, 5)), ("Jul 5th 2014", date(2014, 7, 5)),
        ("Saturday, July 5, 2014", date(2014, 7, 5)), ("5 July 2014", date(2014, 7, 5)),
        ("Sat 5-Jul-2014", date(2014, 7, 5)), ("5/7/2014", date(2014, 7, 5)),
        ("2014-07-05T00:00:00", date(2014, 7, 5)), ("20140705", date(2014, 7, 5)),
    ],
)  # fmt: skip
def test_day(written: str, day: date) -> None:
    assert Style(BERLIN, day_first=True).day(written) == day


@pytest.mark.parametrize(
    "written",
    ["", "Monday", "32.07.2014", "2014-13-01", "Smarch 5, 2014", "7/13/2014", "5 July", []],
)
def test_what_is_no_day(written: Any) -> None:
    with pytest.raises(Broken):
        Style(BERLIN, day_first=True).day(written)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["5/7/2014"], None),
        (["5/7/2014", "13/7/2014"], True),
        (["5/7/2014", "7/13/2014 10:00"], False),
        (["13/7/2014", "7/13/2014"], None),
        (["05.07.2014", None, 5], None),
    ],
)
def test_whether_days_come_first(dates: list[object], expected: bool | None) -> None:
    assert day_first(dates) is expected


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2014-07-05T08:00:00.000Z", None), ("2014-07-05 10:00", None), ("20140705T100000", None),
        ("2014-07-05T10:00:00 +0200", None), ("2014-07-05 08:00:00 UTC", None),
        (1404547200, None), (1404547200.0, None), (1404547200000, None), ("1404547200", None),
        ("10:00", date(2014, 7, 5)), ("10am", date(2014, 7, 5)),
        ("2014-07-05T10:00", date(2014, 7, 9)), ("05.07.2014 10:00", date(2014, 7, 9)),
    ],
)  # fmt: skip
def test_moments(written: Any, day: date | None) -> None:
    assert Style(BERLIN).moment(written, day) == START


@pytest.mark.parametrize(
    "written",
    ["", "10:00", "2014-07-05", "x" * 5000, None, True, 12, -1, 1e300, float("nan"), float("inf"),
     "9" * 70, "31.02.2014 10:00"],
)  # fmt: skip
def test_what_is_no_moment(written: Any) -> None:
    with pytest.raises(Broken):
        Style(BERLIN).moment(written)


@pytest.mark.parametrize(
    ("form", "written", "day", "moment"),
    [
        ("%d/%m/%Y %H:%M", "05/07/2014 10:00", None, START),
        ("%H:%M", "10:00", date(2014, 7, 5), START),
        ("%Y-%m-%dT%H:%M:%S%z", "2014-07-05T08:00:00+0000", None, START),
        ("%I:%M %p", "12:30 AM", date(2014, 7, 5), datetime(2014, 7, 4, 22, 30, tzinfo=UTC)),
    ],
)
def test_form_that_the_settings_give(
    form: str, written: str, day: date | None, moment: datetime
) -> None:
    assert Style(BERLIN, form).moment(written, day) == moment


@pytest.mark.parametrize("form", ["%H", "%", "%Q", "(", "%H:%M"])
def test_time_in_another_form_is_broken(form: str) -> None:
    with pytest.raises(Broken) as broken:
        Style(BERLIN, form).moment("2014-07-05T10:00")

    assert str(broken.value) == "its time is not written as the settings say"
