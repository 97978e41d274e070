"""chat.postMessage, .postEphemeral, .update and .delete."""

from __future__ import annotations

from typing import Any

from tests.servers.slack.arguments import Kind
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.contents import MOST_TEXT_OF_UPDATE, message_content
from tests.servers.slack.errors import Refused
from tests.servers.slack.methods.method import Caller, Method, missing


class TooFast(Exception):
    """Answered with 429."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def _post(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/chat.postMessage"""
    channel = _where(caller, given["channel"])
    if channel.archived:
        raise Refused("is_archived")
    _customized(caller, given)
    thread = _thread(channel, given)
    content = message_content(given, whole=True)
    # https://docs.slack.dev/apis/web-api/rate-limits#special-limits
    key = (caller.app.id, caller.workspace.id)
    wait = caller.counter.message(key, (key, channel.id), caller.slack.now())
    if wait:
        raise TooFast(wait)
    message = caller.slack.post(channel, caller.bot.bot_user, content, thread, caller.app)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def _ephemeral(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/chat.postEphemeral

    That page: "Ephemeral messages in threads are only shown if there is already an active thread".
    The app is not told: the answer is as usual, and nobody sees the message.
    """
    channel = caller.channel(given["channel"])
    if channel.archived:
        raise Refused("is_archived")
    _member(caller, channel)
    _customized(caller, given)
    user = caller.workspace.users.get(given["user"])
    if user is None or user.id not in channel.members or user.deleted:
        raise Refused("user_not_in_channel")
    thread = _thread(channel, given)
    content = message_content(given)
    if thread is not None and not channel.replies(thread):
        return {"message_ts": caller.slack.world.timestamp()}
    message = caller.slack.whisper(channel, user, caller.bot.bot_user, content, thread, caller.app)
    return {"message_ts": message.ts}


def _update(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/chat.update

    Metadata stays unless it is given; an empty object removes it. Assumed: blocks and attachments
    that are not given are gone. A user's id does not stand for direct messages here.
    """
    message = _own(caller, given, "cant_update_message")
    if message.channel.archived:
        raise Refused("is_inactive")
    if len(given.get("text") or "") > MOST_TEXT_OF_UPDATE:
        raise Refused("msg_too_long")
    metadata = given.get("metadata", message.metadata) or None
    content = message_content(given | {"metadata": metadata})
    caller.slack.edit(message, content)
    return {
        "channel": message.channel.id, "ts": message.ts, "text": content.text,
        "message": message.as_json(),
    }  # fmt: skip


def _delete(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/chat.delete"""
    message = _own(caller, given, "cant_delete_message")
    caller.slack.delete(message)
    return {"channel": message.channel.id, "ts": message.ts}


def _where(caller: Caller, id: str) -> Channel:
    """A channel's id, or a user's, which stands for the direct messages with them.

    Names are refused, though Slack still takes some: an id is what its page advises.
    """
    if id in caller.workspace.users:
        return _direct(caller, id)
    channel = caller.channel(id)
    if channel.kind == "im":
        return _direct(caller, channel.other(caller.bot.bot_user).id)
    _member(caller, channel, "chat:write.public")
    return channel


def _direct(caller: Caller, id: str) -> Channel:
    user, me = caller.user(id), caller.bot.bot_user
    if user.is_bot:
        raise Refused("cannot_dm_bot")
    if not caller.app.manifest.messages_tab:
        raise Refused("messages_tab_disabled")
    # A message to somebody who is deactivated is taken, and read by nobody, as was reported to
    # Slack (issue 1156 of slackapi/python-slack-sdk); what else it might say, a test may say.
    if user.deleted and caller.workspace.deactivated is not None:
        raise Refused(caller.workspace.deactivated)
    return caller.workspace.dm(me, user)


def _member(caller: Caller, channel: Channel, instead: str | None = None) -> None:
    """In a public channel a scope will do instead; others are not even found without."""
    if caller.bot.bot_user.id in channel.members or instead in caller.scopes:
        return
    raise Refused("not_in_channel")


def _customized(caller: Caller, given: dict[str, Any]) -> None:
    """https://docs.slack.dev/reference/scopes/chat.write.customize"""
    if {"username", "icon_emoji", "icon_url"} & set(given):
        scope = "chat:write.customize"
        if scope not in caller.scopes:
            raise missing(scope, caller.scopes)


def _thread(channel: Channel, given: dict[str, Any]) -> str | None:
    """That page: "Avoid using a reply's ts value; use its parent instead". Slack takes both, and a
    `ts` that no message has as well, and nobody finds the answer; here they are refused."""
    ts = given.get("thread_ts")
    if ts is None:
        return None
    parent = channel.message(ts)
    if parent is None or parent.seen_only_by is not None or parent.thread_ts is not None:
        raise Refused("cannot_reply_to_message")
    return str(ts)


def _own(caller: Caller, given: dict[str, Any], error: str) -> Message:
    channel = caller.channel(given["channel"])
    message = channel.message(given["ts"])
    # Ephemeral messages cannot be reached in this way, only over a response URL:
    # https://docs.slack.dev/messaging#ephemeral
    if message is None or message.seen_only_by is not None:
        raise Refused("message_not_found")
    if message.app is not caller.app:
        raise Refused(error)
    return message


_CONTENT = {
    "channel": Kind.STRING, "text": Kind.STRING, "blocks": Kind.JSON, "attachments": Kind.JSON,
    "metadata": Kind.JSON, "parse": Kind.STRING, "link_names": Kind.BOOLEAN,
}  # fmt: skip
_POSTED = _CONTENT | {
    "mrkdwn": Kind.BOOLEAN, "thread_ts": Kind.TIMESTAMP,
    "unfurl_links": Kind.BOOLEAN, "unfurl_media": Kind.BOOLEAN, "username": Kind.STRING,
    "icon_emoji": Kind.STRING, "icon_url": Kind.STRING,
}  # fmt: skip
_WHISPERED = _CONTENT | {
    "user": Kind.STRING, "thread_ts": Kind.TIMESTAMP, "username": Kind.STRING,
    "icon_emoji": Kind.STRING, "icon_url": Kind.STRING,
}  # fmt: skip
_WRITE = ("chat:write",)
METHODS = (
    # Of a tier of its own: see limits.py.
    Method(
        "chat.postMessage", _post, _POSTED, ("channel",), _WRITE, takes_json=True, tier=None
    ),
    Method(
        "chat.postEphemeral", _ephemeral, _WHISPERED, ("channel", "user"), _WRITE,
        takes_json=True, tier=100,
    ),
    Method(
        "chat.update", _update,
        _CONTENT | {"ts": Kind.TIMESTAMP}, ("channel", "ts"), _WRITE, takes_json=True,
    ),
    Method(
        "chat.delete", _delete, {"channel": Kind.STRING, "ts": Kind.TIMESTAMP},
        ("channel", "ts"), _WRITE, takes_json=True,
    ),
)  # fmt: skip
