"""What is not tested where, and why."""

from pathlib import Path

from tests.adapters.behaviour.network import Ability
from tests.adapters.behaviour.networks import NETWORKS


def test_what_networks_cannot_do() -> None:
    lacks = {(network.name, ability.name): why for network in NETWORKS
             for ability, why in network.lacks.items()}  # fmt: skip
    assert lacks == {
        ("console", "CHANNEL"): "one person sits at a terminal",
        ("console", "MARKS"): "one person sits at a terminal",
        ("console", "CROWD"): "one person sits at a terminal",
        ("console", "PAGES"): "a terminal scrolls",
        ("console", "EMPHASIS"): "what a pipe leads to may not show it",
        ("console", "BOTS"): "whoever types is taken for a person",
        ("console", "POSTS"): "a terminal has no channels",
        ("console", "MASKS"): "whoever sits at a terminal says who they are",
        ("console", "LOGOUT"): "whoever sits at a terminal says who they are",
        ("console", "AGAIN"): "a line that was typed comes once",
        ("console", "ONCE"): "a terminal does not remember what it shows",
        ("ngircd", "BOTS"): "only WHOIS tells of a bot that it is one",
        ("ngircd", "PROOF"): "the server has no accounts",
        ("ngircd", "LOGOUT"): "the server has no accounts",
        ("ngircd", "AGAIN"): "a server sends each line once",
        ("ngircd", "ONCE"): "no server remembers what it has passed on",
        ("inspircd", "AGAIN"): "a server sends each line once",
        ("inspircd", "ONCE"): "no server remembers what it has passed on",
        ("strict, without voice", "AGAIN"): "a server sends each line once",
        ("strict, without voice", "ONCE"): "no server remembers what it has passed on",
        ("strict, with voice", "AGAIN"): "a server sends each line once",
        ("strict, with voice", "ONCE"): "no server remembers what it has passed on",
        ("matrix", "MASKS"): "everybody is logged in",
        ("matrix", "LOGOUT"): "whoever logs out is gone",
        ("matrix, encrypted", "MASKS"): "everybody is logged in",
        ("matrix, encrypted", "LOGOUT"): "whoever logs out is gone",
        ("slack, socket", "MARKS"): "in a channel only mentions are heard",
        ("slack, socket", "MASKS"): "everybody is logged in",
        ("slack, socket", "LOGOUT"): "whoever logs out is gone",
        ("slack, http", "MARKS"): "in a channel only mentions are heard",
        ("slack, http", "MASKS"): "everybody is logged in",
        ("slack, http", "LOGOUT"): "whoever logs out is gone",
    }


def test_every_ability_is_needed_and_found_somewhere() -> None:
    tests = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_[oqr]*.py")
    )
    assert [a.name for a in Ability if f"Ability.{a.name}" not in tests] == []
    assert [a.name for a in Ability if all(a in network.lacks for network in NETWORKS)] == []
