"""A network's pace: rate and burst, replies first, deadlines in order, one refusal for all."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps

import pytest

from bot.pacer import Pacer, Urgency
from bot.ports import TryLater
from tests.reminder_time import SimulatedLoop
from tests.summit import StandingClock, at

NINE = at(16, 9)


def simulated(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """The test in a loop where waiting takes no time, and exactly as long as was asked for."""

    async def run() -> None:
        await test()

    @wraps(test)
    def in_its_loop() -> None:
        with asyncio.Runner(loop_factory=lambda: SimulatedLoop(StandingClock(NINE))) as runner:
            runner.run(run())

    return in_its_loop


class Speakers:
    """Who speaks when, in seconds since they are here."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self.said: list[tuple[str, float]] = []
        self._began = asyncio.get_running_loop().time()

    async def say(self, word: str, urgency: Urgency = Urgency.NOTICE, minutes: int = 0) -> None:
        await self.pacer.turn(urgency, NINE + timedelta(minutes=minutes))
        self.said.append((word, asyncio.get_running_loop().time() - self._began))

    async def say_all(self, words: str) -> None:
        """Several at once, a word each."""
        await asyncio.gather(*map(self.say, words.split()))

    async def begin(self, word: str, urgency: Urgency = Urgency.NOTICE) -> asyncio.Task[None]:
        """Wait for a turn until whenever it comes."""
        task = asyncio.create_task(self.say(word, urgency))
        await asyncio.sleep(0)
        return task


@simulated
async def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    speakers = Speakers(Pacer(rate=2, burst=3))
    await speakers.say_all("a b c d e f")
    assert speakers.said == [("a", 0), ("b", 0), ("c", 0), ("d", 0.5), ("e", 1), ("f", 1.5)]


@simulated
async def test_a_quiet_while_earns_no_more_than_the_burst() -> None:
    pacer = Pacer(rate=2, burst=2)
    await Speakers(pacer).say_all("a b c")
    await asyncio.sleep(60)
    speakers = Speakers(pacer)
    await speakers.say_all("d e f g")
    assert speakers.said == [("d", 0), ("e", 0), ("f", 0.5), ("g", 1)]


@simulated
async def test_a_short_pause_earns_its_part_of_the_burst() -> None:
    pacer = Pacer(rate=2, burst=3)
    await Speakers(pacer).say_all("a b c")
    await asyncio.sleep(1)
    speakers = Speakers(pacer)
    await speakers.say_all("d e f")
    assert speakers.said == [("d", 0), ("e", 0), ("f", 0.5)]


@simulated
async def test_replies_go_before_notices_and_notices_by_deadline() -> None:
    speakers = Speakers(Pacer(rate=1))
    await speakers.say("first", Urgency.POST)
    await asyncio.gather(
        speakers.say("post", Urgency.POST),
        speakers.say("late", Urgency.NOTICE, 10),
        speakers.say("early", Urgency.NOTICE, 5),
        speakers.say("one", Urgency.REPLY),
        speakers.say("two", Urgency.REPLY),
    )
    words = ["first", "one", "two", "early", "late", "post"]
    assert speakers.said == [(word, second) for second, word in enumerate(words)]


@simulated
async def test_one_refusal_holds_everybody() -> None:
    speakers = Speakers(Pacer(rate=8, burst=10))
    speakers.pacer.hold(4)
    speakers.pacer.hold(2)
    await asyncio.gather(speakers.say("notice"), speakers.say("reply", Urgency.REPLY))
    assert speakers.said == [("reply", 4), ("notice", 4)]


@simulated
async def test_a_refusal_while_others_wait_holds_them_too() -> None:
    speakers = Speakers(Pacer(rate=1))
    waiting = [await speakers.begin(word) for word in ("a", "b", "c")]
    speakers.pacer.hold(4)
    await asyncio.gather(*waiting)
    assert speakers.said == [("a", 0), ("b", 4), ("c", 5)]


@simulated
async def test_whoever_gives_up_leaves_the_turn_to_the_others() -> None:
    speakers = Speakers(Pacer(rate=1))
    await speakers.say("first")
    gone = await speakers.begin("gone", Urgency.REPLY)
    gone.cancel()
    await speakers.say("second")
    assert speakers.said == [("first", 0), ("second", 1)]


@simulated
async def test_while_the_network_holds_everybody_up_for_long_notices_do_not_wait() -> None:
    speakers = Speakers(Pacer(rate=1))
    await speakers.say("first")
    urgencies = (Urgency.REPLY, Urgency.NOTICE, Urgency.POST)
    reply, notice, post = [await speakers.begin(urgency.name, urgency) for urgency in urgencies]
    speakers.pacer.hold(30)
    newcomer = await speakers.begin("newcomer")
    for refused in (notice, post, newcomer):
        with pytest.raises(TryLater) as later:
            await refused
        assert later.value.after == timedelta(seconds=30)
    await asyncio.gather(reply, speakers.say("another reply", Urgency.REPLY))
    assert speakers.said == [("first", 0), ("REPLY", 30), ("another reply", 31)]


@simulated
async def test_while_it_does_so_for_a_little_notices_wait() -> None:
    speakers = Speakers(Pacer(rate=1))
    await speakers.say("first")
    notice = await speakers.begin("second")
    speakers.pacer.hold(5)
    await asyncio.gather(notice, speakers.say("third"))
    assert speakers.said == [("first", 0), ("second", 5), ("third", 6)]


@simulated
async def test_processes_share_a_pace() -> None:
    pacer = Pacer(rate=1, burst=4)
    pacer.share(2)
    speakers = Speakers(pacer)
    await speakers.say_all("a b c d e")
    assert speakers.said == [("a", 0), ("b", 0), ("c", 2), ("d", 4), ("e", 6)]
