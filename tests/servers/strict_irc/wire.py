"""Lines of IRC: from bytes, to bytes, and how names are compared."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

BODY = 510  # bytes of a line without its tags and its end [DATALEN]
NO_TAGS: Mapping[str, str] = MappingProxyType({})

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ[]\\~"
_FOLD = str.maketrans(_UPPER, "abcdefghijklmnopqrstuvwxyz{}|^")
_ESCAPES = {";": "\\:", " ": "\\s", "\\": "\\\\", "\r": "\\r", "\n": "\\n"}
_MEANT = {escaped[1]: plain for plain, escaped in _ESCAPES.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """What a client sent. `tag_bytes` is how long its tags were."""

    command: str
    params: tuple[str, ...]
    tags: Mapping[str, str]
    tag_bytes: int

    def param(self, index: int) -> str:
        """An empty one if there is none."""
        return self.params[index] if index < len(self.params) else ""


def parse(raw: bytes) -> Line | None:
    """None if there is no command in it. What is too long is cut (ircd/msgbuf.c)."""
    tags: Mapping[str, str] = NO_TAGS
    tag_bytes = 0
    if raw.startswith(b"@"):
        head, _, raw = raw.partition(b" ")
        tag_bytes = len(head) + 1
        tags = _tags(decode(head[1:]))
    # To Solanum, which is written in C, a NUL is the end.
    text = decode(raw.lstrip(b" ").partition(b"\0")[0][:BODY])
    if text.startswith(":"):
        text = text.partition(" ")[2]
    words, colon, trailing = text.partition(" :")
    first, *params = [word for word in words.split(" ") if word] or [""]
    if colon:
        params.append(trailing)
    return Line(first.upper(), tuple(params), tags, tag_bytes) if first else None


def _tags(text: str) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in text.split(";") if tag)
    return {key: _unescaped(value) for key, _, value in pairs}


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.?)", lambda found: _MEANT.get(found[1], found[1]), value)


def tagged(tags: Mapping[str, str], body: str) -> bytes:
    """A whole line for the wire, cut as servers cut: without a word, by bytes."""
    head = ";".join(f"{key}={_escaped(value)}" if value else key for key, value in tags.items())
    return (encode(f"@{head} ") if head else b"") + encode(body)[:BODY] + b"\r\n"


def _escaped(value: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in value)


def decode(raw: bytes) -> str:
    """Whatever the bytes are, `encode` makes the same ones of it again."""
    return raw.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


@lru_cache(4096)
def fold(name: str) -> str:
    """Names that are the same to the server are equal: CASEMAPPING=rfc1459."""
    return name.translate(_FOLD)


@lru_cache(1024)
def _pattern(mask: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    text = "".join(parts.get(letter, re.escape(letter)) for letter in fold(mask))
    return re.compile(text, re.DOTALL)


def matches(mask: str, text: str) -> bool:
    """`*` and `?` stand for what they always do; nothing else is special."""
    return _pattern(mask).fullmatch(fold(text)) is not None


def packed(words: Sequence[str], size: int, between: str = " ") -> Iterator[str]:
    """The words joined, in as many lines of `size` bytes as they need; none for no words."""
    line = ""
    for word in words:
        longer = f"{line}{between}{word}" if line else word
        if line and len(encode(longer)) > size:
            yield line
            longer = word
        line = longer
    if line:
        yield line
