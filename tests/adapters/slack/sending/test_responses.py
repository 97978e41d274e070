"""Answers over the URLs that Slack gives out: where they go, and how often."""

import asyncio
from datetime import timedelta

import pytest
import structlog
from aiohttp import ClientSession

from bot.adapters.slack.cards.writing import Content
from bot.adapters.slack.sending import responses
from bot.adapters.slack.sending.api import Api, Away, Limited, Refused
from bot.adapters.slack.sending.responses import Responses, Used
from tests.adapters.slack.sending.scripted import Cut, Says, Scripted, Silent, limited, no

CARD = Content("Keynote at 10:00", [{"type": "divider"}])
OK = Says("ok", kind="text/plain")


@pytest.fixture
def over(server: Scripted, session: ClientSession) -> Responses:
    server.always["/actions/T1/1/x"] = OK
    return Responses(session, f"{server.url}/api")


@pytest.fixture
def url(server: Scripted) -> str:
    return f"{server.url}/actions/T1/1/x"


async def test_what_goes_out(over: Responses, server: Scripted, url: str) -> None:
    await over.respond(url, CARD, replace=True, alone=True, thread="1.0")
    await over.respond(url, CARD, replace=False, alone=True, thread="1.0")
    await over.respond(url, CARD, replace=False, alone=False)
    card = {"text": CARD.text, "blocks": CARD.blocks}
    assert [(asked.arguments, asked.token) for asked in server.asked] == [
        (card | {"response_type": "ephemeral", "replace_original": True}, None),
        (
            card | {"response_type": "ephemeral", "replace_original": False, "thread_ts": "1.0"},
            None,
        ),
        (card | {"response_type": "in_channel", "replace_original": False}, None),
    ]


async def test_a_url_takes_five_and_others_go_on(
    over: Responses, server: Scripted, url: str
) -> None:
    for _ in range(5):
        await over.respond(url, CARD, replace=True, alone=True)
    with pytest.raises(Used):
        await over.respond(url, CARD, replace=True, alone=True)
    await over.respond(f"{server.url}/actions/T1/2/x", CARD, replace=True, alone=True)
    assert len(server.asked) == 6


async def test_a_url_gets_too_old(
    over: Responses, server: Scripted, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await over.respond(url, CARD, replace=True, alone=True)
    passed = asyncio.get_running_loop().time() - server.asked[0].at
    monkeypatch.setattr(responses, "_LIFE", passed)
    with pytest.raises(Used):
        await over.respond(url, CARD, replace=True, alone=True)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "says",
    [
        Says({"ok": False, "error": "used_url"}, 404),
        Says({"ok": False, "error": "expired_url"}, 404),
        no("used_url"),
        Says("expired_url", 403, kind="text/plain"),
        Says("not found", 404),
    ],
)
async def test_slack_knows_better_whether_a_url_is_used(
    over: Responses, server: Scripted, url: str, says: Says
) -> None:
    server.always["/actions/T1/1/x"] = says
    for _ in range(2):
        with pytest.raises(Used):
            await over.respond(url, CARD, replace=True, alone=True)
    assert len(server.asked) == 1


async def test_what_else_can_happen(
    over: Responses, server: Scripted, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.first["/actions/T1/1/x"] = [no("invalid_blocks"), limited(3), Cut(), Silent()]
    with pytest.raises(Refused) as refused:
        await over.respond(url, CARD, replace=True, alone=True)
    with pytest.raises(Limited) as too_much:
        await over.respond(url, CARD, replace=True, alone=True)
    with pytest.raises(Away) as cut:
        await over.respond(url, CARD, replace=True, alone=True)
    monkeypatch.setattr(responses, "_PATIENCE", 0.05)
    with pytest.raises(Away) as silent:
        await over.respond(url, CARD, replace=True, alone=True)
    assert (refused.value.code, too_much.value.after) == ("invalid_blocks", timedelta(seconds=3))
    assert (cut.value.reason, cut.value.sent) == ("ServerDisconnectedError", True)
    assert (silent.value.reason, silent.value.sent) == (
        "it has not answered within 0.05 seconds", True
    )  # fmt: skip


async def test_where_nobody_listens_nothing_was_sent(session: ClientSession) -> None:
    with pytest.raises(Away) as caught:
        await Responses(session, "http://127.0.0.1:9/api").respond(
            "http://127.0.0.1:9/actions/1", CARD, replace=True, alone=True
        )
    assert (caught.value.reason, caught.value.sent) == ("Connection refused", False)


async def test_nobody_is_led_elsewhere(over: Responses, server: Scripted, url: str) -> None:
    server.always["/actions/T1/1/x"] = Says("", 307, location="/elsewhere")
    with pytest.raises(Away) as caught:
        await over.respond(url, CARD, replace=True, alone=True)
    assert (caught.value.reason, len(server.asked)) == ("it answers 307, and not as Slack does", 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/actions/T1/1/x",
        "https://hooks.slack.com.example.org/actions/T1/1/x",
        "https://hooks.slack.com@example.org/actions/T1/1/x",
        "https://user@hooks.slack.com/actions/T1/1/x",
        "https://hooks.slack.com:8443/actions/T1/1/x",
        "https://hooks.slack.com",
        "https://hooks.slack.com/",
        "http://127.0.0.1:1/actions/T1/1/x",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://[::1/actions",
        "https:/hooks.slack.com/actions/T1/1/x",
        "//hooks.slack.com/actions/T1/1/x",
        "/actions",
        "",
    ],
)
async def test_nothing_is_sent_to_a_url_that_is_not_slacks(over: Responses, url: str) -> None:
    with structlog.testing.capture_logs() as logs, pytest.raises(Refused) as caught:
        await over.respond(url, CARD, replace=True, alone=True)
    assert caught.value.code == "url_not_allowed"
    assert logs == [{
        "event": "A response URL is not one of Slack's, and nothing was sent to it.",
        "log_level": "warning",
    }]  # fmt: skip


@pytest.mark.parametrize(
    ("base_url", "url", "takes"),
    [
        ("https://slack.com/api", "https://hooks.slack.com/commands/1/2/3", True),
        ("https://slack-gov.com/api", "https://hooks.slack-gov.com/commands/1/2/3", True),
        ("https://slack.com/api", "https://hooks.slack-gov.com/commands/1/2/3", False),
        ("http://127.0.0.1:9/api", "http://hooks.127.0.0.1:9/actions/1", False),
    ],
)
async def test_which_urls_are_slacks(base_url: str, url: str, takes: bool) -> None:
    session = ClientSession()
    await session.close()
    with pytest.raises(RuntimeError if takes else Refused):
        await Responses(session, base_url).respond(url, CARD, replace=True, alone=True)


async def test_it_goes_the_way_that_calls_go(
    server: Scripted, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    server.always["/actions/1"] = OK
    over = Responses(session, "http://slack.invalid/api")
    await over.respond("http://slack.invalid/actions/1", CARD, replace=True, alone=True)
    await Api(session, "http://slack.invalid/api", "xoxb-1").call("auth.test")
    assert server.methods() == ["/actions/1", "auth.test"]
