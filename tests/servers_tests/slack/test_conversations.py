"""Conversations that are opened and read over the Web API, and the people in them."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.servers.slack import Limits
from tests.servers.slack.contents import Content
from tests.servers_tests.slack.calling import Calling, calling, scopes

METADATA = {"event_type": "summit_bot_message", "event_payload": {"key": "k1"}}


def _say(at: Calling, *texts: str, thread: str | None = None) -> list[str]:
    """In the channel; the `ts` of each."""
    post = at.server.slack.post
    return [post(at.channel, at.ada, Content(one), thread).ts for one in texts]


async def _texts(at: Calling, **more: Any) -> list[str]:
    answer = await at.client.conversations_history(channel="C01", **more)
    return [one["text"] for one in answer["messages"]]


async def test_direct_messages_are_opened_once() -> None:
    async with calling() as at:
        first = await at.client.conversations_open(users="U01")
        dm = at.team.dm(at.ada, at.installed.bot_user)
        assert first.data == {"ok": True, "channel": {"id": dm.id}}
        again = await at.client.conversations_open(users=["U01"], return_im=True)
        assert again.data == {
            "ok": True, "no_op": True, "already_open": True,
            "channel": dm.as_json(at.installed.bot_user),
        }  # fmt: skip
        assert again["channel"]["user"] == "U01"
        known = await at.client.conversations_open(users="U01", prevent_creation=True)
        assert known["channel"] == {"id": dm.id}
        resumed = await at.client.conversations_open(channel=dm.id)
        assert resumed.data == {"ok": True, "channel": {"id": dm.id}}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"users": "U99"}, "user_not_found"),
        ({"users": ""}, "users_list_not_supplied"),
        ({"users": "U02"}, "user_disabled"),
        ({"users": "U03"}, "cannot_dm_bot"),
        ({"users": ",".join(["U01"] * 9)}, "too_many_users"),
        ({"users": ",".join(["U01"] * 8)}, "method_not_supported_for_channel_type"),
        ({"users": "U01,U01"}, "method_not_supported_for_channel_type"),
        ({"channel": "C01"}, "method_not_supported_for_channel_type"),
        ({"channel": "D99"}, "channel_not_found"),
        ({"users": "U01", "prevent_creation": True}, "channel_not_found"),
    ],
)
async def test_others_cannot_be_opened(given: dict[str, Any], error: str) -> None:
    async with calling() as at:
        at.server.slack.deactivate(at.team.add_user("gone", id="U02"))
        at.team.add_user("robot", id="U03").is_bot = True
        assert await at.refused("conversations.open", **given) == error


async def test_opening_needs_its_scope() -> None:
    async with calling(change=scopes("im:write")) as at:
        assert (await at.refusal("conversations.open", users="U01"))["needed"] == "im:write"


async def test_the_history_begins_with_what_is_newest_and_leaves_threads_out() -> None:
    async with calling() as at:
        start, *_ = _say(at, "one", "two")
        _say(at, "an answer", thread=start)
        await at.client.chat_postEphemeral(channel="C01", user="U01", text="psst")
        assert await _texts(at) == ["two", "one"]


async def test_the_history_comes_in_pages() -> None:
    async with calling() as at:
        _say(at, "one", "two", "three")
        first = await at.client.conversations_history(channel="C01", limit=2)
        assert (first["has_more"], [one["text"] for one in first["messages"]]) == (
            True, ["three", "two"],
        )  # fmt: skip
        cursor = first["response_metadata"]["next_cursor"]
        second = await at.client.conversations_history(channel="C01", limit=2, cursor=cursor)
        assert (second["has_more"], [one["text"] for one in second["messages"]]) == (
            False, ["one"],
        )  # fmt: skip
        assert "response_metadata" not in second.data
        known = base64.b64decode(cursor).replace(b"next_ts", b"other")
        for wrong in ("x", base64.b64encode(known).decode(), "bmV4dF90czoxLjE="):
            given = {"channel": "C01", "cursor": wrong}
            assert await at.refused_form("conversations.history", **given) == "invalid_cursor"
        given = {"channel": "C01", "limit": "0"}
        assert await at.refused_form("conversations.history", **given) == "invalid_limit"


async def test_a_page_has_a_hundred_messages_and_at_most_999() -> None:
    async with calling() as at:
        _say(at, *map(str, range(1001)))
        assert len(await _texts(at)) == 100
        assert len(await _texts(at, limit=5000)) == 999


async def test_the_history_has_bounds() -> None:
    async with calling() as at:
        one, two, three = _say(at, "one", "two", "three")
        assert await _texts(at, oldest=two, latest=two, inclusive=True) == ["two"]
        assert await _texts(at, oldest=one) == ["three", "two"]
        assert await _texts(at, oldest=one, latest=three) == ["two"]
        assert await _texts(at, oldest=one, latest=three, inclusive=True) == [
            "three", "two", "one",
        ]  # fmt: skip


async def test_metadata_is_shown_when_asked_for() -> None:
    async with calling() as at:
        await at.client.chat_postMessage(channel="C01", text="x", metadata=METADATA)
        plain = await at.client.conversations_history(channel="C01")
        full = await at.client.conversations_history(channel="C01", include_all_metadata=True)
        assert "metadata" not in plain["messages"][0]
        assert full["messages"][0]["metadata"] == METADATA


async def test_a_thread_begins_with_its_first_message_on_every_page() -> None:
    async with calling() as at:
        [start] = _say(at, "who?")
        answers = _say(at, "one", "two", thread=start)
        read = at.client.conversations_replies
        first = await read(channel="C01", ts=start, limit=1)
        assert [one["text"] for one in first["messages"]] == ["who?", "one"]
        assert first["has_more"] is True
        cursor = first["response_metadata"]["next_cursor"]
        second = await read(channel="C01", ts=start, limit=1, cursor=cursor)
        assert [one["text"] for one in second["messages"]] == ["who?", "two"]
        alone = await read(channel="C01", ts=answers[1])
        assert [one["text"] for one in alone["messages"]] == ["two"]
        assert second["has_more"] is False
        whisper = await at.client.chat_postEphemeral(channel="C01", user="U01", text="psst")
        for ts in ("1.1", whisper["message_ts"]):
            given = {"channel": "C01", "ts": ts}
            assert await at.refused_form("conversations.replies", **given) == "thread_not_found"


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
@pytest.mark.parametrize(
    ("id", "change", "error"),
    [
        ("C99", None, "channel_not_found"),
        ("C02", None, "not_in_channel"),
        ("C03", None, "channel_not_found"),
        ("C01", scopes("channels:history"), "missing_scope"),
    ],
)
async def test_only_what_one_may_read_is_read(
    method: str, id: str, change: Callable[[dict[str, Any]], None] | None, error: str
) -> None:
    async with calling(change=change) as at:
        at.team.add_channel("other", id="C02", members=[at.ada])
        at.team.add_channel("secret", id="C03", members=[at.ada], private=True)
        given = {"channel": id} | ({"ts": "1.1"} if method.endswith("replies") else {})
        assert await at.refused_form(method, **given) == error


async def test_each_kind_of_channel_has_its_scope() -> None:
    async with calling(change=scopes("im:history", "groups:history", "im:read")) as at:
        bot = at.installed.bot_user
        private = at.team.add_channel("crew", members=[at.ada, bot], private=True)
        dm = at.team.dm(at.ada, bot)
        needed = [
            await _needed(at, method, id)
            for method, id in (
                ("conversations.history", private.id), ("conversations.history", dm.id),
                ("conversations.info", dm.id),
            )
        ]  # fmt: skip
        assert needed == ["groups:history", "im:history", "im:read"]


async def _needed(at: Calling, method: str, channel: str) -> str:
    assert await at.refused_form(method, channel=channel) == "missing_scope"
    answer = at.server.api.of(method)[-1].answer
    assert answer is not None
    return str(answer["needed"])


async def test_apps_sold_elsewhere_get_fifteen_messages() -> None:
    async with calling(Limits.generous(history="external")) as at:
        _say(at, *map(str, range(20)))
        assert len(await _texts(at)) == len(await _texts(at, limit=100)) == 15
        at.server.api.limits = Limits.generous()
        assert len(await _texts(at)) == 20
        at.app.internal = False
        assert len(await _texts(at)) == 15


async def test_a_channel_is_described() -> None:
    async with calling() as at:
        answer = await at.client.conversations_info(channel="C01", include_num_members=True)
        assert answer["channel"] == {
            "id": "C01", "name": "summit", "name_normalized": "summit", "is_channel": True,
            "is_group": False, "is_im": False, "is_mpim": False, "is_private": False,
            "is_archived": False, "is_member": True, "is_general": False, "is_shared": False,
            "context_team_id": "T01", "num_members": 2,
        }  # fmt: skip
        assert await at.refused_form("conversations.info", channel="C99") == "channel_not_found"


async def test_a_person_is_described() -> None:
    async with calling() as at:
        answer = await at.client.users_info(user="U01", include_locale=True)
        assert answer["user"] == {
            "id": "U01", "team_id": "T01", "name": "ada", "deleted": False,
            "profile": {
                "real_name": "Ada", "real_name_normalized": "Ada", "display_name": "",
                "display_name_normalized": "", "team": "T01",
            },
            "is_bot": False, "is_app_user": False, "updated": 1_700_000_000, "real_name": "Ada",
            "is_admin": False, "is_owner": False, "tz": "Europe/Berlin", "tz_label": "CET",
            "tz_offset": 3600, "locale": "en-US",
        }  # fmt: skip
        assert await at.refused_form("users.info", user="U99") == "user_not_found"


async def test_somebody_deactivated_has_no_timezone() -> None:
    async with calling() as at:
        at.server.slack.deactivate(at.ada)
        answer = await at.client.users_info(user="U01")
        assert answer["user"]["deleted"] is True
        assert "tz" not in answer["user"]


async def test_people_are_described_with_a_scope() -> None:
    async with calling(change=scopes("users:read")) as at:
        assert await at.refused_form("users.info", user="U01") == "missing_scope"
