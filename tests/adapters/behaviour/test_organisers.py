"""What organisers change and announce reaches everybody concerned once, and only they can do it:
the same on every network."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.patience import Patience
from tests.adapters.behaviour.network import Ability, Begin, Someone, Talk

TITLE = "Breakout of volume into its own service"
LEAD = "Vishvananda Ishaya"
VOLUME = f"[6] Mon 9:30am–10:25am · {TITLE} · Marina · {LEAD}"
THERE = f"11:00am–11:55am · {TITLE} · Ballroom · {LEAD} · changed live"
DRILL = "2:30pm–2:45pm · Fire drill · Ballroom · added live"
PRESS = "Snooze: ‘snooze {0}’ · Remove: ‘unbookmark {0}’".format
REMOVE = "Remove: ‘unbookmark 6’"
BRING = "Bring a laptop!"
TO_ALL = ("Announcement from the organisers:", BRING)
ABOUT = (*TO_ALL, VOLUME)
ONLY = "Sorry, only the organisers of the event can do that."
REFUSED = f"{ONLY} What you can ask: ‘help’."
NOT_REMOVED = f"{ONLY} A bookmark is removed with ‘unbookmark 6’."
ORDERS = {
    "move 6 Ballroom 11:00": REFUSED,
    "cancel 6": NOT_REMOVED,
    "restore 6": REFUSED,
    "withdraw 6": REFUSED,
    'add "Fire drill" Ballroom 14:30 15m': REFUSED,
    f"announce {BRING}": REFUSED,
    f"announce 6 {BRING}": REFUSED,
    "status": REFUSED,
}  # fmt: skip
IMPATIENT = Patience(
    lease=timedelta(seconds=2), sending=timedelta(seconds=1.8), posting=timedelta(seconds=1.8)
)
"""So that what a process that was killed had begun is done again in seconds, not in a minute."""


@pytest.fixture
async def talk(begin: Begin) -> AsyncIterator[Talk]:
    """A talk in which Ada is an organiser."""
    async with begin(organisers=["ada"], patience=IMPATIENT) as talk:
        yield talk


@pytest.mark.needs(Ability.PROOF, Ability.CROWD, Ability.CHANNEL)
async def test_a_move_is_told_once_and_holds_for_all(talk: Talk) -> None:
    ada, bob = await talk.comes("ada"), await talk.comes("bob")
    await bob.asks("bookmark 6")
    ada.says_in_channel("!move 6 Ballroom 11:00")
    assert await ada.reads(3) == [
        "Moved from Monday 9:30am, Marina to Monday 11:00am, Ballroom."
        " Those who bookmarked it are told.",
        f"[6] Mon {THERE}",
        f"Undo: ‘{talk.typed_again('withdraw 6')}’",
    ]
    assert await bob.told() == talk.notice(
        "Moved from Monday 9:30am, Marina to Monday 11:00am, Ballroom,"
        " starts in 1 hour 40 minutes:",
        f"[6] Mon {THERE}",
        REMOVE,
    )
    for moment in ("9:25", "10:54"):
        talk.bot.go(f"Monday {moment}")
        await talk.bot.ticks()
    assert (await ada.rest(), await bob.rest()) == ([], [])
    await talk.bot.restart()
    assert await bob.asks("next Ballroom") == [
        "Next in Ballroom, at 11:00am, in 6 minutes:", f"[6] {THERE}"
    ]  # fmt: skip
    talk.bot.go("Monday 10:56")
    assert await bob.told() == talk.notice("Starts in 4 minutes:", f"[6] {THERE}", PRESS(6))
    talk.bot.go("Monday 11:05")
    assert await bob.asks("now Ballroom") == ["On now in Ballroom:", f"[6] {THERE}"]
    assert (await bob.asks("info 6"))[0] == f"[6] Mon {THERE} · on now"
    assert (await ada.rest(), await bob.rest()) == ([], [])


@pytest.mark.needs(Ability.PROOF)
async def test_what_is_cancelled_restored_withdrawn_and_added_is_told(talk: Talk) -> None:
    ada, network = await talk.comes("ada"), talk.bot.adapter.network
    await ada.asks("bookmark 6")
    moved = f"{VOLUME.replace('Marina', 'Ballroom')} · changed live"
    there = talk.notice("Moved from Marina to Ballroom, starts in 10 minutes:", moved, REMOVE)
    await both(ada, "move 6 Ballroom", there,
        "Moved from Marina to Ballroom. Those who bookmarked it are told.",
        moved, "Undo: ‘withdraw 6’",
    )  # fmt: skip
    cancelled = moved.replace("· changed", "· CANCELLED · changed")
    off = talk.notice("Cancelled, it will not take place:", cancelled, REMOVE)
    await both(ada, "cancel 6", off,
        "Cancelled. Those who bookmarked it are told.", cancelled, "Undo: ‘restore 6’",
    )  # fmt: skip
    assert await ada.asks("status") == [
        "The schedule stays as it was read: no source is followed.",
        "1 session is changed live:",
        f"{cancelled} · published: Marina, not cancelled",
        "To let what is published hold again: ‘withdraw 6’",
        f"{network}: no reminders within a day.",
    ]
    on = talk.notice("Back on the programme, starts in 10 minutes:", moved, REMOVE)
    await both(ada, "restore 6", on,
        "It takes place after all. Those who bookmarked it are told.", moved, "Undo: ‘cancel 6’",
    )  # fmt: skip
    again = talk.notice("Moved from Ballroom to Marina, starts in 10 minutes:", VOLUME, REMOVE)
    await both(ada, "withdraw 6", again,
        "As published again. Those who bookmarked it are told.", VOLUME,
    )  # fmt: skip
    assert await ada.asks('add "Fire drill" Ballroom 14:30 15m') == [
        "Added. Nobody is told of it; to tell people: ‘announce 160 This is new’",
        f"[160] Mon {DRILL}", "Undo: ‘cancel 160’"
    ]  # fmt: skip
    assert await ada.asks("find drill") == ["1 session about “drill”:", f"[160] Mon {DRILL}"]
    assert await ada.asks("bookmark 160") == [
        "Bookmarked. I will remind you 5 minutes before, at 2:25pm.", f"[160] Mon {DRILL}",
        *talk.beware,
    ]  # fmt: skip
    talk.bot.go("Monday 14:25")
    assert await ada.told() == talk.notice("Starts in 5 minutes:", f"[160] {DRILL}", PRESS(160))
    assert await ada.rest() == []


@pytest.mark.needs(Ability.PROOF, Ability.CROWD, Ability.CHANNEL, Ability.POSTS)
async def test_an_announcement_reaches_the_channel_and_whom_it_concerns_once(talk: Talk) -> None:
    ada, bob, carl = [await talk.comes(name) for name in ("ada", "bob", "carl")]
    channel = f"1 channel on {talk.bot.adapter.network}"
    await bob.asks("bookmark 6")
    ada.says(f"announce {BRING}")
    assert await ada.reads(2) == [f"Announced, to {channel}:", BRING]
    for each in (ada, bob, carl):
        assert await each.reads_in_channel(len(talk.post(*TO_ALL))) == talk.post(*TO_ALL)
    ada.says(f"announce 6 {BRING}")
    assert await ada.reads(4) == [
        f"Announced, to {channel} and to each person who bookmarked this session:", VOLUME, BRING,
        "If no session was meant: put the text in quotation marks, like"
        " ‘announce \"3 seats are left\"’.",
    ]  # fmt: skip
    for each in (ada, bob, carl):
        assert await each.reads_in_channel(len(talk.post(*ABOUT))) == talk.post(*ABOUT)
    assert await bob.told() == talk.notice(*ABOUT)
    await talk.bot.ticks()
    await talk.bot.restart()
    await talk.bot.ticks()
    assert [await each.rest() for each in (ada, bob, carl)] == [[], [], []]


@pytest.mark.needs(Ability.PROOF, Ability.CROWD, Ability.POSTS)
async def test_killed_before_it_has_told_anybody_all_are_told_once(talk: Talk) -> None:
    ada, bob, carl = [await talk.comes(name) for name in ("ada", "bob", "carl")]
    for each in (bob, carl):
        await each.asks("bookmark 6")
    async with talk.bot.killed(after="apply"):
        ada.says(f"announce 6 {BRING}")
    await talk.bot.start()
    for each in (bob, carl):
        assert await each.told() == talk.notice(*ABOUT)
        assert await each.reads_in_channel(len(talk.post(*ABOUT))) == talk.post(*ABOUT)
    await talk.bot.ticks()
    assert [await each.rest() for each in (bob, carl)] == [[], []]


@pytest.mark.needs(Ability.PROOF, Ability.CROWD, Ability.POSTS, Ability.ONCE, Ability.AGAIN)
async def test_what_may_have_been_told_and_what_comes_again_is_told_once(talk: Talk) -> None:
    ada, bob = await talk.comes("ada"), await talk.comes("bob")
    await bob.asks("bookmark 6")
    async with talk.bot.killed(before="settle"):
        ada.says(f"announce 6 {BRING}")
    await talk.bot.start()
    assert await bob.told() == talk.notice(*ABOUT)
    assert await bob.reads_in_channel(len(talk.post(*ABOUT))) == talk.post(*ABOUT)
    await talk.bot.logs("told")
    await talk.bot.logs("posted")
    await ada.reads(4)
    await ada.comes_again()
    await talk.bot.ticks()
    assert await ada.reads_in_channel(len(talk.post(*ABOUT))) == talk.post(*ABOUT)
    assert (await ada.rest(), await bob.rest()) == ([], [])


@pytest.mark.needs(Ability.CROWD, Ability.CHANNEL)
async def test_nobody_else_can_do_it_whatever_they_are_called(talk: Talk) -> None:
    bob, eve = await talk.comes("bob"), await talk.comes_as_if("ada")
    await bob.asks("bookmark 6")
    for each in (bob, eve):
        for order in ORDERS:
            each.says(order)
        assert await each.rest() == [refused + talk.proof for refused in ORDERS.values()]
    eve.says_in_channel(f"!announce {BRING}")
    refused = REFUSED.replace("help", talk.typed_again("help"))
    assert await eve.reads() == [refused + talk.proof]
    await talk.bot.ticks()
    assert (await bob.asks("info 6"))[0] == VOLUME
    assert await eve.asks("info 160") == [
        "There is no session 160. The numbers stand in brackets in ‘agenda’."
    ]
    assert (await bob.rest(), await eve.rest()) == ([], [])


@pytest.mark.needs(Ability.LOGOUT)
async def test_who_has_logged_out_is_nobody_in_particular(talk: Talk) -> None:
    ada = await talk.comes("ada")
    assert (await ada.asks("status"))[1] == "Nothing is changed live."
    await ada.logs_out()
    assert await ada.asks("cancel 6") == [NOT_REMOVED + talk.proof]


async def both(someone: Someone, line: str, notice: list[str], *answer: str) -> None:
    """They are answered so, and told this, which may be faster."""
    someone.says(line)
    read: list[str] = []
    while len(read) < len(answer) + len(notice):
        read += await someone.told()
    assert read in ([*answer, *notice], [*notice, *answer])
