"""A client that has no dealings with unsigned devices, as Element is: the bot talks with it."""

import shutil
from pathlib import Path

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER, VOLUME
from tests.servers.matrix_api import Api
from tests.servers.strict_matrix import Heard, StrictPeer
from tests.servers.synapse import Synapse

HAS_ONE = f"You have 1 bookmark:\n[6] Mon {VOLUME} · reminder at 9:25am"


async def device_of(api: Api, user: str) -> str:
    """The device of a user who has only one with keys."""
    asked: dict[str, list[str]] = {user: []}
    (device,) = (await api.post("keys", "query", body={"device_keys": asked}))["device_keys"][user]
    return str(device)


def said(heard: Heard) -> tuple[str | None, bool, bool | None]:
    """What the client shows, whether it was encrypted, and whether that device is trusted."""
    return heard.body, heard.encrypted, heard.signed


async def test_it_talks_with_the_bot_both_ways(synapse: Synapse, tmp_path: Path) -> None:
    account = await synapse.accounts.register("summitbot")
    bot_user = account.user
    async with (
        bot_on(synapse, account=account, folder=tmp_path) as bot,
        StrictPeer(synapse.url, await synapse.accounts.register("ada")) as ada,
        Api(synapse.url, account.token) as api,
    ):
        room = await ada.open_chat(bot_user)
        await ada.trusts(bot_user, await device_of(api, bot_user))
        await ada.say(room, "bookmark 6")
        assert said(await ada.hears(room, bot_user)) == (BOOKMARKED, True, True)
        await bot.restart()
        await ada.say(room, "bookmarks")
        assert said(await ada.hears(room, bot_user)) == (HAS_ONE, True, True)
        # A new device, of an account with a new identity.
        await bot.stop()
        shutil.rmtree(tmp_path / "matrix-store")
        await bot.start()
        await ada.trusts(bot_user, await device_of(api, bot_user))
        await ada.say(room, "bookmarks")
        assert said(await ada.hears(room, bot_user)) == (HAS_ONE, True, True)
        bot.go("Monday 9:25")
        assert said(await ada.hears(room, bot_user)) == (REMINDER, True, True)
