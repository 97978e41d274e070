"""A real process that is killed in the middle of a wave: nothing is lost, little comes twice."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.messages import AddBookmark, Meet, User
from bot.store.sql import SqlStore
from tests.adapters.irc.bot import CHANNEL
from tests.adapters.irc.gathering import BOT, crowd, guest, told
from tests.running import ROOT
from tests.servers.irc_person import Person
from tests.servers.strict_irc import Rules, StrictServer
from tests.summit import folsom

CONFIG = """
[clock]
start = 2012-04-16T10:{start}-07:00

[database]
url = "{database}"

[[irc]]
server = "{host}"
port = {port}
tls = false
channels = ["{channel}"]
rate = {rate}
"""


@asynccontextmanager
async def process(path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`summit-bot run` with these settings; killed at the end, if it has not ended."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--config", str(path), cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def joins_with_voice(server: StrictServer, somebody: Person) -> None:
    await somebody.hears(f":{BOT}!~{BOT}@127.0.0.1 JOIN", within=60)
    server.set_mode(CHANNEL, "+v", BOT)


async def is_settled(store: SqlStore, user: User) -> bool:
    """The database knows that this user has been reminded."""
    profile = await store.load(user, bookmarks=True)
    return profile.bookmarks[0].reminded is not None


async def everybody_settled(store: SqlStore, users: Sequence[User], within: float) -> None:
    """Wait until the database knows of all of them: what went out last may still be on its way."""
    left = list(users)
    try:
        async with asyncio.timeout(within):
            while left:
                if await is_settled(store, left[0]):
                    del left[0]
    except TimeoutError:
        names = ", ".join(user.name for user in left)
        raise AssertionError(f"in {within} s it was not noted that these had it: {names}") from None


async def everybody(people: Sequence[Person], within: float) -> None:
    await asyncio.gather(*(each.heard_from(BOT, 1, within=within) for each in people))


@pytest.mark.long
async def test_killed_in_the_middle_of_a_wave_it_goes_on_where_it_was(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'summit.db'}"
    store = SqlStore(database, SystemClock())
    session = folsom().session(12)
    assert session is not None
    users = [guest(f"p{number}") for number in range(200)]
    bookmark = AddBookmark(session.facts, 12, 5, own_before=False)
    for user in users:
        await store.apply(user, [Meet(), bookmark], None)
    speed = 10.0
    async with StrictServer(Rules(speed=speed)) as server, crowd(server, 200) as people:

        def settings(start: str) -> Path:
            path = tmp_path / "own.toml"
            path.write_text(
                CONFIG.format(
                    start=start, database=database, host=server.host, port=server.port,
                    channel=CHANNEL, rate=1.8 * speed,
                )
            )  # fmt: skip
            return path

        async with process(settings("54:57")) as bot:
            await joins_with_voice(server, people[0])
            await people[60].heard_from(BOT, 1, within=60)
            bot.kill()
        await people[0].hears("QUIT")
        before = {each.nick for each in people if await told(each)}
        settled = {user.name for user in users if await is_settled(store, user)}
        async with process(settings("55:10")):
            await joins_with_voice(server, people[0])
            missing = [each for each in people if each.nick not in before]
            await everybody(missing, 60)
            await everybody_settled(store, users, 60)
        counts = {each.nick: len(await told(each)) for each in people}
        twice = {nick for nick, count in counts.items() if count > 1}
        assert (set(counts.values()) <= {1, 2}, server.kills, server.dropped) == (True, [], [])
        assert twice <= before - settled
    await store.close()
