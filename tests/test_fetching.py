"""One GET of a published schedule: what comes of it at small servers, kind and hostile."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import trustme

from bot.addresses import Url
from bot.fetching import USUAL, Limits, fetch
from bot.looked import Failed, Fetched, Mark, NotModified
from tests.servers.programs import free_port
from tests.servers.web import Send, Web, answer, web

QUICK = replace(USUAL, total=0.3, largest=1_000)
MARK = Mark('W/"7"', "Mon, 16 Apr 2012 16:20:00 GMT")
NAMES = {"ETag": 'W/"7"', "Last-Modified": "Mon, 16 Apr 2012 16:20:00 GMT"}


@pytest.fixture
async def server() -> AsyncIterator[Web]:
    async with web() as server:
        yield server


async def fetched(server: Web, limits: Limits = USUAL, path: str = "/") -> object:
    return await fetch(Url(server.at(path)), limits=limits)


async def test_what_is_there_comes_with_its_names(server: Web) -> None:
    server.pages["/"] = answer(b"{}", headers=NAMES)
    assert await fetched(server) == Fetched(b"{}", MARK)
    [(_, headers)] = server.asked
    assert headers["user-agent"].startswith("summit-bot/")
    assert headers["accept-encoding"] == "gzip"
    assert not {"if-none-match", "if-modified-since", "cookie"} & set(headers)


async def test_the_names_of_what_is_known_are_told_and_nothing_new_is_nothing_new(
    server: Web,
) -> None:
    server.pages["/"] = answer(status="304 Not Modified")
    assert await fetch(Url(server.at("/")), MARK) == NotModified()
    [(_, headers)] = server.asked
    assert (headers["if-none-match"], headers["if-modified-since"]) == (MARK.etag, MARK.modified)


async def test_nothing_new_is_no_answer_for_who_knows_nothing(server: Web) -> None:
    server.pages["/"] = answer(status="304 Not Modified")
    assert await fetched(server) == Failed("the server answers 304 Not Modified")


@pytest.mark.parametrize("etag", ["x" * 1_001, '"caf\xe9"'])
async def test_a_name_that_cannot_be_sent_back_is_dropped(server: Web, etag: str) -> None:
    page = answer(b"{}").replace(b"\r\n\r\n", f"\r\nETag: {etag}\r\n\r\n".encode("latin-1"))
    server.pages["/"] = page
    assert await fetched(server) == Fetched(b"{}", Mark())


async def test_what_is_packed_comes_as_it_is(server: Web) -> None:
    packed = gzip.compress(b"{}")
    server.pages["/"] = answer(packed, headers={"Content-Encoding": "gzip"})
    assert await fetched(server) == Fetched(packed)


async def test_what_is_packed_in_another_way_is_refused(server: Web) -> None:
    server.pages["/"] = answer(b"?", headers={"Content-Encoding": "br"})
    assert await fetched(server) == Failed("the server packs it in a way that it was not asked for")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 T", "308 P"])
async def test_redirects_are_followed(server: Web, status: str) -> None:
    server.pages["/"] = answer(status=status, headers={"Location": "sub/there?x=1"})
    server.pages["/sub/there?x=1"] = answer(b"{}")
    assert await fetched(server) == Fetched(b"{}")


async def test_five_redirects_are_followed_and_not_six(server: Web) -> None:
    for number in range(6):
        headers = {"Location": f"/{number + 1}"}
        server.pages[f"/{number}"] = answer(status="302 Found", headers=headers)
    server.pages["/6"] = answer(b"{}")
    assert await fetched(server, path="/1") == Fetched(b"{}")
    assert await fetched(server, path="/0") == Failed(
        "it leads from one address to the next without end"
    )


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("file:///etc/passwd", "it leads to something that is not http or https"),
        ("ftp://127.0.0.1/x", "it leads to something that is not http or https"),
        ("data:,x", "it leads to something that is not http or https"),
        ("", "it leads to nowhere"),
        ("http://", "it leads from one address to the next without end"),
        ("http://[::1", "it leads to something that is no address"),
        ("http://127.0.0.1:99999/", "it leads to something that is no address"),
    ],
)
async def test_a_redirect_to_somewhere_else_is_refused(server: Web, to: str, reason: str) -> None:
    server.pages["/"] = answer(status="302 Found", headers={"Location": to})
    assert await fetched(server) == Failed(reason)


async def test_a_password_is_told_to_its_server_and_to_no_other() -> None:
    async with web() as first, web() as second:
        first.pages["/"] = answer(status="302 Found", headers={"Location": second.at("/")})
        second.pages["/"] = answer(b"{}")
        whole = first.at("/").replace("http://", "http://ada:secret@")
        assert await fetch(Url(whole)) == Fetched(b"{}")
        [(_, told)], [(_, not_told)] = first.asked, second.asked
    assert told["authorization"].startswith("Basic ")
    assert "authorization" not in not_told


@pytest.mark.parametrize(
    ("status", "rest", "after"),
    [
        ("503 Service Unavailable", "120", timedelta(minutes=2)),
        ("429 Too Many Requests", "9" * 30, timedelta(hours=1)),
        ("503 Service Unavailable", "Mon, 16 Apr 2012 16:20:00 GMT", timedelta()),
        ("503 Service Unavailable", "soon", None),
        ("404 Not Found", "120", None),
    ],
)
async def test_an_error_is_named_and_says_when_to_come_again(
    server: Web, status: str, rest: str, after: timedelta | None
) -> None:
    server.pages["/"] = answer(b"<html>", status, {"Retry-After": rest})
    assert await fetched(server) == Failed(f"the server answers {status}", after)


async def test_a_status_that_nobody_knows_is_named_by_its_number(server: Web) -> None:
    server.pages["/"] = answer(status="799 secret")
    assert await fetched(server) == Failed("the server answers 799")


async def test_what_is_said_to_be_too_large_is_not_read(server: Web) -> None:
    server.pages["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"
    assert await fetched(server, QUICK) == Failed("it is larger than 0.001 MB")


async def test_a_body_without_end_is_left_at_the_limit(server: Web) -> None:
    async def endless(send: Send) -> None:
        await send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await send(b"x" * 100)

    server.pages["/"] = endless
    assert await fetched(server, replace(QUICK, total=30)) == Failed("it is larger than 0.001 MB")


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_a_slow_server_is_left_after_a_while(server: Web, begun: bytes) -> None:
    async def slow(send: Send) -> None:
        await send(begun)
        await asyncio.Event().wait()

    server.pages["/"] = slow
    assert await fetched(server, QUICK) == Failed("it did not answer within 0.3 seconds")


async def test_drop_by_drop_is_slow_as_well(server: Web) -> None:
    async def drops(send: Send) -> None:
        await send(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        while True:
            await send(b"x")
            await asyncio.sleep(0.02)

    server.pages["/"] = drops
    assert await fetched(server, QUICK) == Failed("it did not answer within 0.3 seconds")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "the connection broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "the connection broke off"),
        (b"220 mail.example.org ESMTP\r\n\r\n", "the answer is no HTTP"),
    ],
)
async def test_a_broken_answer_is_none(server: Web, said: bytes, reason: str) -> None:
    server.pages["/"] = said
    assert await fetched(server) == Failed(reason)


async def test_a_server_that_is_down_is_named_so_without_its_address() -> None:
    url = Url(f"http://ada:secret@127.0.0.1:{free_port()}/x?token=1")
    assert await fetch(url) == Failed("the server cannot be reached (connection refused)")


async def test_a_server_that_does_not_exist_is_named_so() -> None:
    found = await fetch(Url("http://no.such.host.invalid/"))
    assert found == Failed("the name of the server is not known")


async def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        found = await fetch(Url(f"https://127.0.0.1:{port}/"))
    assert found == Failed("its certificate is not valid")
