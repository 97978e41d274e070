"""Channels that are joined, refused, lost and joined again."""

import asyncio

from bot.adapters.irc.membership import REFUSALS, Membership
from tests.adapters.irc.hearing import heard
from tests.test_pacer import simulated


class Talk:
    """A membership, and the lines that it has said with their seconds."""

    def __init__(self, *channels: str) -> None:
        self.lines: list[tuple[float, str]] = []
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self.membership = Membership(channels, self._say, str.lower, "irc")

    def _say(self, line: str) -> None:
        self.lines.append((self._loop.time() - self._began, line))

    def hear(self, *lines: str) -> None:
        for line in lines:
            self.membership.hear(heard(line))

    def said(self) -> list[tuple[float, str]]:
        said, self.lines = self.lines, []
        return said


@simulated
async def test_channels_with_keys_stand_first() -> None:
    talk = Talk("#a", "#b key", "#c", "#d other")
    talk.membership.start()
    assert talk.said() == [(0, "JOIN #b,#d,#a,#c key,other")]
    talk = Talk("#a")
    talk.membership.start()
    assert talk.said() == [(0, "JOIN #a")]
    talk = Talk()
    # Until then the bot may still have to log in.
    assert not talk.membership.settled.is_set()
    talk.membership.start()
    assert talk.said() == []
    assert talk.membership.settled.is_set()


@simulated
async def test_many_channels_are_several_lines() -> None:
    talk = Talk(*(f"#channel{number:02}-{'x' * 30} key" for number in range(20)))
    talk.membership.start()
    lines = [line for _, line in talk.said()]
    assert [line.count("#") for line in lines] == [8, 8, 4]
    assert [line.count("key") for line in lines] == [8, 8, 4]
    assert all(len(line) < 410 for line in lines)


@simulated
async def test_it_is_settled_when_all_are_known_or_refused() -> None:
    talk = Talk("#a", "#b", "#c")
    settled = talk.membership.settled
    talk.membership.known("#A")
    talk.hear(":srv 474 me #B :Cannot join")
    assert not settled.is_set()
    talk.hear(":srv 474 me #stranger :Cannot join", ":srv 474 me")
    assert not settled.is_set()
    talk.hear(":srv 470 me #c ##c :Forwarding to another channel")
    assert settled.is_set()
    assert talk.membership.refused == {"#b": REFUSALS["474"], "#c": REFUSALS["470"]}


@simulated
async def test_a_refused_channel_is_tried_again_after_longer_and_longer_pauses() -> None:
    talk = Talk("#A key")
    refusal = ":srv 475 me #a :Cannot join"
    for _ in range(7):
        talk.hear(refusal)
        await asyncio.sleep(600)
    pauses = [second % 600 for second, _ in talk.said()]
    assert pauses == [30, 60, 120, 240, 480, 0, 0]
    assert talk.membership.refused == {}
    talk.hear(refusal)
    assert talk.membership.refused == {"#A": REFUSALS["475"]}


@simulated
async def test_after_a_kick_it_comes_back_politely() -> None:
    talk = Talk("#a")
    talk.membership.known("#a")
    talk.membership.kicked("#A", "op")
    await asyncio.sleep(100)
    talk.membership.known("#a")
    talk.membership.kicked("#a", "op")
    await asyncio.sleep(1400)
    talk.membership.kicked("#a", "op")
    talk.membership.kicked("#stranger", "op")
    await asyncio.sleep(100)
    assert talk.said() == [(60, "JOIN #a"), (220, "JOIN #a"), (1560, "JOIN #a")]


@simulated
async def test_an_invitation_is_followed_at_once_and_not_too_often() -> None:
    talk = Talk("#a key")
    talk.hear(":srv 473 me #a :Cannot join")
    await asyncio.sleep(1)
    talk.hear(":op!o@h INVITE me #A", ":op!o@h INVITE me #a", ":op!o@h INVITE me #stranger")
    assert talk.said() == [(1, "JOIN #a key")]
    assert talk.membership.refused == {}
    talk.membership.known("#a")
    await asyncio.sleep(60)
    talk.hear(":op!o@h INVITE me #a")
    assert talk.said() == []


@simulated
async def test_what_is_refused_in_a_channel_that_it_is_in_is_no_refusal_of_the_channel() -> None:
    talk = Talk("#a")
    talk.membership.known("#a")
    talk.hear(":srv 477 me #a :You need to be identified to speak")
    await asyncio.sleep(60)
    assert talk.said() == []
    assert talk.membership.refused == {}


@simulated
async def test_in_the_end_nothing_is_joined_any_more() -> None:
    talk = Talk("#a")
    talk.membership.kicked("#a", "op")
    talk.membership.close()
    await asyncio.sleep(100)
    assert talk.said() == []
    assert talk.membership.wants("#A")
    assert not talk.membership.wants("#b")
