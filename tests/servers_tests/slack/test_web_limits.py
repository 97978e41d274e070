"""How often an app may call: one more is answered with 429, and when to come again."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.servers.slack import Limits
from tests.servers_tests.slack.calling import Calling, calling, home, modal

METHODS: list[tuple[str, int, dict[str, Any]]] = [
    ("chat.update", 50, {"channel": "C01", "ts": "1.1", "text": "x"}),
    ("chat.delete", 50, {"channel": "C01", "ts": "1.1"}),
    ("chat.postEphemeral", 100, {"channel": "C01", "user": "U01", "text": "x"}),
    ("conversations.open", 50, {"users": "U01"}),
    ("views.open", 100, {"trigger_id": "1.1.1", "view": modal()}),
    ("views.push", 100, {"trigger_id": "1.1.1", "view": modal()}),
    ("views.update", 100, {"view_id": "V1", "view": modal()}),
    ("views.publish", 100, {"user_id": "U01", "view": home()}),
]


async def _limited(at: Calling, method: str, form: bool = False, **given: Any) -> int | None:
    """The Retry-After of a call; None if it was taken, or refused for another reason."""
    try:
        if form:
            await at.client.api_call(method, params=given)
        else:
            await at.client.api_call(method, json=given)
    except SlackApiError as why:
        if why.response["error"] == "ratelimited" and why.response.status_code == 429:
            return int(why.response.headers["Retry-After"])
    return None


async def _post(at: Calling, channel: str = "C01") -> int | None:
    return await _limited(at, "chat.postMessage", channel=channel, text="x")


@pytest.mark.parametrize(("method", "per_minute", "given"), METHODS)
async def test_a_method_has_its_tier(method: str, per_minute: int, given: dict[str, Any]) -> None:
    async with calling(Limits()) as at:
        for _ in range(per_minute):
            assert await _limited(at, method, **given) is None
        at.clock.advance(20)
        assert await _limited(at, method, **given) == 40
        assert await _limited(at, "auth.test") is None
        at.clock.advance(40)
        assert await _limited(at, method, **given) is None
        assert at.server.api.limited == {method: 1}


@pytest.mark.parametrize(
    ("method", "per_minute", "given"),
    [
        ("users.info", 100, {"user": "U01"}),
        ("conversations.history", 50, {"channel": "C01"}),
        ("conversations.replies", 50, {"channel": "C01", "ts": "1.1"}),
        ("conversations.info", 50, {"channel": "C01"}),
    ],
)
async def test_so_has_what_reads(method: str, per_minute: int, given: dict[str, Any]) -> None:
    async with calling(Limits()) as at:
        for _ in range(per_minute):
            assert await _limited(at, method, True, **given) is None
        assert await _limited(at, method, True, **given) == 60


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
async def test_apps_sold_elsewhere_read_history_once_a_minute(method: str) -> None:
    given = {"channel": "C01", "ts": "1.1"} if method.endswith("replies") else {"channel": "C01"}
    async with calling(Limits(history="external")) as at:
        assert await _limited(at, method, True, **given) is None
        assert await _limited(at, method, True, **given) == 60
    async with calling(Limits()) as at:
        at.app.internal = False
        assert await _limited(at, method, True, **given) is None
        assert await _limited(at, method, True, **given) == 60


async def test_sockets_are_opened_ten_times_a_minute() -> None:
    async with calling(Limits()) as at:
        at.client = at.client_of(at.app.app_token)
        answers = [await _limited(at, "apps.connections.open") for _ in range(11)]
        assert answers == [None] * 10 + [60]


async def test_one_message_a_second_in_a_channel_after_a_short_burst() -> None:
    async with calling(Limits(workspace_per_second=100)) as at:
        assert [await _post(at) for _ in range(5)] == [None] * 4 + [1]
        assert await _post(at, "U01") is None
        at.clock.advance(1)
        assert [await _post(at) for _ in range(2)] == [None, 1]
        assert len(at.channel.messages) == 5
        assert at.server.api.limited == {"chat.postMessage": 2}


async def test_a_workspace_has_a_limit_for_all_messages() -> None:
    async with calling(Limits(workspace_per_second=3)) as at:
        people = [at.team.add_user(f"u{number}").id for number in range(8)]
        assert [await _post(at, one) for one in people[:4]] == [None] * 3 + [1]
        at.clock.advance(1)
        assert [await _post(at, one) for one in people[4:]] == [None] * 3 + [1]


async def test_each_workspace_has_limits_of_its_own() -> None:
    async with calling(Limits(workspace_per_second=1)) as at:
        assert [await _post(at), await _post(at)] == [None, 1]
        other = at.server.slack.create_workspace("T02")
        eve = other.add_user("eve")
        at.client = at.client_of(at.app.install(other).bot_token)
        assert await _post(at, eve.id) is None


async def test_what_is_refused_costs_nothing() -> None:
    async with calling(Limits(channel_burst=1)) as at:
        for _ in range(3):
            assert await at.refused("chat.postMessage", channel="C01", text="") == "no_text"
        assert await _post(at) is None


async def test_generous_is_without_limits() -> None:
    async with calling(Limits.generous()) as at:
        posts = [_post(at) for _ in range(200)]
        assert set(await asyncio.gather(*posts)) == {None}


async def test_limits_are_changed_while_it_runs() -> None:
    async with calling() as at:
        assert [await _post(at) for _ in range(9)] == [None] * 9
        at.server.api.limits = Limits(channel_burst=1)
        assert [await _post(at) for _ in range(2)] == [None, 1]
