"""The Web API over HTTP: who calls, how often, with what; and what went wrong on the way.

https://docs.slack.dev/apis/web-api
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections import Counter as Tally
from dataclasses import dataclass
from typing import Any

from aiohttp import hdrs, web

from tests.servers.slack import arguments
from tests.servers.slack.errors import Refused
from tests.servers.slack.faults import (
    Drop,
    Error,
    Fault,
    Faults,
    Garbage,
    Held,
    Limited,
    Slow,
    Status,
)
from tests.servers.slack.limits import Counter, Limits
from tests.servers.slack.methods import METHODS, Caller, Method
from tests.servers.slack.methods.chat import TooFast
from tests.servers.slack.methods.method import missing
from tests.servers.slack.state import Slack

# https://docs.slack.dev/reference/methods/conversations.history: once a minute for apps that are
# sold outside the directory.
_HISTORY = frozenset({"conversations.history", "conversations.replies"})
_EXTERNAL_HISTORY = 1


@dataclass(eq=False)
class Call:
    """One call; `answer` is None while there is none, and where the connection was dropped.
    `done`: what it asked for has happened."""

    at: float
    method: str
    token: str
    arguments: dict[str, Any]
    answer: dict[str, Any] | None = None
    status: int | None = None
    done: bool = False


class Api:
    """`calls` are all in the order of arrival, `limited` counts what got 429, by method."""

    def __init__(self, slack: Slack, limits: Limits) -> None:
        self.slack = slack
        self.faults = Faults()
        self.counter = Counter(limits)
        self.calls: list[Call] = []
        self.limited: Tally[str] = Tally()
        self._answered = asyncio.Condition()

    @property
    def limits(self) -> Limits:
        return self.counter.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        """Others from now on; what was counted is forgotten."""
        self.counter = Counter(limits)

    def of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [one for one in self.calls if one.method == method]

    async def called(self, method: str, count: int = 1, within: float = 30) -> list[Call]:
        """All calls of a method, once there are so many and each has been answered."""

        def there() -> bool:
            found = self.of(method)
            return len(found) >= count and all(one.status is not None for one in found)

        async with asyncio.timeout(within), self._answered:
            await self._answered.wait_for(there)
        return self.of(method)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/{method}", self._serve),
            web.get("/api/{method}", self._serve, allow_head=False),
        ]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        method = METHODS.get(name)
        call = Call(self.slack.now(), name, _bearer(request), {})
        self.calls.append(call)
        fault = self.faults.strike(name)
        try:
            response = await self._meet(request, call, method, fault)
        finally:
            if call.status is None:
                call.status = 0
            async with self._answered:
                self._answered.notify_all()
        return response

    async def _meet(
        self, request: web.Request, call: Call, method: Method | None, fault: Fault | None
    ) -> web.StreamResponse:
        match fault:
            case Held(before=True):
                await fault.hold()
            case Drop.BEFORE:
                return self._drop(request, call)
            case Status(status):
                call.status = status
                return web.Response(status=status, text="<html>Server Error</html>")
            case Limited(after):
                return self._too_fast(call, after)
            case Error(error):
                return self._answer(call, {"ok": False, "error": error})
        try:
            said = await self._do(request, call, method)
        except Refused as why:
            said = why.body()
        except TooFast as why:
            return self._too_fast(call, why.retry_after)
        match fault:
            case Drop.AFTER:
                return self._drop(request, call)
            case Garbage(body):
                call.status = 200
                return web.Response(body=body, content_type="application/json")
            case Slow(seconds):
                await asyncio.sleep(seconds)
            case Held(before=False):
                await fault.hold()
        return self._answer(call, said, self._scopes(call, method))

    async def _do(self, request: web.Request, call: Call, method: Method | None) -> dict[str, Any]:
        if method is None:
            raise Refused("unknown_method", req_method=call.method)
        sent = await arguments.given(request, method.takes_json)
        # https://docs.slack.dev/authentication/tokens: in the header, or in the body of a form;
        # never in a URL.
        if "token" in request.query:
            raise Refused("invalid_auth")
        call.token = call.token or str(sent.get("token", ""))
        sent.pop("token", None)
        call.arguments = sent
        caller = self._caller(request, call.token, method)
        self._pace(method, caller)
        call.arguments = arguments.read(sent, method.kinds, method.required)
        said = {"ok": True, **method.run(caller, call.arguments)}
        call.done = True
        return said

    def _caller(self, request: web.Request, token: str, method: Method) -> Caller:
        """https://docs.slack.dev/reference/methods/auth.test#errors: not_authed, invalid_auth,
        account_inactive, token_revoked, not_allowed_token_type, missing_scope."""
        if method.token == "none":
            return Caller(self.slack, self.counter, basic=_basic(request))
        if not token:
            raise Refused("not_authed")
        if token in self.slack.dead:
            raise Refused(self.slack.dead[token])
        bot, app = self.slack.installation_of(token), self.slack.app_of(token)
        if bot is None and app is None:
            raise Refused("invalid_auth")
        if (bot is None and method.token == "bot") or (app is None and method.token == "app"):
            raise Refused("not_allowed_token_type")
        scopes = bot.tokens[token] if bot is not None else frozenset[str]()
        if app is not None:
            scopes = app.app_tokens[token]
        for scope in method.scopes:
            if scope not in scopes:
                raise missing(scope, scopes)
        return Caller(self.slack, self.counter, token, bot, app, scopes)

    def _pace(self, method: Method, caller: Caller) -> None:
        """By method, app and workspace, as the page on rate limits says."""
        if method.tier is None:
            return
        known = caller.installation or caller.app_only
        tier, key = method.tier, (method.name, None if known is None else caller.app.id)
        team = None if caller.installation is None else caller.workspace.id
        if method.name in _HISTORY:
            external = self.limits.history == "external" or not caller.app.internal
            tier = _EXTERNAL_HISTORY if external else tier
        wait = self.counter.call((key, team), tier, self.slack.now())
        if wait:
            raise TooFast(wait)

    def _scopes(self, call: Call, method: Method | None) -> dict[str, str]:
        """What the token has, and what the method needs, in headers of every answer."""
        if method is None:
            return {}
        bot = self.slack.installation_of(call.token)
        headers = {"X-Accepted-OAuth-Scopes": ",".join(method.scopes)}
        if bot is not None:
            headers["X-OAuth-Scopes"] = ",".join(sorted(bot.tokens[call.token]))
        return headers

    def _answer(
        self, call: Call, said: dict[str, Any], headers: dict[str, str] | None = None
    ) -> web.Response:
        call.answer, call.status = said, 200
        return web.json_response(said, headers=headers)

    def _too_fast(self, call: Call, retry_after: int | None) -> web.Response:
        """https://docs.slack.dev/apis/web-api/rate-limits#responding-to-rate-limiting-conditions"""
        self.limited[call.method] += 1
        call.answer, call.status = {"ok": False, "error": "ratelimited"}, 429
        headers = {} if retry_after is None else {hdrs.RETRY_AFTER: str(retry_after)}
        return web.json_response(call.answer, status=429, headers=headers)

    def _drop(self, request: web.Request, call: Call) -> web.Response:
        call.status = 0
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _bearer(request: web.Request) -> str:
    kind, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return token if kind.lower() == "bearer" else ""


def _basic(request: web.Request) -> tuple[str, str] | None:
    kind, _, said = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(said, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None
