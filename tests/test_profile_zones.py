"""The time zone that a profile on the network names: shown unless its owner has said otherwise."""

from zoneinfo import ZoneInfo

import pytest

from bot.messages import Preferences, User
from bot.rules import Rules
from tests.summit import NETWORK, Summit

BERLIN, TOKYO, HOME = (ZoneInfo(z) for z in ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"))
IN_BERLIN = "Next lunch, at 12:30pm (9:30pm your time), in 3 hours 10 minutes:"
IN_TOKYO = "Next lunch, at 12:30pm (Tue 4:30am your time), in 3 hours 10 minutes:"
AT_HOME = "Next lunch, at 12:30pm, in 3 hours 10 minutes:"


async def say(summit: Summit, line: str, zone: ZoneInfo | None = BERLIN, name: str = "ada") -> str:
    """The first line of what somebody with a profile is answered."""
    return (await summit.say(name, line, profile_zone=zone))[0]


async def setting(summit: Summit, zone: ZoneInfo | None = BERLIN) -> str:
    """What the settings say of the zone."""
    return (await summit.say("ada", "settings", profile_zone=zone))[2]


def test_a_user_is_the_same_with_another_profile() -> None:
    known = User(NETWORK, "ada", "Ada", BERLIN)
    assert known == User(NETWORK, "ada")
    assert {known: 1}[User(NETWORK, "ada", timezone=TOKYO)] == 1


@pytest.mark.parametrize(
    ("setting", "profile", "own"),
    [(None, None, None), (None, BERLIN, BERLIN), (TOKYO, BERLIN, TOKYO), (TOKYO, None, TOKYO)],
)
def test_what_somebody_has_set_goes_before_their_profile(
    setting: ZoneInfo | None, profile: ZoneInfo | None, own: ZoneInfo | None
) -> None:
    assert Rules().reader(Preferences(timezone=setting), HOME, profile).own == own


async def test_times_are_shown_in_the_zone_of_the_profile_too(summit: Summit) -> None:
    assert await say(summit, "next lunch") == IN_BERLIN
    assert await say(summit, "next lunch", None, "bob") == AT_HOME
    assert await say(summit, "next lunch", HOME, "cyd") == AT_HOME


async def test_a_new_zone_in_the_profile_holds_at_once(summit: Summit) -> None:
    for zone, shown in ((BERLIN, IN_BERLIN), (TOKYO, IN_TOKYO), (None, AT_HOME)):
        assert await say(summit, "next lunch", zone) == shown


async def test_an_answer_that_is_given_again_is_for_the_profile_of_now(summit: Summit) -> None:
    said = "Bookmarked. I will remind you 5 minutes before, at {}."
    for zone, moment in ((BERLIN, "12:25pm (9:25pm your time)"), (None, "12:25pm")):
        answer = await summit.say("ada", "bookmark 23", id="event 1", profile_zone=zone)
        assert answer[0] == said.format(moment)


async def test_even_trouble_is_for_the_reader(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summit.engine, "_store", None)
    response = await summit.respond("ada", "bookmarks", profile_zone=BERLIN)
    assert response.reader.own == BERLIN


async def test_the_settings_say_where_the_zone_comes_from(summit: Summit) -> None:
    hint = "Change: ‘settings timezone Europe/Berlin’"
    assert await setting(summit) == f"Time zone: as your profile says, Europe/Berlin. {hint}"
    assert await setting(summit, HOME) == (
        f"Time zone: as your profile says, America/Los_Angeles. {hint}"
    )
    assert await setting(summit, None) == f"Time zone: the event's, America/Los_Angeles. {hint}"


async def test_a_zone_that_was_set_holds_until_the_profile_is_to_hold_again(
    summit: Summit,
) -> None:
    await say(summit, "settings timezone tokyo")
    assert await say(summit, "next lunch") == IN_TOKYO
    assert await setting(summit) == "Time zone: Asia/Tokyo. Change: ‘settings timezone profile’"
    assert await setting(summit, None) == (
        "Time zone: Asia/Tokyo. Change: ‘settings timezone Europe/Berlin’"
    )
    for word in ("profile", "default", "reset"):
        await say(summit, "settings timezone tokyo")
        assert await say(summit, f"settings timezone {word}") == (
            "Your time is now 6:20pm in Europe/Berlin, as your profile says."
        )
        assert await say(summit, "next lunch") == IN_BERLIN


@pytest.mark.parametrize("word", ["off", "event", "none", "no"])
@pytest.mark.parametrize("before", ["now", "settings timezone tokyo"])
async def test_without_a_zone_of_ones_own_times_are_the_events_alone(
    summit: Summit, before: str, word: str
) -> None:
    await say(summit, before)
    assert await say(summit, f"settings timezone {word}") == (
        "Times are shown in the event's zone alone."
    )
    assert await say(summit, "next lunch") == AT_HOME
    assert await setting(summit) == (
        "Time zone: the event's, America/Los_Angeles. Change: ‘settings timezone profile’"
    )
    await say(summit, "settings hours 12")
    assert await say(summit, "next lunch", TOKYO) == AT_HOME


async def test_without_a_zone_in_the_profile_nothing_is_kept_in_its_place(summit: Summit) -> None:
    for word in ("off", "default"):
        await say(summit, "settings timezone tokyo", None)
        assert await say(summit, f"settings timezone {word}", None) == (
            "Times are shown in the event's zone alone."
        )
        assert (await summit.store.load(User(NETWORK, "ada"), False)).preferences.timezone is None
    assert await say(summit, "settings timezone profile", None) == (
        "No time zone is called “profile”. Name a big city in it, like"
        " ‘settings timezone Europe/Berlin’"
    )


async def test_a_reminder_leaves_the_profile_to_the_network(summit: Summit) -> None:
    """It knows who somebody is by then; what they have set themselves goes before that."""
    await say(summit, "remind 23 120")
    await say(summit, "settings timezone off", name="bob")
    await say(summit, "remind 23 120", name="bob")
    summit.go("Monday 10:30")
    await summit.tick()
    readers = zip(summit.network.taken, summit.network.readers, strict=True)
    assert {user.id: reader.own for (user, _, _), reader in readers} == {"ada": None, "bob": HOME}
