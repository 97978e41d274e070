"""The benchmark of updates measures what it says it does, with a crowd that is small."""

from pathlib import Path

import pytest

from benchmarks import updates


@pytest.mark.long
def test_everybody_concerned_is_told_and_nobody_else(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/updates.db"
    figures = {f.name: f for f in updates.update("small", url, tmp_path, people=200, moved=40)}
    assert figures["small, told too much"].value == 0
    assert figures["small, first told after that"].ok
    assert {figure.unit for figure in figures.values()} == {"s", "", "ms"}
