"""Others send what they like: it costs nobody an answer, and never stops the bot."""

from typing import Any

from tests.adapters.matrix.bot import Bot, bot_on
from tests.adapters.matrix.talking import chat_with
from tests.adapters.matrix.test_speaking import NEXT
from tests.servers.matrix_api import Api
from tests.servers.matrix_events import Content
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

NOT_A_TEXT: list[Any] = [None, True, 5, [], ["x"], {}, {"body": "now"}, ["x"] * 4_000]


def nested(depth: int) -> Any:
    value: Any = "now"
    for _ in range(depth):
        value = {"body": value}
    return value


def is_well(bot: Bot) -> bool:
    """Whether nothing has failed."""
    return not [line for line in bot.log if line.level > 20]


def messages(about: str) -> list[Content]:
    """Contents of m.room.message that are no commands; a homeserver takes them."""
    text: Content = {"msgtype": "m.text", "body": "now"}
    called: Content = {"msgtype": "m.text", "body": "Summit Bot now"}
    edit = {"rel_type": "m.replace", "event_id": about}
    return [
        *({**called, "format": "org.matrix.custom.html", "formatted_body": value}
          for value in (*NOT_A_TEXT, nested(90), "<a href='" * 5_000)),
        {**called, "m.mentions": nested(90)},
        *({**text, "m.relates_to": value} for value in (*NOT_A_TEXT, nested(90))),
        *({**text, "m.relates_to": {"rel_type": value, "event_id": value}} for value in NOT_A_TEXT),
        *({**text, "m.new_content": value, "m.relates_to": edit} for value in NOT_A_TEXT),
        *({**text, "m.relates_to": edit, "m.new_content": {"msgtype": "m.text", "body": value}}
          for value in (*NOT_A_TEXT, "!" + "x" * 40_000)),
        *({"msgtype": "m.text", "body": body} for body in (
            "", "!" * 60_000, "> <x>\n" * 9_000, "!\u0301\u200b\u2028\x00\ufeff" * 2_000
        )),
    ]  # fmt: skip


def others(about: str) -> list[tuple[str, Content]]:
    """Events of other types."""
    kinds = ("m.reaction", "m.sticker", "m.call.invite", "org.example.x")
    return [
        *((kind, content) for kind in kinds for content in ({}, nested(90), {"body": "!now"})),
        *(("m.reaction", {"m.relates_to": value}) for value in NOT_A_TEXT),
        ("m.reaction", {"m.relates_to": {
            "rel_type": "m.annotation", "event_id": about, "key": "\N{WHITE MEDIUM STAR}"
        }}),
    ]  # fmt: skip


async def test_messages_that_make_no_sense_are_passed_over(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        person(synapse, "eve") as eve,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        room = await eve.create_room("Summit", public=True, invite=[account.user])
        await eve.membership(room, account.user, "join")
        await chat.person.join(room)
        hello = await eve.say(room, "hello")
        for content in messages(hello):
            await eve.send(room, "m.room.message", content)
        for kind, content in others(hello):
            await eve.send(room, kind, content)
        fence = await eve.say(room, "!next Marina")
        answer = await eve.hears(room, account.user)
        assert answer.content["m.relates_to"]["m.in_reply_to"]["event_id"] == fence
        assert await chat.rest() == []
        assert is_well(bot)


async def test_rooms_may_be_in_any_state(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    eve_account = await synapse.accounts.register("eve")
    async with (
        bot_on(synapse, account=account) as bot,
        Person(synapse.url, eve_account) as eve,
        Api(synapse.url, eve_account.token) as api,
    ):
        room = await eve.create_room("Summit", public=True, invite=[account.user])
        await eve.membership(room, account.user, "join")
        kinds = (
            "m.room.canonical_alias",
            "m.room.avatar",
            "m.room.join_rules",
            "m.space.child",
            "m.room.tombstone",
            "m.room.guest_access",
            "m.room.history_visibility",
        )
        wrong = {"replacement_room": 5, "url": {}, "via": 3, "join_rule": 5,
                 "history_visibility": 5, "guest_access": 5}  # fmt: skip
        for kind in kinds:
            for content in (wrong, nested(90) | wrong, wrong | {"alias": None}):
                await api.put("rooms", room, "state", kind, "", body=content)
        for again in range(2):
            await eve.say(room, "!next Marina")
            assert (await eve.hears(room, account.user)).content["body"] == NEXT
            if not again:
                await bot.restart()
        assert is_well(bot)
