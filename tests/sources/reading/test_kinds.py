"""The kind of a session, from what the source calls its type and from its title."""

import pytest

from bot.schedule import Kind
from bot.sources.reading.kinds import kind_of


@pytest.mark.parametrize(
    ("named", "title", "led", "kind"),
    [
        ("lecture", "Frogs", True, Kind.SESSION),
        ("", "Frogs", False, Kind.SESSION),
        ("Lightning Talks", "Frogs", True, Kind.LIGHTNING),
        ("Antifa Lightning Talk", "Frogs", True, Kind.LIGHTNING),
        ("lunch", "Frogs", True, Kind.LUNCH),
        ("session", "Lunch", False, Kind.SESSION),
        ("other", "Lunch", False, Kind.LUNCH),
        ("break", "Lunch", False, Kind.LUNCH),
        ("break", "Registration", False, Kind.BREAK),
        ("break", "Frogs", True, Kind.BREAK),
        ("", "Conference lunch", False, Kind.LUNCH),
        ("", "Mittagessen", False, Kind.LUNCH),
        ("", "Lunch with the board", False, Kind.SESSION),
        ("", "Lunch", True, Kind.SESSION),
        ("", "Coffee Break", False, Kind.BREAK),
        ("", "Morning Tea", False, Kind.BREAK),
        ("", "Coffee & tea break", False, Kind.BREAK),
        ("", "Pause café", False, Kind.BREAK),
        ("", "Break it down", False, Kind.SESSION),
        ("Break", "Frogs", False, Kind.BREAK),
        ("Break-out", "Frogs", True, Kind.SESSION),
        ("Keynote", "Frogs", True, Kind.PLENARY),
        ("Opening", "Frogs", False, Kind.PLENARY),
        ("Party", "Frogs", False, Kind.PARTY),
        ("Hackathon", "Frogs", False, Kind.HACKATHON),
        ("Unconference", "Frogs", False, Kind.UNCONFERENCE),
    ],
)
def test_kind(named: str, title: str, led: bool, kind: Kind) -> None:
    assert kind_of(named, title, led) is kind
