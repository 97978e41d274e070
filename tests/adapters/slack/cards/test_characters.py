"""Text from outside is harmless, and exactly as long as it may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.cards.characters import cut, escaped, harmless, length, shortened, size

HAND = "\N{WAVING HAND SIGN}"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("at ", "at "),
        ("  at\n\r", " at "),
        ("", ""),
        ("\0", " "),
        ("a\u202eb\u2066c", "abc"),
        ("a\ud800b", "a b"),
        (HAND, HAND),
    ],
)
def test_what_is_harmful_goes_and_the_edges_stay(text: str, clean: str) -> None:
    assert harmless(text) == clean


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("abcd", 4, "abcd"),
        ("abcde", 4, "abc…"),
        ("&b", 6, "&b"),
        ("&bc", 6, "&…"),
        ("&&", 6, "&…"),
        (HAND * 3, 5, HAND * 2 + "…"),
        (HAND * 3, 4, HAND + "…"),
        ('"' * 3, 5, '""…'),
    ],
)
def test_a_text_is_cut_where_it_is_too_large(text: str, most: int, kept: str) -> None:
    assert shortened(text, most) == kept


@given(st.text(max_size=60), st.integers(1, 90))
def test_nothing_is_larger_than_it_may_be(text: str, most: int) -> None:
    assert size(shortened(text, most)) <= most
    assert length(cut(text, most)) <= most
    assert len(escaped(text)) <= size(text)
