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


@simulated
async def test_the_protocol_goes_before_everything_even_while_the_network_holds_others_up() -> None:
    speakers = Speakers(Pacer(rate=1))
    speakers.pacer.hold(30)
    reply = await speakers.begin("reply", Urgency.REPLY)
    await asyncio.gather(speakers.say("pong", Urgency.PROTOCOL), reply)
    assert speakers.said == [("pong", 30), ("reply", 31)]


async def replies(speakers: Speakers, person: str, *texts: str) -> None:
    """Say these replies of one person, each of so many messages as it has letters."""

    async def say(text: str) -> None:
        turns = speakers.pacer.turns(Urgency.REPLY, len(text), person=person)
        for letter, turn in zip(text, turns, strict=True):
            await turn
            speakers.said.append((f"{person}{letter}", 0))

    await asyncio.gather(*map(say, texts))


def order(speakers: Speakers) -> str:
    return " ".join(word for word, _ in speakers.said)


@simulated
async def test_whoever_has_had_the_fewest_messages_is_answered_first() -> None:
    speakers = Speakers(Pacer(rate=1))
    await asyncio.gather(
        replies(speakers, "a", "123", "4", "5"),
        replies(speakers, "b", "1", "2"),
        replies(speakers, "c", "12"),
    )
    assert order(speakers) == "a1 a2 a3 b1 c1 c2 b2 a4 a5"


@simulated
async def test_whoever_comes_late_does_not_have_to_be_made_up_for() -> None:
    speakers = Speakers(Pacer(rate=1))
    early = asyncio.create_task(replies(speakers, "a", *"123456"))
    await asyncio.sleep(3.5)
    await asyncio.gather(early, replies(speakers, "b", *"123"))
    assert order(speakers) == "a1 a2 a3 a4 b1 a5 b2 a6 b3"


@simulated
async def test_what_has_begun_ends_before_anything_else_begins() -> None:
    speakers = Speakers(Pacer(rate=1, burst=2))
    first = asyncio.create_task(replies(speakers, "a", "1234"))
    await asyncio.sleep(0)
    await asyncio.gather(
        first, replies(speakers, "b", "12"), speakers.say("pong", Urgency.PROTOCOL)
    )
    assert order(speakers) == "a1 a2 pong a3 a4 b1 b2"


@simulated
async def test_whoever_gives_up_in_the_middle_leaves_the_rest_to_the_others() -> None:
    speakers = Speakers(Pacer(rate=1))
    gone = asyncio.create_task(replies(speakers, "a", "12345"))
    await asyncio.sleep(1.5)
    gone.cancel()
    await speakers.say("next")
    assert speakers.said == [("a1", 0), ("a2", 0), ("next", 2)]


@simulated
async def test_of_four_messages_one_is_a_notice_however_much_is_asked() -> None:
    speakers = Speakers(Pacer(rate=1))
    await speakers.say("first")
    await asyncio.gather(
        *(speakers.say("reply", Urgency.REPLY) for _ in range(10)),
        speakers.say("late", Urgency.NOTICE, 10),
        speakers.say("early", Urgency.NOTICE, 5),
        speakers.say("post", Urgency.POST),
    )
    three = "reply reply reply"
    assert order(speakers) == f"first {three} early {three} late {three} post reply"


@simulated
async def test_a_long_reply_is_made_up_for_when_it_has_ended() -> None:
    speakers = Speakers(Pacer(rate=1))
    await speakers.say("first")
    await asyncio.gather(
        replies(speakers, "a", "123456", "789"),
        *(speakers.say(word) for word in ("one", "two", "three", "four")),
    )
    assert order(speakers) == "first a1 a2 a3 a4 a5 a6 one two a7 a8 a9 three four"


@simulated
async def test_how_long_the_last_one_waits_behind_a_crowd_that_asks() -> None:
    pacer = Pacer(rate=1)
    for _ in range(100):
        pacer.turns(Urgency.REPLY, 1)
    assert pacer.seconds_to_wait() == 4
    notice = pacer.turns(Urgency.NOTICE, 1)
    assert pacer.seconds_to_wait() == 8
    await notice[0]
    assert pacer.seconds_to_wait() == 4


@simulated
async def test_how_long_the_last_one_waits() -> None:
    pacer = Pacer(rate=2, burst=2)
    assert pacer.seconds_to_wait() == 0
    turns = [*pacer.turns(Urgency.REPLY, 4), *pacer.turns(Urgency.NOTICE, 1)]
    assert pacer.seconds_to_wait() == 2
    await turns[-1]
    assert pacer.seconds_to_wait() == 0.5
    pacer.hold(3)
    assert pacer.seconds_to_wait() == 3


@simulated
async def test_when_it_is_closed_nobody_has_a_turn() -> None:
    speakers = Speakers(Pacer(rate=1))
    await speakers.say("first")
    waiting = [await speakers.begin(urgency.name, urgency) for urgency in Urgency]
    speakers.pacer.close()
    for word in waiting:
        with pytest.raises(TryLater):
            await word
    with pytest.raises(TryLater):
        await speakers.say("late", Urgency.PROTOCOL)
    assert speakers.said == [("first", 0)]
