"""Who a line comes from, and who is in a list of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.people.masks import Mask, mask, member, members


@pytest.mark.parametrize(("source", "parts"), [
    ("ada!~ada@example.org", Mask("ada", "~ada", "example.org")),
    ("ada!a@b@example.org", Mask("ada", "a@b", "example.org")),
    ("ada!x!y@2001:db8::1", Mask("ada", "x!y", "2001:db8::1")),
    ("ada@example.org", Mask("ada", None, "example.org")),
    ("ada!~ada", Mask("ada", "~ada", None)),
    ("ada", Mask("ada")),
    ("irc.example.org", Mask("irc.example.org")),
    ("!@", Mask("", "", "")),
    ("", Mask("")),
])  # fmt: skip
def test_masks(source: str, parts: Mask) -> None:
    assert mask(source) == parts
    assert str(parts) == source


@pytest.mark.parametrize(("entry", "parts"), [
    ("@+ada!~ada@example.org", ("@+", Mask("ada", "~ada", "example.org"))),
    ("@ada", ("@", Mask("ada"))),
    ("~&@%+ada", ("~&@%+", Mask("ada"))),
    ("[ada]", ("", Mask("[ada]"))),
    ("@", ("@", Mask(""))),
    ("", ("", Mask(""))),
])  # fmt: skip
def test_entries_of_a_list_of_names(entry: str, parts: tuple[str, Mask]) -> None:
    assert member(entry, "~&@%+") == parts


def test_a_list_of_names() -> None:
    assert members("@ada +bob!b@host  carl @ ", {"@": "o", "+": "v"}) == [
        ("@", Mask("ada")), ("+", Mask("bob", "b", "host")), ("", Mask("carl")),
    ]  # fmt: skip


@given(st.text(), st.text(max_size=4))
def test_any_text_can_be_taken_apart_and_put_together(text: str, symbols: str) -> None:
    assert str(mask(text)) == text
    prefix, who = member(text, symbols)
    assert f"{prefix}{who}" == text
    assert all(who.nick for _, who in members(text, symbols))
