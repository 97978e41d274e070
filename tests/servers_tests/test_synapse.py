"""The Matrix server of the tests: it limits as asked, comes back as it was, and ends with them."""

import asyncio
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import ClientError

from tests.servers.accounts import Account
from tests.servers.keeper import Missing
from tests.servers.matrix_api import Api, Refused
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse, Wanted
from tests.servers.synapse import synapse as start_synapse

_SECONDS = 20
# By default ten at once, and then one every five seconds: whatever the machine, not all of these.
_MESSAGES = 20


async def says(server: Synapse, account: Account, count: int) -> None:
    async with Person(server.url, account, listens=False) as talker:
        room = await talker.create_room("Talk")
        for number in range(count):
            await talker.say(room, str(number))


async def test_nobody_meets_a_limit_of_the_one_without(synapse: Synapse) -> None:
    await says(synapse, await synapse.accounts.register("talker"), _MESSAGES)


async def test_default_limits_refuse_for_a_while(synapse_limited: Synapse) -> None:
    account = await synapse_limited.accounts.register("talker")
    with pytest.raises(Refused) as refused:
        await says(synapse_limited, account, _MESSAGES)
    assert (refused.value.status, refused.value.code) == (429, "M_LIMIT_EXCEEDED")
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 5_000


async def test_an_administrator_lifts_the_limits_of_one(synapse_limited: Synapse) -> None:
    account = await synapse_limited.accounts.register("talker")
    await synapse_limited.accounts.lift_limits(account.user)
    await says(synapse_limited, account, _MESSAGES)


async def test_limits_can_be_other_ones() -> None:
    limits = {"rc_message": {"per_second": 1, "burst_count": 3}}
    with start_synapse(Wanted(limits=True, settings=limits)) as server:
        account = await server.accounts.register("talker")
        with pytest.raises(Refused) as refused:
            await says(server, account, _MESSAGES)
    assert refused.value.retry_after is not None
    assert refused.value.retry_after <= 1_000


async def test_comes_back_at_its_port_with_all_that_it_had() -> None:
    with start_synapse() as server:
        async with person(server, "ada") as ada, person(server, "bob") as bob:
            room = await ada.open_chat(bob.user)
            await bob.join(room)
            await ada.say(room, "before")
            server.stop()
            with pytest.raises(ClientError):
                await ada.say(room, "nobody listens")
            server.start()
            await ada.say(room, "after")
            heard = await bob.heard_from(room, ada.user, 2)
    assert [event.content["body"] for event in heard] == ["before", "after"]


async def test_answers_nothing_while_it_is_paused(synapse: Synapse) -> None:
    async with person(synapse, "ada") as ada:
        room = await ada.create_room("Talk")
        with synapse.paused():
            saying = asyncio.create_task(ada.say(room, "hello"))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.shield(saying), 0.2)
        assert (await ada.hears(room, ada.user)).id == await saying


async def refusal(server: Synapse, account: Account) -> str:
    """Why the server does not know who this is; nothing if it does."""
    async with Api(server.url, account.token) as api:
        try:
            await api.get("account", "whoami")
        except Refused as refused:
            return refused.code
    return ""


async def test_who_is_logged_out_has_no_token(synapse: Synapse) -> None:
    account = await synapse.accounts.register("ada")
    other = await synapse.accounts.register("ada")
    assert account.user != other.user
    assert [await refusal(synapse, each) for each in (account, other)] == ["", ""]
    await synapse.accounts.log_out(account.user)
    assert [await refusal(synapse, each) for each in (account, other)] == ["M_UNKNOWN_TOKEN", ""]


async def test_whose_account_ends_has_left(synapse: Synapse) -> None:
    account = await synapse.accounts.register("bob")
    async with person(synapse, "ada") as ada:
        room = await ada.open_chat(account.user)
        async with Person(synapse.url, account) as bob:
            await bob.join(room)
        await ada.membership(room, account.user, "join")
        await synapse.accounts.deactivate(account.user)
        await ada.membership(room, account.user, "leave")
    assert await refusal(synapse, account) == "M_UNKNOWN_TOKEN"


_TESTS_THAT_ARE_KILLED = """
import sys
from tests.servers.synapse import synapse
with synapse() as server:
    print(server.pid, server._folder, flush=True)
    sys.stdin.read()
"""


def test_ends_when_the_tests_are_killed() -> None:
    with subprocess.Popen(
        (sys.executable, "-c", _TESTS_THAT_ARE_KILLED),
        cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as tests:  # fmt: skip
        assert tests.stdout is not None
        pid, folder = tests.stdout.readline().split()
        keepers = Path(f"/proc/{tests.pid}/task/{tests.pid}/children").read_text().split()
        watched = [os.pidfd_open(int(each)) for each in keepers]
        try:
            tests.kill()
            for each in watched:
                ended = select.poll()
                ended.register(each, select.POLLIN)
                assert ended.poll(_SECONDS * 1000), "a keeper goes on"
        finally:
            for each in watched:
                os.close(each)
    assert len(keepers) == 2
    assert not Path("/proc", pid).exists()
    assert not Path(folder).exists()


def test_a_server_that_does_not_start_is_a_sentence() -> None:
    wrong = {"server_name": "not a name"}
    with pytest.raises(Missing) as missing, start_synapse(Wanted(settings=wrong)):
        pass
    said = str(missing.value)
    assert said.startswith("These tests need Synapse, and it did not start (it said ")
    assert "not a name" in said
    assert said.endswith("); ./check installs it.")
