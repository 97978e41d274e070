"""HTML in a description -> what somebody would read, and where its links lead."""

import re
from html import unescape
from html.parser import HTMLParser

_WITHIN_WORDS = (
    r"a|abbr|b|big|cite|code|del|em|font|i|ins|kbd|mark|q|small|span|strike|strong|s|su[bp]|tt|u|"
    r"var"
)
_BETWEEN_WORDS = (
    r"article|blockquote|body|br|center|d[dlt]|div|fig(?:caption|ure)|footer|h[1-6r]|head(?:er)?|"
    r"html|iframe|img|li|ol|p|pre|script|section|style|table|tbody|t[dhr]|thead|ul|video"
)
_SILENT = ("script", "style")
# Angle brackets that are no tags of HTML, as in `List<int>` or `a < b`, belong to the text.
_TAG = re.compile(rf"</?(?:{_WITHIN_WORDS}|{_BETWEEN_WORDS})\b[^<>]*>|<!--", re.IGNORECASE)


def readable(text: str) -> tuple[str, list[str]]:
    """The text without tags, its entities resolved, and the web addresses that it links to."""
    if _TAG.search(text) is None:
        return unescape(text), []
    page = _Page()
    try:
        page.feed(text)
        page.close()
    except AssertionError:
        # The parser gives up so on a broken `<![`: then the text stays as it is.
        return text, []
    return "".join(page.text), page.links


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in _SILENT
        if re.fullmatch(_BETWEEN_WORDS, tag):
            self.text.append(" \N{BULLET} " if tag == "li" else " ")
        elif not re.fullmatch(_WITHIN_WORDS, tag):
            self.text.append(self.get_starttag_text() or "")
        target = dict(attrs).get("href") if tag == "a" else None
        if target and target.startswith(("http://", "https://")):
            self.links.append(target)

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        if re.fullmatch(_BETWEEN_WORDS, tag):
            self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)
