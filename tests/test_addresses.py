"""Where a schedule is published, as somebody writes it."""

from pathlib import Path

import pytest

from bot.addresses import Url, source_named


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("data/a.json", Path("data/a.json")),
        ("C:\\data\\a.json", Path("C:\\data\\a.json")),
        ("https://example.org/a.json", Url("https://example.org/a.json")),
        (" HTTP://example.org/a ", Url("HTTP://example.org/a")),
    ],
)
def test_a_file_or_an_address_is_told_by_its_beginning(text: str, source: Path | Url) -> None:
    assert source_named(text) == source


@pytest.mark.parametrize("text", ["ftp://example.org/a", "file:///etc/passwd", "webcal://x/y"])
def test_other_schemes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a schedule is fetched over http or https; a file is"):
        source_named(text)


@pytest.mark.parametrize(
    "text", ["https://", "http:///a", "https://[::1/a", "http://a b/", "http://a/\x07"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"this is no address; one looks like https://example\.org"
    ):
        source_named(text)


def test_it_is_shown_without_what_may_be_secret() -> None:
    url = Url("https://ada:secret@example.org:8443/a.json?token=secret#secret")
    assert str(url) == "https://example.org:8443/a.json"
    assert "secret" not in repr(url)
