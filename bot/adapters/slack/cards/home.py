"""The Home tab of a person: their agenda, what is on and next, a search, their settings. All of it
comes from answers to commands, and every button and menu is a command line."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.adapters.slack.cards.preferences import preferences, reminders_come
from bot.adapters.slack.cards.sections import Sections, kept_in, metadata
from bot.arguments import quoted
from bot.bookmarking import conflicts
from bot.cleaning import one_line
from bot.commands.bookmarks import NONE_YET
from bot.document import Block, Item, Reply, Typed, heading, reply, text
from bot.messages import Response
from bot.schedule import Session
from bot.times import Reader

# Together with the settings, the search and the lines between them less than the 100 blocks of a
# view (https://docs.slack.dev/reference/views).
_SAID, _AGENDA, _NOW, _NEXT, _FOUND = 6, 26, 18, 14, 22
_NOW_LINE, _NEXT_LINE, _MINE, _SETTINGS = "now", "next", "bookmarks", "settings"
FOUND = "found"
"""The part of the Home tab in which stands what a search has found."""
_LONGEST_QUERY = 150
_MOST_OVERLAPS = 2
_MOST_SHOWN = 100
"""Sessions of an agenda that are looked at for overlaps: the view has no room for more."""
_ABOUT = (
    "I know the programme, and remind you of the sessions that you bookmark. What you can ask me: "
)
_NOBODY = Reader(ZoneInfo("UTC"))


def lines(query: str = "") -> tuple[str, ...]:
    """The command lines whose answers the Home tab shows; with a search for these words."""
    always = (_NOW_LINE, _NEXT_LINE, _MINE, _SETTINGS)
    return (*always, _find(query)) if words_entered(query) else always


def words_entered(value: str) -> str:
    """What somebody looks for, by what they have entered."""
    return one_line(value)[:_LONGEST_QUERY].strip()


def query_in(metadata: str) -> str:
    """What the Home tab with this metadata was looking for; empty if for nothing."""
    query = kept_in(metadata).get("query")
    return words_entered(query) if isinstance(query, str) else ""


def home(
    answers: Mapping[str, Response],
    *,
    now: datetime,
    prefix: str = "/summit ",
    query: str = "",
    said: Reply | None = None,
    pressed: str = "",
) -> dict[str, Any]:
    """The view, from answers by their line (`lines`); what is missing among them is left out. What
    the last press has done stands on top, or in the part (`values.part`) that was `pressed`. Of
    what does not fit a line says how to see it."""
    reader = next((answer.reader for answer in answers.values()), _NOBODY)
    bookmarked = frozenset[int]().union(*(answer.bookmarked for answer in answers.values()))
    sections = Sections(reader, prefix, bookmarked, now)
    found = answers.get(_find(query))
    beside = pressed == FOUND and found is not None
    if said is not None and not beside:
        sections.say_words(said, _SAID)
    if _MINE in answers:
        sections.say(_agenda(answers, now), _AGENDA, _MINE)
        sections.divide()
    sections.search("Search the programme", words_entered(query), dispatched=True)
    if found is not None:
        sections.clear_search()
        if said is not None and beside:
            sections.say_words(said, _SAID)
        sections.say(found.reply, _FOUND, _find(query), part=FOUND)
    sections.divide()
    for line, most, shown in _programme(answers):
        sections.say(shown, most, line)
        sections.divide()
    if _SETTINGS in answers:
        sections.head(heading("Your settings"))
        sections.blocks += preferences(answers[_SETTINGS], sections.ids)
        sections.divide()
    sections.say(reply(text(_ABOUT, Typed("help"))), 1)
    return {
        "type": "home",
        "blocks": sections.blocks,
        "private_metadata": metadata({"query": words_entered(query)}),
    }


def _find(query: str) -> str:
    return f"find {words_entered(query)}"


def _programme(answers: Mapping[str, Response]) -> Iterator[tuple[str, int, Reply]]:
    """What is on, and what comes next unless that has been said with it."""
    shown = set[int]()
    for line, most in ((_NOW_LINE, _NOW), (_NEXT_LINE, _NEXT)):
        if line not in answers:
            continue
        said = answers[line].reply
        numbers = {session.id for session in said.sessions()}
        if line == _NOW_LINE or numbers - shown:
            yield line, most, said
        shown |= numbers


def _agenda(answers: Mapping[str, Response], now: datetime) -> Reply:
    """The bookmarked sessions that are not over, each with those that it overlaps; or how to begin
    an agenda."""
    said = answers[_MINE].reply
    mine = [block for block in said if isinstance(block, Item)]
    ahead = [item for item in mine if now < item.session.slot.until]
    if said == NONE_YET:
        comes = reminders_come(answers[_SETTINGS].reply) if _SETTINGS in answers else ""
        how = "Press \N{WHITE MEDIUM STAR} Bookmark at a session: I remind you"
        begin = text(f"Your agenda is empty. {how} {comes or 'before it starts'}.")
        return reply(heading("Your agenda:"), begin)
    if not mine:
        return said
    overlaps = _overlaps([item.session for item in ahead[:_MOST_SHOWN]])
    blocks: list[Block] = [heading("Your agenda:" if ahead else "Nothing more on your agenda")]
    blocks += [_marked(item, overlaps.get(item.session.id, ())) for item in ahead]
    over = len(mine) - len(ahead)
    if over:
        are = "is over" if over == 1 else "are over"
        blocks.append(text(f"{over} {are}: ", Typed(_MINE)))
    return Reply(tuple(blocks))


def _overlaps(sessions: Sequence[Session]) -> dict[int, list[Session]]:
    """By session those that nobody can attend besides."""
    overlaps = defaultdict[int, list[Session]](list)
    for one, other in conflicts(sessions):
        overlaps[one.id].append(other)
        overlaps[other.id].append(one)
    return overlaps


def _marked(item: Item, others: Sequence[Session]) -> Item:
    if not others:
        return item
    named = ", ".join(quoted(other.title) for other in others[:_MOST_OVERLAPS])
    more = len(others) - _MOST_OVERLAPS
    named += f" and {more} more" if more > 0 else ""
    between = " \N{MIDDLE DOT} " if item.note else ""
    return replace(item, note=(*item.note, f"{between}\N{WARNING SIGN} overlaps {named}"))
