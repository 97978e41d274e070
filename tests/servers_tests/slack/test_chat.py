"""Messages over the Web API."""

from typing import Any

import pytest

from tests.servers.slack.changes import Change, Deleted, Edited, Posted, Whispered
from tests.servers.slack.contents import Content, message_content
from tests.servers.slack.errors import Refused
from tests.servers_tests.slack.calling import calling, plain, rich, said, scopes, section

METADATA = {"event_type": "summit_bot_message", "event_payload": {"key": "k1"}}


async def test_a_message_is_posted_as_the_bot() -> None:
    async with calling() as at:
        changes: list[Change] = []
        at.server.slack.watchers.append(changes.append)
        answer = await at.client.chat_postMessage(
            channel="C01", text="hello", blocks=[section("hello", block_id="b")],
            metadata=METADATA, unfurl_links=False, unfurl_media=False, parse="none", mrkdwn=False,
        )  # fmt: skip
        [message] = at.channel.messages
        assert answer["message"] == message.as_json() == {
            "type": "message", "ts": message.ts, "text": "hello", "team": "T01",
            "user": at.installed.bot_user.id, "bot_id": at.installed.bot_id, "app_id": at.app.id,
            "bot_profile": {
                "id": at.installed.bot_id, "app_id": at.app.id, "deleted": False,
                "name": "Summit Bot", "team_id": "T01",
            },
            "blocks": [section("hello", block_id="b")], "metadata": METADATA,
        }  # fmt: skip
        assert message.content == Content(
            "hello", [section("hello", block_id="b")], [], METADATA, False, False, "none", False,
            False,
        )  # fmt: skip
        assert (answer["channel"], answer["ts"]) == ("C01", message.ts)
        assert changes == [Posted(message)]


async def test_a_users_id_stands_for_their_direct_messages() -> None:
    async with calling() as at:
        first = await at.client.chat_postMessage(channel="U01", text="one")
        second = await at.client.chat_postMessage(channel=str(first["channel"]), text="two")
        dm = at.team.dm(at.ada, at.installed.bot_user)
        assert first["channel"] == second["channel"] == dm.id
        assert [one.text for one in dm.messages] == ["one", "two"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C99", "channel_not_found"),
        ("U99", "channel_not_found"),
        ("#summit", "channel_not_found"),
        ("C02", "not_in_channel"),
        ("C03", "channel_not_found"),
        ("C04", "is_archived"),
        ("U02", "cannot_dm_bot"),
    ],
)
async def test_where_an_app_may_not_write_it_is_refused(channel: str, error: str) -> None:
    async with calling() as at:
        at.team.add_channel("other", id="C02", members=[at.ada])
        at.team.add_channel("secret", id="C03", members=[at.ada], private=True)
        old = at.team.add_channel("old", id="C04", members=[at.installed.bot_user])
        old.archived = True
        at.team.add_user("robot", id="U02").is_bot = True
        assert await at.refused("chat.postMessage", channel=channel, text="hi") == error


async def test_the_direct_messages_of_others_are_nobody_elses_business() -> None:
    async with calling() as at:
        theirs = at.team.dm(at.ada, at.team.add_user("bob"))
        error = await at.refused("chat.postMessage", channel=theirs.id, text="hi")
        assert error == "channel_not_found"


async def test_with_a_scope_public_channels_need_no_membership() -> None:
    async with calling(change=scopes(added=("chat:write.public",))) as at:
        other = at.team.add_channel("other", members=[at.ada])
        await at.client.chat_postMessage(channel=other.id, text="hi")
        assert [one.text for one in other.messages] == ["hi"]


async def test_a_message_to_somebody_deactivated_is_taken_or_refused_as_the_test_says() -> None:
    async with calling() as at:
        at.server.slack.deactivate(at.ada)
        await at.client.chat_postMessage(channel="U01", text="hi")
        at.team.deactivated = "user_disabled"
        dm = at.team.dm(at.ada, at.installed.bot_user)
        for channel in ("U01", dm.id):
            error = await at.refused("chat.postMessage", channel=channel, text="hi")
            assert error == "user_disabled"
        at.server.slack.reactivate(at.ada)
        await at.client.chat_postMessage(channel="U01", text="again")
        assert [one.text for one in dm.messages] == ["hi", "again"]


async def test_direct_messages_need_the_messages_tab() -> None:
    def change(made: dict[str, Any]) -> None:
        made["features"]["app_home"]["messages_tab_enabled"] = False

    async with calling(change=change) as at:
        error = await at.refused("chat.postMessage", channel="U01", text="hi")
        assert error == "messages_tab_disabled"


async def test_a_message_says_something() -> None:
    async with calling() as at:
        silent: list[dict[str, Any]] = [
            {}, {"text": " "}, {"blocks": []}, {"text": "", "blocks": []}
        ]  # fmt: skip
        for given in silent:
            assert await at.refused("chat.postMessage", channel="C01", **given) == "no_text"
        for spoken in ({"blocks": [section()]}, {"attachments": [{"text": "x"}]}):
            await at.client.api_call("chat.postMessage", json={"channel": "C01", **spoken})
        assert len(at.channel.messages) == 2


async def test_a_text_has_its_limit() -> None:
    async with calling() as at:
        await at.client.chat_postMessage(channel="C01", text="x" * 40_000)
        error = await at.refused("chat.postMessage", channel="C01", text="x" * 40_001)
        assert error == "msg_too_long"


async def test_all_blocks_of_a_posted_message_have_one_together() -> None:
    async with calling() as at:
        blocks = [rich(said("x" * 13_297))]
        await at.client.chat_postMessage(channel="C01", text="x", blocks=blocks)
        with_more = [rich(said("x" * 13_173)), {"type": "divider"}]
        error = await at.refused("chat.postMessage", channel="C01", text="x", blocks=with_more)
        assert error == "msg_blocks_too_long"
        whispered = {"channel": "C01", "user": "U01", "text": "x", "blocks": with_more}
        await at.client.api_call("chat.postEphemeral", json=whispered)


async def test_a_hundred_attachments_and_no_more() -> None:
    async with calling() as at:
        hundred = [{"text": "x"}] * 100
        await at.client.chat_postMessage(channel="C01", attachments=hundred, text="x")
        given = [*hundred, {"text": "x"}]
        error = await at.refused("chat.postMessage", channel="C01", attachments=given)
        assert error == "too_many_attachments"


async def test_blocks_are_checked() -> None:
    async with calling() as at:
        blocks = [section("x" * 3001)]
        problem = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
        assert await at.refusal("chat.postMessage", channel="C01", blocks=blocks) == {
            "error": "invalid_blocks", "errors": [problem],
            "response_metadata": {"messages": [f"[ERROR] {problem}"]},
        }  # fmt: skip


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ([], "invalid_metadata_format"),
        ({"event_type": "x"}, "invalid_metadata_format"),
        ({"event_type": "two words", "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": "k"}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {}, "key": "k"}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": {"key": None}}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": {"key": "k" * 20_000}}, "metadata_too_large"),
    ],
)
async def test_metadata_is_checked(metadata: Any, error: str) -> None:
    async with calling() as at:
        given = {"channel": "C01", "text": "x", "metadata": metadata}
        assert await at.refused("chat.postMessage", **given) == error


async def test_a_name_of_ones_own_needs_a_scope() -> None:
    async with calling() as at:
        given = {"channel": "C01", "text": "x", "username": "Eve"}
        assert (await at.refusal("chat.postMessage", **given))["needed"] == "chat:write.customize"
    async with calling(change=scopes(added=("chat:write.customize",))) as at:
        await at.client.api_call("chat.postMessage", json=given)


async def test_an_answer_stands_in_the_thread() -> None:
    async with calling() as at:
        start = at.server.slack.post(at.channel, at.ada, Content("who?"))
        answer = await at.client.chat_postMessage(channel="C01", text="me", thread_ts=start.ts)
        assert at.channel.replies(start.ts)[0].as_json()["parent_user_id"] == "U01"
        assert start.as_json()["reply_count"] == 1
        whisper = await at.client.chat_postEphemeral(channel="C01", user="U01", text="psst")
        for ts in (answer["ts"], whisper["message_ts"], "1700000000.999999"):
            given = {"channel": "C01", "text": "x", "thread_ts": ts}
            assert await at.refused("chat.postMessage", **given) == "cannot_reply_to_message"


async def test_an_ephemeral_message_is_seen_by_one() -> None:
    async with calling() as at:
        changes: list[Change] = []
        at.server.slack.watchers.append(changes.append)
        bob = at.team.add_user("bob", id="U02")
        at.server.slack.join(at.channel, bob)
        answer = await at.client.chat_postEphemeral(channel="C01", user="U01", text="psst")
        [message] = at.channel.seen_by(at.ada)
        assert (message.ts, message.as_json()["is_ephemeral"]) == (answer["message_ts"], True)
        assert (at.channel.seen_by(bob), at.channel.messages) == ([], [])
        assert changes[1:] == [Whispered(message)]


async def test_an_ephemeral_message_below_one_without_answers_is_seen_by_nobody() -> None:
    async with calling() as at:
        start = at.server.slack.post(at.channel, at.ada, Content("who?"))
        given = {"channel": "C01", "user": "U01", "text": "psst", "thread_ts": start.ts}
        answer = await at.client.api_call("chat.postEphemeral", json=given)
        assert answer["ok"], "the app is not told"
        assert at.channel.seen_by(at.ada) == [start]
        reply = at.server.slack.post(at.channel, at.ada, Content("me"), start.ts)
        answer = await at.client.api_call("chat.postEphemeral", json=given)
        assert [m.ts for m in at.channel.seen_by(at.ada)] == [
            start.ts, reply.ts, answer["message_ts"]
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "user", "error"),
    [
        ("C99", "U01", "channel_not_found"),
        ("C02", "U01", "not_in_channel"),
        ("C01", "U02", "user_not_in_channel"),
        ("C01", "U99", "user_not_in_channel"),
        ("U01", "U01", "channel_not_found"),
    ],
)
async def test_an_ephemeral_message_needs_both_in_the_channel(
    channel: str, user: str, error: str
) -> None:
    async with calling() as at:
        at.team.add_channel("other", id="C02", members=[at.ada])
        at.team.add_user("bob", id="U02")
        given = {"channel": channel, "user": user, "text": "psst"}
        assert await at.refused("chat.postEphemeral", **given) == error


async def test_a_message_is_changed_and_keeps_its_metadata() -> None:
    async with calling() as at:
        posted = await at.client.chat_postMessage(channel="C01", text="one", metadata=METADATA)
        [message] = at.channel.messages
        changes: list[Change] = []
        at.server.slack.watchers.append(changes.append)
        await at.client.chat_update(channel="C01", ts=str(posted["ts"]), text="two")
        assert (message.text, message.metadata) == ("two", METADATA)
        assert [one.text for one in message.revisions] == ["one", "two"]
        [edited] = changes
        assert isinstance(edited, Edited)
        assert (edited.message, edited.before["text"]) == (message, "one")
        assert message.as_json()["edited"]["user"] == at.installed.bot_user.id
        await at.client.chat_update(channel="C01", ts=message.ts, text="three", metadata={})
        assert message.metadata is None


async def test_the_blocks_of_a_message_are_changed_without_a_text() -> None:
    async with calling() as at:
        posted = await at.client.chat_postMessage(channel="C01", text="one")
        blocks = [section(block_id="b")]
        given = {"channel": "C01", "ts": posted["ts"]}
        await at.client.api_call("chat.update", json={**given, "blocks": blocks})
        [message] = at.channel.messages
        assert (message.text, message.blocks) == ("", blocks)
        assert await at.refused("chat.update", **given) == "no_text"


async def test_only_ones_own_message_is_changed_or_deleted() -> None:
    async with calling() as at:
        theirs = at.server.slack.post(at.channel, at.ada, Content("mine"))
        whisper = await at.client.chat_postEphemeral(channel="C01", user="U01", text="psst")
        for method, own in (("chat.update", {"text": "x"}), ("chat.delete", {})):
            verb = method.removeprefix("chat.")
            for ts, error in (
                (theirs.ts, f"cant_{verb}_message"), ("1.1", "message_not_found"),
                (whisper["message_ts"], "message_not_found"),
            ):  # fmt: skip
                assert await at.refused(method, channel="C01", ts=ts, **own) == error


async def test_a_changed_text_has_a_limit_of_its_own() -> None:
    async with calling() as at:
        posted = await at.client.chat_postMessage(channel="C01", text="one")
        given = {"channel": "C01", "ts": posted["ts"]}
        await at.client.api_call("chat.update", json={**given, "text": "x" * 4000})
        assert await at.refused("chat.update", **given, text="x" * 4001) == "msg_too_long"


async def test_a_change_names_the_channel_and_not_the_user() -> None:
    async with calling() as at:
        posted = await at.client.chat_postMessage(channel="U01", text="one")
        given = {"ts": posted["ts"], "text": "two"}
        assert await at.refused("chat.update", channel="U01", **given) == "channel_not_found"
        await at.client.api_call("chat.update", json={"channel": posted["channel"], **given})


async def test_in_an_archived_channel_nothing_is_changed() -> None:
    async with calling() as at:
        posted = await at.client.chat_postMessage(channel="C01", text="one")
        at.channel.archived = True
        given = {"channel": "C01", "ts": posted["ts"], "text": "two"}
        assert await at.refused("chat.update", **given) == "is_inactive"
        given = {"channel": "C01", "user": "U01", "text": "two"}
        assert await at.refused("chat.postEphemeral", **given) == "is_archived"


async def test_a_deleted_message_is_gone() -> None:
    async with calling() as at:
        changes: list[Change] = []
        posted = await at.client.chat_postMessage(channel="C01", text="one")
        at.server.slack.watchers.append(changes.append)
        await at.client.chat_delete(channel="C01", ts=str(posted["ts"]))
        [message] = at.channel.messages
        assert (changes, at.channel.standing()) == ([Deleted(message)], [])
        given = {"channel": "C01", "ts": posted["ts"], "text": "two"}
        assert await at.refused("chat.update", **given) == "message_not_found"


async def test_what_a_message_says_and_whom_it_pings_can_be_asked() -> None:
    async with calling() as at:
        blocks = [rich(said("Keynote <!here>")), section("Room")]
        text = "Keynote &lt;!here&gt;"
        await at.client.chat_postMessage(channel="C01", text=text, blocks=blocks)
        [message] = at.channel.messages
        assert message.words() == ["Keynote <!here>", "Room"]
        assert (message.unspoken(), message.pings()) == (["Room"], [])
        await at.client.chat_postMessage(channel="C01", text="Keynote <!here>")
        assert at.channel.messages[1].pings() == ["here"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"blocks": plain("x")}, "invalid_blocks_format"),
        ({"blocks": '"x"'}, "invalid_blocks_format"),
        ({"attachments": {"text": "x"}}, "invalid_attachments"),
    ],
)
async def test_blocks_and_attachments_are_lists(given: dict[str, Any], error: str) -> None:
    async with calling() as at:
        assert await at.refused("chat.postMessage", channel="C01", **given) == error


def test_the_text_of_a_message_is_a_string() -> None:
    with pytest.raises(Refused, match="invalid_arguments"):
        message_content({"text": 7})
