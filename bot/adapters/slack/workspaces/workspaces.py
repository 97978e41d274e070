"""The workspaces that are spoken to: one, by its token, or all that have installed the app."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from aiohttp import ClientSession

from bot.adapters.slack.sending.api import Api, Away, Limited, Refused
from bot.adapters.slack.sending.delivery import Sending
from bot.adapters.slack.sending.views import Views
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.calls import tested
from bot.adapters.slack.workspaces.installations import Installations, Installed
from bot.adapters.slack.workspaces.refusals import bot_token_of, bot_token_refused
from bot.backoff import pause
from bot.ports import CannotSpeak, Clock
from bot.storing import Store

_log = structlog.get_logger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)
_SAID_EACH = 10
"""Tries after which it is said again that they fail."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace: who the bot is there, and how it speaks."""

    team: str
    bot_user: str
    bot_id: str
    api: Api
    sending: Sending
    views: Views


class Workspaces:
    """Makes each workspace once, when it is first needed, and forgets those that are gone. The
    session is the caller's; owns the paces."""

    def __init__(self, settings: Slack, store: Store, clock: Clock, http: ClientSession) -> None:
        """Raises CannotSpeak where a key is no key."""
        self._settings = settings
        self._clock = clock
        self._http = http
        self._processes = 1
        self._made: dict[str, tuple[Installed, Workspace]] = {}
        self.installations: Installations | None = None
        """Where tokens are kept; None with one `bot_token`."""
        if settings.installs and settings.token_key is not None:
            # It takes megabytes that a bot with one workspace has no use for.
            from bot.adapters.slack.workspaces.sealing import Sealing

            sealing = Sealing(settings.token_key.get_secret_value())
            self.installations = Installations(store, settings.name, sealing)

    async def start(self) -> None:
        """Find out who the bot is, however long Slack is away; or, for several workspaces, whether
        the key opens what is kept. Raises CannotSpeak, and StoreAway."""
        if self.installations is None:
            installed = await self._patiently()
            self._make(installed.place, installed)
            return
        await self.installations.renew()
        found, unreadable = await self.installations.all()
        if unreadable and not found:
            raise CannotSpeak(wrong_key(unreadable))
        if unreadable:
            _log.error(wrong_key(unreadable), network=self._settings.name)

    @property
    def only(self) -> Workspace:
        """The one of `bot_token`, after `start`."""
        ((_, workspace),) = self._made.values()
        return workspace

    async def of(self, team: str, enterprise: str | None = None) -> Workspace | None:
        """A workspace, of an organisation perhaps; None if the app is not installed there. Raises
        StoreAway."""
        if self.installations is None:
            _, workspace = self._made.get(team, (None, None))
            return workspace
        installed = await self.installations.find(team, enterprise)
        if installed is None:
            self._forget(team)
            return None
        return self._make(team, installed)

    async def remove(self, place: str, at: datetime | None = None) -> None:
        """Delete the tokens of a workspace (or an organisation) that has removed the app `at` a
        moment; not those that it has given the app since. Raises StoreAway."""
        if self.installations is None:
            # That one stands in the settings, and would be no good any more.
            _log.error(bot_token_refused("account_inactive"), network=self._settings.name)
            return
        if not await self.installations.remove(place, at):
            return
        for team, (installed, _) in list(self._made.items()):
            if place in (team, installed.place):
                self._forget(team)

    def dropped(self, team: str) -> None:
        """Slack has refused the token of a workspace: look whether there is another one."""
        if self.installations is None:
            return
        installed, _ = self._made.get(team, (None, None))
        self.installations.dropped(team if installed is None else installed.place)

    def share(self, processes: int) -> None:
        """Keep to one's part of each pace, as one of so many processes."""
        self._processes = processes
        for _, workspace in self._made.values():
            workspace.sending.share(processes)
            workspace.views.share(processes)

    async def close(self) -> None:
        """Nobody is spoken to any more."""
        for team in list(self._made):
            self._forget(team)

    def _make(self, team: str, installed: Installed) -> Workspace:
        before, workspace = self._made.get(team, (None, None))
        if workspace is not None and before == installed:
            return workspace
        self._forget(team)
        api = Api(self._http, self._settings.api_url, installed.token)
        sending = Sending(
            api, self._clock, network=self._settings.name, team=team, rate=self._settings.rate,
            burst=self._settings.burst, revoked=lambda _: self.dropped(team),
        )  # fmt: skip
        views = Views(api, lambda _: self.dropped(team))
        for each in (sending, views):
            each.share(self._processes)
        workspace = Workspace(team, installed.bot_user, installed.bot_id, api, sending, views)
        self._made[team] = (installed, workspace)
        return workspace

    def _forget(self, team: str) -> None:
        _, workspace = self._made.pop(team, (None, None))
        if workspace is not None:
            workspace.sending.close()

    async def _patiently(self) -> Installed:
        failures = 0
        while True:
            try:
                installed, _ = await introduced(self._settings, self._http)
            except Away as away:
                reason, after = away.reason, pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE)
            except Limited as limited:
                reason, after = "it is asked too often", limited.after
            else:
                return installed
            if failures % _SAID_EACH == 0:
                _log.warning("Slack cannot be reached; it is tried until it is there.",
                             network=self._settings.name, reason=reason)  # fmt: skip
            failures += 1
            await asyncio.sleep(after.total_seconds())


async def introduced(settings: Slack, http: ClientSession) -> tuple[Installed, frozenset[str]]:
    """Who the bot is whose `bot_token` the settings have, and its scopes. Raises CannotSpeak, Away
    and Limited."""
    token = settings.bot_token.get_secret_value() if settings.bot_token is not None else ""
    wrong = bot_token_of(token)
    if wrong is not None:
        raise CannotSpeak(wrong)
    try:
        said, scopes = await tested(settings, token, http)
    except Refused as refusal:
        raise CannotSpeak(bot_token_refused(refusal.code)) from None
    if not said.get("bot_id"):
        # https://docs.slack.dev/reference/methods/auth.test: only bots have one.
        raise CannotSpeak(bot_token_refused("not_allowed_token_type"))
    installed = Installed(
        str(said["team_id"]), str(said.get("team", "")), token, str(said["user_id"]),
        str(said["bot_id"]),
    )  # fmt: skip
    return installed, scopes


def wrong_key(places: Sequence[str]) -> str:
    """Which tokens no key opens, and what to do."""
    which = ", ".join(places)
    return (
        f"token_key does not open the tokens of {which}: put the key that they were encrypted with"
        " behind the present one, after a comma, or let them install the app again."
    )
