"""What can be done about a session: buttons that show how things are."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.adapters.slack.cards.writing import Content
from bot.document import Button, Heading, Item, Reply, Text, Time, Typed, heading, reply, text
from bot.notices import Moved, Reminder
from bot.notices import written as notice_written
from bot.record import packed
from tests.adapters.slack.cards.drawing import (
    DETAILS,
    EARLY,
    NONE,
    ON,
    OVER,
    PARTY,
    SHOWN,
    SOON,
    TALK,
    TITLE,
    card,
)
from tests.adapters.slack.cards.seen import controls, seen
from tests.summit import Summit, at


def test_a_session_is_a_card() -> None:
    content = card(reply(heading("On now, at ", Time(at(16, 9)), ":"), Item(TALK)), alone=True)
    told = f'\n[["h","On now, at ",{int(at(16, 9).timestamp())},":"],6]'
    options = [
        {
            "text": {"type": "plain_text", "text": f"{n} minutes before"},
            "value": f"remind 6 {n}{told}",
        }
        for n in (5, 10, 15, 30, 60)
    ]
    assert content == Content(
        f"On now, at 9:00am:\n{SHOWN}",
        [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {
                                "type": "text",
                                "text": "On now, at 9:00am:",
                                "style": {"bold": True},
                            }
                        ],
                    }
                ],
            },
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "Swift quotas", "style": {"bold": True}},
                            {"type": "text", "text": f"\n{DETAILS}"},
                        ],
                    }
                ],
            },
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "action_id": "bookmark-6",
                        "text": {"type": "plain_text", "text": "⭐ Bookmark"},
                        "value": f"bookmark 6{told}",
                        "accessibility_label": "Bookmark Swift quotas",
                    },
                    {
                        "type": "button",
                        "action_id": "details-6",
                        "text": {"type": "plain_text", "text": "Details"},
                        "value": f"info 6{told}",
                        "accessibility_label": "Details of Swift quotas",
                    },
                    {
                        "type": "static_select",
                        "action_id": "minutes-6",
                        "placeholder": {"type": "plain_text", "text": "Remind me"},
                        "options": options,
                    },
                ],
            },
        ],
    )


@pytest.mark.parametrize(
    ("item", "bookmarked", "now", "buttons"),
    [
        (Item(TALK), NONE, EARLY, "[⭐ Bookmark] [Details] (Remind me)"),
        (Item(TALK), frozenset({6}), EARLY, "[✓ Bookmarked] [Details] (Remind me)"),
        (Item(TALK), frozenset({7}), EARLY, "[⭐ Bookmark] [Details] (Remind me)"),
        (Item(TALK), NONE, ON, "[⭐ Bookmark] [Details]"),
        (Item(TALK), NONE, OVER, "[Details]"),
        (Item(TALK), frozenset({6}), OVER, "[✓ Bookmarked] [Details]"),
        (Item(TALK, note=("over",)), NONE, EARLY, "[⭐ Bookmark] [Details] (Remind me)"),
        (Item(PARTY), NONE, EARLY, "[⭐ Bookmark] [Details]"),
        (Item(PARTY), frozenset({7}), EARLY, "[✓ Bookmarked] [Details]"),
    ],
)
def test_buttons_show_how_things_are(
    item: Item, bookmarked: frozenset[int], now: datetime, buttons: str
) -> None:
    content = card(reply(heading("Next:"), item), bookmarked, now)
    assert seen(content.blocks)[-1] == buttons


@pytest.mark.parametrize(
    ("now", "minutes"),
    [
        (at(16, 7, 59), ["5", "10", "15", "30", "60"]),
        (at(16, 8), ["5", "10", "15", "30"]),
        (SOON, ["5"]),
        (at(16, 8, 55), None),
    ],
)
def test_only_reminders_that_can_still_come_are_offered(
    now: datetime, minutes: list[str] | None
) -> None:
    offered = controls(card(reply(text("Next:"), Item(TALK)), now=now).blocks)
    assert offered == {
        "bookmark-6": "bookmark 6",
        **({"minutes-6": [f"remind 6 {n}" for n in minutes]} if minutes else {}),
        "details-6": "info 6",
    }


def test_the_button_of_a_bookmarked_session_removes_the_bookmark() -> None:
    said = reply(text("Next:"), Item(TALK))
    offered = controls(card(said, frozenset({6}), ON, alone=True).blocks)
    assert offered == {
        "bookmark-6": f"unbookmark 6\n{packed(said)}",
        "details-6": f"info 6\n{packed(said)}",
    }


def test_no_card_has_buttons_where_none_are_wanted() -> None:
    content = card(reply(heading("Next:"), Item(TALK)), None)
    assert seen(content.blocks) == ["**Next:**", TITLE, DETAILS]
    assert len(content.blocks) == 1


def test_a_session_that_stands_there_twice_has_buttons_twice() -> None:
    content = card(reply(heading("Overlap:"), Item(TALK), Item(TALK)), now=ON)
    assert list(controls(content.blocks)) == [
        "bookmark-6", "details-6", "bookmark-6~2", "details-6~2",
    ]  # fmt: skip


DETAILED = reply(Item(TALK, day=True), text("All about it."), Button("Bookmark", "bookmark 6"))


@pytest.mark.parametrize(
    ("bookmarked", "now", "buttons", "typed"),
    [
        (None, EARLY, "[Bookmark]", "Bookmark: ‘/s bookmark 6’"),
        (NONE, EARLY, "[⭐ Bookmark] (Remind me)", "Bookmark: ‘/s bookmark 6’"),
        (frozenset({6}), EARLY, "[✓ Bookmarked] (Remind me)", "Bookmarked: ‘/s unbookmark 6’"),
        (frozenset({6}), ON, "[✓ Bookmarked]", "Bookmarked: ‘/s unbookmark 6’"),
        (NONE, OVER, None, None),
    ],
)
def test_details_have_their_buttons_below(
    bookmarked: frozenset[int] | None, now: datetime, buttons: str | None, typed: str | None
) -> None:
    content = card(DETAILED, bookmarked, now)
    shown = [TITLE, DETAILS.replace("[6]", "[6] Mon"), "", "All about it."]
    spoken = [SHOWN.replace("[6]", "[6] Mon"), "All about it."]
    assert seen(content.blocks) == [*shown, *([buttons] if buttons else [])]
    assert content.text.split("\n") == [*spoken, *([typed] if typed else [])]


@pytest.mark.parametrize(
    ("told", "below"),
    [
        ([text("All about it."), text("And more.")], ["", "All about it.", "And more."]),
        ([text("All about it."), heading("Else:")], ["", "All about it."]),
    ],
)
def test_details_without_a_button_of_their_own_have_theirs_below(
    told: list[Text | Heading], below: list[str]
) -> None:
    content = card(reply(Item(TALK, note=("on now",)), *told), now=ON)
    assert seen(content.blocks)[: 3 + len(below)] == [
        TITLE, f"{DETAILS} · on now", *below, "[⭐ Bookmark]",
    ]  # fmt: skip


async def test_buttons_stand_above_what_is_not_told_of_the_session(summit: Summit) -> None:
    summit.rules = replace(summit.rules, greets=True)
    await summit.restart()
    summit.go("Monday 9:30")
    shown = await summit.respond("ada", "info 6", marks=True)
    content = card(shown.reply, now=summit.clock.now(), alone=True)
    *_, buttons, hello = seen(content.blocks)
    assert buttons == "[⭐ Bookmark]"
    assert hello.startswith("Hello! I know the programme of ")


async def test_an_overlap_is_told_above_the_buttons(summit: Summit) -> None:
    await summit.respond("ada", "bookmark 4")
    done = await summit.respond("ada", "bookmark 6", marks=True)
    content = card(done.reply, done.bookmarked, summit.clock.now(), alone=True, done=True)
    *_, overlap, buttons = seen(content.blocks)
    assert overlap == "It overlaps [4] OpenVZ Linux Containers. All overlaps: `/s conflicts`"
    assert buttons == "[✓ Bookmarked] [Details] (Remind me)"


def test_the_rest_of_a_list_has_details_as_its_beginning_has() -> None:
    assert seen(card(reply(Item(TALK), Item(PARTY)), now=ON).blocks) == [
        TITLE, DETAILS, "[⭐ Bookmark] [Details]",
        "**Beer & <b>games</b>**", "[7] 8:00pm · CANCELLED", "[⭐ Bookmark] [Details]",
    ]  # fmt: skip
    told = reply(Item(TALK), text("Besides:"), Item(PARTY))
    assert [line for line in seen(card(told, now=ON).blocks) if line[0] == "["] == [
        DETAILS, "[⭐ Bookmark] [Details]", "[7] 8:00pm · CANCELLED", "[⭐ Bookmark] [Details]",
    ]  # fmt: skip
    last = reply(Item(TALK), text("… 2 more sessions: ", Typed("more")))
    assert seen(card(last, now=ON, alone=True).blocks) == [
        TITLE, DETAILS, "[⭐ Bookmark] [Details]", "[Show 2 more]",
    ]  # fmt: skip


SNOOZE = "[Snooze until 2 minutes before] "
BOTH = "Snooze: ‘/s snooze 6’ · Remove: ‘/s unbookmark 6’"


@pytest.mark.parametrize(
    ("bookmarked", "now", "buttons", "spoken"),
    [
        (None, SOON, f"{SNOOZE}[Remove] [Details]", BOTH),
        (None, at(16, 8, 58), "[Remove] [Details]", BOTH),
        (frozenset({6}), at(16, 8, 57), f"{SNOOZE}[Remove] [Details]", BOTH),
        (frozenset({6}), at(16, 8, 58), "[Remove] [Details]", "Remove: ‘/s unbookmark 6’"),
        (frozenset({6}), ON, "[Remove] [Details]", "Remove: ‘/s unbookmark 6’"),
        (NONE, SOON, "[⭐ Bookmark] [Details] (Remind me)", "Bookmark: ‘/s bookmark 6’"),
        (NONE, ON, "[⭐ Bookmark] [Details]", "Bookmark: ‘/s bookmark 6’"),
    ],
)
def test_a_reminder_can_be_snoozed_and_its_bookmark_removed(
    bookmarked: frozenset[int] | None, now: datetime, buttons: str, spoken: str
) -> None:
    reminder = notice_written([Reminder(TALK)], SOON)
    content = card(reminder, bookmarked, now, alone=True)
    assert seen(content.blocks) == ["**Starts in 10 minutes:**", TITLE, DETAILS, buttons]
    assert content.text == f"Starts in 10 minutes:\n{SHOWN}\n{spoken}"
    pressed = [v for v in controls(content.blocks).values() if isinstance(v, str)]
    later = packed(reply(heading("Starts at ", Time(ON), ":"), *reminder.blocks[1:]))
    assert pressed
    assert all(value.endswith(f"\n{later}") for value in pressed)


async def test_the_button_says_until_when_the_command_snoozes(summit: Summit) -> None:
    await summit.respond("ada", "bookmark 6")
    summit.go("Monday 9:25")
    said = await summit.say("ada", "snooze 6")
    assert said[0] == "I will remind you again at 9:28am, 2 minutes before it starts."


async def test_what_cannot_be_undone_is_red(summit: Summit) -> None:
    question = await summit.respond("ada", "forget me")
    reminder = notice_written([Reminder(TALK)], SOON)
    styles = [
        [element.get("style") for element in card(said, now=SOON).blocks[-1]["elements"]]
        for said in (question.reply, reminder)
    ]
    assert styles == [["danger"], [None, None, None]]


def test_screen_readers_say_what_a_button_is_about() -> None:
    long = replace(TALK, id=8, title="x" * 100)
    content = card(reply(heading("All:"), Item(TALK), Item(long)), frozenset({6}), ON)
    labels = [
        element["accessibility_label"]
        for block in content.blocks if block["type"] == "actions" for element in block["elements"]
    ]  # fmt: skip
    assert labels == [
        "Bookmarked, press to remove: Swift quotas", "Details of Swift quotas",
        f"Bookmark {'x' * 65}…", f"Details of {'x' * 63}…",
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "menus"), [(3, 3), (4, 0)])
def test_only_few_sessions_have_menus(number: int, menus: int) -> None:
    items = (Item(replace(TALK, id=n)) for n in range(number))
    offered = controls(card(Reply((heading("All:"), *items)), alone=True).blocks)
    assert sum(isinstance(value, list) for value in offered.values()) == menus


async def test_the_options_of_three_sessions_hold_the_card(summit: Summit) -> None:
    for line in ("bookmark 156", "bookmark 157", "bookmark 158"):
        await summit.respond("ada", line)
    for line in ("next marina", "bookmarks", "remind", "lead Carrez next"):
        shown = await summit.respond("ada", line, marks=True)
        content = card(shown.reply, shown.bookmarked, summit.clock.now(), alone=True)
        values = controls(content.blocks).values()
        options = [one for value in values if isinstance(value, list) for one in value]
        assert options
        assert [one for one in options if "\n" not in one] == []


def test_an_option_that_holds_no_card_with_its_words_holds_none() -> None:
    said = reply(heading("Next:"), Item(TALK, note=("x" * 140,)), text("Words."))
    [with_words] = {v.split("\n")[1] for v in controls(card(said, alone=True).blocks)["minutes-6"]}
    assert with_words == packed(reply(heading("Next:"), Item(TALK), text("Words.")))
    said = reply(heading("Next:"), Item(TALK), text("x" * 140))
    assert controls(card(said, alone=True).blocks)["minutes-6"][0] == "remind 6 5"


async def test_the_rest_and_what_was_meant_are_buttons_for_one_person_alone(
    summit: Summit,
) -> None:
    rest = reply(text("One."), text("… 14 more sessions: ", Typed("more")))
    meant = (await summit.respond("ada", "nxt marina")).reply
    assert seen(card(rest, alone=True).blocks) == ["One.", "[Show 14 more]"]
    assert controls(card(rest, alone=True).blocks) == {"line": "more"}
    assert card(rest, alone=True).text == "One.\n… 14 more sessions: ‘/s more’"
    asks = "I do not know “nxt marina”. Did you mean `/s next marina`?"
    assert seen(card(meant, alone=True).blocks) == [asks, "[next marina]"]
    assert controls(card(meant, alone=True).blocks) == {"line": "next marina"}
    assert seen(card(rest).blocks) == ["One.", "… 14 more sessions: `/s more`"]
    assert seen(card(meant).blocks) == [asks]


async def test_a_long_answer_ends_in_a_button_for_its_rest(summit: Summit) -> None:
    summit.rules = replace(summit.rules, page=5)
    await summit.restart()
    shown = await summit.respond("ada", "agenda", marks=True)
    assert seen(card(shown.reply, now=summit.clock.now(), alone=True).blocks)[-1] == (
        "[Show 52 more]"
    )


def test_news_of_a_move_offers_to_remove_the_bookmark() -> None:
    moved = replace(TALK, slot=replace(TALK.slot, rooms=("Ballroom",)))
    content = card(notice_written([Moved(moved, TALK.facts)], SOON), None, alone=True)
    assert seen(content.blocks)[-1] == "[Remove] [Details]"


def test_a_button_whose_line_no_value_can_hold_is_told_in_words() -> None:
    content = card(reply(text("Hello."), Button("Do", "x" * 2001), Button("Go", "now")))
    assert [line[:8] for line in seen(content.blocks)] == ["Hello.", "Do: `/s ", "[Go]"]


def test_a_long_label_is_cut_and_an_empty_one_is_its_line() -> None:
    hand = "\N{WAVING HAND SIGN}"
    content = card(reply(Button(hand * 40, "now"), Button(" ", "next")))
    assert seen(content.blocks) == [f"[{hand * 37}…] [next]"]


def test_a_label_shows_no_emoji_by_its_name() -> None:
    content = card(reply(Button("Go :smile:", "now")), alone=False)
    assert content.blocks[0]["elements"][0]["text"] == {
        "type": "plain_text", "text": "Go :smile:", "emoji": False,
    }  # fmt: skip
