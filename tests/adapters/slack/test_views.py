"""Modals and Home tabs are drawn as often as Slack takes it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from bot.adapters.slack.sending import views as pace
from bot.adapters.slack.sending.api import Api, Away, Limited, Refused
from bot.adapters.slack.sending.views import Views
from bot.scratch import Scratch
from tests.adapters.slack.sending.scripted import Cut, Scripted, limited, no, scripted
from tests.adapters.slack.talking import summit
from tests.adapters.slack.workspaces.apps import new_app, settings_of, workspaces_of
from tests.servers.slack import Limited as TooMuch
from tests.servers.slack import slack

VIEW = {"type": "modal"}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as server:
        yield server


@pytest.fixture
async def api(server: Scripted) -> AsyncIterator[Api]:
    async with ClientSession() as session:
        yield Api(session, f"{server.url}/api", "xoxb-1", within=20)


@pytest.fixture
def revoked() -> list[str]:
    return []


@pytest.fixture
def views(api: Api, revoked: list[str], monkeypatch: pytest.MonkeyPatch) -> Views:
    monkeypatch.setattr(pace, "_PAUSE", timedelta(milliseconds=1))
    monkeypatch.setattr(pace, "_A_MINUTE", 2)
    return Views(api, revoked.append)


async def test_each_is_called_as_its_page_says(server: Scripted, views: Views) -> None:
    await views.open("1.2.3", VIEW)
    await views.open("1.2.4", VIEW, pushed=True)
    await views.update("V1", VIEW)
    await views.publish("U1", VIEW)
    assert [(asked.method, asked.arguments) for asked in server.asked] == [
        ("views.open", {"trigger_id": "1.2.3", "view": VIEW}),
        ("views.push", {"trigger_id": "1.2.4", "view": VIEW}),
        ("views.update", {"view_id": "V1", "view": VIEW}),
        ("views.publish", {"user_id": "U1", "view": VIEW}),
    ]


async def test_what_is_too_much_for_now_is_not_asked_for(server: Scripted, views: Views) -> None:
    """Of each method by itself."""
    for user in ("U1", "U2"):
        await views.publish(user, VIEW)
    with pytest.raises(Limited) as refusal:
        await views.publish("U3", VIEW)
    assert timedelta(seconds=50) < refusal.value.after < timedelta(seconds=62)
    await views.update("V1", VIEW)
    assert server.methods() == ["views.publish", "views.publish", "views.update"]


async def test_one_of_two_processes_has_half_of_it(views: Views) -> None:
    views.share(2)
    await views.publish("U1", VIEW)
    with pytest.raises(Limited):
        await views.publish("U2", VIEW)


async def test_what_may_be_repeated_is_until_slack_has_dealt_with_it(
    server: Scripted, views: Views
) -> None:
    server.first["views.publish"] = [Cut(), limited(0)]
    await views.publish("U1", VIEW)
    assert server.methods() == 3 * ["views.publish"]
    server.first["views.update"] = [no("not_found")]
    with pytest.raises(Refused):
        await views.update("V1", VIEW)
    server.first["views.publish"] = [limited(11)]
    with pytest.raises(Limited):
        await views.publish("U1", VIEW)
    assert server.methods()[3:] == ["views.update", "views.publish"]


async def test_a_modal_is_opened_once(server: Scripted, views: Views) -> None:
    server.first["views.open"] = [Cut()]
    with pytest.raises(Away):
        await views.open("1.2.3", VIEW)
    server.first["views.open"] = [limited(3)]
    with pytest.raises(Limited):
        await views.open("1.2.4", VIEW)
    # By its turn the trigger would be dead.
    with pytest.raises(Limited):
        await views.open("1.2.5", VIEW)
    assert server.methods() == 2 * ["views.open"]


async def test_a_token_that_is_not_taken_is_told(
    server: Scripted, views: Views, revoked: list[str]
) -> None:
    server.first["views.publish"] = [no("token_revoked")]
    with pytest.raises(Refused):
        await views.publish("U1", VIEW)
    assert revoked == ["token_revoked"]


async def test_one_429_holds_the_homes_of_a_crowd_up_and_loses_none() -> None:
    async with summit() as (place, _):
        crowd = [await place.server.person(f"p{number}") for number in range(12)]
        place.server.faults.arm("views.publish", TooMuch(retry_after=1))
        homes = await asyncio.gather(*(person.opens_home() for person in crowd))
        assert None not in homes
        calls = place.server.api.of("views.publish")
        [refused, *_] = [call for call in calls if call.status == 429]
        assert len(calls) == 13
        assert min(call.at for call in calls if call.at > refused.at + 0.5) >= refused.at + 0.9


@pytest.mark.parametrize("before", [True, False])
async def test_a_process_draws_its_part_in_each_workspace(before: bool) -> None:
    async with slack() as there:
        app = new_app(there)
        token = app.install(there.slack.create_workspace("T01")).bot_token
        settings = settings_of(there, app, bot_token=token)
        async with workspaces_of(settings, Scratch()) as workspaces:
            for start in (before, not before):
                if start:
                    workspaces.share(100)
                else:
                    await workspaces.start()
            ada, eve = await there.person("ada"), await there.person("eve")
            drawing = workspaces.only.views
            await drawing.publish(ada.id, HOME)
            with pytest.raises(Limited):
                await drawing.publish(eve.id, HOME)
