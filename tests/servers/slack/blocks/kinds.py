"""The blocks themselves, and which surface takes which.

https://docs.slack.dev/reference/block-kit/blocks
"""

from typing import Any, Literal

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
from tests.servers.slack.blocks.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION, only
from tests.servers.slack.blocks.objects import SLACK_FILE, URL, any_text, plain_text
from tests.servers.slack.blocks.rich_text import RICH_TEXT

Surface = Literal["message", "modal", "home"]


def _block(kind: str, keys: dict[str, Check], *required: str, also: Check | None = None) -> Check:
    common = {"type": one_of(kind), "block_id": string(255, 1)}
    return document(common | keys, ("type", *required), also)


def _has_words(value: Any, pointer: str, problems: list[str]) -> None:
    if "text" not in value and "fields" not in value:
        problem(problems, "must define either `text` or `fields`", pointer)


def _one_source(value: Any, pointer: str, problems: list[str]) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        problem(problems, "must define either image_url or slack_file", pointer)


def _dispatches(value: Any, pointer: str, problems: list[str]) -> None:
    """Files cannot be sent along with an action."""
    if value.get("dispatch_action") and value["element"]["type"] == "file_input":
        problem(problems, "file_input cannot dispatch actions", pointer)


_BLOCKS: dict[str, Check] = {
    "actions": _block(
        "actions", {"elements": array(by_type(only(IN_ACTIONS)), 25, 1)}, "elements"
    ),
    "context": _block(
        "context",
        {"elements": array(
            by_type({"image": IMAGE, "plain_text": any_text(), "mrkdwn": any_text()}), 10, 1
        )},
        "elements",
    ),
    "divider": _block("divider", {}),
    "header": _block("header", {"text": plain_text(150)}, "text"),
    "image": _block(
        "image",
        {
            "image_url": URL, "slack_file": SLACK_FILE, "alt_text": string(2000, 1),
            "title": plain_text(2000),
        },
        "alt_text",
        also=_one_source,
    ),
    "input": _block(
        "input",
        {
            "label": plain_text(2000), "hint": plain_text(2000), "optional": boolean,
            "dispatch_action": boolean, "element": by_type(only(IN_INPUT)),
        },
        "label", "element",
        also=_dispatches,
    ),
    # https://docs.slack.dev/reference/block-kit/blocks/markdown-block
    "markdown": _block("markdown", {"text": string(12000, 1)}, "text"),
    "rich_text": RICH_TEXT,
    "section": _block(
        "section",
        {
            "text": any_text(3000), "fields": array(any_text(2000), 10, 1), "expand": boolean,
            "accessory": by_type(only(IN_SECTION)),
        },
        also=_has_words,
    ),
}  # fmt: skip

# Each block's page says where it is available; `markdown` in messages alone.
_EVERYWHERE = frozenset(_BLOCKS) - {"markdown"}
ON: dict[Surface, frozenset[str]] = {
    "message": _EVERYWHERE | {"markdown"},
    "modal": _EVERYWHERE,
    "home": _EVERYWHERE,
}
# https://docs.slack.dev/reference/block-kit/blocks: 50 in a message, 100 in modals and Home.
MOST: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}


def form(surface: Surface) -> Check:
    """What the `blocks` of a surface have to look like."""
    known = {kind: _BLOCKS[kind] for kind in ON[surface]}
    return array(by_type(known), MOST[surface])
