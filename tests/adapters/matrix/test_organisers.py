"""Who organises on Matrix, where announcements go, and that they arrive as they were written."""

import asyncio
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.matrix.adapter import MatrixAdapter
from bot.checking import shown
from bot.clock import SystemClock
from bot.document import Reply, heading, reply, text
from bot.messages import Channel, Invocation, Response, User
from bot.scratch import Scratch
from bot.times import Reader
from tests.adapters.matrix.bot import bot_on, matrix_settings
from tests.adapters.matrix.rooms.staying import give_alias
from tests.servers.accounts import Account
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import SERVER_NAME, Synapse

READER = Reader(ZoneInfo("UTC"))
SILENT = Response(Reply(()), READER, private=True, command="cancel")
WORDS = " ".join(f"word{number:04}" for number in range(334))[:3_000]
HARMFUL = (
    '</p><script>x</script><a href="https://evil.example">y</a> @room @ada:example.org &amp; <!--'
    "\r\nQUIT\0\x1b[31m"
)


def adapter(server: Synapse, account: Account, folder: Path, **settings: object) -> MatrixAdapter:
    network = matrix_settings(server, account, folder, **settings)
    return MatrixAdapter(network, Scratch(), SystemClock())


async def answered_in(room: str, somebody: Person, bot: str) -> None:
    """The bot has come into the room, and knows it."""
    await somebody.membership(room, bot, "join")
    await somebody.say(room, "!next Marina")
    await somebody.hears(room, bot)


async def test_an_organiser_is_whoever_has_exactly_this_id(
    synapse: Synapse, tmp_path: Path
) -> None:
    account = await synapse.accounts.register("summitbot")
    own = adapter(synapse, account, tmp_path, organisers=["@ada:example.org"])
    ids = ["@ada:example.org", "@Ada:example.org", "@ada:example.org.evil", "@ada", "ada", "",
           "@ada:EXAMPLE.ORG", "@_irc_ada:example.org"]  # fmt: skip
    assert [id for id in ids if own.organises(User("matrix", id))] == ids[:1]
    assert not own.organises(User("other", ids[0]))


async def test_who_calls_themselves_like_an_organiser_is_none(
    synapse: Synapse, tmp_path: Path
) -> None:
    account = await synapse.accounts.register("summitbot")
    heard: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()

    async def receive(invocation: Invocation) -> Response:
        heard.put_nowait((invocation.line, bot.organises(invocation.user)))
        return SILENT

    async with person(synapse, "Ada") as ada, person(synapse, "Ada") as eve:
        room = await ada.create_room("Summit", public=True)
        await eve.join(room)
        bot = adapter(synapse, account, tmp_path, organisers=[ada.user], rooms=[room])
        running = asyncio.create_task(bot.run(receive, lambda _: None))
        try:
            await ada.membership(room, account.user, "join")
            asked = await ada.say(room, "!cancel 12")
            async with asyncio.timeout(30):
                assert await heard.get() == ("cancel 12", True)
                # Nobody corrects what somebody else has said.
                await eve.edit(room, asked, "!cancel 13")
                await eve.say(room, "!cancel 14")
                assert await heard.get() == ("cancel 14", False)
                await ada.edit(room, asked, "!cancel 15")
                assert await heard.get() == ("cancel 15", True)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_announcements_go_to_each_room_once(synapse: Synapse, tmp_path: Path) -> None:
    account = await synapse.accounts.register("summitbot")
    async with person(synapse, "ada") as ada:
        first = await ada.create_room("Summit", public=True)
        second = await ada.create_room("Hall", public=True)
        alias = await give_alias(ada, first, "organised")
        async with bot_on(
            synapse, account=account, folder=tmp_path, rooms=[alias, second, first, second]
        ) as bot:
            for room in (first, second):
                await answered_in(room, ada, account.user)
            channels = [channel.id for channel in bot.adapter.channels]
        assert channels == [alias, second]
        idle = adapter(synapse, account, tmp_path, rooms=[alias, second, second])
        assert idle.channels == [Channel("matrix", alias), Channel("matrix", second)]


@pytest.mark.parametrize("said", [WORDS, HARMFUL])
async def test_an_announcement_arrives_whole_and_harmless(
    synapse: Synapse, tmp_path: Path, said: str
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with peer(synapse, "ada") as ada:
        room = await ada.create_room("Summit", public=True, invite=[account.user])
        async with bot_on(synapse, account=account, folder=tmp_path, rooms=[room]) as bot:
            await answered_in(room, ada, account.user)
            await bot.adapter.post(
                Channel("matrix", room), reply(heading("News:"), text(said)), READER, "key"
            )
            content = (await ada.hears(room, account.user)).content
    clean = "".join(c if c.isprintable() else " " for c in said)
    assert content == {
        "msgtype": "m.notice",
        "body": f"News:\n{clean}",
        "format": "org.matrix.custom.html",
        "formatted_body": f"<p><strong>News:</strong><br/>{escape(clean, quote=False)}</p>",
        "m.mentions": {"user_ids": []},
    }


async def test_who_the_organisers_are_is_checked(synapse: Synapse, tmp_path: Path) -> None:
    account = await synapse.accounts.register("summitbot")
    ada = await synapse.accounts.register("ada")
    nobody = f"@nobody-at-all:{SERVER_NAME}"
    capital = ada.user.replace("@a", "@A")
    away = "@ada:127.0.0.1:1"
    named = [ada.user, nobody, capital, away]
    own = adapter(synapse, account, tmp_path, organisers=named)
    lines = list(map(shown, await own.check()))
    assert [line for line in lines if "ada" in line or "nobody" in line.partition(" ")[2]] == [
        f"Organisers: {', '.join(named)}.",
        f"no: {nobody} shall organise, but nobody is called so: look at the spelling.",
        f"no: {capital} shall organise, but nobody is called so: look at the spelling.",
        f"{away}: it cannot be told whether somebody is called so (M_FORBIDDEN).",
    ]
