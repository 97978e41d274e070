"""People of the double: what they do, as apps are told of it, and what they see.

https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/reference/events
"""

import pytest

from tests.servers.slack.contents import message_content
from tests.servers.slack.people import CommandFailed
from tests.servers_tests.slack.apps_there import manifest
from tests.servers_tests.slack.people_there import CARD, Json, talk

# Commands.


async def test_command_is_told_as_it_was_typed() -> None:
    async with talk() as it:
        it.answer = lambda envelope: {"text": "Keynote"}
        message = await it.ada.slash("/summit next  Tom & <Marina> ", it.channel)
        [payload] = await it.payloads()
        assert payload == {
            "token": it.bot.app.verification_token,
            "team_id": "T1",
            "team_domain": "summit",
            "channel_id": it.channel.id,
            "channel_name": "summit",
            "user_id": it.ada.id,
            "user_name": "ada",
            "command": "/summit",
            "text": "next  Tom &amp; &lt;Marina&gt;",
            "api_app_id": it.bot.app.id,
            "is_enterprise_install": "false",
            "response_url": payload["response_url"],
            "trigger_id": payload["trigger_id"],
        }
        assert message is not None
        assert it.ada.sees(it.channel) == [message]
        assert it.bob.sees(it.channel) == []


async def test_command_in_the_direct_message_names_no_channel() -> None:
    async with talk() as it:
        assert await it.ada.slash("/summit") is None
        [payload] = await it.payloads()
        assert (payload["channel_id"], payload["channel_name"], payload["text"]) == (
            it.ada.dm.id, "directmessage", "",
        )  # fmt: skip


async def test_command_is_answered_for_all_where_the_answer_says_so() -> None:
    async with talk() as it:
        it.answer = lambda envelope: {"text": "Keynote", "response_type": "in_channel"}
        message = await it.ada.slash("/summit share now", it.channel)
        assert it.bob.sees(it.channel) == [message]


async def test_command_is_not_there_in_threads_nor_where_no_app_has_it() -> None:
    async with talk() as it:
        root = it.bob.says(it.channel, "hello")
        with pytest.raises(CommandFailed, match=r"^not_supported_in_threads$"):
            await it.ada.slash("/summit now", it.channel, thread=root.ts)
        with pytest.raises(CommandFailed, match=r"^no_such_command$"):
            await it.ada.slash("/sumit now", it.channel)
        assert [one["event"]["text"] for one in await it.payloads()] == ["hello"]


async def test_command_with_a_broken_answer_fails() -> None:
    async with talk() as it:
        it.answer = lambda envelope: {"text": "x", "blocks": CARD * 13}
        with pytest.raises(CommandFailed, match=r"^invalid_blocks$"):
            await it.ada.slash("/summit now", it.channel)
        assert it.ada.sees(it.channel) == []


async def test_command_of_two_apps_goes_to_the_one_installed_last() -> None:
    async with talk() as it:
        other = it.server.slack.create_app(manifest()).install(it.ada.workspace)
        with pytest.raises(CommandFailed, match=r"^dispatch_failed$"):
            await it.ada.slash("/summit now", it.channel)
        [delivery] = it.server.deliveries.log
        assert delivery.app is other.app


async def test_command_escapes_people_and_channels_where_the_manifest_says_so() -> None:
    def change(raw: Json) -> None:
        raw["features"]["slash_commands"][0]["should_escape"] = True

    async with talk(change) as it:
        await it.ada.slash("/summit ask @bob in #summit or @nobody", it.channel)
        [payload] = await it.payloads()
        assert payload["text"] == (
            f"ask <@{it.bob.id}|bob> in <#{it.channel.id}|summit> or @nobody"
        )


async def test_trigger_and_response_url_are_never_the_same_twice() -> None:
    async with talk() as it:
        await it.ada.slash("/summit now", it.channel)
        await it.ada.slash("/summit now", it.channel)
        first, second = await it.payloads()
        assert first["trigger_id"] != second["trigger_id"]
        assert first["response_url"] != second["response_url"]


# What is said.


async def test_mention_comes_twice_with_one_ts() -> None:
    async with talk() as it:
        message = it.ada.says(it.channel, "@bot next <Marina>")
        plain_event, mention = await it.events()
        bot = it.bot.bot_user.id
        assert plain_event == {
            "client_msg_id": plain_event["client_msg_id"],
            "type": "message",
            "ts": message.ts,
            "text": f"<@{bot}> next &lt;Marina&gt;",
            "user": it.ada.id,
            "team": "T1",
            "blocks": [{
                "type": "rich_text",
                "block_id": message.blocks[0]["block_id"],
                "elements": [{
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "user", "user_id": bot},
                        {"type": "text", "text": " next <Marina>"},
                    ],
                }],
            }],
            "channel": it.channel.id,
            "event_ts": message.ts,
            "channel_type": "channel",
        }  # fmt: skip
        expected = {**plain_event, "type": "app_mention"}
        del expected["channel_type"]
        assert mention == expected


async def test_callback_says_who_is_told() -> None:
    async with talk() as it:
        it.ada.says(it.channel, "hello")
        [payload] = await it.payloads()
        assert payload == {
            "token": it.bot.app.verification_token,
            "team_id": "T1",
            "context_team_id": "T1",
            "context_enterprise_id": None,
            "api_app_id": it.bot.app.id,
            "event": payload["event"],
            "type": "event_callback",
            "event_id": payload["event_id"],
            "event_time": payload["event_time"],
            "authorizations": [{
                "enterprise_id": None, "team_id": "T1", "user_id": it.bot.bot_user.id,
                "is_bot": True, "is_enterprise_install": False,
            }],
            "is_ext_shared_channel": False,
            "event_context": payload["event_context"],
        }  # fmt: skip


async def test_direct_message_is_no_mention() -> None:
    async with talk() as it:
        it.ada.tells("@bot next")
        [event] = await it.events()
        assert (event["type"], event["channel"], event["channel_type"]) == (
            "message", it.ada.dm.id, "im",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("events", "comes"),
    [
        (["app_mention"], ["app_mention"]),
        (["message.channels"], ["message"]),
        (["message.im"], []),
    ],
)
async def test_only_what_is_subscribed_to_comes(events: list[str], comes: list[str]) -> None:
    def change(raw: Json) -> None:
        raw["settings"]["event_subscriptions"]["bot_events"] = events

    async with talk(change) as it:
        it.ada.says(it.channel, "@bot next")
        assert [event["type"] for event in await it.events()] == comes


async def test_nothing_comes_that_no_scope_was_granted_for() -> None:
    async with talk() as it:
        it.bot.app.install(it.ada.workspace, scopes=["chat:write", "app_mentions:read"])
        it.ada.says(it.channel, "@bot next")
        assert [event["type"] for event in await it.events()] == ["app_mention"]


async def test_nothing_comes_from_channels_that_the_bot_is_not_in() -> None:
    async with talk() as it:
        it.server.slack.leave(it.channel, it.bot.bot_user)
        it.ada.says(it.channel, "@bot next")
        assert await it.events() == []


async def test_own_message_of_the_bot_comes_too_and_is_no_mention() -> None:
    async with talk() as it:
        content = message_content({"text": f"<@{it.bot.bot_user.id}>"})
        it.server.slack.post(it.channel, it.bot.bot_user, content, None, it.bot.app)
        [event] = await it.events()
        assert (event["type"], event["bot_id"], event["user"]) == (
            "message", it.bot.bot_id, it.bot.bot_user.id,
        )  # fmt: skip
        assert "client_msg_id" not in event
        assert "subtype" not in event


async def test_ephemeral_message_is_no_event() -> None:
    async with talk() as it:
        message = it.card(alone=True)
        it.server.slack.edit(message, message_content({"text": "changed"}))
        it.server.slack.delete(message)
        assert await it.events() == []


@pytest.mark.parametrize("classic", [True, False])
async def test_message_of_another_bot_can_be_told(classic: bool) -> None:
    async with talk() as it:
        robot = it.server.robot("weather")
        robot.says(it.channel, "rain", classic=classic)
        [event] = await it.events()
        assert event["bot_id"] == robot.installation.bot_id
        assert (event.get("subtype"), "user" in event) == (
            ("bot_message", False) if classic else (None, True)
        )


async def test_thread_and_broadcast_can_be_told() -> None:
    async with talk() as it:
        root = it.bob.says(it.channel, "hello")
        it.ada.says(it.channel, "in it", thread=root.ts)
        it.ada.says(it.channel, "to all", thread=root.ts, broadcast=True)
        _, reply, broadcast = await it.events()
        assert (reply["thread_ts"], reply["parent_user_id"]) == (root.ts, it.bob.id)
        assert "subtype" not in reply
        assert (broadcast["subtype"], broadcast["root"]["ts"]) == ("thread_broadcast", root.ts)


async def test_edit_is_hidden_and_says_both_texts() -> None:
    async with talk() as it:
        message = it.ada.says(it.channel, "nxt")
        it.ada.edits(message, "next")
        _, event = await it.events()
        assert {key: event[key] for key in ("type", "subtype", "hidden", "channel")} == {
            "type": "message", "subtype": "message_changed", "hidden": True,
            "channel": it.channel.id,
        }  # fmt: skip
        assert (event["message"]["text"], event["previous_message"]["text"]) == ("next", "nxt")
        assert event["message"]["edited"]["user"] == it.ada.id
        assert event["message"]["ts"] == message.ts != event["ts"]


async def test_deletion_is_hidden_and_says_what_is_gone() -> None:
    async with talk() as it:
        message = it.ada.says(it.channel, "next")
        it.ada.deletes(message)
        _, event = await it.events()
        assert (event["subtype"], event["hidden"], event["deleted_ts"]) == (
            "message_deleted", True, message.ts,
        )  # fmt: skip
        assert event["previous_message"]["text"] == "next"
        assert it.bob.sees(it.channel) == []


async def test_bot_that_takes_no_messages_gets_none() -> None:
    def change(raw: Json) -> None:
        raw["features"]["app_home"]["messages_tab_read_only_enabled"] = True

    async with talk(change) as it:
        with pytest.raises(AssertionError, match="read-only"):
            it.ada.tells("next")


# Reading.


async def test_next_message_of_others_is_read_once() -> None:
    async with talk() as it:
        it.ada.says(it.channel, "mine")
        it.bob.says(it.channel, "one")
        it.card(alone=True)
        assert [(await it.ada.reads(it.channel)).text for _ in range(2)] == ["one", "card"]
        it.ada._within = 0.05
        with pytest.raises(AssertionError, match="who sees"):
            await it.ada.reads(it.channel)
        assert [message.text for message in it.bob.sees(it.channel)] == ["mine", "one"]


async def test_change_is_waited_for() -> None:
    async with talk() as it:
        message = it.card()
        assert await it.ada.reads(it.channel) is message
        it.ada._within = 0.05
        with pytest.raises(AssertionError, match="a change"):
            await it.ada.changed(message)
        it.server.slack.edit(message, message_content({"text": "changed"}))
        assert (await it.ada.changed(message)).text == "changed"
        with pytest.raises(AssertionError, match="a change"):
            await it.ada.changed(message)


# Accounts, and the end.


async def test_changed_profile_is_told() -> None:
    async with talk() as it:
        it.ada.changes_profile(tz="Europe/Berlin")
        it.bob.is_deactivated()
        berlin, gone = await it.events()
        assert (berlin["type"], berlin["user"]["id"], berlin["user"]["tz"]) == (
            "user_change", it.ada.id, "Europe/Berlin",
        )  # fmt: skip
        assert (gone["user"]["id"], gone["user"]["deleted"]) == (it.bob.id, True)


async def test_profile_may_name_no_timezone() -> None:
    async with talk() as it:
        it.ada.changes_profile(tz=None)
        [event] = await it.events()
        assert "tz" not in event["user"]


async def test_removed_app_is_told_and_hears_nothing_more() -> None:
    async with talk() as it:
        it.ada.removes_app()
        it.ada.says(it.channel, "@bot next")
        revoked, removed = await it.payloads()
        assert revoked["event"] == {
            "event_ts": revoked["event"]["event_ts"], "type": "tokens_revoked",
            "tokens": {"oauth": [], "bot": [it.bot.bot_user.id]},
        }  # fmt: skip
        assert removed["event"]["type"] == "app_uninstalled"
        assert removed["authorizations"] == []
        with pytest.raises(CommandFailed, match=r"^no_such_command$"):
            await it.ada.slash("/summit now", it.channel)
