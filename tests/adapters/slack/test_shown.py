"""What has been done and cannot be shown is shown in another way, and never said to have failed."""

from collections.abc import Callable

import pytest
from aiohttp import web

from bot.adapters.slack.events import SHORTCUT
from tests.adapters.slack.talking import BOOKMARKED, Place, said, shown, summit
from tests.servers.slack import Drop, Error, Limited
from tests.servers.slack.channels import Message

Trouble = Callable[[], web.HTTPException]


def limited() -> web.HTTPException:
    return web.HTTPTooManyRequests(headers={"Retry-After": "3"})


def away() -> web.HTTPException:
    """Nothing was done: https://docs.slack.dev/reference/methods/chat.postMessage#errors"""
    return web.HTTPBadRequest(text='{"error": "request_timeout"}')


def response_url_fails(place: Place, trouble: Trouble, *, after: bool = False) -> None:
    """At its next use; `after` what was asked for has been done."""
    responses = place.server.responses
    usual = responses._do

    def do(*given: object) -> None:
        responses._do = usual  # type: ignore[method-assign]  # as it was
        if after:
            usual(*given)  # type: ignore[arg-type]  # passed on
        raise trouble()

    responses._do = do  # type: ignore[method-assign,assignment]  # for once


async def bookmarks(place: Place) -> str:
    return said(await place.ada.slash("/summit bookmarks")).split("\n")[0]


async def card_of(place: Place) -> Message:
    card = await place.ada.slash("/summit next Marina", channel=place.channel)
    assert card is not None
    return card


@pytest.mark.parametrize("trouble", [limited, away])
async def test_a_card_that_slack_does_not_change_now_comes_as_another_one(trouble: Trouble) -> None:
    async with summit() as (place, _):
        card = await card_of(place)
        response_url_fails(place, trouble)
        await place.ada.press(card, "bookmark-6")
        answer = await place.ada.reads(place.channel)
        assert said(answer).split("\n")[0] == BOOKMARKED
        assert answer.seen_only_by is place.ada.user
        assert place.ada.sees(place.channel) == [card, answer]


@pytest.mark.parametrize("trouble", [limited, away])
async def test_a_card_in_the_direct_chat_is_changed_in_another_way(trouble: Trouble) -> None:
    async with summit() as (place, _):
        place.ada.tells("next Marina")
        card = await place.ada.reads()
        response_url_fails(place, trouble)
        await place.ada.press(card, "bookmark-6")
        assert said(card).split("\n")[0] == BOOKMARKED
        assert place.ada.unread() == []


async def test_an_ephemeral_card_in_the_direct_chat_comes_as_another_one() -> None:
    async with summit() as (place, _):
        card = await place.ada.slash("/summit next Marina")
        assert card is not None
        response_url_fails(place, limited)
        await place.ada.press(card, "bookmark-6")
        answer = await place.ada.reads()
        assert said(answer).split("\n")[0] == BOOKMARKED


async def test_what_may_have_been_shown_is_not_shown_twice() -> None:
    async with summit() as (place, bot):
        card = await card_of(place)
        response_url_fails(place, web.HTTPInternalServerError, after=True)
        await place.ada.press(card, "bookmark-6")
        assert said(card).split("\n")[0] == BOOKMARKED
        assert place.ada.sees(place.channel) == [card]
        assert (await bot.logs("done, and perhaps not shown")).values["reason"] == "it answers 500"


@pytest.mark.parametrize("fault", [Error("user_not_in_channel"), Limited(3600)])
async def test_what_can_be_shown_nowhere_was_done_all_the_same(fault: Error | Limited) -> None:
    async with summit() as (place, bot):
        card = await card_of(place)
        response_url_fails(place, limited)
        place.server.faults.arm("chat.postEphemeral", fault)
        await place.ada.press(card, "bookmark-6")
        await bot.logs("done, but not shown")
        assert place.ada.sees(place.channel) == [card]
        assert await bookmarks(place) == "You have 1 bookmark:"


async def test_the_shortcut_is_answered_where_its_response_url_takes_nothing_now() -> None:
    async with summit() as (place, _):
        eve = await place.server.person("eve", channels=[place.channel])
        message = eve.says(place.channel, "shall we go to [6]?")
        response_url_fails(place, limited)
        await place.ada.uses_shortcut(SHORTCUT, message)
        assert said(place.ada.sees(place.channel)[-1]).split("\n")[0] == BOOKMARKED


@pytest.mark.parametrize("code", ["not_found", "view_too_large", "hash_conflict"])
async def test_a_modal_that_slack_does_not_change_has_done_what_was_pressed(code: str) -> None:
    async with summit() as (place, bot):
        await place.ada.press(await card_of(place), "details-6")
        view = await place.ada.view()
        place.server.faults.arm("views.update", Error(code))
        await place.ada.press(view, "bookmark-6")
        assert (await bot.logs("done, but not shown")).values["reason"] == code
        assert await bookmarks(place) == "You have 1 bookmark:"


@pytest.mark.parametrize("code", ["view_too_large", "hash_conflict"])
async def test_a_home_that_slack_does_not_change_has_done_what_was_pressed(code: str) -> None:
    async with summit() as (place, bot):
        await place.ada.opens_home()
        place.server.faults.arm("views.publish", Error(code))
        await place.ada.presses_on_home("bookmark-6")
        assert (await bot.logs("done, but not shown")).values["reason"] == code
        assert await bookmarks(place) == "You have 1 bookmark:"


@pytest.mark.parametrize("code", ["invalid_arguments", "view_too_large", "expired_trigger_id"])
async def test_details_that_slack_shows_in_no_modal_are_read_beside_the_card(code: str) -> None:
    async with summit() as (place, bot):
        card = await card_of(place)
        before = said(card)
        place.server.faults.arm("views.open", Error(code))
        await place.ada.press(card, "details-6")
        answer = await place.ada.reads(place.channel)
        assert "Turning nova-volume into" in said(answer)
        assert (said(card), shown(card)[0]) == (before, "⭐ Bookmark")
        if code == "expired_trigger_id":
            assert (await bot.logs("no modal")).values["level"] == "info"
        else:
            assert (await bot.logs("Slack does not open a modal.")).values["code"] == code


async def test_details_that_slack_is_asked_for_too_often_are_read_beside_the_card() -> None:
    async with summit() as (place, _):
        card = await card_of(place)
        place.server.faults.arm("views.open", Limited(30))
        # Of the second one it is known without asking.
        for _ in range(2):
            await place.ada.press(card, "details-6")
            assert "Turning nova-volume into" in said(await place.ada.reads(place.channel))
        assert place.effects("views.open") == 1


async def test_details_that_may_be_in_a_modal_are_not_read_beside_it() -> None:
    async with summit() as (place, _):
        card = await card_of(place)
        place.server.faults.arm("views.open", Drop.AFTER)
        await place.ada.press(card, "details-6")
        assert len(place.ada.views) == 1
        assert place.ada.sees(place.channel) == [card]
