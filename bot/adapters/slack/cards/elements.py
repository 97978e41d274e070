"""Buttons and menus of Block Kit."""

from collections.abc import Sequence
from typing import Any

from bot.adapters.slack.cards.characters import cut

Element = dict[str, Any]
Block = dict[str, Any]

_LONGEST_LABEL = 75
"""Characters on a button or an option, and for a screen reader
(https://docs.slack.dev/reference/block-kit/block-elements/button-element)."""
LONGEST_HEADER = 150
MOST_BESIDE = 25
"""Elements in one block of them (https://docs.slack.dev/reference/block-kit/blocks/actions-block)."""
_LONGEST_PLACEHOLDER = 150


def plain_text(text: str, most: int = _LONGEST_LABEL) -> Element:
    """Text that Slack shows as it stands; it must not be empty."""
    shown: Element = {"type": "plain_text", "text": cut(text, most)}
    # Only a colon can begin an emoji's name; what needs no such word leaves room for others.
    return {**shown, "emoji": False} if ":" in text else shown


def button(
    action: str, label: str, value: str, spoken: str | None = None, *, danger: bool = False
) -> Element:
    """A button, red if what it does cannot be taken back; `spoken` is what a screen reader says
    instead of the label."""
    element: Element = {"type": "button", "action_id": action, "text": plain_text(label)}
    # Slack takes no empty ones.
    element |= {"value": value} if value else {}
    element |= {"style": "danger"} if danger else {}
    return {**element, "accessibility_label": cut(spoken, _LONGEST_LABEL)} if spoken else element


def option(label: str, value: str) -> Element:
    """What one can choose in a menu."""
    return {"text": plain_text(label), "value": value}


def menu(
    action: str, placeholder: str, options: Sequence[Element], chosen: Element | None = None
) -> Element:
    """A menu of at most 100 options; `chosen` is one of them."""
    element = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain_text(placeholder, _LONGEST_PLACEHOLDER),
        "options": list(options),
    }
    return {**element, "initial_option": chosen} if chosen is not None else element


def header(text: str) -> Block:
    """What heads a part of a view (https://docs.slack.dev/reference/block-kit/blocks/header-block);
    the text must not be empty."""
    return {"type": "header", "text": plain_text(text, LONGEST_HEADER)}


def actions(elements: Sequence[Element]) -> Block:
    """Buttons and menus side by side."""
    return {"type": "actions", "elements": list(elements)}
