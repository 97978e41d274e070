"""What counts as an answer of Slack, and what does not."""

import logging
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from bot.adapters.slack.sending.api import Api, Away, Limited, Refused
from tests.adapters.slack.sending.scripted import TS, Cut, Says, Scripted, Silent, limited, no


async def test_a_message_goes_out_in_json_with_the_token(api: Api, server: Scripted) -> None:
    answer = await api.call("chat.postMessage", channel="C1", text="hi", blocks=[], thread_ts=None)
    assert answer == {"ok": True, "ts": TS, "channel": "C1"}
    (asked,) = server.asked
    assert (asked.method, asked.arguments, asked.token) == (
        "chat.postMessage", {"channel": "C1", "text": "hi", "blocks": []}, "Bearer xoxb-1"
    )  # fmt: skip


async def test_a_question_goes_out_as_a_query(api: Api, server: Scripted) -> None:
    answer = await api.call(
        "conversations.history", channel="C1", limit=15, include_all_metadata=True
    )
    assert answer == {"ok": True, "messages": []}
    assert server.asked[0].arguments == {
        "channel": "C1", "limit": "15", "include_all_metadata": "1"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("says", "code", "needed", "revoked"),
    [
        (no("channel_not_found"), "channel_not_found", "", False),
        (no("missing_scope", needed="im:history", provided="chat:write"), "missing_scope",
         "im:history", False),
        (no("token_revoked"), "token_revoked", "", True),
        (no("account_inactive"), "account_inactive", "", True),
        (no("invalid_auth"), "invalid_auth", "", True),
        (Says({"ok": False, "error": "invalid_arguments"}, 400), "invalid_arguments", "", False),
    ],
)  # fmt: skip
async def test_a_refusal(
    api: Api, server: Scripted, says: Says, code: str, needed: str, revoked: bool
) -> None:
    server.first["chat.postMessage"] = [says]
    with pytest.raises(Refused) as caught:
        await api.call("chat.postMessage", channel="C1", text="hi")
    refusal = caught.value
    assert (refusal.code, refusal.needed, refusal.revoked) == (code, needed, revoked)


@pytest.mark.parametrize(
    ("says", "seconds"),
    [
        (limited(7), 7),
        (Says("slow down", 429), 5),
        (Says("slow down", 429, kind="application/json"), 5),
        (Says({"ok": False, "error": "ratelimited"}, 429, "soon"), 5),
        (no("rate_limited"), 5),
        (no("message_limit_exceeded"), 60),
    ],
)
async def test_too_much(api: Api, server: Scripted, says: Says, seconds: int) -> None:
    server.first["chat.postMessage"] = [says]
    with pytest.raises(Limited) as caught:
        await api.call("chat.postMessage", channel="C1", text="hi")
    assert caught.value.after == timedelta(seconds=seconds)
    assert server.methods() == ["chat.postMessage"]


_UNLIKE_SLACK = "it answers as Slack does not"


@pytest.mark.parametrize(
    ("says", "reason", "sent"),
    [
        (Says("<h1>Bad Gateway</h1>", 502), "it answers 502", True),
        (Says({"ok": False, "error": "internal_error"}, 500), "it answers internal_error", True),
        (no("fatal_error"), "it answers fatal_error", True),
        (no("team_added_to_org"), "it answers team_added_to_org", False),
        (Says("<h1>Welcome</h1>"), "it answers 200, and not as Slack does", True),
        (Says("<h1>No entry</h1>", 403), "it answers 403, and not as Slack does", True),
        (Says("{", kind="application/json"), "it answers 200, and not as Slack does", True),
        (Says({}), "it answers 200, and not as Slack does", True),
        (Says([1]), _UNLIKE_SLACK, True),
        (Says("ok", kind="text/plain"), _UNLIKE_SLACK, True),
        (Cut(), "ServerDisconnectedError", True),
    ],
)
async def test_what_is_no_answer(
    api: Api, server: Scripted, says: Says | Cut, reason: str, sent: bool
) -> None:
    server.first["chat.postMessage"] = [says]
    with pytest.raises(Away) as caught:
        await api.call("chat.postMessage", channel="C1", text="hi")
    assert (caught.value.reason, caught.value.sent) == (reason, sent)
    assert server.methods() == ["chat.postMessage"]


async def test_nobody_waits_for_ever(server: Scripted, session: ClientSession) -> None:
    server.first["chat.postMessage"] = [Silent()]
    with pytest.raises(Away) as caught:
        await Api(session, f"{server.url}/api", "xoxb-1", within=0.05).call(
            "chat.postMessage", channel="C1", text="hi"
        )
    assert (caught.value.reason, caught.value.sent) == (
        "it has not answered within 0.05 seconds", True
    )  # fmt: skip


async def test_where_nobody_listens_nothing_was_sent(session: ClientSession) -> None:
    with pytest.raises(Away) as caught:
        await Api(session, "http://127.0.0.1:9/api", "xoxb-1").call("auth.test")
    assert (caught.value.reason, caught.value.sent) == ("Connection refused", False)


async def test_nothing_is_asked_after_the_end(
    api: Api, server: Scripted, session: ClientSession
) -> None:
    await session.close()
    with pytest.raises(Away) as caught:
        await api.call("auth.test")
    assert (caught.value.reason, caught.value.sent) == ("the bot has left it", False)
    assert server.asked == []


async def test_neither_token_nor_text_is_logged_or_told(
    api: Api, server: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for says in (Says("hush hush", 500), Says("{hush", kind="application/json"), no("no_text")):
        server.first["chat.postMessage"] = [says]
        with pytest.raises((Refused, Away)) as caught:
            await api.call("chat.postMessage", channel="C1", text="hush")
        assert "hush" not in str(caught.value)
    assert [r.getMessage() for r in caplog.records if "slack" in r.name.casefold()] == []
    assert "hush" not in caplog.text
    assert "xoxb" not in caplog.text
