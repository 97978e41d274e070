"""The strict Matrix peer: it talks with signed devices, and neither to nor with any others."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
import vodozemac

from tests.servers.accounts import Account
from tests.servers.matrix_api import Api
from tests.servers.matrix_peer import Keys, peer
from tests.servers.matrix_person import Person
from tests.servers.strict_matrix import UNSIGNED, Heard, Refused, StrictPeer
from tests.servers.synapse import Synapse


async def _strict(server: Synapse, name: str) -> StrictPeer:
    return StrictPeer(server.url, await server.accounts.register(name))


async def _open_chat(ada: StrictPeer, bob: Person) -> str:
    async def join() -> None:
        await bob.join((await bob.invitation(ada.user)).room)

    async with asyncio.TaskGroup() as both:
        both.create_task(join())
        opening = both.create_task(ada.open_chat(bob.user))
    return opening.result()


async def _sign_device(url: str, account: Account) -> None:
    """As clients do at their first start.

    https://spec.matrix.org/v1.16/client-server-api/#cross-signing"""
    user, device = account.user, account.device
    # Anything of vodozemac with an Ed25519 key pair.
    master, self_signing = vodozemac.Account(), vodozemac.Account()

    def public(usage: str, key: vodozemac.Account) -> dict[str, Any]:
        text = key.ed25519_key.to_base64()
        return {"user_id": user, "usage": [usage], "keys": {f"ed25519:{text}": text}}

    def signed(thing: dict[str, Any], key: vodozemac.Account) -> dict[str, Any]:
        bare = {name: thing[name] for name in thing if name not in ("signatures", "unsigned")}
        text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        signature = key.sign(text.encode()).to_base64()
        return bare | {"signatures": {user: {f"ed25519:{key.ed25519_key.to_base64()}": signature}}}

    async with Api(url, account.token) as api:
        keys = {
            "master_key": public("master", master),
            "self_signing_key": signed(public("self_signing", self_signing), master),
        }
        await api.post("keys", "device_signing", "upload", body=keys)
        known = await api.post("keys", "query", body={"device_keys": {user: [device]}})
        body = {user: {device: signed(known["device_keys"][user][device], self_signing)}}
        answer = await api.post("keys", "signatures", "upload", body=body)
        assert answer == {"failures": {}}


async def test_an_unsigned_device_gets_no_keys_and_is_not_shown(synapse: Synapse) -> None:
    async with peer(synapse, "Bob") as bob, await _strict(synapse, "Ada") as ada:
        room = await _open_chat(ada, bob)
        assert list((await ada.devices(bob.user)).values()) == [False]

        said = await ada.say(room, "for signed devices")
        event = await bob.sees(room, lambda event: event.sender == ada.user and event.encrypted)
        assert (event.id, event.type) == (said, "m.room.encrypted")

        said = await bob.say(room, "from an unsigned device")
        assert await ada.is_kept_from(room, bob.user) == Heard(
            event=said, room=room, sender=bob.user, content=None,
            encrypted=True, failure=UNSIGNED, signed=False,
        )  # fmt: skip


async def test_the_same_device_gets_keys_and_is_shown_once_it_is_signed(synapse: Synapse) -> None:
    account = await synapse.accounts.register("Bob")
    async with (
        Person(synapse.url, account, Keys(synapse.url, account)) as bob,
        await _strict(synapse, "Ada") as ada,
    ):
        room = await _open_chat(ada, bob)
        before = await bob.say(room, "from an unsigned device")
        assert (await ada.is_kept_from(room, bob.user)).event == before

        await _sign_device(synapse.url, account)
        await ada.trusts(bob.user, account.device)
        said = await ada.say(room, "for signed devices")
        event = await bob.hears(room, ada.user)
        assert (event.id, event.content["body"]) == (said, "for signed devices")

        after = await bob.say(room, "from a signed device")
        assert [await ada.hears(room, bob.user) for _ in range(2)] == [
            Heard(
                event=event, room=room, sender=bob.user,
                content={"msgtype": "m.text", "body": f"from {device} device"},
                encrypted=True, failure=None, signed=True,
            )
            for event, device in ((before, "an unsigned"), (after, "a signed"))
        ]  # fmt: skip


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
