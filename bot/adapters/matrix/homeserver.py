"""Requests to one homeserver: what it answers, or why it did not."""

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
)

_PATIENCE = 30.0
"""Seconds for an answer."""
_API = "/_matrix/client/v3/"
_LIMITED = "M_LIMIT_EXCEEDED"


class Refused(Exception):
    """The homeserver said no. `code` is the error code of the specification (section "Standard
    error response"), `said` what it says to people; `after` is how long to wait where it wants
    that. `body` is the whole answer."""

    def __init__(
        self, code: str, status: int, said: str = "", after: timedelta | None = None,
        body: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        super().__init__(f"{code}: {said}")
        self.code = code
        self.status = status
        self.said = said
        self.after = after
        self.body = body

    @property
    def limited(self) -> bool:
        """True if it would have been taken a while later."""
        return self.status == 429 or self.code == _LIMITED

    @property
    def expired(self) -> bool:
        """True if it needs nothing but a new token (specification, "Soft logout")."""
        return self.unknown_token and self.body.get("soft_logout") is True

    @property
    def unknown_token(self) -> bool:
        """True if the homeserver does not know us any more."""
        return self.code in ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED")

    @property
    def for_now(self) -> bool:
        """True if it says nothing about what was asked: that may be taken a while later, when we
        are logged in again, or when something in between passes it on."""
        return self.limited or self.unknown_token or self.code == "M_UNRECOGNIZED"


class Away(Exception):
    """The homeserver did not answer, or with what is no answer of one; the message completes
    "cannot be reached: ..."."""


class Homeserver:
    """The client-server API of one homeserver. Owns its connections, from the first request to
    `close`; `token` says who asks."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.token: str | None = None
        self._connections: ClientSession | None = None
        self._closed = False

    @property
    def connections(self) -> ClientSession:
        """For whoever speaks to the same homeserver in another way. Raises Away after `close`."""
        if self._closed:
            raise Away("the bot has left it")
        if self._connections is None:
            self._connections = ClientSession(timeout=ClientTimeout(total=_PATIENCE))
        return self._connections

    async def ask(
        self, method: str, *path: str, body: object = None,
        query: Mapping[str, str] | None = None, within: float = _PATIENCE,
    ) -> Any:  # fmt: skip
        """The answer to a request below `/_matrix/client/v3/`, as JSON; each part of the path is
        quoted. Raises Refused and Away."""
        return await self.fetch(
            method, _API + "/".join(quote(part, safe="") for part in path), body, query, within
        )

    async def fetch(
        self, method: str, path: str, body: object = None,
        query: Mapping[str, str] | None = None, within: float = _PATIENCE,
    ) -> Any:  # fmt: skip
        """Like `ask`, for any path of the homeserver."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            async with self.connections.request(
                method, self.url + path, headers=headers, params=query,
                json=None if method == "GET" else body or {},
                timeout=ClientTimeout(total=within),
            ) as response:  # fmt: skip
                return await _answer(response)
        except TimeoutError:
            raise Away(f"it has not answered within {within:g} seconds") from None
        except (ClientError, OSError) as problem:
            raise Away(_why(problem)) from None

    async def close(self) -> None:
        """End all connections; nothing is asked any more."""
        self._closed = True
        if self._connections is not None:
            await self._connections.close()


async def _answer(response: ClientResponse) -> Any:
    """Raises Refused and Away."""
    status = response.status
    unknown = f"it answers {status}, and not as a homeserver does"
    try:
        answer = json.loads(await response.read())
    except ValueError:
        if status < 400 or status >= 500:
            raise Away(unknown) from None
        answer = None
    if status < 400:
        return answer
    if status >= 500:
        raise Away(f"it answers with status {status}")
    if not isinstance(answer, dict):
        # What stands in front of a homeserver answers for it where it lets nobody through.
        answer = {"errcode": "M_UNRECOGNIZED", "error": unknown}
    raise refused(answer, status, response.headers.get("Retry-After"))


def refused(answer: Mapping[str, Any], status: int, retry_after: str | None = None) -> Refused:
    """What an answer with an error says (specification, "Rate limiting")."""
    after = answer.get("retry_after_ms")
    seconds: float | None = None
    if isinstance(after, int | float):
        seconds = after / 1000
    elif retry_after is not None and retry_after.isdigit():
        seconds = float(retry_after)
    return Refused(
        str(answer.get("errcode", "M_UNKNOWN")), status, str(answer.get("error", "")),
        timedelta(seconds=seconds) if seconds is not None else None, answer,
    )  # fmt: skip


def _why(problem: Exception) -> str:
    """In words for people."""
    if isinstance(problem, ClientConnectorCertificateError):
        return "its certificate is not valid"
    if isinstance(problem, ClientSSLError):
        return "it does not speak TLS there"
    if isinstance(problem, ClientConnectorDNSError):
        return "there is no such host"
    if isinstance(problem, ClientConnectorError) and problem.os_error.errno is not None:
        return os.strerror(problem.os_error.errno)
    return str(problem) or type(problem).__name__
