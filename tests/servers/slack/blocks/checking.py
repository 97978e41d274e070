"""Checks the blocks of a surface whole, and gives ids to those that have none."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from tests.servers.slack.blocks.checks import problem
from tests.servers.slack.blocks.elements import INTERACTIVE
from tests.servers.slack.blocks.kinds import Surface, form
from tests.servers.slack.errors import Refused, refused
from tests.servers.slack.ids import short_id

_FORMS = {surface: form(surface) for surface in ("message", "modal", "home")}


def problems_of(blocks: Any, surface: Surface, pointer: str = "/blocks") -> list[str]:
    """What is wrong with them, in Slack's words, in their order."""
    problems: list[str] = []
    _FORMS[surface](blocks, pointer, problems)
    if not problems:
        _unique(blocks, pointer, problems)
    return problems


def check_blocks(blocks: Any, surface: Surface) -> list[dict[str, Any]]:
    """The blocks as Slack keeps them: a copy in which every block and element has an id.

    Raises `Refused("invalid_blocks_format")` for what is no list of objects, and
    `Refused("invalid_blocks")`, with the problems, for what breaks a rule.
    """
    # https://docs.slack.dev/reference/methods/chat.postMessage#errors
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        raise Refused("invalid_blocks_format")
    problems = problems_of(blocks, surface)
    if problems:
        raise refused("invalid_blocks", problems)
    return with_ids(blocks)


def with_ids(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A copy of them with a `block_id` for each, and an `action_id` for what can be used."""
    kept = copy.deepcopy(list(blocks))
    for block in kept:
        block.setdefault("block_id", short_id())
    for _, element in actions_in(kept):
        element.setdefault("action_id", short_id())
    return kept


def elements_of(block: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What can be used in one block, with the pointer from the block to it."""
    match block["type"]:
        case "actions":
            yield from ((f"/elements/{at}", one) for at, one in enumerate(block["elements"]))
        case "section" if "accessory" in block:
            yield "/accessory", block["accessory"]
        case "input":
            yield "/element", block["element"]


def actions_in(
    blocks: Sequence[dict[str, Any]],
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every interactive element with the block that it stands in, in order."""
    return [
        (block, element)
        for block in blocks
        for _, element in elements_of(block)
        if element["type"] in INTERACTIVE
    ]


def _unique(blocks: list[dict[str, Any]], pointer: str, problems: list[str]) -> None:
    """A `block_id` is there once in a surface, an `action_id` once in a block.

    https://docs.slack.dev/reference/block-kit/blocks/actions-block says "unique among all other
    action_ids in the containing block".
    """
    seen: set[str] = set()
    focused = 0
    for at, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            problem(problems, f"block_id already exists: {block_id}", f"{pointer}/{at}/block_id")
        if block_id is not None:
            seen.add(block_id)
        inside: set[str] = set()
        for where, element in elements_of(block):
            action_id = element.get("action_id")
            if action_id in inside:
                said = f"action_id already exists: {action_id}"
                problem(problems, said, f"{pointer}/{at}{where}/action_id")
            if action_id is not None:
                inside.add(action_id)
            focused += bool(element.get("focus_on_load"))
    # https://docs.slack.dev/reference/block-kit/block-elements: "Only one element can be set to
    # true" says the field focus_on_load of each.
    if focused > 1:
        problem(problems, "only one element may have focus_on_load", pointer)
