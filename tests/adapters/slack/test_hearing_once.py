"""Whatever is delivered takes effect once, however often and to whomever Slack delivers it."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.adapters.slack.bot import bot_on, url_of
from tests.adapters.slack.talking import BOOKMARKED, NEXT, VOLUME, Place, said, summit, workspace
from tests.servers.postgres import empty
from tests.servers.programs import free_port
from tests.servers.slack import Delivering, Held
from tests.servers.slack.delivering import Acknowledged, Delivery
from tests.servers.slack.web import Signed

MODES = ["socket", "http"]
HAS_ONE = f"You have 1 bookmark:\n[6] Mon {VOLUME} · reminder at 9:25am"
ZERO = Delivering(retries=(0.0, 0.2, 0.5), zero=True)


def events(place: Place, name: str) -> list[Delivery]:
    """Those that people were the cause of: the bot is told of its own messages too."""
    bot = place.installed.bot_user.id
    return [
        delivery for delivery in place.server.deliveries.log
        if delivery.name == name and delivery.payload.get("event", {}).get("user") != bot
    ]  # fmt: skip


async def alone(place: Place) -> list[str]:
    """What the bot has said in Ada's direct chat, when all has been dealt with."""
    await place.settled()
    return [said(m) for m in place.ada.sees() if m.author is place.installed.bot_user]


async def in_channel(place: Place) -> list[str]:
    await place.settled()
    bot = place.installed.bot_user
    return [said(m) for m in place.channel.messages if m.author is bot]


async def test_a_first_delivery_with_retry_number_0_is_no_repeat() -> None:
    async with summit("http", delivering=ZERO) as (place, _):
        place.ada.tells("next Marina")
        assert await alone(place) == [NEXT]
        [told] = events(place, "message")
        [attempt] = told.attempts
        assert isinstance(attempt.sent, Signed)
        assert attempt.sent.headers["X-Slack-Retry-Num"] == "0"


@pytest.mark.parametrize("mode", MODES)
async def test_a_redelivered_message_is_answered_once(mode: str) -> None:
    async with summit(mode) as (place, _):
        place.ada.tells("next Marina")
        place.ada.says(place.channel, "@bot next Marina")
        await place.settled()
        for delivery in list(place.server.deliveries.log):
            assert await place.server.deliveries.again(delivery) == Acknowledged()
        assert await alone(place) == [NEXT]
        assert await in_channel(place) == [NEXT]


@pytest.mark.parametrize("mode", MODES)
async def test_what_arrives_only_as_a_redelivery_is_answered(mode: str) -> None:
    async with summit(mode) as (place, _):
        place.server.deliveries.lose(place.home.app, 2)
        place.ada.tells("next Marina")
        assert said(await place.ada.reads()) == NEXT
        assert await alone(place) == [NEXT]
        [told] = [each for each in events(place, "message") if each.attempts[0].way == "lost"]
        assert [attempt.number for attempt in told.attempts] == [0, 1, 2]


@pytest.mark.parametrize("mode", MODES)
async def test_a_command_and_a_press_that_arrive_twice_take_effect_once(mode: str) -> None:
    async with summit(mode) as (place, _):
        first = await place.ada.slash("/summit bookmark 6")
        assert said(first) == f"{BOOKMARKED}\n[6] Mon {VOLUME}"
        [command] = events(place, "/summit")
        again = await place.server.deliveries.again(command)
        assert isinstance(again, Acknowledged)
        assert again.payload["text"] == f"{BOOKMARKED}\n[6] Mon {VOLUME}"
        card = await place.ada.slash("/summit next Marina")
        assert card is not None
        await place.ada.press(card, "✓ Bookmarked")
        await place.ada.slash("/summit bookmark 6")
        [press] = events(place, "block_actions")
        assert await place.server.deliveries.again(press) == Acknowledged()
        assert said(await place.ada.slash("/summit bookmarks")) == HAS_ONE


async def test_two_replicas_on_one_database_answer_once(postgresql: str) -> None:
    empty(postgresql)
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(workspace("http"))
        ports = [place.home.settings.port, free_port()]
        for port in ports:
            await stack.enter_async_context(
                bot_on(place.server, place.home, port=port, database=postgresql)
            )
        place.server.web.replicas(place.home.app, [url_of(place.home, port) for port in ports])
        for number in range(1, 11):
            place.ada.tells(f"info {number}")
        await place.settled()
        for delivery in events(place, "message"):
            assert await place.server.deliveries.again(delivery) == Acknowledged()
        numbers = sorted(int(text[1 : text.index("]")]) for text in await alone(place))
        assert numbers == list(range(1, 11))
        ways = {attempt.way for each in events(place, "message") for attempt in each.attempts}
        assert len(ways) == 2


async def test_what_one_replica_deals_with_the_other_leaves_alone(
    postgresql: str,
) -> None:
    empty(postgresql)
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(workspace("http"))
        ports = [place.home.settings.port, free_port()]
        for port in ports:
            await stack.enter_async_context(
                bot_on(place.server, place.home, port=port, database=postgresql)
            )
        server, app = place.server, place.home.app
        one, other = ([url_of(place.home, port)] for port in ports)
        held = Held()
        server.faults.arm("chat.postMessage", held)
        server.web.replicas(app, one)
        place.ada.tells("next Marina")
        await held.reached()
        [told] = events(place, "message")
        server.web.replicas(app, other)
        began = asyncio.get_running_loop().time()
        beside = await server.web.forge(app, told.kind, told.payload)
        assert beside.status == 503, "it is being dealt with"
        assert asyncio.get_running_loop().time() - began < 2, "nobody waits for the other one"
        held.release()
        assert await alone(place) == [NEXT]
        assert (await server.web.forge(app, told.kind, told.payload)).status == 200
        assert await alone(place) == [NEXT]


async def test_two_processes_with_a_socket_each_answer_once(postgresql: str) -> None:
    empty(postgresql)
    async with (
        workspace() as place,
        bot_on(place.server, place.home, database=postgresql),
        bot_on(place.server, place.home, database=postgresql),
    ):
        first, second = await place.server.sockets.opened(place.home.app, 2)
        for number in range(1, 11):
            place.ada.tells(f"info {number}")
        await place.settled()
        assert len(first.envelopes) == len(second.envelopes) == 10
        for delivery in events(place, "message"):
            # In turn, each goes to the socket that it did not go to before.
            assert await place.server.deliveries.again(delivery) == Acknowledged()
            await place.server.deliveries.again(delivery)
        numbers = sorted(int(text[1 : text.index("]")]) for text in await alone(place))
        assert numbers == list(range(1, 11))


async def test_a_reminder_comes_from_one_of_two_processes(postgresql: str) -> None:
    empty(postgresql)
    async with (
        workspace() as place,
        bot_on(place.server, place.home, database=postgresql) as one,
        bot_on(place.server, place.home, database=postgresql) as other,
    ):
        people = [await place.server.person(f"p{number}") for number in range(20)]
        for person in people:
            await person.slash("/summit bookmark 6")
        for bot in (one, other):
            bot.go("Monday 9:25")
        for person in people:
            await person.reads()
        for bot in (one, other):
            await bot.ticks()
        assert [len(person.sees()) for person in people] == [2] * 20


@pytest.mark.parametrize("change", [{"secret": "another"}, {"age": 301.0}, {"signature": ""}])
async def test_what_slack_has_not_signed_just_now_takes_no_effect(
    change: dict[str, object],
) -> None:
    async with summit("http") as (place, bot):
        await place.ada.slash("/summit bookmarks")
        [command] = events(place, "/summit")
        payload = {**command.payload, "text": "bookmark 6", "trigger_id": "1.2.another"}
        forged = await place.server.web.forge(
            place.home.app, command.kind, payload, **change  # type: ignore[arg-type]  # each one's
        )  # fmt: skip
        assert forged.status == 401
        await bot.logs("A request was refused")
        nothing = "You have no bookmarks yet. Add one by number or title: ‘/summit bookmark 12’"
        assert said(await place.ada.slash("/summit bookmarks")) == nothing
        honest = await place.server.web.forge(place.home.app, command.kind, payload)
        assert honest.status == 200
        assert said(await place.ada.slash("/summit bookmarks")) == HAS_ONE


async def test_nobody_hears_what_is_said_in_other_words_than_a_mention() -> None:
    async with summit() as (place, _):
        place.ada.says(place.channel, "!next Marina")
        place.ada.says(place.channel, "summitbot: next Marina")
        assert await in_channel(place) == []


async def test_who_waits_for_slack_to_take_an_answer_is_answered_else() -> None:
    async with summit("socket") as (place, _):
        held = Held(before=True)
        place.server.faults.arm("chat.postMessage", held)
        place.ada.tells("next Marina")
        await held.reached()
        answer = await place.ada.slash("/summit next Marina", channel=place.channel)
        assert said(answer) == NEXT
        held.release()
        assert await alone(place) == [NEXT]
