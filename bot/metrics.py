"""Lets monitoring read what became of messages: GET /metrics, in the format of Prometheus."""

import asyncio
import os
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from bot.setup import CannotStart
from bot.tally import Tally

_PATIENCE = 5.0
"""Seconds for somebody to ask, and to read the answer."""


@asynccontextmanager
async def exported(tally: Tally, host: str, port: int) -> AsyncIterator[None]:
    """Serve the counts while this is open. Raises CannotStart."""

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_PATIENCE):
                asked = await reader.readuntil(b"\r\n\r\n")
                writer.write(_response(asked, tally))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        writer.close()

    try:
        server = await asyncio.start_server(answer, host, port)
    except OSError as problem:
        # What asyncio says in place of the system repeats the address.
        system = problem.errno is not None and problem.errno > 0
        why = os.strerror(problem.errno or 0) if system else problem.strerror or "no such host"
        raise CannotStart(
            f"The metrics cannot be served at {host}, port {port} ({why.lower()}):"
            " name another port or host in [metrics]."
        ) from None
    async with server:
        yield


def _response(asked: bytes, tally: Tally) -> bytes:
    """The whole answer to a request (RFC 9112); the connection is not used again."""
    method, _, rest = asked.partition(b" ")
    path = rest.partition(b" ")[0].partition(b"?")[0]
    if path != b"/metrics":
        status, kind, body = "404 Not Found", "text/plain", b"The counts are at /metrics.\n"
    elif method not in (b"GET", b"HEAD"):
        status, kind, body = "405 Method Not Allowed", "text/plain", b"Only GET.\n"
    else:
        status, kind, body = "200 OK", CONTENT_TYPE_PLAIN_0_0_4, tally.exported().encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}"
    # https://www.rfc-editor.org/rfc/rfc9112#section-9.6
    return f"{head}\r\nConnection: close\r\n\r\n".encode() + (b"" if method == b"HEAD" else body)
