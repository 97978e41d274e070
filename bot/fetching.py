"""Fetches a published schedule over HTTP: one GET within limits, and what came of it."""

import asyncio
import os
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin

import aiohttp

from bot import __version__
from bot.addresses import SCHEMES, Url
from bot.looked import NO_MARK, Failed, Fetched, Looked, Mark, NotModified
from bot.sources.reading.unpacking import LARGEST

_REDIRECTS = (301, 302, 303, 307, 308)
_BUSY = (429, 503)
_LONGEST_MARK = 1_000
_LONGEST_REST = timedelta(hours=1)
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one look may cost: seconds until there is a connection, and until all has arrived;
    bytes as they arrive; redirects."""

    connect: float = 10.0
    total: float = 60.0
    largest: int = LARGEST
    redirects: int = 5


USUAL = Limits()
AT_START = Limits(connect=5.0, total=15.0)
"""While somebody waits."""


@dataclass(frozen=True, slots=True)
class _Redirected:
    to: str = field(repr=False)


async def fetch(url: Url, mark: Mark = NO_MARK, limits: Limits = USUAL) -> Looked:
    """What is at an address now, packed or not as it arrives; NotModified if it is still what the
    mark stands for. A failure is a result: none is raised."""
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=limits.connect)
    try:
        async with (
            asyncio.timeout(limits.total),
            aiohttp.ClientSession(
                timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
            ) as http,
        ):
            address = url.whole
            for _ in range(limits.redirects + 1):
                got = await _get(http, address, mark, limits)
                if not isinstance(got, _Redirected):
                    return got
                address = urljoin(address, got.to)
                if address.partition(":")[0].lower() not in SCHEMES:
                    return Failed("it leads to something that is not http or https")
            return Failed("it leads from one address to the next without end")
    except TimeoutError as late:
        # Of ours, or of the connection: aiohttp says so by a kind of its own.
        connecting = isinstance(late, aiohttp.ServerTimeoutError)
        seconds = limits.connect if connecting else limits.total
        return Failed(f"it did not answer within {seconds:g} seconds")
    except (aiohttp.ClientError, OSError, ValueError) as problem:
        return Failed(_reason(problem))


async def _get(
    http: aiohttp.ClientSession, address: str, mark: Mark, limits: Limits
) -> Looked | _Redirected:
    async with http.get(address, headers=_headers(mark), allow_redirects=False) as answer:
        status = answer.status
        if status in _REDIRECTS:
            to = answer.headers.get("Location", "").strip()
            return _Redirected(to) if to else Failed("it leads to nowhere")
        if status == HTTPStatus.NOT_MODIFIED and mark:
            return NotModified()
        if status != HTTPStatus.OK:
            after = _rest(answer.headers.get("Retry-After")) if status in _BUSY else None
            return Failed(f"the server answers {_named(status)}", after)
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip", "x-gzip", ""):
            return Failed("the server packs it in a way that it was not asked for")
        body = bytearray()
        if (answer.content_length or 0) > limits.largest:
            return _too_large(limits)
        async for piece in answer.content.iter_chunked(_PIECE):
            body += piece
            if len(body) > limits.largest:
                return _too_large(limits)
        etag, modified = (_kept(answer.headers.get(name)) for name in ("ETag", "Last-Modified"))
        return Fetched(bytes(body), Mark(etag, modified))


def _headers(mark: Mark) -> dict[str, str]:
    headers = {"User-Agent": f"summit-bot/{__version__}", "Accept-Encoding": "gzip"}
    if mark.etag is not None:
        headers["If-None-Match"] = mark.etag
    if mark.modified is not None:
        headers["If-Modified-Since"] = mark.modified
    return headers


def _kept(header: str | None) -> str | None:
    """What a server calls its version, if it can be sent back."""
    usable = header is not None and header.isascii() and header.isprintable()
    return header if usable and len(header or "") <= _LONGEST_MARK else None


def _rest(header: str | None) -> timedelta | None:
    """How long a server wants to be left alone (RFC 9110, section 10.2.3)."""
    if header is None:
        return None
    try:
        if header.strip().isdecimal():
            rest = timedelta(seconds=min(int(header), _LONGEST_REST.total_seconds()))
        else:
            until = parsedate_to_datetime(header)
            rest = (until if until.tzinfo else until.replace(tzinfo=UTC)) - _wall()
    except (ValueError, OverflowError):
        return None
    return min(max(rest, timedelta()), _LONGEST_REST)


def _wall() -> datetime:
    from bot.clock import SystemClock

    return SystemClock().now()


def _too_large(limits: Limits) -> Failed:
    return Failed(f"it is larger than {limits.largest / 1e6:g} MB")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _reason(problem: Exception) -> str:
    match problem:
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate is not valid"
        case aiohttp.ClientSSLError():
            return "there is no secure connection to the server"
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return "the name of the server is not known"
        case aiohttp.ClientConnectorError():
            errno = problem.os_error.errno
            known = errno is not None and errno > 0
            why = f" ({os.strerror(errno).lower()})" if known and errno is not None else ""
            return f"the server cannot be reached{why}"
        case aiohttp.InvalidURL() | ValueError():
            return "it leads to something that is no address"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError() | OSError():
            return "the connection broke off"
        case _:
            return "the answer is no HTTP"
