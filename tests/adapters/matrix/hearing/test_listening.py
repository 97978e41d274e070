"""What people do with messages, as events tell it; and that no event can do harm."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.matrix.hearing.listening import Reacted, Said, Sealed, Withdrawn, heard
from tests.adapters.matrix.events import (
    HTML,
    IN_REPLY,
    ME,
    MENTIONED,
    PILL,
    WHEN,
    event,
    message,
    said,
)


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("> <@bob:example.org> !now\n\n!next", said("next", addressed=True)),
        ("> <@bob:example.org> a\n> !now\n>\n> b\n\n!next", said("next", addressed=True)),
        ("> * <@bob:example.org> waves\n\n!next", said("next", addressed=True)),
        ("> <@bob:example.org> !now", said("")),
        ("> <@bob:example.org> a\n\n> quoted\n!next", said("> quoted")),
        ("> quoted\n\n!next", said("> quoted")),
        ("!next", said("next", addressed=True)),
    ],
)
def test_the_quotation_in_a_reply_is_left_out(body: str, meant: Said) -> None:
    assert heard(message(body, **IN_REPLY), ME) == meant


def test_a_message_in_a_thread_says_so() -> None:
    thread = {
        "m.relates_to": {
            "rel_type": "m.thread", "event_id": "$root", "is_falling_back": True,
            "m.in_reply_to": {"event_id": "$before"},
        }
    }  # fmt: skip
    assert heard(message("!now", **thread), ME) == said("now", addressed=True, thread="$root")
    broken = {"m.relates_to": {"rel_type": "m.thread", "event_id": 7}}
    assert heard(message("!now", **broken), ME) == said("now", addressed=True)
    other = {"m.relates_to": {"rel_type": "m.reference", "event_id": "$root"}}
    assert heard(message("!now", **other), ME) == said("now", addressed=True)


def edit(new: Any, event_id: Any = "$first") -> dict[str, Any]:
    relation = {"rel_type": "m.replace", "event_id": event_id}
    return message("* !now", **{"m.new_content": new, "m.relates_to": relation})


def test_in_an_edit_the_new_content_counts() -> None:
    new = {"msgtype": "m.text", "body": "!next Marina"}
    assert heard(edit(new), ME) == said("next Marina", addressed=True, corrects="$first")
    pill = {"msgtype": "m.text", "body": "x", "formatted_body": f"{PILL} next", **HTML}
    assert heard(edit(pill), ME) == said("next", named=True, corrects="$first")
    plain = {"msgtype": "m.text", "body": "never mind"}
    assert heard(edit(plain), ME) == said("never mind", corrects="$first")


@pytest.mark.parametrize(
    "broken",
    [
        edit(None), edit([]), edit({}), edit({"msgtype": "m.notice", "body": "!now"}),
        edit({"msgtype": "m.text", "body": 7}), edit({"msgtype": "m.text", "body": "!now"}, None),
        edit({"msgtype": "m.text", "body": "!now"}, ""),
        message("* !now", **{"m.relates_to": {"rel_type": "m.replace", "event_id": "$first"}}),
    ],
)  # fmt: skip
def test_a_broken_edit_says_nothing(broken: dict[str, Any]) -> None:
    assert heard(broken, ME) is None


def reaction(key: Any, to: Any = "$answer", rel_type: Any = "m.annotation") -> dict[str, Any]:
    relation = {"rel_type": rel_type, "event_id": to, "key": key}
    return event({"m.relates_to": relation}, "m.reaction")


ENCRYPTED = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "key"}
FRAME = ("$asked", "@ada:example.org", WHEN, None)


@pytest.mark.parametrize(
    ("happened", "meant"),
    [
        (reaction("⭐"), Reacted(*FRAME, "$answer", "⭐")),
        (reaction("⭐\ufe0f"), Reacted(*FRAME, "$answer", "⭐")),
        (reaction("+1"), Reacted(*FRAME, "$answer", "+1")),
        (event({}, "m.room.redaction", redacts="$star"), Withdrawn(*FRAME, "$star")),
        (event({"redacts": "$star"}, "m.room.redaction"), Withdrawn(*FRAME, "$star")),
        (event({"redacts": "$mine"}, "m.room.redaction", redacts="$star"),
         Withdrawn(*FRAME, "$star")),
        (event(ENCRYPTED, "m.room.encrypted"), Sealed(*FRAME)),
        (reaction(7), None), (reaction(None), None), (reaction("⭐", 7), None),
        (reaction("⭐", rel_type="m.thread"), None), (event({}, "m.reaction"), None),
        (event({}, "m.room.redaction"), None), (event({}, "m.room.redaction", redacts=7), None),
        (event({}, "m.room.encrypted"), None), (event({}, "m.sticker"), None),
        (event({}, "m.room.member"), None),
        (event({"msgtype": "m.notice", "body": "!now"}), None),
        (event({"msgtype": "m.emote", "body": "!now"}), None),
        (event({"msgtype": "m.image", "body": "!now"}), None),
        (event({"msgtype": ["m.text"], "body": "!now"}), None),
        (event({"body": "!now"}), None), (event({}), None), (event(None), None),
        (event("!now"), None), (message(7), None), (message(None), None),
        (message(["!now"]), None),
    ],
)  # fmt: skip
def test_what_else_happens(happened: dict[str, Any], meant: object) -> None:
    assert heard(happened, ME) == meant


@pytest.mark.parametrize(
    "frame",
    [
        {"sender": "@summitbot:example.org"}, {"sender": None}, {"sender": ""},
        {"sender": ["@ada:example.org"]}, {"event_id": None}, {"event_id": 7}, {"event_id": ""},
        {"event_id": "$\ud800"}, {"event_id": "$a\0"}, {"event_id": "$" * 256},
        {"origin_server_ts": None}, {"origin_server_ts": "7"}, {"origin_server_ts": 1.5},
        {"origin_server_ts": True}, {"origin_server_ts": -1}, {"origin_server_ts": 10**15},
        {"state_key": ""}, {"type": None}, {"type": ["m.room.message"]},
        {"unsigned": {"redacted_because": {}}},
    ],
)  # fmt: skip
def test_events_of_our_own_and_redacted_or_broken_ones_say_nothing(frame: dict[str, Any]) -> None:
    for happened in (
        message("!now"), reaction("⭐"), event({}, "m.room.redaction", redacts="$star"),
        event(ENCRYPTED, "m.room.encrypted"),
    ):  # fmt: skip
        assert heard(happened | frame, ME) is None


@pytest.mark.parametrize(
    ("unsigned", "age"),
    [
        ({"age": 1500}, timedelta(seconds=1.5)), ({"age": 0}, timedelta()), ({}, None),
        ({"age": -1}, None), ({"age": "7"}, None), ({"age": True}, None), ({"age": 10**300}, None),
        (None, None), ([], None),
    ],
)  # fmt: skip
def test_the_homeserver_says_how_old_an_event_is(unsigned: Any, age: timedelta | None) -> None:
    assert heard(reaction("⭐") | {"unsigned": unsigned}, ME) == Reacted(
        "$asked", "@ada:example.org", WHEN, age, "$answer", "⭐"
    )


def test_what_others_can_see_of_an_encrypted_event_is_true() -> None:
    thread = {"rel_type": "m.thread", "event_id": "$root"}
    envelope = event(
        ENCRYPTED | {"m.relates_to": thread}, "m.room.encrypted", unsigned={"age": 1500}
    )
    forged = message(
        "!now", **{"m.relates_to": {"rel_type": "m.replace", "event_id": "$other"}}
    ) | {"sender": "@bob:example.org", "event_id": "$other", "unsigned": {"age": 7}}
    assert heard(forged, ME, envelope) == Said(
        "$asked", "@ada:example.org", WHEN, timedelta(seconds=1.5), "now", True, "$root", None
    )
    assert heard(envelope, ME, envelope) == Sealed(
        "$asked", "@ada:example.org", WHEN, timedelta(seconds=1.5)
    )


def test_a_redaction_that_was_encrypted_was_checked_by_nobody() -> None:
    redaction = event({}, "m.room.redaction", redacts="$star")
    assert heard(redaction, ME, event(ENCRYPTED, "m.room.encrypted")) is None
    assert heard(redaction, ME, dict(redaction)) == Withdrawn(*FRAME, "$star")


def test_a_state_event_in_an_envelope_says_nothing() -> None:
    envelope = event(ENCRYPTED, "m.room.encrypted")
    assert heard(message("!now") | {"state_key": ""}, ME, envelope) is None
    assert heard(message("!now"), ME, envelope | {"state_key": ""}) is None


anything = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
        st.sampled_from(["m.text", "m.replace", "m.thread", "$id", "!now", f"{PILL}: now"]),
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=2),
    max_leaves=4,
)  # fmt: skip
EXAMPLES: list[dict[str, Any]] = [
    message("!now", formatted_body=f"{PILL}: now", **HTML, **MENTIONED, **IN_REPLY),
    edit({"msgtype": "m.text", "body": "!now", "formatted_body": PILL, **HTML, **MENTIONED}),
    message("!now", **{"m.relates_to": {"rel_type": "m.thread", "event_id": "$root"}})
    | {"unsigned": {"age": 7}},
    reaction("⭐"),
    event({"redacts": "$star"}, "m.room.redaction", redacts="$star"),
    event(ENCRYPTED, "m.room.encrypted"),
]


@st.composite
def almost(draw: st.DrawFn) -> Any:
    """An event in which something was replaced by anything, or is missing."""

    def spoilt(value: Any) -> Any:
        if not isinstance(value, dict) or not value or draw(st.integers(0, 4)) == 0:
            return draw(anything)
        key = draw(st.sampled_from(sorted(value)))
        rest = {k: v for k, v in value.items() if k != key}
        return rest if draw(st.integers(0, 4)) == 0 else {**rest, key: spoilt(value[key])}

    found = spoilt(draw(st.sampled_from(EXAMPLES)))
    return found if isinstance(found, dict) else {"content": found}


@given(almost(), st.none() | almost())
def test_no_event_does_harm(happened: dict[str, Any], envelope: dict[str, Any] | None) -> None:
    value = heard(happened, ME, envelope)
    if isinstance(value, Said):
        value.line.encode()
        assert value.line == " ".join(value.line.split())
        assert value.addressed or not value.named
    if value is not None:
        f"{value.event} {value.sender}".encode()
