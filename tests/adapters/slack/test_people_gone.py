"""Those who cannot be written to: who has left, and workspaces that have removed the app."""

from datetime import timedelta

import pytest

from bot.patience import Patience
from tests.adapters.slack.talking import REMINDER, said, summit
from tests.servers.slack import Error

PATIENCE = Patience(absence=timedelta(minutes=5))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("user_disabled", "the account is deactivated"),
        ("user_not_found", "nobody of this id is in the workspace"),
        ("messages_tab_disabled",
         "the app takes no messages: turn on the Messages Tab of its App Home"),
    ],
)  # fmt: skip
async def test_whoever_cannot_be_written_to_does_not_keep_others_waiting(
    code: str, reason: str
) -> None:
    async with summit(patience=PATIENCE) as (place, bot):
        people = [place.ada, *[await place.server.person(f"p{number}") for number in range(5)]]
        for person in people:
            await person.slash("/summit bookmark 6", channel=person.dm)
        place.server.faults.arm("chat.postMessage", Error(code))
        bot.go("Monday 9:25")
        assert (await bot.logs("unreachable")).values["reason"] == reason
        await bot.ticks()
        assert sorted(len(person.unread()) for person in people) == [0, 1, 1, 1, 1, 1]


async def test_whoever_was_gone_is_warned_and_reminded_as_soon_as_they_are_back() -> None:
    async with summit(patience=PATIENCE) as (place, bot):
        ada = place.ada
        await ada.slash("/summit bookmark 6", channel=place.channel)
        place.server.faults.arm("chat.postMessage", Error("user_disabled"))
        bot.go("Monday 9:25")
        await bot.logs("unreachable")
        await bot.ticks()
        assert ada.unread() == []
        answer = await ada.slash("/summit bookmark 24", channel=place.channel)
        assert said(answer).split("\n")[-1] == (
            "Beware: my messages may not reach you here: Slack has not taken the last one."
        )
        assert said(await ada.reads()).startswith("Starts in 5 minutes")
        answer = await ada.slash("/summit bookmark 23", channel=place.channel)
        assert "Beware" not in said(answer)


async def test_somebody_deactivated_is_not_written_to_until_they_are_back() -> None:
    async with summit(patience=PATIENCE) as (place, bot):
        await place.ada.slash("/summit bookmark 6", channel=place.channel)
        place.ada.is_deactivated()
        await place.settled()
        bot.go("Monday 9:25")
        assert (await bot.logs("unreachable")).values["reason"] == "the account is deactivated"
        place.server.slack.reactivate(place.ada.user)
        await place.settled()
        await bot.logs("told")
        [reminder] = place.ada.dm.messages
        assert said(reminder) == REMINDER


async def test_a_workspace_that_removes_the_app_is_said_so_in_the_log() -> None:
    async with summit(patience=PATIENCE) as (place, bot):
        await place.ada.slash("/summit bookmark 6", channel=place.channel)
        place.ada.removes_app()
        await place.settled()
        await bot.logs(lambda line: "bot_token" in line.event)
        bot.go("Monday 9:25")
        reason = (await bot.logs("unreachable")).values["reason"]
        assert reason == "the app has been removed from the workspace"
