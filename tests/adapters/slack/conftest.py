"""What all tests of Slack have in common."""

from datetime import timedelta

import pytest

from bot import ticker


@pytest.fixture(autouse=True)
def _ticks_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is due is looked for at once: half a second, some hundred times, is a minute."""
    monkeypatch.setattr(ticker, "EVERY", timedelta(seconds=0.05))
