"""How a published schedule is followed: at a file and at an address, kind, broken and away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.addresses import Source, Url
from bot.following import NAME, TROUBLE
from bot.publisher import AnotherEvent, NoSchedule
from bot.record import unpacked
from bot.sources import NotASchedule
from bot.storing import Lease, StoreAway
from bot.text import lines
from bot.times import Reader
from tests.noted import Noted
from tests.publishing import (
    QUICK,
    SOON,
    TALKS,
    Clock,
    Log,
    Process,
    document,
    is_held,
    moved,
    process,
    rewrite,
    talk,
)
from tests.servers.programs import free_port
from tests.servers.web import Send, Web, answer, web

CHANGED = "The schedule has changed: 1 moved."
OTHER = [moved(TALKS[0]), *TALKS[1:]]
HELD = (
    "An update of the schedule is held back: it removes 3 of 8 sessions still to come."
    " `summit-bot schedule accept --config FILE` lets it through."
)
AGAIN = "The schedule can be read again."


def trouble(why: str) -> str:
    return f"The schedule cannot be read: {why}. The last version stays."


@pytest.fixture
async def server() -> AsyncIterator[Web]:
    async with web() as server:
        server.pages["/s"] = answer(document(*TALKS))
        yield server


OTHER_TALKS = [
    replace(talk(id, id, f"Something else {id}", day=18, room="Pond"), guid=f"another {id}")
    for id in range(11, 15)
]
"""None of which was there before."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "s.json"
    path.write_bytes(document(*TALKS))
    return path


@pytest.fixture
def log() -> Iterator[Noted[str]]:
    log, logger = Log(), logging.getLogger("bot.publisher")
    logger.setLevel(logging.INFO)
    logger.addHandler(log)
    yield log.lines
    logger.removeHandler(log)
    logger.setLevel(logging.NOTSET)


Start = Callable[..., Process]


def gone(file: Path) -> None:
    file.unlink()


@pytest.fixture
async def made(database: str) -> AsyncIterator[Start]:
    """Makes processes, and ends them."""
    processes = list[Process]()

    def make(source: Source, **more: Any) -> Process:
        processes.append(process(source, database, **more))
        return processes[-1]

    yield make
    for each in processes:
        await each.end()


async def looked(server: Web, times: int = 3) -> None:
    """Until it has been asked for so often again."""
    await server.asked.reaches(len(server.asked) + times)


@pytest.mark.every_database
async def test_a_file_is_followed_and_its_sessions_keep_their_numbers(
    made: Start, file: Path, log: Noted[str]
) -> None:
    bot = made(file)
    assert (await bot.start()).sessions == tuple(TALKS)
    assert log == []
    # Another number in the source is nobody's concern.
    rewrite(file, document(*[replace(one, id=one.id + 50) for one in OTHER]))
    await bot.versions.reaches(2)
    assert {s.id: s.slot for s in bot.schedule.sessions} == {s.id: s.slot for s in OTHER}
    assert log == [CHANGED]


async def test_an_address_is_looked_at_by_the_name_of_what_is_known(
    made: Start, server: Web, log: Noted[str]
) -> None:
    server.pages["/s"] = answer(document(*TALKS), headers={"ETag": '"1"'})
    bot = made(Url(server.at("/s")))
    await bot.start()
    server.pages["/s"] = answer(status="304 Not Modified")
    await looked(server)
    assert {headers.get("if-none-match") for _, headers in server.asked[1:]} == {'"1"'}
    server.pages["/s"] = answer(document(*OTHER), headers={"ETag": '"2"'})
    await bot.versions.reaches(2)
    server.pages["/s"] = answer(status="304 Not Modified")
    await looked(server)
    assert server.asked[-1][1]["if-none-match"] == '"2"'
    assert log == [CHANGED]


async def test_what_was_there_last_is_enough_for_a_start(
    made: Start, server: Web, log: Noted[str]
) -> None:
    first = made(Url(server.at("/s")))
    await first.start()
    server.pages["/s"] = answer(document(*OTHER))
    await first.versions.reaches(2)
    await first.dies()
    log.clear()
    server.pages["/s"] = answer(b"away", "502 Bad Gateway")
    second = made(Url(server.at("/s")))
    assert {*(await second.start()).sessions} == {*OTHER}
    await looked(server, 5)
    assert log == [trouble("the server answers 502 Bad Gateway")]
    server.pages["/s"] = answer(document(*TALKS))
    await second.versions.reaches(2)
    assert second.schedule.sessions == tuple(TALKS)
    assert log[1:] in ([AGAIN, CHANGED], [CHANGED, AGAIN])


async def test_without_any_version_there_is_no_start(made: Start, tmp_path: Path) -> None:
    with pytest.raises(NoSchedule, match=r"^no such file or directory$"):
        await made(tmp_path / "none.json").start()
    (tmp_path / "page.json").write_bytes(b"<html>")
    with pytest.raises(NoSchedule, match=r"^this is no schedule of a kind that I know"):
        await made(tmp_path / "page.json").start()
    with pytest.raises(NoSchedule, match=r"^the server cannot be reached \(connection refused\)$"):
        await made(Url(f"http://127.0.0.1:{free_port()}/")).start()


async def test_a_file_that_is_gone_or_broken_costs_a_line(
    made: Start, file: Path, log: Noted[str]
) -> None:
    bot = made(file)
    await bot.start()
    gone(file)
    await log.reaches(1)
    await asyncio.sleep(0.1)
    rewrite(file, b'{"schedule": ')
    await log.reaches(2)
    await asyncio.sleep(0.1)
    rewrite(file, document(*TALKS))
    await log.reaches(3)
    assert log == [
        trouble("no such file or directory"),
        trouble("this JSON is broken: it is no schedule"),
        AGAIN,
    ]
    assert len(bot.versions) == 1
    await bot.dies()
    gone(file)
    assert (await made(file).start()).sessions == tuple(TALKS)
    assert log[3:] == [trouble("no such file or directory")]


async def test_an_error_page_costs_one_line_whatever_it_says(
    made: Start, server: Web, log: Noted[str]
) -> None:
    bot = made(Url(server.at("/s")))
    await bot.start()
    asked = iter(range(1_000))

    async def page(send: Send) -> None:
        await send(answer(b"<html><p>Sorry, error %d</p>" % next(asked)))

    server.pages["/s"] = page
    await looked(server, 5)
    assert [line[:60] for line in log] == [trouble("this is no schedule of a kind that I k")[:60]]
    server.pages["/s"] = answer(b"<html>the same</html>", headers={"ETag": '"bad"'})
    await looked(server, 2)
    server.pages["/s"] = answer(status="304 Not Modified")
    await looked(server)
    assert len(log) == 1
    assert server.asked[-1][1]["if-none-match"] == '"bad"'
    server.pages["/s"] = answer(document(*OTHER))
    await bot.versions.reaches(2)
    await log.reaches(3)
    assert sorted(log[1:]) == sorted([AGAIN, CHANGED])


async def test_what_nobody_foresaw_in_a_source_costs_a_line(
    made: Start, file: Path, log: Noted[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = made(file)
    await bot.start()

    def fails(*_: object) -> None:
        raise KeyError("secret")

    with monkeypatch.context() as patched:
        patched.setattr("bot.publisher.update", fails)
        rewrite(file, document(*OTHER))
        await log.reaches(1)
        await asyncio.sleep(0.1)
    assert log == [trouble("to read it failed (KeyError)")]


async def test_what_is_no_schedule_is_read_once(
    made: Start, server: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = made(Url(server.at("/s")))
    await bot.start()
    read = list[bytes]()

    def counted(content: bytes, *_: object) -> None:
        read.append(content)
        raise NotASchedule("It is none.")

    monkeypatch.setattr("bot.publisher.update", counted)
    server.pages["/s"] = answer(b"<html>")
    await looked(server, 5)
    assert read == [b"<html>"]


@pytest.mark.parametrize("headers", [{}, {"ETag": '"bad"'}])
async def test_what_stays_no_schedule_is_looked_at_ever_more_seldom(
    made: Start, server: Web, headers: dict[str, str]
) -> None:
    async def page(send: Send) -> None:
        known = "if-none-match" in server.asked[-1][1]
        status = "304 Not Modified" if known else "200 OK"
        await send(answer(b"" if known else b"<html>", status, headers))

    await made(Url(server.at("/s")), pace=replace(QUICK, refresh=timedelta(hours=1))).start()
    server.pages["/s"] = page
    begun = asyncio.get_running_loop().time()
    await looked(server, 7)
    # Six pauses, each twice as long as the one before, and by chance half of that.
    least = sum(SOON.total_seconds() / 2 * 2**n for n in range(6))
    assert asyncio.get_running_loop().time() - begun >= least


async def test_the_log_says_why_also_when_the_reason_comes_back(
    made: Start, server: Web, log: Noted[str]
) -> None:
    await made(Url(server.at("/s"))).start()
    for page in (answer(b"{"), answer(status="502 Bad Gateway"), answer(b"{")):
        server.pages["/s"] = page
        await looked(server, 2)
    broken = trouble("this JSON is broken: it is no schedule")
    await log.reaches(3)
    assert log == [broken, trouble("the server answers 502 Bad Gateway"), broken]


async def test_a_server_that_wants_to_be_left_alone_is(made: Start, server: Web) -> None:
    bot = made(Url(server.at("/s")))
    await bot.start()
    server.pages["/s"] = answer(b"busy", "503 Service Unavailable", {"Retry-After": "100"})
    await looked(server, 1)
    asked = len(server.asked)
    await asyncio.sleep(0.2)
    assert len(server.asked) == asked


async def test_other_bytes_that_say_the_same_are_no_version(
    made: Start, file: Path, log: Noted[str]
) -> None:
    bot = made(file)
    await bot.start()
    before = await digest_of(bot)
    rewrite(file, document(*TALKS) + b"\n\n")
    async with asyncio.timeout(30):
        while await digest_of(bot) == before:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert (len(bot.versions), (await bot.store.heads()).number, log) == (1, 1, [])


async def digest_of(bot: Process) -> str:
    current = (await bot.store.heads()).current
    assert current is not None
    return current.digest


async def test_another_text_is_a_version_of_which_the_log_says_little(
    made: Start, file: Path, log: Noted[str]
) -> None:
    bot = made(file)
    await bot.start()
    rewrite(file, document(replace(TALKS[0], abstract="More."), *TALKS[1:]))
    await bot.versions.reaches(2)
    await log.reaches(1)
    assert log == ["The schedule has changed: 1 with another text."]


@pytest.mark.every_database
async def test_what_takes_away_a_large_part_waits_for_an_organiser(
    made: Start, file: Path, log: Noted[str]
) -> None:
    bot = made(file)
    await bot.start()
    rewrite(file, document(*TALKS[3:]))
    await is_held(bot.store)
    await log.reaches(1)
    assert (log, len(bot.versions)) == ([HELD], 1)
    held = await bot.store.version(held=True)
    assert held is not None
    assert await bot.store.publish(held)
    await bot.versions.reaches(2)
    assert [s.id for s in bot.schedule.planned] == [4, 5, 6, 7, 8]
    assert [s.id for s in bot.schedule.sessions if s.removed] == [1, 2, 3]


async def test_less_than_that_is_taken_at_once(made: Start, file: Path, log: Noted[str]) -> None:
    bot = made(file)
    await bot.start()
    rewrite(file, document(*TALKS[2:]))
    await bot.versions.reaches(2)
    await log.reaches(1)
    assert log == ["The schedule has changed: 2 removed."]


async def test_all_of_a_day_waits_though_it_is_little(
    made: Start, file: Path, log: Noted[str]
) -> None:
    rewrite(file, document(*TALKS, talk(9, 10, day=17)))
    bot = made(file)
    await bot.start()
    rewrite(file, document(*TALKS))
    await is_held(bot.store)
    await log.reaches(1)
    assert log == [
        "An update of the schedule is held back: it removes 1 of 9 sessions still to come, all of"
        " Tuesday 17 April. `summit-bot schedule accept --config FILE` lets it through."
    ]


async def test_what_is_over_may_go(made: Start, file: Path, log: Noted[str]) -> None:
    bot = made(file, clock=Clock(TALKS[4].slot.start))
    await bot.start()
    rewrite(file, document(*TALKS[4:]))
    await bot.versions.reaches(2)
    await log.reaches(1)
    assert log == ["The schedule has changed: 4 removed."]


async def test_what_the_source_cancels_waits_for_nobody(
    made: Start, file: Path, log: Noted[str]
) -> None:
    bot = made(file)
    await bot.start()
    rewrite(file, document(*[replace(one, cancelled=True) for one in TALKS]))
    await bot.versions.reaches(2)
    await log.reaches(1)
    assert log == ["The schedule has changed: 8 cancelled."]


async def test_what_was_held_back_is_dropped_when_the_source_is_as_before(
    made: Start, file: Path, log: Noted[str]
) -> None:
    bot = made(file)
    await bot.start()
    rewrite(file, document(*TALKS[3:]))
    await is_held(bot.store)
    rewrite(file, document(*TALKS))
    await is_held(bot.store, held=False)
    assert len(bot.versions) == 1
    await log.reaches(2)
    assert log[1] == "The schedule is again what it was: nothing is held back any more."


async def test_a_smaller_update_takes_the_place_of_what_was_held_back(
    made: Start, file: Path
) -> None:
    bot = made(file)
    await bot.start()
    rewrite(file, document(*TALKS[3:]))
    await is_held(bot.store)
    rewrite(file, document(*OTHER))
    await bot.versions.reaches(2)
    assert (await bot.store.heads()).held is None


async def test_a_source_that_is_written_anew_for_each_look_is_held_back_once(
    made: Start, server: Web, log: Noted[str]
) -> None:
    bot = made(Url(server.at("/s")), channels=[("irc", "#ops")])
    await bot.start()
    asked = iter(range(1_000))

    async def page(send: Send) -> None:
        await send(answer(document(*TALKS[3:]) + b" " * next(asked)))

    server.pages["/s"] = page
    await looked(server, 5)
    assert log == [HELD]
    assert len(await told(bot)) == 1


async def told(bot: Process, network: str = "irc") -> list[tuple[str, list[str]]]:
    """What channels are to be told, by now."""
    wall = Clock().wall()
    lease = Lease(wall, wall + timedelta(minutes=1))
    claims = await bot.store.claim_bulletins(network, [], lease)
    said = []
    for claim in claims:
        reply = unpacked(claim.bulletin.reply, bot.schedule)
        assert reply is not None
        said.append((claim.bulletin.channel, lines(reply, Reader(ZoneInfo("UTC")))))
    return sorted(said)


@pytest.mark.every_database
async def test_channels_hear_what_changed_and_nothing_of_the_first_version(
    made: Start, file: Path
) -> None:
    bot = made(file, channels=[("irc", "#ops"), ("irc", "#hall"), ("slack", "C01")])
    await bot.start()
    assert await told(bot) == []
    rewrite(file, document(*OTHER, talk(9, 20)))
    await bot.versions.reaches(2)
    text = [
        "The schedule has changed: 1 added, 1 moved.",
        "Added (1):",
        "[9] Mon 20:00–21:00 · Talk 9 · Marina",
        "Moved (1):",
        "[1] Mon 11:00–12:00 · Talk 1 · Marina · was Monday 10:00",
    ]
    assert await told(bot) == [("#hall", text), ("#ops", text)]
    assert await told(bot, "slack") == [("C01", text)]


async def test_channels_hear_what_is_held_back(made: Start, file: Path) -> None:
    bot = made(file, channels=[("irc", "#ops")])
    await bot.start()
    rewrite(file, document(*TALKS[3:]))
    await is_held(bot.store)
    assert await told(bot) == [
        (
            "#ops",
            [
                "An update of the schedule is held back: it removes 3 of 8 sessions still to come.",
                "If that is meant, an organiser lets it through with: summit-bot schedule accept"
                " --config FILE",
            ],
        )
    ]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_one_process_looks_and_all_follow(made: Start, server: Web, log: Noted[str]) -> None:
    url = Url(server.at("/s"))
    bots = [made(url, name=f"p{n}") for n in range(3)]
    await asyncio.gather(*(bot.start() for bot in bots))
    assert (await bots[0].store.heads()).number == 1
    await looked(server)
    server.pages["/s"] = answer(document(*OTHER))
    for bot in bots:
        await bot.versions.reaches(2)
    await log.reaches(1)
    assert log == [CHANGED]
    assert sum(bot.publisher._due is not None for bot in bots) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_another_process_looks_when_the_one_that_did_is_no_more(
    made: Start, server: Web
) -> None:
    url = Url(server.at("/s"))
    first, second = made(url, name="p1"), made(url, name="p2")
    await first.start()
    await looked(server)
    await second.start()
    await first.dies()
    server.pages["/s"] = answer(document(*OTHER))
    await second.versions.reaches(2)


async def test_a_schedule_of_another_event_is_refused_at_the_start(made: Start, file: Path) -> None:
    first = made(file)
    await first.start()
    await first.dies()
    rewrite(file, document(*OTHER_TALKS, event="Another Summit"))
    with pytest.raises(AnotherEvent, match=r"^Small Summit$"):
        await made(file).start()


async def test_an_event_that_is_only_called_otherwise_waits_for_an_organiser_at_the_start(
    made: Start, file: Path, log: Noted[str]
) -> None:
    first = made(file)
    await first.start()
    await first.dies()
    rewrite(file, document(*TALKS[1:], talk(10, 8), event="Smaller Summit"))
    again = made(file)
    assert (await again.start()).event == "Small Summit"
    assert log == [
        "An update of the schedule is held back: it is called 'Smaller Summit', and no longer"
        " 'Small Summit'. `summit-bot schedule accept --config FILE` lets it through."
    ]


async def test_an_event_that_is_renamed_meanwhile_waits_for_an_organiser(
    made: Start, file: Path, log: Noted[str]
) -> None:
    bot = made(file)
    await bot.start()
    rewrite(file, document(*TALKS, event="Smaller Summit"))
    await is_held(bot.store)
    await log.reaches(1)
    assert log == [
        "An update of the schedule is held back: it is called 'Smaller Summit', and no longer"
        " 'Small Summit'. `summit-bot schedule accept --config FILE` lets it through."
    ]
    await bot.dies()
    # A restart goes on with what it was.
    again = made(file)
    assert (await again.start()).event == "Small Summit"
    held = await again.store.version(held=True)
    assert held is not None
    assert await again.store.publish(held)
    await again.versions.reaches(2)
    assert again.schedule.event == "Smaller Summit"
    assert (await made(file).start()).event == "Smaller Summit"


async def test_the_same_bytes_are_read_again_in_another_manner(made: Start, tmp_path: Path) -> None:
    calendar = tmp_path / "s.ics"
    calendar.write_text(
        "BEGIN:VCALENDAR\nX-WR-CALNAME:Small Summit\nBEGIN:VEVENT\nUID:1\nSUMMARY:Talk\n"
        "DTSTART:20120416T090000\nDTEND:20120416T100000\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    berlin = await made(calendar, timezone=ZoneInfo("Europe/Berlin")).start()
    lisbon = await made(calendar, timezone=ZoneInfo("Europe/Lisbon")).start()
    assert lisbon.sessions[0].slot.start - berlin.sessions[0].slot.start == timedelta(hours=1)


async def test_the_store_may_go_and_come_back(
    made: Start, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = made(file)
    await bot.start()

    tried = Noted[None]()

    async def away(*_: object, **__: object) -> None:
        tried.append(None)
        raise StoreAway("The database cannot be used now.")

    with monkeypatch.context() as patched:
        patched.setattr(bot.store, "heads", away)
        rewrite(file, document(*OTHER))
        await tried.reaches(3)
    await bot.versions.reaches(2)


async def test_organisers_see_what_is_the_matter_whichever_process_looks(
    made: Start, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def has_it_for_a_moment(*_: object, **__: object) -> int:
        monkeypatch.undo()
        # It has seen it well.
        await bot.store.keep(NAME, TROUBLE, None)
        seen.set()
        return 0

    async def noted(reason: bool) -> None:
        async with asyncio.timeout(30):
            while bool(await bot.publisher.following.trouble()) is not reason:  # noqa: ASYNC110
                await asyncio.sleep(0)

    bot, seen = made(file), asyncio.Event()
    await bot.start()
    assert await bot.publisher.following.trouble() == ""
    rewrite(file, b"<html>nothing</html>")
    await noted(True)
    # Another process looks, and is no more.
    monkeypatch.setattr(bot.store, "hold", has_it_for_a_moment)
    await seen.wait()
    await noted(True)
    rewrite(file, document(*TALKS))
    await noted(False)
