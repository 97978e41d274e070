"""What `check` says of an account, from before its first start on, and what it changes: nothing."""

import asyncio
from pathlib import Path

import pytest

from bot.adapters.matrix.adapter import MatrixAdapter
from bot.checking import shown
from bot.ports import CannotSpeak
from bot.scratch import Scratch
from tests.adapters.matrix.bot import bot_on, matrix_settings
from tests.servers.accounts import Account
from tests.servers.matrix_person import person
from tests.servers.synapse import SERVER_NAME, Synapse
from tests.summit import StandingClock, at


async def said(server: Synapse, account: Account, folder: Path, **settings: object) -> list[str]:
    """What `check` says, as it is shown."""
    network = matrix_settings(server, account, folder, **settings)
    found = await MatrixAdapter(network, Scratch(), StandingClock(at(16, 9))).check()
    return list(map(shown, found))


async def test_it_is_said_who_the_bot_is_and_where_it_may_come(
    synapse: Synapse, tmp_path: Path
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with person(synapse, "ada") as ada:
        public = await ada.create_room("Summit", public=True)
        closed = await ada.create_room("Staff")
        rooms = [public, closed, f"#nowhere:{SERVER_NAME}"]
        common = [
            f"Comes where it is invited by people of {SERVER_NAME}.",
            "May send messages without a limit.",
        ]
        first = f"Logged in on {synapse.url} as {account.user}."
        assert await said(synapse, account, tmp_path, rooms=rooms) == [
            first,
            "`run` makes a device for the bot, and signs it.",
            f"{public}: `run` joins it.",
            f"{closed}: not joined; invite the bot there, unless anybody may join.",
            f"#nowhere:{SERVER_NAME}: there is no such room.",
            *common,
        ]
        assert not (tmp_path / "matrix-store").exists()
        async with bot_on(synapse, account=account, folder=tmp_path, rooms=[public]):
            await ada.membership(public, account.user, "join")
            [login] = [line for line in await said(synapse, account, tmp_path, rooms=[public])
                       if line.startswith("Its device")]  # fmt: skip
            assert login.endswith(" is signed: every app talks to it.")
        await ada.invite(closed, account.user)
        lines = await said(
            synapse, account, tmp_path, rooms=[public, closed], invitations=["*"], rate=None
        )
        assert lines[2:5] == [
            f"{public}: joined.",
            f"{closed}: `run` joins it.",
            "Comes where it is invited by *.",
        ]
        assert lines[5].startswith("May send 10 messages at once")
        assert lines[6] == (
            "A homeserver with the usual limits lets it follow 10 invitations at once, and one more"
            " each 10 seconds."
        )
        assert lines[7].startswith("An administrator of the homeserver can lift the bot's limit: ")


async def test_a_store_that_cannot_be_used_is_named(synapse: Synapse, tmp_path: Path) -> None:
    account = await synapse.accounts.register("summitbot")
    (tmp_path / "file").touch()
    for store in ("file", "file/below"):
        with pytest.raises(CannotSpeak) as refusal:
            await said(synapse, account, tmp_path, store=tmp_path / store)
        assert str(tmp_path / store) in str(refusal.value)


async def test_whoever_looks_too_often_is_told_to_wait(
    synapse_limited: Synapse, tmp_path: Path
) -> None:
    account = await synapse_limited.accounts.register("summitbot")
    network = matrix_settings(synapse_limited, account, tmp_path)
    adapter = MatrixAdapter(network, Scratch(), StandingClock(at(16, 9)))
    attempts = asyncio.gather(*(adapter.check() for _ in range(10)))
    with pytest.raises(CannotSpeak) as refusal:
        await attempts
    text = str(refusal.value)
    assert text.startswith(f"{synapse_limited.url} lets nobody log in so often: try again in ")
    assert text.endswith(" Each check before the first run is a login.")


@pytest.mark.parametrize(
    ("homeserver", "why"),
    [
        ("http://127.0.0.1:1", "Connection refused"),
        ("http://no-such-host.invalid", "there is no such host"),
    ],
)
async def test_a_wrong_homeserver_is_called_wrong(
    synapse: Synapse, tmp_path: Path, homeserver: str, why: str
) -> None:
    account = await synapse.accounts.register("summitbot")
    with pytest.raises(CannotSpeak) as refusal:
        await said(synapse, account, tmp_path, homeserver=homeserver)
    assert str(refusal.value) == (f"{homeserver} cannot be reached: {why}. Is homeserver right?")
