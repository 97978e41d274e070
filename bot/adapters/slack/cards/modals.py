"""Windows over the chat: the details of a session, and which session a message meant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.adapters.slack.cards.sections import Sections, kept_in, metadata
from bot.cleaning import one_line
from bot.document import Heading, Item, Reply, Text, heading, reply, text
from bot.messages import Response
from bot.schedule import Session
from bot.times import Reader

DETAILS, CHOOSER = "details", "chooser"
"""The `callback_id` of each kind."""

# Of the 100 blocks of a view (https://docs.slack.dev/reference/views).
_SAID, _SHOWN = 8, 80
_MOST_LINES = 12
_NOBODY = Reader(ZoneInfo("UTC"))

Answers = Sequence[tuple[str, Response]]


def details(
    line: str, response: Response, *, now: datetime, prefix: str = "/summit ",
    said: Reply | None = None,
) -> dict[str, Any]:  # fmt: skip
    """All that is known of a session, the answer to `info 42` (`line`); on top what the last press
    has done."""
    sections = Sections(response.reader, prefix, response.bookmarked, now)
    _say(said, sections)
    sections.say(response.reply, _SHOWN, line)
    return _view(DETAILS, "Details", sections, [line])


def chooser(
    answers: Answers, *, now: datetime, prefix: str = "/summit ", said: Reply | None = None
) -> dict[str, Any]:
    """The sessions that a message may be about, by the answers to its `session_lines`, and a field
    to look for another one."""
    reader = answers[-1][1].reader if answers else _NOBODY
    bookmarked = frozenset[int]().union(*(answer.bookmarked for _, answer in answers))
    sections = Sections(reader, prefix, bookmarked, now)
    _say(said, sections)
    sections.say(_candidates(answers), _SHOWN)
    sections.search("Look for a session", dispatched=False)
    view = _view(CHOOSER, "Bookmark a session", sections, [line for line, _ in answers])
    # What has an input must have something to confirm it with.
    return {**view, "submit": {"type": "plain_text", "text": "Search"}}


def redrawn(
    callback: str, answers: Answers, *, now: datetime, prefix: str = "/summit ",
    said: Reply | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The modal of this kind anew, from the answers to the lines that it kept (`lines_in`)."""
    if callback == DETAILS and answers:
        line, response = answers[0]
        return details(line, response, now=now, prefix=prefix, said=said)
    return chooser(answers, now=now, prefix=prefix, said=said)


def lines_in(metadata: str) -> tuple[str, ...]:
    """The command lines that a modal with this metadata shows the answers to. They change
    nothing."""
    lines = kept_in(metadata).get("lines")
    clean = (one_line(line) for line in lines if isinstance(line, str)) if isinstance(
        lines, list
    ) else ()  # fmt: skip
    return tuple(line for line in clean if line.startswith(("info ", "find ")))[:_MOST_LINES]


def found(response: Response) -> bool:
    """True if an answer to `info` or `find` shows what was asked for, and not only what looks like
    it."""
    first = next(iter(response.reply), None)
    return isinstance(first, Heading | Item) and response.reply.sessions() != ()


def sessions_found(answers: Answers) -> tuple[Session, ...]:
    """All sessions that were asked for, in order, each once."""
    sessions = (s for _, answer in answers if found(answer) for s in answer.reply.sessions())
    return tuple({session.id: session for session in sessions}.values())


def _candidates(answers: Answers) -> Reply:
    certain = {session.id for session in sessions_found(answers)}
    sure = [answer.reply for _, answer in answers if found(answer)]
    items = {
        block.session.id: block
        for _, answer in answers
        for block in answer.reply
        if isinstance(block, Item) and (not certain or block.session.id in certain)
    }
    if certain:
        which = heading("This session:" if len(items) == 1 else "Which session did you mean?")
        first = sure[0].blocks[0]
        searched = len(sure) == 1 and isinstance(first, Heading)
        return Reply((first if searched else which, *items.values()))
    if items:
        return Reply((text("No session is surely meant. Closest:"), *items.values()))
    if not answers:
        return reply(text("Which session is it about?"))
    said = [b for b in answers[-1][1].reply if isinstance(b, Heading | Text)]
    return Reply(tuple(said[:1])) if said else reply(text("No session was found."))


def _say(said: Reply | None, sections: Sections) -> None:
    if said is not None:
        sections.say_words(said, _SAID)


def _view(callback: str, title: str, sections: Sections, lines: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        # At most 24 characters.
        "title": {"type": "plain_text", "text": title},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": sections.blocks,
        "private_metadata": metadata({"lines": list(lines[:_MOST_LINES])}),
    }
