"""The benchmark of reminders measures what it says it does, with a crowd that is small."""

from pathlib import Path

from benchmarks import reminders


def test_a_wave_is_told_and_settled(tmp_path: Path) -> None:
    figures = {f.name: f for f in reminders.wave("small", f"sqlite:///{tmp_path}/wave.db", 30)}
    assert figures["small, never or twice told"].value == 0
    assert figures["small, peak memory"].ok
    assert {figure.unit for figure in figures.values()} == {"s", "/s", "", "ms", "MB"}


def test_ticks_are_timed_while_nothing_is_due(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/idle.db"
    reminders.write_idle(url, people=30, told=20)
    names = [figure.name for figure in reminders.idle("small", url, ticks=3)]
    assert names == [
        "small, nothing due, tick, p50",
        "small, nothing due, tick, p99",
        "small, nothing due, tick, max",
        "small, nothing due, look for changes (1/min), max",
        "small, nothing due, count what waits (1/5 s), max",
        "small, nothing due, loop blocked for",
    ]
