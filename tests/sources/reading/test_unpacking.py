"""Bytes before anybody knows what they are: packed, large, in many encodings."""

import gzip
import json
import zlib

import pytest

from bot.sources import read
from bot.sources.reading import unpacking
from tests.sources.documents import BERLIN, document, event, refusal

_FROGS = json.dumps(document(event())).encode()
_CUT = "This gzip file is broken, or did not arrive whole."
_TOO_LARGE = "This is larger than 50 MB: no schedule is."
_TOO_MANY = "This has more parts than any schedule: it is none."
_NO_TEXT = (
    "This is no text in UTF-8, as schedules are: if it is one, name its encoding among the fields,"
    " like cp1252."
)
_XML = (
    "<?xml version='1.0' encoding='{}'?><schedule><conference/><day date='2014-07-05'>"
    "<room name='Teich'><event id='1'><start>10:00</start><title>Frösche</title></event></room>"
    "</day></schedule>"
)


def _titles(raw: bytes) -> list[str]:
    return [session.title for session in read(raw, BERLIN).schedule.sessions]


@pytest.mark.parametrize(
    "raw",
    [
        gzip.compress(_FROGS),
        gzip.compress(_FROGS) + b"\0" * 10,
        gzip.compress(_FROGS[:50]) + gzip.compress(_FROGS[50:]),
    ],
)
def test_whole_file_may_be_packed_with_gzip(raw: bytes) -> None:
    assert _titles(raw) == ["Frogs"]


@pytest.mark.parametrize(
    "raw",
    [
        gzip.compress(_FROGS)[:-9],
        b"\x1f\x8b",
        b"\x1f\x8bwhatever it is",
        gzip.compress(_FROGS) + b"\x1f\x8b",
    ],
)
def test_gzip_that_is_cut_off_is_refused(raw: bytes) -> None:
    assert refusal(raw, BERLIN) == _CUT


def test_what_becomes_too_large_when_unpacked_is_refused() -> None:
    packing = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    million = b" " * 1_000_000
    bomb = b"".join(packing.compress(million) for _ in range(60)) + packing.flush()

    assert refusal(bomb, BERLIN) == _TOO_LARGE


def test_what_is_too_large_is_refused() -> None:
    assert refusal(b" " * (unpacking.LARGEST + 1), BERLIN) == _TOO_LARGE


@pytest.mark.parametrize("part", [b"[],", b"{}\n", b"<a/>"])
def test_what_would_take_all_memory_is_refused(part: bytes) -> None:
    assert refusal(part * 4_100_000, BERLIN) == _TOO_MANY


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "iso-8859-1", "ISO-8859-15", "cp1252"])
def test_encoding_that_xml_declares(encoding: str) -> None:
    assert _titles(_XML.format(encoding).encode(encoding)) == ["Frösche"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_wins_over_what_is_declared(encoding: str) -> None:
    assert _titles(_XML.format("iso-8859-1").encode(encoding)) == ["Frösche"]


@pytest.mark.parametrize(
    "encoding", ["punycode", "idna", "hex", "zlib", "utf-7", "klingon", "ascii"]
)
def test_encoding_that_is_none_of_a_text_is_refused(encoding: str) -> None:
    assert refusal(_XML.format(encoding).encode(), BERLIN) == _NO_TEXT


def test_a_file_of_many_members_is_refused() -> None:
    many = gzip.compress(b"{}") * 200

    assert unpacking.unpacked(many) == b"{}" * 200
    assert refusal(many + gzip.compress(b"")) == (
        "This gzip file has more parts than any schedule: it is none."
    )
