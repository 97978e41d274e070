"""A web server on loopback that answers as a test says, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.noted import Noted

Send = Callable[[bytes], Awaitable[None]]
Answer = bytes | Callable[[Send], Awaitable[None]]


def answer(
    body: bytes = b"", status: str = "200 OK", headers: Mapping[str, str] | None = None
) -> bytes:
    """A whole answer, byte by byte as it goes over the wire."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Web:
    """What is served at each path; `asked` are path and headers (names in small letters) of each
    request, in order."""

    url: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: Noted[tuple[str, dict[str, str]]] = field(default_factory=Noted)

    def at(self, path: str) -> str:
        return f"{self.url}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            headers = {n.lower(): v for n, _, v in (one.partition(": ") for one in head[1:] if one)}
            self.asked.append((path, headers))
            page = self.pages.get(path, answer(b"no such page", "404 Not Found"))

            async def send(data: bytes) -> None:
                writer.write(data)
                await writer.drain()

            await (send(page) if isinstance(page, bytes) else page(send))
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()


@asynccontextmanager
async def web() -> AsyncIterator[Web]:
    """The server, until this is left."""
    server = Web()
    tasks = set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await server.serve(reader, writer)
        except asyncio.CancelledError:
            writer.close()
        finally:
            tasks.discard(task)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        for task in [*tasks]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
