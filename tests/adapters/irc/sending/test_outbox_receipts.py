"""How the outbox learns what the server has taken: by echo, by label, or by a PING behind it."""

import asyncio

import pytest

from bot.adapters.irc.sending.receipts import Refused
from tests.adapters.irc.sending.outbox_line import Line, always, just
from tests.test_pacer import simulated


@simulated
async def test_a_ping_follows_the_last_of_several_lines() -> None:
    line = Line()
    await asyncio.gather(*line.tell(*"abcdefgh", most=1))
    told = [f"PRIVMSG {nick} :hi" for nick in "abcdefgh"]
    assert line.lines == [*told, "PING :summit-1"]


@simulated
async def test_a_ping_comes_at_the_latest_after_four_seconds() -> None:
    line = Line(rate=1)
    tasks = line.tell(*"abcdefgh", most=1)
    await asyncio.sleep(6.5)
    assert line.timed[4:] == [
        (4, "PRIVMSG e :hi"), (5, "PING :summit-1"), (6, "PRIVMSG f :hi"),
    ]  # fmt: skip
    assert [task.done() for task in tasks] == [True] * 5 + [False] * 3
    await asyncio.gather(*tasks)
    assert line.timed[-2:] == [(8, "PRIVMSG h :hi"), (9, "PING :summit-2")]


@simulated
async def test_where_the_server_echoes_no_ping_is_sent() -> None:
    line = Line()
    line.outbox.echoes = True
    told = line.tell("a", "b")
    await asyncio.sleep(3)
    line.receipts.echoed("A")
    line.receipts.echoed("b")
    await asyncio.gather(*told)
    await asyncio.sleep(60)
    assert line.lines == ["PRIVMSG a,b :hi"]


@simulated
async def test_where_an_echo_does_not_come_a_ping_tells() -> None:
    line = Line()
    line.outbox.echoes = True
    await asyncio.gather(*line.tell("a"))
    assert line.timed == [(0, "PRIVMSG a :hi"), (4, "PING :summit-1")]


@simulated
async def test_where_the_server_answers_labels_lines_carry_one() -> None:
    line = Line()
    line.outbox.labels = True
    told = line.tell("a", "b") + line.tell("c", text="other")
    await asyncio.sleep(1)
    assert line.lines == ["@label=m1 PRIVMSG a,b :hi", "@label=m2 PRIVMSG c :other"]
    line.receipts.answered("m1")
    line.receipts.answered("m2")
    await asyncio.gather(*told)
    assert await line.outbox.answer("ada", always("ada"), just("PRIVMSG ada :well")) != []
    assert line.lines[2:] == ["PRIVMSG ada :well"]


@simulated
async def test_answers_wait_for_nobody_but_a_ping_closes_them_in_the_end() -> None:
    line = Line()
    (receipt,) = await line.outbox.answer("ada", always("ada"), just("PRIVMSG ada :well"))
    assert not receipt.taken.done()
    await receipt.taken
    assert line.timed == [(0, "PRIVMSG ada :well"), (10, "PING :summit-1")]
    await asyncio.sleep(60)
    assert len(line.timed) == 2


@simulated
async def test_a_refusal_long_after_an_answer_is_the_notices() -> None:
    line = Line()
    await line.outbox.answer("ada", always("ada"), just("well"))
    await asyncio.sleep(20)
    (told,) = line.tell("ada")
    await asyncio.sleep(0.5)
    assert line.receipts.refused("ada", Refused("401"))
    with pytest.raises(Refused):
        await told


@simulated
async def test_many_answers_share_a_ping() -> None:
    line = Line(burst=600)
    for _ in range(500):
        await line.outbox.answer("ada", always("ada"), just("well"))
    await asyncio.sleep(1)
    assert line.lines == ["well"] * 500 + ["PING :summit-1"]
