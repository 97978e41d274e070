"""One refusal slows everybody, answers go first, and a channel hears one message a second."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.adapters.slack.sending import delivery
from bot.adapters.slack.sending.api import Limited
from bot.adapters.slack.sending.window import Window
from bot.ports import TryLater
from tests.adapters.slack.sending.saying import (
    CARD,
    POSTING,
    SOON,
    Workspace,
)
from tests.adapters.slack.sending.scripted import Scripted, limited


async def test_one_refusal_slows_everybody(workspace: Workspace, server: Scripted) -> None:
    server.first[POSTING] = [limited(60)]
    with pytest.raises(TryLater) as caught:
        await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    assert (caught.value.after, caught.value.personal) == (timedelta(seconds=60), False)
    with pytest.raises(TryLater) as caught:
        await workspace.sending.post("C1", CARD, "l", again=False)
    assert caught.value.after == pytest.approx(timedelta(seconds=60), rel=0.1)
    with pytest.raises(Limited):
        await workspace.sending.answer("C1", CARD, "m", person="ada")
    assert server.methods() == [POSTING]


async def test_after_a_refusal_answers_go_first(workspace: Workspace, server: Scripted) -> None:
    server.first[POSTING] = [limited(1)]
    with pytest.raises(TryLater):
        await workspace.sending.notify("U0", CARD, "0", SOON, again=False)
    async with asyncio.TaskGroup() as all_at_once:
        for user in ("U1", "U2"):
            all_at_once.create_task(workspace.sending.notify(user, CARD, user, SOON, again=False))
        await asyncio.sleep(0.01)
        all_at_once.create_task(workspace.sending.answer("C1", CARD, "a", person="ada"))
    assert [a.arguments["channel"] for a in server.asked] == ["U0", "C1", "U1", "U2"]


async def test_who_finds_no_room_waits_where_answers_go_first(
    new: Callable[..., Workspace], server: Scripted
) -> None:
    sending = new(burst=1).sending
    sending._all = Window(2, 0.3)
    async with asyncio.TaskGroup() as all_at_once:
        for user in ("U1", "U2", "U3", "U4", "U5"):
            all_at_once.create_task(sending.notify(user, CARD, user, SOON, again=False))
        await server.until_asked(2)
        await asyncio.sleep(0.05)
        all_at_once.create_task(sending.answer("C1", CARD, "a", person="ada"))
    assert [a.arguments["channel"] for a in server.asked] == ["U1", "U2", "U3", "C1", "U4", "U5"]


async def test_a_channel_hears_one_message_a_second_and_people_do_not_wait_for_each_other(
    workspace: Workspace, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_A_CHANNEL", (1, 0.2))
    async with asyncio.TaskGroup() as people:
        for key in ("a", "b", "c"):
            people.create_task(workspace.sending.answer("C1", CARD, key, person=key))
        for user in ("U1", "U2", "U3"):
            people.create_task(workspace.sending.notify(user, CARD, user, SOON, again=False))
    channel = [asked.at for asked in server.asked if asked.arguments["channel"] == "C1"]
    users = [asked.at for asked in server.asked if asked.arguments["channel"] != "C1"]
    assert [later - earlier >= 0.2 for earlier, later in pairwise(channel)] == [True, True]
    assert max(users) < channel[1]


async def test_a_crowd_in_one_channel_is_sent_away(
    workspace: Workspace, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_A_CHANNEL", (1, 12.0))
    await workspace.sending.answer("C1", CARD, "a", person="ada")
    waiting = asyncio.create_task(workspace.sending.answer("C1", CARD, "b", person="bob"))
    await asyncio.sleep(0.01)
    with pytest.raises(Limited) as caught:
        await workspace.sending.answer("C1", CARD, "c", person="cyd")
    assert caught.value.after > timedelta(seconds=15)
    waiting.cancel()
    assert len(server.asked) == 1
