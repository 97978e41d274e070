"""Texts as sources write them, as one harmless line."""

from typing import Any

import pytest

from bot.sources.reading.texts import joined, line, lines, plain, readable, web_address, written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  two\n lines\t", "two lines"),
        ({"de": "Teich", "en": "Pond"}, "Pond"),
        ({"de": "Teich", "en": ""}, "Teich"),
        ({"de": "Teich", "fr": "Étang"}, "Teich"),
        ({"de": 5, "fr": "Étang"}, "Étang"),
        ({}, ""),
        (5, ""),
        (None, ""),
        (["x"], ""),
    ],
)
def test_line(value: Any, text: str) -> None:
    assert line(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(5, "5"), (1.5, "1.5"), (True, ""), ("5 a", "5 a"), (None, ""), ([], "")],
)
def test_written(value: Any, text: str) -> None:
    assert written(value) == text


def test_lines_are_each_once() -> None:
    assert lines(["a", "", " a ", 5, None, "b"]) == ("a", "b")


@pytest.mark.parametrize(
    ("subtitle", "abstract", "text"),
    [
        ("A chorus", "Why they sing.", "A chorus. Why they sing."),
        ("A chorus?", "Why they sing.", "A chorus? Why they sing."),
        ("A chorus", "", "A chorus"),
        ("", "Why they sing.", "Why they sing."),
        ("Why they", "Why they sing.", "Why they sing."),
        ("", "", ""),
    ],
)
def test_subtitle_stands_before_the_abstract(subtitle: str, abstract: str, text: str) -> None:
    assert joined(subtitle, abstract) == text


@pytest.mark.parametrize(
    ("value", "text", "links"),
    [
        ("See https://a.example/x.", "See https://a.example/x.", ["https://a.example/x"]),
        ("(https://a.example/?b=1&c=2)", "(https://a.example/?b=1&c=2)",
         ["https://a.example/?b=1&c=2"]),
        ("[song](https://a.example/)", "[song](https://a.example/)", ["https://a.example/"]),
        ("<https://a.example/>", "<https://a.example/>", ["https://a.example/"]),
        ("ftp://a.example/", "ftp://a.example/", []),
        ("x.https://a.example/", "x.https://a.example/", []),
        ("<A HREF = https://a.example/>a</A>", "a", ["https://a.example/"]),
        ("<a title='x' href='https://a.example/?b&amp;c'>a</a>", "a", ["https://a.example/?b&c"]),
        ("<a href='mailto:a@b.example'>a</a>", "a", []),
        ("<p>a<!-- b -->c<!-- d", "ac", []),
        ("<p>a<script>if (a < b) '<p>'</script>b<style>p", "a b", []),
        ("List<int> &lt;b&gt;", "List<int> <b>", []),
        ("How <video> and <b> are drawn &c.", "How <video> and <b> are drawn &c.", []),
        ("What </b> ends, and <a> begins", "What </b> ends, and <a> begins", []),
        ("Draw <b>bold</b> and <video>", "Draw bold and", []),
        ("Draw<br>at <i>once", "Draw at once", []),
        ("a <!-- b --> c", "a c", []),
        ({"en": "<b>a</b>"}, "a", []),
        (5, "", []),
    ],
)  # fmt: skip
def test_readable(value: Any, text: str, links: list[str]) -> None:
    assert readable(value) == (text, links)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://a.example/", "https://a.example/"),
        (" HTTP://a.example ", "HTTP://a.example"),
        ("/media/a.pdf", ""),
        ("javascript:x()", ""),
        ("https://", ""),
        (None, ""),
    ],
)
def test_web_address(value: Any, address: str) -> None:
    assert web_address(value) == address


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Using <T> in C++", "Using <T> in C++"),
        ("<canvas> tricks", "<canvas> tricks"),
        ("The <video> and <a> elements", "The <video> and <a> elements"),
        ("<b>, <i>, and what <p> is for", "<b>, <i>, and what <p> is for"),
        ("Why <script>alert(1)</script> works", "Why <script>alert(1)</script> works"),
        ("From <table> to </table>", "From <table> to </table>"),
        ("<!-- and other remarks", "<!-- and other remarks"),
        ("a < b > c", "a < b > c"),
        ("std::vector<int>", "std::vector<int>"),
        ("Q&amp;A: &lt;video&gt;", "Q&A: <video>"),
        ("Q & A", "Q & A"),
        ("<b>Frogs</b> and <em>newts</em>", "Frogs and newts"),
        ("<p>Frogs</p>", "Frogs"),
        ("Frogs<br/>and newts", "Frogs and newts"),
        ('<a href="https://a.example/">Frogs', "Frogs"),
        ("<b>&lt;video&gt;</b>", "<video>"),
    ],
)
def test_a_title_keeps_what_is_no_html(title: str, text: str) -> None:
    assert plain(title) == text
