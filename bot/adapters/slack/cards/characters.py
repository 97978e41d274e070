"""Text from outside as Slack can show it: harmless, escaped, measured and cut."""

from itertools import accumulate

from bot.cleaning import one_line

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
# https://docs.slack.dev/messaging/formatting-message-text#escaping
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MEASURED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': '\\"', "\\": "\\\\"})


def harmless(text: str) -> str:
    """The text on one line, without control characters and marks of direction. A space at its
    edges stays: it may be a part of a line."""
    return one_line(f"|{text}|")[1:-1]


def escaped(text: str) -> str:
    """The text as no mention, link or entity: for the top-level text of a message."""
    return text.translate(_ESCAPED)


def length(text: str) -> int:
    """How many characters this is where each emoji counts as two, as in JavaScript: Slack does not
    tell how it counts, and nobody counts more."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def size(text: str) -> int:
    """How many characters this is, escaped for Slack and for JSON."""
    return length(text.translate(_MEASURED))


def shortened(text: str, most: int) -> str:
    """The text, or as much of it as has this size together with the ellipsis behind it."""
    if len(text) * len("&amp;") <= most or size(text) <= most:
        return text
    kept = sum(taken < most for taken in accumulate(size(character) for character in text[:most]))
    return text[:kept] + ELLIPSIS


def cut(text: str, most: int) -> str:
    """The text in at most this many characters, where nothing is escaped: on buttons."""
    clean = one_line(text)
    if length(clean) <= most:
        return clean
    kept = sum(taken < most for taken in accumulate(length(character) for character in clean))
    return clean[:kept] + ELLIPSIS
