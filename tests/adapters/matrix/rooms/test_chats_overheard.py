"""What is for one person alone is not said where others have come meanwhile."""

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, HAS_NONE, REMINDER, chat_with
from tests.servers.matrix_person import person
from tests.servers.synapse import Synapse


async def test_a_private_answer_goes_elsewhere_if_somebody_comes_before_its_turn(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, rate=0.4, burst=1, encryption=False),
        chat_with(synapse, person, account.user, "ada") as chat,
        person(synapse, "bob") as bob,
    ):
        ada = chat.person
        await chat.asks("now")
        # Its turn is in 2.5 seconds.
        await ada.say(chat.room, "bookmarks")
        await ada.invite(chat.room, bob.user)
        await bob.join(chat.room)
        invitation = await ada.invitation(account.user)
        await ada.join(invitation.room)
        assert (await ada.hears(invitation.room, account.user)).content["body"] == HAS_NONE
        said = [e for e in await bob.history(chat.room) if e.sender == account.user]
        assert [event.content["body"][:7] for event in said if event.type == "m.room.message"] == [
            "On now:"
        ]


async def test_a_reminder_goes_elsewhere_if_somebody_comes_before_its_turn(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, rate=0.4, burst=1, encryption=False) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
        person(synapse, "bob") as bob,
    ):
        ada = chat.person
        assert await chat.asks("bookmark 6") == BOOKMARKED
        # Its turn is in 2.5 seconds.
        bot.go("Monday 9:25")
        await ada.invite(chat.room, bob.user)
        await bob.join(chat.room)
        invitation = await ada.invitation(account.user)
        await ada.join(invitation.room)
        assert (await ada.hears(invitation.room, account.user)).content["body"] == REMINDER
        said = [e for e in await bob.history(chat.room) if e.sender == account.user]
        assert [e.content["body"] for e in said if e.type == "m.room.message"] == [BOOKMARKED]
