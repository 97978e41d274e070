"""The words that people see in blocks, in the order in which they see them; and whom they ping."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# What can be pressed or chosen from: its label is no content of the message.
_LABELS = frozenset({
    "button", "static_select", "multi_static_select", "external_select", "users_select",
    "conversations_select", "channels_select", "overflow", "checkboxes", "radio_buttons",
    "datepicker", "timepicker", "datetimepicker",
})  # fmt: skip
_PING = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>|<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_SUBTEAM = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>")
_AT = re.compile(r"(?<![\w<!])@(channel|here|everyone)\b")


def words(blocks: Sequence[Mapping[str, Any]], labels: bool = True) -> list[str]:
    """Every text of the blocks; with `labels` False without those of buttons and menus."""
    return [text for block in blocks for text in _texts(block, labels) if text.strip()]


def unspoken(text: str, blocks: Sequence[Mapping[str, Any]], labels: bool = False) -> list[str]:
    """Words of the blocks that the top-level text lacks.

    Screen readers read the top-level text and not the blocks:
    https://docs.slack.dev/reference/methods/chat.postMessage#accessibility
    """
    spoken = set(_split(unescaped(text)))
    return [word for seen in words(blocks, labels) for word in _split(seen) if word not in spoken]


def unescaped(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def pings(text: str, blocks: Sequence[Mapping[str, Any]], parse: str, links: bool) -> list[str]:
    """Whom a message would ping: "channel", "here", "everyone", and the ids of users and groups.

    Angle brackets are read in the top-level text and in every mrkdwn text, whatever `parse` and
    `mrkdwn` say; `@here` counts where `parse` is "full" or names are linked:
    https://docs.slack.dev/messaging/formatting-message-text#advanced
    """
    found: list[str] = []
    for one in [text, *_marked(blocks)]:
        found += [group or user for group, user in _PING.findall(one)]
        found += _SUBTEAM.findall(one)
        if parse == "full" or links:
            found += _AT.findall(one)
    return found + [who for block in blocks for who in _mentions(block)]


def _split(text: str) -> list[str]:
    """Without the punctuation around them, which a sentence needs and a card does not."""
    bare = (re.sub(r"^\W+|\W+$", "", word) for word in text.split())
    return [word for word in bare if word]


def _marked(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        else:
            for one in value.values():
                yield from _marked(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _marked(one)


def _mentions(value: Any) -> Iterable[str]:
    """Of rich text, where a mention is an element of its own."""
    if isinstance(value, Mapping):
        match value.get("type"):
            case "broadcast":
                yield value["range"]
            case "user" if "user_id" in value:
                yield value["user_id"]
            case "usergroup":
                yield value["usergroup_id"]
            case _:
                for one in value.values():
                    yield from _mentions(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _mentions(one)


def _texts(value: Any, labels: bool) -> Iterable[str]:
    match value:
        case {"type": "mrkdwn", "text": str(text)}:
            yield unescaped(text)
        case {"type": "plain_text", "text": str(text)}:
            yield text
        case {"type": "rich_text_section" | "rich_text_quote" | "rich_text_preformatted",
              "elements": list(elements)}:  # fmt: skip
            # A title in bold goes on where the text before it ended.
            yield "".join(_rich(one) for one in elements)
        case {"type": "image", "alt_text": str(alt)}:
            yield from _texts(value.get("title"), labels)
            yield alt
        case {"type": "markdown", "text": str(text)}:
            yield text
        case {"type": str(kind)} if kind in _LABELS:
            if labels:
                yield from _label(value)
        case {"type": "input"}:
            yield from _texts(value["label"], labels)
            yield from _texts(value["element"], labels)
            yield from _texts(value.get("hint"), labels)
        case Mapping():
            for key in ("text", "fields", "accessory", "elements"):
                if key in value:
                    yield from _texts(value[key], labels)
        case list():
            for one in value:
                yield from _texts(one, labels)


def _label(element: Mapping[str, Any]) -> Iterable[str]:
    """What is seen without opening it: a menu's options are not."""
    match element:
        case {"type": "checkboxes" | "radio_buttons"}:
            for option in element["options"]:
                yield from _texts(option["text"], True)
        case {"text": text}:
            yield from _texts(text, True)
        case {"initial_option": option}:
            yield from _texts(option["text"], True)
        case {"placeholder": text}:
            yield from _texts(text, True)


def _rich(leaf: Mapping[str, Any]) -> str:
    match leaf["type"]:
        case "text":
            return str(leaf["text"])
        case "link":
            return str(leaf.get("text") or leaf["url"])
        case "emoji":
            return f":{leaf['name']}:"
        case "user":
            return f"@{leaf['user_id']}"
        case "channel":
            return f"#{leaf['channel_id']}"
        case "broadcast":
            return f"@{leaf['range']}"
        case "date":
            return str(leaf.get("fallback", leaf["format"]))
        case kind:
            return str(leaf.get("value", kind))
