"""Publishing the keys of the device: there are always some for whoever wants to write to it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from nio.crypto import OlmAccount

from bot.adapters.matrix.client import client_of, close_keys
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.keys.uploading import publish
from bot.adapters.matrix.login.login import Login, enter
from tests.adapters.matrix.between import Between, Says, between
from tests.adapters.matrix.starts import Bot, homeserver, said
from tests.servers.synapse import Synapse

UPLOAD = "POST /_matrix/client/v3/keys/upload"


class Device:
    """The bot's device, and nio's machine for it."""

    def __init__(self, bot: Bot, server: Homeserver, login: Login) -> None:
        self._bot = bot
        self._server = server
        self._login = login
        self._since = ""
        self.database = bot.folder.path / bot.folder.database(login.device_id)
        self.open()

    def open(self) -> None:
        """As when a program starts."""
        self._client = client_of(self._server, self._login, self._bot.folder, encrypts=True)

    def close(self) -> None:
        """As when it ends; what was not saved is gone."""
        close_keys(self._client)

    async def start(self) -> None:
        await publish(self._client.olm, self._server)

    async def sync(self) -> None:
        await publish(self._client.olm, self._server, await self._synced())

    async def left(self) -> tuple[int, list[str]]:
        """How many one-time keys, and which fallback keys that nobody has used."""
        sync = await self._synced()
        counts, unused = "device_one_time_keys_count", "device_unused_fallback_key_types"
        return sync[counts]["signed_curve25519"], sync[unused]

    async def _synced(self) -> dict[str, Any]:
        # What is asked for twice is answered from memory for a while.
        query = {"timeout": "0"} | ({"since": self._since} if self._since else {})
        answer: dict[str, Any] = await self._server.ask("GET", "sync", query=query)
        self._since = answer["next_batch"]
        return answer

    async def claim(self) -> dict[str, Any]:
        """The key that others get who begin to write to it."""
        user, device = self._bot.user, self._login.device_id
        wanted = {user: {device: "signed_curve25519"}}
        answer = await self._bot.owner("POST", "keys", "claim", one_time_keys=wanted)
        (key,) = answer["one_time_keys"][user][device].values()
        return dict(key)

    def understands(self, claimed: dict[str, Any]) -> bool:
        """True if it can read what is written to it with this key."""
        account, writer = self._client.olm.account, OlmAccount()
        ours, theirs = account.identity_keys["curve25519"], writer.identity_keys["curve25519"]
        session = writer.create_outbound_session(ours, claimed["key"])
        try:
            account.create_inbound_session(theirs, session.encrypt(b"hello"))
        except ValueError:
            return False
        return True


@pytest.fixture
async def proxy(synapse: Synapse) -> AsyncIterator[Between]:
    async with between(synapse.url) as server:
        yield server


@pytest.fixture
async def device(synapse: Synapse, proxy: Between, tmp_path: Path) -> AsyncIterator[Device]:
    bot = Bot(proxy.url, await synapse.accounts.register("bot"), tmp_path)
    async with homeserver(bot.settings()) as server:
        login = await enter(bot.settings(), server, bot.folder)
        device = Device(bot, server, login)
        proxy.asked = []
        try:
            yield device
        finally:
            device.close()


def uploads(proxy: Between) -> int:
    return proxy.asked.count(UPLOAD)


async def test_the_first_start_publishes_keys_of_every_kind(device: Device, proxy: Between) -> None:
    await device.start()
    assert await device.left() == (50, ["signed_curve25519"])
    await device.start()
    await device.sync()
    device.close()
    device.open()
    await device.start()
    await device.sync()
    assert uploads(proxy) == 1


async def test_keys_are_signed_by_the_device(device: Device) -> None:
    await device.start()
    olm = device._client.olm
    mine = olm.account.identity_keys["ed25519"]
    one_time = await device.claim()
    for _ in range(49):
        await device.claim()
    fallback = await device.claim()
    assert [sorted(one_time), sorted(fallback)] == [
        ["key", "signatures"], ["fallback", "key", "signatures"],
    ]  # fmt: skip
    for key in (one_time, fallback):
        assert olm.verify_json(key, mine, olm.user_id, olm.device_id)


async def test_keys_follow_when_half_of_them_are_given_away(device: Device, proxy: Between) -> None:
    await device.start()
    for _ in range(24):
        await device.claim()
    await device.sync()
    assert (await device.left(), uploads(proxy)) == ((26, ["signed_curve25519"]), 1)
    await device.claim()
    await device.sync()
    assert (await device.left(), uploads(proxy)) == ((50, ["signed_curve25519"]), 2)
    assert device.understands(await device.claim())


async def test_a_crowd_that_takes_all_keys_at_once_is_understood_and_keys_follow(
    device: Device, proxy: Between
) -> None:
    await device.start()
    claimed = [await device.claim() for _ in range(53)]
    assert await device.left() == (0, [])
    assert [device.understands(key) for key in claimed] == [True] * 53
    device.close()
    device.open()
    await device.start()
    await device.sync()
    assert await device.left() == (50, ["signed_curve25519"])
    # Who has got the old fallback key may use it a while later.
    assert device.understands(claimed[-1])
    assert uploads(proxy) == 2


@pytest.mark.parametrize("late", [False, True])
async def test_an_upload_that_a_crash_comes_between_is_made_good(
    device: Device, proxy: Between, late: bool
) -> None:
    proxy.cut, proxy.late = 0, late
    with pytest.raises(Away):
        await device.start()
    proxy.cut = None
    device.close()
    device.open()
    claimed = [await device.claim()] if late else []
    await device.start()
    await device.sync()
    left, fallback = await device.left()
    assert (left, fallback) == (99 if late else 50, ["signed_curve25519"])
    claimed += [await device.claim() for _ in range(left)]
    assert [device.understands(key) for key in claimed] == [True] * len(claimed)


async def test_an_older_database_leads_to_other_keys(
    device: Device, proxy: Between, caplog: pytest.LogCaptureFixture
) -> None:
    await device.start()
    device.close()
    older = device.database.read_bytes()
    device.open()
    for _ in range(30):
        await device.claim()
    await device.sync()
    device.close()
    device.database.write_bytes(older)
    device.open()
    for _ in range(30):
        await device.claim()
    assert said(caplog) == []
    await device.sync()
    assert said(caplog) == [
        "The homeserver has keys of the bot that its store folder has lost: some first messages may"
        " not be readable. Others are published."
    ]
    assert (await device.left())[0] == 50
    await device.sync()
    assert said(caplog) == []


async def test_a_homeserver_that_takes_no_keys(device: Device, proxy: Between) -> None:
    proxy.instead[UPLOAD] = Says(400, {"errcode": "M_UNKNOWN", "error": "No"})
    with pytest.raises(Refused) as caught:
        await device.start()
    assert (caught.value.said, uploads(proxy)) == ("No", 5)


async def test_a_homeserver_that_has_no_time(device: Device, proxy: Between) -> None:
    proxy.instead[UPLOAD] = Says(429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many"})
    with pytest.raises(Refused) as caught:
        await device.start()
    assert (caught.value.limited, uploads(proxy)) == (True, 1)
    proxy.instead.clear()
    await device.start()
    assert await device.left() == (50, ["signed_curve25519"])


async def test_a_homeserver_that_does_not_say_what_is_left(device: Device, proxy: Between) -> None:
    await device.start()
    proxy.instead["GET /_matrix/client/v3/sync"] = Says(200, {"next_batch": "s1"})
    await device.sync()
    assert uploads(proxy) == 1
