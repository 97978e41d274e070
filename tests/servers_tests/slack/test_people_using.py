"""What people of the double use, as apps are told of it: buttons, Home, modals, shortcuts.

https://docs.slack.dev/reference/interaction-payloads
"""

import functools

import pytest

from tests.servers.slack.contents import message_content
from tests.servers.slack.people import NotAcknowledged
from tests.servers_tests.slack.people_there import CARD, FIELD, MODAL, Json, plain, talk

# Buttons and menus of messages.


async def test_press_tells_the_button_that_stands_there() -> None:
    async with talk() as it:
        message = it.card()
        await it.ada.press(message, "Bookmark", nth=1)
        [payload] = await it.used()
        assert payload == {
            "type": "block_actions",
            "user": {"id": it.ada.id, "username": "ada", "name": "ada", "team_id": "T1"},
            "api_app_id": it.bot.app.id,
            "token": it.bot.app.verification_token,
            "team": {"id": "T1", "domain": "summit"},
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": payload["trigger_id"],
            "container": {
                "type": "message", "message_ts": message.ts, "channel_id": it.channel.id,
                "is_ephemeral": False,
            },
            "channel": {"id": it.channel.id, "name": "summit"},
            "message": message.as_json(),
            "state": {"values": {
                "a1": {"remind": {"type": "static_select", "selected_option": None}}
            }},
            "response_url": payload["response_url"],
            "actions": [{
                "type": "button", "action_id": "mark", "block_id": "a2",
                "action_ts": payload["actions"][0]["action_ts"],
                "text": plain("Bookmark"), "value": "bookmark 43",
            }],
        }  # fmt: skip


async def test_press_on_an_ephemeral_message_tells_only_its_place() -> None:
    async with talk() as it:
        root = it.bob.says(it.channel, "hello")
        message = it.card(alone=True, thread=root.ts)
        await it.ada.press(message, "mark")
        [payload] = await it.used()
        assert "message" not in payload
        assert payload["container"] == {
            "type": "message", "message_ts": message.ts, "channel_id": it.channel.id,
            "is_ephemeral": True, "thread_ts": root.ts,
        }  # fmt: skip
        assert payload["actions"][0]["value"] == "bookmark 42"


async def test_choice_is_told_and_kept() -> None:
    async with talk() as it:
        message = it.card()
        await it.ada.chooses(message, "Remind me", "10 minutes")
        await it.ada.press(message, "Bookmark")
        chosen, pressed = await it.used()
        option = {"text": plain("10 minutes"), "value": "remind 42 10"}
        assert chosen["actions"] == [{
            "type": "static_select", "action_id": "remind", "block_id": "a1",
            "action_ts": chosen["actions"][0]["action_ts"], "placeholder": plain("Remind me"),
            "selected_option": option,
        }]  # fmt: skip
        assert pressed["state"]["values"]["a1"]["remind"]["selected_option"] == option


async def test_what_is_not_there_cannot_be_pressed_or_chosen() -> None:
    async with talk() as it:
        message = it.card()
        for what, nth in (("Details", 0), ("Bookmark", 2), ("Remind me", 0)):
            with pytest.raises(AssertionError, match="'Bookmark', 'Remind me', 'Bookmark'"):
                await it.ada.press(message, what, nth)
        with pytest.raises(AssertionError, match="5 minutes"):
            await it.ada.chooses(message, "Remind me", "7 minutes")
        it.server.slack.edit(message, message_content({"text": "no buttons"}))
        with pytest.raises(AssertionError, match="but nothing"):
            await it.ada.press(message, "Bookmark")
        it.server.slack.delete(message)
        assert await it.used() == []


async def test_message_of_somebody_else_cannot_be_pressed() -> None:
    async with talk() as it:
        message = it.card(alone=True)
        with pytest.raises(AssertionError, match="somebody else's"):
            await it.bob.press(message, "Bookmark")
        it.server.slack.delete(message)
        with pytest.raises(AssertionError, match="deleted"):
            await it.ada.press(message, "Bookmark")


async def test_press_that_nobody_acknowledges_shows_an_error() -> None:
    async with talk() as it:
        message = it.card()
        it.server.deliveries.lose(it.bot.app)
        await it.server.settled()
        it.server.deliveries.lose(it.bot.app)
        with pytest.raises(NotAcknowledged, match=r"^operation_timeout$"):
            await it.ada.press(message, "Bookmark")
        assert [one["type"] for one in it.heard] == ["events_api"]


async def test_press_without_interactivity_in_the_manifest_goes_nowhere() -> None:
    def change(raw: Json) -> None:
        raw["settings"]["interactivity"] = {"is_enabled": False}
        del raw["features"]["shortcuts"]

    async with talk(change) as it:
        with pytest.raises(AssertionError, match="interactivity"):
            await it.ada.press(it.card(), "Bookmark")


# Home.


async def test_home_is_told_when_it_is_opened_without_a_view_at_first() -> None:
    async with talk() as it:
        assert await it.ada.opens_home() is None
        it.home(*CARD)
        home = await it.ada.opens_home()
        assert home is not None
        first, second = await it.events()
        assert first == {
            "event_ts": first["event_ts"], "type": "app_home_opened", "user": it.ada.id,
            "channel": it.ada.dm.id, "tab": "home",
        }  # fmt: skip
        assert second["view"] == home.as_json()


async def test_press_on_home_tells_the_view_and_has_no_response_url() -> None:
    async with talk() as it:
        it.home(*CARD)
        home = await it.ada.opens_home()
        assert home is not None
        await it.ada.presses_on_home("Bookmark", nth=1)
        [payload] = await it.used()
        assert payload["container"] == {"type": "view", "view_id": home.id}
        assert payload["view"] == home.as_json()
        assert payload["actions"][0]["value"] == "bookmark 43"
        assert not {"response_url", "message", "channel", "state"} & set(payload)


async def test_home_is_waited_for() -> None:
    async with talk() as it:
        it.home(*CARD)
        await it.ada.opens_home()
        it.ada._within = 0.05
        with pytest.raises(AssertionError, match="a change of Home"):
            await it.ada.home_changes()
        it.home(CARD[0])
        assert (await it.ada.home_changes()).payload["blocks"] == [CARD[0]]


# Modals.


async def test_submission_tells_what_was_entered_and_closes_the_modal() -> None:
    async with talk() as it:
        it.modal()
        view = await it.ada.view()
        await it.ada.enters(view, "Minutes", "10")
        assert await it.payloads() == []
        await it.ada.submits()
        [payload] = await it.payloads()
        assert payload["view"]["state"] == {"values": {
            "i1": {"minutes": {"type": "plain_text_input", "value": "10"}},
            "a3": {"remind": {"type": "static_select", "selected_option": None}},
        }}  # fmt: skip
        assert (payload["type"], payload["view"]["callback_id"], payload["response_urls"]) == (
            "view_submission", "settings", [],
        )  # fmt: skip
        assert payload["view"]["private_metadata"] == "kept"
        assert (it.ada.views, view.open) == ([], False)


async def test_field_that_dispatches_is_told_at_once() -> None:
    async with talk() as it:
        it.home({**FIELD, "dispatch_action": True})
        await it.ada.opens_home()
        await it.ada.enters_on_home("minutes", "10")
        [payload] = await it.used()
        [action] = payload["actions"]
        assert (action["type"], action["value"]) == ("plain_text_input", "10")
        assert payload["view"]["state"]["values"]["i1"]["minutes"]["value"] == "10"


async def test_empty_field_is_not_submitted() -> None:
    async with talk() as it:
        it.modal()
        with pytest.raises(AssertionError, match="'Minutes' is to be filled in"):
            await it.ada.submits()
        assert await it.payloads() == []


async def test_errors_stand_beside_the_field_and_the_modal_stays() -> None:
    async with talk() as it:
        it.answer = lambda envelope: {"response_action": "errors", "errors": {"i1": "a number"}}
        it.modal()
        await it.ada.submits({"Minutes": "ten"})
        [view] = it.ada.views
        assert view.errors == {"i1": "a number"}
        it.answer = lambda envelope: None
        await it.ada.submits({"minutes": "10"})
        assert it.ada.views == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"minutes": "no block is called so"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "shut"},
        {"text": "a message"},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
    ],
)
async def test_submission_with_a_broken_answer_fails(answer: Json) -> None:
    async with talk() as it:
        it.answer = lambda envelope: answer
        it.modal()
        with pytest.raises(NotAcknowledged):
            await it.ada.submits({"Minutes": "10"})
        assert len(it.ada.views) == 1


def _says(said: Json, envelope: Json) -> Json:
    return said


async def test_submission_may_update_push_and_clear() -> None:
    async with talk() as it:
        other = {"type": "modal", "title": plain("More"), "submit": plain("Go"), "blocks": [FIELD]}
        it.modal()
        for action, titles in (
            ("update", ["More"]), ("push", ["More", "More"]), ("clear", []),
        ):  # fmt: skip
            said = {"response_action": action, "view": other}
            it.answer = functools.partial(_says, said)
            await it.ada.submits({"Minutes": "10"})
            assert [view.payload["title"]["text"] for view in it.ada.views] == titles


@pytest.mark.parametrize(("notify", "comes"), [(True, ["view_closed"]), (False, [])])
async def test_closing_is_told_to_who_wants_to_know(notify: bool, comes: list[str]) -> None:
    async with talk() as it:
        it.modal({**MODAL, "notify_on_close": notify})
        await it.ada.closes()
        assert [payload["type"] for payload in await it.payloads()] == comes
        assert it.ada.views == []


async def test_closed_modal_cannot_be_used() -> None:
    async with talk() as it:
        it.modal()
        view = await it.ada.view()
        await it.ada.closes()
        with pytest.raises(AssertionError, match="closed"):
            await it.ada.press(view, "Bookmark")
        with pytest.raises(AssertionError, match="closed"):
            await it.ada.submits({"Minutes": "10"}, view)


# Shortcuts.


async def test_message_shortcut_tells_the_message() -> None:
    async with talk() as it:
        message = it.bob.says(it.channel, "see you in Track 1")
        await it.ada.uses_shortcut("bookmark_it", message)
        [payload] = await it.used()
        assert {key: payload[key] for key in ("type", "callback_id", "message_ts", "channel")} == {
            "type": "message_action", "callback_id": "bookmark_it", "message_ts": message.ts,
            "channel": {"id": it.channel.id, "name": "summit"},
        }  # fmt: skip
        assert payload["message"] == message.as_json()
        assert payload["response_url"].startswith(it.server.url + "/app/")


async def test_shortcut_that_no_app_has_cannot_be_used() -> None:
    async with talk() as it:
        message = it.bob.says(it.channel, "hello")
        for callback, on in (("agenda", message), ("bookmark_it", None), ("other", None)):
            with pytest.raises(AssertionError, match="no app has"):
                await it.ada.uses_shortcut(callback, on)
