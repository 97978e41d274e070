"""Composition objects: texts, options, confirmations.

https://docs.slack.dev/reference/block-kit/composition-objects
"""

from typing import Any

from tests.servers.slack.blocks.checks import (
    Check,
    array,
    boolean,
    by_type,
    document,
    one_of,
    problem,
    string,
)

URL = string(3000, 1, r"[A-Za-z][A-Za-z0-9+.-]*:.+")


# https://docs.slack.dev/reference/block-kit/composition-objects/text-object
def plain_text(most: int = 3000) -> Check:
    return by_type({"plain_text": _plain(most)})


def any_text(most: int = 3000) -> Check:
    return by_type({"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)})


def _plain(most: int) -> Check:
    keys = {"type": one_of("plain_text"), "text": string(most, 1), "emoji": boolean}
    return document(keys, ("type", "text"))


def _mrkdwn(most: int) -> Check:
    keys = {"type": one_of("mrkdwn"), "text": string(most, 1), "verbatim": boolean}
    return document(keys, ("type", "text"))


# https://docs.slack.dev/reference/block-kit/composition-objects/option-object
def option(text: Check, url: bool = False) -> Check:
    """Of a menu; those of an overflow menu may lead to a URL."""
    keys = {"text": text, "value": string(150), "description": plain_text(75)}
    if url:
        keys["url"] = URL
    return document(keys, ("text", "value"))


PLAIN_OPTION = option(plain_text(75))
MARKED_OPTION = option(any_text(75))
OVERFLOW_OPTION = option(plain_text(75), url=True)

# https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object
OPTION_GROUP = document(
    {"label": plain_text(75), "options": array(PLAIN_OPTION, 100, 1)}, ("label", "options")
)

# https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
CONFIRM = document(
    {
        "title": plain_text(100),
        "text": any_text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
        "style": one_of("primary", "danger"),
    },
    ("title", "text", "confirm", "deny"),
)

# https://docs.slack.dev/reference/block-kit/composition-objects/dispatch-action-configuration-object
DISPATCH = document({
    "trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2, 1)
})  # fmt: skip


# https://docs.slack.dev/reference/block-kit/composition-objects/conversation-filter-object
def _says_something(value: Any, pointer: str, problems: list[str]) -> None:
    if not value:
        problem(problems, "must provide at least one filter", pointer)


FILTER = document(
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4, 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    also=_says_something,
)


# https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
SLACK_FILE = document({"id": string(), "url": string(3000)})
