"""The forms in which the Web API takes its arguments."""

import json

import pytest

from tests.servers_tests.slack.calling import Calling, calling, plain, section


async def _post(at: Calling, method: str, body: str, kind: str) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {at.installed.bot_token}", "Content-Type": kind}
    url = at.server.api_url + method
    async with at.session.post(url, data=body, headers=headers) as response:
        found: dict[str, object] = await response.json()
        return found


JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"


async def test_blocks_come_as_json_and_as_a_string_of_it_in_a_form() -> None:
    async with calling() as at:
        blocks = [section("hello", block_id="b")]
        await at.client.api_call("chat.postMessage", json={"channel": "C01", "blocks": blocks})
        text = json.dumps(blocks)
        await at.client.api_call("chat.postMessage", json={"channel": "C01", "blocks": text})
        await at.client.api_call("chat.postMessage", data={"channel": "C01", "blocks": text})
        await at.client.api_call("chat.postMessage", params={"channel": "C01", "blocks": text})
        assert [one.blocks for one in at.channel.messages] == [blocks] * 4


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("blocks", "invalid_blocks_format"),
        ("metadata", "invalid_metadata_format"),
        ("attachments", "invalid_attachments"),
    ],
)
async def test_what_is_no_json_has_the_error_of_its_argument(name: str, error: str) -> None:
    async with calling() as at:
        given = {"channel": "C01", "text": "x", name: "[{"}
        assert await at.refused("chat.postMessage", **given) == error


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        ("{", JSON, "invalid_json"),
        ("[]", JSON, "json_not_object"),
        ("x", "text/plain", "invalid_post_type"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(body: str, kind: str, error: str) -> None:
    async with calling() as at:
        assert await _post(at, "chat.postMessage", body, kind) == {"ok": False, "error": error}


async def test_what_reads_takes_no_json() -> None:
    async with calling() as at:
        assert await at.refusal("users.info", user="U01") == {
            "error": "invalid_arguments",
            "errors": ["missing required field: user [json-pointer:/user]"],
            "response_metadata": {
                "messages": ["[ERROR] missing required field: user [json-pointer:/user]"]
            },
        }
        said = await _post(at, "users.info", "user=U01", FORM)
        assert said["ok"] is True


async def test_arguments_are_missed_and_their_kinds_checked() -> None:
    async with calling() as at:
        refused = await at.refusal(
            "chat.postMessage", text=7, unfurl_links="maybe", thread_ts=1700000000.5, unfurl=False
        )
        assert refused["errors"] == [
            "missing required field: channel [json-pointer:/channel]",
            "unknown argument: unfurl",
            "must provide a string [json-pointer:/text]",
            "must provide a boolean [json-pointer:/unfurl_links]",
            "must provide a timestamp [json-pointer:/thread_ts]",
        ]


async def test_the_workspace_may_be_named_in_every_call() -> None:
    async with calling() as at:
        assert (await at.client.api_call("auth.test", json={"team_id": "T01"}))["ok"]
        assert (await at.client.api_call("users.info", params={"user": "U01", "team_id": "T01"}))[
            "ok"
        ]


async def test_a_method_that_does_not_exist_is_unknown() -> None:
    async with calling() as at:
        assert await at.refusal("chat.shout", text="x") == {
            "error": "unknown_method", "req_method": "chat.shout"
        }  # fmt: skip


async def test_every_call_is_recorded() -> None:
    async with calling() as at:
        await at.client.chat_postMessage(channel="C01", text="one", blocks=[section("one")])
        await at.refused("chat.postMessage", channel="C99", text="two")
        calls = await at.server.api.called("chat.postMessage", 2)
        assert [(one.arguments["text"], one.done, one.status) for one in calls] == [
            ("one", True, 200), ("two", False, 200)
        ]  # fmt: skip
        assert calls[1].answer == {"ok": False, "error": "channel_not_found"}
        assert calls[0].arguments["blocks"] == [{"type": "section", "text": plain("one")}]
