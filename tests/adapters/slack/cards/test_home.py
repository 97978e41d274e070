"""The Home tab: all of it comes from answers to commands, and each control is a command."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.cards.home import home, lines, query_in, words_entered
from bot.adapters.slack.cards.values import part, what
from bot.document import Item, Reply, heading, reply, text
from bot.messages import Response
from bot.schedule import Session, Slot
from bot.times import Reader
from tests.adapters.slack.cards.seen import controls, seen
from tests.servers.slack.views import check_view
from tests.summit import Summit, at

READER = Reader(ZoneInfo("UTC"))
ABOUT = (
    "I know the programme, and remind you of the sessions that you bookmark."
    " What you can ask me: `/s help`"
)
ABOUT_ANYWHERE = ABOUT.replace("/s ", "/summit ")


async def opened(
    summit: Summit, query: str = "", said: Reply | None = None, pressed: str = "",
    **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """The Home tab of ada."""
    answers = {line: await summit.respond("ada", line, marks=True, **more) for line in lines(query)}
    view = home(
        answers, now=summit.clock.now(), prefix="/s ", query=query, said=said, pressed=pressed
    )
    check_view(view)
    return view


async def test_somebody_new_sees_what_is_on_and_how_to_begin(summit: Summit) -> None:
    summit.go("Monday 10:35")
    assert seen((await opened(summit))["blocks"]) == [
        "# Your agenda",
        "Your agenda is empty. Press ⭐ Bookmark at a session: I remind you 5 minutes before.",
        "---",
        "Search the programme: ||",
        "---",
        "# On now",
        "**Coffee Break**",
        "[10] 10:30am–11:00am · 2nd Floor",
        "[⭐ Bookmark] [Details]",
        "---",
        "# Next, at 11:00am, in 25 minutes",
        "**Ryu Network Operating System**",
        "[12] 11:00am–11:25am · Bayview B · Kazutaka Morita",
        "[⭐ Bookmark] [Details]",
        "**Unconference sessions**",
        "[16] 11:00am–12:25pm · Golden Gate",
        "[⭐ Bookmark] [Details]",
        "**Shared filesystems in nova**",
        "[13] 11:00am–11:25am · Marina · Andrew Bogott",
        "[⭐ Bookmark] [Details]",
        "**Folsom release schedule**",
        "[11] 11:00am–11:25am · Seacliff AB · Thierry Carrez",
        "[⭐ Bookmark] [Details]",
        "**Trust delegation and federation**",
        "[15] 11:00am–11:55am · Seacliff C · Joseph Heck",
        "[⭐ Bookmark] [Details]",
        "**Content Sharing and Documentation**",
        "[14] 11:00am–11:55am · Seacliff D · Anne Gentle",
        "[⭐ Bookmark] [Details]",
        "---",
        "# Your settings",
        "Reminders: (5 minutes before)",
        "Time zone: (The event's, America/Los_Angeles)",
        "Time format: (12 hours)",
        "---",
        ABOUT,
    ]


async def test_the_agenda_shows_conflicts_and_leaves_out_what_is_over(summit: Summit) -> None:
    for line in ("bookmark 1", "bookmark 12", "remind 13 20", "bookmark 14"):
        await summit.respond("ada", line)
    summit.go("Monday 10:35")
    shown = seen((await opened(summit))["blocks"])
    assert shown[: shown.index("---")] == [
        "# Your agenda",
        "**Ryu Network Operating System**",
        "[12] Mon 11:00am–11:25am · Bayview B · Kazutaka Morita · reminder at 10:55am"
        " · ⚠ overlaps “Shared filesystems in nova”, “Content Sharing and Documentation”",
        "[✓ Bookmarked] [Details] (Remind me)",
        "**Shared filesystems in nova**",
        "[13] Mon 11:00am–11:25am · Marina · Andrew Bogott · reminder at 10:40am"
        " · ⚠ overlaps “Ryu Network Operating System”, “Content Sharing and Documentation”",
        "[✓ Bookmarked] [Details] (Remind me)",
        "**Content Sharing and Documentation**",
        "[14] Mon 11:00am–11:55am · Seacliff D · Anne Gentle · reminder at 10:55am"
        " · ⚠ overlaps “Ryu Network Operating System”, “Shared filesystems in nova”",
        "[✓ Bookmarked] [Details] (Remind me)",
        "1 is over: `/s bookmarks`",
    ]


async def test_when_all_of_it_is_over_the_agenda_says_so(summit: Summit) -> None:
    for line in ("bookmark 1", "bookmark 2"):
        await summit.respond("ada", line)
    summit.go("Monday 12:00")
    shown = seen((await opened(summit))["blocks"])
    assert shown[:3] == ["# Nothing more on your agenda", "2 are over: `/s bookmarks`", "---"]


async def test_a_bookmarked_session_is_shown_so_wherever_it_stands(summit: Summit) -> None:
    await summit.respond("ada", "bookmark 12")
    summit.go("Monday 10:58")
    offered = controls((await opened(summit, "ryu"))["blocks"])
    about = {action: value for action, value in offered.items() if "-12" in action}
    assert about == {
        "bookmark-12": "unbookmark 12",
        "details-12": "info 12",
        "bookmark-12~2": "unbookmark 12",
        "details-12~2": "info 12",
        "bookmark-12~found": "unbookmark 12",
        "details-12~found": "info 12",
    }


async def test_what_comes_next_is_said_once_where_nothing_is_on(summit: Summit) -> None:
    summit.go("Monday 8:30")
    shown = seen((await opened(summit))["blocks"])
    assert shown[5:12] == [
        "# OpenStack Folsom Design Summit begins on Monday 16 April at 9:00am, in 30 minutes.",
        "Next, at 9:00am, in 30 minutes:",
        "**Welcome**",
        "[1] 9:00am–9:25am · Ballroom",
        "[⭐ Bookmark] [Details] (Remind me)",
        "---",
        "# Your settings",
    ]


async def test_a_search_shows_what_it_has_found(summit: Summit) -> None:
    view = await opened(summit, " swift\nquotas ")
    shown = seen(view["blocks"])
    begin = shown.index("Search the programme: |swift quotas|")
    assert shown[begin + 1 : begin + 7] == [
        "[Clear the search]",
        "# 1 session about “swift quotas”",
        "**Swift Quotas**",
        "[60] Tue 9:00am–9:55am · Marina · Everett Toews",
        "[⭐ Bookmark] [Details] (Remind me)",
        "---",
    ]
    assert query_in(view["private_metadata"]) == "swift quotas"


async def test_a_press_is_told_on_top(summit: Summit) -> None:
    done = await summit.respond("ada", "bookmark 12", marks=True)
    shown = seen((await opened(summit, said=done.reply))["blocks"])
    assert shown[:4] == [
        "Bookmarked. I will remind you 5 minutes before, at 10:55am.",
        "---",
        "# Your agenda",
        "**Ryu Network Operating System**",
    ]


async def test_a_press_where_something_was_found_is_told_there(summit: Summit) -> None:
    done = await summit.respond("ada", "bookmark 60", marks=True)
    found = controls((await opened(summit, "swift quotas"))["blocks"])
    assert part("bookmark-60~found") == "found"
    assert "bookmark-60~found" in found
    shown = seen((await opened(summit, "swift quotas", done.reply, pressed="found"))["blocks"])
    begin = shown.index("[Clear the search]")
    assert shown[0] == "# Your agenda"
    assert shown[begin + 1 : begin + 4] == [
        "Bookmarked. I will remind you 5 minutes before, at Tuesday 8:55am.",
        "---",
        "# 1 session about “swift quotas”",
    ]
    gone = seen((await opened(summit, "", done.reply, pressed="found"))["blocks"])
    assert gone[0] == "Bookmarked. I will remind you 5 minutes before, at Tuesday 8:55am."


async def test_a_search_is_cleared_by_its_button(summit: Summit) -> None:
    view = await opened(summit, "statsd")
    [clear] = [
        element
        for block in view["blocks"] if block["type"] == "actions"
        for element in block["elements"] if what(element["action_id"]) == "search"
    ]  # fmt: skip
    assert clear["text"]["text"] == "Clear the search"
    assert "value" not in clear
    assert words_entered("") == ""


async def test_an_empty_agenda_says_when_reminders_come(summit: Summit) -> None:
    await summit.respond("ada", "settings before 90")
    assert seen((await opened(summit))["blocks"])[1].endswith(
        "I remind you 1 hour 30 minutes before."
    )
    answers = {"bookmarks": await summit.respond("ada", "bookmarks", marks=True)}
    assert seen(home(answers, now=summit.clock.now())["blocks"])[1].endswith(
        "I remind you before it starts."
    )


async def test_an_agenda_that_cannot_be_read_is_not_called_empty(summit: Summit) -> None:
    trouble = Response(reply(text("That did not work.")), READER, True, "bookmarks")
    shown = seen(home({"bookmarks": trouble}, now=summit.clock.now())["blocks"])
    assert shown[:2] == ["That did not work.", "---"]


async def test_of_many_overlaps_two_are_named(summit: Summit) -> None:
    for number in (2, 3, 4, 5, 6):
        await summit.respond("ada", f"bookmark {number}")
    summit.change(2, title="x" * 100)
    marks = [
        line.split("⚠ ")[1]
        for line in seen((await opened(summit))["blocks"]) if "⚠" in line
    ]  # fmt: skip
    assert marks[0] == "overlaps “Show-n-tell API site”, “OpenVZ Linux Containers” and 2 more"
    assert [mark for mark in marks if f"“{'x' * 39}…”" in mark] != []


@pytest.mark.parametrize(
    ("line", "zone", "shown"),
    [
        ("now", None, ["(5 minutes before)", "(The event's, America/Los_Angeles)", "(12 hours)"]),
        (
            "settings before 7",
            None,
            ["(7 minutes before)", "(The event's, America/Los_Angeles)", "(12 hours)"],
        ),
        (
            "settings before 90",
            None,
            ["(1 hour 30 minutes before)", "(The event's, America/Los_Angeles)", "(12 hours)"],
        ),
        (
            "settings hours 24",
            None,
            ["(5 minutes before)", "(The event's, America/Los_Angeles)", "(24 hours)"],
        ),
        (
            "settings timezone Berlin",
            None,
            ["(5 minutes before)", "(Europe/Berlin)", "(12 hours)"],
        ),
        (
            "settings timezone Noumea",
            None,
            ["(5 minutes before)", "(Pacific/Noumea)", "(12 hours)"],
        ),
        ("settings timezone +3", None, ["(5 minutes before)", "(UTC+3)", "(12 hours)"]),
        (
            "now",
            "Europe/Berlin",
            ["(5 minutes before)", "(As in my Slack profile)", "(12 hours)"],
        ),
        (
            "settings timezone off",
            "Europe/Berlin",
            ["(5 minutes before)", "(The event's, America/Los_Angeles)", "(12 hours)"],
        ),
    ],
)
async def test_menus_stand_on_what_is_set(
    summit: Summit, line: str, zone: str | None, shown: list[str]
) -> None:
    profile_zone = ZoneInfo(zone) if zone else None
    await summit.respond("ada", line, profile_zone=profile_zone)
    blocks = (await opened(summit, profile_zone=profile_zone))["blocks"]
    assert [line.split(": ")[1] for line in seen(blocks)[-5:-2]] == shown


async def test_every_option_of_a_menu_does_what_it_says(summit: Summit) -> None:
    zone = ZoneInfo("Europe/Berlin")

    async def menus() -> dict[str, Any]:
        answer = await summit.respond("ada", "settings", profile_zone=zone)
        blocks = home({"settings": answer}, now=summit.clock.now())["blocks"]
        elements = [block["element"] for block in blocks if block["type"] == "input"]
        return {element["action_id"]: element for element in elements}

    offered = [
        (name, option["value"])
        for name, menu in (await menus()).items()
        for option in menu.get("options", [])
    ]
    assert len(offered) == 11 + 49 - 1 + 2
    for name, line in offered:
        await summit.respond("ada", line, profile_zone=zone)
        usual = "settings before 5" if line == "settings before default" else line
        assert (await menus())[name]["initial_option"]["value"] == usual


async def test_the_profile_is_offered_only_to_those_who_have_a_zone_there(summit: Summit) -> None:
    offered = controls((await opened(summit))["blocks"])["timezone"]
    assert offered[0] == "settings timezone off"
    assert "settings timezone profile" not in offered


def test_without_answers_there_is_a_search() -> None:
    view = home({}, now=at(16, 9))
    check_view(view)
    assert seen(view["blocks"]) == ["Search the programme: ||", "---", ABOUT_ANYWHERE]


def crowded(number: int, title: str = "Swift quotas", first: int = 1) -> Reply:
    slot = Slot(at(16, 9), at(16, 10), ("Marina",))
    sessions = (Session(first + n, "g", title, slot, ("Ada",)) for n in range(number))
    return Reply((heading("Here:"), *(Item(session) for session in sessions)))


@pytest.mark.parametrize(
    ("number", "title", "cut"),
    [
        (3, "Swift quotas", False),
        (10, "日" * 900, False),
        (10, "&" * 3_000, True),
        (10_000, "Swift quotas", True),
    ],
)
def test_what_does_not_fit_names_the_command_that_shows_it(
    number: int, title: str, cut: bool
) -> None:
    def answer(first: int) -> Response:
        said = crowded(number, title, first)
        ids = frozenset(session.id for session in said.sessions())
        return Response(said, READER, True, None, ids)

    answers = {line: answer(n * number) for n, line in enumerate(lines("swift"))}
    answers["settings"] = Response(reply(text("Reminders: 5 minutes before. Change: ")), READER,
                                   True, "settings")  # fmt: skip
    view = home(answers, now=at(16, 8), query="swift", said=crowded(3))
    check_view(view)
    shown = seen(view["blocks"])
    for line in ("bookmarks", "now", "next", "find swift"):
        told = [one for one in shown if one.startswith("…") and one.endswith(f"`/summit {line}`")]
        assert len(told) == (1 if cut else 0)


@pytest.mark.parametrize(
    "metadata", ["", "{", "[]", "7", '{"query":7}', "[" * 100_000, "\ud800", '{"query":" \\n"}']
)
def test_a_home_tab_that_keeps_nonsense_looks_for_nothing(metadata: str) -> None:
    assert query_in(metadata) == ""


@given(st.text(max_size=400))
def test_any_words_can_be_looked_for(words: str) -> None:
    view = home({}, now=at(16, 9), query=words)
    check_view(view)
    assert query_in(view["private_metadata"]) == words_entered(words)
    assert len(lines(words)) == (5 if words_entered(words) else 4)


async def test_a_session_that_ends_leaves_the_agenda(summit: Summit) -> None:
    await summit.respond("ada", "bookmark 12")
    summit.go("Monday 11:25")
    assert seen((await opened(summit))["blocks"])[0] == "# Nothing more on your agenda"
    summit.clock.advance(-timedelta(minutes=1))
    assert seen((await opened(summit))["blocks"])[0] == "# Your agenda"


async def test_what_is_usual_is_told_where_something_else_is_set(summit: Summit) -> None:
    def usual(answer: Response) -> str:
        blocks = home({"settings": answer}, now=summit.clock.now())["blocks"]
        [menu] = [b["element"] for b in blocks if b.get("label", {}).get("text") == "Reminders"]
        return str(menu["options"][-1]["text"]["text"])

    assert usual(await summit.respond("ada", "settings")) == "As usual (5 minutes)"
    await summit.respond("ada", "settings before 90")
    assert usual(await summit.respond("ada", "settings")) == "As usual (5 minutes)"


@pytest.mark.parametrize(("number", "begins"), [(150, "# "), (151, "**")])
def test_a_heading_that_is_too_long_for_a_header_is_shown_whole(number: int, begins: str) -> None:
    said = reply(heading("x" * number + ":"), text("Nothing."))
    view = home({"now": Response(said, READER, False, "now")}, now=at(16, 9))
    check_view(view)
    [shown] = [line for line in seen(view["blocks"]) if "x" * 150 in line]
    assert shown.startswith(f"{begins}x")
