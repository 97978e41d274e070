"""The strict Matrix peer: it talks with signed devices, and neither to nor with any others."""

import asyncio
from dataclasses import replace

import pytest

from tests.servers.matrix_api import Api
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import Person
from tests.servers.strict_matrix import UNSIGNED, Heard, Refused, StrictPeer
from tests.servers.synapse import Synapse


async def _strict(server: Synapse, name: str) -> StrictPeer:
    return StrictPeer(server.url, await server.accounts.register(name))


async def _join_invited(bob: Person, by: str) -> None:
    await bob.join((await bob.invitation(by)).room)


async def test_an_unsigned_device_gets_no_keys_and_is_not_shown(synapse: Synapse) -> None:
    async with peer(synapse, "Bob") as bob, await _strict(synapse, "Ada") as ada:
        async with asyncio.TaskGroup() as both:
            both.create_task(_join_invited(bob, ada.user))
            opening = both.create_task(ada.open_chat(bob.user))
        room = opening.result()
        assert list((await ada.devices(bob.user)).values()) == [False]

        said = await ada.say(room, "for signed devices")
        event = await bob.sees(room, lambda event: event.sender == ada.user and event.encrypted)
        assert (event.id, event.type) == (said, "m.room.encrypted")

        said = await bob.say(room, "from an unsigned device")
        assert await ada.is_kept_from(room, bob.user) == Heard(
            event=said, room=room, sender=bob.user, content=None,
            encrypted=True, failure=UNSIGNED, signed=False,
        )  # fmt: skip


async def test_signed_devices_talk_both_ways(synapse: Synapse) -> None:
    account = await synapse.accounts.register("Bob")
    async with await _strict(synapse, "Ada") as ada, StrictPeer(synapse.url, account) as bob:
        room = await ada.open_chat(bob.user)
        assert await ada.devices(bob.user) == {bob.device: True}
        for sender, other in ((ada, bob), (bob, ada)):
            said = await sender.say(room, "for your eyes only")
            assert await other.hears(room, sender.user) == Heard(
                event=said, room=room, sender=sender.user,
                content={"msgtype": "m.text", "body": "for your eyes only"},
                encrypted=True, failure=None, signed=True,
            )  # fmt: skip

        # What is not encrypted at all is shown, and said to be so.
        content = {"msgtype": "m.notice", "body": "for everybody"}
        async with Api(synapse.url, account.token) as api:
            path = ("rooms", room, "send", "m.room.message", "1")
            said = (await api.put(*path, body=content))["event_id"]
        assert await ada.hears(room, bob.user) == Heard(
            event=said, room=room, sender=bob.user, content=content,
            encrypted=False, failure=None, signed=None,
        )  # fmt: skip


async def test_whoever_comes_back_is_on_another_device_and_hears_what_is_said_then(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("Bob")
    async with await _strict(synapse, "Ada") as ada:
        async with StrictPeer(synapse.url, account) as bob:
            room = await ada.open_chat(bob.user)
            before = bob.device
        async with StrictPeer(synapse.url, account) as bob:
            await ada.trusts(bob.user, bob.device)
            assert await ada.devices(bob.user) == {before: False, bob.device: True}
            await ada.say(room, "welcome back")
            assert (await bob.hears(room, ada.user)).body == "welcome back"


async def test_whoever_hears_nothing_says_what_was_heard(synapse: Synapse) -> None:
    async with await _strict(synapse, "Ada") as ada, await _strict(synapse, "Bob") as bob:
        room = await ada.open_chat(bob.user)
        await ada.say(room, "hello")
        heard = await bob.hears(room, ada.user)
        with pytest.raises(AssertionError) as failure:
            await bob.hears(room, ada.user, within=0.1)
        assert str(failure.value).splitlines() == [
            f"{bob.user} did not hear a message of {ada.user} in 0.1 s:", f"  {heard}"
        ]  # fmt: skip
        bob._process.kill()
        with pytest.raises(AssertionError, match="before its program ended"):
            await bob.hears(room, ada.user)


async def test_a_wrong_password_is_refused(synapse: Synapse) -> None:
    account = replace(await synapse.accounts.register("Ada"), password="guessed")
    with pytest.raises(Refused, match="Invalid username or password"):
        async with StrictPeer(synapse.url, account):
            pass
