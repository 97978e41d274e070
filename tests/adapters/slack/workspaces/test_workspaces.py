"""Workspaces as they come and go: one by its token, or all that have installed the app."""

import asyncio
from datetime import timedelta

import pytest
from slack_sdk.oauth.installation_store import Installation

from bot.adapters.slack.workspaces import workspaces as module
from bot.adapters.slack.workspaces.installations import Installations
from bot.adapters.slack.workspaces.sealing import Sealing, fresh_key
from bot.clock import SystemClock
from bot.ports import CannotSpeak
from bot.scratch import Scratch
from tests.adapters.slack.workspaces.apps import (
    KEY,
    new_app,
    settings_of,
    several,
    workspaces_of,
)
from tests.servers.slack.apps import Installation as Installed
from tests.servers.slack.faults import Status
from tests.servers.slack.server import SlackServer

PAGE = "OAuth & Permissions in the app's settings (https://api.slack.com/apps)"


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE", timedelta(milliseconds=1))


async def installed_in(store: Scratch, there: Installed, keys: str = KEY) -> None:
    """As the page of Slack leaves it."""
    await Installations(store, "slack", Sealing(keys)).async_save(
        Installation(
            team_id=there.workspace.id,
            team_name=there.workspace.name,
            bot_token=there.bot_token,
            bot_id=there.bot_id,
            bot_user_id=there.bot_user.id,
            user_id="U07",
        )
    )


async def test_with_one_token_slack_says_who_the_bot_is(server: SlackServer) -> None:
    app = new_app(server)
    there = app.install(server.slack.create_workspace("T01"))
    async with workspaces_of(
        settings_of(server, app, bot_token=there.bot_token), Scratch()
    ) as workspaces:
        await workspaces.start()
        only = workspaces.only
        assert (only.team, only.bot_user, only.bot_id, only.api.token) == (
            "T01", there.bot_user.id, there.bot_id, there.bot_token,
        )  # fmt: skip
        assert await workspaces.of("T01") is only
        assert await workspaces.of("T02") is None
        assert (await only.api.call("auth.test"))["team_id"] == "T01"
        await workspaces.remove("T01")
        assert workspaces.only is only, "that it is gone is Slack's to say"


@pytest.mark.usefixtures("_no_pauses")
async def test_slack_may_be_away_at_the_start(
    server: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    app = new_app(server)
    there = app.install(server.slack.create_workspace("T01"))
    server.faults.arm("auth.test", Status(503), times=3)
    async with workspaces_of(
        settings_of(server, app, bot_token=there.bot_token), Scratch()
    ) as workspaces:
        await workspaces.start()
        assert workspaces.only.team == "T01"
    assert len(server.api.of("auth.test")) == 4
    assert [record.message.count("cannot be reached") for record in caplog.records] == [1]


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (
            "xoxb-nobody",
            "Slack does not take bot_token (invalid_auth): copy the Bot User OAuth Token (xoxb-…)"
            f" from {PAGE}.",
        ),
        (
            "xapp-1-A01",
            "bot_token is an app-level token, which belongs into app_token: copy the Bot User OAuth"
            f" Token (xoxb-…) from {PAGE}.",
        ),
        (
            "xoxp-1",
            f"bot_token is a person's token: copy the Bot User OAuth Token (xoxb-…) from {PAGE}.",
        ),
    ],
)
async def test_a_token_that_is_no_good_ends_it(server: SlackServer, token: str, said: str) -> None:
    app = new_app(server)
    async with workspaces_of(settings_of(server, app, bot_token=token), Scratch()) as workspaces:
        with pytest.raises(CannotSpeak) as refusal:
            await workspaces.start()
    assert str(refusal.value) == said


@pytest.mark.parametrize("what", ["removed", "revoked"])
async def test_an_app_that_was_thrown_out_says_what_to_do(server: SlackServer, what: str) -> None:
    app = new_app(server)
    there = app.install(server.slack.create_workspace("T01"))
    if what == "removed":
        server.slack.uninstall(there)
    else:
        server.slack.revoke(there.bot_token)
    settings = settings_of(server, app, bot_token=there.bot_token)
    async with workspaces_of(settings, Scratch()) as workspaces:
        with pytest.raises(CannotSpeak) as refusal:
            await workspaces.start()
    assert str(refusal.value) in (
        "The app has been removed from the workspace: install it again, and put its new token into"
        " bot_token.",
        "bot_token has been revoked: install the app again, and put its new token into bot_token.",
    )


async def test_each_of_several_workspaces_is_made_once(server: SlackServer) -> None:
    app, table = several(server)
    store = Scratch()
    one = app.install(server.slack.create_workspace("T01", "Folsom"))
    two = app.install(server.slack.create_workspace("T02", "Hall"))
    await installed_in(store, one)
    await installed_in(store, two)
    async with workspaces_of(settings_of(server, app, **table), store) as workspaces:
        await workspaces.start()
        first, again = await asyncio.gather(workspaces.of("T01"), workspaces.of("T01"))
        assert first is not None
        assert first is again
        assert (first.bot_user, first.bot_id) == (one.bot_user.id, one.bot_id)
        second = await workspaces.of("T02")
        assert second is not None
        assert (await second.api.call("auth.test"))["team_id"] == "T02"
        assert await workspaces.of("T03") is None


async def test_who_removes_the_app_is_forgotten(server: SlackServer) -> None:
    app, table = several(server)
    store = Scratch()
    await installed_in(store, app.install(server.slack.create_workspace("T01")))
    async with workspaces_of(settings_of(server, app, **table), store) as workspaces:
        assert await workspaces.of("T01") is not None
        await workspaces.remove("T01")
        assert await workspaces.of("T01") is None
    assert await store.read_all("", "installation") == {}


async def test_who_installed_it_again_stays(server: SlackServer) -> None:
    app, table = several(server)
    store = Scratch()
    there = app.install(server.slack.create_workspace("T01"))
    now = SystemClock().wall()
    await installed_in(store, there)
    async with workspaces_of(settings_of(server, app, **table), store) as workspaces:
        await workspaces.remove("T01", now - timedelta(minutes=1))
        stays = await workspaces.of("T01")
        assert stays is not None
        assert stays.api.token == there.bot_token
        await workspaces.remove("T01", now + timedelta(minutes=1))
        assert await workspaces.of("T01") is None


async def test_who_installs_it_again_is_spoken_to_with_the_new_token(server: SlackServer) -> None:
    app, table = several(server)
    store, workspace = Scratch(), server.slack.create_workspace("T01")
    await installed_in(store, app.install(workspace))
    async with workspaces_of(settings_of(server, app, **table), store) as workspaces:
        before = await workspaces.of("T01")
        anew = app.install(workspace)
        await installed_in(store, anew)
        assert await workspaces.of("T01") is before, "another process has kept it"
        workspaces.dropped("T01")
        after = await workspaces.of("T01")
        assert after is not None
        assert after.api.token == anew.bot_token


async def test_all_processes_keep_the_pace_together(server: SlackServer) -> None:
    app, table = several(server, rate=10.0)
    store = Scratch()
    for team in ("T01", "T02"):
        await installed_in(store, app.install(server.slack.create_workspace(team)))
    async with workspaces_of(settings_of(server, app, **table), store) as workspaces:
        early = await workspaces.of("T01")
        workspaces.share(2)
        late = await workspaces.of("T02")
        assert early is not None
        assert late is not None
        intervals = [one.sending._pacer._interval for one in (early, late)]
        assert intervals == [0.2, 0.2]


async def test_a_key_that_opens_nothing_ends_it(server: SlackServer) -> None:
    app, table = several(server)
    store = Scratch()
    await installed_in(store, app.install(server.slack.create_workspace("T01")), fresh_key())
    async with workspaces_of(settings_of(server, app, **table), store) as workspaces:
        with pytest.raises(CannotSpeak) as refusal:
            await workspaces.start()
    assert str(refusal.value) == (
        "token_key does not open the tokens of T01: put the key that they were encrypted with"
        " behind the present one, after a comma, or let them install the app again."
    )


async def test_a_key_that_opens_some_goes_on_without_the_others(
    server: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    app, table = several(server)
    store = Scratch()
    await installed_in(store, app.install(server.slack.create_workspace("T01")), fresh_key())
    await installed_in(store, app.install(server.slack.create_workspace("T02")))
    async with workspaces_of(settings_of(server, app, **table), store) as workspaces:
        await workspaces.start()
        assert await workspaces.of("T01") is None
        assert await workspaces.of("T02") is not None
    assert "the tokens of T01" in caplog.records[0].message


async def test_after_a_start_with_two_keys_the_old_one_may_go(server: SlackServer) -> None:
    app, table = several(server)
    store, new = Scratch(), fresh_key()
    await installed_in(store, app.install(server.slack.create_workspace("T01")))
    both = settings_of(server, app, **(table | {"token_key": f"{new},{KEY}"}))
    async with workspaces_of(both, store) as workspaces:
        await workspaces.start()
    async with workspaces_of(
        settings_of(server, app, **(table | {"token_key": new})), store
    ) as workspaces:
        await workspaces.start()
        assert await workspaces.of("T01") is not None
