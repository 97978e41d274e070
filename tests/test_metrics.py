"""What monitoring reads, and what others who come to its door are told."""

import asyncio

import pytest

from bot.metrics import exported
from bot.setup import CannotStart
from bot.tally import Tally
from tests.servers.programs import free_port


async def asked(port: int, request: bytes) -> tuple[str, list[str], str]:
    """Status, headers and body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    async with asyncio.timeout(5):
        answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition("\r\n\r\n")
    status, *headers = head.split("\r\n")
    return status, headers, body


async def test_the_counts_are_where_monitoring_looks_for_them() -> None:
    tally, port = Tally(), free_port()
    tally.due("irc", 2)
    async with exported(tally, "127.0.0.1", port):
        counts = tally.exported()
        headers = [
            "Content-Type: text/plain; version=0.0.4; charset=utf-8",
            f"Content-Length: {len(counts)}",
            "Connection: close",
        ]
        get = b"GET /metrics HTTP/1.1\r\nHost: bot\r\n\r\n"
        assert await asked(port, get) == ("HTTP/1.1 200 OK", headers, counts)
        assert await asked(port, get.replace(b"metrics", b"metrics?a=b")) == (
            "HTTP/1.1 200 OK", headers, counts
        )  # fmt: skip
        head = await asked(port, get.replace(b"GET", b"HEAD"))
        assert head == ("HTTP/1.1 200 OK", headers, "")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found"),
        (b"POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"),
        (b"\r\n\r\n", "HTTP/1.1 404 Not Found"),
        (b"\xff\xff\r\n\r\n", "HTTP/1.1 404 Not Found"),
        (b"x" * 100_000, ""),
    ],
)
async def test_who_asks_for_anything_else_is_told_so_and_nobody_is_disturbed(
    request_: bytes, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    async with exported(Tally(), "127.0.0.1", port):
        try:
            said = (await asked(port, request_))[0]
        except ConnectionResetError:
            said = ""
        assert said == status
        get = b"GET /metrics HTTP/1.1\r\n\r\n"
        assert (await asked(port, get))[0] == "HTTP/1.1 200 OK"
    assert caplog.records == []


async def test_a_host_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CannotStart) as refusal:
        async with exported(Tally(), "192.0.2.1", 9464):
            pass
    assert str(refusal.value) == (
        "The metrics cannot be served at 192.0.2.1, port 9464 (cannot assign requested address):"
        " name another port or host in [metrics]."
    )
