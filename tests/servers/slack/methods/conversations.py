"""conversations.open, .info, .history and .replies."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from tests.servers.slack.arguments import Kind
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.errors import Refused
from tests.servers.slack.methods.method import Caller, Method
from tests.servers.slack.scopes import HISTORY, READ

# https://docs.slack.dev/reference/methods/conversations.history#arguments
MOST = 999
USUAL = 100
# For apps sold outside the directory: "both been reduced to 15 objects", on that page.
MOST_EXTERNAL = 15


def _open(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/conversations.open, with one other person."""
    if "channel" in given:
        channel = caller.channel(given["channel"])
        if channel.kind != "im":
            raise Refused("method_not_supported_for_channel_type")
    else:
        ids = [id for id in given.get("users", "").split(",") if id]
        if not ids:
            raise Refused("users_list_not_supplied")
        if len(ids) > 8:
            raise Refused("too_many_users")
        users = [caller.user(id) for id in ids]
        if len(users) > 1:
            # Several people at once are more than the double can do.
            raise Refused("method_not_supported_for_channel_type")
        if users[0].deleted:
            raise Refused("user_disabled")
        if users[0].is_bot:
            raise Refused("cannot_dm_bot")
        me = caller.bot.bot_user
        known = caller.workspace.find_dm(me, users[0])
        if known is None and given.get("prevent_creation"):
            raise Refused("channel_not_found")
        channel = caller.workspace.dm(me, users[0])
        if known is not None:
            return {
                "no_op": True, "already_open": True,
                "channel": _opened(caller, channel, given),
            }  # fmt: skip
    return {"channel": _opened(caller, channel, given)}


def _opened(caller: Caller, channel: Channel, given: dict[str, Any]) -> dict[str, Any]:
    if given.get("return_im"):
        return channel.as_json(caller.bot.bot_user)
    return {"id": channel.id}


def _info(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    channel = caller.channel(given["channel"])
    caller.need(READ[channel.kind])
    said = channel.as_json(caller.bot.bot_user)
    if given.get("include_num_members"):
        said["num_members"] = len(channel.members)
    return {"channel": said}


def _history(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """The newest first; answers in threads are not among them.

    https://docs.slack.dev/reference/methods/conversations.history
    """
    channel = _readable(caller, given)
    found = [one for one in channel.standing() if one.thread_ts is None]
    found = _within(found, given)
    page, cursor = _page(caller, found[::-1], given)
    return {
        "messages": [one.as_json(_metadata(given)) for one in page],
        "has_more": cursor is not None, "pin_count": 0, **_next(cursor),
    }  # fmt: skip


def _replies(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """The oldest first, and first of all, on every page, what the thread began with.

    https://docs.slack.dev/reference/methods/conversations.replies
    """
    channel = _readable(caller, given)
    start = channel.message(given["ts"])
    if start is None or start.seen_only_by is not None:
        raise Refused("thread_not_found")
    if start.thread_ts is not None:
        # Of an answer in a thread it gives that answer alone.
        return {"messages": [start.as_json(_metadata(given))], "has_more": False}
    page, cursor = _page(caller, _within(channel.replies(start.ts), given), given)
    return {
        "messages": [one.as_json(_metadata(given)) for one in [start, *page]],
        "has_more": cursor is not None, **_next(cursor),
    }  # fmt: skip


def _readable(caller: Caller, given: dict[str, Any]) -> Channel:
    """A bot reads what it is a member of, by the scope for that kind of channel."""
    channel = caller.channel(given["channel"])
    caller.need(HISTORY[channel.kind])
    if caller.bot.bot_user.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _metadata(given: dict[str, Any]) -> bool:
    return bool(given.get("include_all_metadata"))


def _within(messages: Sequence[Message], given: dict[str, Any]) -> list[Message]:
    """Those between `oldest` and `latest`, with them if `inclusive`."""
    oldest, latest = float(given.get("oldest", 0)), float(given.get("latest", "inf"))
    both = bool(given.get("inclusive"))
    return [
        one
        for one in messages
        if oldest < float(one.ts) < latest or (both and float(one.ts) in (oldest, latest))
    ]


def _page(
    caller: Caller, messages: list[Message], given: dict[str, Any]
) -> tuple[list[Message], str | None]:
    """So many of them, after the cursor; and the cursor for those that follow.

    https://docs.slack.dev/apis/web-api/pagination
    """
    external = caller.counter.limits.history == "external" or not caller.app.internal
    most = MOST_EXTERNAL if external else MOST
    limit = given.get("limit", most if external else USUAL)
    if limit < 1:
        raise Refused("invalid_limit")
    limit = min(limit, most)
    start = 0
    if given.get("cursor"):
        after = _read_cursor(given["cursor"])
        known = [one.ts for one in messages]
        if after not in known:
            raise Refused("invalid_cursor")
        start = known.index(after)
    page = messages[start : start + limit]
    rest = messages[start + limit :]
    return page, None if not rest else _cursor(rest[0].ts)


def _cursor(ts: str) -> str:
    return base64.b64encode(f"next_ts:{ts}".encode()).decode()


def _read_cursor(cursor: str) -> str:
    try:
        kind, _, ts = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_cursor") from None
    if kind != "next_ts":
        raise Refused("invalid_cursor")
    return ts


def _next(cursor: str | None) -> dict[str, Any]:
    return {} if cursor is None else {"response_metadata": {"next_cursor": cursor}}


_PAGES = {
    "channel": Kind.STRING, "cursor": Kind.STRING, "include_all_metadata": Kind.BOOLEAN,
    "inclusive": Kind.BOOLEAN, "latest": Kind.TIMESTAMP, "oldest": Kind.TIMESTAMP,
    "limit": Kind.INTEGER,
}  # fmt: skip
METHODS = (
    Method(
        "conversations.open", _open,
        {
            "channel": Kind.STRING, "users": Kind.STRING, "return_im": Kind.BOOLEAN,
            "prevent_creation": Kind.BOOLEAN,
        },
        scopes=("im:write",), takes_json=True,
    ),
    Method(
        "conversations.info", _info,
        {
            "channel": Kind.STRING, "include_locale": Kind.BOOLEAN,
            "include_num_members": Kind.BOOLEAN,
        },
        ("channel",),
    ),
    Method("conversations.history", _history, _PAGES, ("channel",)),
    Method(
        "conversations.replies", _replies, {**_PAGES, "ts": Kind.TIMESTAMP}, ("channel", "ts")
    ),
)  # fmt: skip
