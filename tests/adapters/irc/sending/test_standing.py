"""Whom the bot may write to at once: everybody with a voice, few without."""

from bot.adapters.irc.isupport import Isupport
from bot.adapters.irc.people.roster import Roster
from bot.adapters.irc.sending.crowding import Crowding
from bot.adapters.irc.sending.recipients import Limit
from bot.adapters.irc.sending.standing import Standing
from tests.adapters.irc.hearing import heard

LIMIT = Limit(3, 60.0)


def standing(*lines: str, limit: Limit | None = LIMIT) -> Standing:
    """Of a bot in #a and #b, with ada in both and bob in #b, after these lines."""
    roster = Roster("me", Isupport().told(["PREFIX=(ov)@+", "CHANTYPES=#"]))
    for line in (
        ":me!m@h JOIN #a", ":me!m@h JOIN #b", ":ada!a@h JOIN #a", ":ada!a@h JOIN #b",
        ":bob!b@h JOIN #b", *lines,
    ):  # fmt: skip
        roster.hear(heard(line))
    return Standing(roster, limit, Crowding(10, 1.0))


async def test_a_voice_counts_for_the_channel_and_its_members() -> None:
    voiced = standing(":op!o@h MODE #a +v me")
    assert {t: voiced.has_voice_for(t) for t in ("#a", "#b", "ada", "bob", "eve")} == {
        "#a": True, "#b": False, "ada": True, "bob": False, "eve": False
    }  # fmt: skip


async def test_without_a_voice_one_place_is_kept_for_channels() -> None:
    here = standing()
    for nick in ("ada", "bob"):
        assert here.seconds_to_wait(nick) == 0
        here.writes_to(nick)
    assert here.seconds_to_wait("ada") == 0
    assert 59 < here.seconds_to_wait("eve") <= 122
    assert here.seconds_to_wait("#a") == 0
    here.writes_to("#a")
    assert 59 < here.seconds_to_wait("#b") <= 61


async def test_whoever_writes_first_costs_nothing() -> None:
    here = standing()
    for nick in ("ada", "bob"):
        here.writes_to(nick)
    here.hears_from("eve")
    assert here.seconds_to_wait("eve") == 0


async def test_with_a_voice_nothing_is_counted() -> None:
    here = standing(":op!o@h MODE #a +v me")
    for _ in range(30):
        here.writes_to("ada")
        assert here.seconds_to_wait("ada") == 0
        assert here.books("ada", 4) == 0


async def test_where_no_limit_is_known_nothing_is_counted_until_the_server_refuses() -> None:
    here = standing(limit=None)
    assert here.limit is None
    assert here.seconds_to_wait("ada") == 0
    assert [here.books("ada", 8) for _ in range(3)] == [0, 0, 0]
    here.refused("ada")
    assert here.limit == Limit(10, 60.0)
    assert here.seconds_to_wait("ada") > 59


async def test_what_others_say_in_a_channel_counts_there() -> None:
    here = standing()
    for _ in range(8):
        here.hears_in("#a")
    assert 2.9 < here.books("#a", 3) <= 3
    assert here.books("#b", 3) == 0
