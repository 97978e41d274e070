"""How fast people can be written to, and what the bot's standing in its channels means."""

import pytest

from bot.adapters.irc.people.roster import Joined
from bot.adapters.irc.sending.pace import Pace, about_voice
from bot.adapters.irc.sending.recipients import Limit

LIMIT = Limit(10, 60.0)


@pytest.mark.parametrize(
    ("pace", "messages", "at_once", "fitting"),
    [
        (Pace(2.0, 5, 4, None), 4.0, 5, (605, 2420)),
        (Pace(2.0, 5, 1, None), 2.0, 5, (605, 605)),
        (Pace(2.0, 5, 4, LIMIT), 1 / 60, 5, (15, 15)),
        (Pace(2.0, 15, 4, LIMIT), 1 / 60, 10, (15, 15)),
        (Pace(0.01, 5, 4, Limit(10, 1.0)), 0.01, 5, (310, 310)),
    ],
)
def test_the_pace(pace: Pace, messages: float, at_once: int, fitting: tuple[int, int]) -> None:
    assert (pace.messages, pace.at_once, pace.fitting()) == (messages, at_once, fitting)


@pytest.mark.parametrize(
    ("modes", "limit", "sentence"),
    [
        ({"v"}, LIMIT, "#c: a voice, so its members can be written to at any pace."),
        ({"o", "a"}, LIMIT, "#c: mode +ao, so its members can be written to at any pace."),
        (set(), LIMIT,
         "#c: no voice, so the server lets the bot begin to write to 10 people, and to one more"
         " each 60 seconds: ask an operator for /mode #c +v."),
        (set(), None, "#c: no voice; none is needed here, as far as is known."),
    ],
)  # fmt: skip
def test_what_a_voice_means(modes: set[str], limit: Limit | None, sentence: str) -> None:
    assert about_voice([Joined("#c", modes)], limit) == [sentence]
