"""What is meant for the bot, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.isupport import Isupport
from bot.adapters.irc.listening import command_in_channel, command_in_private, unformatted

fold = Isupport().fold


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("!now", ("now", False)),
        ("  !next Marina ", ("next Marina", False)),
        ("!42", ("42", False)),
        ("!été", ("été", False)),
        ("\x02!now\x02", ("now", False)),
        ("!\x0304,12now\x0f 1", ("now 1", False)),
        ("\x04ff0000!now", ("now", False)),
        ("!!!", None),
        ("!", None),
        ("! now", None),
        ("!?", None),
        ("!!now", None),
        ("now", None),
        ("what!now", None),
        ("", None),
        ("bot: now", ("now", True)),
        ("bot:now", ("now", True)),
        ("bot, now", ("now", True)),
        ("bot,", ("", True)),
        ("bot: !now", ("now", True)),
        ("\x02bot\x02: now", ("now", True)),
        ("BOT: now", ("now", True)),
        ("@bot now", ("now", True)),
        ("@bot: now", ("now", True)),
        ("@bot", ("", True)),
        ("bot", ("", True)),
        ("bot now", None),
        ("robot: now", None),
        ("bots: now", None),
        ("bot; now", None),
        ("@robot now", None),
        ("@@bot now", None),
        ("I like bot: now", None),
    ],
)
def test_in_a_channel(text: str, command: tuple[str, bool] | None) -> None:
    assert command_in_channel(text, "bot", "!", fold) == command


@pytest.mark.parametrize(
    ("text", "me", "prefix", "command"),
    [
        ("now", "bot", "", None),
        ("!now", "bot", "", None),
        ("bot: !now", "bot", "", ("!now", True)),
        ("..now", "bot", "..", ("now", False)),
        (".now", "bot", "..", None),
        ("[b.t]: now", "[b.t]", "!", ("now", True)),
        ("{B.T}: now", "[b.t]", "!", ("now", True)),
        ("[bot]: now", "[b.t]", "!", None),
        ("b|t: now", "b|t", "!", ("now", True)),
        ("t: now", "b|t", "!", None),
        ("bo\u212a: now", "bok", "!", None),
    ],
)
def test_with_other_names_and_prefixes(
    text: str, me: str, prefix: str, command: tuple[str, bool] | None
) -> None:
    assert command_in_channel(text, me, prefix, fold) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("now", "now"),
        ("!now", "now"),
        ("! now", "now"),
        ("bot: now", "now"),
        ("@bot !now", "now"),
        ("BOT", ""),
        (" \x1dnext\x1d Marina ", "next Marina"),
        ("bot now", "bot now"),
        ("!", ""),
    ],
)
def test_in_private(text: str, command: str) -> None:
    assert command_in_private(text, "bot", "!", fold) == command


def test_an_empty_prefix_is_none() -> None:
    assert command_in_private("!now", "bot", "", fold) == "!now"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\x0312,4a\x0312b\x03c", "abc"),
        ("\x03123", "3"),
        ("\x031,a", ",a"),
        ("\x03,4", ",4"),
        ("\x03\u0661", "\u0661"),
        ("\x04FF00aa,00ff00x\x04y", "xy"),
        ("\x02\x11\x16\x1d\x1e\x1f\x0f", ""),
    ],
)
def test_formatting_is_left_out(text: str, plain: str) -> None:
    assert unformatted(text) == plain


@given(st.text(), st.text(min_size=1, max_size=3), st.text(max_size=2))
def test_anything_can_be_said(text: str, me: str, prefix: str) -> None:
    command_in_channel(text, me, prefix, fold)
    command_in_private(text, me, prefix, fold)
    assert command_in_channel(f"{me}: now", me, "!", fold) in (("now", True), None)
