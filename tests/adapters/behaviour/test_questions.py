"""What people ask, and what they read: the same on every network."""

import pytest

from tests.adapters.behaviour.network import Ability, Talk

NEXT = (
    "Next in Marina, at 9:30am, in 10 minutes:",
    "[6] 9:30am–10:25am · Breakout of volume into its own service · Marina · Vishvananda Ishaya",
)
NOW = (
    "On now:",
    "[12] 11:00am–11:25am · Ryu Network Operating System · Bayview B · Kazutaka Morita",
    "[16] 11:00am–12:25pm · Unconference sessions · Golden Gate",
    "[13] 11:00am–11:25am · Shared filesystems in nova · Marina · Andrew Bogott",
    "[11] 11:00am–11:25am · Folsom release schedule · Seacliff AB · Thierry Carrez",
    "[15] 11:00am–11:55am · Trust delegation and federation · Seacliff C · Joseph Heck",
    "[14] 11:00am–11:55am · Content Sharing and Documentation · Seacliff D · Anne Gentle",
)
LUNCH = ("Next lunch, at 12:30pm, in 1 hour 25 minutes:", "[23] 12:30pm–1:30pm · Lunch · 2nd Floor")
UNKNOWN = "I do not know “weather”. All commands: ‘help’."


async def test_a_question_to_the_bot_alone_needs_no_prefix(talk: Talk) -> None:
    ada = await talk.comes("ada")
    for line in ("next Marina", "!next Marina", "  NEXT   marina "):
        assert await ada.asks(line) == [*NEXT]


async def test_what_nobody_knows_is_answered_to_whoever_asks_the_bot_alone(talk: Talk) -> None:
    ada = await talk.comes("ada")
    assert await ada.asks("weather") == [UNKNOWN]


@pytest.mark.needs(Ability.CHANNEL)
async def test_a_question_in_a_channel_is_answered_there(talk: Talk) -> None:
    ada = await talk.comes("ada")
    for text in ("!next Marina", "summitbot: next Marina", "summitbot, next Marina"):
        ada.says_in_channel(text)
        assert await ada.reads_in_channel(2) == talk.in_channel("ada", *NEXT), text
    assert await ada.rest() == []


@pytest.mark.needs(Ability.CHANNEL)
async def test_the_name_of_the_bot_may_be_written_in_other_ways(talk: Talk) -> None:
    ada = await talk.comes("ada")
    for text in ("@summitbot next Marina", "SummitBot: !next Marina"):
        ada.says_in_channel(text)
        assert await ada.reads_in_channel(2) == talk.in_channel("ada", *NEXT), text
    assert await ada.rest() == []


@pytest.mark.needs(Ability.CHANNEL, Ability.PAGES)
async def test_a_long_answer_in_a_channel_has_four_lines_and_goes_on(talk: Talk) -> None:
    ada, more = await talk.comes("ada"), talk.typed("more")
    talk.bot.go("Monday 11:05")
    ada.says_in_channel("!now")
    assert await ada.reads_in_channel(4) == talk.in_channel(
        "ada", *NOW[:3], f"… 4 more sessions: ‘{more}’"
    )
    ada.says_in_channel("!more")
    assert await ada.reads_in_channel(4) == talk.in_channel("ada", *NOW[3:])
    assert await ada.rest() == []


@pytest.mark.needs(Ability.CHANNEL, Ability.PAGES)
async def test_the_rest_of_a_long_answer_comes_in_private_on_request(talk: Talk) -> None:
    ada = await talk.comes("ada")
    talk.bot.go("Monday 11:05")
    ada.says_in_channel("!now")
    await ada.reads_in_channel(4)
    ada.says_in_channel("!more privately")
    assert await ada.reads(4) == [*NOW[3:]]
    assert await ada.rest() == []


@pytest.mark.needs(Ability.PAGES)
async def test_a_very_long_answer_goes_on_in_private_too(talk: Talk) -> None:
    ada = await talk.comes("ada")
    ada.says("agenda monday")
    first = await ada.reads(12)
    assert first[0] == "Today, Monday 16 April:"
    assert first[11] == "… 45 more sessions: ‘more’"
    ada.says("more")
    second = await ada.reads(12)
    assert second[11] == "… 34 more sessions: ‘more’"
    assert await ada.rest() == []


@pytest.mark.needs(Ability.CHANNEL, Ability.CROWD)
async def test_more_belongs_to_whoever_asked(talk: Talk) -> None:
    ada, bob = await talk.comes("ada"), await talk.comes("bob")
    talk.bot.go("Monday 11:05")
    ada.says_in_channel("!now")
    await bob.reads_in_channel(4)
    bob.says_in_channel("!more")
    nothing = f"There is nothing more to show. Ask something: ‘{talk.typed('help')}’"
    assert await bob.reads_in_channel(1) == talk.in_channel("bob", nothing)
    ada.says_in_channel("!more")
    assert await bob.reads_in_channel(4) == talk.in_channel("ada", *NOW[3:])


@pytest.mark.needs(Ability.CHANNEL, Ability.MARKS)
async def test_what_nobody_knows_is_left_to_other_bots_in_a_channel(talk: Talk) -> None:
    ada = await talk.comes("ada")
    for text in ("!weather", "!weather in San Francisco", "!!!", "!", "! next", "weather?", "now"):
        ada.says_in_channel(text)
    assert await ada.rest() == []


@pytest.mark.needs(Ability.CHANNEL)
async def test_a_slip_of_the_finger_is_answered_in_a_channel(talk: Talk) -> None:
    ada = await talk.comes("ada")
    ada.says_in_channel("!nxt")
    meant = f"I do not know “nxt”. Did you mean ‘{talk.typed('next')}’?"
    assert await ada.reads_in_channel(1) == talk.in_channel("ada", meant)
    ada.says_in_channel("summitbot: weather")
    unknown = f"I do not know “weather”. All commands: ‘{talk.typed('help')}’."
    assert await ada.reads_in_channel(1) == talk.in_channel("ada", unknown)
    assert await ada.rest() == []


@pytest.mark.needs(Ability.EMPHASIS)
async def test_a_title_stands_out_unless_somebody_wants_plain_text(talk: Talk) -> None:
    ada = await talk.comes("ada")
    assert await ada.emphasized("next Marina") == "Breakout of volume into its own service"
    assert await ada.asks("settings plain on") == ["No colour and no emphasis any more."]
    assert await ada.emphasized("next Marina") == ""


@pytest.mark.needs(Ability.CHANNEL, Ability.BOTS)
async def test_other_bots_are_never_answered(talk: Talk) -> None:
    ada, robot = await talk.comes("ada"), await talk.comes_as_bot("robot")
    robot.says_in_channel("!next Marina")
    robot.says("next Marina")
    robot.says_in_channel("summitbot: help")
    ada.says_in_channel("!next Marina")
    assert await ada.reads_in_channel(2) == talk.in_channel("ada", *NEXT)
    assert await ada.rest() == []


@pytest.mark.needs(Ability.CHANNEL, Ability.CROWD)
async def test_answers_to_several_people_are_not_mixed(talk: Talk) -> None:
    ada, bob, eve = [await talk.comes(name) for name in ("ada", "bob", "eve")]
    talk.bot.go("Monday 11:05")
    for someone in (ada, bob):
        someone.says_in_channel("!now")
        someone.says_in_channel("!more")
        someone.says_in_channel("!next lunch")
    lines = await eve.reads_in_channel(2 * (4 + 4 + 2))
    more = f"… 4 more sessions: ‘{talk.typed('more')}’"
    answers = [
        talk.in_channel(name, *answer)
        for name in ("ada", "bob")
        for answer in ([*NOW[:3], more], NOW[3:], LUNCH)
    ]
    assert parted(lines, answers) == sorted(answers)
    assert await eve.rest() == []


def parted(lines: list[str], answers: list[list[str]]) -> list[list[str]]:
    """The lines, parted into these answers, as they follow each other; sorted."""
    found, left = [], lines
    while left:
        answer = next((answer for answer in answers if left[: len(answer)] == answer), left)
        found.append(answer)
        left = left[len(answer) :]
    return sorted(found)
