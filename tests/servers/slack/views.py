"""Checks what a modal or a Home tab is made of.

https://docs.slack.dev/reference/views
"""

import json
from collections.abc import Collection
from typing import Any

from tests.servers.slack.blocks import Surface, problems_of
from tests.servers.slack.blocks.checking import with_ids
from tests.servers.slack.blocks.checks import (
    Check,
    anything,
    boolean,
    by_type,
    document,
    one_of,
    problem,
    string,
)
from tests.servers.slack.blocks.objects import plain_text
from tests.servers.slack.errors import Refused, refused

# https://docs.slack.dev/reference/methods/views.open#errors (view_too_large)
MOST_BYTES = 250_000

_COMMON: dict[str, Check] = {
    "blocks": anything,  # checked for itself
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}


def _submits(value: Any, pointer: str, problems: list[str]) -> None:
    # https://docs.slack.dev/reference/views/modal-views: "submit is required when an input block
    # is within the blocks array".
    blocks = value["blocks"] if isinstance(value["blocks"], list) else []
    kinds = {block.get("type") for block in blocks if isinstance(block, dict)}
    if "input" in kinds and value.get("submit") is None:
        problem(problems, "missing required field: submit", pointer)


def _or_null(check: Check) -> Check:
    def whole(value: Any, pointer: str, problems: list[str]) -> None:
        if value is not None:
            check(value, pointer, problems)

    return whole


_FORMS: dict[str, Check] = {
    "modal": document(
        _COMMON | {
            "type": one_of("modal"), "title": plain_text(24), "close": _or_null(plain_text(24)),
            "submit": _or_null(plain_text(24)), "clear_on_close": boolean,
            "notify_on_close": boolean, "submit_disabled": boolean,
        },
        ("type", "title", "blocks"),
        _submits,
    ),
    "home": document(_COMMON | {"type": one_of("home")}, ("type", "blocks")),
}  # fmt: skip


def check_view(view: Any, kinds: Collection[str] = ("modal", "home")) -> dict[str, Any]:
    """The view as Slack keeps it: a copy in which every block and element has its id.

    Raises `Refused("invalid_arguments")`, with the problems, or `Refused("view_too_large")`.
    """
    if not isinstance(view, dict):
        raise refused("invalid_arguments", ["must provide an object [json-pointer:/view]"])
    if len(json.dumps(view, ensure_ascii=False).encode()) > MOST_BYTES:
        raise Refused("view_too_large")
    problems: list[str] = []
    by_type({kind: _FORMS[kind] for kind in kinds})(view, "/view", problems)
    if view.get("type") in kinds and "blocks" in view:
        surface: Surface = "modal" if view["type"] == "modal" else "home"
        problems += problems_of(view["blocks"], surface, "/view/blocks")
    if problems:
        raise refused("invalid_arguments", problems)
    return {**view, "blocks": with_ids(view["blocks"])}
