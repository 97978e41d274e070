"""When a connection ends nothing goes on behind it; when one begins, nothing goes out too soon."""

import asyncio
from zoneinfo import ZoneInfo

from bot.adapters.irc.adapter import IrcAdapter
from bot.clock import SystemClock
from bot.document import reply, text
from bot.messages import Invocation, Response
from bot.store.sql import SqlStore
from bot.times import Reader
from tests.adapters.irc.bot import CHANNEL, bot_on, irc_settings
from tests.adapters.irc.gathering import BOT, easy, guest, have_bookmarked, person
from tests.servers.strict_irc import StrictServer


async def test_what_waits_for_its_turn_takes_no_effect_when_the_connection_has_ended(
    database: str,
) -> None:
    asked, goes_on = list[str](), asyncio.Event()
    first = asyncio.Event()

    async def receive(invocation: Invocation) -> Response:
        asked.append(invocation.line)
        first.set()
        await goes_on.wait()
        return Response(reply(text("done")), Reader(ZoneInfo("UTC")), True, "bookmark")

    clock = SystemClock()
    store = SqlStore(database, clock)
    async with StrictServer(easy()) as server, person(server, "ada") as ada:
        adapter = IrcAdapter(irc_settings(server), store, clock)
        running = asyncio.create_task(adapter.run(receive, lambda _: None))
        try:
            await ada.join(CHANNEL)
            async with asyncio.timeout(20):
                while BOT not in server.members(CHANNEL):
                    await ada.hears(f"JOIN {CHANNEL}")
            for number in (1, 2, 3):
                ada.say(BOT, f"bookmark {number}")
            async with asyncio.timeout(20):
                await first.wait()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        goes_on.set()
        for _ in range(50):
            await asyncio.sleep(0)  # whatever was still to run would run now
    await store.close()
    assert asked == ["bookmark 1"]


async def test_nobody_is_written_to_before_it_is_known_who_is_there(database: str) -> None:
    async with StrictServer(easy()) as server, person(server, "ada") as ada:
        await ada.join(CHANNEL)
        async with bot_on(server, database=database) as bot:
            await have_bookmarked(bot, [guest("ada")])
        async with bot_on(server, database=database, at="Monday 10:56", joins=False) as bot:
            await bot.logs("told")
            lines = server.sent_by(BOT)
    reminder = next(n for n, line in enumerate(lines) if line.startswith("PRIVMSG ada :Starts"))
    who = max(n for n, line in enumerate(lines) if line.startswith(f"WHO {CHANNEL}"))
    assert who < reminder
