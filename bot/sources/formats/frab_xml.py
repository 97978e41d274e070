"""Schedule XML as Pentabarf, frab, pretalx and Wafer write it: the same as the JSON, in elements.

What stands in the document is turned into what schedule JSON would hold, and read as that.
"""

import io
import re
from html import entities, escape, unescape
from typing import Any

from lxml import etree

from bot.sources import UNKNOWN, Given, Imported, NotASchedule
from bot.sources.formats import c3voc

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_BEFORE_ROOT = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[<>]*>", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?schedule[\s/>]")
# XML knows five names, and neither control characters nor an ampersand that stands for itself.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NUMBER = re.compile(r"&#(?:x0*(?P<hex>[0-9a-f]+)|0*(?P<decimal>\d+));", re.IGNORECASE)
_LONGEST_NUMBER = 7
_NAME = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#\d+;|#[xX][0-9a-fA-F]+;)(\w*;?)")


def recognises(text: str) -> bool:
    """True for XML; whether it is a schedule is said when it is read."""
    return text.lstrip().startswith("<")


def read(text: str, given: Given) -> Imported:
    """The schedule in a document. Raises NotASchedule."""
    return c3voc.read(_document(*_root(text)), given)


_Events = dict[Any, list[dict[str, Any]]]
"""What the entries in each room hold, by the room's element."""


def _root(text: str) -> tuple[Any, _Events]:
    """The outermost element of a schedule, and what it held. Nothing outside of the document is
    ever read."""
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() :] if declaration else text.lstrip()
    before = _BEFORE_ROOT.match(text)
    text = text[before.end() :] if before else text
    if text[:9].upper() == "<!DOCTYPE":
        doctype = _DOCTYPE.match(text)
        after = text[doctype.end() :].lstrip() if doctype else ""
        if _ROOT.match(after) is None:
            raise NotASchedule(
                "This XML declares a type of document of its own, which schedules do not."
                if _ROOT.search(text) else UNKNOWN
            )  # fmt: skip
        text = after
    if _ROOT.match(text) is None:
        raise NotASchedule(UNKNOWN)
    try:
        return _parsed(text)
    except (etree.XMLSyntaxError, ValueError):
        pass
    try:
        return _parsed(_NAME.sub(_known_name, _CONTROL.sub(" ", _without_halves(text))))
    except (etree.XMLSyntaxError, ValueError) as problem:
        at = f" at line {problem.lineno}" if isinstance(problem, etree.XMLSyntaxError) else ""
        raise NotASchedule(f"This XML is broken{at}, or did not arrive whole.") from None


def _parsed(text: str) -> tuple[Any, _Events]:
    events: _Events = {}
    # Each entry leaves the tree as soon as it is complete: whole trees take ten times the text.
    parsing = etree.iterparse(
        io.BytesIO(text.encode("utf-8")), tag="{*}event", encoding="utf-8", resolve_entities=False,
        no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    for _, event in parsing:
        room = event.getparent()
        events.setdefault(room, []).append(_event(event))
        event.clear()
        room.remove(event)
    return parsing.root, events


def _without_halves(text: str) -> str:
    """The text with letters in place of their halves in UTF-16, as `&#55357;&#56376;` is written by
    programs that count so; and without numbers of what is no letter."""
    text = _NUMBER.sub(_known_number, text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _known_number(found: re.Match[str]) -> str:
    digits, base = (found["hex"], 16) if found["hex"] else (found["decimal"], 10)
    number = int(digits, base) if len(digits) <= _LONGEST_NUMBER else 0
    if 0xD800 <= number <= 0xDFFF:
        return chr(number)
    usable = 32 <= number <= 0x10FFFF and number not in (0xFFFE, 0xFFFF)
    return found.group() if usable else " "


def _known_name(found: re.Match[str]) -> str:
    """`&nbsp;` as the character; any other ampersand as one that stands for itself."""
    name = found[1]
    return escape(unescape(f"&{name}")) if name in entities.html5 else f"&amp;{name}"


def _document(root: Any, events: _Events) -> dict[str, Any]:
    conference = _children(root, "conference")
    generator = _children(root, "generator")
    texts: dict[str, Any] = {
        _local(child): _text(child) for child in (conference[0] if conference else ())
    }
    texts["days"] = [_day(day, events) for day in _children(root, "day")]
    version = _children(root, "version")
    document: dict[str, Any] = {
        "version": _text(version[0]) if version else texts.get("release", ""),
        "conference": texts,
    }
    if generator:
        document["generator"] = {"name": generator[0].get("name")}
    return {"schedule": document}


def _day(day: Any, events: _Events) -> dict[str, Any]:
    rooms: _Events = {}
    for room in _children(day, "room"):
        rooms.setdefault(room.get("name") or "", []).extend(events.get(room, ()))
    rooms.setdefault("", []).extend(events.get(day, ()))
    return {"date": day.get("date"), "day_start": day.get("start"), "rooms": rooms}


def _event(event: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in event:
        name = _local(child)
        if name == "persons":
            found[name] = [{"name": _person(person)} for person in child]
        elif name in ("links", "attachments"):
            found.setdefault(name, []).extend(
                {"url": link.get("href") or _text(link)} for link in child
            )
        elif name == "link":
            found.setdefault("links", []).append({"url": child.get("href") or _text(child)})
        elif name == "room":
            found.setdefault(name, []).append(_text(child))
        else:
            found[name] = _text(child)
    # Attributes last: an element of that name is another thing.
    attributes = {name: event.get(name) for name in ("id", "guid", "code") if event.get(name)}
    return found | attributes


def _person(person: Any) -> str:
    names = {_local(child): _text(child) for child in person}
    return names.get("public_name") or names.get("name") or _text(person)


def _text(element: Any) -> str:
    """What stands in an element; HTML that nobody has escaped stays HTML."""
    parts = [element.text or ""]
    parts += [etree.tostring(child, encoding="unicode") for child in element]
    return "".join(parts).strip()


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if _named(child, name)]


def _named(element: Any, name: str) -> bool:
    return _local(element) == name


def _local(element: Any) -> str:
    """An element's name without its namespace; nothing for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
