"""Bookmarks and what follows from them: the same on every network."""

import pytest

from tests.adapters.behaviour.network import Ability, Begin, Talk

VOLUME = "9:30am–10:25am · Breakout of volume into its own service · Marina · Vishvananda Ishaya"
BOOKMARKED = ["Bookmarked. I will remind you 5 minutes before, at 9:25am.", f"[6] Mon {VOLUME}"]
PRESS = "Snooze: ‘snooze 6’ · Remove: ‘unbookmark 6’"
COMING_UP = (
    "[8] 10:00am–10:25am · Common configuration patterns · Seacliff AB · Mark McLoughlin",
    "[9] 10:00am–10:25am · Folsom documentation priorities · Seacliff D · Anne Gentle",
)
NOT_BOOKMARKED = "You have not bookmarked “Breakout of volume into its own service”. Yours: "
HAS_ONE = ["You have 1 bookmark:", f"[6] Mon {VOLUME} · reminder at 9:25am"]
HAS_NONE = ["You have no bookmarks yet. Add one by number or title: ‘bookmark 12’"]


async def test_a_reminder_comes_five_minutes_before_and_once(talk: Talk) -> None:
    ada = await talk.comes("ada")
    assert await ada.asks("bookmark 6") == [*BOOKMARKED, *talk.beware]
    talk.bot.go("Monday 9:24")
    await talk.bot.ticks()
    assert await ada.rest() == []
    talk.bot.go("Monday 9:25")
    assert await ada.told() == talk.notice("Starts in 5 minutes:", f"[6] {VOLUME}", PRESS)
    for moment in ("9:26", "9:29", "9:30"):
        talk.bot.go(f"Monday {moment}")
        await talk.bot.ticks()
    assert await ada.rest() == []


async def test_a_session_that_moves_is_told_and_reminded_anew(talk: Talk) -> None:
    ada = await talk.comes("ada")
    await ada.asks("bookmark 6")
    await talk.bot.change(6, at="Monday 11:00", room="Ballroom")
    assert await ada.told() == talk.notice(
        "Moved from Monday 9:30am, Marina to Monday 11:00am, Ballroom,"
        " starts in 1 hour 40 minutes:",
        "[6] Mon 11:00am–11:55am · Breakout of volume into its own service · Ballroom"
        " · Vishvananda Ishaya",
        "Remove: ‘unbookmark 6’",
    )
    talk.bot.go("Monday 9:25")
    await talk.bot.ticks()
    assert await ada.rest() == []
    talk.bot.go("Monday 10:56")
    assert await ada.told() == talk.notice(
        "Starts in 4 minutes:",
        "[6] 11:00am–11:55am · Breakout of volume into its own service · Ballroom"
        " · Vishvananda Ishaya",
        PRESS,
    )


async def test_snoozed_it_comes_again_and_then_no_more(talk: Talk) -> None:
    ada = await talk.comes("ada")
    await ada.asks("bookmark 6")
    talk.bot.go("Monday 9:25")
    await ada.told()
    assert await ada.asks("snooze 6") == [
        "I will remind you again at 9:28am, 2 minutes before it starts.", f"[6] Mon {VOLUME}"
    ]  # fmt: skip
    talk.bot.go("Monday 9:28")
    assert await ada.told() == talk.notice("Starts in 2 minutes:", f"[6] {VOLUME}", PRESS)
    talk.bot.go("Monday 9:29")
    await talk.bot.ticks()
    assert await ada.rest() == []


async def test_without_the_bookmark_nothing_comes(talk: Talk) -> None:
    ada = await talk.comes("ada")
    await ada.asks("bookmark 6")
    assert await ada.asks("unbookmark 6") == [
        "Bookmark removed, no reminder will come.",
        f"[6] Mon {VOLUME}",
    ]
    talk.bot.go("Monday 9:25")
    await talk.bot.ticks()
    assert await ada.rest() == []
    assert await ada.asks("bookmarks") == HAS_NONE


async def test_a_test_reminder_comes_like_the_real_ones(talk: Talk) -> None:
    ada = await talk.comes("ada")
    ada.says("remind test")
    answer = ["A test reminder is on its way: it comes like the real ones.", *talk.beware]
    reminder = talk.notice(
        "This is a test reminder: it has arrived.",
        "Real ones come 5 minutes before a session that you bookmarked.",
    )
    read: list[str] = []
    while len(read) < len(answer) + len(reminder):
        read += await ada.told()
    # It may be faster than the answer.
    assert read in ([*answer, *reminder], [*reminder, *answer])
    assert await ada.rest() == []


async def test_whoever_is_forgotten_is_not_reminded(talk: Talk) -> None:
    ada = await talk.comes("ada")
    await ada.asks("bookmark 6")
    assert await ada.asks("forget me yes") == ["Everything about you is deleted."]
    talk.bot.go("Monday 9:25")
    await talk.bot.ticks()
    assert await ada.rest() == []
    assert await ada.asks("bookmarks") == HAS_NONE


@pytest.mark.needs(Ability.CHANNEL)
async def test_what_is_personal_is_answered_to_the_asker_alone(talk: Talk) -> None:
    ada, mine = await talk.comes("ada"), f"‘{talk.typed_again('bookmarks')}’"
    for text, answer in (
        ("!unbookmark 6", [NOT_BOOKMARKED + mine]),
        ("!bookmark 6", [*BOOKMARKED, *talk.beware]),
        ("summitbot: bookmarks", HAS_ONE),
        ("@summitbot settings plain on", ["No colour and no emphasis any more."]),
    ):
        ada.says_in_channel(text)
        assert await ada.reads(len(answer)) == answer
    assert await ada.rest() == []


@pytest.mark.needs(Ability.CROWD)
async def test_everybody_has_their_own_bookmarks(talk: Talk) -> None:
    ada, bob = await talk.comes("ada"), await talk.comes("bob")
    await ada.asks("bookmark 6")
    assert await bob.asks("bookmarks") == HAS_NONE
    talk.bot.go("Monday 9:25")
    assert await ada.told() == talk.notice("Starts in 5 minutes:", f"[6] {VOLUME}", PRESS)
    assert await bob.rest() == []


@pytest.mark.needs(Ability.MASKS)
async def test_a_restart_keeps_the_bookmarks_of_guests(talk: Talk) -> None:
    ada, bob = await talk.comes("ada"), await talk.comes("bob")
    await ada.asks("bookmark 6")
    await bob.asks("bookmark 6")
    await talk.bot.restart()
    assert await ada.asks("bookmarks") == HAS_ONE
    talk.bot.go("Monday 9:25")
    due = talk.notice("Starts in 5 minutes:", f"[6] {VOLUME}", PRESS)
    assert (await ada.told(), await bob.told()) == (due, due)
    assert (await ada.rest(), await bob.rest()) == ([], [])


@pytest.mark.needs(Ability.POSTS)
async def test_what_comes_up_is_posted_to_the_channel_once(begin: Begin) -> None:
    async with begin(coming_up=["#summit"]) as talk:
        ada = await talk.comes("ada")
        talk.bot.go("Monday 9:54")
        await talk.bot.ticks()
        assert await ada.rest() == []
        talk.bot.go("Monday 9:55")
        posted = talk.post("Starts in 5 minutes:", *COMING_UP)
        assert await ada.reads_in_channel(len(posted)) == posted
        for moment in ("9:56", "9:59", "10:00"):
            talk.bot.go(f"Monday {moment}")
            await talk.bot.ticks()
        assert await ada.rest() == []
