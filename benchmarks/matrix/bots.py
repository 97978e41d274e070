"""The two bots, each configured as its users would: what is started, what was set for it, and how
everybody comes to be reminded at a moment."""

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from benchmarks.process import Bot
from bot.clock import SystemClock
from bot.messages import AddBookmark, User
from bot.schedule import Schedule, Session, Slot
from bot.sources import read
from bot.sources.writing.c3voc import write
from bot.store.sql import SqlStore
from tests.servers.accounts import Account

REMINDER_BOT = "0.4.0"
WANTED = f"matrix-reminder-bot=={REMINDER_BOT}"
"""What the other bot is installed from."""

BEFORE = timedelta(minutes=5)
"""How long before the start of a session its reminder is due."""

Chat = tuple[str, str]
"""Somebody's id, and that of the room in which they are to be reminded."""

Remind = Callable[[datetime, Sequence[Chat]], Awaitable[str]]
"""Let these people be reminded at a moment, by a bot that is not running now; the result is what
the reminder says."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A bot, its account, and how to use it: `asks` is what is said in a room, and `answers` is in
    what the bot says to that."""

    bot: Bot
    account: Account
    asks: str
    answers: str
    remind: Remind

    @property
    def user(self) -> str:
        """Its user id."""
        return self.account.user


_NETWORK = "matrix"
_ZONE = ZoneInfo("UTC")
_NOW_ON, _ROOM = "Registration", "Hall"

SUMMIT_BOT_TOLD = (
    "Summit Bot: `summit-bot run` with encryption on; fairness.commands = 0, and matrix.rate = 0"
    " where the homeserver does not limit it."
)
REMINDER_BOT_TOLD = (
    f"matrix-reminder-bot {REMINDER_BOT}: with SQLite, encryption on (it always is) and"
    " logging.level = WARNING."
)


def summit_bot(directory: Path, server: str, account: Account, *, limited: bool) -> Contestant:
    """Summit Bot, with all its files in the directory."""
    config, schedule = directory / "config.toml", directory / "schedule.json"
    # Its keys are of a device, which it logs in as on one homeserver.
    store = directory / f"store-{urlsplit(server).port}"
    if not schedule.exists():
        schedule.write_text(write(_schedule(_programme(SystemClock().now()))))
    config.write_text(
        f'[event]\nschedule = "{schedule}"\n'
        f'[database]\nurl = "{database(directory)}"\n'
        "[reminders]\nquiet = []\n"
        "[fairness]\ncommands = 0\n"
        f'[matrix]\nhomeserver = "{server}"\nuser_id = "{account.user}"\n'
        f'password = "{account.password}"\nstore = "{store}"\n' + ("" if limited else "rate = 0\n")
    )
    command = (sys.executable, "-m", "bot", "run", "--config", str(config))
    return Contestant(
        Bot("Summit Bot", account.user, command, directory, SUMMIT_BOT_TOLD),
        account, "!now", _NOW_ON,
        lambda due, chats: _bookmark(directory, due, chats),
    )  # fmt: skip


def reminder_bot(python: Path, directory: Path, server: str, account: Account) -> Contestant:
    """matrix-reminder-bot, with all its files in the directory."""
    config, reminders = directory / "config.yaml", directory / "reminders.db"
    config.write_text(
        dedent(f"""\
        command_prefix: "!"
        matrix:
          user_id: "{account.user}"
          user_password: "{account.password}"
          homeserver_url: "{server}"
          device_id: REMINDER
          device_name: reminder
        reminders:
          timezone: Etc/UTC
        allowlist:
          enabled: false
          regexes: []
        blocklist:
          enabled: false
          regexes: []
        storage:
          database: "sqlite://{reminders}"
          store_path: "{directory}/store"
        logging:
          level: WARNING
          file_logging:
            enabled: false
            filepath: bot.log
          console_logging:
            enabled: true
        """)
    )
    command = (str(python), str(python.with_name("matrix-reminder-bot")), str(config))
    return Contestant(
        Bot("matrix-reminder-bot", account.user, command, directory, REMINDER_BOT_TOLD),
        account, "!help", "I am a reminder bot",
        lambda due, chats: asyncio.to_thread(_set_reminders, reminders, due, chats),
    )  # fmt: skip


def database(directory: Path) -> str:
    """The URL of Summit Bot's database in a directory."""
    return f"sqlite:///{directory}/summit-bot.db"


def keynote(due: datetime) -> str:
    """What everybody is reminded of at a moment."""
    return f"Keynote {due:%H%M%S}"


async def _bookmark(directory: Path, due: datetime, chats: Sequence[Chat]) -> str:
    """Put a session more into the programme, and into everybody's bookmarks."""
    file, title = directory / "schedule.json", keynote(due)
    known = read(file.read_bytes()).schedule.sessions
    start = due + BEFORE
    slot = Slot(start, start + timedelta(hours=1), (_ROOM,))
    number = max(session.id for session in known) + 1
    session = Session(number, f"keynote-{number}", title, slot)
    file.write_text(write(_schedule((*known, session))))
    mark = AddBookmark(session.facts, session.id, BEFORE // timedelta(minutes=1), own_before=False)
    store = SqlStore(database(directory), SystemClock())
    try:
        for user, _ in chats:
            await store.apply(User(_NETWORK, user, user), (mark,), None)
    finally:
        await store.close()
    return title


def _set_reminders(file: Path, due: datetime, chats: Sequence[Chat]) -> str:
    """As if everybody had set a reminder. What was set before has been, or is not wanted more."""
    title, at = keynote(due), due.astimezone(_ZONE).replace(tzinfo=None).isoformat()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM reminder")
        connection.executemany(
            "INSERT INTO reminder (text, start_time, timezone, room_id, target_user, alarm)"
            " VALUES (?, ?, ?, ?, ?, 0)",
            [(title, at, _ZONE.key, room, user) for user, room in chats],
        )
    return title


def _programme(now: datetime) -> tuple[Session, ...]:
    """What is on all the time."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    slot = Slot(hour - timedelta(hours=1), hour + timedelta(hours=4), (_ROOM,))
    return (Session(1, "registration", _NOW_ON, slot),)


def _schedule(sessions: Sequence[Session]) -> Schedule:
    return Schedule("Benchmark", _ZONE, sessions)
