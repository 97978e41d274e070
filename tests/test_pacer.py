"""A network's pace: rate and burst, replies first, deadlines in order, one refusal for all."""

import asyncio
from datetime import timedelta

import pytest

from bot.pacer import Pacer, Urgency
from bot.ports import TryLater
from tests.summit import at

NINE = at(16, 9)


class Said:
    """What was said when, in seconds since the beginning."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self.words: list[str] = []
        self.times: list[float] = []
        self._begin = asyncio.get_running_loop().time()

    async def say(self, word: str, urgency: Urgency, minutes: int = 0) -> None:
        await self.pacer.turn(urgency, NINE + timedelta(minutes=minutes))
        self.words.append(word)
        self.times.append(asyncio.get_running_loop().time() - self._begin)


async def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    said = Said(Pacer(rate=50, burst=3))
    await asyncio.gather(*(said.say(str(i), Urgency.NOTICE) for i in range(6)))
    assert max(said.times[:3]) < 0.01
    for index, moment in enumerate(said.times[3:], start=1):
        assert 0.02 * index - 0.002 <= moment <= 0.02 * index + 0.05


async def test_a_quiet_while_earns_no_more_than_the_burst() -> None:
    pacer = Pacer(rate=50, burst=2)
    await asyncio.gather(*(pacer.turn(Urgency.REPLY) for _ in range(3)))
    await asyncio.sleep(0.2)
    said = Said(pacer)
    await asyncio.gather(*(said.say(str(i), Urgency.NOTICE) for i in range(4)))
    assert said.times[1] < 0.01
    assert said.times[3] >= 0.038


async def test_replies_go_before_notices_and_notices_by_deadline() -> None:
    said = Said(Pacer(rate=100))
    await said.say("first", Urgency.POST)
    await asyncio.gather(
        said.say("post", Urgency.POST),
        said.say("late", Urgency.NOTICE, 10),
        said.say("early", Urgency.NOTICE, 5),
        said.say("one", Urgency.REPLY),
        said.say("two", Urgency.REPLY),
    )
    assert said.words == ["first", "one", "two", "early", "late", "post"]


async def test_one_refusal_holds_everybody() -> None:
    said = Said(Pacer(rate=1000, burst=10))
    said.pacer.hold(0.1)
    said.pacer.hold(0.05)
    await asyncio.gather(said.say("reply", Urgency.REPLY), said.say("notice", Urgency.NOTICE))
    assert said.words == ["reply", "notice"]
    assert min(said.times) >= 0.099


async def test_a_refusal_while_others_wait_holds_them_too() -> None:
    said = Said(Pacer(rate=100))
    waiting = [asyncio.create_task(said.say(str(i), Urgency.NOTICE)) for i in range(3)]
    await asyncio.sleep(0)
    said.pacer.hold(0.1)
    await asyncio.gather(*waiting)
    assert said.times[0] < 0.01
    assert said.times[1] >= 0.099


async def test_whoever_gives_up_leaves_the_turn_to_the_others() -> None:
    said = Said(Pacer(rate=20))
    await said.say("first", Urgency.NOTICE)
    gone = asyncio.create_task(said.say("gone", Urgency.REPLY))
    await asyncio.sleep(0)
    gone.cancel()
    await said.say("second", Urgency.NOTICE)
    assert said.words == ["first", "second"]
    assert said.times[1] < 0.09


async def test_while_the_network_holds_everybody_up_for_long_notices_do_not_wait() -> None:
    said = Said(Pacer(rate=20))
    await said.say("first", Urgency.NOTICE)
    waiting = [
        asyncio.create_task(said.say(urgency.name, urgency)) for urgency in reversed(Urgency)
    ]
    await asyncio.sleep(0)
    said.pacer.hold(30)
    done, held = await asyncio.wait(waiting, timeout=0.1)
    assert [type(task.exception()) for task in done] == [TryLater, TryLater]
    with pytest.raises(TryLater) as later:
        await said.pacer.turn(Urgency.NOTICE)
    assert later.value.after is not None
    assert 29 < later.value.after.total_seconds() <= 30
    for task in held:
        task.cancel()
    assert len(held) == 1, "the reply waits"


async def test_processes_share_a_pace() -> None:
    pacer = Pacer(rate=100, burst=4)
    pacer.share(2)
    said = Said(pacer)
    await asyncio.gather(*(said.say(str(i), Urgency.NOTICE) for i in range(5)))
    assert said.times[1] < 0.01
    for index, moment in enumerate(said.times[2:], start=1):
        assert 0.02 * index - 0.002 <= moment <= 0.02 * index + 0.05
