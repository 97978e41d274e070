"""Who organises on Slack, and that announcements arrive as they were written."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.clock import SystemClock
from bot.document import heading, reply, text
from bot.messages import Channel, User
from bot.times import Reader
from tests.adapters.slack.talking import Place, said, summit, workspace
from tests.servers.slack.apps import Installation
from tests.servers.slack.events import Events

READER = Reader(ZoneInfo("UTC"))
REFUSED = "Sorry, only the organisers of the event can do that."
WORDS = " ".join(f"word{number:04}" for number in range(112))[:1_000]
HARMFUL = "<!channel> <@U07> <https://evil.example|x> &lt;!here&gt; *b* `c` @here\r\nQUIT\0\x1b[31m"
MODES = ["socket", "http"]


async def refuses(place: Place, direct: bool) -> bool:
    """Whether Ada, in the channel or alone with the bot, may not see how everything is."""
    if direct:
        place.ada.tells("status")
        return said(await place.ada.reads()).startswith(REFUSED)
    place.ada.says(place.channel, "@bot status")
    return said(await place.ada.reads(place.channel)).startswith(REFUSED)


@pytest.mark.parametrize("mode", MODES)
async def test_an_organiser_organises_everywhere(mode: str) -> None:
    async with workspace(mode) as unused:
        id = unused.ada.id
    for organiser in (id, f"T01/{id}"):
        async with summit(mode, organisers=[organiser]) as (place, _):
            assert place.ada.id == id
            assert [await refuses(place, direct) for direct in (True, False)] == [False, False]
            answer = await place.ada.slash("/summit status", channel=place.channel)
            assert not said(answer).startswith(REFUSED)


async def test_nobody_else_organises() -> None:
    async with summit(organisers=["U99", "T02/U07", "T99/U01"]) as (place, _):
        assert [await refuses(place, direct) for direct in (True, False)] == [True, True]
        answer = await place.ada.slash("/summit status", channel=place.channel)
        assert said(answer).startswith(REFUSED)


async def test_somebody_of_another_workspace_with_the_same_id_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with workspace() as unused:
        id = unused.ada.id
    callback = Events._callback

    def from_elsewhere(
        events: Events, installation: Installation, event: dict[str, Any]
    ) -> dict[str, Any]:
        shared = {**event, "user_team": "T99", "source_team": "T99"}
        return callback(events, installation, shared) | {"is_ext_shared_channel": True}

    async with summit(organisers=[id]) as (place, _):
        assert not await refuses(place, direct=False)
        monkeypatch.setattr(Events, "_callback", from_elsewhere)
        assert await refuses(place, direct=False)
        monkeypatch.undo()
        assert not await refuses(place, direct=False)


async def test_announcements_go_to_each_channel_once() -> None:
    async with summit(channels=["C07", "C08"], coming_up=["T01/C07", "C09"]) as (_, bot):
        assert [each.id for each in bot.adapter.channels] == ["C07", "C08", "C09"]
        assert not bot.adapter.organises(User("slack", "T01/U01"))


@pytest.mark.parametrize("words", [WORDS, HARMFUL])
async def test_an_announcement_arrives_whole_and_harmless(words: str) -> None:
    async with summit() as (place, bot):
        announced = reply(heading("News:"), text(words))
        await bot.adapter.post(Channel("slack", "C07"), announced, READER, "k1")
        until = SystemClock().now() + timedelta(days=1)
        user = User("slack", f"T01/{place.ada.id}")
        await bot.adapter.send(user, announced, READER, "k2", until)
        for message in (await place.ada.reads(place.channel), await place.ada.reads()):
            clean = " ".join(words.replace("\0", " ").replace("\x1b", " ").split())
            assert said(message) == f"News:\n{clean}"
            assert (message.unspoken(), message.pings()) == ([], [])


async def test_an_announcement_of_3000_characters_says_that_there_is_more() -> None:
    async with summit() as (place, bot):
        announced = reply(heading("News:"), text("word " * 600))
        await bot.adapter.post(Channel("slack", "C07"), announced, READER, "k1")
        first, second = said(await place.ada.reads(place.channel)).split("\n")
        assert first == "News:"
        assert second.endswith("…")
        assert ("word " * 600).startswith(second.removesuffix("…"))
        assert len(second) > 2_800
