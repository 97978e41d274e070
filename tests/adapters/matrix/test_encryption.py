"""Encrypted rooms: everybody there reads the bot and is read, and the homeserver reads nothing."""

from dataclasses import replace
from pathlib import Path

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.mail import post
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER, VOLUME, chat_with
from tests.adapters.matrix.test_speaking import ANSWER, NEXT, refers_to
from tests.servers.accounts import Account
from tests.servers.matrix_api import Api
from tests.servers.matrix_peer import Keys, peer
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

HAS_ONE = f"You have 1 bookmark:\n[6] Mon {VOLUME} · reminder at 9:25am"


async def sealed_by(somebody: Person, room: str, user: str) -> list[tuple[str, str]]:
    """What a user has said in a room: with which device, and with which key; all of it has to be
    encrypted."""
    theirs = [event for event in await somebody.history(room) if event.sender == user]
    assert [event for event in theirs if event.type == "m.room.message"] == []
    return [
        (event.content["device_id"], event.content["session_id"])
        for event in theirs if event.encrypted
    ]  # fmt: skip


async def test_everybody_in_an_encrypted_room_reads_the_answer(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        peer(synapse, "ada") as ada,
        peer(synapse, "bob") as bob,
        peer(synapse, "carol") as carol,
    ):
        room = await ada.create_room("Summit", public=True, invite=[account.user])
        await bob.join(room)
        for user in (account.user, bob.user):
            await ada.membership(room, user, "join")
        # Two at once begin to use the same key.
        asked = {await each.say(room, "!next Marina") for each in (ada, bob)}
        for each in (ada, bob):
            heard = await each.heard_from(room, account.user, 2)
            found = [event.content.pop("m.relates_to") for event in heard]
            assert {refers["m.in_reply_to"]["event_id"] for refers in found} == asked
        # Whoever comes later reads what is said then, and whoever has left does not.
        await carol.join(room)
        await bob.membership(room, carol.user, "join")
        fresh = await bob.say(room, "!next Marina")
        for each in (ada, bob, carol):
            assert (await each.hears(room, account.user)).content == ANSWER | refers_to(fresh)
        await bob.leave(room)
        await ada.membership(room, bob.user, "leave")
        await ada.is_up_to_date()
        fresh = await ada.say(room, "!next Marina")
        for each in (ada, carol):
            assert (await each.hears(room, account.user)).content == ANSWER | refers_to(fresh)
        keys = [key for _, key in await sealed_by(ada, room, account.user)]
        assert (len(keys), len({*keys})) == (4, 3)
        assert not [line for line in bot.log if line.level > 20]


async def test_every_device_of_a_person_reads_the_bot(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    phone = await synapse.accounts.register("ada")
    async with (
        bot_on(synapse, account=account) as bot,
        Person(synapse.url, phone, Keys(synapse.url, phone)) as ada,
    ):
        room = await ada.open_chat(account.user)
        await ada.membership(room, account.user, "join")
        await ada.say(room, "bookmark 6")
        assert (await ada.hears(room, account.user)).content["body"] == BOOKMARKED
        laptop = await another_device(synapse, phone)
        async with Person(synapse.url, laptop, Keys(synapse.url, laptop)) as ada_there:
            await ada.say(room, "bookmarks")
            for each in (ada, ada_there):
                assert (await each.hears(room, account.user)).content["body"] == HAS_ONE
            bot.go("Monday 9:25")
            for each in (ada, ada_there):
                assert (await each.hears(room, account.user)).content["body"] == REMINDER
            await ada_there.say(room, "bookmarks")
            for each in (ada, ada_there):
                assert (await each.hears(room, account.user)).content["body"] == HAS_ONE


async def another_device(server: Synapse, account: Account) -> Account:
    identifier = {"type": "m.id.user", "user": account.user}
    body = {"type": "m.login.password", "identifier": identifier, "password": account.password}
    async with Api(server.url) as api:
        answer = await api.post("login", body=body)
    return replace(account, token=answer["access_token"], device=answer["device_id"])


async def test_a_chat_may_become_an_encrypted_one(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    ada_account = await synapse.accounts.register("ada")
    async with (
        bot_on(synapse, account=account) as bot,
        Person(synapse.url, ada_account, Keys(synapse.url, ada_account)) as ada,
        Api(synapse.url, ada_account.token) as api,
    ):
        room = await ada.open_chat(account.user, encrypted=False)
        await ada.membership(room, account.user, "join")
        await ada.say(room, "bookmark 6")
        heard = [await ada.hears(room, account.user)]
        algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
        await api.put("rooms", room, "state", "m.room.encryption", "", body=algorithm)
        await ada.is_up_to_date()
        await ada.say(room, "bookmarks")
        heard.append(await ada.hears(room, account.user))
        bot.go("Monday 9:25")
        heard.append(await ada.hears(room, account.user))
        assert [(event.content["body"], event.encrypted) for event in heard] == [
            (BOOKMARKED, False), (HAS_ONE, True), (REMINDER, True)
        ]  # fmt: skip


async def test_after_a_restart_the_same_device_reads_on(synapse: Synapse, tmp_path: Path) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, folder=tmp_path) as bot,
        chat_with(synapse, peer, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        for end in (bot.stop, bot.kill):
            await end()
            await chat.person.say(chat.room, "bookmarks")
            await bot.start()
            assert await chat.reads() == HAS_ONE
            assert await chat.asks("bookmarks") == HAS_ONE
        bot.go("Monday 9:25")
        assert await chat.reads() == REMINDER
        assert len(set(await sealed_by(chat.person, chat.room, chat.person.user))) == 1
        devices = {device for device, _ in await sealed_by(chat.person, chat.room, account.user)}
        assert len(devices) == 1


async def test_a_key_that_did_not_arrive_is_given_again(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        post(synapse.url) as mail,
        bot_on(synapse, account=account, homeserver=mail.url),
        chat_with(synapse, peer, account.user, "ada") as chat,
    ):
        mail.refuses = True
        await chat.person.say(chat.room, "bookmark 6")
        await mail.refused()
        mail.refuses = False
        assert await chat.reads() == BOOKMARKED
        assert await chat.rest() == []


async def test_what_comes_before_its_key_is_answered_in_order_when_that_is_there(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("summitbot")
    ada_account = await synapse.accounts.register("ada")
    async with (
        bot_on(synapse, account=account),
        post(synapse.url) as mail,
        Person(synapse.url, ada_account, Keys(mail.url, ada_account)) as ada,
    ):
        room = await ada.open_chat(account.user)
        await ada.membership(room, account.user, "join")
        other = await ada.open_chat(account.user, encrypted=False)
        await ada.membership(other, account.user, "join")
        mail.holds = True
        await ada.say(room, "bookmark 6")
        await ada.say(room, "bookmarks")
        # What she says elsewhere does not wait for it.
        await ada.say(other, "next Marina")
        assert (await ada.hears(other, account.user)).content["body"] == NEXT
        await mail.deliver()
        heard = await ada.heard_from(room, account.user, 2)
        assert [event.content["body"] for event in heard] == [BOOKMARKED, HAS_ONE]


async def test_who_comes_while_a_key_is_being_shared_reads_what_is_said_with_it(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        post(synapse.url) as mail,
        bot_on(synapse, account=account, homeserver=mail.url),
        peer(synapse, "ada") as ada,
        peer(synapse, "bob") as bob,
        chat_with(synapse, person, account.user, "carol") as carol,
    ):
        room = await ada.create_room("Summit", public=True, invite=[account.user], encrypted=True)
        await ada.membership(room, account.user, "join")
        mail.delay()
        asked = await ada.say(room, "!next Marina")
        await mail.came()
        await bob.join(room)
        # The bot has been told of it before it answers this.
        assert await carol.asks("next Marina") == NEXT
        mail.go_on()
        for each in (ada, bob):
            assert (await each.hears(room, account.user)).content == ANSWER | refers_to(asked)


async def test_what_is_corrected_after_a_restart_is_corrected_once(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, peer, account.user, "ada") as chat,
    ):
        ada, room = chat.person, chat.room
        asked = await ada.say(room, "next Marina")
        answer = await chat.hears()
        await bot.restart()
        # It says what it has said already: there is nothing to correct.
        await ada.edit(room, asked, "next  marina")
        assert await chat.rest() == []
        await bot.restart()
        await ada.edit(room, asked, "next Seacliff D")
        edit = await chat.hears()
        assert edit.content["m.relates_to"] == {"rel_type": "m.replace", "event_id": answer.id}
        assert edit.content["m.new_content"]["body"].startswith("Next in Seacliff D,")
        assert await chat.rest() == []
