"""What goes out, in which order, on how few lines; and when it counts as taken."""

import asyncio
from datetime import timedelta

import pytest

from bot.adapters.irc.sending.outbox import Form
from bot.adapters.irc.sending.receipts import Refused
from bot.ports import TryLater
from tests.adapters.irc.sending.outbox_line import LATER, SOON, Line, Renaming, always, just, to
from tests.test_pacer import simulated


@simulated
async def test_what_is_noted_of_lines_is_noted_in_their_order() -> None:
    noted: list[str] = []
    line = Line(rate=1)
    line.outbox.say_soon("ISON a", noted.append)
    await line.outbox.say("ISON b", noted.append)
    line.outbox.say_soon("ISON c", noted.append)
    assert noted == line.lines
    await asyncio.sleep(3)
    assert sorted(noted) == ["ISON a", "ISON b", "ISON c"]
    assert noted == line.lines


@simulated
async def test_who_is_told_the_same_is_told_on_one_line() -> None:
    line = Line()
    await asyncio.gather(*line.tell("a", "b", "c", "d", "e"), *line.tell("f", text="other"))
    assert line.lines == [
        "PRIVMSG a,b,c,d :hi", "PRIVMSG e :hi", "PRIVMSG f :other", "PING :summit-1",
    ]  # fmt: skip


@simulated
async def test_what_waits_takes_company_until_its_turn() -> None:
    line = Line(rate=1)
    first = line.tell("a", text="first")
    rest = line.tell("b", "c")
    await asyncio.sleep(0.5)
    await asyncio.gather(*first, *rest, *line.tell("d"))
    assert line.timed == [
        (0, "PRIVMSG a :first"), (1, "PRIVMSG b,c,d :hi"), (2, "PING :summit-1"),
    ]  # fmt: skip


@simulated
async def test_a_line_is_not_longer_than_the_server_takes() -> None:
    line = Line(longest=len("PRIVMSG aaa,bbb :hi\r\n"))
    await asyncio.gather(*line.tell("aaa", "bbb", "ccc", "é", most=None))
    assert line.lines == ["PRIVMSG aaa,bbb :hi", "PRIVMSG ccc,é :hi", "PING :summit-1"]


@simulated
async def test_people_are_named_in_a_channel_as_far_as_the_relayed_line_goes() -> None:
    def compose(nicks: list[str]) -> str:
        return f"PRIVMSG #c :{', '.join(nicks)}: soon"

    longest = len(":me!me@host PRIVMSG #c :ada, bob: soon\r\n")
    line = Line(longest=longest)
    form = Form(compose, None, "#C", len(":me!me@host "))
    told = [
        line.begin(line.outbox.tell(always(nick), form, SOON)) for nick in ("ada", "bob", "carl")
    ]
    await asyncio.gather(*told)
    assert line.lines == [
        "PRIVMSG #c :ada, bob: soon", "PRIVMSG #c :carl: soon", "PING :summit-1"
    ]  # fmt: skip


@simulated
async def test_nobody_stands_twice_on_a_line() -> None:
    line = Line()
    await asyncio.gather(*line.tell("Ada", "bob", "ada"))
    assert line.lines == ["PRIVMSG Ada,bob :hi", "PRIVMSG ada :hi", "PING :summit-1"]


@simulated
async def test_fewer_recipients_than_before_are_not_put_to_the_others() -> None:
    line = Line(rate=1)
    first = line.tell("x", text="first")
    await asyncio.gather(*first, *line.tell("a", "b"), *line.tell("c", "d", most=1))
    assert line.lines[:-1] == [
        "PRIVMSG x :first", "PRIVMSG a,b :hi", "PRIVMSG c :hi", "PRIVMSG d :hi",
    ]  # fmt: skip


@simulated
async def test_whoever_gives_up_is_not_written_to() -> None:
    line = Line(rate=1)
    first = line.tell("x", text="first")
    gone, stays = line.tell("a", "b")
    (alone,) = line.tell("c", text="other")
    await asyncio.sleep(0)
    gone.cancel()
    alone.cancel()
    await asyncio.gather(*first, stays)
    assert line.timed == [(0, "PRIVMSG x :first"), (1, "PRIVMSG b :hi"), (2, "PING :summit-1")]
    await asyncio.gather(*line.tell("c", text="other"))
    assert line.timed[3:] == [(3, "PRIVMSG c :other"), (4, "PING :summit-2")]


@simulated
async def test_after_everybody_has_given_up_a_newcomer_is_written_to() -> None:
    line = Line(rate=1)
    first = line.tell("x", text="first")
    (gone,) = line.tell("a")
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(*first, *line.tell("b"))
    assert line.lines == ["PRIVMSG x :first", "PRIVMSG b :hi", "PING :summit-1"]


@simulated
async def test_who_is_called_otherwise_when_the_turn_comes_gets_the_line_all_the_same() -> None:
    line = Line(rate=1)
    ada = Renaming("ada")
    waiting = [
        *line.tell("x", text="first"),
        *line.tell("a"),
        line.begin(line.outbox.tell(ada, to("hi"), SOON)),
    ]
    await asyncio.sleep(0.5)
    ada.nick = "countess"
    await asyncio.gather(*waiting, *line.tell("ada"))
    assert line.lines == [
        "PRIVMSG x :first", "PRIVMSG a,countess :hi", "PRIVMSG ada :hi", "PING :summit-1",
    ]  # fmt: skip


@simulated
async def test_the_line_goes_out_without_those_who_are_gone_when_its_turn_comes() -> None:
    line = Line(rate=1, longest=len("PRIVMSG a,b,c,dd :hi\r\n"))
    people = [Renaming(nick) for nick in "abcd"]
    first = line.tell("x", text="first")
    told = [line.begin(line.outbox.tell(each, to("hi", None), SOON)) for each in people]
    await asyncio.sleep(0.5)
    people[1].nick, people[2].nick, people[3].nick = None, "A", "d" * 5
    outcomes = await asyncio.gather(*first, *told, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None)] * 2 + [TryLater] * 2 + [
        type(None)
    ]
    assert line.lines == ["PRIVMSG x :first", "PRIVMSG a,ddddd :hi", "PING :summit-1"]


@simulated
async def test_nothing_goes_out_where_everybody_is_gone_and_the_others_are_confirmed() -> None:
    line = Line(rate=1)
    ada, eve, bob = Renaming("ada"), Renaming("eve"), Renaming("bob")
    first = line.tell("x", text="first")
    waiting = [
        line.begin(line.outbox.tell(ada, to("hi"), SOON)),
        line.begin(line.outbox.tell_lines(eve, lambda nick: [f"{nick} 1", f"{nick} 2"], SOON)),
        line.begin(line.outbox.answer("bob", bob, lambda nick: [f"{nick} 1", f"{nick} 2"])),
    ]
    await asyncio.sleep(0.5)
    ada.nick = bob.nick = None
    await asyncio.sleep(3)
    eve.nick = None
    outcomes = await asyncio.gather(*first, *waiting, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["None", *[str(TryLater())] * 2, "[]"]
    assert line.lines == ["PRIVMSG x :first", "eve 1", "PING :summit-1"]


@simulated
async def test_who_is_gone_when_they_are_to_be_told_is_not_queued_for() -> None:
    line, ada = Line(), Renaming("ada")
    ada.nick = None
    for work in (
        line.outbox.tell(ada, to("hi"), SOON),
        line.outbox.tell_lines(ada, just("hi", "ho"), SOON),
    ):
        with pytest.raises(TryLater):
            await work
    assert await line.outbox.answer("ada", ada, just("hi")) == []
    assert line.lines == []


@simulated
async def test_the_lines_of_an_answer_follow_whoever_is_called_otherwise_meanwhile() -> None:
    line, ada = Line(rate=1), Renaming("ada")
    answer = line.begin(line.outbox.answer("ada", ada, lambda nick: [f"{nick} 1", f"{nick} 2"]))
    await asyncio.sleep(0.5)
    ada.nick = "countess"
    receipts = await answer
    assert line.lines == ["ada 1", "countess 2"]
    assert [receipt.target for receipt in receipts] == ["ada", "countess"]


@simulated
async def test_answers_of_several_lines_are_not_interleaved() -> None:
    line = Line(burst=6, rate=1)
    await asyncio.gather(
        line.outbox.answer("ada", always("#c"), just("a1", "a2", "a3")),
        line.outbox.answer("bob", always("#c"), just("b1", "b2")),
        line.outbox.tell_lines(always("eve"), just("e1", "e2"), SOON),
        line.outbox.answer("carl", always("#c"), just("c1", "c2")),
    )
    assert line.lines == [
        "a1", "a2", "a3", "b1", "b2", "e1", "e2", "PING :summit-1", "c1", "c2",
    ]  # fmt: skip


@simulated
async def test_who_asks_for_much_waits_behind_the_others() -> None:
    line = Line(rate=1)
    much = [line.outbox.answer("ada", always("ada"), just(f"a{n}.1", f"a{n}.2")) for n in range(3)]
    little = [line.outbox.answer(name, always(name), just(name)) for name in ("bob", "carl")]
    await asyncio.gather(*much, *little)
    assert line.lines == ["a0.1", "a0.2", "bob", "carl", "a1.1", "a1.2", "a2.1", "a2.2"]


@simulated
async def test_the_protocol_goes_first_then_answers_then_notices_by_deadline_then_posts() -> None:
    line = Line(rate=1, burst=1)
    await line.outbox.say("first")
    tasks = [
        line.begin(line.outbox.post("#c", ["post"])),
        line.begin(line.outbox.tell(always("a"), to("later"), LATER)),
        line.begin(line.outbox.tell_lines(always("a"), just("soon"), SOON)),
        line.begin(line.outbox.answer("ada", always("ada"), just("answer"))),
    ]
    await asyncio.sleep(0.1)
    line.outbox.say_soon("PONG")
    await asyncio.gather(*tasks)
    assert line.lines == [
        "first", "PONG", "answer", "soon", "PRIVMSG a :later", "post", "PING :summit-1",
    ]  # fmt: skip


@simulated
async def test_what_would_wait_for_long_is_to_be_brought_again() -> None:
    line = Line(rate=1)
    waiting = line.tell(*"abcdefghi", most=1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for work in (
        line.outbox.tell(always("x"), to("hi", 1), SOON),
        line.outbox.tell_lines(always("x"), just("one", "two"), SOON),
    ):
        with pytest.raises(TryLater) as later:
            await work
        assert later.value.after == timedelta(seconds=5)
    with pytest.raises(TryLater) as later:
        await line.outbox.post("#c", ["one"])
    assert later.value.after == timedelta(seconds=7.5)
    await asyncio.gather(*waiting)


@simulated
async def test_there_is_always_room_for_one_more_on_a_line_that_waits_already() -> None:
    line = Line(rate=1)
    waiting = line.tell(*"abcdefgh", most=1) + line.tell("x", text="other")
    await asyncio.sleep(0)
    await asyncio.gather(*waiting, *line.tell("y", text="other"))
    assert "PRIVMSG x,y :other" in line.lines


@simulated
async def test_a_refusal_is_the_one_recipients_alone() -> None:
    line = Line(ponging=False)
    first, second = line.tell("a", "b")
    await asyncio.sleep(0.2)
    line.receipts.refused("a", Refused("401"))
    line.receipts.ponged("summit-1")
    await second
    with pytest.raises(Refused) as refused:
        await first
    assert refused.value.code == "401"


@simulated
async def test_a_post_of_several_lines_is_taken_when_all_of_it_is() -> None:
    line = Line(rate=2)
    await line.outbox.post("#c", ["one", "two"])
    assert line.timed == [(0, "one"), (0.5, "two"), (1, "PING :summit-1")]


@simulated
async def test_when_the_connection_ends_nobody_waits_any_more() -> None:
    line = Line(rate=1, ponging=False)
    under_way = line.tell("a")
    waiting = [
        *line.tell("b", text="other"),
        line.begin(line.outbox.tell_lines(always("c"), just("one"), SOON)),
        line.begin(line.outbox.post("#c", ["one"])),
    ]
    answer = line.begin(line.outbox.answer("ada", always("ada"), just("well")))
    line.outbox.say_soon("PONG")
    await asyncio.sleep(0.1)
    line.outbox.close()
    (lost,) = await asyncio.gather(*under_way, return_exceptions=True)
    assert isinstance(lost, Refused)
    assert lost.code == "lost"
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [TryLater] * 3
    assert await answer == []
    for work in (
        line.outbox.tell(always("a"), to("hi"), SOON),
        line.outbox.tell_lines(always("a"), just("one"), SOON),
        line.outbox.post("#c", ["one"]),
    ):
        with pytest.raises(TryLater):
            await work
    await line.outbox.say("PONG")
    line.outbox.say_soon("PONG")
    await asyncio.sleep(60)
    assert line.lines == ["PRIVMSG a :hi"]


@simulated
async def test_what_is_written_when_the_connection_ends_is_lost() -> None:
    line = Line(ponging=False)
    (told,) = line.tell("a")
    await asyncio.sleep(0)
    line.outbox.close()
    with pytest.raises((Refused, TryLater)):
        await told
