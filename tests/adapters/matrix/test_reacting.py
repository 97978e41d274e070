"""Reactions: a star is a bookmark, an alarm clock one more reminder."""

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, HAS_NONE, REMINDER, REMOVED, VOLUME, chat_with
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import person
from tests.servers.synapse import Synapse

STAR, STAR_IN_COLOUR, ALARM = (
    "\N{WHITE MEDIUM STAR}",
    "\N{WHITE MEDIUM STAR}\ufe0f",
    "\N{ALARM CLOCK}",
)
SNOOZED = f"I will remind you again at 9:28am, 2 minutes before it starts.\n[6] Mon {VOLUME}"
AGAIN = REMINDER.replace("5 minutes", "2 minutes", 1)


async def test_a_star_on_an_answer_bookmarks_and_taking_it_away_removes(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        for key in (STAR, STAR_IN_COLOUR):
            await chat.person.say(chat.room, "next Marina")
            answer = await chat.hears()
            star = await chat.person.react(chat.room, answer.id, key)
            assert await chat.reads() == BOOKMARKED
            await chat.person.redact(chat.room, star)
            assert await chat.reads() == REMOVED
            assert await chat.asks("bookmarks") == HAS_NONE
        assert await chat.rest() == []


async def test_reactions_mean_the_same_after_a_restart(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with bot_on(synapse, account=account) as bot:
        for enters in (person, peer):
            async with chat_with(synapse, enters, account.user, "ada") as chat:
                await chat.person.say(chat.room, "next Marina")
                answer = await chat.hears()
                await bot.restart()
                star = await chat.person.react(chat.room, answer.id, STAR)
                assert await chat.reads() == BOOKMARKED
                await bot.restart()
                await chat.person.redact(chat.room, star)
                assert await chat.reads() == REMOVED


async def test_an_alarm_clock_on_a_reminder_lets_it_come_again(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        bot.go("Monday 9:25")
        reminder = await chat.hears()
        assert reminder.content["body"] == REMINDER
        await chat.person.react(chat.room, reminder.id, ALARM)
        assert await chat.reads() == SNOOZED
        bot.go("Monday 9:28")
        assert await chat.reads() == AGAIN
        assert await chat.rest() == []


async def test_a_star_in_a_room_is_answered_to_whoever_gave_it(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as ada,
        chat_with(synapse, person, account.user, "bob") as bob,
    ):
        room = await ada.person.create_room("Summit", public=True, invite=[account.user])
        await bob.person.join(room)
        await ada.person.membership(room, account.user, "join")
        await ada.person.say(room, "!next Marina")
        answer = await bob.person.hears(room, account.user)
        await bob.person.react(room, answer.id, STAR)
        assert await bob.reads() == BOOKMARKED
        assert await ada.asks("bookmarks") == HAS_NONE
        assert await bob.rest() == []


async def test_other_reactions_and_stars_elsewhere_mean_nothing(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        said = await chat.person.say(chat.room, "agenda monday")
        several = await chat.hears()
        await chat.person.say(chat.room, "next Marina")
        one = await chat.hears()
        await chat.person.react(chat.room, said, STAR)
        await chat.person.react(chat.room, several.id, STAR)
        thumb = await chat.person.react(chat.room, one.id, "\N{THUMBS UP SIGN}")
        await chat.person.redact(chat.room, thumb)
        assert await chat.rest() == []
        assert await chat.asks("bookmarks") == HAS_NONE


async def test_a_star_that_somebody_else_redacts_keeps_its_bookmark(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as ada,
        chat_with(synapse, person, account.user, "bob") as bob,
    ):
        room = await ada.person.create_room("Summit", public=True, invite=[account.user])
        await bob.person.join(room)
        await ada.person.membership(room, account.user, "join")
        await ada.person.say(room, "!next Marina")
        answer = await bob.person.hears(room, account.user)
        star = await bob.person.react(room, answer.id, STAR)
        assert await bob.reads() == BOOKMARKED
        await ada.person.redact(room, star)
        assert await ada.rest() == []
        assert await bob.asks("bookmark 6") == BOOKMARKED.replace(
            "Bookmarked", "Bookmarked already", 1
        )
