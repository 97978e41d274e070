"""What stands in buttons comes back as it was put in, and no value can do harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.cards.values import Ids, decode, encode, line_meant, part, what
from bot.cleaning import one_line

ANY = st.text(max_size=80)


@pytest.mark.parametrize(
    ("line", "packed", "limit", "value"),
    [
        ("bookmark 42", None, 2000, "bookmark 42"),
        ("bookmark 42", "", 2000, "bookmark 42"),
        ("bookmark 42", "[42]", 2000, "bookmark 42\n[42]"),
        ("bookmark 42", "[42]", 16, "bookmark 42\n[42]"),
        ("bookmark 42", "[42]", 15, "bookmark 42"),
        ("bookmark 42", "[\N{WAVING HAND SIGN}]", 16, "bookmark 42\n[\N{WAVING HAND SIGN}]"),
        ("bookmark 42", "[\N{WAVING HAND SIGN}]", 15, "bookmark 42"),
        ("bookmark\n42", None, 2000, "bookmark 42"),
        ("x" * 2000, "[42]", 2000, "x" * 2000),
        ("x" * 2001, None, 2000, ""),
        ("bookmark 42", None, 10, ""),
        ("\0", "[42]", 2000, ""),
    ],
)
def test_a_value_holds_the_line_and_the_card_if_there_is_room(
    line: str, packed: str | None, limit: int, value: str
) -> None:
    assert encode(line, packed, limit) == value


@pytest.mark.parametrize(
    ("value", "line", "packed"),
    [
        ("bookmark 42", "bookmark 42", None),
        ("bookmark 42\n[42]", "bookmark 42", "[42]"),
        ("bookmark 42\n[42]\n[43]", "bookmark 42", "[42]\n[43]"),
        ("bookmark 42\n", "bookmark 42", None),
        ("", "", None),
        ("\n", "", None),
        ("\n[42]", "", "[42]"),
        (" \t bookmark\0 42\r\x1b\n", "bookmark 42", None),
        ("\N{RIGHT-TO-LEFT OVERRIDE}now", "now", None),
        ("\ud800now", "now", None),
    ],
)
def test_whatever_stands_in_a_value_can_be_read(value: str, line: str, packed: str | None) -> None:
    assert decode(value) == (line, packed)


@given(ANY, st.one_of(st.none(), ANY))
def test_what_was_put_in_comes_out(line: str, packed: str | None) -> None:
    value = encode(line, packed)
    clean = one_line(line)
    assert decode(value) == (clean, packed or None if clean else None)
    assert line_meant("bookmark-42", value) == decode(value)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("quotas", "find quotas"),
        ("  swift\nquotas ", "find swift quotas"),
        ("", ""),
        (" \n", ""),
        ("forget me yes", "find forget me yes"),
    ],
)
def test_words_in_a_search_field_are_looked_for(value: str, line: str) -> None:
    assert line_meant("search", value) == (line, None)
    assert line_meant("search~2", value) == (line, None)


@pytest.mark.parametrize(
    ("action", "meaning"),
    [
        ("bookmark-42", "bookmark"),
        ("bookmark-42~2", "bookmark"),
        ("line~12", "line"),
        ("bookmark-42~found", "bookmark"),
        ("bookmark-42~found2", "bookmark"),
        ("search", "search"),
        ("", ""),
        ("bookmark-42\n", ""),
        ("Bookmark-x", ""),
        ("<!channel>", ""),
    ],
)
def test_an_action_id_tells_what_it_means(action: str, meaning: str) -> None:
    assert what(action) == meaning


def test_no_action_id_is_given_twice() -> None:
    ids = Ids()
    given = [ids.action("bookmark", 42), ids.action("details", 42), ids.action("bookmark", 42)]
    given += [ids.action("search"), ids.action("search"), ids.action("bookmark", 43)]
    assert given == [
        "bookmark-42", "details-42", "bookmark-42~2", "search", "search~2", "bookmark-43",
    ]  # fmt: skip


def test_an_action_id_tells_in_which_part_it_stands() -> None:
    ids = Ids("found")
    given = [ids.action("bookmark", 42), ids.action("bookmark", 42), ids.action("line")]
    assert given == ["bookmark-42~found", "bookmark-42~found2", "line~found"]
    assert [part(action) for action in given] == ["found"] * 3
    assert [part(action) for action in ("bookmark-42", "bookmark-42~2", "", "<!here>")] == [""] * 4
