"""What becomes of what Slack sends: answered, then acknowledged, and what is said when it fails."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.adapters.slack.events import BOT_EVENTS
from bot.adapters.slack.hearing.acknowledging import (
    Acknowledged,
    Answered,
    Mistaken,
    Shown,
)
from bot.adapters.slack.hearing.authorizing import Authorized
from bot.adapters.slack.hearing.heard import (
    Heard,
    HomeOpened,
    Person,
    Pressed,
    ProfileChanged,
    Said,
    Shortcut,
    Slash,
    Submitted,
    Uninstalled,
)
from bot.storing import StoreAway
from tests.adapters.slack.hearing.ears import (
    ACKNOWLEDGED,
    AGAIN,
    Ears,
    Gate,
    ears,
    installed,
    lines,
    sentence,
)
from tests.adapters.slack.hearing.payloads import (
    ADA,
    CHANNEL,
    TEAM,
    TRIGGER,
    URL,
    Payload,
    event,
    home_opened,
    mention,
    message,
    pressed,
    pressed_in,
    shortcut,
    slash,
    submitted,
    user_change,
    view,
)

FAILED = "That did not work just now; try again."
AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


@pytest.fixture
async def bot() -> AsyncIterator[Ears]:
    async with ears() as bot:
        yield bot


async def breaks(_heard: Heard) -> Answered | None:
    raise RuntimeError("what somebody said: secret")


def answers(answered: Answered) -> Any:
    async def answer(_heard: Heard) -> Answered | None:
        return answered

    return answer


# What is heard.


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (slash(), Slash),
        (event(message()), Said),
        (event(mention()), Said),
        (event(home_opened()), HomeOpened),
        (event(user_change()), ProfileChanged),
        (event({"type": "app_uninstalled"}), Uninstalled),
        (event({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}), Uninstalled),
        (pressed(), Pressed),
        (pressed_in(view("home")), Pressed),
        (submitted({}), Submitted),
        (shortcut(), Shortcut),
    ],
)
async def test_everything_is_heard_and_then_acknowledged(
    bot: Ears, payload: Payload, kind: type[Heard]
) -> None:
    gate = Gate()
    bot.answer = gate.passes
    taken = asyncio.create_task(bot.takes(payload))
    await gate.reached()
    assert not taken.done()
    gate.opened.set()
    assert await taken == ACKNOWLEDGED
    assert [type(heard) for heard in bot.heard] == [kind]


async def test_the_events_listened_to_are_those_that_the_manifest_names(bot: Ears) -> None:
    for name in BOT_EVENTS:
        await bot.takes(event({"type": name.partition(".")[0]}))
    assert await bot.takes(event({"type": "reaction_added", "user": ADA})) == ACKNOWLEDGED


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (
            Acknowledged("Now: nothing", in_channel=True),
            {**sentence("Now: nothing")[1], "response_type": "in_channel"},
        ),
        (
            Acknowledged("{", [{"type": "divider"}]),
            {**sentence("{")[1], "blocks": [{"type": "divider"}]},
        ),
    ],
)
async def test_the_answer_to_a_command_is_in_the_acknowledgement(
    bot: Ears, answered: Answered, said: Payload
) -> None:
    bot.answer = answers(answered)
    assert await bot.takes(slash()) == (200, said)


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (Mistaken({"b": "No."}), {"response_action": "errors", "errors": {"b": "No."}}),
        (Shown({"type": "modal"}), {"response_action": "update", "view": {"type": "modal"}}),
    ],
)
async def test_a_modal_shows_what_the_acknowledgement_says(
    bot: Ears, answered: Answered, said: Payload
) -> None:
    bot.answer = answers(answered)
    assert await bot.takes(submitted({})) == (200, said)


# Workspaces.


async def test_a_workspace_is_asked_for_by_its_id_and_its_enterprise() -> None:
    asked = list[tuple[str | None, str | None]]()

    async def authorize(team: str | None, enterprise: str | None) -> Authorized | None:
        asked.append((team, enterprise))
        return Authorized("xoxb-1", "U0BOT")

    async with ears(authorize=authorize) as bot:
        await bot.takes(slash())
        everywhere = {"enterprise_id": "E01", "is_enterprise_install": "true"}
        await bot.takes(slash(team_id="T02", **everywhere))
        # Of a workspace that has removed the app nobody is asked for a token.
        await bot.takes(event({"type": "app_uninstalled"}))
        whole = {"team_id": "T02", "enterprise_id": "E01", "is_enterprise_install": True}
        await bot.takes(event({"type": "app_uninstalled"}, "Ev2", authorizations=[whole], **whole))
        assert asked == [("T01", None), ("T02", "E01")]
        assert bot.heard[1].person == Person("T02", ADA, "ada")  # type: ignore[union-attr]
        assert bot.heard[2:] == [Uninstalled("T01", AT), Uninstalled("E01", AT)]


def test_a_token_does_not_get_into_a_log() -> None:
    assert repr(Authorized("xoxb-1", "U0BOT", "B1")) == "Authorized(user='U0BOT', bot='B1')"


async def test_who_is_in_a_workspace_without_the_app_is_told_so(
    bot: Ears, caplog: pytest.LogCaptureFixture
) -> None:
    assert await bot.takes(slash(team_id="T99")) == sentence(
        "I am not installed in this workspace any more: ask an admin to install me again."
    )
    elsewhere = [{"team_id": "T99"}]
    assert await bot.takes(event(message(), authorizations=elsewhere)) == ACKNOWLEDGED
    assert bot.heard == []
    assert lines(caplog) == [
        {"event": "heard from a workspace that the bot is not installed in", "key": key}
        for key in (TRIGGER, "Ev01")
    ]


async def test_a_workspace_that_cannot_be_looked_up_now_is_looked_up_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def away(_team: str | None, _enterprise: str | None) -> Authorized | None:
        raise StoreAway("The database is away.")

    async with ears(authorize=away) as bot:
        assert await bot.takes(slash()) == sentence(FAILED)
        assert await bot.takes(event(message())) == AGAIN
        assert await bot.takes(pressed()) == AGAIN
        assert bot.heard == []
        assert lines(caplog)[1] == {
            "event": "not answered: the workspace could not be looked up", "key": "Ev01",
            "reason": "The database is away.",
        }  # fmt: skip


# What nobody expects.


async def test_another_command_than_that_of_the_settings_names_the_right_one(
    bot: Ears, caplog: pytest.LogCaptureFixture
) -> None:
    assert await bot.takes(slash(command="/other")) == sentence("I answer to /summit.")
    assert lines(caplog) == [
        {"event": "another command than that of the settings was used", "key": TRIGGER}
    ]


@pytest.mark.parametrize(
    ("payload", "line"),
    [
        (event(message(user=None)), {"key": "Ev01", "reason": "user"}),
        (event(message(channel=[])), {"key": "Ev01", "reason": "channel"}),
        (event([]), {"key": "Ev01", "reason": "AttributeError"}),  # type: ignore[arg-type]
        (event({}), None),
        (pressed(actions=[]), {"key": TRIGGER, "reason": "IndexError"}),
        (pressed(user={}), {"key": TRIGGER, "reason": "id"}),
        (pressed(team=7), {"key": TRIGGER, "reason": "TypeError"}),
        (shortcut(channel=None), {"key": TRIGGER, "reason": "id"}),
        (pressed(team=7, trigger_id=7), {"key": "unknown", "reason": "TypeError"}),
        ({"type": "view_closed", "team": {"id": TEAM}}, None),
        ({"type": "event_callback", "team_id": TEAM, "event_id": "Ev01"}, None),
    ],
)
async def test_what_is_not_understood_is_acknowledged_and_costs_a_line_in_the_log(
    bot: Ears, caplog: pytest.LogCaptureFixture, payload: Payload, line: dict[str, str] | None
) -> None:
    assert await bot.takes(payload) == ACKNOWLEDGED
    assert bot.heard == []
    understood = [one for one in lines(caplog) if one["event"] != "not listened to"]
    expected = [] if line is None else [{"event": "a payload was not understood", **line}]
    assert understood == expected


async def test_a_command_that_is_not_understood_is_answered(bot: Ears) -> None:
    assert await bot.takes(slash(user_id=None)) == sentence(FAILED)


async def test_no_payload_and_no_token_is_in_the_log(
    bot: Ears, caplog: pytest.LogCaptureFixture
) -> None:
    for payload in (slash("words"), event(message("words")), pressed(), {"type": "words"}):
        await bot.takes(payload)
    bot.answer = breaks
    for payload in (slash("words"), event(message("words", ts="2.5")), event(7)):  # type: ignore[arg-type]
        await bot.takes(payload)
    assert not [word for word in ("words", "secret", "xoxb", "Traceback") if word in caplog.text]


async def test_settings_of_bolt_in_the_environment_change_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("BOT_TOKEN", "SIGNING_SECRET", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SLACK_{name}", "of something else")
    async with ears() as bot:
        bot.answer = answers(Acknowledged("hi"))
        assert await bot.takes(slash()) == sentence("hi")
        assert bot.heard == [Slash(Person(TEAM, ADA, "ada"), CHANNEL, "next Marina", TRIGGER, URL)]
        assert await installed("T99", None) is None
        assert caplog.records == []


async def test_the_password_of_a_proxy_is_not_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:secret@proxy.example:3128")
    async with ears() as bot:
        assert await bot.takes(slash()) == ACKNOWLEDGED
    assert "proxy" not in caplog.text
