"""The `rich_text` block: sections, lists, quotations, and what stands in them.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from tests.servers.slack.blocks.checks import (
    Check,
    array,
    boolean,
    by_type,
    document,
    integer,
    one_of,
    string,
)

_STYLE = document({
    "bold": boolean, "italic": boolean, "strike": boolean, "code": boolean, "underline": boolean,
})  # fmt: skip
_MENTION_STYLE = document({
    "bold": boolean, "italic": boolean, "strike": boolean, "highlight": boolean,
    "client_highlight": boolean, "unlink": boolean,
})  # fmt: skip


def _leaf(kind: str, keys: dict[str, Check], *required: str, style: Check = _STYLE) -> Check:
    return document({"type": one_of(kind), "style": style} | keys, ("type", *required))


_LEAVES: dict[str, Check] = {
    # An empty text is refused: "must be more than 0 characters".
    "text": _leaf("text", {"text": string(None, 1)}, "text"),
    "link": _leaf(
        "link", {"url": string(None, 1), "text": string(), "unsafe": boolean}, "url"
    ),
    "emoji": _leaf(
        "emoji",
        {"name": string(None, 1, r"[^\s:]+(::skin-tone-[2-6])?"), "unicode": string()},
        "name",
    ),
    "user": _leaf("user", {"user_id": string(None, 1)}, "user_id", style=_MENTION_STYLE),
    "channel": _leaf("channel", {"channel_id": string(None, 1)}, "channel_id",
                     style=_MENTION_STYLE),
    "usergroup": _leaf("usergroup", {"usergroup_id": string(None, 1)}, "usergroup_id",
                       style=_MENTION_STYLE),
    "team": _leaf("team", {"team_id": string(None, 1)}, "team_id"),
    "broadcast": _leaf("broadcast", {"range": one_of("here", "channel", "everyone")}, "range"),
    "color": _leaf("color", {"value": string(7, 7, r"#[0-9a-fA-F]{6}")}, "value"),
    "date": _leaf(
        "date",
        {"timestamp": integer(0), "format": string(None, 1), "url": string(),
         "fallback": string()},
        "timestamp", "format",
    ),
}  # fmt: skip

_LEAF = by_type(_LEAVES)
_BORDER = integer(0, 1)
_SECTION = document(
    {"type": one_of("rich_text_section"), "elements": array(_LEAF)}, ("type", "elements")
)
_PARTS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_list": document(
        {
            "type": one_of("rich_text_list"),
            "style": one_of("bullet", "ordered"),
            "elements": array(by_type({"rich_text_section": _SECTION}), None, 1),
            "indent": integer(0, 8),
            "offset": integer(0),
            "border": _BORDER,
        },
        ("type", "style", "elements"),
    ),
    "rich_text_quote": document(
        {"type": one_of("rich_text_quote"), "elements": array(_LEAF), "border": _BORDER},
        ("type", "elements"),
    ),
    "rich_text_preformatted": document(
        {
            "type": one_of("rich_text_preformatted"),
            "elements": array(by_type({kind: _LEAVES[kind] for kind in ("text", "link")})),
            "border": _BORDER,
            "language": string(),
        },
        ("type", "elements"),
    ),
}

RICH_TEXT = document(
    {
        "type": one_of("rich_text"),
        "block_id": string(255, 1),
        "elements": array(by_type(_PARTS), None, 1),
    },
    ("type", "elements"),
)
