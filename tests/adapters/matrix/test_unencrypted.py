"""With encryption off: the bot talks where nothing is encrypted, and keeps no keys."""

from pathlib import Path

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER, chat_with
from tests.servers.matrix_person import person
from tests.servers.synapse import Synapse


async def test_it_talks_without_keys(synapse: Synapse, tmp_path: Path) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, folder=tmp_path, encryption=False) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        await bot.restart()
        bot.go("Monday 9:25")
        assert await chat.reads() == REMINDER
    assert list((tmp_path / "matrix-store").glob("*.db")) == []


async def test_where_it_would_have_to_encrypt_it_says_nothing_and_the_log_says_why(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, encryption=False) as bot,
        person(synapse, "ada") as ada,
        chat_with(synapse, person, account.user, "bob") as bob,
    ):
        room = await ada.open_chat(account.user, encrypted=True)
        await ada.membership(room, account.user, "join")
        for _ in range(2):
            await ada.say(room, "next Marina")
        hint = await bot.logs("cannot write to a room: the room is encrypted")
        assert hint.values["room"] == room
        # It is no chat: what is for her alone needs another one.
        await ada.say(room, "bookmark 6")
        # Everything before that has been answered by now.
        assert await bob.asks("bookmark 6") == BOOKMARKED
        bot.go("Monday 9:25")
        invitation = await ada.invitation(account.user)
        await ada.join(invitation.room)
        assert (await ada.hears(invitation.room, account.user)).content["body"] == REMINDER
        said = [e for e in await ada.history(room) if e.sender == account.user]
        assert [event.type for event in said] == ["m.room.member"]
        assert len([line for line in bot.log if "is encrypted" in line.event]) == 1
