"""What Slack's payloads say. Pure: a payload may lack anything, and then it says nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.adapters.slack.cards.values import decode
from bot.adapters.slack.hearing.heard import (
    HomeOpened,
    OnHome,
    OnMessage,
    OnModal,
    Person,
    Pressed,
    ProfileChanged,
    Said,
    Shortcut,
    Slash,
    Submitted,
    Surface,
    Uninstalled,
)
from bot.adapters.slack.hearing.markup import command_line, typed

_Object = Mapping[str, Any]
_NOTHING: _Object = {}
_LONGEST_ID = 64
_LAST_MOMENT = 2**32
_SPOKEN = frozenset({"file_share", "thread_broadcast"})
"""Subtypes of what people say, beside none; all others are changes, news of a channel, or of bots
(https://docs.slack.dev/reference/events/message#subtypes)."""
_SLACKBOT = "USLACKBOT"


class Malformed(Exception):
    """A payload lacks what it should have; the message names it."""


@dataclass(frozen=True, slots=True)
class Me:
    """The bot in a workspace: the id of the workspace, the bot's user id there, and the id of the
    enterprise if it is installed in all workspaces of that."""

    team: str
    user: str
    enterprise: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What an event says, and the name under which it is dealt with once."""

    heard: Said | HomeOpened | ProfileChanged | Uninstalled
    delivery: str


def command(body: _Object, me: Me) -> Slash:
    """A slash command (https://docs.slack.dev/interactivity/implementing-slash-commands). Raises
    Malformed."""
    return Slash(
        person=Person(me.team, _id(body, "user_id"), _text(body, "user_name")),
        channel=_id(body, "channel_id"),
        text=command_line(_text(body, "text"), me.user),
        trigger=_text(body, "trigger_id", needed=True),
        response_url=_text(body, "response_url", needed=True),
    )


def event(body: _Object, me: Me) -> Event | None:
    """An event (https://docs.slack.dev/apis/events-api#event-type-structure); None if it says
    nothing to the bot. Raises Malformed."""
    inner = _object(body.get("event"))
    match inner.get("type"):
        case "message" | "app_mention" as kind:
            said = _said(body, inner, me, mention=kind == "app_mention")
            if said is None:
                return None
            return Event(said, f"message {me.team} {said.channel} {said.ts}")
        case "app_home_opened":
            if inner.get("tab") != "home":
                return None
            return Event(HomeOpened(Person(me.team, _id(inner, "user"))), _named(body))
        case "user_change":
            return Event(_profile(_object(inner.get("user")), me), _named(body))
        case "app_uninstalled":
            return Event(_uninstalled(body, me), _named(body))
        case "tokens_revoked":
            # The tokens of people are of no concern: the bot has none.
            if not _object(inner.get("tokens")).get("bot"):
                return None
            return Event(_uninstalled(body, me), _named(body))
        case str():
            return None
        case _:
            raise Malformed("event.type")


def press(body: _Object, me: Me) -> Pressed:
    """Something interactive was used (https://docs.slack.dev/reference/interaction-payloads/
    block_actions-payload). Raises Malformed."""
    actions = body.get("actions")
    action = _object(actions[0]) if isinstance(actions, list) and actions else _NOTHING
    surface = _surface(body)
    on_message = isinstance(surface, OnMessage)
    shown = _object(body.get("message" if on_message else "view")).get("blocks")
    return Pressed(
        person=_presser(body, me),
        action=_text(action, "action_id", needed=True),
        value=_value(action),
        trigger=_text(body, "trigger_id", needed=True),
        surface=surface,
        response_url=(_text(body, "response_url") or None) if on_message else None,
        packed=next((value for value in _buttons(shown) if decode(value)[1] is not None), None),
    )


def submission(body: _Object, me: Me) -> Submitted:
    """A modal was confirmed (https://docs.slack.dev/reference/interaction-payloads/
    view-interactions-payload). Raises Malformed."""
    view = _object(body.get("view"))
    return Submitted(
        person=_presser(body, me),
        callback=_text(view, "callback_id"),
        metadata=_text(view, "private_metadata"),
        trigger=_text(body, "trigger_id"),
        values={
            name: _value(_object(input))
            for inputs in _entered(view).values()
            for name, input in _object(inputs).items()
        },
    )


def first_input(body: _Object) -> str | None:
    """The block id of the first input of a modal that was confirmed: a mistake can be told
    there."""
    return next(iter(_entered(_object(body.get("view")))), None)


def shortcut(body: _Object, me: Me) -> Shortcut:
    """A shortcut on a message was used (https://docs.slack.dev/reference/interaction-payloads/
    shortcuts-interaction-payload). Raises Malformed."""
    message = _object(body.get("message"))
    return Shortcut(
        person=_presser(body, me),
        channel=_id(_object(body.get("channel")), "id"),
        ts=_id(message, "ts"),
        text=typed(_text(message, "text")),
        trigger=_text(body, "trigger_id", needed=True),
        response_url=_text(body, "response_url", needed=True),
    )


def name_of(body: _Object) -> str:
    """How the log calls a payload: the id of its event or trigger."""
    for key in ("event_id", "trigger_id"):
        value = body.get(key)
        if isinstance(value, str) and value:
            return value[:_LONGEST_ID]
    return "unknown"


def _said(body: _Object, inner: _Object, me: Me, *, mention: bool) -> Said | None:
    subtype = inner.get("subtype")
    if subtype is not None and not (isinstance(subtype, str) and subtype in _SPOKEN):
        return None
    if inner.get("hidden") or inner.get("bot_id"):
        return None
    if (own := inner.get("app_id")) and own == body.get("api_app_id"):
        return None
    user, channel = _id(inner, "user"), _id(inner, "channel")
    direct = _is_direct(channel)
    # In a channel only mentions are for the bot, and each arrives as one.
    if user in (me.user, _SLACKBOT) or not (mention or direct):
        return None
    text = _text(inner, "text")
    if not text.strip():
        return None
    thread = inner.get("thread_ts")
    return Said(
        person=Person(me.team, user, home=_home_of_author(body, inner, me)),
        channel=channel,
        ts=_id(inner, "ts"),
        text=command_line(text, me.user),
        direct=direct,
        thread=thread if isinstance(thread, str) and thread else None,
    )


def _profile(user: _Object, me: Me) -> ProfileChanged:
    person = Person(me.team, _id(user, "id"))
    return ProfileChanged(person, zone(user.get("tz")), gone=user.get("deleted") is True)


def _uninstalled(body: _Object, me: Me) -> Uninstalled:
    at = body.get("event_time")
    moment = None
    if type(at) is int and 0 < at <= _LAST_MOMENT:
        moment = datetime.fromtimestamp(at, UTC)
    return Uninstalled(me.enterprise or me.team, moment)


def zone(name: object) -> ZoneInfo | None:
    """The time zone that a profile names; None if there is none of that name."""
    if not isinstance(name, str) or not name:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        # A name that is a path raises ValueError, one that is a folder OSError.
        return None


def _presser(body: _Object, me: Me) -> Person:
    user = _object(body.get("user"))
    name = _text(user, "name") or _text(user, "username")
    return Person(me.team, _id(user, "id"), name, _elsewhere(_text(user, "team_id"), body, me))


def _home_of_author(body: _Object, inner: _Object, me: Me) -> str:
    """Where whoever has said something belongs, if it is elsewhere: Slack tells it of those who are
    strangers in a workspace that has the app; and in a channel that is shared, of everybody
    (https://docs.slack.dev/apis/slack-connect)."""
    shared = body.get("is_ext_shared_channel") is True
    team = _text(inner, "user_team") or (_text(inner, "team") if shared else "")
    return _elsewhere(team, body, me)


def _elsewhere(team: str, body: _Object, me: Me) -> str:
    """The workspace or organisation, unless it is where the bot is. The ids beside the event may be
    those of whoever caused it: what counts is for whom it is."""
    several = body.get("authorizations")
    bot = _object(several[0]) if isinstance(several, list) and several else _NOTHING
    return "" if team in (me.team, me.enterprise, bot.get("enterprise_id")) else team


def _surface(body: _Object) -> Surface:
    view, container = _object(body.get("view")), _object(body.get("container"))
    match view.get("type"):
        case "home":
            return OnHome(_text(view, "private_metadata"))
        case "modal":
            return OnModal(
                _id(view, "id"), _text(view, "callback_id"), _text(view, "private_metadata")
            )
    channel = _id(_object(body.get("channel")) or {"id": container.get("channel_id")}, "id")
    message = _object(body.get("message"))
    thread = message.get("thread_ts") or container.get("thread_ts")
    return OnMessage(
        channel,
        _id(container if "message_ts" in container else {"message_ts": message.get("ts")},
            "message_ts"),
        alone=container.get("is_ephemeral") is True or _is_direct(channel),
        thread=thread if isinstance(thread, str) else None,
    )  # fmt: skip


def _value(element: _Object) -> str:
    """What was chosen, entered or pressed; empty if nothing was."""
    chosen = element.get("selected_option")
    if isinstance(chosen, dict):
        return _text(chosen, "value")
    several = element.get("selected_options")
    if isinstance(several, list):
        return " ".join(filter(None, (_text(_object(one), "value") for one in several)))
    return _text(element, "value")


def _buttons(blocks: object) -> Iterable[str]:
    """The values of all buttons, in order."""
    for block in blocks if isinstance(blocks, list) else ():
        held = _object(block)
        elements = held.get("elements")
        several = elements if isinstance(elements, list) else ()
        for element in (*several, held.get("accessory")):
            if _object(element).get("type") == "button":
                yield _text(element, "value")


def _entered(view: _Object) -> _Object:
    return _object(_object(view.get("state")).get("values"))


def _named(body: _Object) -> str:
    return f"event {_id(body, 'event_id')}"


def _is_direct(channel: str) -> bool:
    return channel.startswith("D")


def _object(value: object) -> _Object:
    return value if isinstance(value, dict) else _NOTHING


def _text(holder: _Object, key: str, *, needed: bool = False) -> str:
    """A text; empty if there is none. Raises Malformed if it is `needed`."""
    value = holder.get(key)
    if isinstance(value, str) and (value or not needed):
        return value
    if needed:
        raise Malformed(key)
    return ""


def _id(holder: _Object, key: str) -> str:
    """The id of something, or a `ts`. Raises Malformed."""
    value = holder.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID:
        raise Malformed(key)
    if not value.isascii() or not value.isprintable() or " " in value:
        raise Malformed(key)
    return value
