"""What organisers do, from the command to what others read: engine, desk, courier and database."""

import asyncio
from datetime import timedelta

import pytest

from bot.messages import Channel, Invocation, User
from bot.ports import TryLater, Unreachable
from bot.text import lines
from tests.summit import NETWORK, Summit, folsom

SWIFT = "[60] Tue 9:00am–9:55am · Swift Quotas · Marina · Everett Toews"
LATER = "[60] Tue 10:00am–10:55am · Swift Quotas · Marina · Everett Toews · changed live"
ANNOUNCED = [
    "Announcement from the organisers:",
    "Bring laptops.",
    SWIFT,
]

pytestmark = pytest.mark.every_database


@pytest.fixture
async def desk(summit: Summit) -> Summit:
    """A summit with an organiser, Ada."""
    summit.network.organisers = ["ada"]
    return summit


async def test_whoever_bookmarked_it_is_told_once_and_reminded_anew(desk: Summit) -> None:
    await desk.say("bob", "bookmark 60")
    await desk.say("ada", "move 60 10:00")
    moved = ["Moved from Tuesday 9:00am to Tuesday 10:00am:", LATER, "Remove: ‘unbookmark 60’"]
    assert await desk.notices() == [moved]
    assert await desk.notices() == []
    assert await desk.say("bob", "bookmarks") == [
        "You have 1 bookmark:", f"{LATER} · reminder at 9:55am",
    ]  # fmt: skip
    desk.go("Tuesday 8:55")
    assert await desk.notices() == []
    desk.go("Tuesday 9:55")
    assert [notice[0] for notice in await desk.notices()] == ["Starts in 5 minutes:"]


async def test_a_restart_and_another_process_know_it(desk: Summit) -> None:
    await desk.say("ada", "move 60 10:00")
    await desk.restart()
    await desk.say("ada", "status")  # as whoever follows the database does within seconds
    assert await desk.say("bob", "info 60") == [LATER, *(await desk.say("bob", "info 60"))[1:]]


async def test_an_announcement_reaches_each_who_bookmarked_it_once(desk: Summit) -> None:
    for name in ("bob", "carol"):
        await desk.say(name, "bookmark 60")
    await desk.say("dave", "bookmark 61")
    await desk.say("ada", "announce 60 Bring laptops.")
    await desk.tick()
    assert sorted((user.id, text) for user, text, _ in desk.network.taken) == [
        ("bob", ANNOUNCED), ("carol", ANNOUNCED),
    ]  # fmt: skip
    await desk.restart()
    desk.wait(30)
    await desk.tick()
    assert len(desk.network.taken) == 2


async def test_an_announcement_waits_for_who_cannot_be_written_to(desk: Summit) -> None:
    absent = {"bob"}

    async def takes(user: User, key: str) -> None:
        if user.id in absent:
            raise Unreachable("they are away")

    desk.network.before_taking = takes
    for name in ("bob", "carol"):
        await desk.say(name, "bookmark 60")
    await desk.say("ada", "announce 60 Bring laptops.")
    assert await desk.notices() == [ANNOUNCED]
    absent.clear()
    desk.courier.seen(User(NETWORK, "bob"))
    desk.wait(0.1)
    await desk.tick()
    assert await desk.notices("bob") == [ANNOUNCED]
    assert await desk.notices() == []


async def test_after_a_day_it_is_of_no_use(desk: Summit) -> None:
    async def never(user: User, key: str) -> None:
        raise TryLater(timedelta(minutes=1))

    await desk.say("bob", "bookmark 60")
    desk.network.before_taking = never
    await desk.say("ada", "announce 60 Bring laptops.")
    await desk.tick()
    desk.network.before_taking = None
    desk.go("Tuesday 23:00")
    assert await desk.notices() == []


async def test_who_crashed_while_it_went_out_sends_it_again_under_its_key(desk: Summit) -> None:
    async def hangs(user: User, key: str) -> None:
        keys.append(key)
        raise RuntimeError("the connection is gone")

    keys: list[str] = []
    await desk.say("bob", "bookmark 60")
    desk.network.before_taking = hangs
    await desk.say("ada", "announce 60 Bring laptops.")
    await desk.tick()
    desk.network.before_taking = None
    await desk.restart()
    desk.wait(1)
    assert await desk.notices() == [ANNOUNCED]
    assert [key for _, _, key in desk.network.taken] == keys == desk.network.in_doubt


async def test_whoever_is_forgotten_hears_nothing(desk: Summit) -> None:
    await desk.say("bob", "bookmark 60")
    await desk.say("ada", "announce 60 Bring laptops.")
    await desk.say("bob", "forget me yes")
    assert await desk.notices() == []


async def test_the_status_tells_of_waves_and_failures(desk: Summit) -> None:
    async def fails(user: User, key: str) -> None:
        raise Unreachable("they are away")

    for name in ("bob", "carol"):
        await desk.say(name, "bookmark 12")
    assert (await desk.say("ada", "status"))[1:] == [
        "Nothing is changed live.",
        "test: the next 2 reminders go out at 10:55am for Monday 11:00am; they fit.",
    ]
    desk.network.before_taking = fails
    desk.go("Monday 10:55")
    await desk.tick()
    assert (await desk.say("ada", "status"))[2:] == [
        "test: the next 2 reminders go out now for Monday 11:00am; they fit.",
        "test: 2 messages failed (unreachable: 2), of 2; 2 people were not reached"
        " (they are away: 2).",
    ]


async def test_two_organisers_who_add_at_once_get_two_numbers(database: str) -> None:
    both = [Summit(database, folsom(), "Monday 9:20") for _ in range(2)]
    for each in both:
        each.network.organisers = ["ada"]
    titles = ("Frogs", "Newts")
    said = await asyncio.gather(
        *(
            each.say("ada", f'add "{title}" Marina 14:30 25m')
            for each, title in zip(both, titles, strict=True)
        )
    )
    assert {answer[1].partition(" ")[0] for answer in said} == {"[160]", "[161]"}
    found = [await each.say("ada", "status") for each in both]
    assert found[0] == found[1]
    assert {line.partition(" ")[0] for line in found[0]} >= {"[160]", "[161]"}
    for each in both:
        await each.store.close()


async def test_the_same_command_twice_is_one(desk: Summit) -> None:
    await desk.say("bob", "bookmark 60")
    twice = [
        await desk.say("ada", "announce 60 Bring laptops.", id="1"),
        await desk.say("ada", "announce 60 Bring laptops.", id="1"),
    ]
    assert twice[0] == twice[1]
    assert await desk.notices() == [ANNOUNCED]
    assert len(await desk.store.audited(10)) == 1


async def test_what_was_done_stands_in_the_audit_log(desk: Summit) -> None:
    await desk.say("ada", "cancel 60")
    await desk.say("bob", "cancel 61")
    await desk.say("ada", "forget me yes")
    await desk.say("ada", "restore 60")
    who = User(NETWORK, "ada")
    assert [(one.user, one.user.name, one.what) for one in await desk.store.audited(10)] == [
        (who, "ada", "restored [60] “Swift Quotas”, which was cancelled"),
        (who, "ada", "cancelled [60] “Swift Quotas”"),
    ]


async def test_a_long_announcement_is_not_cut(desk: Summit) -> None:
    await desk.say("bob", "bookmark 60")
    long = "word " * 190 + "end!"
    await desk.say("ada", f"announce 60 {long}")
    [notice] = await desk.notices()
    assert notice[1] == long


async def test_in_a_channel_the_answer_is_for_the_organiser_alone(desk: Summit) -> None:
    channel = Channel(NETWORK, "#summit")
    said = await desk.engine.respond(
        Invocation(None, User(NETWORK, "ada", "ada"), channel, "cancel 60")
    )
    assert (said.private, lines(said.reply, said.reader)[0]) == (
        True, "Cancelled. Those who bookmarked it are told.",
    )  # fmt: skip


async def test_a_name_of_any_kind_stands_on_one_line_of_the_log(desk: Summit) -> None:
    user = User(NETWORK, "ada", "Ada\n2012-04-16 09:00:00Z test bob: cancelled [1]" + "!" * 300)
    said = await desk.engine.respond(
        Invocation(None, user, Channel(NETWORK, "ada", True), "cancel 60")
    )
    assert lines(said.reply, said.reader)[0].startswith("Cancelled.")
    [one] = await desk.store.audited(10)
    assert one.user.name.startswith("Ada 2012-04-16")
    assert len(one.user.name) == 255


async def test_who_gives_no_name_now_is_called_as_before(desk: Summit) -> None:
    async def says(name: str, line: str) -> None:
        channel = Channel(NETWORK, "ada", True)
        await desk.engine.respond(Invocation(None, User(NETWORK, "ada", name), channel, line))

    for name, line in (("", "cancel 60"), ("Ada", "restore 60"), ("", "cancel 60")):
        await says(name, line)
    assert [one.user.name for one in await desk.store.audited(10)] == ["Ada", "Ada", ""]
