"""Modals and the Home tab over the Web API."""

from typing import Any

import pytest

from tests.servers.slack.changes import Change, Opened, Published, Updated
from tests.servers.slack.errors import Refused
from tests.servers.slack.views import check_view
from tests.servers_tests.slack.calling import calling, home, modal, plain, section

INPUT = {"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}}


async def test_a_modal_is_opened_with_a_trigger() -> None:
    async with calling() as at:
        changes: list[Change] = []
        at.server.slack.watchers.append(changes.append)
        view = modal(section(block_id="b"), private_metadata="m", callback_id="c")
        answer = await at.client.views_open(trigger_id=at.trigger(), view=view)
        [opened] = at.ada.modals[at.app.id]
        assert answer["view"] == opened.as_json() == {
            "id": opened.id, "team_id": "T01", "type": "modal",
            "blocks": [section(block_id="b")], "private_metadata": "m", "callback_id": "c",
            "state": {"values": {}}, "hash": opened.hash, "clear_on_close": False,
            "notify_on_close": False, "root_view_id": opened.id, "previous_view_id": None,
            "app_id": at.app.id, "external_id": "", "app_installed_team_id": "T01",
            "bot_id": at.installed.bot_id, "title": plain("Details"), "close": None,
            "submit": None,
        }  # fmt: skip
        assert changes == [Opened(opened)]


async def test_a_trigger_lives_for_three_seconds() -> None:
    async with calling() as at:
        trigger = at.trigger()
        at.clock.advance(3)
        await at.client.views_open(trigger_id=trigger, view=modal())
        late = at.trigger()
        at.clock.advance(3.1)
        given = {"trigger_id": late, "view": modal()}
        assert await at.refused("views.open", **given) == "expired_trigger_id"


async def test_a_trigger_is_used_once_and_by_its_app() -> None:
    async with calling() as at:
        trigger = at.trigger()
        await at.client.views_open(trigger_id=trigger, view=modal())
        given = {"trigger_id": trigger, "view": modal()}
        assert await at.refused("views.open", **given) == "exchanged_trigger_id"
        given = {"trigger_id": "1.2.x", "view": modal()}
        assert await at.refused("views.open", **given) == "invalid_trigger_id"
        other = at.server.slack.create_app({"display_information": {"name": "Other"}})
        theirs = at.server.slack.issue_trigger(other, at.team, at.ada)
        given = {"trigger_id": theirs, "view": modal()}
        assert await at.refused("views.open", **given) == "invalid_trigger_id"


async def test_a_view_that_is_refused_leaves_the_trigger_alone() -> None:
    async with calling() as at:
        trigger = at.trigger()
        given = {"trigger_id": trigger, "view": modal(title=plain("x" * 25))}
        assert await at.refused("views.open", **given) == "invalid_arguments"
        await at.client.views_open(trigger_id=trigger, view=modal())


async def test_modals_lie_on_each_other_three_deep() -> None:
    async with calling() as at:
        given = {"trigger_id": at.trigger(), "view": modal()}
        assert await at.refused("views.push", **given) == "not_found"
        await at.client.views_open(trigger_id=at.trigger(), view=modal())
        for _ in range(2):
            answer = await at.client.views_push(trigger_id=at.trigger(), view=modal())
        stack = at.ada.modals[at.app.id]
        assert (answer["view"]["root_view_id"], answer["view"]["previous_view_id"]) == (
            stack[0].id, stack[1].id,
        )  # fmt: skip
        given = {"trigger_id": at.trigger(), "view": modal()}
        assert await at.refused("views.push", **given) == "push_limit_reached"
        at.server.slack.close_view(stack[2])
        assert [one.open for one in stack] == [True, True]
        await at.client.views_open(trigger_id=at.trigger(), view=modal())
        assert len(at.ada.modals[at.app.id]) == 1


async def test_a_modal_is_changed_unless_it_has_changed_meanwhile() -> None:
    async with calling() as at:
        changes: list[Change] = []
        answer = await at.client.views_open(trigger_id=at.trigger(), view=modal())
        id, hash = answer["view"]["id"], answer["view"]["hash"]
        at.server.slack.watchers.append(changes.append)
        await at.client.views_update(view_id=id, hash=hash, view=modal(section(block_id="b")))
        [view] = at.ada.modals[at.app.id]
        assert (view.payload["blocks"], changes) == ([section(block_id="b")], [Updated(view)])
        given = {"view_id": id, "hash": hash, "view": modal()}
        assert await at.refused("views.update", **given) == "hash_conflict"
        at.server.slack.close_view(view)
        given = {"view_id": id, "view": modal()}
        assert await at.refused("views.update", **given) == "not_found"
        given = {"view_id": "V99", "view": modal()}
        assert await at.refused("views.update", **given) == "not_found"
        assert await at.refused("views.update", view=modal()) == "invalid_arguments"


async def test_an_external_id_is_given_once() -> None:
    async with calling() as at:
        open, view = at.client.views_open, modal(external_id="mine")
        await open(trigger_id=at.trigger(), view=modal(external_id="other"))
        first = await at.client.views_push(trigger_id=at.trigger(), view=view)
        given = {"trigger_id": at.trigger(), "view": view}
        assert await at.refused("views.push", **given) == "duplicate_external_id"
        changed = await at.client.views_update(external_id="mine", view=view)
        assert changed["view"]["id"] == first["view"]["id"]
        at.server.slack.close_view(at.ada.modals[at.app.id][0])
        given = {"external_id": "mine", "view": view}
        assert await at.refused("views.update", **given) == "not_found"
        again = await open(trigger_id=at.trigger(), view=view)
        changed = await at.client.views_update(external_id="mine", view=view)
        assert changed["view"]["id"] == again["view"]["id"]


async def test_a_trigger_is_of_one_workspace() -> None:
    async with calling() as at:
        trigger = at.trigger()
        at.client = at.client_of(at.app.install(at.server.slack.create_workspace()).bot_token)
        given = {"trigger_id": trigger, "view": modal()}
        assert await at.refused("views.open", **given) == "invalid_trigger_id"


async def test_the_home_tab_is_published_for_one_person() -> None:
    async with calling() as at:
        changes: list[Change] = []
        at.server.slack.watchers.append(changes.append)
        publish = at.client.views_publish
        given = {"user_id": "U01", "hash": "1.x", "view": home()}
        assert await at.refused("views.publish", **given) == "hash_conflict"
        first = await publish(user_id="U01", view=home(section(block_id="a")))
        shown = at.ada.home[at.app.id]
        assert (shown.type, changes) == ("home", [Published(shown)])
        hash = first["view"]["hash"]
        second = await publish(user_id="U01", hash=hash, view=home(section(block_id="b")))
        assert second["view"]["id"] == first["view"]["id"] == shown.id
        assert [one["blocks"][0]["block_id"] for one in shown.revisions] == ["a", "b"]
        given = {"user_id": "U01", "hash": hash, "view": home()}
        assert await at.refused("views.publish", **given) == "hash_conflict"


@pytest.mark.parametrize("user", ["U99", "U02", "U03"])
async def test_nobody_else_has_a_home_tab(user: str) -> None:
    async with calling() as at:
        at.team.add_user("robot", id="U02").is_bot = True
        at.server.slack.deactivate(at.team.add_user("gone", id="U03"))
        given = {"user_id": user, "view": home()}
        assert await at.refused("views.publish", **given) == "invalid_arguments"


async def test_the_home_tab_has_to_be_enabled() -> None:
    def change(made: dict[str, Any]) -> None:
        made["features"]["app_home"]["home_tab_enabled"] = False

    async with calling(change=change) as at:
        given = {"user_id": "U01", "view": home()}
        assert await at.refused("views.publish", **given) == "not_enabled"


@pytest.mark.parametrize(
    ("allowed", "refused", "problem"),
    [
        (modal(title=plain("x" * 24)), modal(title=plain("x" * 25)),
         "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(close=plain("x" * 24)), modal(close=plain("x" * 25)),
         "must be less than 25 characters [json-pointer:/view/close/text]"),
        (modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25)),
         "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (home(private_metadata="x" * 3000), home(private_metadata="x" * 3001),
         "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (home(callback_id="x" * 255), home(callback_id="x" * 256),
         "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (home(external_id="x" * 255), home(external_id="x" * 256),
         "must be less than 256 characters [json-pointer:/view/external_id]"),
        (modal(*[section()] * 100), modal(*[section()] * 101),
         "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (home(), home(title=plain("x")), "invalid additional property: title [json-pointer:/view]"),
        (modal(), {"type": "modal", "blocks": []},
         "missing required field: title [json-pointer:/view]"),
        (home(), {"type": "home"}, "missing required field: blocks [json-pointer:/view]"),
        (home(), {"type": "tab", "blocks": []}, "unsupported type: tab [json-pointer:/view/type]"),
        (modal(INPUT, submit=plain("Go")), modal(INPUT),
         "missing required field: submit [json-pointer:/view]"),
        (modal(section("x")), modal(section("")),
         "must be more than 0 characters [json-pointer:/view/blocks/0/text/text]"),
        (modal(), "modal", "must provide an object [json-pointer:/view]"),
    ],
)  # fmt: skip
def test_a_view_has_its_limits(allowed: Any, refused: Any, problem: str) -> None:
    check_view(allowed)
    with pytest.raises(Refused) as caught:
        check_view(refused)
    assert caught.value.body() == {
        "ok": False, "error": "invalid_arguments", "errors": [problem],
        "response_metadata": {"messages": [f"[ERROR] {problem}"]},
    }  # fmt: skip


def test_a_modal_may_say_that_it_has_no_buttons() -> None:
    view = modal(section(block_id="b"), close=None, submit=None)
    assert check_view(view) == view


def test_a_view_of_another_surface_is_refused() -> None:
    with pytest.raises(Refused, match="invalid_arguments"):
        check_view(home(), ("modal",))


def test_a_view_of_more_than_250_kilobytes_is_too_large() -> None:
    blocks = [section("x" * 2600) for _ in range(100)]
    with pytest.raises(Refused, match="view_too_large"):
        check_view(home(*blocks))
