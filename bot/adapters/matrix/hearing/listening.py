"""Which events are commands, and what else people do with messages. Pure: an event may be any JSON,
for other servers send what they like."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import dropwhile
from typing import Any
from urllib.parse import unquote

from bot.cleaning import one_line

FRESH = timedelta(minutes=10)
"""What is older is not answered any more."""
_ENCRYPTED = "m.room.encrypted"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MILLISECOND = 253_402_300_799_999
"""Of the year 9999."""
_LONGEST_ID = 255
_VARIATION = "\ufe0f"
"""Some clients ask for the coloured form of an emoji, and some do not."""
_NOTHING: Mapping[str, Any] = {}

# Soft hyphen, zero-width space, word joiner, byte order mark: seen by nobody, copied with a text.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_JOINERS = "\u200c\u200d"

# Matched once at the beginning, and none of it can be read in two ways: whoever writes the HTML
# must not choose how long this takes.
_PILL = re.compile(
    r"(?:\s++|<(?:p|span|div)\b[^<>]*+>)*+<a\s([^<>]*+)>.*?</a\s*+>(.*)", re.IGNORECASE | re.DOTALL
)
_HREF = re.compile(r"""\bhref\s*+=\s*+["']([^"'<>]*+)""", re.IGNORECASE)
_PERSON = re.compile(r"https?://matrix\.to/#/(?:@|%40)([^/?]++)|matrix:u/([^/?]++)", re.IGNORECASE)
_END_OF_LINE = re.compile(r"<br\b|</?(?:p|div|ul|ol|blockquote|pre|h[1-6])\b|\n", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>")
_BEHIND_PILL = re.compile(r"(?:[:,]|\s|\Z)(.*)", re.DOTALL)
_END_OF_QUOTE = "</mx-reply>"


@dataclass(frozen=True, slots=True)
class Me:
    """How the bot is called in a room: its user id, its names (display name, local part), and the
    prefix of commands."""

    user_id: str
    names: frozenset[str]
    prefix: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message. `line` is its first line without prefix and name: the command, if it is one, which
    it is for sure in a direct chat. In a room it is meant for the bot if `addressed`: by prefix, or
    by name (`named`). `sent` is the time (UTC) that the sender's server gave it; `age` is the
    homeserver's word, where it gives one. `thread` is the event that its thread began with, and
    `corrects` the event that this one replaces."""

    event: str
    sender: str
    sent: datetime
    age: timedelta | None
    line: str
    addressed: bool
    thread: str | None
    corrects: str | None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction to the event `to`; the key is as a rule an emoji, without variation selector."""

    event: str
    sender: str
    sent: datetime
    age: timedelta | None
    to: str
    key: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The event `what` was redacted, by whoever sent it or by a moderator."""

    event: str
    sender: str
    sent: datetime
    age: timedelta | None
    what: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted event that the bot has no key for."""

    event: str
    sender: str
    sent: datetime
    age: timedelta | None


Heard = Said | Reacted | Withdrawn | Sealed


def heard(
    event: Mapping[str, Any], me: Me, envelope: Mapping[str, Any] | None = None
) -> Heard | None:
    """What an event of a timeline says; None if it says nothing to the bot, was redacted, is
    malformed, or was sent by the bot itself. Where it was decrypted, `envelope` is the event as the
    server sent it: who sent it when, and what it relates to, stands there for all to see, and not
    in what the sender has encrypted (specification, "m.room.encrypted")."""
    outer = event if envelope is None else envelope
    sealed = outer is not event and outer.get("type") == _ENCRYPTED
    id, sender = _id(outer.get("event_id")), _id(outer.get("sender"))
    sent, unsigned = _milliseconds(outer.get("origin_server_ts")), _object(outer.get("unsigned"))
    if id is None or sender is None or sent is None or sender == me.user_id:
        return None
    if "state_key" in outer or "state_key" in event or "redacted_because" in unsigned:
        return None
    frame = (id, sender, _EPOCH + sent, _milliseconds(unsigned.get("age")))
    content = _object(event.get("content"))
    relation = _object(_object(outer.get("content")).get("m.relates_to"))
    match event.get("type"):
        case "m.room.message":
            return _said(frame, content, relation, me)
        case "m.reaction":
            return _reacted(frame, relation)
        case "m.room.redaction" if not sealed:
            return _withdrawn(frame, event, content)
        case "m.room.encrypted":
            # Without it nobody could ever decrypt it.
            key = _id(_object(outer.get("content")).get("session_id"))
            return Sealed(*frame) if key is not None else None
        case _:
            return None


_Frame = tuple[str, str, datetime, timedelta | None]


def _said(
    frame: _Frame, content: Mapping[str, Any], relation: Mapping[str, Any], me: Me
) -> Said | None:
    kind, other = relation.get("rel_type"), _id(relation.get("event_id"))
    corrects = other if kind == "m.replace" else None
    # The body of a correction is for clients that know none.
    shown = _object(content.get("m.new_content")) if kind == "m.replace" else content
    body = shown.get("body")
    if shown.get("msgtype") != "m.text" or not isinstance(body, str):
        return None
    if kind == "m.replace" and corrects is None:
        return None
    line = _first_line(body, quotes="m.in_reply_to" in relation)
    command, addressed, named = _command(line, shown, me)
    thread = other if kind == "m.thread" else None
    return Said(*frame, command, addressed, thread, corrects, named)


def _reacted(frame: _Frame, relation: Mapping[str, Any]) -> Reacted | None:
    to, key = _id(relation.get("event_id")), relation.get("key")
    if relation.get("rel_type") != "m.annotation" or to is None or not isinstance(key, str):
        return None
    return Reacted(*frame, to, key.replace(_VARIATION, ""))


def _withdrawn(
    frame: _Frame, event: Mapping[str, Any], content: Mapping[str, Any]
) -> Withdrawn | None:
    # Room version 11 moved it into the content; where it stands outside, servers have checked it.
    what = _id(event.get("redacts")) or _id(content.get("redacts"))
    return Withdrawn(*frame, what) if what is not None else None


def _first_line(body: str, *, quotes: bool) -> str:
    """The first line that is not empty, without the quotation of what it answers (specification
    before 1.13, "Fallbacks for rich replies")."""
    lines: Iterable[str] = body.splitlines()
    if quotes and body.startswith(("> <", "> * <")):
        lines = dropwhile(lambda line: line.startswith("> ") or line == ">", lines)
    return next(filter(None, map(_clean, lines)), "")


def _clean(text: str) -> str:
    return one_line(text.translate(_UNSEEN)).strip(_JOINERS + " ")


def _command(line: str, content: Mapping[str, Any], me: Me) -> tuple[str, bool, bool]:
    """The line without prefix and name; whether it is addressed to the bot, and by name."""
    behind_name = _behind_name(line, content, me)
    if behind_name is not None:
        return behind_name.removeprefix(me.prefix).strip(), True, True
    rest = line.removeprefix(me.prefix)
    # `!!!` is no command, and neither is `!?`.
    addressed = bool(me.prefix) and line.startswith(me.prefix) and rest[:1].isalnum()
    return rest.strip(), addressed, False


def _behind_name(line: str, content: Mapping[str, Any], me: Me) -> str | None:
    """What follows the bot's name where the line begins with it; None if it does not."""
    pill = _pill(content)
    if pill is not None:
        # Somebody else may have the same name.
        person, rest = pill
        behind = _BEHIND_PILL.match(rest) if person == me.user_id else None
        return _clean(behind[1]) if behind else None
    mentioned = _object(content.get("m.mentions")).get("user_ids")
    is_mentioned = isinstance(mentioned, list) and me.user_id in mentioned
    names = sorted(filter(None, map(_clean, me.names)), key=len, reverse=True)
    for name in (me.user_id, *(f"@{name}" for name in names), *names):
        if line[: len(name)].casefold() != name.casefold():
            continue
        rest, is_id = line[len(name) :], name == me.user_id
        mark, after = rest[:1], rest[1:]
        if mark.isspace() and (name.startswith("@") or is_mentioned):
            return after.strip()
        # `@summitbot:example.net` is the name of somebody else.
        is_other_id = mark == ":" and name[0] == "@" and not is_id and after[:1].strip()
        if mark in (":", ",", "") and not is_other_id:
            return after.strip()
    return None


def _pill(content: Mapping[str, Any]) -> tuple[str, str] | None:
    """Whom the link at the beginning of a formatted message is about, by user id, and what follows
    it on its line; None where there is no such link."""
    html = content.get("formatted_body")
    if content.get("format") != "org.matrix.custom.html" or not isinstance(html, str):
        return None
    if html.lstrip().startswith("<mx-reply>"):
        html = html.partition(_END_OF_QUOTE)[2]
    link = _PILL.match(html)
    href = _HREF.search(link[1]) if link else None
    person = _PERSON.match(unescape(href[1])) if href else None
    if link is None or person is None:
        return None
    behind = _TAG.sub("", _END_OF_LINE.split(link[2], maxsplit=1)[0])
    return f"@{unquote(person[1] or person[2])}", unescape(behind).translate(_UNSEEN)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _NOTHING


def _id(value: object) -> str | None:
    """An identifier of a user, an event or a key (specification, "Identifier Grammar")."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID:
        return None
    return value if value.isprintable() else None


def _milliseconds(value: object) -> timedelta | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return timedelta(milliseconds=value) if 0 <= value <= _LAST_MILLISECOND else None
