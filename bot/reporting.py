"""What channels hear of an update of the schedule."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.defaults import ACCEPT
from bot.document import Reply, heading, text
from bot.live import LiveChange
from bot.record import packed
from bot.sources.versions.comparison import summary, written
from bot.storing import BULLETIN_LIFE, Bulletin
from bot.text import block_line
from bot.times import Reader
from bot.updating import Succession

_MOST_SHOWN = 5


def news(follows: Succession, reader: Reader) -> Reply:
    """What has changed, and what of it does not hold because it was changed live; without the
    sessions themselves, of which a process may know another version. Nothing if that is all."""
    lines, changes = [], follows.changes
    if changes:
        lines.append(f"The schedule has changed: {summary(changes)}.")
        lines += [block_line(block, reader) for block in written(changes, _MOST_SHOWN)]
    if follows.contradicted:
        lines.append(holds(follows.contradicted))
    return Reply(tuple(text(line) if n else heading(line) for n, line in enumerate(lines)))


def held_back(doubt: str) -> Reply:
    """That an update waits, and why, in a clause after "it"."""
    return Reply(
        (
            heading(f"An update of the schedule is held back: it {doubt}."),
            text(f"If that is meant, an organiser lets it through with: {ACCEPT}"),
        )
    )


def bulletins(reply: Reply, channels: Sequence[tuple[str, str]], wall: datetime) -> list[Bulletin]:
    """The same for each of these channels; none if it says nothing."""
    if not reply.blocks:
        return []
    return [Bulletin(*channel, packed(reply), wall + BULLETIN_LIFE) for channel in channels]


def holds(contradicted: Iterable[LiveChange]) -> str:
    """That what was changed live holds against what is published."""
    said = numbers(contradicted)
    return (
        f"The published schedule says something else now, but what was changed live holds: {said}."
    )


def numbers(live: Iterable[LiveChange]) -> str:
    """The sessions that these are about: `[12], [42]`."""
    return ", ".join(f"[{number}]" for number in sorted({change.session_id for change in live}))
