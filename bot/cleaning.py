"""Text from outside as one harmless line: nothing in it may break a protocol or a terminal."""

import unicodedata

# Between emoji and in Persian or Hindi words these belong to the text, though nobody sees them.
_JOINERS = "\u200c\u200d"
_DIRECTIONS = frozenset({"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"})


def one_line(text: str) -> str:
    """The text with single spaces, without control characters and marks of direction."""
    if not text.isprintable():
        text = "".join(_harmless(c) for c in text)
    return " ".join(text.split())


def _harmless(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    return "" if unicodedata.bidirectional(character) in _DIRECTIONS else " "
