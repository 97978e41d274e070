"""What may have arrived is not said twice, and what has not is said."""

from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bot.adapters.slack.hearing.once import Once
from bot.patience import Patience
from tests.adapters.slack.bot import bot_on
from tests.adapters.slack.talking import NEXT, REMINDER, Place, said, summit, workspace
from tests.servers.postgres import empty
from tests.servers.slack import Delivering, Drop, Held, Slow, Status
from tests.servers.slack.people import Person

# A delivery whose process was killed is another one's soon.
PATIENT = Delivering(retries=(0.0, 1.5, 3.0))
COMING_UP = (
    "Starts in 5 minutes:\n"
    "[8] 10:00am–10:25am · Common configuration patterns · Seacliff AB · Mark McLoughlin\n"
    "[9] 10:00am–10:25am · Folsom documentation priorities · Seacliff D · Anne Gentle"
)


@pytest.fixture
def _short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery is in doubt a second after its process was killed."""
    usual = Once.__init__.__kwdefaults__
    assert usual is not None, "it has a lease"
    monkeypatch.setitem(usual, "lease", timedelta(seconds=1))


def alone(place: Place, person: Person | None = None) -> list[str]:
    """What the bot has said in a direct chat."""
    bot = place.installed.bot_user
    return [said(m) for m in (person or place.ada).sees() if m.author is bot]


@pytest.mark.parametrize("fault", [Drop.AFTER, Drop.BEFORE, Status(503)])
async def test_an_answer_whose_connection_ends_is_given_once(fault: Drop | Status) -> None:
    async with summit() as (place, _):
        place.server.faults.arm("chat.postMessage", fault)
        place.ada.tells("next Marina")
        place.server.faults.arm("chat.postMessage", fault)
        place.ada.says(place.channel, "@bot next Marina")
        await place.settled()
        assert len(place.server.faults.struck) == 2
        assert alone(place) == [NEXT]
        bot = place.installed.bot_user
        assert [said(m) for m in place.channel.messages if m.author is bot] == [NEXT]


@pytest.mark.parametrize("fault", [Drop.AFTER, Drop.BEFORE, Status(503)])
async def test_a_reminder_whose_connection_ends_comes_once(fault: Drop | Status) -> None:
    async with summit() as (place, bot):
        await place.ada.slash("/summit bookmark 6", channel=place.channel)
        place.server.faults.arm("chat.postMessage", fault)
        bot.go("Monday 9:25")
        assert said(await place.ada.reads()) == REMINDER
        await bot.ticks()
        await bot.logs("told")
        assert len(place.server.faults.struck) == 1
        assert alone(place) == [REMINDER]


@pytest.mark.parametrize("fault", [Drop.AFTER, Drop.BEFORE])
async def test_a_post_whose_connection_ends_comes_once(fault: Drop) -> None:
    async with summit(coming_up=["C07"]) as (place, bot):
        place.server.faults.arm("chat.postMessage", fault)
        bot.go("Monday 9:55")
        assert said(await place.ada.reads(place.channel)) == COMING_UP
        await bot.ticks()
        await bot.logs("posted")
        assert len(place.server.faults.struck) == 1
        assert [said(m) for m in place.channel.messages] == [COMING_UP]


@pytest.mark.usefixtures("_short_leases")
@pytest.mark.parametrize("direct", [True, False])
async def test_killed_after_an_answer_has_arrived_it_is_not_given_again(direct: bool) -> None:
    async with workspace(delivering=PATIENT) as place, bot_on(place.server, place.home) as bot:
        held = Held()
        place.server.faults.arm("chat.postMessage", held)
        place.ada.says(None if direct else place.channel, "@bot next Marina")
        await held.reached()
        await bot.kill()
        held.release()
        await bot.start()
        await place.settled()
        [told] = [each for each in place.server.deliveries.log if "event" in each.payload
                  and each.payload["event"].get("user") == place.ada.id]  # fmt: skip
        assert told.acknowledged
        assert len(told.attempts) > 1
        answers = place.ada.dm.messages + place.channel.messages
        assert [said(m) for m in answers if m.author is place.installed.bot_user] == [NEXT]


@pytest.mark.usefixtures("_short_leases")
async def test_killed_before_an_answer_arrives_it_is_given_afterwards() -> None:
    async with workspace(delivering=PATIENT) as place, bot_on(place.server, place.home) as bot:
        held = Held(before=True)
        place.server.faults.arm("users.info", held)
        place.ada.tells("bookmark 6")
        await held.reached()
        await bot.kill()
        held.release()
        await bot.start()
        await place.settled()
        assert [text.split("\n")[0] for text in alone(place)] == [
            "Bookmarked. I will remind you 5 minutes before, at 9:25am."
        ]


@pytest.mark.parametrize("replicas", [1, 2])
async def test_killed_amid_a_wave_of_reminders_each_comes_once(
    replicas: int, postgresql: str
) -> None:
    empty(postgresql)
    people: list[Person] = []

    def told() -> list[int]:
        return [alone(place, person).count(REMINDER) for person in people]

    patience = Patience(lease=timedelta(seconds=3))
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(workspace(rate=10.0, burst=10))
        bots = [
            await stack.enter_async_context(
                bot_on(place.server, place.home, database=postgresql, patience=patience)
            )
            for _ in range(replicas)
        ]
        people += [await place.server.person(f"p{number}") for number in range(40)]
        for person in people:
            await person.slash("/summit bookmark 6", channel=person.dm)
        # These arrive, and the process that sends them dies before it knows.
        place.server.faults.arm("chat.postMessage", Slow(2.0), times=10)
        for bot in bots:
            bot.go("Monday 9:25")
        await place.server.bell.until(lambda: sum(told()) >= 12, lambda: f"reminders: {told()}")
        await bots[0].kill()
        assert sum(told()) < 40
        await bots[0].start()
        await place.server.bell.until(lambda: all(told()), lambda: f"reminders: {told()}")
        for bot in bots:
            await bot.ticks()
        assert told() == [1] * 40
