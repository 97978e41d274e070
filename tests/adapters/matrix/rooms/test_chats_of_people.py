"""Which chat somebody is written to in, and what becomes of those who leave it."""

from tests.adapters.matrix.between import Says, between
from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER, VOLUME, chat_with
from tests.servers.accounts import Account
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

LEFT = "you have left our chat"
NOT_REACHED = f"the last message did not reach you: {LEFT}"
OPEN_ONE = (
    "The answer is for you alone, and I cannot open more chats just now: open one with me, and ask"
    " there."
)
LATE = REMINDER.replace("5 minutes", "3 minutes")


async def listed(server: Synapse, account: Account) -> dict[str, list[str]]:
    """Whose chats are which, as all clients of the bot's account are told."""
    async with Person(server.url, account, listens=False) as owner:
        return await owner.account_data("m.direct")


async def reads(somebody: Person, room: str, bot: str) -> str:
    body: str = (await somebody.hears(room, bot)).content["body"]
    return body


async def test_the_chat_that_somebody_has_opened_is_remembered(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        assert await listed(synapse, account) == {chat.person.user: [chat.room]}
        await bot.restart()
        bot.go("Monday 9:25")
        assert await chat.reads() == REMINDER
        assert await chat.rest() == []
        assert await listed(synapse, account) == {chat.person.user: [chat.room]}


async def test_whoever_has_two_chats_is_written_to_where_they_wrote_last(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        ada = chat.person
        assert await chat.asks("bookmark 6") == BOOKMARKED
        other = await ada.open_chat(account.user)
        await ada.membership(other, account.user, "join")
        await ada.say(other, "bookmark 8")
        await ada.hears(other, account.user)
        bot.go("Monday 9:25")
        assert await reads(ada, other, account.user) == REMINDER
        await chat.asks("now")
        bot.go("Monday 9:55")
        assert (await chat.reads()).startswith("Starts in 5 minutes:\n[8] ")
        assert sorted((await listed(synapse, account))[ada.user]) == sorted([chat.room, other])


async def test_whoever_has_no_chat_is_invited_to_an_encrypted_one(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    me = account.user
    async with (
        bot_on(synapse, account=account) as bot,
        peer(synapse, "ada") as ada,
        peer(synapse, "bob") as bob,
        peer(synapse, "carol") as carol,
    ):
        room = await ada.create_room("Summit", public=True, invite=[me], encrypted=False)
        await ada.membership(room, me, "join")
        for each in (bob, carol):
            await each.join(room)
        for each in (ada, bob, carol):
            await each.say(room, "!bookmark 6")
        chats = [await each.invitation(me) for each in (ada, bob, carol)]
        assert [chat.content["is_direct"] for chat in chats] == [True] * 3
        await ada.join(chats[0].room)
        assert await reads(ada, chats[0].room, me) == BOOKMARKED
        bot.go("Monday 9:25")
        assert await reads(ada, chats[0].room, me) == REMINDER
        # The others find both when they come.
        for _ in range(3):
            await bot.logs("told")
        for each, chat in ((bob, chats[1]), (carol, chats[2])):
            await each.join(chat.room)
            heard = await each.heard_from(chat.room, me, 2)
            assert [event.content["body"] for event in heard] == [BOOKMARKED, REMINDER]
            assert [event.encrypted for event in heard] == [True, True]
            assert await said_plainly(each, chat.room, me) == []
        assert await listed(synapse, account) == {
            each.user: [chat.room] for each, chat in zip((ada, bob, carol), chats, strict=True)
        }
        assert await said_plainly(ada, room, me) == []


async def test_whoever_cannot_be_invited_is_asked_to_open_a_chat(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    refusal = Says(403, {"errcode": "M_FORBIDDEN", "error": "They do not want invitations."})
    async with (
        between(synapse.url) as homeserver,
        bot_on(synapse, account=account, homeserver=homeserver.url) as bot,
        person(synapse, "ada") as ada,
    ):
        homeserver.instead["POST /_matrix/client/v3/createRoom"] = refusal
        room = await ada.create_room("Summit", public=True, invite=[account.user])
        await ada.membership(room, account.user, "join")
        await ada.say(room, "!bookmark 6")
        assert await reads(ada, room, account.user) == OPEN_ONE
        bot.go("Monday 9:25")
        reason = "no other chat can be opened with you just now: open one with me"
        assert (await bot.logs("unreachable")).values["reason"] == reason
        chat = await ada.open_chat(account.user)
        assert await reads(ada, chat, account.user) == REMINDER


async def said_plainly(somebody: Person, room: str, bot: str) -> list[str]:
    """The messages of the bot that the homeserver can read, too."""
    return [
        event.content["body"] for event in await somebody.history(room)
        if event.sender == bot and event.type == "m.room.message"
    ]  # fmt: skip


async def test_whoever_has_left_is_reached_again_in_a_new_chat(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        ada = chat.person
        await chat.asks("bookmark 6")
        await ada.leave(chat.room)
        await bot.restart()
        bot.go("Monday 9:25")
        assert (await bot.logs("unreachable")).values["reason"] == LEFT
        bot.go("Monday 9:27")
        await bot.ticks()
        new = await ada.open_chat(account.user)
        assert await reads(ada, new, account.user) == LATE
        await ada.say(new, "bookmarks")
        assert (await reads(ada, new, account.user)).startswith("You have 1 bookmark:")


async def test_whoever_sends_the_bot_away_is_reached_again_when_they_let_it_in(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with bot_on(synapse, account=account) as bot, peer(synapse, "ada") as ada:
        room = await ada.create_room(invite=[account.user])
        await ada.membership(room, account.user, "join")
        await ada.say(room, "bookmark 6")
        assert await reads(ada, room, account.user) == BOOKMARKED
        await ada.kick(room, account.user)
        bot.go("Monday 9:25")
        assert (await bot.logs("unreachable")).values["reason"] == LEFT
        bot.go("Monday 9:27")
        await ada.invite(room, account.user)
        assert await reads(ada, room, account.user) == LATE


async def test_whoever_has_left_and_asks_elsewhere_is_invited_again(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, peer, account.user, "ada") as chat,
    ):
        ada = chat.person
        room = await ada.create_room("Summit", public=True, invite=[account.user])
        await ada.membership(room, account.user, "join")
        await chat.asks("bookmark 6")
        await ada.leave(chat.room)
        bot.go("Monday 9:25")
        await bot.logs("unreachable")
        await bot.ticks()
        await ada.say(room, "!bookmarks")
        new = (await ada.invitation(account.user)).room
        await ada.join(new)
        heard = [event.content["body"] for event in await ada.heard_from(new, account.user, 2)]
        assert sorted(heard) == [REMINDER, f"You have 1 bookmark:\n[6] Mon {VOLUME}"
                                 f" · reminder at 9:25am ({NOT_REACHED})"]  # fmt: skip


async def test_whoever_is_back_after_the_start_is_told_why_nothing_came(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        ada = chat.person
        await chat.asks("bookmark 6")
        await ada.leave(chat.room)
        bot.go("Monday 9:25")
        await bot.logs("unreachable")
        await bot.ticks()
        bot.go("Monday 9:30")
        new = await ada.open_chat(account.user)
        await ada.membership(new, account.user, "join")
        await bot.ticks()
        await ada.say(new, "bookmarks")
        assert await reads(ada, new, account.user) == (
            f"You have 1 bookmark:\n[6] Mon {VOLUME} · on now ({NOT_REACHED})"
        )
