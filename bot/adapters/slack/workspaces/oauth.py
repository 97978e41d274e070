"""Lets any workspace install the app: from the link to the page that says that it is done."""

import html
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientSession
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.adapters.slack.events import BOT_SCOPES, INSTALL_PATH, REDIRECT_PATH
from bot.adapters.slack.sending.api import Api, Away, Limited, Refused
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.silence import SILENT
from bot.adapters.slack.workspaces.calls import granted
from bot.adapters.slack.workspaces.workspaces import Workspaces
from bot.ports import Clock
from bot.storing import StoreAway

if TYPE_CHECKING:
    from bot.adapters.slack.workspaces.sealing import Sealing

_log = structlog.get_logger(__name__)

_LIFE = timedelta(minutes=10)
"""How long somebody may take from the link to the button on Slack's page."""
_PURPOSE = "state"
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    # The address of the page holds the code.
    "Referrer-Policy": "no-referrer",
}
_AGAIN = {
    "access_denied": "Nothing was installed, because that was not allowed",
    "invalid_browser": "That was begun in another browser, or too long ago",
    "invalid_state": "That was begun more than ten minutes ago",
    "missing_code": "Slack has sent no code along",
    "invalid_code": "Slack did not take the code",
    "storage_error": "The tokens could not be kept, because the bot's database cannot be reached;"
    " wait a minute",
    "away": "Slack could not be reached; wait a minute",
}
"""Why it did not work, by the reason; what to do next follows."""


class States(AsyncOAuthStateStore):
    """Implements slack_sdk's interface without a storage: a state is a sealed moment, so that every
    process takes what another one has issued. It belongs to the browser that has it as a cookie."""

    def __init__(self, sealing: "Sealing", client_id: str, clock: Clock) -> None:
        self._sealing = sealing
        self._client_id = client_id
        self._clock = clock

    async def async_issue(self, *_: object, **__: object) -> str:
        """A state for somebody who begins now."""
        state = self._sealing.seal(
            secrets.token_urlsafe(), _PURPOSE, self._client_id, self._clock.wall()
        )
        # It stands in an address and a cookie, where "=" means something else.
        return state.rstrip("=")

    async def async_consume(self, state: str) -> bool:
        """True for one that was issued at most ten minutes ago."""
        padded = state + "=" * (-len(state) % 4)
        opened = self._sealing.opened_within(
            padded, _PURPOSE, self._client_id, _LIFE, self._clock.wall()
        )
        return opened is not None


def oauth_flow(
    settings: Slack, workspaces: Workspaces, clock: Clock, http: ClientSession
) -> AsyncOAuthFlow:
    """What answers at INSTALL_PATH and REDIRECT_PATH where settings allow several workspaces.
    Raises CannotSpeak where the key is no key."""
    if (
        settings.client_id is None
        or settings.client_secret is None
        or settings.token_key is None
        or settings.public_url is None
        or workspaces.installations is None
    ):
        raise ValueError("these settings are for one workspace")
    # It takes megabytes that a bot with one workspace has no use for.
    from bot.adapters.slack.workspaces.sealing import Sealing

    sealing = Sealing(settings.token_key.get_secret_value())
    pages = _Pages(settings.public_url + INSTALL_PATH, settings.command)
    return _Flow(
        settings,
        http,
        AsyncOAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
            scopes=BOT_SCOPES,
            user_scopes=[],
            redirect_uri=settings.public_url + REDIRECT_PATH,
            install_path=INSTALL_PATH,
            # The link leads to Slack's page, where everything stands that a page of ours could say.
            install_page_rendering_enabled=False,
            redirect_uri_path=REDIRECT_PATH,
            callback_options=AsyncCallbackOptions(pages.success, pages.failure),
            authorization_url=authorization_url(settings.api_url),
            installation_store=workspaces.installations,
            installation_store_bot_only=True,
            state_store=States(sealing, settings.client_id, clock),
            state_expiration_seconds=int(_LIFE.total_seconds()),
            logger=SILENT,
        ),
    )


def authorization_url(api_url: str) -> str:
    """Slack's page where people allow it, on the host of the API
    (https://docs.slack.dev/authentication/installing-with-oauth)."""
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}/oauth/v2/authorize"


class _Flow(AsyncOAuthFlow):
    """bolt's, in which trouble with Slack or the database ends in a page as well."""

    def __init__(self, slack: Slack, http: ClientSession, settings: AsyncOAuthSettings) -> None:
        super().__init__(logger=SILENT, settings=settings)
        self._slack = slack
        self._http = http

    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        try:
            return await super().handle_callback(request)
        except (Away, Limited) as trouble:
            _log.warning("Slack could not be asked when a workspace installed the app.",
                         reason=str(trouble))  # fmt: skip
            return await self.failure_handler(
                AsyncFailureArgs(
                    request=request, reason="away", suggested_status_code=502,
                    settings=self.settings, default=self.default_callback_options,
                )
            )  # fmt: skip

    async def run_installation(self, code: str) -> Installation | None:
        try:
            said = await granted(self._slack, code, str(self.redirect_uri), self._http)
            token = str(said.get("access_token", ""))
            # Nothing else says what the bot's id is.
            bot = await Api(self._http, self._slack.api_url, token).call("auth.test")
        except Refused as refusal:
            _log.warning("A workspace could not install the app.", reason=str(refusal))
            return None
        team, enterprise = said.get("team") or {}, said.get("enterprise") or {}
        return Installation(
            app_id=said.get("app_id"),
            enterprise_id=enterprise.get("id"),
            enterprise_name=enterprise.get("name"),
            team_id=team.get("id"),
            team_name=team.get("name"),
            bot_token=token,
            bot_id=bot.get("bot_id"),
            bot_user_id=said.get("bot_user_id"),
            bot_scopes=said.get("scope", ""),
            user_id=(said.get("authed_user") or {}).get("id", ""),
            is_enterprise_install=bool(said.get("is_enterprise_install")),
            token_type=said.get("token_type"),
        )

    async def store_installation(
        self, request: AsyncBoltRequest, installation: Installation
    ) -> None:
        try:
            await super().store_installation(request, installation)
        except StoreAway as away:
            raise BoltError(str(away)) from None
        _log.info("A workspace has installed the app.",
                  workspace=installation.team_id or installation.enterprise_id)  # fmt: skip


class _Pages:
    """What a browser shows in the end."""

    def __init__(self, link: str, command: str) -> None:
        self._link = link
        self._command = command

    async def success(self, args: AsyncSuccessArgs) -> BoltResponse:
        """Where it is now, and what to type there."""
        installed = args.installation
        where = html.escape(installed.team_name or installed.enterprise_name or "Slack")
        said = f"The bot is in {where}: write <b>{html.escape(self._command)} help</b> there."
        opens = f"slack://app?team={installed.team_id or ''}&id={installed.app_id or ''}"
        return self._page(
            200, "Installed", f'{said} <a href="{html.escape(opens)}">Open Slack</a>', args.settings
        )

    async def failure(self, args: AsyncFailureArgs) -> BoltResponse:
        """Why not, and the link to begin again."""
        why = _AGAIN.get(args.reason, f"Slack says {html.escape(args.reason)}")
        said = f'{why}: <a href="{html.escape(self._link)}">begin again</a>.'
        return self._page(args.suggested_status_code, "Not installed", said, args.settings)

    def _page(
        self, status: int, title: str, said: str, settings: AsyncOAuthSettings
    ) -> BoltResponse:
        body = (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>body {{ font: 1.1em sans-serif; margin: 15vh auto;"
            " max-width: 32em; padding: 0 1em }</style>"
            f"<h1>{title}</h1><p>{said}</p></html>"
        )
        gone = settings.state_utils.build_set_cookie_for_deletion()
        return BoltResponse(status=status, headers={**_HEADERS, "Set-Cookie": gone}, body=body)
