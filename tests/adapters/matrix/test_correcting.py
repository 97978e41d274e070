"""Edited commands: run again, and the earlier answer edited."""

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, HAS_NONE, chat_with
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import person
from tests.servers.synapse import Synapse

NEXT_D = (
    "Next in Seacliff D, at 9:30am, in 10 minutes:\n"
    "[3] 9:30am–9:55am · Show-n-tell API site · Seacliff D · Anne Gentle"
)
JENKINS = "4:30pm–4:55pm · Jenkins jclouds plugin · Bayview B · Monty Taylor"
CACHING = "4:30pm–4:55pm · Performance and Caching in Nova · Marina · Sandy Walsh"
REMIND_42 = f"Bookmarked. I will remind you 5 minutes before, at 4:25pm.\n[42] Mon {JENKINS}"
REMIND_43 = (
    "Bookmark of “Jenkins jclouds plugin” removed.\n"
    f"Bookmarked. I will remind you 5 minutes before, at 4:25pm.\n[43] Mon {CACHING}"
)
HAS_43 = f"You have 1 bookmark:\n[43] Mon {CACHING} · reminder at 4:25pm"


async def test_an_edited_question_gets_its_answer_edited(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with bot_on(synapse, account=account):
        for enters in (person, peer):
            async with chat_with(synapse, enters, account.user, "ada") as chat:
                asked = await chat.person.say(chat.room, "next Marina")
                answer = await chat.hears()
                await chat.person.edit(chat.room, asked, "next Seacliff D")
                edit = await chat.hears()
                assert edit.content["m.relates_to"] == {
                    "rel_type": "m.replace", "event_id": answer.id
                }  # fmt: skip
                assert edit.content["m.new_content"]["body"] == NEXT_D
                assert edit.content["body"] == f"* {NEXT_D}"
                assert await chat.rest() == []


async def test_a_corrected_bookmark_is_taken_back(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        asked = await chat.person.say(chat.room, "remind 42")
        answer = await chat.hears()
        assert answer.content["body"] == REMIND_42
        await chat.person.edit(chat.room, asked, "remind 43")
        edit = await chat.hears()
        assert edit.content["m.new_content"]["body"] == REMIND_43
        assert edit.content["m.relates_to"]["event_id"] == answer.id
        assert await chat.asks("bookmarks") == HAS_43
        await chat.person.edit(chat.room, asked, "now")
        assert (await chat.reads()).startswith(
            "Bookmark of “Performance and Caching in Nova” removed."
        )
        assert await chat.asks("bookmarks") == HAS_NONE


async def test_the_answer_of_before_a_restart_is_edited(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        first = await chat.person.say(chat.room, "next Marina")
        answer = await chat.hears()
        second = await chat.person.say(chat.room, "remind 42")
        reminder = await chat.hears()
        await bot.restart()
        await chat.person.edit(chat.room, first, "next Seacliff D")
        edit = await chat.hears()
        assert (edit.content["m.relates_to"]["event_id"], edit.content["body"]) == (
            answer.id, f"* {NEXT_D}"
        )  # fmt: skip
        await chat.person.edit(chat.room, second, "remind 43")
        edit = await chat.hears()
        assert (edit.content["m.relates_to"]["event_id"], edit.content["body"]) == (
            reminder.id, f"* {REMIND_43}"
        )  # fmt: skip
        assert await chat.asks("bookmarks") == HAS_43


async def test_what_becomes_a_command_by_an_edit_is_answered_anew(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        person(synapse, "ada") as ada,
    ):
        room = await ada.create_room("Summit", invite=[account.user])
        await ada.membership(room, account.user, "join")
        said = await ada.say(room, "next Seacliff D")
        await ada.edit(room, said, "!next Seacliff D")
        answer = await ada.hears(room, account.user)
        assert answer.content["body"] == NEXT_D
        await ada.is_up_to_date()
        assert [e.type for e in await ada.history(room) if e.sender == account.user] == [
            "m.room.member", "m.room.message"
        ]  # fmt: skip


async def test_a_question_that_becomes_personal_is_answered_alone(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        room = await chat.person.create_room("Summit", public=True, invite=[account.user])
        await chat.person.membership(room, account.user, "join")
        asked = await chat.person.say(room, "!next Marina")
        answer = await chat.person.hears(room, account.user)
        await chat.person.edit(room, asked, "!bookmark 6")
        assert await chat.reads() == BOOKMARKED
        redaction = await chat.person.sees(room, lambda event: event.type == "m.room.redaction")
        assert redaction.content["redacts"] == answer.id


async def test_somebody_elses_edit_changes_nothing(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as ada,
        chat_with(synapse, person, account.user, "eve") as eve,
    ):
        room = await ada.person.create_room("Summit", public=True, invite=[account.user])
        await eve.person.join(room)
        await ada.person.membership(room, account.user, "join")
        asked = await ada.person.say(room, "!remind 42")
        assert await ada.reads() == REMIND_42
        public = await ada.person.say(room, "!next Seacliff D")
        answer = await ada.person.hears(room, account.user)
        await eve.person.edit(room, asked, "!now")
        await eve.person.edit(room, public, "!next Marina")
        assert await eve.rest() == []
        edits = [e for e in await ada.person.history(room)
                 if e.content.get("m.relates_to", {}).get("event_id") == answer.id]  # fmt: skip
        assert edits == []
        assert await ada.asks("bookmarks") == (
            f"You have 1 bookmark:\n[42] Mon {JENKINS} · reminder at 4:25pm"
        )
