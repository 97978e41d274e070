"""Finds what a person can press, choose from or fill in, and says what Slack then tells the app.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.slack.blocks import actions_in

Element = dict[str, Any]
Block = dict[str, Any]

_FIELDS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
# What is kept of each kind in `state`, before anybody has touched it.
_EMPTY: Mapping[str, Mapping[str, Any]] = {
    "static_select": {"selected_option": None},
    "external_select": {"selected_option": None},
    "radio_buttons": {"selected_option": None},
    "multi_static_select": {"selected_options": []},
    "checkboxes": {"selected_options": []},
    "datepicker": {"selected_date": None},
    "timepicker": {"selected_time": None},
    **{kind: {"value": None} for kind in _FIELDS},
}
_INITIAL = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "value": "initial_value",
}


def labels(blocks: Sequence[Block]) -> list[str]:
    """What stands on everything that can be used, in order."""
    return [_label(block, element) for block, element in actions_in(blocks)]


def find(
    blocks: Sequence[Block], what: str, kinds: Sequence[str], nth: int = 0
) -> tuple[Block, Element]:
    """The element with this label, placeholder or `action_id`; `nth` counts those of them from 0.

    Raises AssertionError, with what does stand there, if it is not there.
    """
    found = [
        (block, element)
        for block, element in actions_in(blocks)
        if what in (element["action_id"], _label(block, element)) and element["type"] in kinds
    ]
    if len(found) <= nth:
        there = ", ".join(map(repr, labels(blocks))) or "nothing"
        raise AssertionError(f"number {nth} of {what!r} is not there, but {there}")
    return found[nth]


def find_button(blocks: Sequence[Block], what: str, nth: int = 0) -> tuple[Block, Element]:
    return find(blocks, what, ("button",), nth)


def find_menu(blocks: Sequence[Block], what: str, nth: int = 0) -> tuple[Block, Element]:
    return find(blocks, what, ("static_select", "radio_buttons", "overflow", "checkboxes"), nth)


def find_field(blocks: Sequence[Block], what: str, nth: int = 0) -> tuple[Block, Element]:
    return find(blocks, what, tuple(_FIELDS), nth)


def _label(block: Block, element: Element) -> str:
    """The text of a button, the placeholder of a menu, or what stands beside a field."""
    for text in (element.get("text"), element.get("placeholder"), block.get("label")):
        if block["type"] == "input" and text is not block.get("label"):
            continue
        if text is not None:
            return str(text["text"])
    return str(element["action_id"])


def option(element: Element, text: str) -> Mapping[str, Any]:
    """Raises AssertionError, with what can be chosen, if it cannot."""
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(one for group in groups for one in group["options"])]
    for one in options:
        if text in (one["text"]["text"], one.get("value")):
            found: Mapping[str, Any] = one
            return found
    there = [one["text"]["text"] for one in options]
    raise AssertionError(f"{text!r} cannot be chosen, but {there}")


def state(
    blocks: Sequence[Block], entered: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """`state.values`: everything that keeps a value, by the ids of block and action. `entered` is
    what a person has chosen or typed there, by the same ids."""
    values: dict[str, dict[str, Any]] = {}
    for block, element in actions_in(blocks):
        kind, block_id, action_id = element["type"], block["block_id"], element["action_id"]
        if kind not in _EMPTY:
            continue
        value: dict[str, Any] = {"type": kind}
        for key, empty in _EMPTY[kind].items():
            value[key] = element.get(_INITIAL[key], empty)
        value |= entered.get(block_id, {}).get(action_id, {})
        values.setdefault(block_id, {})[action_id] = value
    return values


def action(
    block: Block, element: Element, at: float, chosen: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One of the `actions` of a block_actions payload.

    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    kind = element["type"]
    told: dict[str, Any] = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": f"{at:.6f}",
    }
    for key in ("text", "value", "style", "placeholder", "initial_option"):
        if key in element and (key != "text" or kind == "button"):
            told[key] = element[key]
    return told | dict(chosen or {})
