"""Block elements: what can be pressed, chosen from, filled in.

https://docs.slack.dev/reference/block-kit/block-elements
"""

import re
from typing import Any
from zoneinfo import available_timezones

from tests.servers.slack.blocks.checks import (
    Check,
    array,
    boolean,
    document,
    integer,
    one_of,
    problem,
    string,
)
from tests.servers.slack.blocks.objects import (
    CONFIRM,
    DISPATCH,
    FILTER,
    MARKED_OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PLAIN_OPTION,
    SLACK_FILE,
    URL,
    plain_text,
)
from tests.servers.slack.blocks.rich_text import RICH_TEXT

_ID = string(255, 1)
_PLACEHOLDER = plain_text(150)


def _element(kind: str, keys: dict[str, Check], *required: str, also: Check | None = None) -> Check:
    common = {"type": one_of(kind), "action_id": _ID}
    return document(common | keys, ("type", *required), also)


def _image_source(value: Any, pointer: str, problems: list[str]) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        problem(problems, "must define either image_url or slack_file", pointer)


def _chosen(value: Any) -> list[Any]:
    alone = [value["initial_option"]] if "initial_option" in value else []
    return [*alone, *value.get("initial_options", [])]


def _menu(value: Any, pointer: str, problems: list[str]) -> None:
    """Options stand alone or in groups, and what is chosen at first is one of them, exactly."""
    if ("options" in value) == ("option_groups" in value):
        problem(problems, "must define either options or option_groups", pointer)
        return
    groups = value.get("option_groups", [])
    offered = [*value.get("options", []), *(one for group in groups for one in group["options"])]
    _distinct(offered, pointer, problems)
    _among(value, offered, pointer, problems)


def _list(value: Any, pointer: str, problems: list[str]) -> None:
    _distinct(value["options"], pointer, problems)
    _among(value, value["options"], pointer, problems)


def _among(value: Any, offered: list[Any], pointer: str, problems: list[str]) -> None:
    for one in _chosen(value):
        if one not in offered:
            problem(problems, "initial option must match one of the options", pointer)


def _distinct(offered: list[Any], pointer: str, problems: list[str]) -> None:
    # Assumed: Slack refuses two options of the same value in one menu.
    values = [one["value"] for one in offered]
    if len(set(values)) < len(values):
        problem(problems, "option values must be unique", pointer)


def _lengths(value: Any, pointer: str, problems: list[str]) -> None:
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    if least > most:
        problem(problems, "min_length must not exceed max_length", pointer)
    if len(value.get("initial_value", "")) > most:
        problem(problems, f"must be less than {most + 1} characters", f"{pointer}/initial_value")


def _zone(value: Any, pointer: str, problems: list[str]) -> None:
    if value not in available_timezones():
        problem(problems, "must be the name of a timezone", pointer)


_STYLE = one_of("primary", "danger")
_SHARED = {"confirm": CONFIRM, "focus_on_load": boolean}
_SELECT = _SHARED | {"placeholder": _PLACEHOLDER}
_MULTI = _SELECT | {"max_selected_items": integer(1)}
_OPTIONS = {"options": array(PLAIN_OPTION, 100, 1), "option_groups": array(OPTION_GROUP, 100, 1)}
_RESPONSE = {"response_url_enabled": boolean}
_IDS = array(string(255, 1))
_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": FILTER}
_MARKED_LIST = array(MARKED_OPTION, 10, 1)
# https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
_INPUT = {
    "placeholder": _PLACEHOLDER,
    "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH,
}
_DATE = string(10, 10, r"\d{4}-\d{2}-\d{2}")
_TIME = string(5, 5, r"([01]\d|2[0-3]):[0-5]\d")
_NUMBER = string(None, 1, r"-?\d+(\.\d+)?")

IMAGE = document(
    {
        "type": one_of("image"),
        "image_url": URL,
        "slack_file": SLACK_FILE,
        "alt_text": string(2000, 1),
    },
    ("type", "alt_text"),
    _image_source,
)

ELEMENTS: dict[str, Check] = {
    "image": IMAGE,
    "button": _element(
        "button",
        {
            "text": plain_text(75), "value": string(2000), "url": URL, "style": _STYLE,
            "confirm": CONFIRM, "accessibility_label": string(75),
        },
        "text",
    ),
    "static_select": _element(
        "static_select", _SELECT | _OPTIONS | {"initial_option": PLAIN_OPTION}, also=_menu
    ),
    "multi_static_select": _element(
        "multi_static_select",
        _MULTI | _OPTIONS | {"initial_options": array(PLAIN_OPTION, 100, 1)},
        also=_menu,
    ),
    "external_select": _element(
        "external_select",
        _SELECT | {"initial_option": PLAIN_OPTION, "min_query_length": integer(0)},
    ),
    "multi_external_select": _element(
        "multi_external_select",
        _MULTI | {"initial_options": array(PLAIN_OPTION, 100), "min_query_length": integer(0)},
    ),
    "users_select": _element("users_select", _SELECT | {"initial_user": _ID}),
    "multi_users_select": _element("multi_users_select", _MULTI | {"initial_users": _IDS}),
    "conversations_select": _element(
        "conversations_select",
        _SELECT | _CONVERSATIONS | _RESPONSE | {"initial_conversation": _ID},
    ),
    "multi_conversations_select": _element(
        "multi_conversations_select", _MULTI | _CONVERSATIONS | {"initial_conversations": _IDS}
    ),
    "channels_select": _element(
        "channels_select", _SELECT | _RESPONSE | {"initial_channel": _ID}
    ),
    "multi_channels_select": _element(
        "multi_channels_select", _MULTI | {"initial_channels": _IDS}
    ),
    "overflow": _element(
        "overflow", {"options": array(OVERFLOW_OPTION, 5, 1), "confirm": CONFIRM}, "options"
    ),
    "checkboxes": _element(
        "checkboxes",
        _SHARED | {"options": _MARKED_LIST, "initial_options": _MARKED_LIST},
        "options",
        also=_list,
    ),
    "radio_buttons": _element(
        "radio_buttons",
        _SHARED | {"options": _MARKED_LIST, "initial_option": MARKED_OPTION},
        "options",
        also=_list,
    ),
    "datepicker": _element("datepicker", _SELECT | {"initial_date": _DATE}),
    "timepicker": _element("timepicker", _SELECT | {"initial_time": _TIME, "timezone": _zone}),
    "datetimepicker": _element(
        "datetimepicker", _SHARED | {"initial_date_time": integer(10**9, 10**10 - 1)}
    ),
    "plain_text_input": _element(
        "plain_text_input",
        _INPUT | {
            "initial_value": string(3000), "multiline": boolean, "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        also=_lengths,
    ),
    "email_text_input": _element("email_text_input", _INPUT | {"initial_value": string()}),
    "url_text_input": _element("url_text_input", _INPUT | {"initial_value": string()}),
    "number_input": _element(
        "number_input",
        _INPUT | {
            "is_decimal_allowed": boolean, "initial_value": _NUMBER, "min_value": _NUMBER,
            "max_value": _NUMBER,
        },
        "is_decimal_allowed",
    ),
    "rich_text_input": _element(
        "rich_text_input", _INPUT | {"initial_value": RICH_TEXT, "min_lines": integer(1, 100),
        "max_lines": integer(1, 100)},
    ),
    "file_input": _element(
        "file_input", {"filetypes": array(string()), "max_files": integer(1, 10)}
    ),
}  # fmt: skip

INTERACTIVE = frozenset(ELEMENTS) - {"image"}
_MENUS = frozenset(kind for kind in ELEMENTS if kind.endswith("_select"))
_PICKERS = frozenset({"datepicker", "timepicker", "checkboxes", "radio_buttons"})
_INPUTS = frozenset(kind for kind in ELEMENTS if re.search(r"_input$", kind))

# https://docs.slack.dev/reference/block-kit/blocks/actions-block; menus for several may stand
# there too, as the types of Slack's own SDK have it.
IN_ACTIONS = _MENUS | _PICKERS | {"button", "overflow", "datetimepicker", "rich_text_input"}
# https://docs.slack.dev/reference/block-kit/blocks/section-block
IN_SECTION = _MENUS | _PICKERS | {"button", "overflow", "image"}
# https://docs.slack.dev/reference/block-kit/blocks/input-block
IN_INPUT = _MENUS | _PICKERS | _INPUTS | {"datetimepicker"}


def only(kinds: frozenset[str]) -> dict[str, Check]:
    return {kind: check for kind, check in ELEMENTS.items() if kind in kinds}
