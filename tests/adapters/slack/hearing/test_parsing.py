"""What payloads say, and that a payload which lacks something says so."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.cards.values import encode
from bot.adapters.slack.hearing import parsing
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
from bot.adapters.slack.hearing.parsing import Event, Malformed, Me
from tests.adapters.slack.hearing.payloads import (
    ADA,
    BOT,
    CHANNEL,
    DM,
    TEAM,
    TRIGGER,
    TS,
    URL,
    Payload,
    button,
    event,
    home_opened,
    mention,
    message,
    pressed,
    pressed_alone,
    pressed_in,
    shortcut,
    slash,
    submitted,
    user_change,
    view,
)

ME = Me(TEAM, BOT)
PERSON = Person(TEAM, ADA, "ada")
NAMELESS = Person(TEAM, ADA)
AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
CARD = encode("bookmark 42", '{"packed": 1}')


# Commands.


def test_a_command_is_what_was_typed_behind_it() -> None:
    assert parsing.command(slash(" next  Q&amp;A "), ME) == Slash(
        person=PERSON, channel=CHANNEL, text="next Q&A", trigger=TRIGGER, response_url=URL
    )
    direct = parsing.command(slash("", channel_id=DM, channel_name="directmessage"), ME)
    assert direct == Slash(PERSON, DM, "", TRIGGER, URL)


# Messages.


def said(text: str, **more: Any) -> Event:
    more = {"channel": DM, "direct": True, **more}
    heard = Said(person=NAMELESS, ts=TS, text=text, **more)
    return Event(heard, f"message {TEAM} {more['channel']} {TS}")


@pytest.mark.parametrize(
    ("inner", "meant"),
    [
        (message("next Q&amp;A"), said("next Q&A")),
        (message(f"<@{BOT}> next"), said("next")),
        (message("next", thread_ts="1.5"), said("next", thread="1.5")),
        (message("next", subtype="file_share", files=[{}]), said("next")),
        (message("next", subtype="thread_broadcast", thread_ts="1.5"), said("next", thread="1.5")),
        (mention(), said("next", channel=CHANNEL, direct=False)),
        (mention(f"<@{BOT}>"), said("", channel=CHANNEL, direct=False)),
        (mention(thread_ts="1.5"), said("next", channel=CHANNEL, direct=False, thread="1.5")),
        (mention(channel="G07"), said("next", channel="G07", direct=False)),
        # Mentioned in the chat with the bot: one message, by whichever event it comes.
        (mention(channel=DM), said("next")),
    ],
)
def test_a_message_is_said_to_the_bot(inner: Payload, meant: Event) -> None:
    assert parsing.event(event(inner), ME) == meant


@pytest.mark.parametrize(
    "inner",
    [
        message("next", bot_id="B9"),
        message("next", bot_id="B9", subtype="bot_message"),
        message("next", subtype="bot_message", user=None),
        message("next", app_id="A01"),
        message("next", user=BOT),
        message("next", user="USLACKBOT"),
        message("next", hidden=True),
        {"type": "message", "subtype": "message_changed", "hidden": True, "channel": DM, "ts": TS},
        {"type": "message", "subtype": "message_deleted", "channel": DM, "ts": TS},
        message("next", subtype="me_message"),
        message("next", subtype="assistant_app_thread"),
        message("", subtype="file_share"),
        message(" \n"),
        {key: value for key, value in message().items() if key != "text"},
        message("next", channel=CHANNEL, channel_type="channel"),
        message(f"<@{BOT}> next", channel=CHANNEL, channel_type="channel"),
        mention(bot_id="B9"),
        mention(user=BOT),
        home_opened("messages"),
        {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}},
        {"type": "tokens_revoked"},
        {"type": "reaction_added", "user": ADA},
    ],
)
def test_what_is_not_said_to_the_bot_says_nothing(inner: Payload) -> None:
    assert parsing.event(event(inner), ME) is None


def test_messages_of_other_apps_of_a_person_are_theirs() -> None:
    assert parsing.event(event(message("next", app_id="A99")), ME) == said("next")


# Other events.


@pytest.mark.parametrize(
    ("inner", "heard"),
    [
        (home_opened(), HomeOpened(NAMELESS)),
        (
            user_change(tz="Europe/Berlin", name="ada", deleted=False),
            ProfileChanged(NAMELESS, ZoneInfo("Europe/Berlin")),
        ),
        (user_change(deleted=True, name="ada"), ProfileChanged(NAMELESS, None, gone=True)),
        (user_change(tz="Mars/Olympus"), ProfileChanged(NAMELESS, None)),
        (user_change(tz="../../etc/passwd"), ProfileChanged(NAMELESS, None)),
        (user_change(tz="Europe"), ProfileChanged(NAMELESS, None)),
        (user_change(tz=7, profile=None), ProfileChanged(NAMELESS, None)),
        ({"type": "app_uninstalled"}, Uninstalled(TEAM, AT)),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}, Uninstalled(TEAM, AT)),
    ],
)  # fmt: skip
def test_other_events(inner: Payload, heard: Any) -> None:
    assert parsing.event(event(inner, "Ev42"), ME) == Event(heard, "event Ev42")


def test_an_app_of_a_whole_enterprise_is_removed_from_all_of_it() -> None:
    found = parsing.event(event({"type": "app_uninstalled"}, "Ev42"), Me(TEAM, "", "E01"))
    assert found == Event(Uninstalled("E01", AT), "event Ev42")


@pytest.mark.parametrize("time", [None, "1700000000", True, -1, 10**30])
def test_an_event_without_a_moment_is_one_all_the_same(time: Any) -> None:
    found = parsing.event(event({"type": "app_uninstalled"}, "Ev42", event_time=time), ME)
    assert found == Event(Uninstalled(TEAM), "event Ev42")


# Presses.

IN_CHANNEL = OnMessage(CHANNEL, TS, alone=False)


def press(**more: Any) -> Pressed:
    held: dict[str, Any] = {
        "person": PERSON, "action": "bookmark-42", "value": "bookmark 42", "trigger": TRIGGER,
        "surface": IN_CHANNEL, "response_url": URL,
    }  # fmt: skip
    return Pressed(**{**held, **more})


@pytest.mark.parametrize(
    ("action", "value"),
    [
        (button("remind 42 10"), "remind 42 10"),
        (button(None), ""),
        ({"type": "static_select", "selected_option": {"value": "remind 42 5", "text": {}}},
         "remind 42 5"),
        ({"type": "static_select", "selected_option": None}, ""),
        ({"type": "overflow", "selected_option": {"value": "mute 42"}}, "mute 42"),
        ({"type": "plain_text_input", "value": "Marina"}, "Marina"),
        ({"type": "plain_text_input", "value": None}, ""),
        ({"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}, 7]}, "a b"),
    ],
)  # fmt: skip
def test_the_value_is_what_was_chosen_or_entered(action: Payload, value: str) -> None:
    held = {"action_id": "x", **action}
    name = held["action_id"]
    assert parsing.press(pressed(held), ME) == press(action=name, value=value)


def in_thread(body: Payload, where: str) -> Payload:
    body[where] = {**body[where], "thread_ts": "1.5"}
    return body


@pytest.mark.parametrize(
    ("body", "surface"),
    [
        (pressed(), IN_CHANNEL),
        (pressed_alone(), OnMessage(CHANNEL, TS, alone=True)),
        (pressed(channel={"id": DM}), OnMessage(DM, TS, alone=True)),
        (in_thread(pressed(), "message"), OnMessage(CHANNEL, TS, alone=False, thread="1.5")),
        (in_thread(pressed_alone(), "container"),
         OnMessage(CHANNEL, TS, alone=True, thread="1.5")),
        (pressed(container={}), IN_CHANNEL),
        ({key: value for key, value in pressed().items() if key != "channel"}, IN_CHANNEL),
    ],
)  # fmt: skip
def test_a_card_stands_in_a_message(body: Payload, surface: Surface) -> None:
    assert parsing.press(body, ME) == press(surface=surface)


@pytest.mark.parametrize(
    ("shown", "surface"),
    [
        (view("home"), OnHome("kept")),
        (view("home", private_metadata=""), OnHome()),
        (view("modal"), OnModal("V01", "details", "kept")),
    ],
)
def test_views_have_no_response_url(shown: Payload, surface: Surface) -> None:
    body = {**pressed_in(shown), "response_url": URL}
    assert parsing.press(body, ME) == press(surface=surface, response_url=None)


CARDS = [
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    {"type": "section", "accessory": button("info 1")},
    {"type": "actions", "elements": [{"type": "static_select"}, button("info 2"), button(CARD)]},
    {"type": "actions", "elements": [button(encode("x", "other"))]},
]


def test_the_card_is_that_of_the_first_button_which_carries_one() -> None:
    shown = {"type": "message", "ts": TS, "blocks": CARDS}
    assert parsing.press(pressed(message=shown), ME) == press(packed=CARD)
    home = parsing.press(pressed_in(view("home", blocks=CARDS)), ME)
    assert home.packed == CARD
    accessory = {"type": "message", "ts": TS, "blocks": [{"accessory": button(CARD)}, None]}
    assert parsing.press(pressed(message=accessory), ME) == press(packed=CARD)
    none = {"type": "message", "ts": TS, "blocks": CARDS[:2]}
    assert parsing.press(pressed(message=none), ME) == press()
    # Slack does not tell a message that one person alone sees.
    assert parsing.press(pressed_alone(), ME).packed is None


# Modals and shortcuts.


def test_a_modal_is_submitted_with_what_was_entered() -> None:
    values = {
        "first": {"words": {"type": "plain_text_input", "value": "Marina"}},
        "b": {"when": {"type": "static_select", "selected_option": {"value": "10"}},
              "empty": {"type": "plain_text_input", "value": None}},
        "c": None,
    }  # fmt: skip
    assert parsing.submission(submitted(values), ME) == Submitted(
        person=PERSON, callback="details", metadata="kept", trigger=TRIGGER,
        values={"words": "Marina", "when": "10", "empty": ""},
    )  # fmt: skip
    assert parsing.first_input(submitted(values)) == "first"
    assert parsing.first_input(submitted({})) is None


def test_a_shortcut_knows_the_whole_text_of_its_message() -> None:
    assert parsing.shortcut(shortcut("See [42] &amp;\nyou"), ME) == Shortcut(
        person=PERSON, channel=CHANNEL, ts=TS,
        text="See [42] &\nyou", trigger=TRIGGER, response_url=URL,
    )  # fmt: skip
    assert parsing.shortcut(shortcut(None), ME).text == ""


# What is written down.


@pytest.mark.parametrize(
    "heard",
    [
        parsing.command(slash("geheim"), ME),
        parsing.press(pressed(button("geheim")), ME),
        parsing.press(pressed_in(view("home", private_metadata="geheim")), ME),
        parsing.press(pressed_in(view("modal", private_metadata="geheim")), ME),
        parsing.submission(submitted({"b": {"words": {"value": "geheim"}}}), ME),
        parsing.shortcut(shortcut("geheim"), ME),
        parsing.event(event(message("geheim")), ME),
    ],
)
def test_what_people_say_and_what_lets_one_answer_does_not_get_into_a_log(heard: object) -> None:
    assert ADA in repr(heard)
    assert not [word for word in ("geheim", TRIGGER, URL) if word in repr(heard)]


# What is broken.

PARSERS: dict[str, tuple[Payload, Callable[[Payload, Me], object]]] = {
    "command": (slash(), parsing.command),
    "message": (event(message(subtype=None, bot_id=None, app_id=None)), parsing.event),
    "mention": (event(mention()), parsing.event),
    "home": (event(home_opened()), parsing.event),
    "profile": (event(user_change()), parsing.event),
    "press": (pressed(), parsing.press),
    "view": (pressed_in(view("modal")), parsing.press),
    "submission": (submitted({}), parsing.submission),
    "shortcut": (shortcut(), parsing.shortcut),
}


IDS = [
    ("command", "user_id"), ("command", "channel_id"), ("message", "event.user"),
    ("message", "event.channel"), ("message", "event.ts"), ("mention", "event.user"),
    ("home", "event.user"), ("home", "event_id"), ("profile", "event.user.id"),
    ("press", "user.id"), ("view", "view.id"), ("shortcut", "channel.id"),
    ("shortcut", "message.ts"),
]  # fmt: skip
TEXTS = [
    ("command", "trigger_id"), ("command", "response_url"), ("press", "trigger_id"),
    ("press", "actions"), ("press", "user"), ("submission", "user"), ("shortcut", "message"),
    ("shortcut", "response_url"), ("profile", "event.user"),
]  # fmt: skip
OBJECTS = [("message", "event"), ("message", "event.type")]
NO_OBJECT: list[Any] = [None, 7, [], {}]


@pytest.mark.parametrize(
    ("name", "path", "broken"),
    [
        *((*where, broken) for where in IDS for broken in (*NO_OBJECT, "", "a b", "é", "x" * 65)),
        *((*where, broken) for where in TEXTS for broken in (*NO_OBJECT, "")),
        *((*where, broken) for where in OBJECTS for broken in NO_OBJECT),
    ],
)
def test_a_payload_that_lacks_what_it_needs_says_what(name: str, path: str, broken: Any) -> None:
    body, parse = PARSERS[name]
    *holders, key = path.split(".")
    changed = held = dict(body)
    for holder in holders:
        held[holder] = dict(held[holder])
        held = held[holder]
    held[key] = broken
    with pytest.raises(Malformed):
        parse(changed, ME)


@given(st.data())
def test_whatever_is_broken_costs_no_more(data: st.DataObject) -> None:
    """Any part of any payload may be any JSON."""
    body, parse = PARSERS[data.draw(st.sampled_from(sorted(PARSERS)))]
    odd: list[Any] = [None, True, 7, "", "x", [], [7], {}, {"id": 7}, {"value": []}]
    anything = st.sampled_from(odd)

    def changed(value: Any) -> Any:
        if data.draw(st.integers(0, 9)) == 0:
            return data.draw(anything)
        match value:
            case dict():
                return {key: changed(held) for key, held in value.items()}
            case list():
                return [changed(held) for held in value]
            case _:
                return value

    broken = changed(body)
    with suppress(Malformed):
        parse(broken if isinstance(broken, dict) else {}, ME)


def test_the_log_calls_a_payload_by_its_event_or_trigger() -> None:
    assert parsing.name_of(event(message(), "Ev42")) == "Ev42"
    assert parsing.name_of(pressed()) == TRIGGER
    assert parsing.name_of({"event_id": 7, "trigger_id": ""}) == "unknown"
    assert parsing.name_of({"event_id": "x" * 300}) == "x" * 64


STRANGERS = [
    (mention(), {}, ""),
    (mention(user_team="T99", source_team="T99"), {"is_ext_shared_channel": True}, "T99"),
    (mention(team="T99"), {"is_ext_shared_channel": True}, "T99"),
    (mention(user_team="E99"), {"is_ext_shared_channel": True}, "E99"),
    (mention(user_team="T99"), {"is_ext_shared_channel": True, "team_id": "T99"}, "T99"),
    (mention(user_team="E99"), {"is_ext_shared_channel": True, "enterprise_id": "E99"}, "E99"),
    (mention(user_team=TEAM), {"is_ext_shared_channel": True}, ""),
    # Where a channel is not shared, this may be the organisation.
    (mention(team="E01"), {}, ""),
    (mention(user_team="E01"), {"authorizations": [{"enterprise_id": "E01"}]}, ""),
    (message(user_team="T99"), {}, "T99"),
]


@pytest.mark.parametrize(("inner", "beside", "home"), STRANGERS)
def test_who_belongs_to_another_workspace_is_known_by_it(
    inner: Payload, beside: Payload, home: str
) -> None:
    found = parsing.event(event(inner, **beside), ME)
    assert found is not None
    assert isinstance(found.heard, Said)
    assert found.heard.person == Person(TEAM, ADA, home=home)


@pytest.mark.parametrize(
    ("team", "me", "home"),
    [(TEAM, ME, ""), ("T99", ME, "T99"), ("", ME, ""), ("E01", Me(TEAM, BOT, "E01"), "")],
)
def test_who_presses_from_another_workspace_is_known_by_it(team: str, me: Me, home: str) -> None:
    user = {"id": ADA, "name": "ada", "team_id": team}
    expected = Person(TEAM, ADA, "ada", home)
    assert parsing.press(pressed(user=user, enterprise={"id": "E99"}), me).person == expected
    assert parsing.shortcut(shortcut(user=user), me).person == expected
    assert parsing.submission(submitted({}) | {"user": user}, me).person == expected
