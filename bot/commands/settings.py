"""`settings …`: minutes before, time zone, 12 or 24 hours, plain text."""

import re
from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.arguments import quoted
from bot.bookmarking import private
from bot.command import Command, Context, Example
from bot.document import Block, Typed, heading, reply, text
from bot.messages import Answer, ChangePreferences
from bot.names import How, Names
from bot.notices import MOST_BEFORE
from bot.times import duration

_OFF = ("off", "no", "none", "event", "default", "reset")
_HOURS = re.compile(r"(12|24)\s*(?:h|hour|hours)?")
_NAMES = {
    "before": "before", "minutes": "before", "remind": "before", "reminder": "before",
    "timezone": "timezone", "zone": "timezone", "tz": "timezone", "time": "timezone",
    "hours": "hours", "hour": "hours", "clock": "hours",
    "plain": "plain", "text": "plain",
}  # fmt: skip


def run(arguments: str, context: Context) -> Answer:
    """Show the settings, or change one of them."""
    words = arguments.casefold().replace("=", " ").split()
    if words and _HOURS.fullmatch(words[0]):
        words = ["hours", *words]
    if len(words) < 2:
        return private(*_shown(context, bool(words) and words[0] not in _NAMES, arguments))
    setting, value = _NAMES.get(words[0]), " ".join(words[1:]).removeprefix("zone ")
    match setting:
        case "before":
            return _before(value, context)
        case "timezone":
            return _timezone(value, context)
        case "hours":
            return _hours(value, context)
        case "plain":
            return _plain(value, context)
        case _:
            return private(*_shown(context, True, words[0]))


def _shown(context: Context, unknown: bool, word: str) -> list[Block]:
    own = context.profile.preferences
    zone = own.timezone.key if own.timezone else f"the event's, {context.schedule.timezone.key}"
    trouble = [text(f"There is no setting {quoted(word)}.")] if unknown else []
    other_hours = 12 if context.reader.hours == 24 else 24
    minutes, hours = duration(context.before), context.reader.hours
    now_plain, other_plain = ("on", "off") if own.plain else ("off", "on")
    return [
        *trouble,
        heading("Your settings:"),
        text(f"Reminders: {minutes} before. Change: ", Typed("settings before 10")),
        text(f"Time zone: {zone}. Change: ", Typed("settings timezone Europe/Berlin")),
        text(f"Clock: {hours} hours. Change: ", Typed(f"settings hours {other_hours}")),
        text(f"Plain text: {now_plain}. Change: ", Typed(f"settings plain {other_plain}")),
    ]


def _before(value: str, context: Context) -> Answer:
    number = re.fullmatch(r"(\d{1,6})\s*(?:m|min|mins|minutes?)?", value)
    if value in _OFF:
        return _changed(context, "Reminders come as long before as is usual here.", before=None)
    if number is None or not 1 <= int(number[1]) <= MOST_BEFORE:
        return private(text(f"Minutes before go from 1 to {MOST_BEFORE}, like ",
                            Typed("settings before 10")))  # fmt: skip
    minutes = int(number[1])
    said = f"Reminders come {duration(minutes)} before from now on."
    return _changed(context, said, before=minutes)


def _timezone(value: str, context: Context) -> Answer:
    if value in _OFF:
        return _changed(context, "Times are shown in the event's zone alone.", timezone=None)
    found = _zones().find(value, (How.NAME,)) or _zones().find(value)
    found = [name for name in found if "/" in name] or found
    if len(found) == 1:
        said = f"Beside the event's times you see those of {found[0]}."
        return _changed(context, said, timezone=ZoneInfo(found[0]))
    if found:
        names = ", ".join(found[:5]) + (" \N{HORIZONTAL ELLIPSIS}" if len(found) > 5 else "")
        return private(text(f"{len(found)} zones match {quoted(value)}: {names}. Name one."))
    return private(text(f"No time zone is called {quoted(value)}. Name a big city in it, like ",
                        Typed("settings timezone Europe/Berlin")))  # fmt: skip


def _hours(value: str, context: Context) -> Answer:
    number = _HOURS.fullmatch(value)
    if number is None:
        return private(text("The clock has 12 or 24 hours: ", Typed("settings hours 24")))
    hours = int(number[1])
    return _changed(context, f"Times are shown with {hours} hours.", hours=hours)


def _plain(value: str, context: Context) -> Answer:
    if value not in ("on", "off", "yes", "no"):
        return private(text("Plain text is ", Typed("settings plain on"), " or ",
                            Typed("settings plain off")))  # fmt: skip
    plain = value in ("on", "yes")
    said = "No colour and no emphasis any more." if plain else "Colour and emphasis where possible."
    return _changed(context, said, plain=plain)


def _changed(context: Context, said: str, **change: object) -> Answer:
    preferences = replace(context.profile.preferences, **change)  # type: ignore[arg-type]
    effect = ChangePreferences(preferences, preferences.before or context.usual_before)
    return Answer(reply(text(said)), (effect,), private=True)


@cache
def _zones() -> Names[str]:
    return Names((zone, (zone, zone.rpartition("/")[2])) for zone in sorted(available_timezones()))


COMMAND = Command(
    name="settings",
    usage="[before <minutes> | timezone <zone> | hours <12 | 24> | plain <on | off>]",
    summary="minutes before, time zone, 12 or 24 hours, plain text",
    topic="The bot",
    aliases=("set", "setting", "prefs", "preferences", "config", "options"),
    personal=True,
    run=run,
    examples=(
        Example("settings before 10", ("Reminders come 10 minutes before from now on.",)),
        Example(
            "settings timezone Berlin",
            ("Beside the event's times you see those of Europe/Berlin.",),
        ),
        Example("settings hours 24", ("Times are shown with 24 hours.",)),
        Example("settings plain on", ("No colour and no emphasis any more.",)),
    ),
)
