"""A person's settings as menus, whose options are command lines."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.adapters.slack.cards.elements import Block, Element, menu, option
from bot.adapters.slack.cards.values import Ids, encode
from bot.document import Reply, Text, Typed
from bot.messages import Response
from bot.notices import MOST_BEFORE
from bot.times import duration

# How `settings` says it.
_SAID = re.compile(r"(Reminders|Time zone): (.+)\. Change: ")
_BEFORE = re.compile(r"(?P<now>.+?) before(?: \(usual: (?P<usual>.+)\))?")
_MINUTES = (2, 5, 10, 15, 20, 30, 45, 60, 90, 120)
_PROFILE = "settings timezone profile"
# Where most people at conferences come from, from west to east; all others by `settings`.
_ZONES = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver",
    "America/Chicago", "America/New_York", "America/Halifax", "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires", "UTC", "Europe/London", "Europe/Lisbon", "Africa/Lagos",
    "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Amsterdam",
    "Europe/Prague", "Europe/Stockholm", "Europe/Warsaw", "Europe/Athens", "Europe/Helsinki",
    "Europe/Kyiv", "Africa/Cairo", "Africa/Johannesburg", "Asia/Jerusalem", "Africa/Nairobi",
    "Europe/Istanbul", "Europe/Moscow", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata",
    "Asia/Dhaka", "Asia/Bangkok", "Asia/Jakarta", "Asia/Shanghai", "Asia/Hong_Kong",
    "Asia/Singapore", "Asia/Taipei", "Australia/Perth", "Asia/Seoul", "Asia/Tokyo",
    "Australia/Adelaide", "Australia/Brisbane", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip


def preferences(answer: Response, ids: Ids) -> list[Block]:
    """The minutes before, the time zone and the clock, each as a menu that stands on what holds
    now, as the answer to `settings` tells it. Nothing for an answer to anything else."""
    said = dict(_told(answer.reply))
    if not said:
        return []
    return [
        _menu(ids, "before", "Reminders", *_before(said)),
        _menu(ids, "timezone", "Time zone", *_timezone(said, answer)),
        _menu(ids, "hours", "Time format", *_hours(answer.reader.hours)),
    ]


def reminders_come(reply: Reply) -> str:
    """`5 minutes before`, as the answer to `settings` tells it; empty for any other."""
    now, _ = _minutes(dict(_told(reply)))
    return f"{now} before" if now else ""


def _minutes(said: Mapping[str, str]) -> tuple[str, str]:
    """How long before reminders come now, and how long they usually do."""
    told = _BEFORE.fullmatch(said.get("Reminders", ""))
    return (told["now"], told["usual"] or told["now"]) if told else ("", "")


def _told(reply: Reply) -> Iterable[tuple[str, str]]:
    for block in reply:
        first = block.spans[0] if isinstance(block, Text) and block.spans else None
        said = _SAID.fullmatch(first) if isinstance(first, str) else None
        if said is not None:
            yield said[1], said[2]


def _before(said: Mapping[str, str]) -> tuple[list[Element], Element | None]:
    now, as_usual = _minutes(said)
    chosen = next((n for n in range(1, MOST_BEFORE + 1) if duration(n) == now), None)
    numbers = sorted({*_MINUTES, *([chosen] if chosen else [])})
    options = {n: _option(f"{duration(n)} before", f"settings before {n}") for n in numbers}
    usual = _option(f"As usual ({as_usual})", "settings before default")
    return [*options.values(), usual], options.get(chosen or 0)


def _timezone(said: Mapping[str, str], answer: Response) -> tuple[list[Element], Element | None]:
    now, of_the_event = said.get("Time zone", ""), answer.reader.zone.key
    profile = _option("As in my Slack profile", _PROFILE)
    event = _option(f"The event's, {of_the_event}", "settings timezone off")
    by_profile, by_event = now.startswith("as your profile says"), now.startswith("the event's")
    named = [] if not now or by_profile or by_event or now in _ZONES else [now]
    others = [zone for zone in (*named, *_ZONES) if zone != of_the_event]
    zones = {zone: _option(zone, f"settings timezone {zone}") for zone in others}
    chosen = profile if by_profile else event if by_event else zones.get(now)
    has_profile = by_profile or any(
        span == Typed(_PROFILE) for b in answer.reply if isinstance(b, Text) for span in b.spans
    )
    return [*([profile] if has_profile else []), event, *zones.values()], chosen


def _hours(now: int) -> tuple[list[Element], Element | None]:
    options = {n: _option(f"{n} hours", f"settings hours {n}") for n in (12, 24)}
    return list(options.values()), options.get(now)


def _option(label: str, line: str) -> Element:
    return option(label, encode(line))


def _menu(
    ids: Ids, action: str, label: str, options: Sequence[Element], chosen: Element | None
) -> Block:
    # An input, not a row of actions: only that has a label, which a screen reader says.
    return {
        "type": "input",
        "dispatch_action": True,
        "label": {"type": "plain_text", "text": label},
        "element": menu(ids.action(action), label, options, chosen),
    }
