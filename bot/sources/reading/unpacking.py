"""Bytes as they were fetched -> the bytes and the text of a schedule, if they are not too many."""

import codecs
import re
import zlib

from bot.sources import NotASchedule

LARGEST = 50_000_000
"""Bytes; the largest congresses publish some 3 MB."""

_TOO_LARGE = f"This is larger than {LARGEST // 1_000_000} MB: no schedule is."
# Each of these may cost a hundred bytes of memory when it has been read.
_PARTS = (b"{", b"[", b"<", b",", b"\n")
_MOST_PARTS = 4_000_000
_NO_TEXT = (
    "This is no text in UTF-8, as schedules are: if it is one, name its encoding among the fields,"
    " like cp1252."
)
_CUT = "This gzip file is broken, or did not arrive whole."
_MANY_MEMBERS = "This gzip file has more parts than any schedule: it is none."
# What follows a member is copied each time.
_MOST_MEMBERS = 200
_GZIP = b"\x1f\x8b"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.:-]{1,40})["']""")

# Some of Python's codecs take hours for what nobody publishes.
_USUAL = re.compile(r"utf-(?:8|16|32)|iso8859|iso2022|cp\d|ascii|koi8|mac-|shift_jis|euc_|gb|big5")


def unpacked(raw: bytes) -> bytes:
    """The bytes without the gzip around them, if there is one. Raises NotASchedule."""
    if raw[:2] == _GZIP:
        raw = _gunzipped(raw)
    if len(raw) > LARGEST:
        raise NotASchedule(_TOO_LARGE)
    if sum(map(raw.count, _PARTS)) > _MOST_PARTS:
        raise NotASchedule("This has more parts than any schedule: it is none.")
    return raw


def text_in(raw: bytes, encoding: str = "") -> str:
    """The text, in the encoding that a byte order mark, an XML declaration or `encoding` names, or
    else in UTF-8. Raises NotASchedule."""
    for mark, meant in _MARKS:
        if raw.startswith(mark):
            return _decoded(raw[len(mark) :], meant)
    declared = _DECLARED.match(raw[:200])
    return _decoded(raw, declared[1].decode("ascii") if declared else encoding or "utf-8")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        usual = _USUAL.match(codecs.lookup(encoding).name)
        text = raw.decode(encoding) if usual else ""
    except (LookupError, ValueError):
        raise NotASchedule(_NO_TEXT) from None
    if usual is None:
        raise NotASchedule(_NO_TEXT)
    return text


def _gunzipped(raw: bytes) -> bytes:
    """What all members of the file hold; never more than a byte above the largest allowed."""
    parts: list[bytes] = []
    size = 0
    while raw[:2] == _GZIP:
        if len(parts) == _MOST_MEMBERS:
            raise NotASchedule(_MANY_MEMBERS)
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            parts.append(member.decompress(raw, LARGEST + 1 - size))
        except zlib.error:
            raise NotASchedule(_CUT) from None
        size += len(parts[-1])
        if size > LARGEST:
            raise NotASchedule(_TOO_LARGE)
        if not member.eof:
            raise NotASchedule(_CUT)
        raw = member.unused_data
    return b"".join(parts)
