"""What a person typed: Slack's escapes and references in the text of a message are undone
(https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages)."""

import re

from bot.cleaning import one_line

# None of these can be read in two ways: whoever writes the text must not choose how long it takes.
_REFERENCE = re.compile(r"<([@#!]?)([^<>|\s][^<>|]*+)(?:\|([^<>]*+))?>")
_WRAPPED = re.compile(r"(`{3}|[`*_~])(?=\S)((?:(?!\1).)++)(?<=\S)\1")
_MARKS = ":,"
# Soft hyphen, zero-width space, word joiner, byte order mark: seen by nobody, copied with a text.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_NO_BREAK = dict.fromkeys(map(ord, "\u00a0\u202f"), " ")
# The last of them gives an & back that may stand before `lt;`.
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_MOST_WRAPPED = 4
_LABELS = re.compile(r"subteam\^|date\^")


def typed(text: str) -> str:
    """The text as it was typed, with its lines."""
    plain = _REFERENCE.sub(_shown, text)
    for escape, character in _ESCAPES:
        plain = plain.replace(escape, character)
    return plain.translate(_UNSEEN).translate(_NO_BREAK)


def command_line(text: str, me: str = "") -> str:
    """The first line that says something, without the mention of the bot (the user `me`) and the
    marks beside it, and not shown as code, bold or italic."""
    return next(filter(None, map(_line, typed(_unmentioned(text, me)).splitlines())), "")


def _line(text: str) -> str:
    line = one_line(text)
    for _ in range(_MOST_WRAPPED):
        if (wrapped := _WRAPPED.fullmatch(line)) is None:
            break
        line = one_line(wrapped[2])
    return line


def _unmentioned(text: str, me: str) -> str:
    mention = f"<@{me}"
    if not me or mention not in text:
        return text
    parts = re.split(rf"{re.escape(mention)}(?:\|[^<>]*+)?>", text)
    for i in range(len(parts) - 1):
        # `@bot: now`, `now, @bot`
        parts[i] = parts[i].rstrip(" \u00a0" + _MARKS)
        parts[i + 1] = parts[i + 1].lstrip(_MARKS)
    return " ".join(parts)


def _shown(reference: re.Match[str]) -> str:
    kind, target, label = reference[1], reference[2], reference[3]
    match kind:
        case "@" | "#":
            return kind + (label or target)
        case "!" if _LABELS.match(target):
            return label or ""
        case "!":
            return f"@{target}"
        case _:
            return label or target.removeprefix("mailto:").removeprefix("tel:")
