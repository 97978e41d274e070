"""Listens over HTTP: takes requests that Slack has signed, and those of people who install the app;
serves nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import parse_qs

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.adapters.slack.events import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.adapters.slack.hearing.binding import cannot_listen
from bot.adapters.slack.hearing.dispatching import dispatched
from bot.adapters.slack.settings import Slack
from bot.ports import CannotSpeak

_log = structlog.get_logger(__name__)

HEALTH_PATH = "/healthz"
_LARGEST = 1024 * 1024
"""Bytes of a request; a Home tab at its limits needs a quarter of that."""
_LONGEST_CHECK = 1_000
_STOPS_WITHIN = 3.0
"""Seconds for requests under way when the server stops: Slack waits no longer."""


async def serve(
    app: AsyncApp, settings: Slack, oauth: AsyncOAuthFlow | None = None, *,
    ready: Callable[[int], None] | None = None,
) -> NoReturn:  # fmt: skip
    """Give the app what comes at the host and port of the settings, until cancelled; requests under
    way are finished then. `ready` is told the port once it listens. Raises CannotSpeak."""
    server = web.Application(client_max_size=_LARGEST)
    server.add_routes(_routes(app, settings, oauth))
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=_STOPS_WITHIN)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        try:
            await site.start()
        except OSError as problem:
            raise CannotSpeak(cannot_listen(settings, problem)) from None
        port = runner.addresses[0][1]
        _log.info("Listens over HTTP.", network=settings.name, host=settings.host, port=port)
        if ready is not None:
            ready(port)
        while True:
            await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _routes(app: AsyncApp, settings: Slack, oauth: AsyncOAuthFlow | None) -> list[web.RouteDef]:
    routes = [web.get(HEALTH_PATH, _healthy)]
    if settings.mode == "http":
        secret = settings.signing_secret
        assert secret is not None, "settings in HTTP mode have one"
        events = _Events(app, secret.get_secret_value(), settings.name)
        routes.append(web.post(EVENTS_PATH, events.take))
    if oauth is not None:
        routes += [
            web.get(INSTALL_PATH, _page(oauth.handle_installation, settings.name)),
            web.get(REDIRECT_PATH, _page(oauth.handle_callback, settings.name)),
        ]
    return routes


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


class _Events:
    """What Slack sends: events, commands and interactions."""

    def __init__(self, app: AsyncApp, secret: str, network: str) -> None:
        self._app = app
        self._verifier = SignatureVerifier(secret)
        self._network = network
        # Until a request of Slack comes, the log says once that others do.
        self._refusing = False

    async def take(self, request: web.Request) -> web.Response:
        """Have it dealt with, if Slack has signed it."""
        raw = await request.read()
        try:
            body = raw.decode()
        except UnicodeDecodeError:
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        # Nobody looks into a request before it is known to be of Slack.
        if not self._is_signed(request, body):
            return self._refused(body)
        self._refusing = False
        response = await dispatched(
            self._app,
            lambda: AsyncBoltRequest(body=body, headers=_headers(request)),
            self._network,
        )
        return web.Response(
            status=response.status, text=response.body, content_type=_content_type(response)
        )

    def _is_signed(self, request: web.Request, body: str) -> bool:
        """By Slack, within five minutes (https://docs.slack.dev/authentication/
        verifying-requests-from-slack)."""
        headers = request.headers
        try:
            return self._verifier.is_valid(
                body,
                headers.get("X-Slack-Request-Timestamp"), headers.get("X-Slack-Signature"),
            )  # fmt: skip
        except (ValueError, TypeError):
            # A time that is no number, a signature that is not ASCII.
            return False

    def _refused(self, body: str) -> web.Response:
        if len(body) < _LONGEST_CHECK and parse_qs(body).get("ssl_check") == ["1"]:
            # Slack looks whether the certificate is good
            # (https://docs.slack.dev/interactivity/implementing-slash-commands#ssl).
            return web.Response()
        if not self._refusing:
            _log.warning("A request was refused that Slack has not signed, or not just now: is the"
                         " signing_secret right, and the clock?",
                         network=self._network)  # fmt: skip
        self._refusing = True
        return web.Response(status=HTTPStatus.UNAUTHORIZED)


def _page(
    handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]], network: str
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def page(request: web.Request) -> web.Response:
        try:
            return await to_aiohttp_response(await handle(await to_bolt_request(request)))
        except Exception:
            # Whoever installs the app gets a sentence, not a traceback.
            _log.warning("an installation failed", network=network, exc_info=True)
            return web.Response(
                status=HTTPStatus.INTERNAL_SERVER_ERROR,
                text="That did not work just now; try again in a moment.",
            )

    return page


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    return {"content-type": request.headers.get("Content-Type", "")}


def _content_type(response: BoltResponse) -> str:
    return "application/json" if response.body.startswith("{") else "text/plain"
