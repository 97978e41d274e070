"""`status`: how the schedule stands, what is changed live, and how the networks are."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import assert_never

from bot.command import ORGANISING, Command, Context, Example
from bot.defaults import ACCEPT
from bot.document import Block, Item, Precision, Span, Time, Typed, heading, reply, text
from bot.live import Added, Cancelled, InRooms, Starts, Value, caught_up
from bot.messages import Answer
from bot.organising import overview_in
from bot.overview import NetworkOverview, Overview
from bot.schedule import Schedule, Session
from bot.times import duration
from bot.waves import Wave

_SILENT = timedelta(hours=1)
"""Not to have seen a source for so long is worth a word."""


def run(arguments: str, context: Context) -> Answer:
    """The schedule first, then what is changed live, then each network."""
    overview = overview_in(context)
    blocks = [_age(overview), *_held(overview), *_live(overview, context)]
    for network in overview.networks:
        blocks.append(text(f"{network.network}: ", *_wave(network.wave, context)))
        blocks += _failures(network)
    return Answer(reply(*blocks), private=True)


def _age(overview: Overview) -> Block:
    changed, seen, wall, trouble = overview.changed, overview.seen, overview.wall, overview.trouble
    if changed is None and seen is None and not trouble:
        return text("The schedule stays as it was read: no source is followed.")
    as_it_is = f"changed {_ago(changed, wall)}" if changed else "is as it was first read"
    said = f"The schedule {as_it_is}"
    if trouble:
        return text(f"{said}. Its source cannot be read: {trouble}. The last version stays.")
    if overview.held:
        # What it says by now has been seen, but is not what counts.
        return text(f"{said}.")
    if seen is None:
        return text(f"{said}; its source has not been seen yet.")
    beware = " Beware, that is long ago." if wall - seen > _SILENT else ""
    return text(f"{said}; its source was seen {_ago(seen, wall)}.{beware}")


def _held(overview: Overview) -> list[Block]:
    if not overview.held:
        return []
    return [
        text(f"An update is held back: it {overview.held}."),
        text(f"To let it through, on the machine: {ACCEPT}"),
    ]


def _live(overview: Overview, context: Context) -> list[Block]:
    """What is changed live, session by session, with what is published instead; what is published
    just like that by now is left out."""
    by_now = set(caught_up(overview.published, overview.live))
    values: dict[int, list[Value]] = {}
    for change in overview.live:
        if change not in by_now:
            values.setdefault(change.session_id, []).append(change.value)
    sessions = [s for id in values if (s := context.schedule.session(id)) is not None]
    if not sessions:
        return [text("Nothing is changed live.")]
    sessions.sort(key=lambda session: (session.slot.start, session.id))
    published = {s.id: s for s in sessions if overview.published.session(s.id) is not None}
    first = next(iter(published), None)
    back = text("To let what is published hold again: ", Typed(f"withdraw {first}"))
    return [
        heading(f"{_how_many(len(published), len(sessions) - len(published))}:"),
        *(Item(s, day=True, note=_instead(s, values[s.id], overview.published)) for s in sessions),
        *([back] if first is not None else []),
    ]


def _how_many(changed: int, added: int) -> str:
    """`8 sessions are changed live, 2 added`."""
    how, count = ("changed", changed) if changed else ("added", added)
    are = "1 session is" if count == 1 else f"{count:,} sessions are"
    return f"{are} {how} live" + (f", {added:,} added" if changed and added else "")


def _instead(session: Session, values: Iterable[Value], published: Schedule) -> tuple[Span, ...]:
    """`published: Monday 9:30am, Marina`."""
    as_published = published.session(session.id)
    if as_published is None:
        return ()
    said: list[tuple[Span, ...]] = []
    for value in values:
        match value:
            case Added():
                pass
            case Starts():
                said.append((Time(as_published.slot.start, Precision.WEEKDAY_AND_CLOCK),))
            case InRooms():
                said.append((", ".join(as_published.slot.rooms) or "no room",))
            case Cancelled():
                gone = "left out" if as_published.removed else "cancelled"
                said.append((gone if as_published.cancelled else "not cancelled",))
            case _:
                assert_never(value)
    return ("published: ", *sum(((", ", *each) for each in said[1:]), said[0]))


def _wave(wave: Wave | None, context: Context) -> tuple[Span, ...]:
    if wave is None:
        return ("no reminders within a day.",)
    one = wave.count == 1
    go = "the next reminder goes" if one else f"the next {wave.count:,} reminders go"
    opens: tuple[Span, ...] = (" out at ", Time(wave.opens))
    if wave.opens <= context.now:
        opens = (" out now",)
    elif wave.opens < wave.start - timedelta(minutes=context.usual_before):
        opens = (" out from ", Time(wave.opens), " on")
    fits = "it fits" if one else "they fit"
    if not wave.fits:
        fits = "they are too many, some will not be sent"
    return (go, *opens, " for ", Time(wave.start, Precision.WEEKDAY_AND_CLOCK), f"; {fits}.")


def _failures(network: NetworkOverview) -> list[Block]:
    said = []
    failed = sum(network.failed.values())
    if failed:
        noun = "message" if failed == 1 else "messages"
        said.append(f"{failed:,} {noun} failed ({_reasons(network.failed)})")
    if network.dropped:
        said.append(f"{network.dropped:,} dropped, because it was too late for them")
    if network.late:
        said.append(f"{network.late:,} late")
    if said:
        said[-1] += f", of {network.sent + failed + network.dropped:,}"
    people = sum(network.unreachable.values())
    if people:
        noun = "1 person was" if people == 1 else f"{people:,} people were"
        said.append(f"{noun} not reached ({_reasons(network.unreachable)})")
    return [text(f"{network.network}: {'; '.join(said)}.")] if said else []


def _reasons(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{reason}: {count:,}" for reason, count in ordered)


def _ago(moment: datetime, now: datetime) -> str:
    minutes = max(0, round((now - moment) / timedelta(minutes=1)))
    return f"{duration(minutes)} ago" if minutes else "just now"


COMMAND = Command(
    name="status",
    summary="the schedule's age, what is changed live, the next reminders, failures",
    topic=ORGANISING,
    surveys=True,
    run=run,
    examples=(
        Example(
            "status",
            (
                "The schedule changed 2 hours ago; its source was seen 3 minutes ago.",
                "Nothing is changed live.",
                "irc: the next 120 reminders go out at 9:25am for Monday 9:30am; they fit.",
                "slack: no reminders within a day.",
            ),
        ),
    ),
)
