"""What counts as an answer of a homeserver, and what does not."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from tests.adapters.matrix.between import Between, Says, between


@pytest.fixture
async def proxy() -> AsyncIterator[Between]:
    async with between() as server:
        yield server


@pytest.fixture
async def server(proxy: Between) -> AsyncIterator[Homeserver]:
    homeserver = Homeserver(proxy.url)
    yield homeserver
    await homeserver.close()


@pytest.mark.parametrize("answer", ["<h1>Not here</h1>", "[]", ""])
async def test_a_page_that_says_no_is_a_refusal(
    server: Homeserver, proxy: Between, answer: str
) -> None:
    for status, limited in ((403, False), (404, False), (429, True)):
        proxy.instead["GET /page"] = Says(status, answer)
        with pytest.raises(Refused) as caught:
            await server.fetch("GET", "/page")
        refusal = caught.value
        assert (refusal.code, refusal.status, refusal.said, refusal.limited) == (
            "M_UNRECOGNIZED", status, f"it answers {status}, and not as a homeserver does", limited
        )  # fmt: skip


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (Says(502, "<h1>Bad Gateway</h1>"), "it answers 502, and not as a homeserver does"),
        (Says(500, {"errcode": "M_UNKNOWN"}), "it answers with status 500"),
        (Says(200, "<h1>Welcome</h1>"), "it answers 200, and not as a homeserver does"),
    ],
)
async def test_what_is_no_answer(server: Homeserver, proxy: Between, says: Says, why: str) -> None:
    proxy.instead["GET /page"] = says
    with pytest.raises(Away) as caught:
        await server.fetch("GET", "/page")
    assert str(caught.value) == why


async def test_nothing_is_asked_after_the_end(server: Homeserver, proxy: Between) -> None:
    proxy.instead["GET /page"] = Says(200, {})
    assert await server.fetch("GET", "/page") == {}
    await server.close()
    with pytest.raises(Away) as caught:
        await server.fetch("GET", "/page")
    assert str(caught.value) == "the bot has left it"
    assert proxy.asked == ["GET /page"]
