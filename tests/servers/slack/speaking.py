"""What the client of a person makes of what they type.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from typing import Any

from tests.servers.slack.contents import Content
from tests.servers.slack.ids import short_id
from tests.servers.slack.users import User
from tests.servers.slack.workspaces import Workspace

_MENTION = re.compile(r"@([\w.-]*\w)")
_CHANNEL = re.compile(r"#([\w-]+)")


def escaped(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message(text: str, workspace: Workspace, bot: User | None) -> Content:
    """A message as a client sends it: `@ada` becomes a mention where somebody is called so, and
    `@bot` is the app's bot. Its blocks say the same as its text."""
    elements: list[dict[str, Any]] = []
    said, last = "", 0
    for found in _MENTION.finditer(text):
        user = _named(found[1], workspace, bot)
        if user is None:
            continue
        before = text[last : found.start()]
        if before:
            elements.append({"type": "text", "text": before})
        elements.append({"type": "user", "user_id": user.id})
        said += f"{escaped(before)}<@{user.id}>"
        last = found.end()
    if text[last:] or not elements:
        elements.append({"type": "text", "text": text[last:]})
    section = {"type": "rich_text_section", "elements": elements}
    block = {"type": "rich_text", "block_id": short_id(), "elements": [section]}
    return Content(text=said + escaped(text[last:]), blocks=[block])


def command_text(text: str, workspace: Workspace, bot: User | None, mentions: bool) -> str:
    """The text of a command; with `mentions`, people and channels in it become ids.

    Slack does not say that `&`, `<` and `>` are escaped in commands; they are assumed to be, as
    in messages.
    https://docs.slack.dev/interactivity/implementing-slash-commands/#creating_commands
    """
    text = escaped(text.strip())
    if not mentions:
        return text

    def person(found: re.Match[str]) -> str:
        user = _named(found[1], workspace, bot)
        return found[0] if user is None else f"<@{user.id}|{user.name}>"

    def channel(found: re.Match[str]) -> str:
        for one in workspace.channels.values():
            if one.name == found[1]:
                return f"<#{one.id}|{one.name}>"
        return found[0]

    return _CHANNEL.sub(channel, _MENTION.sub(person, text))


def _named(name: str, workspace: Workspace, bot: User | None) -> User | None:
    if name == "bot" and bot is not None:
        return bot
    for user in workspace.users.values():
        if name in (user.name, user.display_name):
            return user
    return None
