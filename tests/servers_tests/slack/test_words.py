"""What people see of blocks, what nobody hears, and whom a message pings."""

import pytest

from tests.servers.slack.words import pings, unspoken, words
from tests.servers_tests.slack.calling import actions, button, plain, rich, said, section

SELECT = {
    "type": "static_select", "placeholder": plain("Remind me"),
    "options": [{"text": plain("5 minutes before"), "value": "5"}],
}  # fmt: skip
CARD = [
    {"type": "header", "text": plain("Now")},
    rich(said("09:30  "), said("Keynote", bold=True), said(" in Seacliff")),
    section("Ada", fields=[plain("Room"), plain("Seacliff")], accessory=button("Map")),
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "A &amp; B"}]},
    actions(button("⭐ Bookmark"), SELECT),
]


def test_all_texts_come_in_the_order_in_which_they_are_seen() -> None:
    assert words(CARD) == [
        "Now", "09:30  Keynote in Seacliff", "Ada", "Room", "Seacliff", "Map", "A & B",
        "⭐ Bookmark", "Remind me",
    ]  # fmt: skip
    assert words(CARD, labels=False) == [
        "Now", "09:30  Keynote in Seacliff", "Ada", "Room", "Seacliff", "A & B",
    ]  # fmt: skip


def test_words_that_the_text_lacks_are_found() -> None:
    text = "Now: 09:30 Keynote in Seacliff, Room of Ada. A &amp; B"
    assert unspoken(text, CARD) == []
    assert unspoken(text.replace("Ada", "Bob"), CARD) == ["Ada"]
    assert unspoken(text, CARD, labels=True) == ["Map", "Bookmark", "Remind", "me"]
    assert unspoken("", [section("one two")]) == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("<!channel> hello", ["channel"]),
        ("<!here|here> <!everyone>", ["here", "everyone"]),
        ("<@U07> <@W08|ada>", ["U07", "W08"]),
        ("<!subteam^S01|crew>", ["S01"]),
        ("&lt;!channel&gt; @channel", []),
    ],
)
def test_angle_brackets_ping(text: str, whom: list[str]) -> None:
    assert pings(text, [], "none", False) == whom
    marked = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    assert pings("", [marked], "none", False) == whom
    assert pings("", [section(text), rich(said(text))], "none", False) == []


def test_at_signs_ping_where_names_are_linked() -> None:
    assert pings("@here ada@channel", [], "full", False) == ["here"]
    assert pings("@channel", [], "none", True) == ["channel"]


def test_mentions_in_rich_text_ping() -> None:
    block = rich(
        {"type": "broadcast", "range": "channel"}, {"type": "user", "user_id": "U07"},
        {"type": "usergroup", "usergroup_id": "S01"},
    )  # fmt: skip
    assert pings("", [block], "none", False) == ["channel", "U07", "S01"]
