"""The two apps, each with what it needs to be started, and how everybody comes to be reminded."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.process import Bot
from benchmarks.slack.bare import ANSWER, COMMAND
from benchmarks.slack.place import Place
from benchmarks.slack.workspace import TEAM
from bot.clock import SystemClock
from bot.messages import AddBookmark, User
from bot.schedule import Schedule, Session, Slot
from bot.sources.writing.c3voc import write
from bot.store.sql import SqlStore

BEFORE = timedelta(minutes=5)
"""How long before the start of a session its reminder is due."""

TITLE = "Keynote"

SUMMIT_BOT_TOLD = (
    "Summit Bot: `summit-bot run` on Socket Mode; fairness.commands = 0, and for the waves"
    " slack.rate = 50."
)
BARE_TOLD = (
    "Bare app: bolt's AsyncApp with one command that acknowledges a constant text, and its"
    " AsyncSocketModeHandler; everything as it is by default."
)

_NETWORK = "slack"
_ZONE = ZoneInfo("UTC")
_NOW = "2012-04-16T09:20:00-07:00"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A bot, the name of its app, and how to use it: what its answer to the line begins with."""

    bot: Bot
    app: str
    line: str
    answer: str


def summit_bot(directory: Path, place: Place) -> Contestant:
    """Summit Bot, with all its files in the directory; its replay starts while nothing is due."""
    bot = _summit_bot(directory, place, f"[clock]\nstart = {_NOW}\n[fairness]\ncommands = 0\n", "")
    return Contestant(bot, "ours", "/summit next Marina", "Next in Marina")


def bare_app(directory: Path, place: Place) -> Contestant:
    """The smallest app."""
    command = (
        sys.executable, "-m", "benchmarks.slack.bare", f"{place.url}/api/", *place.tokens["bare"],
    )  # fmt: skip
    return Contestant(
        Bot("Bare app", "bare", command, directory, BARE_TOLD), "bare", COMMAND, ANSWER
    )


def reminding(directory: Path, place: Place, rate: int) -> Bot:
    """Summit Bot with the programme that `write_reminders` has written there; it sends so many
    messages a second."""
    tables = f'[event]\nschedule = "{directory / "schedule.json"}"\n[reminders]\nquiet = []\n'
    return _summit_bot(directory, place, tables, f"rate = {rate}\n")


def _summit_bot(directory: Path, place: Place, tables: str, more: str) -> Bot:
    config = directory / "config.toml"
    bot_token, app_token = place.tokens["ours"]
    config.write_text(
        f'{tables}[database]\nurl = "{_database(directory)}"\n'
        f'[slack]\napi_url = "{place.url}/api"\nbot_token = "{bot_token}"\n'
        f'app_token = "{app_token}"\n{more}'
    )
    program = str(Path(sys.executable).with_name("summit-bot"))
    return Bot(
        "Summit Bot", "summit", (program, "run", "--config", str(config)), directory,
        SUMMIT_BOT_TOLD,
    )  # fmt: skip


async def write_reminders(directory: Path, people: Sequence[str], due: datetime) -> None:
    """Let these people of the workspace be reminded of the keynote at a moment, by a bot that does
    not run yet."""
    start = due + BEFORE
    session = Session(1, "keynote", TITLE, Slot(start, start + timedelta(hours=1), ("Hall",)))
    schedule = Schedule("Benchmark", _ZONE, (session,))
    (directory / "schedule.json").write_text(write(schedule))
    mark = AddBookmark(session.facts, session.id, BEFORE // timedelta(minutes=1), own_before=False)
    store = SqlStore(_database(directory), SystemClock())
    try:
        for person in people:
            await store.apply(User(_NETWORK, f"{TEAM}/{person}", person), (mark,), None)
    finally:
        await store.close()


def _database(directory: Path) -> str:
    return f"sqlite:///{directory}/summit-bot.db"
