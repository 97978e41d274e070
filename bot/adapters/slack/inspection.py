"""What an organiser should know about the app: who it is where, what it may do, and whether Slack
reaches it."""

import asyncio
import errno
import re
from collections.abc import Collection, Sequence
from math import ceil

from aiohttp import ClientSession

from bot.adapters.finding import Finding, findings
from bot.adapters.slack.events import BOT_SCOPES, EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.adapters.slack.hearing.binding import cannot_listen
from bot.adapters.slack.organisers import organisers
from bot.adapters.slack.sending.api import Api, Away, Limited, Refused
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.calls import granted, tested
from bot.adapters.slack.workspaces.installations import Installed
from bot.adapters.slack.workspaces.refusals import no_socket
from bot.adapters.slack.workspaces.workspaces import Workspaces, introduced, wrong_key
from bot.ports import CannotSpeak, Clock
from bot.storing import Store
from bot.times import duration

_NEEDED = frozenset(BOT_SCOPES)
_MOST = 20
"""Workspaces that are asked one by one; more would take too long."""
_CROWD = 1_000
_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
_REINSTALL = (
    "paste what `summit-bot slack manifest` prints into the app's settings (App Manifest), and"
    " install the app again"
)


async def inspected(
    settings: Slack, store: Store, clock: Clock, http: ClientSession
) -> list[Finding]:
    """Sentences for the screen. Raises CannotSpeak, and StoreAway."""
    try:
        if settings.installs:
            found = await _several(settings, store, clock, http)
        else:
            found = await _one(settings, http)
        if settings.mode == "socket":
            found.append(Finding(await _socket(settings, http)))
        if settings.mode == "http" or settings.installs:
            found += findings(await _server(settings))
    except Away as away:
        raise CannotSpeak(
            f"{settings.api_url} cannot be reached: {away.reason}. Is api_url right?"
        ) from None
    except Limited as limited:
        wait = ceil(limited.after.total_seconds())
        raise CannotSpeak(f"Slack is asked too often: try again in {wait} seconds.") from None
    found.append(Finding(_pace(settings)))
    return found


async def _one(settings: Slack, http: ClientSession) -> list[Finding]:
    installed, granted_to_it = await introduced(settings, http)
    said = [f"The bot is {installed.bot_user} in {installed.called}."]
    if missing := _NEEDED - granted_to_it:
        raise CannotSpeak(f"The bot lacks {_listed(missing)}: {_REINSTALL}.")
    if unused := granted_to_it - _NEEDED:
        said.append(f"It may do more than it has to: {_listed(unused)} can go.")
    api = Api(http, settings.api_url, installed.token)
    for channel in settings.all_channels:
        team, _, id = channel.rpartition("/")
        if team not in ("", installed.place):
            key = "channels" if channel in settings.channels else "coming_up"
            raise CannotSpeak(f"{key}: {channel} is not in {installed.called}.")
        said.append(await _channel(settings, api, channel, id))
    return findings(said) + await organisers(settings, {installed.place: installed}, http)


async def _several(
    settings: Slack, store: Store, clock: Clock, http: ClientSession
) -> list[Finding]:
    workspaces = Workspaces(settings, store, clock, http)
    assert workspaces.installations is not None
    found, unreadable = await workspaces.installations.all()
    if unreadable:
        raise CannotSpeak(wrong_key(unreadable))
    said = [await _credentials(settings, http), _counted(found)]
    said.append(f"It is installed by whoever opens {settings.public_url}{INSTALL_PATH}.")
    for installed in found[:_MOST]:
        problem = await _workspace(settings, installed, http)
        if problem is not None:
            said.append(problem)
    if len(found) > _MOST:
        said.append(f"Only the first {_MOST} workspaces were asked whether they take the token.")
    places = {installed.place: installed for installed in found}
    for channel in settings.all_channels:
        team, _, id = channel.rpartition("/")
        there = places.get(team)
        if there is None:
            said.append(f"{channel}: the app is not installed in {team}.")
        else:
            api = Api(http, settings.api_url, there.token)
            said.append(await _channel(settings, api, channel, id))
    return findings(said) + await organisers(settings, places, http)


async def _workspace(settings: Slack, installed: Installed, http: ClientSession) -> str | None:
    """What is wrong in one of several; the others go on without it."""
    try:
        _, scopes = await tested(settings, installed.token, http)
    except Refused as refusal:
        return (
            f"{installed.called} does not take the bot's token any more ({refusal.code}): it has"
            " to be installed there again."
        )
    if missing := _NEEDED - scopes:
        return f"{installed.called} lacks {_listed(missing)}: {_REINSTALL} there."
    return None


async def _channel(settings: Slack, api: Api, channel: str, id: str) -> str:
    """Whether the bot may write to a channel. Its history tells it, which the bot may read anyway:
    to read what a channel is (conversations.info) would take a scope more."""
    try:
        await api.call("conversations.history", channel=id, limit=1)
    except Refused as refusal:
        if refusal.code == "not_in_channel":
            return f"{channel}: write `/invite @{settings.display_name}` there."
        if refusal.code == "channel_not_found":
            return (
                f"{channel}: there is no such channel, or it is private: write"
                f" `/invite @{settings.display_name}` there."
            )
        return f"{channel}: it cannot be told whether the bot may write there ({refusal.code})."
    except Limited:
        return f"{channel}: it cannot be told now whether the bot is there; try again in a minute."
    return f"{channel}: the bot is there."


async def _socket(settings: Slack, http: ClientSession) -> str:
    token = settings.app_token.get_secret_value() if settings.app_token is not None else ""
    try:
        # It is not opened: Slack would send it part of what the running bot should hear.
        await Api(http, settings.api_url, token).call("apps.connections.open", app_token=token)
    except Refused as refusal:
        raise CannotSpeak(no_socket(refusal.code).sentence) from None
    return "Slack lets it open a socket."


async def _server(settings: Slack) -> list[str]:
    secret = settings.signing_secret
    if secret is not None and not _SIGNING_SECRET.fullmatch(secret.get_secret_value()):
        raise CannotSpeak(
            "signing_secret is none: it is 32 digits and letters from a to f, under Basic"
            " Information in the app's settings (https://api.slack.com/apps)."
        )
    url = settings.public_url or "https://YOUR-HOST"
    leads = f"has to lead to {settings.host}:{settings.port}"
    said = [await _bound(settings)]
    if settings.mode == "http":
        said.append(f"Slack has to reach {url}{EVENTS_PATH}, which {leads}.")
    if settings.installs:
        said.append(f"Browsers have to reach {url}{INSTALL_PATH}, which {leads}.")
    return said


async def _bound(settings: Slack) -> str:
    """Raises CannotSpeak."""
    try:
        server = await asyncio.start_server(lambda *_: None, settings.host, settings.port)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            return (
                f"{settings.host}:{settings.port} is in use: by the bot, if it runs; if not, choose"
                " another port."
            )
        raise CannotSpeak(cannot_listen(settings, problem)) from None
    server.close()
    await server.wait_closed()
    return f"It can listen on {settings.host}:{settings.port}."


async def _credentials(settings: Slack, http: ClientSession) -> str:
    """Slack says whether it knows the app before it looks at the code
    (https://docs.slack.dev/reference/methods/oauth.v2.access)."""
    try:
        await granted(settings, "none", f"{settings.public_url}{REDIRECT_PATH}", http)
    except Refused as refusal:
        if refusal.code in ("invalid_client_id", "bad_client_secret"):
            key = "client_id" if refusal.code == "invalid_client_id" else "client_secret"
            raise CannotSpeak(
                f"Slack does not know this {key}: copy it from Basic Information in the app's"
                " settings (https://api.slack.com/apps)."
            ) from None
    return "Slack knows client_id and client_secret."


def _counted(found: Sequence[Installed]) -> str:
    if not found:
        return "No workspace has installed the app yet."
    number = "1 workspace has" if len(found) == 1 else f"{len(found)} workspaces have"
    named = [installed.called for installed in found[:_MOST]]
    more = ["…"] if len(found) > _MOST else []
    return f"{number} installed the app, and the key opens the tokens: {', '.join(named + more)}."


def _listed(scopes: Collection[str]) -> str:
    return f"the scope{'' if len(scopes) == 1 else 's'} {', '.join(sorted(scopes))}"


def _pace(settings: Slack) -> str:
    minutes = ceil(max(0, _CROWD - settings.burst) / settings.rate / 60)
    return (
        f"{settings.rate:g} messages a second in a workspace: {_CROWD:,} people hear of a session"
        f" within {duration(max(1, minutes))}."
    )
