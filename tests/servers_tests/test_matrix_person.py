"""The people of the tests talk on Matrix, and see all that happens there."""

import asyncio
from contextlib import suppress

import pytest

from tests.servers.matrix_api import Refused
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse


async def test_people_talk_in_a_direct_chat(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada, person(synapse, "bob") as bob:
        opened = await ada.open_chat(bob.user)
        invitation = await bob.invitation(ada.user)
        assert (invitation.room, invitation.content["is_direct"]) == (opened, True)
        await bob.join(opened)
        await ada.membership(opened, bob.user, "join")
        first = await ada.say(opened, "hello", html="<b>hello</b>", mentions=[bob.user])
        heard = await bob.hears(opened, ada.user)
        assert (heard.id, heard.encrypted, heard.content) == (
            first,
            False,
            {
                "msgtype": "m.text",
                "body": "hello",
                "format": "org.matrix.custom.html",
                "formatted_body": "<b>hello</b>",
                "m.mentions": {"user_ids": [bob.user]},
            },
        )
        await bob.say(opened, "hello too", msgtype="m.notice", reply_to=first)
        assert (await ada.hears(opened, bob.user)).content == {
            "msgtype": "m.notice",
            "body": "hello too",
            "m.relates_to": {"m.in_reply_to": {"event_id": first}},
        }


async def test_threads_edits_reactions_and_their_end(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada, person(synapse, "bob") as bob:
        room = await ada.create_room("Talk", public=True)
        await bob.join(room)
        first = await ada.say(room, "hello")
        second = await ada.say(room, "in a thread", thread=first)
        await ada.edit(room, second, "corrected")
        star = await bob.react(room, first, "⭐")
        await bob.redact(room, star)
        _, threaded, edited = await bob.heard_from(room, ada.user, 3)
        reacted = await ada.sees(room, lambda event: event.type == "m.reaction")
        redacted = await ada.sees(room, lambda event: event.type == "m.room.redaction")
        assert threaded.content["m.relates_to"] == {
            "rel_type": "m.thread",
            "event_id": first,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": first},
        }
        assert edited.content == {
            "msgtype": "m.text",
            "body": "* corrected",
            "m.new_content": {"msgtype": "m.text", "body": "corrected"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": second},
        }
        assert (reacted.id, reacted.content["m.relates_to"]) == (
            star,
            {"rel_type": "m.annotation", "event_id": first, "key": "⭐"},
        )
        assert redacted.content["redacts"] == star


async def test_people_come_and_go_and_rooms_move(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada, person(synapse, "bob") as bob:
        room = await ada.create_room("Talk", invite=[bob.user])
        await bob.join(room)
        await bob.leave(room)
        await ada.membership(room, bob.user, "leave")
        await ada.invite(room, bob.user)
        await bob.join(room)
        await bob.is_up_to_date()
        await ada.kick(room, bob.user)
        assert (await bob.membership(room, bob.user, "leave")).sender == ada.user
        with pytest.raises(Refused, match="M_FORBIDDEN"):
            await bob.say(room, "I am out")
        new = await ada.upgrade(room)
        tombstone = await ada.sees(room, lambda event: event.type == "m.room.tombstone")
        assert tombstone.content["replacement_room"] == new


async def test_a_message_rings_and_a_notice_does_not(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada, person(synapse, "bob") as bob:
        room = await ada.create_room("Talk", public=True)
        await bob.join(room)
        rings = []
        for msgtype, mentions in (("m.notice", []), ("m.text", []), ("m.text", [bob.user])):
            await ada.say(room, "hello", msgtype=msgtype, mentions=mentions)
            await bob.hears(room, ada.user)
            rings.append(bob.unread(room))
    assert rings == [(0, 0), (1, 0), (2, 1)]


async def test_what_was_returned_is_passed_over_and_nothing_else(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada, person(synapse, "bob") as bob:
        room = await ada.open_chat(bob.user)
        await bob.join(room)
        for text in ("one", "two", "one more"):
            await ada.say(room, text)
        two = await bob.sees(room, lambda event: event.content.get("body") == "two")
        others = await bob.heard_from(room, ada.user, 2)
        assert [event.content["body"] for event in (two, *others)] == ["two", "one", "one more"]
        with pytest.raises(AssertionError) as failure:
            await bob.hears(room, ada.user, within=0.1)
        first, *seen = str(failure.value).splitlines()
        assert first == f"{bob.user} did not see 1 messages of {ada.user} in 0.1 s:"
        assert seen[-1] == (
            f"  {ada.user} m.room.message {{'body': 'one more', 'msgtype': 'm.text'}}"
        )


async def test_whoever_is_up_to_date_has_seen_all(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada, person(synapse, "bob") as bob:
        room = await ada.open_chat(bob.user)
        await bob.join(room)
        sent = [await ada.say(room, str(number)) for number in range(5)]
        await bob.is_up_to_date()
        assert said(bob) == sent
        assert [event.id for event in await bob.history(room)][-5:] == sent


def said(somebody: Person) -> list[str]:
    return [event.id for event in somebody.events if event.type == "m.room.message"]


async def test_whoever_missed_much_has_seen_all(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada, person(synapse, "bob") as bob:
        room = await ada.open_chat(bob.user)
        await bob.join(room)
        await bob.membership(room, bob.user, "join")
        bob._listening.cancel()
        with suppress(asyncio.CancelledError):
            await bob._listening
        # The server tells a hundred at a time.
        await asyncio.gather(*(ada.say(room, str(number)) for number in range(120)))
        await ada.is_up_to_date()
        await bob._sync(0)
        assert (len(said(bob)), said(bob)) == (120, said(ada))


async def test_a_revoked_token_ends_what_is_seen(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada:
        room = await ada.create_room("Talk")
        await synapse.accounts.log_out(ada.user)
        with pytest.raises(AssertionError, match="before the server refused to go on, 401"):
            await ada.hears(room, "@bob:summit.test")


async def test_account_data_is_read(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada:
        assert await ada.account_data("m.direct") == {}
        await ada.is_up_to_date()
        assert await ada.account_data("org.example.up_to_date") == {"mark": 1}
