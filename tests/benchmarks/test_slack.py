"""What the benchmark of Slack counts, and the figures that it makes of it."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.process import running
from benchmarks.report import AtLeast, Below
from benchmarks.slack.bots import (
    BEFORE,
    TITLE,
    bare_app,
    reminding,
    summit_bot,
    write_reminders,
)
from benchmarks.slack.load import Answered
from benchmarks.slack.place import Failed, place
from benchmarks.slack.report import command_figures, killed_figures, wave_figures
from benchmarks.slack.wave import PEOPLE, Wave, busiest
from bot.clock import SystemClock
from bot.config import load
from bot.messages import User
from bot.sources import read
from bot.store.sql import SqlStore

DUE = datetime(2012, 4, 16, 16, 25, 7, tzinfo=UTC)
OURS = Answered([[0.012] * 1000, [0.002] * 1000, [0.02] * 1000], [900.0, 2500.0, 2200.0], 3e-4,
                70_000_000)  # fmt: skip
BARE = Answered([[0.010] * 1000, [0.011] * 1000, [0.02] * 1000], [3000.0, 4000.0, 4100.0], 1e-4,
                46_000_000)  # fmt: skip
WHOLE = Wave([[number / 50] for number in range(PEOPLE)], busiest=50, limited=0, looked=0)


def test_the_busiest_second_is_any_and_not_one_of_the_clock() -> None:
    assert busiest([]) == 0
    assert busiest([0.0, 0.9, 1.0, 1.1, 1.8, 3.0]) == 4
    assert busiest([0.0, 1.0, 2.0]) == 1


def test_of_several_rounds_the_middle_one_counts() -> None:
    assert (OURS.middle[0], OURS.rate) == (0.012, 2200.0)


def test_a_wave_counts_people_and_their_first_reminder() -> None:
    wave = Wave([[2.0, 9.0], [], [0.5], [1.0]], busiest=2, limited=0, looked=1)
    assert (wave.reminded, wave.repeated, wave.lateness) == (3, 1, [0.5, 1.0, 2.0])


def test_figures_have_the_limits_of_what_is_wanted() -> None:
    found = [
        *command_figures(OURS, BARE), *wave_figures("Wave", WHOLE),
        *killed_figures("Killed", replace(WHOLE, looked=90, before_kill=1001)),
    ]  # fmt: skip
    assert {figure.name: figure.limit for figure in found if figure.limit is not None} == {
        "Summit Bot's p99 / Bare app's, middle round": Below(1.3),
        "Summit Bot's acknowledgements a second / Bare app's, middle round": AtLeast(0.5),
        "Summit Bot's memory above Bare app's": Below(25),
        "Wave, reminded of 2,000": AtLeast(2_000),
        "Wave, reminded twice": Below(1),
        "Wave, asked for too much (429)": Below(1),
        "Wave, messages in the busiest second": Below(51),
        "Wave, from the last to the start": AtLeast(0),
        "Wave, from the due time to the last": Below(44),
        "Killed, reminded of 2,000": AtLeast(2_000),
        "Killed, reminded twice": Below(1),
        "Killed, asked for too much (429)": Below(1),
        "Killed, messages in the busiest second": Below(51),
        "Killed, from the last to the start": AtLeast(0),
    }
    assert all(figure.ok for figure in found)


def test_a_limit_that_is_missed_shows() -> None:
    slow = Answered([[0.015] * 1000] * 3, [1000.0] * 3, 1e-3, 72_000_000)
    wave = Wave([[1.0, 2.0], [301.0]], busiest=51, limited=1, looked=0)
    found = [
        *command_figures(slow, BARE), *wave_figures("Wave", wave), *killed_figures("Killed", wave)
    ]  # fmt: skip
    assert [figure.name for figure in found if not figure.ok] == [
        "Summit Bot's p99 / Bare app's, middle round",
        "Summit Bot's acknowledgements a second / Bare app's, middle round",
        "Summit Bot's memory above Bare app's",
        "Wave, reminded of 2,000",
        "Wave, reminded twice",
        "Wave, asked for too much (429)",
        "Wave, messages in the busiest second",
        "Wave, from the last to the start",
        "Wave, from the due time to the last",
        "Killed, reminded of 2,000",
        "Killed, reminded twice",
        "Killed, asked for too much (429)",
        "Killed, messages in the busiest second",
        "Killed, from the last to the start",
    ]


async def test_apps_are_asked_and_what_they_answer_is_looked_at(tmp_path: Path) -> None:
    async with place(3) as slack:
        bare = bare_app(tmp_path, slack)
        async with running(bare.bot):
            await slack.order("opened", bare.app)
            asked = [(bare.app, bare.line, bare.answer)]
            taken = await slack.order("one by one", asked, 4, 3)
            assert [len(taken["bare"]), min(taken["bare"]) > 0] == [4, True]
            assert await slack.order("at once", *asked[0], 6, 2) > 0
            with pytest.raises(Failed):
                await slack.order("at once", bare.app, bare.line, "Something else.", 1, 1)


async def test_everybody_is_reminded_by_summit_bot_when_it_is_due(tmp_path: Path) -> None:
    async with place(3, 50) as slack:
        due = datetime.fromtimestamp(int(time.time()) + 1, UTC)
        await write_reminders(tmp_path, slack.people, due)
        async with running(reminding(tmp_path, slack, 50)):
            assert await slack.order("reminded", TITLE, 3, 30) == 3
        found = await slack.order("wave", TITLE)
    assert [len(times) for times in found.pop("arrived")] == [1, 1, 1]
    assert len(found.pop("posted")) == 3
    assert found == {"limited": 0, "looked": 0, "mistakes": []}


async def test_summit_bot_is_told_what_the_benchmark_says(tmp_path: Path) -> None:
    async with place(1) as slack:
        summit_bot(tmp_path, slack)
        usual = load(tmp_path / "config.toml")
        await write_reminders(tmp_path, ["U1"], DUE)
        reminding(tmp_path, slack, 50)
        told = load(tmp_path / "config.toml")
    [commands], [wave] = usual.slack, told.slack
    assert wave == commands.model_copy(update={"rate": 50})
    assert commands.model_dump(exclude_unset=True).keys() == {"api_url", "bot_token", "app_token"}
    assert (usual.fairness.fairness, told.clock) == (None, None)
    [keynote] = read((tmp_path / "schedule.json").read_bytes()).schedule.sessions
    assert (keynote.title, keynote.slot.start - BEFORE) == (TITLE, DUE)
    store = SqlStore(told.database.url, SystemClock())
    try:
        found = await store.load(User("slack", "T01/U1"), bookmarks=True)
    finally:
        await store.close()
    assert [mark.session_id for mark in found.bookmarks] == [keynote.id]
