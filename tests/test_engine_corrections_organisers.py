"""An organiser's command that is corrected: what it did stays, or is done otherwise."""

from bot.text import lines
from tests.summit import Summit
from tests.test_engine_corrections import WELCOME, respond, say

JCLOUDS = "Jenkins jclouds plugin"
STAYS = "What you had written before was done, and stays"
CANCELLED = "Cancelled. Those who bookmarked it are told."


async def test_what_an_organiser_did_stays_and_the_answer_says_how_to_take_it_back(
    summit: Summit,
) -> None:
    summit.network.organisers = ["ada"]
    assert (await say(summit, "cancel 42", "m"))[0] == CANCELLED
    edited = await say(summit, "cancel 60", "e1", "m")
    assert edited[:2] == [
        f"{STAYS} (to take it back: ‘restore 42’): cancelled [42] “{JCLOUDS}”", CANCELLED,
    ]  # fmt: skip
    assert await say(summit, "cancel 60", "e1", "m") == edited
    response = await respond(summit, "now", "e2", "m", private=False)
    assert response.private
    assert lines(response.reply, response.reader) == [
        f"{STAYS} (to take it back: ‘restore 60’): cancelled [60] “Swift Quotas”", *WELCOME,
    ]  # fmt: skip
    assert await say(summit, "now", "e3", "m") == WELCOME
    assert [s.id for s in summit.engine.schedule.sessions if s.cancelled] == [42, 60]


async def test_what_cannot_be_taken_back_stays_as_well(summit: Summit) -> None:
    summit.network.organisers = ["ada"]
    await say(summit, "announce 42 Brign laptops.", "m")
    assert (await say(summit, "announce 42 Bring laptops.", "e1", "m"))[0] == (
        f"{STAYS}: announced about [42] “{JCLOUDS}”: Brign laptops."
    )


async def test_a_corrected_move_of_the_same_session_is_one_move(summit: Summit) -> None:
    summit.network.organisers = ["ada"]
    await say(summit, "move 60 Ballroom 14:00", "m")
    edited = await say(summit, "move 60 Ballroom 15:00", "e1", "m")
    assert edited[0] == (
        "Moved from Tuesday 2:00pm to Tuesday 3:00pm. Those who bookmarked it are told."
    )
