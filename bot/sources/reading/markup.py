"""HTML in a description -> what somebody would read, and where its links lead."""

import re
from html import unescape

_WITHIN_WORDS = (
    r"a|abbr|b|big|cite|code|del|em|font|i|ins|kbd|mark|q|small|span|strike|strong|s|su[bp]|tt|u|"
    r"var"
)
_BETWEEN_WORDS = (
    r"article|blockquote|body|br|center|d[dlt]|div|fig(?:caption|ure)|footer|h[1-6r]|head(?:er)?|"
    r"html|iframe|img|li|ol|p|pre|script|section|style|table|tbody|t[dhr]|thead|ul|video"
)
_SILENT = {
    "script": re.compile("</script", re.IGNORECASE),
    "style": re.compile("</style", re.IGNORECASE),
}
# Angle brackets that are no tags of HTML, as in `List<int>` or `a < b`, belong to the text. The
# parser of the standard library takes hours for what was written to make it.
_TAG = re.compile(
    rf"<(?P<end>/?)(?P<name>{_WITHIN_WORDS}|{_BETWEEN_WORDS})\b(?P<rest>[^<>]*)>|<!--",
    re.IGNORECASE,
)
_WITHIN = re.compile(_WITHIN_WORDS)
_HREF = re.compile(r"""\bhref\s?=\s?(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\w\s?=")
_BREAK = re.compile(r"br")
# Somebody who writes HTML leaves their ends out, and nobody else writes them.
_ENDLESS = re.compile(r"br|hr|img|li|p|d[dt]|t[dhr]")
# What stands around the words of a title; it may be about all others.
_OF_TITLES = re.compile(
    r"a|b|big|center|code|del|div|em|font|h[1-6]|i|kbd|mark|p|small|span|strike|strong|s|su[bp]|u"
)


def is_html(text: str) -> bool:
    """True if its tags are those of HTML, and not what somebody writes about `<video>`."""
    return _has_tags(text, within=None, alone=_ENDLESS) or "<!--" in text


def is_html_title(title: str) -> bool:
    """The same for a title, which is more likely to be about what stands in it."""
    return _has_tags(title, within=_OF_TITLES, alone=_BREAK)


def _has_tags(text: str, *, within: re.Pattern[str] | None, alone: re.Pattern[str]) -> bool:
    """True if there is a tag with an attribute, one that stands `alone`, or a pair of tags with
    something `within`."""
    begun: set[str] = set()
    for found in _TAG.finditer(text):
        if found["name"] is None:
            continue
        name = found["name"].lower()
        if alone.fullmatch(name) or _ATTRIBUTE.search(found["rest"]):
            return True
        if not found["end"]:
            begun.add(name)
        elif name in begun and (within is None or within.fullmatch(name)):
            return True
    return False


def readable(text: str) -> tuple[str, list[str]]:
    """The text without tags, its entities resolved, and the web addresses that it links to."""
    parts: list[str] = []
    links: list[str] = []
    at = 0
    while (found := _TAG.search(text, at)) is not None:
        parts.append(unescape(text[at : found.start()]))
        at = found.end()
        if found["name"] is None:
            end = text.find("-->", at)
            at = end + len("-->") if end >= 0 else len(text)
            continue
        name, begins = found["name"].lower(), not found["end"]
        if begins and name in _SILENT:
            closing = _SILENT[name].search(text, at)
            at = closing.start() if closing else len(text)
        if not _WITHIN.fullmatch(name):
            parts.append(" \N{BULLET} " if begins and name == "li" else " ")
        elif name == "a" and (target := _target(found["rest"])):
            links.append(target)
    parts.append(unescape(text[at:]))
    return "".join(parts), links


def _target(attributes: str) -> str:
    """The web address that a link leads to, if it is one."""
    found = _HREF.search(attributes)
    target = unescape(next(filter(None, found.groups()), "")).strip() if found else ""
    return target if target.lower().startswith(("http://", "https://")) else ""
