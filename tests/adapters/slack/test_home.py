"""The Home tab, as the person sees it who opens it and uses it."""

import pytest

from tests.adapters.slack.talking import said, summit
from tests.servers.slack import Error, Limited, Status
from tests.servers.slack.opened import View
from tests.servers.slack.words import words

BOOKMARKED = "Bookmarked. I will remind you 5 minutes before, at 9:25am."
CINDER = "Breakout of volume into its own service"
AGENDA = "Your agenda"
EMPTY = "Your agenda is empty. Press ⭐ Bookmark at a session: I remind you 5 minutes before."
PROGRAMME = [
    "On now",
    "Welcome\n[1] 9:00am–9:25am · Ballroom",
    "Next, at 9:30am, in 10 minutes",
    "OpenVZ Linux Containers\n[4] 9:30am–10:25am · Bayview B · Kir Kolyshkin",
    "Unconference sessions\n[7] 9:30am–10:25am · Golden Gate",
    f"{CINDER}\n[6] 9:30am–10:25am · Marina · Vishvananda Ishaya",
    "Dependency management\n[2] 9:30am–9:55am · Seacliff AB · Mark McLoughlin",
    "RBAC, again...\n[5] 9:30am–10:25am · Seacliff C · Joseph Heck",
    "Show-n-tell API site\n[3] 9:30am–9:55am · Seacliff D · Anne Gentle",
]
SEARCH = "Search the programme"
SETTINGS = [
    "Your settings", "Reminders", "Time zone", "Time format",
    "I know the programme, and remind you of the sessions that you bookmark."
    " What you can ask me: /summit help",
]  # fmt: skip
MINE = f"{CINDER}\n[6] Mon 9:30am–10:25am · Marina · Vishvananda Ishaya"


def texts(view: View | None) -> list[str]:
    """What stands there, without buttons."""
    assert view is not None, "nothing is published"
    return words(view.payload["blocks"], labels=False)


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_it_is_published_when_it_is_opened_and_after_ones_own_presses(mode: str) -> None:
    async with summit(mode) as (place, bot):
        ada, eve = place.ada, await place.server.person("eve")
        home = await ada.opens_home()
        assert texts(home) == [AGENDA, EMPTY, SEARCH, *PROGRAMME, *SETTINGS]
        await ada.presses_on_home("⭐ Bookmark", nth=3)
        mine = f"{MINE} · reminder at 9:25am"
        assert texts(home) == [
            BOOKMARKED, AGENDA, mine, SEARCH, *PROGRAMME, *SETTINGS
        ]  # fmt: skip
        await eve.opens_home()
        assert place.effects("views.publish") == 3
        await ada.opens_home()
        assert texts(home) == [AGENDA, mine, SEARCH, *PROGRAMME, *SETTINGS]
        # What others do, and time, do not publish it.
        await eve.presses_on_home("⭐ Bookmark")
        await ada.slash("/summit unbookmark 6")
        bot.wait(1)
        await bot.ticks()
        assert place.effects("views.publish") == 5


async def test_sessions_that_overlap_are_marked() -> None:
    async with summit() as (place, _):
        await place.ada.slash("/summit bookmark 6")
        await place.ada.slash("/summit bookmark 4")
        assert texts(await place.ada.opens_home())[:3] == [
            AGENDA,
            "OpenVZ Linux Containers\n[4] Mon 9:30am–10:25am · Bayview B · Kir Kolyshkin"
            f" · reminder at 9:25am · ⚠ overlaps “{CINDER}”",
            f"{MINE} · reminder at 9:25am · ⚠ overlaps “OpenVZ Linux Containers”",
        ]


async def test_what_is_searched_for_stays_until_something_else_is() -> None:
    async with summit() as (place, _):
        ada = place.ada
        home = await ada.opens_home()
        await ada.enters_on_home("search", "statsd")
        found = [
            "2 sessions about “statsd”",
            "Swift Cluster Monitoring With StatsD\n"
            "[96] Tue 3:30pm–3:55pm · Marina · Darrell Bishop",
            "Performance and Caching in Nova\n[43] Mon 4:30pm–4:55pm · Marina · Sandy Walsh",
        ]
        assert texts(home) == [AGENDA, EMPTY, SEARCH, *found, *PROGRAMME, *SETTINGS]
        await ada.presses_on_home("bookmark-96~found")
        # What was done is told where it was done.
        told, *results = texts(home)[3:7]
        assert (told.split(".")[0], results) == ("Bookmarked", found)
        await ada.enters_on_home("search", "")
        assert [text for text in texts(home) if text in found] == []
        await ada.enters_on_home("search", "statsd")
        assert [text for text in texts(home) if text in found] == found
        await ada.presses_on_home("Clear the search")
        assert [text for text in texts(home) if text in found] == []


async def test_settings_are_changed_with_menus() -> None:
    async with summit(at="Monday 9:00") as (place, _):
        ada = place.ada
        home = await ada.opens_home()
        for menu, option, answer in (
            ("Reminders", "10 minutes before", "Reminders come 10 minutes before from now on."),
            ("Time format", "24 hours", "Times are shown on a 24-hour clock."),
            ("Time zone", "Europe/Berlin", "Your time is now 18:00 in Europe/Berlin."),
        ):  # fmt: skip
            await ada.chooses_on_home(menu, option)
            assert texts(home)[0] == answer
        assert said(await ada.slash("/summit bookmark 6")).split("\n")[0] == (
            "Bookmarked. I will remind you 10 minutes before, at 09:20 (18:20 your time)."
        )


async def test_details_open_a_window_over_it() -> None:
    async with summit() as (place, _):
        home = await place.ada.opens_home()
        before = texts(home)
        await place.ada.presses_on_home("Details", nth=3)
        [view] = place.ada.views
        assert texts(view)[0].startswith(MINE)
        assert texts(home) == before


async def test_details_that_come_too_late_for_a_window_are_shown_on_top() -> None:
    async with summit() as (place, bot):
        home = await place.ada.opens_home()
        before = texts(home)
        place.server.faults.arm("views.open", Error("expired_trigger_id"))
        await place.ada.presses_on_home("details-6")
        assert (await bot.logs("no modal")).values["reason"] == "expired_trigger_id"
        assert place.ada.views == []
        details, *below = texts(home)
        assert details.startswith(f"{CINDER}\nTurning nova-volume into")
        assert below == before


@pytest.mark.parametrize("fault", [Status(503), Limited(1)])
async def test_a_home_that_slack_does_not_take_is_published_a_moment_later(
    fault: Status | Limited,
) -> None:
    async with summit("http") as (place, _):
        place.server.faults.arm("views.publish", fault)
        assert texts(await place.ada.opens_home())[1] == EMPTY
        assert place.effects("views.publish") == 2


async def test_a_home_that_slack_does_not_take_for_long_is_published_at_the_next_delivery() -> None:
    async with summit("http") as (place, bot):
        place.server.faults.arm("views.publish", Limited(60))
        await place.ada.opens_home()
        await bot.logs("not answered yet")
        place.server.faults.clear()
        assert place.server.slack.views == {}


async def test_what_slack_refuses_for_good_is_not_tried_again() -> None:
    async with summit() as (place, bot):
        place.server.faults.arm("views.publish", Error("not_enabled"))
        assert await place.ada.opens_home() is None
        assert place.effects("views.publish") == 1
        assert (await bot.logs("not answered")).values["reason"] == "not_enabled"
