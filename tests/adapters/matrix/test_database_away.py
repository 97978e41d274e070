"""A database that goes away while people write on Matrix: what they asked happens when it is back,
and nobody has been told that it would not."""

import pytest

from bot.store import opening
from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, chat_with
from tests.servers.away import locked
from tests.servers.matrix_person import person
from tests.servers.synapse import Synapse


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = [pragma.replace("5000", "20") for pragma in opening._SQLITE_PRAGMAS]
    monkeypatch.setattr(opening, "_SQLITE_PRAGMAS", shorter)


async def test_what_is_asked_meanwhile_happens_when_the_database_is_back(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as ada,
        chat_with(synapse, person, account.user, "bob") as bob,
    ):
        on_now = await bob.asks("now")
        with locked(bot.database):
            await ada.person.say(ada.room, "bookmark 6")
            # By then the bot has tried to bookmark it.
            assert await bob.asks("now") == on_now
        assert await ada.reads() == BOOKMARKED
        assert await ada.rest() == []
