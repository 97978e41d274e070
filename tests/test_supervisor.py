"""Who speaks on a network, and when: with several processes, failures, and a store away."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from bot import app, supervisor
from bot.clock import SystemClock
from bot.patience import Holding
from bot.ports import CannotSpeak, Clock, Traits
from bot.setup import moment_meant
from bot.store import opening
from bot.store.sql import SqlStore
from tests.courier_talk import reminder
from tests.servers.away import away, unreachable
from tests.summit import StandingClock, folsom
from tests.supervised import HOLDING, PATIENCE, RULES, Line, Process, bookmark, executed

TOGETHER = Traits(in_flight=100, alone=False)
Start = Callable[..., Process]

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StandingClock:
    shorter = [pragma.replace("5000", "20") for pragma in opening._SQLITE_PRAGMAS]
    monkeypatch.setattr(opening, "_SQLITE_PRAGMAS", shorter)
    return StandingClock(moment_meant("Monday 10:55", folsom()))


@pytest.fixture
async def start(database: str, clock: StandingClock) -> AsyncIterator[Start]:
    """Starts a process, with what is to be special about it."""
    processes = list[Process]()

    def one(name: str, line: Line | None = None, clock: Clock = clock, **more: Any) -> Process:
        processes.append(Process(name, database, clock, line or Line(), more))
        return processes[-1]

    yield one
    for process in processes:
        await process.dies()
        await process.store.close()


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What an organiser reads."""
    events = [r.msg for r in caplog.records if r.levelno >= logging.WARNING]
    return [event["event"] if isinstance(event, dict) else event for event in events]


@on_postgresql
async def test_another_process_takes_over_with_all_claims_when_the_lease_ends(
    database: str, clock: StandingClock, start: Start
) -> None:
    await bookmark(database, clock, "ada")
    first = start("first", Line(stuck=True))
    assert await first.line.next() == "speaks"
    written = await first.line.next()
    second = start("second")
    await first.dies()
    assert executed(database, "SELECT process FROM holders") == ["first"]
    clock.advance(HOLDING.lease)
    assert await second.line.next() == "speaks"
    assert await second.line.next() == written
    assert executed(database, "SELECT process FROM holders") == ["second"]


@on_postgresql
async def test_what_another_process_has_claimed_is_left_to_it_where_many_speak(
    database: str, clock: StandingClock, start: Start
) -> None:
    await bookmark(database, clock, "ada")
    first = start("first", Line(traits=TOGETHER, stuck=True))
    assert await first.line.next() == "speaks"
    assert (await first.line.next()).startswith("writes ada")
    await bookmark(database, clock, "bob")
    await first.dies()
    second = start("second", Line(traits=TOGETHER))
    assert [await second.line.next() for _ in range(2)] == ["is one of 2", "speaks"]
    assert (await second.line.next()).startswith("writes bob")


@on_postgresql
async def test_many_know_how_many_they_are(
    database: str, clock: StandingClock, start: Start
) -> None:
    first, second, third = (start(name, Line(traits=TOGETHER)) for name in "abc")
    for process in (first, second, third):
        while process.line.processes < 3:
            await process.line.next()
    await second.dies()
    await second.store.let_go("b")
    await third.dies()
    while first.line.processes != 2:
        await first.line.next()
    clock.advance(HOLDING.lease)
    while first.line.processes != 1:
        await first.line.next()


@on_postgresql
async def test_who_loses_the_network_is_silent_and_leaves_messages_to_the_other(
    database: str, clock: StandingClock, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    await bookmark(database, clock, "ada")
    first = start("first", Line(stuck=True))
    assert await first.line.next() == "speaks"
    written = await first.line.next()
    executed(database, "UPDATE holders SET process = 'another'")
    assert await first.line.next() == "is silent"
    async with asyncio.timeout(5):
        await asyncio.gather(*first.courier._under_way, return_exceptions=True)
        for _ in range(3):
            await first.store.let_go("a process that is in line behind what is to be written")
    assert executed(database, "SELECT failures FROM bookmarks") == [0]
    first.line.stuck = False
    executed(database, "DELETE FROM holders")
    assert [await first.line.next() for _ in range(2)] == ["speaks", written]
    assert said(caplog) == ["another process has the network"]


@pytest.mark.every_database
async def test_an_adapter_that_fails_is_started_again_less_and_less_often(
    start: Start, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_RECONNECT", timedelta(milliseconds=20))
    monkeypatch.setattr(supervisor, "_LONGEST_RECONNECT", timedelta(milliseconds=300))
    loop = asyncio.get_running_loop()
    began = list[float]()

    async def fail() -> None:
        began.append(loop.time())
        if len(began) == 6:
            await asyncio.sleep(0.35)  # that is a success
        if len(began) == 7:
            await asyncio.Event().wait()
        raise RuntimeError("what ada wrote")

    process = start("first", Line(behave=fail))
    assert [await process.line.next() for _ in range(13)] == ["speaks", "is silent"] * 6 + [
        "speaks"
    ]
    waits = [later - earlier for earlier, later in pairwise(began)]
    for wait, most in zip(waits, [0.02, 0.04, 0.08, 0.16, 0.3], strict=False):
        assert wait >= most / 2
    assert said(caplog) == ["failed"] * 6
    assert caplog.text.count("'error': 'RuntimeError'") == 6
    pauses = re.findall(r"'again_in': '([0-9.]+)s'", caplog.text)
    assert float(pauses[4]) > 0.1
    assert float(pauses[5]) == 0.0, "after a success it begins anew"
    assert "what ada wrote" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_failure_comes_out_where_nobody_starts_again(
    database: str, clock: StandingClock, start: Start
) -> None:
    async def fail() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await start("first", Line(behave=fail), restarts=False).runs
    store = SqlStore(database, clock)
    with pytest.raises(BrokenPipeError):
        await app.serve(folsom(), store, clock, RULES, [Line(behave=fail)], restarts=False)
    await store.close()


async def test_a_network_that_will_not_have_us_is_not_tried_again(
    database: str, clock: StandingClock, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    await bookmark(database, clock, "ada")

    async def refuse() -> None:
        raise CannotSpeak("The password is wrong: set another one.")

    process = start("first", Line(behave=refuse))
    with pytest.raises(CannotSpeak):
        await process.runs
    assert [await process.line.next() for _ in range(2)] == ["speaks", "is silent"]
    assert process.line.taken == [], "nothing is sent to a network that is not there"
    assert said(caplog) == [], "whoever runs it knows whether others go on"


@pytest.mark.every_database
async def test_when_nobody_is_left_to_talk_to_what_is_owed_is_told_first(
    database: str, clock: StandingClock, start: Start
) -> None:
    await bookmark(database, clock, "ada")

    async def leave() -> None:
        pass

    process = start("first", Line(behave=leave))
    await process.runs
    assert [text for _, text, _ in process.line.taken] == [reminder(5)]


@on_postgresql
async def test_without_the_store_the_network_is_held_until_the_lease_is_over(
    database: str, clock: StandingClock, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    process = start("first")
    assert await process.line.next() == "speaks"
    with unreachable(database):
        await process.misses_the_store(5)
        assert process.line.happened.empty()
        clock.advance(HOLDING.lease)
        assert await process.line.next() == "is silent"
        await process.misses_the_store(5)
    assert await process.line.next() == "speaks"
    waits = [line for line in said(caplog) if line.endswith(" The network waits for it.")]
    assert len(waits) == 1


@on_postgresql
async def test_where_many_may_speak_nobody_falls_silent_without_the_store(
    database: str, clock: StandingClock, start: Start
) -> None:
    process = start("first", Line(traits=TOGETHER))
    assert await process.line.next() == "speaks"
    with unreachable(database):
        await process.misses_the_store(5)
        clock.advance(HOLDING.lease)
        await process.misses_the_store(5)
    start("second", Line(traits=TOGETHER))
    assert await process.line.next() == "is one of 2", "and it has never been silent"


@on_postgresql
async def test_a_mistake_in_the_store_is_in_the_log_and_ends_nothing(
    database: str, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    process = start("first")
    assert await process.line.next() == "speaks"
    executed(database, "ALTER TABLE holders ADD CHECK (lease_until < 0) NOT VALID")
    while said(caplog).count("holding failed") < 3:
        await process.misses_the_store(1)
    executed(database, "ALTER TABLE holders DROP CONSTRAINT holders_lease_until_check")
    assert process.line.happened.empty()
    assert "'error': 'IntegrityError'" in caplog.text


@on_postgresql
async def test_a_store_that_does_not_answer_holds_nobody_beyond_the_lease(
    database: str, start: Start
) -> None:
    holding = Holding(lease=timedelta(seconds=1.2), every=timedelta(milliseconds=10))
    process = start("first", clock=SystemClock(), holding=holding)
    assert await process.line.next() == "speaks"
    with psycopg.connect(database.replace("+psycopg", "")) as other:
        other.execute("LOCK TABLE holders")
        assert await process.line.next() == "is silent"
        other.rollback()
    assert await process.line.next() == "speaks"


@on_postgresql
async def test_to_stop_waits_for_no_store_that_does_not_answer(
    database: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_LAST_WORDS", 0.1)
    hasty = replace(PATIENCE, stopping=timedelta())
    running = start("running", Line(traits=TOGETHER), patience=hasty)
    assert await running.line.next() == "speaks"
    with psycopg.connect(database.replace("+psycopg", "")) as other:
        other.execute("LOCK TABLE holders, bookmarks")
        starting = start("starting")
        await until_somebody_waits(other)
        for process in (running, starting):
            process.stopping.set()
            async with asyncio.timeout(2):
                await process.runs
        other.rollback()
    assert starting.line.happened.empty(), "it never spoke"


async def until_somebody_waits(other: psycopg.Connection[Any]) -> None:
    """For what this connection has locked."""
    async with asyncio.timeout(4):
        waiting = "SELECT FROM pg_locks WHERE NOT granted"
        while not other.execute(waiting).fetchall():  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)


@pytest.mark.every_database
async def test_a_store_that_is_away_at_the_start_is_waited_for(
    database: str, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    process = start("first")
    with away(database):
        await process.misses_the_store(5)
        assert process.line.happened.empty()
    assert await process.line.next() == "speaks"
    (line,) = said(caplog)
    assert line.startswith("The database cannot be used now (")
    assert line.endswith("). The network waits for it.")


@pytest.mark.every_database
async def test_the_trouble_of_one_network_does_not_touch_another(
    database: str, clock: StandingClock
) -> None:
    async def fail() -> None:
        raise RuntimeError

    names = ("ada", "bob", "cyd")
    for network in ("irc", "matrix"):
        await bookmark(database, clock, *names, network=network)
    broken, sound = Line(network="irc", behave=fail, stuck=True), Line(network="matrix")
    store = SqlStore(database, clock)
    serving = asyncio.create_task(app.serve(folsom(), store, clock, RULES, [broken, sound]))
    assert await sound.next() == "speaks"
    assert sorted([(await sound.next())[:10] for _ in names]) == [f"writes {n}" for n in names]
    while not (await broken.next()).startswith("writes"):
        pass
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await store.close()
    assert [text for _, text, _ in sound.taken] == [reminder(5)] * 3
    assert broken.taken == []
