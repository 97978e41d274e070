"""What one sees of blocks, as lines of text: bold in **, code in backticks, buttons in []."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def seen(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines of a message or view from top to bottom."""
    return [line for block in blocks for line in _lines(block)]


def _lines(block: Mapping[str, Any]) -> Iterable[str]:
    match block["type"]:
        case "rich_text":
            for part in block["elements"]:
                bullet = part["type"] == "rich_text_list"
                for section in part["elements"] if bullet else [part]:
                    text = "".join(_text(element) for element in section["elements"])
                    yield from ("* " * bullet + text).split("\n")
        case "actions":
            yield " ".join(map(_control, block["elements"]))
        case "input":
            yield f"{block['label']['text']}: {_control(block['element'])}"
        case "header":
            yield f"# {block['text']['text']}"
        case "divider":
            yield "---"
        case kind:
            raise AssertionError(kind)


def _text(element: Mapping[str, Any]) -> str:
    if element["type"] == "link":
        return f"<{element['url']}>"
    style, text = element.get("style", {}), str(element["text"])
    text = f"`{text}`" if style.get("code") else text
    return f"**{text}**" if style.get("bold") else text


def _control(element: Mapping[str, Any]) -> str:
    match element["type"]:
        case "button":
            return f"[{element['text']['text']}]"
        case "static_select":
            shown = element.get("initial_option", {}).get("text") or element["placeholder"]
            return f"({shown['text']})"
        case "plain_text_input":
            return f"|{element.get('initial_value', '')}|"
        case kind:
            raise AssertionError(kind)


def controls(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What can be pressed or chosen, by action id: the value, or the values of a menu."""
    return {
        element["action_id"]: _values(element)
        for block in blocks
        for element in block.get("elements", [block.get("element")])
        if element and "action_id" in element
    }


def _values(element: Mapping[str, Any]) -> Any:
    if "options" in element:
        return [option["value"] for option in element["options"]]
    return element.get("value")
