"""`settings …`: minutes before, time zone, 12 or 24 hours, plain text, being named in channels."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.arguments import quoted
from bot.bookmarking import LIMITS, private
from bot.command import Command, Context, Example
from bot.document import Block, Typed, heading, reply, text
from bot.messages import Answer, ChangePreferences
from bot.notices import MOST_BEFORE
from bot.times import Reader, duration, weekday
from bot.zones import zone_name, zones_meant

_OFF = ("off", "no", "none", "event", "default", "reset")
_AS_THE_PROFILE = ("profile", "default", "reset")
_SWITCH = {"on": True, "yes": True, "off": False, "no": False}
_NAMED = (
    "When I cannot write to everybody in time, I may name you in a channel: everybody there sees"
    " that you bookmarked the session."
)
_HOURS = re.compile(r"(12|24)\s*(?:h|hour|hours)?")
_NAMES = {
    "before": "before", "minutes": "before", "remind": "before", "reminder": "before",
    "timezone": "timezone", "zone": "timezone", "tz": "timezone", "time": "timezone",
    "hours": "hours", "hour": "hours", "clock": "hours",
    "plain": "plain", "text": "plain",
    "named": "named", "name": "named", "mention": "named",
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
        case "named":
            return _named(value, context)
        case _:
            return private(*_shown(context, True, words[0]))


def _shown(context: Context, unknown: bool, word: str) -> list[Block]:
    own = context.profile.preferences
    trouble = [text(f"There is no setting {quoted(word)}.")] if unknown else []
    other_hours = 12 if context.reader.hours == 24 else 24
    minutes, hours = f"{duration(context.before)} before", context.reader.hours
    if context.before != context.usual_before:
        minutes += f" (usual: {duration(context.usual_before)})"
    now_plain, other_plain = ("on", "off") if own.plain else ("off", "on")
    now_named, other_named = ("on", "off") if own.named else ("off", "on")
    back = own.timezone is not None and context.profile_zone is not None
    other_zone = "profile" if back else "Europe/Berlin"
    named = text(
        f"Named in channels: {now_named}. Change: ", Typed(f"settings named {other_named}")
    )
    return [
        *trouble,
        heading("Your settings:"),
        text(f"Reminders: {minutes}. Change: ", Typed("settings before 10")),
        text(f"Time zone: {_zone(context)}. Change: ", Typed(f"settings timezone {other_zone}")),
        text(f"Clock: {hours} hours. Change: ", Typed(f"settings hours {other_hours}")),
        text(f"Plain text: {now_plain}. Change: ", Typed(f"settings plain {other_plain}")),
        *([named] if context.names_people else []),
    ]


def _zone(context: Context) -> str:
    own, event = context.profile.preferences.timezone, context.schedule.timezone
    if own is None and context.profile_zone is not None:
        return f"as your profile says, {zone_name(context.profile_zone)}"
    if own is None or own.key == event.key:
        return f"the event's, {event.key}"
    return zone_name(own)


def _before(value: str, context: Context) -> Answer:
    number = re.fullmatch(r"(\d{1,6})\s*(?:m|min|mins|minutes?)?", value)
    if value in _OFF:
        usual = f"{duration(context.usual_before)} before, as is usual here."
        return _changed(context, f"Reminders come {usual}", before=None)
    if number is None or not 1 <= int(number[1]) <= MOST_BEFORE:
        return private(text(f"{LIMITS}, like ", Typed("settings before 10")))
    minutes = int(number[1])
    said = f"Reminders come {duration(minutes)} before from now on."
    return _changed(context, said, before=minutes)


def _timezone(value: str, context: Context) -> Answer:
    profile = context.profile_zone
    if profile is not None and value in _AS_THE_PROFILE:
        said = f"Your time is now {_now_in(profile, context)} in {zone_name(profile)}"
        return _changed(context, f"{said}, as your profile says.", timezone=None)
    if value in _OFF:
        # Who has set nothing is shown what their profile says.
        alone = context.schedule.timezone if profile is not None else None
        return _changed(context, "Times are shown in the event's zone alone.", timezone=alone)
    found = zones_meant(value)
    if len(found) == 1:
        said = f"Your time is now {_now_in(found[0], context)} in {zone_name(found[0])}."
        return _changed(context, said, timezone=found[0])
    if found:
        names = ", ".join(zone.key for zone in found[:5])
        more = " \N{HORIZONTAL ELLIPSIS}" if len(found) > 5 else ""
        return private(text(f"{len(found)} zones match {quoted(value)}: {names}{more}. Name one."))
    return private(text(f"No time zone is called {quoted(value)}. Name a big city in it, like ",
                        Typed("settings timezone Europe/Berlin")))  # fmt: skip


def _now_in(zone: ZoneInfo, context: Context) -> str:
    clock = Reader(zone, hours=context.reader.hours).clock(context.now)
    theirs = context.now.astimezone(zone).date()
    same = theirs == context.now.astimezone(context.schedule.timezone).date()
    return clock if same else f"{weekday(theirs)} {clock}"


def _hours(value: str, context: Context) -> Answer:
    number = _HOURS.fullmatch(value)
    if number is None:
        return private(text("The clock has 12 or 24 hours: ", Typed("settings hours 24")))
    hours = int(number[1])
    return _changed(context, f"Times are shown on a {hours}-hour clock.", hours=hours)


def _plain(value: str, context: Context) -> Answer:
    if value not in _SWITCH:
        return private(text("Plain text is ", Typed("settings plain on"), " or ",
                            Typed("settings plain off")))  # fmt: skip
    plain = _SWITCH[value]
    said = "No colour and no emphasis any more." if plain else "Colour and emphasis where possible."
    return _changed(context, said, plain=plain)


def _named(value: str, context: Context) -> Answer:
    if not context.names_people:
        return private(text("On this network nobody is named in channels."))
    if value not in _SWITCH:
        return private(text("Being named in channels is ", Typed("settings named on"), " or ",
                            Typed("settings named off")))  # fmt: skip
    named = _SWITCH[value]
    said = _NAMED if named else "You are not named in channels."
    return _changed(context, said, named=named)


def _changed(context: Context, said: str, **change: object) -> Answer:
    preferences = replace(context.profile.preferences, **change)  # type: ignore[arg-type]
    effect = ChangePreferences(preferences, preferences.before or context.usual_before)
    return Answer(reply(text(said)), (effect,), private=True)


COMMAND = Command(
    name="settings",
    usage="[before <minutes> | timezone <zone> | hours <12 | 24> | plain <on | off>"
    " | named <on | off>]",
    summary="minutes before, time zone, 12 or 24 hours, plain text, being named in channels",
    topic="The bot",
    aliases=("set", "setting", "prefs", "preferences", "config", "options"),
    personal=True,
    run=run,
    examples=(
        Example("settings before 10", ("Reminders come 10 minutes before from now on.",)),
        Example(
            "settings timezone Berlin",
            ("Your time is now 6:20pm in Europe/Berlin.",),
        ),
        Example("settings hours 24", ("Times are shown on a 24-hour clock.",)),
        Example("settings plain on", ("No colour and no emphasis any more.",)),
        Example("settings named on", (_NAMED,)),
    ),
)
