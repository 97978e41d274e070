"""What goes wrong on the way, as a test says; and what has happened then, or has not."""

import asyncio
import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.servers.slack import Drop, Error, Garbage, Held, Limited, Slow, Status
from tests.servers_tests.slack.calling import Calling, calling


async def _post(at: Calling, text: str = "x") -> None:
    await at.client.chat_postMessage(channel="C01", text=text)


def _said(at: Calling) -> list[str]:
    return [one.text for one in at.channel.messages]


@pytest.mark.parametrize(("drop", "said"), [(Drop.BEFORE, []), (Drop.AFTER, ["x"])])
async def test_the_connection_ends_before_or_after(drop: Drop, said: list[str]) -> None:
    async with calling() as at:
        at.server.faults.arm("chat.postMessage", drop)
        with pytest.raises(aiohttp.ClientError):
            await _post(at)
        assert _said(at) == said
        [call] = at.server.api.calls
        assert (call.answer, call.status, call.done) == (None, 0, bool(said))
        await _post(at, "again")
        assert _said(at) == [*said, "again"]


async def test_a_server_error_is_no_json_and_nothing_has_happened() -> None:
    async with calling() as at:
        at.server.faults.arm("chat.postMessage", Status(503), times=2)
        for _ in range(2):
            with pytest.raises(SlackApiError) as caught:
                await _post(at)
            assert caught.value.response.status_code == 503
        await _post(at)
        assert _said(at) == ["x"]


@pytest.mark.parametrize("after", [7, None])
async def test_429_comes_when_it_is_told_to(after: int | None) -> None:
    async with calling() as at:
        at.server.faults.arm("chat.postMessage", Limited(after))
        with pytest.raises(SlackApiError) as caught:
            await _post(at)
        assert caught.value.response.status_code == 429
        header = None if after is None else str(after)
        assert caught.value.response.headers.get("Retry-After") == header
        assert (_said(at), at.server.api.limited) == ([], {"chat.postMessage": 1})


async def test_an_error_comes_when_it_is_told_to() -> None:
    async with calling() as at:
        at.server.faults.arm("*", Error("internal_error"))
        given = {"channel": "C01", "text": "x"}
        assert await at.refused("chat.postMessage", **given) == "internal_error"
        assert _said(at) == []


async def test_an_answer_may_be_garbage_though_everything_has_happened() -> None:
    async with calling() as at:
        at.server.faults.arm("chat.postMessage", Garbage())
        with pytest.raises((json.JSONDecodeError, SlackApiError)):
            await _post(at)
        assert _said(at) == ["x"]


async def test_an_answer_may_come_late_though_everything_has_happened() -> None:
    async with calling() as at:
        at.server.faults.arm("chat.postMessage", Slow(0.01))
        began = asyncio.get_running_loop().time()
        await _post(at)
        assert asyncio.get_running_loop().time() - began >= 0.01
        assert _said(at) == ["x"]


@pytest.mark.parametrize(("before", "said"), [(False, ["x"]), (True, [])])
async def test_an_answer_is_held_until_the_test_lets_go(before: bool, said: list[str]) -> None:
    async with calling() as at:
        held = Held(before)
        at.server.faults.arm("chat.postMessage", held)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_post(at))
            await held.reached()
            assert _said(at) == said
            assert at.server.api.calls[0].answer is None
            held.release()
        assert _said(at) == ["x"]


async def test_faults_strike_their_method_in_order() -> None:
    async with calling() as at:
        faults = at.server.faults
        faults.arm("chat.postMessage", Status(500))
        faults.arm("chat.postMessage", Error("fatal_error"))
        await at.client.auth_test()
        with pytest.raises(SlackApiError):
            await _post(at)
        given = {"channel": "C01", "text": "x"}
        assert await at.refused("chat.postMessage", **given) == "fatal_error"
        assert faults.struck == [
            ("chat.postMessage", Status(500)), ("chat.postMessage", Error("fatal_error"))
        ]  # fmt: skip
        faults.arm("*", Status(500), times=9)
        faults.clear()
        await _post(at)
