"""Cards that one person alone sees follow what is pressed on them; others stay as they are."""

import pytest

from tests.adapters.slack.talking import (
    BOOKMARKED,
    LATER,
    NEXT,
    REMINDER,
    VOLUME,
    said,
    shown,
    summit,
)
from tests.servers.slack import Delivering, Error

REMOVED = "Bookmark removed, no reminder will come."
PLAIN = ["⭐ Bookmark", "Details", "Remind me"]
MARKED = ["✓ Bookmarked", "Details", "Remind me"]
MINE = f"[6] Mon {VOLUME}"
REMINDED = ["Snooze until 2 minutes before", "Remove", "Details"]
MODES = ["socket", "http"]


@pytest.mark.parametrize("mode", MODES)
async def test_a_card_in_an_ephemeral_answer_follows_its_buttons(mode: str) -> None:
    async with summit(mode) as (place, _):
        ada = place.ada
        card = await ada.slash("/summit next Marina", channel=place.channel)
        assert card is not None
        assert (said(card), shown(card)) == (NEXT, PLAIN)
        await ada.press(card, "⭐ Bookmark")
        assert (said(card), shown(card)) == (f"{BOOKMARKED}\n{LATER}", MARKED)
        await ada.press(card, "✓ Bookmarked")
        assert (said(card), shown(card)) == (f"{REMOVED}\n{LATER}", PLAIN)
        await ada.press(card, "⭐ Bookmark")
        assert (said(card), shown(card)) == (f"{BOOKMARKED}\n{LATER}", MARKED)
        assert ada.sees(place.channel) == [card]


async def test_a_card_in_the_direct_chat_follows_its_buttons() -> None:
    async with summit() as (place, _):
        ada = place.ada
        ada.tells("next Marina")
        card = await ada.reads()
        assert (said(card), shown(card)) == (NEXT, PLAIN)
        await ada.press(card, "⭐ Bookmark")
        assert (said(card), shown(card)) == (f"{BOOKMARKED}\n{LATER}", MARKED)
        await ada.press(card, "✓ Bookmarked")
        assert (said(card), shown(card)) == (f"{REMOVED}\n{LATER}", PLAIN)


async def test_a_shared_card_stays_as_it_is_and_whoever_presses_is_answered_alone() -> None:
    async with summit() as (place, _):
        ada, eve = place.ada, await place.server.person("eve", channels=[place.channel])
        card = await ada.slash("/summit share next Marina", channel=place.channel)
        assert card is not None
        assert (said(card), shown(card), card.seen_only_by) == (NEXT, PLAIN, None)
        await eve.press(card, "⭐ Bookmark")
        answer = await eve.reads(place.channel)
        assert answer is card
        answer = await eve.reads(place.channel)
        assert (said(answer), shown(answer)) == (f"{BOOKMARKED}\n{MINE}", MARKED)
        assert answer.seen_only_by is eve.user
        assert (said(card), shown(card), len(card.revisions)) == (NEXT, PLAIN, 1)
        assert ada.sees(place.channel) == [card]
        await eve.press(answer, "✓ Bookmarked")
        assert said(answer) == f"{REMOVED}\n{MINE}"


async def test_a_card_in_a_thread_is_answered_in_the_thread() -> None:
    async with summit() as (place, _):
        question = place.ada.says(place.channel, "@bot next Marina")
        card = await place.ada.reads(place.channel)
        assert card.thread_ts == question.ts
        await place.ada.press(card, "⭐ Bookmark")
        answer = await place.ada.reads(place.channel)
        assert (answer.thread_ts, answer.seen_only_by) == (question.ts, place.ada.user)
        assert said(answer) == f"{BOOKMARKED}\n{MINE}"


async def test_minutes_are_chosen_from_a_menu() -> None:
    async with summit(at="Monday 9:00") as (place, bot):
        card = await place.ada.slash("/summit next Marina", channel=place.channel)
        assert card is not None
        await place.ada.chooses(card, "Remind me", "10 minutes before")
        assert said(card).split("\n")[0] == (
            "Bookmarked. I will remind you 10 minutes before, at 9:20am."
        )
        assert shown(card) == MARKED
        bot.go("Monday 9:20")
        reminder = await place.ada.reads()
        assert said(reminder).split("\n")[0] == "Starts in 10 minutes:"


async def test_a_reminder_is_snoozed_and_removed_by_its_buttons() -> None:
    async with summit() as (place, bot):
        ada = place.ada
        await ada.slash("/summit bookmark 6", channel=place.channel)
        bot.go("Monday 9:25")
        reminder = await ada.reads()
        assert (said(reminder), shown(reminder)) == (REMINDER, REMINDED)
        await ada.press(reminder, REMINDED[0])
        again = "I will remind you again at 9:28am, 2 minutes before it starts."
        later = REMINDER.replace("in 5 minutes", "at 9:30am")
        assert (said(reminder), shown(reminder)) == (f"{again}\n{later}", REMINDED)
        await ada.press(reminder, "Remove")
        *lines, _ = later.split("\n")
        left = "\n".join([REMOVED, *lines, "Bookmark: ‘bookmark 6’"])
        assert (said(reminder), shown(reminder)) == (left, ["⭐ Bookmark", "Details"])
        bot.go("Monday 9:28")
        await bot.ticks()
        assert ada.sees() == [reminder]


async def test_details_are_read_beside_the_card_where_it_is_too_late_for_a_window() -> None:
    async with summit() as (place, bot):
        card = await place.ada.slash("/summit next Marina", channel=place.channel)
        assert card is not None
        place.server.faults.arm("views.open", Error("expired_trigger_id"))
        await place.ada.press(card, "Details")
        answer = await place.ada.reads(place.channel)
        assert said(answer).startswith(f"{MINE}\nTurning nova-volume into")
        assert answer.seen_only_by is place.ada.user
        assert place.ada.views == []
        assert (await bot.logs("no modal")).values["reason"] == "expired_trigger_id"
        assert (said(card), shown(card)) == (NEXT, PLAIN)


async def test_where_a_response_url_takes_nothing_more_the_bot_says_it_itself() -> None:
    quick = Delivering(retries=(0.0, 0.2, 0.5), response_uses=0)
    async with summit(delivering=quick) as (place, _):
        ada = place.ada
        # What one alone sees cannot be changed in another way.
        card = await ada.slash("/summit next Marina", channel=place.channel)
        assert card is not None
        await ada.press(card, "⭐ Bookmark")
        answer = await ada.reads(place.channel)
        assert (said(answer), answer.seen_only_by) == (f"{BOOKMARKED}\n{LATER}", ada.user)
        assert shown(answer) == MARKED
        # In the direct chat it can.
        ada.tells("next Marina")
        card = await ada.reads()
        await ada.press(card, "✓ Bookmarked")
        assert (said(card), shown(card)) == (f"{REMOVED}\n{LATER}", PLAIN)
        # Beside what all see it is said to the presser alone.
        shared = await ada.slash("/summit share next Marina", channel=place.channel)
        assert shared is not None
        await ada.press(shared, "⭐ Bookmark")
        answer = await ada.reads(place.channel)
        assert (said(answer), answer.seen_only_by) == (f"{BOOKMARKED}\n{MINE}", ada.user)


async def test_what_is_private_is_shown_to_the_asker_alone_even_if_it_is_to_be_shared() -> None:
    async with summit() as (place, _):
        eve = await place.server.person("eve", channels=[place.channel])
        answer = await place.ada.slash("/summit share bookmark 6", channel=place.channel)
        assert answer is not None
        assert (said(answer), answer.seen_only_by) == (f"{BOOKMARKED}\n{MINE}", place.ada.user)
        place.ada.says(place.channel, "@bot bookmarks")
        answer = await place.ada.reads(place.channel)
        assert said(answer) == f"You have 1 bookmark:\n{MINE} · reminder at 9:25am"
        assert answer.seen_only_by is place.ada.user
        assert [m.text for m in eve.sees(place.channel) if m.author is not place.ada.user] == []


async def test_what_cannot_be_shared_is_said_to_whoever_wanted_to_share_it() -> None:
    async with summit() as (place, _):
        for line, answer in (
            ("share", "Add what everybody here shall see, like ‘/summit share next’."),
            ("share nxt", "I do not know “nxt”. Did you mean ‘/summit next’?"),
        ):
            said_to_ada = await place.ada.slash(f"/summit {line}", channel=place.channel)
            assert said_to_ada is not None
            assert (said(said_to_ada), said_to_ada.seen_only_by) == (answer, place.ada.user)
        assert place.channel.messages == []


async def test_a_question_is_replaced_by_what_was_done() -> None:
    async with summit() as (place, _):
        await place.ada.slash("/summit bookmark 6", channel=place.channel)
        question = await place.ada.slash("/summit forget me", channel=place.channel)
        assert question is not None
        assert shown(question) == ["Delete everything"]
        await place.ada.press(question, "Delete everything")
        assert (said(question), shown(question)) == ("Everything about you is deleted.", [])


async def test_a_long_answer_still_has_all_its_sessions_after_a_press() -> None:
    async with summit(at="Monday 11:05", private_lines=20) as (place, _):
        card = await place.ada.slash("/summit now")
        assert card is not None
        before = said(card).split("\n")
        assert len(before) == 7
        await place.ada.press(card, "⭐ Bookmark", nth=2)
        first, *lines = said(card).split("\n")
        assert (first.split(".")[0], lines) == ("Bookmarked", before)
        assert shown(card).count("✓ Bookmarked") == 1


async def test_what_comes_up_is_bookmarked_in_the_channel_where_it_is_posted() -> None:
    async with summit(coming_up=["C07"]) as (place, bot):
        bot.go("Monday 9:25")
        post = await place.ada.reads(place.channel)
        before = said(post)
        assert before.split("\n")[0] == "Starts in 5 minutes:"
        await place.ada.press(post, "bookmark-6")
        answer = await place.ada.reads(place.channel)
        assert (said(answer).split("\n")[1], answer.seen_only_by) == (MINE, place.ada.user)
        assert (said(post), len(post.revisions)) == (before, 1)


async def test_the_rest_of_a_long_answer_comes_where_the_answer_was() -> None:
    async with summit(at="Monday 11:05", lines=4, private_lines=4) as (place, bot):
        ada, channel = place.ada, place.channel
        for first, rest in (
            ("/summit share now", "/summit share more"), ("/summit now", "/summit more"),
        ):  # fmt: skip
            answer = await ada.slash(first, channel=channel)
            assert said(answer).split("\n")[-1] == f"… 4 more sessions: ‘{rest}’"
            more = await ada.slash(rest, channel=channel)
            assert [line[:4] for line in said(more).split("\n")] == ["[13]", "[11]", "[15]", "[14]"]
            assert answer is not None
            assert more is not None
            assert answer.seen_only_by is more.seen_only_by
        for number in (24, 25, 26, 27, 28, 29):
            await ada.slash(f"/summit bookmark {number}")
        ada.says(channel, "@bot bookmarks")
        await bot.ticks()
        await place.settled()
        private = ada.sees(channel)[-1]
        assert (private.thread_ts, private.seen_only_by) == (None, ada.user)
        assert said(private).split("\n")[-1] == "… 4 more sessions: ‘/summit more’"
        assert len(said(await ada.slash("/summit more", channel=channel)).split("\n")) == 4


async def test_what_is_private_is_answered_where_the_question_was() -> None:
    async with summit() as (place, _):
        ada, channel = place.ada, place.channel
        await ada.slash("/summit bookmark 6")
        question = ada.says(channel, "@bot bookmarks")
        answer = await ada.reads(channel)
        assert (answer.thread_ts, answer.seen_only_by) == (None, ada.user)
        # In a thread there are others already.
        ada.says(channel, "@bot bookmarks", thread=question.ts)
        answer = await ada.reads(channel)
        assert (answer.thread_ts, answer.seen_only_by) == (question.ts, ada.user)


async def test_a_press_leaves_the_rest_of_the_answer() -> None:
    async with summit(at="Monday 11:05", private_lines=4) as (place, _):
        card = await place.ada.slash("/summit now")
        assert card is not None
        await place.ada.press(card, "bookmark-12")
        await place.ada.press(card, "details-16")
        await place.ada.press(await place.ada.view(), "bookmark-16")
        await place.ada.opens_home()
        more = await place.ada.slash("/summit more")
        assert [line[:4] for line in said(more).split("\n")] == ["[13]", "[11]", "[15]", "[14]"]


async def test_what_is_private_shows_its_state_even_if_it_is_to_be_shared() -> None:
    async with summit() as (place, _):
        shared = await place.ada.slash("/summit share bookmark 6", channel=place.channel)
        alone = await place.ada.slash("/summit bookmark 6", channel=place.channel)
        assert shared is not None
        assert alone is not None
        assert shown(shared) == shown(alone)
        assert "⭐ Bookmark" not in shown(shared)


@pytest.mark.parametrize("direct", [True, False])
async def test_the_rest_of_an_answer_comes_beside_it_when_its_button_is_pressed(
    direct: bool,
) -> None:
    async with summit(at="Monday 11:05", private_lines=4) as (place, _):
        ada, channel = place.ada, None if direct else place.channel
        if direct:
            ada.tells("now")
            card = await ada.reads()
        else:
            ephemeral = await ada.slash("/summit now", channel=channel)
            assert ephemeral is not None
            card = ephemeral
        before = said(card)
        await ada.press(card, "Show 4 more")
        rest = await ada.reads(channel)
        assert [line[:4] for line in said(rest).split("\n")] == ["[13]", "[11]", "[15]", "[14]"]
        await ada.press(card, "Show 4 more")
        assert said(await ada.reads(channel)).startswith("There is nothing more to show.")
        assert said(card) == before


async def test_what_was_meant_is_a_button_whose_answer_comes_beside() -> None:
    async with summit() as (place, _):
        place.ada.tells("nxt marina")
        question = await place.ada.reads()
        before = said(question)
        assert shown(question) == ["next marina"]
        await place.ada.press(question, "next marina")
        assert said(await place.ada.reads()) == NEXT
        assert said(question) == before


async def test_a_menu_never_shows_a_card_that_it_does_not_stand_on() -> None:
    async with summit(at="Monday 9:00") as (place, _):
        place.ada.tells("next Marina")
        card = await place.ada.reads()
        bookmark, _, menu = card.blocks[-1]["elements"]
        # As it was written by another version of the bot.
        bookmark["value"] = "bookmark 4\n[[4,1]]"
        for option in menu["options"]:
            option["value"] = option["value"].split("\n")[0]
        before = said(card)
        await place.ada.chooses(card, "Remind me", "10 minutes before")
        answer = await place.ada.reads()
        assert said(answer) == (
            f"Bookmarked. I will remind you 10 minutes before, at 9:20am.\n{MINE}"
        )
        assert said(card) == before
