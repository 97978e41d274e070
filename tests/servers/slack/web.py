"""The HTTP way to an app: signed requests to the URLs of its manifest.

https://docs.slack.dev/apis/events-api/using-http-request-urls/
"""

import hashlib
import hmac
import itertools
import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from tests.servers.slack.apps import App
from tests.servers.slack.delivering import (
    Acknowledged,
    Answer,
    Delivering,
    Failed,
    Json,
    Kind,
)

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_TIMEOUT = Failed("operation_timeout", "http_timeout")
# Two are followed; aiohttp gives up at the one whose number this is.
_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it goes out: it can be sent as often as one likes."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What an app answered over HTTP."""

    status: int
    text: str
    headers: Mapping[str, str]


class Web:
    """Delivers to the request URLs of apps that do not use Socket Mode; ends with `close`."""

    def __init__(self, delivering: Delivering) -> None:
        self._delivering = delivering
        self._session: aiohttp.ClientSession | None = None
        self._replicas: dict[App, Iterator[str]] = {}
        self._verified: set[tuple[App, str]] = set()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def replicas(self, app: App, bases: Sequence[str]) -> None:
        """Behind the URLs of the manifest stand these, like "http://127.0.0.1:3001", by turns."""
        self._replicas[app] = itertools.cycle([base.rstrip("/") for base in bases])

    async def send(
        self, app: App, kind: Kind, payload: Json, number: int, reason: str
    ) -> tuple[str, Answer, Signed | None]:
        """To which URL it went, what came back, and the request."""
        url = _url(app, kind, payload)
        if url is None:
            return "nowhere", Failed("app_missing_action_url", "connection_failed"), None
        if kind is Kind.EVENT and not await self.verify(app):
            return url, Failed("dispatch_failed", "connection_failed"), None
        more = {}
        if kind is Kind.EVENT and (number or self._delivering.zero):
            more["X-Slack-Retry-Num"] = str(number)
            if reason:
                more["X-Slack-Retry-Reason"] = reason
        request = sign(app.signing_secret, url, *body(kind, payload), more=more)
        return await self.send_signed(app, request)

    async def send_signed(self, app: App, request: Signed) -> tuple[str, Answer, Signed]:
        """Send a request that is signed already, as it is."""
        bases = self._replicas.get(app)
        if bases is not None:
            parts = urlsplit(request.url)
            request = replace(request, url=next(bases) + (parts.path or "/"))
        return request.url, await self._post(request), request

    async def _post(self, request: Signed) -> Answer:
        """https://docs.slack.dev/apis/events-api/#error-handling"""
        try:
            reply = await self._ask(request)
        except TimeoutError:
            return _TIMEOUT
        except aiohttp.TooManyRedirects:
            return Failed("dispatch_failed", "too_many_redirects")
        except aiohttp.ClientSSLError:
            return Failed("dispatch_failed", "ssl_error")
        except aiohttp.ClientConnectorError:
            return Failed("dispatch_failed", "connection_failed")
        except (aiohttp.ClientError, OSError):
            return Failed("dispatch_failed", "unknown_error")
        if 200 <= reply.status < 300:
            return Acknowledged(_payload(reply.text))
        error = "http_service_error" if reply.status >= 500 else "http_client_error"
        # Only beside an error: an app that says so with a 200 has nothing to turn off.
        again = reply.headers.get("X-Slack-No-Retry") != "1"
        return Failed(error, "http_error", again=again)

    async def _ask(self, request: Signed) -> Reply:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        async with (
            self._session.post(
                request.url, data=request.body, headers=dict(request.headers),
                max_redirects=_REDIRECTS,
                timeout=aiohttp.ClientTimeout(total=self._delivering.ack_within),
            ) as response
        ):  # fmt: skip
            return Reply(response.status, await response.text(), response.headers)

    async def verify(self, app: App) -> bool:
        """True if the URL for events answers the challenge; no event goes there before.

        https://docs.slack.dev/reference/events/url_verification
        """
        url = app.manifest.events_url
        if url is None:
            return False
        if (app, url) in self._verified:
            return True
        challenge = secrets.token_urlsafe(30)
        payload = {
            "token": app.verification_token, "challenge": challenge, "type": "url_verification",
        }  # fmt: skip
        request = sign(app.signing_secret, url, *body(Kind.EVENT, payload))
        _, answer, _ = await self.send_signed(app, request)
        match answer:
            case Acknowledged({"challenge": said}) | Acknowledged(said) if said == challenge:
                self._verified.add((app, url))
                return True
            case Acknowledged(str(said)) if said == f"challenge={challenge}":
                self._verified.add((app, url))
                return True
        return False

    async def forge(
        self, app: App, kind: Kind, payload: Json, secret: str | None = None, age: float = 0.0,
        signature: str | None = None, timestamp: str | None = None,
    ) -> Reply:  # fmt: skip
        """Send what Slack would not: signed with another `secret`, `age` seconds ago, or with any
        `signature` and `timestamp`; an empty one is left out."""
        url = _url(app, kind, payload)
        assert url is not None, "the manifest names no URL for that"
        request = sign(secret or app.signing_secret, url, *body(kind, payload), age=age)
        headers = dict(request.headers)
        for name, value in (
            ("X-Slack-Signature", signature), ("X-Slack-Request-Timestamp", timestamp),
        ):  # fmt: skip
            if value is not None:
                headers.pop(name)
                if value:
                    headers[name] = value
        bases = self._replicas.get(app)
        if bases is not None:
            url = next(bases) + urlsplit(url).path
        return await self._ask(Signed(url, request.body, headers))


def _url(app: App, kind: Kind, payload: Json) -> str | None:
    match kind:
        case Kind.EVENT:
            return app.manifest.events_url
        case Kind.COMMAND:
            return app.manifest.commands[payload["command"]].url
        case Kind.INTERACTION:
            return app.manifest.interactivity_url


def body(kind: Kind, payload: Json) -> tuple[bytes, str]:
    """The body of a request and its type: JSON for events, else a form, in which an interaction is
    the field `payload`.

    https://docs.slack.dev/interactivity/handling-user-interaction/#payloads
    """
    match kind:
        case Kind.EVENT:
            return json.dumps(payload).encode(), _JSON
        case Kind.COMMAND:
            return urlencode(payload).encode(), _FORM
        case Kind.INTERACTION:
            return urlencode({"payload": json.dumps(payload)}).encode(), _FORM


def sign(
    secret: str, url: str, content: bytes, kind: str, age: float = 0.0,
    more: Mapping[str, str] | None = None,
) -> Signed:  # fmt: skip
    """https://docs.slack.dev/authentication/verifying-requests-from-slack/

    By the machine's clock, whichever the double's is: the app compares it with its own.
    """
    stamp = str(int(time.time() - age))
    base = b"v0:" + stamp.encode() + b":" + content
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": kind,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
        **(more or {}),
    }
    return Signed(url, content, headers)


def _payload(text: str) -> Any:
    """What an acknowledgement says: an object, a text, or None for nothing."""
    if not text:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, dict) else text
