"""The program itself, as it is started from a file of settings."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from tests.adapters.slack.talking import Place, said, workspace

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


def settings(place: Place, folder: Path) -> Path:
    """As an organiser writes it."""
    slack, file = place.home.settings, folder / "config.toml"
    assert slack.bot_token is not None
    assert slack.app_token is not None
    assert slack.signing_secret is not None
    file.write_text(
        f"""
        [clock]
        start = 2012-04-16T09:26:00-07:00
        [database]
        url = "sqlite:///{folder / "summit.db"}"
        [slack]
        mode = "{slack.mode}"
        bot_token = "{slack.bot_token.get_secret_value()}"
        app_token = "{slack.app_token.get_secret_value()}"
        signing_secret = "{slack.signing_secret.get_secret_value()}"
        api_url = "{slack.api_url}"
        port = {slack.port}
        """
    )
    return file


async def started(*arguments: str | Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *map(str, arguments), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_it_answers_and_reminds_until_it_is_stopped(mode: str, tmp_path: Path) -> None:
    async with workspace(mode) as place:
        bot = await started("run", "--config", settings(place, tmp_path))
        assert bot.stderr is not None
        log = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while "Listens over" not in log:
                    line = (await bot.stderr.readline()).decode()
                    assert line, log
                    log += line
            answer = await place.ada.slash("/summit bookmark 6", channel=place.channel)
            assert said(answer).startswith("Bookmarked. It starts in 4 minutes: the reminder comes")
            assert said(await place.ada.reads()).startswith("Starts in 4 minutes:\n[6] ")
        finally:
            bot.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                out, err = await bot.communicate()
        log += err.decode()
        assert (bot.returncode, out.decode()) == (0, "")
        assert "Traceback" not in log
        assert "xoxb-" not in log
