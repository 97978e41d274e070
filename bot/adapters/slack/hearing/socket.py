"""Listens over Socket Mode: keeps a socket to Slack open, and opens the next one before it goes.

The SDK's client is not used, though it does nearly the same: it lets a socket go before it opens
the next one, and acknowledges what came by the one on the other; it looks only now and then whether
its socket is there, and tries for ever with a token that Slack refuses, a traceback each time.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp

from bot.adapters.slack.hearing.connection import CLOSED, SILENT, Connection, parsed
from bot.adapters.slack.proxies import proxy_for
from bot.adapters.slack.sending.api import Api, Away, Limited, Refused, words
from bot.adapters.slack.workspaces.refusals import no_socket
from bot.backoff import pause
from bot.ports import CannotSpeak

_log = structlog.get_logger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=0.5), timedelta(seconds=30)
_OPENS_WITHIN = 10.0
"""Seconds for a socket to be opened: so long the old one is there after Slack's warning."""
_STEADY = 30.0
"""Seconds after which a socket was a good one, and the next may follow at once."""
_APART = 0.2
"""Seconds between two openings, whatever Slack asks for."""
_LINGERS, _LINGERS_SILENT = 12.0, 1.0
"""Seconds that a socket stays beside the next one: after Slack has warned, which closes it ten
seconds later; and when it is silent, so that what was sent meanwhile is heard."""
_ANSWERS_WITHIN = 3.0
"""Seconds after which an acknowledgement is of no use any more."""
_CLOSES_WITHIN = 1.0
"""Seconds for Slack to close its side: it often does not."""

_SAID_EACH = 10
"""Tries after which it is said again that they fail."""

_PLANNED = frozenset({"warning", "refresh_requested"})
_STAYS = _PLANNED | {SILENT}
"""Why a socket goes that may still be of use until the next one is open."""


class _NotNow(Exception):
    """No socket can be had now: the reason, in a sentence if there is one, and how long Slack wants
    to be left alone."""

    def __init__(
        self, reason: str, after: timedelta = timedelta(), said: str = "Slack cannot be reached."
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.said = said


async def listen(
    app: AsyncApp, token: str, session: aiohttp.ClientSession, *, api_url: str, ping: float,
    network: str, opened: Callable[[], None] | None = None,
) -> NoReturn:  # fmt: skip
    """Give the app what comes, until cancelled; `opened` is called for each new socket. A dead
    socket is noticed within `ping` seconds. Raises CannotSpeak if Slack refuses the app-level
    token."""
    api = Api(session, api_url, token)
    await _Listening(app, token, session, api, ping, network, opened).run()


class _Listening:
    """The sockets of one app, of this process: one, and those that are about to go."""

    def __init__(
        self, app: AsyncApp, token: str, session: aiohttp.ClientSession, api: Api,
        ping: float, network: str, opened: Callable[[], None] | None,
    ) -> None:  # fmt: skip
        self._app = app
        self._token = token
        self._session = session
        self._api = api
        self._ping = ping
        self._network = network
        self._opened = opened
        self._failures = 0
        self._away = True
        self._next = 0.0
        self._retiring: dict[asyncio.Task[None], Connection] = {}

    async def run(self) -> NoReturn:
        """Until cancelled. Raises CannotSpeak."""
        current, reason = None, ""
        loop = asyncio.get_running_loop()
        try:
            while True:
                following = await self._open_patiently()
                if current is not None:
                    self._retire(current, _LINGERS_SILENT if reason == SILENT else _LINGERS)
                current, since = following, loop.time()
                reason = await asyncio.shield(current.leaving)
                if reason in _PLANNED or loop.time() - since >= _STEADY:
                    self._failures = 0
                self._note(reason)
                if reason not in _STAYS:
                    self._retire(current, 0)
                    current = None
        finally:
            await self._close(current)

    def _note(self, reason: str) -> None:
        """A socket goes, for this reason."""
        if reason in _PLANNED:
            _log.debug("Slack wants a new socket", network=self._network, reason=reason)
            return
        self._away = True
        said = "The connection to Slack is lost; it is opened again."
        if reason not in (CLOSED, SILENT):
            said = f"{no_socket(reason).sentence} It is tried again."
        _log.warning(said, network=self._network, reason=reason)

    async def _open_patiently(self) -> Connection:
        """A new socket, as soon as there can be one. Raises CannotSpeak."""
        loop, tries, after = asyncio.get_running_loop(), 0, timedelta()
        while True:
            if self._failures:
                after = max(after, pause(self._failures - 1, _FIRST_PAUSE, _LONGEST_PAUSE))
            await asyncio.sleep(max(after.total_seconds(), self._next - loop.time()))
            self._failures += 1
            self._next = loop.time() + _APART
            try:
                connection = await self._open()
            except _NotNow as trouble:
                after = trouble.after
                if tries % _SAID_EACH == 0:
                    _log.warning(f"{trouble.said} It is tried again.", network=self._network,
                                 reason=trouble.reason)  # fmt: skip
                tries += 1
                self._away = True
                continue
            if self._away:
                _log.info("Listens over Socket Mode.", network=self._network)
            self._away = False
            if self._opened is not None:
                self._opened()
            return connection

    async def _open(self) -> Connection:
        """Raises CannotSpeak and _NotNow."""
        try:
            async with asyncio.timeout(_OPENS_WITHIN):
                url = await self._ticket()
                ws = await self._session.ws_connect(
                    url,
                    autoping=False,
                    proxy=proxy_for(url),
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSES_WITHIN),
                )
                async with contextlib.AsyncExitStack() as stack:
                    stack.push_async_callback(ws.close)
                    await self._greeting(ws)
                    stack.pop_all()
        except TimeoutError:
            raise _NotNow("no answer") from None
        except aiohttp.WSServerHandshakeError as refused:
            # Its own text holds the URL, and the URL the ticket.
            raise _NotNow(f"HTTP {refused.status}") from None
        except (aiohttp.ClientError, OSError) as problem:
            raise _NotNow(words(problem)) from None
        return Connection(self._app, ws, self._network, self._ping)

    async def _ticket(self) -> str:
        """The URL of a new socket; it is good once. Raises CannotSpeak and _NotNow."""
        try:
            response = await self._api.call("apps.connections.open", app_token=self._token)
        except Refused as refused:
            why = no_socket(refused.code)
            if why.final:
                raise CannotSpeak(why.sentence) from None
            raise _NotNow(refused.code, said=why.sentence) from None
        except Limited as limited:
            raise _NotNow("ratelimited", limited.after) from None
        except Away as away:
            raise _NotNow(away.reason) from None
        url = response.get("url")
        if not isinstance(url, str):
            raise _NotNow("it answers as Slack does not")
        return url

    async def _greeting(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Slack says hello when the socket is in use. Raises _NotNow."""
        message = await ws.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise _NotNow(CLOSED)
        frame = parsed(message.data)
        if frame.get("type") != "hello":
            reason = str(frame.get("reason", "no hello"))
            raise _NotNow(reason, said=no_socket(reason).sentence)

    def _retire(self, old: Connection, lingers: float) -> None:
        task = asyncio.create_task(old.retire(lingers, _ANSWERS_WITHIN))
        self._retiring[task] = old
        task.add_done_callback(self._retiring.pop)

    async def _close(self, current: Connection | None) -> None:
        """Answer what has come, and close all sockets."""
        retiring = dict(self._retiring)
        for task in retiring:
            task.cancel()
        await asyncio.gather(*retiring, return_exceptions=True)
        connections = [*retiring.values(), *([current] if current is not None else [])]
        await asyncio.gather(*(one.close(_ANSWERS_WITHIN) for one in connections))
