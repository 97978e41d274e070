"""What `check` says of an app: who it is, what it lacks by name, and whether Slack reaches it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.oauth.installation_store import Installation

from bot.adapters.slack.events import BOT_SCOPES
from bot.adapters.slack.inspection import inspected
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.installations import Installations
from bot.adapters.slack.workspaces.refusals import no_socket
from bot.adapters.slack.workspaces.sealing import Sealing, fresh_key
from bot.checking import shown
from bot.ports import CannotSpeak
from bot.scratch import Scratch
from bot.storing import Store
from tests.adapters.slack.workspaces.apps import KEY, PUBLIC, new_app, settings_of, several
from tests.servers.slack.apps import App
from tests.servers.slack.apps import Installation as There
from tests.servers.slack.faults import Error, Limited, Status
from tests.servers.slack.limits import Limits
from tests.servers.slack.server import SlackServer, slack
from tests.summit import StandingClock, at

PACE = "5 messages a second in a workspace: 1,000 people hear of a session within 4 minutes."
APPS = "the app's settings (https://api.slack.com/apps)"
REINSTALL = (
    "paste what `summit-bot slack manifest` prints into the app's settings (App Manifest), and"
    " install the app again"
)


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with slack(limits=Limits.generous()) as server:
        yield server


async def said(settings: Slack, store: Store | None = None) -> list[str]:
    async with ClientSession() as http:
        found = await inspected(settings, store or Scratch(), StandingClock(at(16, 9)), http)
        return list(map(shown, found))


async def refusal(settings: Slack, store: Store | None = None) -> str:
    with pytest.raises(CannotSpeak) as refused:
        await said(settings, store)
    return str(refused.value)


def one(server: SlackServer, **table: Any) -> tuple[App, There, Slack]:
    app = new_app(server, **table)
    there = app.install(server.slack.create_workspace("T01", "Folsom"))
    return app, there, settings_of(server, app, bot_token=there.bot_token, **table)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def test_one_workspace_over_a_socket(server: SlackServer) -> None:
    _, there, settings = one(server)
    assert await said(settings) == [
        f"The bot is {there.bot_user.id} in Folsom (T01).",
        "Slack lets it open a socket.",
        PACE,
    ]


async def test_what_the_bot_may_not_do_is_named(server: SlackServer) -> None:
    app = new_app(server)
    has = set(BOT_SCOPES) - {"im:write", "users:read"}
    there = app.install(server.slack.create_workspace("T01"), has)
    settings = settings_of(server, app, bot_token=there.bot_token)
    assert await refusal(settings) == (
        f"The bot lacks the scopes im:write, users:read: {REINSTALL}."
    )


async def test_what_the_bot_need_not_do_is_said(server: SlackServer) -> None:
    app = new_app(server)
    more = {*BOT_SCOPES, "reactions:read"}
    there = app.install(server.slack.create_workspace("T01"), more)
    lines = await said(settings_of(server, app, bot_token=there.bot_token))
    assert lines[1] == "It may do more than it has to: the scope reactions:read can go."


async def test_a_bot_token_that_is_no_good_is_said(server: SlackServer) -> None:
    app = new_app(server)
    assert await refusal(settings_of(server, app, bot_token="xoxb-nobody")) == (
        "Slack does not take bot_token (invalid_auth): copy the Bot User OAuth Token (xoxb-…) from"
        f" OAuth & Permissions in {APPS}."
    )


async def test_an_app_token_has_to_open_sockets(server: SlackServer) -> None:
    app, there, _ = one(server)
    weak = app.create_app_token(scopes=("authorizations:read",))
    settings = settings_of(server, app, bot_token=there.bot_token, app_token=weak)
    assert await refusal(settings) == no_socket("missing_scope").sentence
    settings = settings_of(server, app, bot_token=there.bot_token, app_token="xapp-nobody")
    assert await refusal(settings) == (
        "Slack does not know the app_token: make an app-level token with the scope"
        " connections:write (Basic Information, App-Level Tokens, in the settings of the app at"
        " https://api.slack.com/apps), and set it as app_token."
    )


async def test_sockets_that_slack_does_not_give_out_just_now_are_said(server: SlackServer) -> None:
    _, _, settings = one(server)
    server.faults.arm("apps.connections.open", Error("what_is_new"))
    assert await refusal(settings) == "Slack opens no socket for the app (what_is_new)."


async def test_slack_is_asked_once_who_the_bot_is(server: SlackServer) -> None:
    _, _, settings = one(server)
    await said(settings)
    assert len(server.api.of("auth.test")) == 1


async def test_the_bot_has_to_be_in_the_channels(server: SlackServer) -> None:
    app = new_app(server)
    team = server.slack.create_workspace("T01", "Folsom")
    there = app.install(team)
    ada = team.add_user("ada")
    team.add_channel("summit", "C01", members=[ada, there.bot_user])
    team.add_channel("hall", "C02", members=[ada])
    team.add_channel("staff", "C03", members=[ada], private=True)
    settings = settings_of(
        server, app, bot_token=there.bot_token, coming_up=["C01", "T01/C02", "C03", "C09"]
    )
    nowhere = "there is no such channel, or it is private: write `/invite @Summit Bot` there."
    assert (await said(settings))[1:-2] == [
        "C01: the bot is there.",
        "T01/C02: write `/invite @Summit Bot` there.",
        f"C03: {nowhere}",
        f"C09: {nowhere}",
    ]
    elsewhere = settings_of(server, app, bot_token=there.bot_token, coming_up=["T02/C01"])
    assert await refusal(elsewhere) == "coming_up: T02/C01 is not in Folsom (T01)."


async def test_the_bot_has_to_be_where_announcements_go_too(server: SlackServer) -> None:
    app = new_app(server)
    team = server.slack.create_workspace("T01", "Folsom")
    there = app.install(team)
    for number in (1, 2):
        team.add_channel(f"c{number}", f"C0{number}", members=[there.bot_user])
    usual = {"bot_token": there.bot_token, "coming_up": ["C01", "C02"]}
    settings = settings_of(server, app, **usual, channels=["C09", "T01/C01"])
    assert (await said(settings))[1:-2] == [
        "C09: there is no such channel, or it is private: write `/invite @Summit Bot` there.",
        "T01/C01: the bot is there.",
        "C02: the bot is there.",
    ]
    elsewhere = settings_of(server, app, **usual, channels=["T02/C01"])
    assert await refusal(elsewhere) == "channels: T02/C01 is not in Folsom (T01)."


async def test_it_is_said_who_the_organisers_are(server: SlackServer) -> None:
    app = new_app(server)
    team = server.slack.create_workspace("T01", "Folsom")
    there = app.install(team)
    hall = server.slack.create_workspace("T02")
    # In a channel that is shared they are seen.
    team.users["U65"] = hall.add_user("dora", id="U65")
    hall.add_user("eve", id="U66")
    team.add_user("ada", id="U07", real_name="Ada Lovelace")
    team.add_user("bob", id="U08")
    team.add_user("carol", id="U09").deleted = True
    bot = there.bot_user.id
    settings = settings_of(
        server, app, bot_token=there.bot_token,
        organisers=["U07", "T01/U08", "U09", bot, "U65", "U66", "T02/U66"],
    )  # fmt: skip
    name = there.bot_user.real_name
    assert (await said(settings))[1:-2] == [
        "Organisers: Ada Lovelace (U07), Bob (T01/U08).",
        "no: U09, Carol, cannot organise: the account is deactivated.",
        f"no: {bot}, {name}, cannot organise: this is a bot.",
        "no: U65, Dora, cannot organise: they are of another workspace (T02), and only guests in"
        " Folsom (T01).",
        "no: U66 shall organise, but Folsom (T01) knows nobody of this id: copy it from their"
        " profile.",
        "no: T02/U66 shall organise, but the app is not installed in T02.",
    ]


async def test_an_organiser_who_cannot_be_asked_for_now_is_said(server: SlackServer) -> None:
    app = new_app(server)
    team = server.slack.create_workspace("T01", "Folsom")
    there = app.install(team)
    settings = settings_of(server, app, bot_token=there.bot_token, organisers=["U07"])
    server.faults.arm("users.info", Limited(60))
    assert (await said(settings))[1] == (
        "U07: Slack is asked too often now to say who that is; try again in a minute."
    )
    server.faults.arm("users.info", Error("what_is_new"))
    assert (await said(settings))[1] == "U07: Slack does not say who that is (what_is_new)."


async def test_what_may_not_be_asked_so_often_is_said(server: SlackServer) -> None:
    app, there, _ = one(server)
    settings = settings_of(server, app, bot_token=there.bot_token, coming_up=["C01"])
    server.faults.arm("conversations.history", Limited(60))
    assert (await said(settings))[1] == (
        "C01: it cannot be told now whether the bot is there; try again in a minute."
    )
    server.faults.arm("auth.test", Limited(7))
    assert await refusal(settings) == "Slack is asked too often: try again in 7 seconds."


async def test_over_http_it_is_said_what_slack_has_to_reach(server: SlackServer) -> None:
    port = free_port()
    _, _, settings = one(server, mode="http", port=port, public_url=PUBLIC)
    assert (await said(settings))[1:] == [
        f"It can listen on 127.0.0.1:{port}.",
        f"Slack has to reach {PUBLIC}/slack/events, which has to lead to 127.0.0.1:{port}.",
        PACE,
    ]


async def test_a_port_may_be_in_use_by_the_bot_itself(server: SlackServer) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    _, _, settings = one(server, mode="http", port=port)
    lines = await said(settings)
    taken.close()
    await taken.wait_closed()
    assert lines[1] == (
        f"127.0.0.1:{port} is in use: by the bot, if it runs; if not, choose another port."
    )


@pytest.mark.parametrize(
    ("host", "why"),
    [("192.0.2.1", "Cannot assign requested address"), ("nowhere.invalid", "no such host")],
)
async def test_what_cannot_be_listened_on_is_said(server: SlackServer, host: str, why: str) -> None:
    _, _, settings = one(server, mode="http", host=host)
    assert await refusal(settings) == (
        f"The bot cannot listen on {host}:3000: {why}. Change host or port."
    )


async def test_a_signing_secret_that_is_none_is_said(server: SlackServer) -> None:
    app, there, _ = one(server, mode="http")
    settings = settings_of(
        server, app, bot_token=there.bot_token, mode="http", signing_secret="geheim"
    )
    assert await refusal(settings) == (
        "signing_secret is none: it is 32 digits and letters from a to f, under Basic Information"
        f" in {APPS}."
    )


async def test_slack_that_cannot_be_reached_is_said(server: SlackServer) -> None:
    _, _, settings = one(server)
    server.faults.arm("auth.test", Status(503))
    assert await refusal(settings) == (
        f"{settings.api_url} cannot be reached: it answers 503. Is api_url right?"
    )
    port = free_port()
    nowhere = settings.model_copy(update={"api_url": f"http://127.0.0.1:{port}/api"})
    assert await refusal(nowhere) == (
        f"http://127.0.0.1:{port}/api cannot be reached: Connection refused. Is api_url right?"
    )


async def keep(store: Store, there: There, keys: str = KEY) -> None:
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


async def test_several_workspaces_are_counted_and_asked(server: SlackServer) -> None:
    port = free_port()
    app, table = several(server, port=port, coming_up=["T01/C01", "T09/C01"])
    store = Scratch()
    team = server.slack.create_workspace("T01", "Folsom")
    well = app.install(team)
    team.add_channel("summit", "C01", members=[well.bot_user])
    weak = app.install(
        server.slack.create_workspace("T02", "Hall"), set(BOT_SCOPES) - {"im:history"}
    )
    gone = app.install(server.slack.create_workspace("T03", "Lobby"))
    for there in (well, weak, gone):
        await keep(store, there)
    server.slack.revoke(gone.bot_token)
    lines = await said(settings_of(server, app, **table), store)
    ends = [line for line in lines if line.startswith("Lobby")]
    assert [line for line in lines if line not in ends] == [
        "Slack knows client_id and client_secret.",
        "3 workspaces have installed the app, and the key opens the tokens: Folsom (T01), Hall"
        " (T02), Lobby (T03).",
        f"It is installed by whoever opens {PUBLIC}/slack/install.",
        f"Hall (T02) lacks the scope im:history: {REINSTALL} there.",
        "T01/C01: the bot is there.",
        "T09/C01: the app is not installed in T09.",
        "Slack lets it open a socket.",
        f"It can listen on 127.0.0.1:{port}.",
        f"Browsers have to reach {PUBLIC}/slack/install, which has to lead to 127.0.0.1:{port}.",
        PACE,
    ]
    assert len(ends) == 1
    assert ends[0].endswith("it has to be installed there again.")


async def test_nobody_may_have_installed_it_yet(server: SlackServer) -> None:
    app, table = several(server, port=free_port())
    assert (await said(settings_of(server, app, **table)))[1] == (
        "No workspace has installed the app yet."
    )


@pytest.mark.parametrize(("key", "value"), [("client_id", "9.9"), ("client_secret", "geheim")])
async def test_credentials_that_slack_does_not_know_are_said(
    server: SlackServer, key: str, value: str
) -> None:
    app, table = several(server, port=free_port())
    assert await refusal(settings_of(server, app, **(table | {key: value}))) == (
        f"Slack does not know this {key}: copy it from Basic Information in {APPS}."
    )


async def test_a_key_that_opens_nothing_is_said(server: SlackServer) -> None:
    app, table = several(server, port=free_port())
    store = Scratch()
    await keep(store, app.install(server.slack.create_workspace("T01")), fresh_key())
    sentence = await refusal(settings_of(server, app, **table), store)
    assert sentence.startswith("token_key does not open the tokens of T01: ")
