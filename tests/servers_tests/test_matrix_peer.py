"""People with encrypting clients talk, and the server cannot read what they say."""

from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import person
from tests.servers.synapse import Synapse


async def test_peers_read_what_the_server_cannot(synapse: Synapse) -> None:
    async with peer(synapse, "ada") as ada, peer(synapse, "bob") as bob:
        room = await ada.open_chat(bob.user)
        await bob.join(room)
        await ada.membership(room, bob.user, "join")
        first = await ada.say(room, "hello", html="<b>hello</b>")
        heard = await bob.hears(room, ada.user)
        assert (heard.id, heard.encrypted, heard.content) == (
            first,
            True,
            {
                "msgtype": "m.text",
                "body": "hello",
                "format": "org.matrix.custom.html",
                "formatted_body": "<b>hello</b>",
            },
        )
        await bob.edit(room, await bob.say(room, "helo too", thread=first), "hello too")
        said, edited = await ada.heard_from(room, bob.user, 2)
        assert said.content["m.relates_to"] == {
            "rel_type": "m.thread",
            "event_id": first,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": first},
        }
        assert edited.content["m.new_content"] == {"msgtype": "m.text", "body": "hello too"}
        star = await bob.react(room, first, "⭐")
        reacted = await ada.sees(room, lambda event: event.type == "m.reaction")
        assert (reacted.id, reacted.encrypted) == (star, False)
        kept = [event for event in await ada.history(room) if event.type == "m.room.encrypted"]
        assert [event.id for event in kept] == [first, said.id, edited.id]
        assert {key for event in kept for key in event.content} == {
            "algorithm", "ciphertext", "device_id", "sender_key", "session_id", "m.relates_to",
        }  # fmt: skip


async def test_who_has_no_keys_reads_nothing(synapse: Synapse) -> None:
    async with peer(synapse, "ada") as ada, person(synapse, "bob") as bob:
        room = await ada.create_room("Secrets", public=True)
        await bob.join(room)
        await ada.membership(room, bob.user, "join")
        await ada.say(room, "hello")
        seen = await bob.sees(room, lambda event: event.sender == ada.user and event.encrypted)
        assert (seen.type, "body" in seen.content) == ("m.room.encrypted", False)


async def test_who_comes_later_reads_what_is_said_from_then_on(synapse: Synapse) -> None:
    async with peer(synapse, "ada") as ada, peer(synapse, "bob") as bob:
        room = await ada.create_room("Secrets", public=True)
        await ada.say(room, "alone")
        await bob.join(room)
        await ada.membership(room, bob.user, "join")
        await ada.say(room, "together")
        assert (await bob.hears(room, ada.user)).content["body"] == "together"


async def test_peers_talk_plainly_in_a_plain_room(synapse: Synapse) -> None:
    async with peer(synapse, "ada") as ada, person(synapse, "bob") as bob:
        room = await bob.create_room("Plain", public=True)
        await ada.join(room)
        await ada.say(room, "hello")
        assert not (await bob.hears(room, ada.user)).encrypted
