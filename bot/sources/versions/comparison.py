"""What is new in a schedule, for people: added, removed, moved, renamed, and what else.

The two versions share their ids (see `identity.kept`). A session stands in every list that is true
of it; one that was cancelled stands in that alone, whatever else was changed in it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from bot.document import Block, Item, Precision, Reply, Span, Time, heading, text
from bot.schedule import Schedule, Session


@dataclass(frozen=True, slots=True)
class Change:
    """A session as it was and as it is."""

    before: Session
    after: Session

    @property
    def at_another_time(self) -> bool:
        """A changed end alone is not meant."""
        return self.before.slot.start != self.after.slot.start

    @property
    def away(self) -> bool:
        """Cancelled, and it was not before."""
        return self.after.cancelled and not self.before.cancelled

    @property
    def elsewhere(self) -> bool:
        """In another room, or one more, or one less; their order is no news."""
        return set(self.before.slot.rooms) != set(self.after.slot.rooms)

    @property
    def ends_at_another_time(self) -> bool:
        """Though it starts when it did."""
        return not self.at_another_time and self.before.slot.end != self.after.slot.end

    @property
    def by_others(self) -> bool:
        """The order of the people is no news."""
        return set(self.before.leads) != set(self.after.leads)

    @property
    def in_other_words(self) -> bool:
        """Its abstract, description or links."""
        before, after = self.before, self.after
        return (before.abstract, before.description, set(before.links)) != (
            after.abstract,
            after.description,
            set(after.links),
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """All that is new, each list in order of the new start; what was removed, in that of the old.
    `removed` is what no longer stands in the schedule, `cancelled` what it says is cancelled."""

    added: tuple[Session, ...] = ()
    removed: tuple[Session, ...] = ()
    cancelled: tuple[Change, ...] = ()
    restored: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()
    renamed: tuple[Change, ...] = ()
    led: tuple[Change, ...] = ()
    ended: tuple[Change, ...] = ()
    told: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        """True if anything is new."""
        return any(getattr(self, field.name) for field in fields(self))

    @property
    def otherwise(self) -> tuple[Change, ...]:
        """Whatever else is new of a session than place, time and title, each once."""
        lists = (self.cancelled, self.restored, self.led, self.ended, self.told)
        every = {change.after.id: change for some in lists for change in some}
        return tuple(sorted(every.values(), key=lambda change: change.after.slot.start))

    def of(self, change: Change) -> list[str]:
        """All that is new of one session, in words for programs."""
        if change.away:
            return ["cancelled"]
        news = {
            "restored": change.before.cancelled,
            "time": change.at_another_time,
            "room": change.elsewhere,
            "title": change.before.title != change.after.title,
            "people": change.by_others,
            "end": change.ends_at_another_time,
            "text": change.in_other_words,
        }
        return [name for name, true in news.items() if true]


def compared(old: Schedule, new: Schedule) -> Changes:
    """What is new in `new`, by the ids that both share."""
    after = {session.id: session for session in new.sessions if not session.removed}
    before = {session.id: session for session in old.sessions}
    both = [Change(before[s.id], s) for s in after.values() if s.id in before]
    on = [one for one in both if not one.after.cancelled]
    return Changes(
        added=tuple(session for session in after.values() if session.id not in before),
        removed=tuple(s for s in old.sessions if not s.cancelled and s.id not in after),
        cancelled=tuple(change for change in both if change.away),
        restored=tuple(change for change in on if change.before.cancelled),
        moved=tuple(change for change in on if change.at_another_time or change.elsewhere),
        renamed=tuple(change for change in on if change.before.title != change.after.title),
        led=tuple(change for change in on if change.by_others),
        ended=tuple(change for change in on if change.ends_at_another_time),
        told=tuple(change for change in on if change.in_other_words),
    )


def summary(changes: Changes) -> str:
    """`21 added, 8 removed, 17 moved, 9 renamed`: one line, for the log and for organisers. Ends
    and texts concern nobody who is on the way to a session: they count where nothing else does."""
    loud = (
        (changes.added, "added"),
        (changes.removed, "removed"),
        (changes.cancelled, "cancelled"),
        (changes.restored, "restored"),
        (changes.moved, "moved"),
        (changes.renamed, "renamed"),
        (changes.led, "led by others"),
    )
    silent = ((changes.ended, "with another end"), (changes.told, "with another text"))
    for parts in (loud, silent):
        if said := [f"{len(some)} {what}" for some, what in parts if some]:
            return ", ".join(said)
    return "nothing is new"


def written(changes: Changes, most: int | None = None) -> Reply:
    """All of it, a heading and a line for each; of a long list the first `most`, and how many
    more there are."""
    blocks: list[Block] = []
    for what, items in _lists(changes):
        if items:
            blocks.append(heading(f"{what} ({len(items)}):"))
            blocks += items[:most]
            if most is not None and len(items) > most:
                blocks.append(text(f"and {len(items) - most} more."))
    return Reply(tuple(blocks or [text("Nothing is new.")]))


def _lists(changes: Changes) -> Iterator[tuple[str, Sequence[Item]]]:
    yield "Added", [Item(session, day=True) for session in changes.added]
    yield "Removed", [Item(session, day=True) for session in changes.removed]
    yield "Cancelled", [Item(change.after, day=True) for change in changes.cancelled]
    yield "Back on the programme", [Item(change.after, day=True) for change in changes.restored]
    yield "Moved", _items(changes.moved, _place_before)
    yield "Renamed", _items(changes.renamed, _title_before)
    yield "Led by others", _items(changes.led, _leads_before)
    yield "Another end", _items(changes.ended, _end_before)
    yield "Another text", _items(changes.told, lambda _: ())


def _items(changes: Iterable[Change], note: Callable[[Change], tuple[Span, ...]]) -> Sequence[Item]:
    return [Item(change.after, day=True, note=note(change)) for change in changes]


def _place_before(change: Change) -> tuple[Span, ...]:
    slot = change.before.slot
    when: tuple[Span, ...] = (
        (Time(slot.start, Precision.WEEKDAY_AND_CLOCK),) if change.at_another_time else ()
    )
    where = ", ".join(slot.rooms) or "no room"
    return ("was ", *when, f"{', ' if when else ''}{where}" if change.elsewhere else "")


def _title_before(change: Change) -> tuple[Span, ...]:
    title = change.before.title
    return (f"was called {_OPEN}{title}{_CLOSE}",)


_OPEN, _CLOSE = "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}"


def _leads_before(change: Change) -> tuple[Span, ...]:
    return (f"was led by {', '.join(change.before.leads) or 'nobody'}",)


def _end_before(change: Change) -> tuple[Span, ...]:
    end = change.before.slot.end
    return ("was to end at ", Time(end)) if end else ("had no end",)
