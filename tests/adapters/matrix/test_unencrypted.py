"""With encryption off: the bot talks where nothing is encrypted, and keeps no keys."""

from pathlib import Path

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER, chat_with
from tests.servers.matrix_person import person
from tests.servers.synapse import Synapse


async def test_it_talks_without_keys(synapse: Synapse, tmp_path: Path) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, folder=tmp_path, encryption=False) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        await bot.restart()
        bot.go("Monday 9:25")
        assert await chat.reads() == REMINDER
    assert list((tmp_path / "matrix-store").glob("*.db")) == []
