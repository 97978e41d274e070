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
