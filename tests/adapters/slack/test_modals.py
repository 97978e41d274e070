"""Windows over the chat: details of a session, and the shortcut on messages."""

import pytest

from bot.adapters.slack.events import SHORTCUT
from tests.adapters.slack.talking import BOOKMARKED, LATER, NEXT, VOLUME, said, shown, summit
from tests.servers.slack import Delivering, Error
from tests.servers.slack.opened import View
from tests.servers.slack.words import words

OPENVZ = "9:30am–10:25am · OpenVZ Linux Containers · Bayview B · Kir Kolyshkin"
EMPTY = "Your agenda is empty. Press ⭐ Bookmark at a session: I remind you 5 minutes before."
MINE = "Breakout of volume into its own service\n[6] Mon 9:30am–10:25am · Marina"


def texts(view: View) -> list[str]:
    return words(view.payload["blocks"], labels=False)


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_details_are_shown_in_a_window_whose_button_works(mode: str) -> None:
    async with summit(mode) as (place, _):
        card = await place.ada.slash("/summit next Marina", channel=place.channel)
        assert card is not None
        await place.ada.press(card, "Details")
        view = await place.ada.view()
        assert view.payload["title"]["text"] == "Details"
        details = texts(view)
        assert details[0].startswith(MINE)
        assert shown(view) == ["⭐ Bookmark", "Remind me"]
        await place.ada.press(view, "⭐ Bookmark")
        assert (texts(view), shown(view)) == (
            [BOOKMARKED, *details], ["✓ Bookmarked", "Remind me"]
        )  # fmt: skip
        await place.ada.press(view, "✓ Bookmarked")
        assert texts(view) == ["Bookmark removed, no reminder will come.", *details]
        await place.ada.closes(view)
        assert place.ada.views == []


async def test_the_shortcut_bookmarks_the_session_whose_number_a_message_has() -> None:
    async with summit() as (place, _):
        eve = await place.server.person("eve", channels=[place.channel])
        message = eve.says(place.channel, "shall we go to [6]?")
        await place.ada.uses_shortcut(SHORTCUT, message)
        answer = place.ada.sees(place.channel)[-1]
        assert said(answer) == f"{BOOKMARKED}\n[6] Mon {VOLUME}"
        assert answer.seen_only_by is place.ada.user
        assert place.ada.views == []


async def test_the_shortcut_bookmarks_the_session_whose_title_a_message_has() -> None:
    async with summit() as (place, _):
        eve = await place.server.person("eve", channels=[place.channel])
        message = eve.says(place.channel, "I like “Breakout of volume into its own service”")
        await place.ada.uses_shortcut(SHORTCUT, message)
        answer = place.ada.sees(place.channel)[-1]
        assert said(answer) == f"{BOOKMARKED}\n[6] Mon {VOLUME}"


async def test_the_shortcut_lets_people_choose_among_several_sessions() -> None:
    async with summit() as (place, _):
        eve = await place.server.person("eve", channels=[place.channel])
        message = eve.says(place.channel, "[4] or [6]?")
        await place.ada.uses_shortcut(SHORTCUT, message)
        view = await place.ada.view()
        sessions = [
            "Which session did you mean?",
            "OpenVZ Linux Containers\n[4] Mon 9:30am–10:25am · Bayview B · Kir Kolyshkin",
            f"{MINE} · Vishvananda Ishaya",
            "Look for a session",
        ]
        assert texts(view) == sessions
        await place.ada.press(view, "⭐ Bookmark", nth=1)
        assert texts(view) == [BOOKMARKED, *sessions]
        assert shown(view).count("✓ Bookmarked") == 1
        assert said(await place.ada.slash("/summit bookmarks")).startswith("You have 1 bookmark:")


async def test_a_message_without_a_session_leads_to_a_search() -> None:
    async with summit() as (place, _):
        eve = await place.server.person("eve", channels=[place.channel])
        await place.ada.uses_shortcut(SHORTCUT, eve.says(place.channel, "🎉"))
        view = await place.ada.view()
        assert texts(view) == ["Which session is it about?", "Look for a session"]
        await place.ada.submits({"Look for a session": "statsd"})
        assert texts(view)[:2] == [
            "2 sessions about “statsd”",
            "Swift Cluster Monitoring With StatsD\n"
            "[96] Tue 3:30pm–3:55pm · Marina · Darrell Bishop",
        ]
        await place.ada.press(view, "bookmark-96")
        assert "✓ Bookmarked" in shown(view)
        await place.ada.submits({"Look for a session": "zzzzz"})
        assert texts(view) == ["No session mentions “zzzzz”.", "Look for a session"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("[4] or [6]?", ["Which session did you mean?", f"[4] Mon {OPENVZ}", f"[6] Mon {VOLUME}"]),
        ("🎉", ["Find what? Give some words, like ‘/summit find quantum’."]),
        ("zzzzz", ["No session mentions “zzzzz”."]),
    ],
)
async def test_a_shortcut_that_comes_too_late_for_a_window_is_answered_beside_the_message(
    text: str, answer: list[str]
) -> None:
    async with summit() as (place, bot):
        eve = await place.server.person("eve", channels=[place.channel])
        await place.ada.slash("/summit bookmark 4")
        place.server.faults.arm("views.open", Error("expired_trigger_id"))
        await place.ada.uses_shortcut(SHORTCUT, eve.says(place.channel, text))
        assert (await bot.logs("no modal")).values["reason"] == "expired_trigger_id"
        assert place.ada.views == []
        beside = place.ada.sees(place.channel)[-1]
        assert (said(beside).split("\n"), beside.seen_only_by) == (answer, place.ada.user)
        if "[6]" in text:
            assert [what for what in shown(beside) if "Bookmark" in what] == [
                "✓ Bookmarked",
                "⭐ Bookmark",
            ]
            await place.ada.press(beside, "bookmark-6")
            assert said(beside).split("\n")[0] == BOOKMARKED


async def test_details_that_come_too_late_for_a_window_are_shown_in_the_one_that_is_open() -> None:
    async with summit() as (place, _):
        eve = await place.server.person("eve", channels=[place.channel])
        await place.ada.uses_shortcut(SHORTCUT, eve.says(place.channel, "[4] or [6]?"))
        view = await place.ada.view()
        place.server.faults.arm("views.push", Error("expired_trigger_id"))
        await place.ada.press(view, "details-6")
        assert place.ada.views == [view]
        assert texts(view)[0].startswith(MINE)
        await place.ada.press(view, "bookmark-6")
        assert texts(view)[0] == BOOKMARKED


# What lies behind a window.


async def test_a_home_behind_a_window_shows_what_was_done_in_it() -> None:
    async with summit() as (place, _):
        home = await place.ada.opens_home()
        assert home is not None
        await place.ada.enters_on_home("search", "statsd")
        await place.ada.presses_on_home("details-96~found")
        view = await place.ada.view()
        for action, agenda in (("bookmark-96", True), ("bookmark-96", False)):
            await place.ada.press(view, action)
            assert (EMPTY not in texts(home)) == agenda
            assert "2 sessions about “statsd”" in texts(home)


@pytest.mark.parametrize("direct", [True, False])
async def test_a_card_behind_a_window_shows_what_was_done_in_it(direct: bool) -> None:
    async with summit() as (place, _):
        if direct:
            place.ada.tells("next Marina")
            card = await place.ada.reads()
        else:
            ephemeral = await place.ada.slash("/summit next Marina", channel=place.channel)
            assert ephemeral is not None
            card = ephemeral
        await place.ada.press(card, "details-6")
        view = await place.ada.view()
        await place.ada.press(view, "bookmark-6")
        assert said(card) == f"{BOOKMARKED}\n{LATER}"
        await place.ada.press(view, "bookmark-6")
        assert said(card) == f"Bookmark removed, no reminder will come.\n{LATER}"
        await place.ada.press(card, "bookmark-6")
        assert said(card) == f"{BOOKMARKED}\n{LATER}"


async def test_a_card_in_the_direct_chat_is_changed_where_its_response_url_is_used_up() -> None:
    quick = Delivering(retries=(0.0, 0.2, 0.5), response_uses=0)
    async with summit(delivering=quick) as (place, _):
        for direct, first in ((True, BOOKMARKED), (False, NEXT.split("\n")[0])):
            if direct:
                place.ada.tells("next Marina")
                card = await place.ada.reads()
            else:
                ephemeral = await place.ada.slash("/summit next Marina", channel=place.channel)
                assert ephemeral is not None
                card = ephemeral
            await place.ada.press(card, "details-6")
            await place.ada.press(await place.ada.view(), "bookmark-6")
            assert said(card).split("\n")[0] == first
        # What cannot be changed is not said beside it: the window shows it.
        assert place.ada.sees(place.channel) == [card]


async def test_a_shared_card_behind_a_window_stays_as_it_is() -> None:
    async with summit() as (place, _):
        card = await place.ada.slash("/summit share next Marina", channel=place.channel)
        assert card is not None
        await place.ada.press(card, "details-6")
        await place.ada.press(await place.ada.view(), "bookmark-6")
        assert (said(card), len(card.revisions)) == (NEXT, 1)
        assert place.ada.sees(place.channel) == [card]
