"""Which sessions a message may be about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.cards.mentioned import session_lines


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ("[42] 9:30am\N{EN DASH}9:55am \N{MIDDLE DOT} Swift Quotas", ["info 42"]),
        ("[42], [7] and [42] again", ["info 42", "info 7"]),
        ("try #42 or session 7, or !bookmark 8", ["info 42", "info 7", "info 8"]),
        ("42", ["info 42"]),
        (" #42 ", ["info 42"]),
        ("".join(f"[{n}]" for n in range(30)), [f"info {n}" for n in range(10)]),
        (
            "Come to “Swift Quotas” today!",
            ["find Swift Quotas", "find Come to “Swift Quotas” today!"],
        ),
        ('"Swift Quotas" it is', ["find Swift Quotas", 'find "Swift Quotas" it is']),
        ("I like *Swift Quotas*", ["find Swift Quotas", "find I like Swift Quotas"]),
        (
            "Swift Quotas\nby Everett, in Marina :tada:\nhttps://example.org/42",
            ["find Swift Quotas", "find Swift Quotas by Everett, in Marina"],
        ),
        ("Swift Quotas", ["find Swift Quotas"]),
        ("@ada see #general Swift Quotas", ["find see Swift Quotas"]),
        ("at 9:30 or 10:00", ["find at 9:30 or 10:00"]),
        ("session 9:30 is full", ["find session 9:30 is full"]),
        ("", []),
        (" \n :tada: @ada\nhttps://example.org ...", []),
        ("word " * 200, ["find " + ("word " * 76).strip()]),
        ("x" * 500, ["find " + "x" * 380]),
    ],
)
def test_a_message_is_about_its_numbers_or_what_looks_like_a_title(
    message: str, lines: list[str]
) -> None:
    assert session_lines(message) == lines


@given(st.text(max_size=400))
def test_any_message_gives_a_few_lines_that_change_nothing(message: str) -> None:
    lines = session_lines(message)
    assert len(lines) <= 10
    assert all(line.startswith(("info ", "find ")) for line in lines)
    assert all(len(line) <= 400 and "\n" not in line for line in lines)
