"""What is said in a workspace, and what becomes of it if Slack will not."""

import asyncio
from datetime import timedelta

import pytest
import structlog

from bot.adapters.slack.cards.writing import Content
from bot.adapters.slack.sending import delivery
from bot.adapters.slack.sending.api import Away, Limited, Refused
from bot.ports import TryLater, Unreachable
from tests.adapters.slack.sending.saying import BLOCKS, CARD, POSTING, SOON, Workspace, posted
from tests.adapters.slack.sending.scripted import TS, Cut, Says, Scripted, limited, no


async def test_an_answer_says_all_and_nothing_in_it_is_parsed(
    workspace: Workspace, server: Scripted
) -> None:
    ts = await workspace.sending.answer("C1", CARD, "k", thread="1.0", person="ada")
    assert ts == TS
    assert [(asked.method, asked.arguments) for asked in server.asked] == [
        (POSTING, posted("C1", "k", thread_ts="1.0"))
    ]


async def test_a_notice_goes_to_the_user(workspace: Workspace, server: Scripted) -> None:
    await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    assert [(asked.method, asked.arguments) for asked in server.asked] == [
        (POSTING, posted("U1", "k"))
    ]


async def test_a_post_goes_to_the_channel(workspace: Workspace, server: Scripted) -> None:
    await workspace.sending.post("C1", CARD, "k", again=False)
    assert [(asked.method, asked.arguments) for asked in server.asked] == [
        (POSTING, posted("C1", "k"))
    ]


async def test_what_one_alone_sees(workspace: Workspace, server: Scripted) -> None:
    await workspace.sending.whisper("C1", "U1", CARD, thread="1.0", person="ada")
    assert [(asked.method, asked.arguments) for asked in server.asked] == [
        ("chat.postEphemeral", {
            "channel": "C1", "user": "U1", "text": CARD.text, "blocks": BLOCKS, "parse": "none",
            "thread_ts": "1.0",
        })
    ]  # fmt: skip


async def test_a_card_in_the_place_of_another(workspace: Workspace, server: Scripted) -> None:
    server.first["chat.update"] = [Cut(), limited(0)]
    await workspace.sending.update("C1", "1.5", CARD, person="ada")
    assert [(asked.method, asked.arguments) for asked in server.asked] == 3 * [
        ("chat.update", {
            "channel": "C1", "ts": "1.5", "text": CARD.text, "blocks": BLOCKS, "parse": "none",
        })
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a" * 4000, "a" * 4000),
        ("a" * 2000 + "\n" + "b" * 1998 + "\n" + "c" * 9, "a" * 2000 + "\n" + "b" * 1998),
        ("a" * 2000 + "\n" + "b" * 2000, "a" * 2000),
        ("a" * 4001, "a" * 4000),
    ],
)
async def test_an_update_has_no_more_text_than_slack_takes(
    workspace: Workspace, server: Scripted, text: str, said: str
) -> None:
    await workspace.sending.update("C1", "1.5", Content(text, BLOCKS), person="ada")
    assert server.asked[0].arguments["text"] == said


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (no("user_not_found"), "nobody of this id is in the workspace"),
        (no("channel_not_found"),
         "nobody of this id is in the workspace, or the app may not write there"),
        (no("user_disabled"), "the account is deactivated"),
        (no("cannot_dm_bot"), "the account is a bot's"),
        (no("messages_tab_disabled"),
         "the app takes no messages: turn on the Messages Tab of its App Home"),
        (no("restricted_action"), "the workspace does not allow it (restricted_action)"),
        (no("restricted_action_read_only_channel"),
         "the workspace does not allow it (restricted_action_read_only_channel)"),
        (no("not_allowed_token_type"), "the workspace does not allow it (not_allowed_token_type)"),
        (no("missing_scope", needed="chat:write"),
         "the app lacks the scope chat:write: install it again"),
        (no("metadata_too_large"), "Slack refuses it (metadata_too_large)"),
    ],
)  # fmt: skip
async def test_who_cannot_be_written_to_and_why(
    workspace: Workspace, server: Scripted, says: Says, reason: str
) -> None:
    server.always[POSTING] = says
    with pytest.raises(Unreachable) as caught:
        await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    assert (caught.value.reason, workspace.revoked) == (reason, [])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("not_in_channel", "the bot is not in the channel: /invite it"),
        ("channel_not_found",
         "there is no such channel, or it is private and the bot is not in it"),
        ("is_archived", "the channel is archived"),
        ("restricted_action_read_only_channel",
         "the bot is not among those who may write there"),
        ("no_permission", "the workspace does not allow it (no_permission)"),
    ],
)  # fmt: skip
async def test_which_channel_cannot_be_written_to_and_why(
    workspace: Workspace, server: Scripted, code: str, reason: str
) -> None:
    server.always[POSTING] = no(code)
    with pytest.raises(Unreachable) as caught:
        await workspace.sending.post("C1", CARD, "k", again=False)
    assert caught.value.reason == reason


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "account_inactive"])
async def test_who_has_thrown_us_out(workspace: Workspace, server: Scripted, code: str) -> None:
    server.always[POSTING] = no(code)
    with pytest.raises(Unreachable) as caught:
        await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    assert caught.value.reason == "the app has been removed from the workspace"
    with pytest.raises(Refused):
        await workspace.sending.answer("C1", CARD, "l", person="ada")
    assert workspace.revoked == [code, code]


async def test_an_answer_that_is_refused_is_not_tried_again(
    workspace: Workspace, server: Scripted
) -> None:
    server.always[POSTING] = no("is_archived")
    with pytest.raises(Refused) as caught:
        await workspace.sending.answer("C1", CARD, "k", person="ada")
    assert (caught.value.code, server.methods()) == ("is_archived", [POSTING])


async def test_what_cannot_be_drawn_is_said(workspace: Workspace, server: Scripted) -> None:
    server.first[POSTING] = [no("invalid_blocks")]
    with structlog.testing.capture_logs() as logs:
        await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    assert [asked.arguments for asked in server.asked] == [
        posted("U1", "k"), posted("U1", "k") | {"blocks": []}
    ]  # fmt: skip
    assert logs == [{
        "event": "Slack does not draw a card; it is said in plain text.", "log_level": "error",
        "network": "slack", "team": "T1", "method": POSTING, "code": "invalid_blocks",
    }]  # fmt: skip


async def test_an_answer_is_given_up_after_a_while(
    workspace: Workspace, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_PATIENCE", 0.1)
    server.always = {POSTING: Cut(), "conversations.history": Cut()}
    with pytest.raises(Away) as caught:
        await workspace.sending.answer("C1", CARD, "k", person="ada")
    assert (caught.value.sent, server.methods()[:2]) == (True, [POSTING, "conversations.history"])
    assert len(server.asked) > 5


async def test_what_is_limited_for_long_is_given_up_at_once(
    workspace: Workspace, server: Scripted
) -> None:
    server.always[POSTING] = limited(31)
    with pytest.raises(Limited) as caught:
        await workspace.sending.answer("C1", CARD, "k", person="ada")
    assert (caught.value.after, server.methods()) == (timedelta(seconds=31), [POSTING])


async def test_what_one_alone_sees_is_not_said_twice(
    workspace: Workspace, server: Scripted
) -> None:
    server.first["chat.postEphemeral"] = [limited(0), Cut()]
    with pytest.raises(Away):
        await workspace.sending.whisper("C1", "U1", CARD, person="ada")
    assert server.methods() == 2 * ["chat.postEphemeral"]


async def test_after_the_end_nothing_is_said(workspace: Workspace, server: Scripted) -> None:
    workspace.sending.close()
    # Less than it would be tried again for.
    async with asyncio.timeout(5):
        with pytest.raises(Away) as caught:
            await workspace.sending.answer("C1", CARD, "k", person="ada")
    assert (caught.value.reason, caught.value.sent) == ("the bot has left it", False)
    with pytest.raises(TryLater):
        await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    assert server.asked == []
