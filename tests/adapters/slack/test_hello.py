"""Who has asked for nothing, or writes for the first time, is shown what to ask."""

from bot.rules import Rules
from tests.adapters.slack.talking import said, summit

HELLO = (
    "Hello! I know the programme of OpenStack Folsom Design Summit. Try ‘{0}now’,"
    " ‘{0}next Bayview B’, ‘{0}bookmark 4’ (I remind you before it starts),"
    " or ‘{0}help’ for all commands."
)
NOW = ["On now:", "[1] 9:00am–9:25am · Welcome · Ballroom"]


async def test_the_command_alone_says_who_the_bot_is_and_what_is_on() -> None:
    for greets in (False, True):
        async with summit(rules=Rules(greets=greets)) as (place, _):
            for _ in range(2):
                card = await place.ada.slash("/summit", channel=place.channel)
                lines = said(card).split("\n")
                assert lines[:3] == [HELLO.format("/summit "), *NOW]
                assert len([line for line in lines if line.startswith("Hello!")]) == 1


async def test_what_does_not_fit_below_the_greeting_comes_with_more() -> None:
    async with summit(at="Monday 11:05", private_lines=4) as (place, _):
        lines = said(await place.ada.slash("/summit")).split("\n")
        assert (len(lines), lines[-1]) == (5, "… 4 more sessions: ‘/summit more’")
        more = said(await place.ada.slash("/summit more"))
        assert [line[:4] for line in more.split("\n")] == ["[13]", "[11]", "[15]", "[14]"]


async def test_a_mention_alone_is_greeted_in_a_line() -> None:
    async with summit() as (place, _):
        question = place.ada.says(place.channel, "@bot")
        answer = await place.ada.reads(place.channel)
        assert (said(answer), answer.thread_ts) == (HELLO.format("@Summit Bot "), question.ts)
        place.ada.tells("@bot")
        assert said(await place.ada.reads()) == HELLO.format("")
