"""What people see of the bot in their clients: who is answered, how, and what makes a sound."""

from typing import Any

import pytest

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import REMINDER, VOLUME, chat_with
from tests.servers.matrix_api import Api
from tests.servers.matrix_events import Content
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

NEXT = f"Next in Marina, at 9:30am, in 10 minutes:\n[6] {VOLUME}"
_ITEM = (
    "<ul><li><strong>Breakout of volume into its own service</strong><br/>"
    "[6] 9:30am–10:25am · Marina · Vishvananda Ishaya</li></ul>"
)
ANSWER = {
    "msgtype": "m.notice",
    "body": NEXT,
    "format": "org.matrix.custom.html",
    "formatted_body": f"<p><strong>Next in Marina, at 9:30am, in 10 minutes:</strong></p>{_ITEM}",
    "m.mentions": {"user_ids": []},
    "org.summit-bot.session": 6,
}
_LINK = "https://matrix.to/#/"


def refers_to(event: str) -> Content:
    return {"m.relates_to": {"m.in_reply_to": {"event_id": event}}}


def in_thread(root: str, event: str) -> Content:
    return {"m.relates_to": {
        "rel_type": "m.thread", "event_id": root, "is_falling_back": True,
        "m.in_reply_to": {"event_id": event},
    }}  # fmt: skip


async def a_room(somebody: Person, bot: str, **more: Any) -> str:
    """A new room of somebody's, where the bot is."""
    room = await somebody.create_room("Summit", public=True, invite=[bot], **more)
    await somebody.membership(room, bot, "join")
    return room


async def answered(somebody: Person, room: str, bot: str) -> list[str]:
    """Which messages of a room the bot has answered by now, in a room or a chat where all that was
    said before has been answered, too."""
    fence = await somebody.say(room, "!next Marina")
    found: list[str] = []
    while not found or found[-1] != fence:
        heard = await somebody.hears(room, bot)
        found.append(heard.content["m.relates_to"]["m.in_reply_to"]["event_id"])
    return found[:-1]


async def test_an_answer_is_a_notice_where_it_was_asked_for(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with bot_on(synapse, account=account):
        for enters in (person, peer):
            async with chat_with(synapse, enters, account.user, "ada") as chat:
                ada, bot = chat.person, account.user
                room = await a_room(ada, bot)
                asked = await ada.say(room, "!next Marina")
                assert (await ada.hears(room, bot)).content == ANSWER | refers_to(asked)
                root = await ada.say(room, "Where does one learn about volumes?")
                asked = await ada.say(room, "!next Marina", thread=root)
                assert (await ada.hears(room, bot)).content == ANSWER | in_thread(root, asked)
                asked = await ada.say(chat.room, "next Marina")
                assert (await chat.hears()).content == ANSWER
                later = await ada.say(chat.room, "next Marina", thread=asked)
                assert (await chat.hears()).content == ANSWER | in_thread(asked, later)


async def test_a_reminder_makes_a_sound_and_an_answer_does_not(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        ada = chat.person
        room = await a_room(ada, account.user)
        await ada.say(room, "!next Marina")
        await ada.hears(room, account.user)
        await chat.asks("bookmark 6")
        await ada.is_up_to_date()
        assert (ada.unread(room), ada.unread(chat.room)) == ((0, 0), (0, 0))
        bot.go("Monday 9:25")
        assert (await chat.hears()).content == {
            "msgtype": "m.text",
            "body": REMINDER,
            "format": "org.matrix.custom.html",
            "formatted_body": (
                f"<p><strong>Starts in 5 minutes:</strong></p>{_ITEM}"
                "<p>Snooze: <code>snooze 6</code> or \N{ALARM CLOCK}"
                " · Remove: <code>unbookmark 6</code></p>"
            ),
            "m.mentions": {"user_ids": [ada.user]},
            "org.summit-bot.session": 6,
        }
        await ada.is_up_to_date()
        assert ada.unread(chat.room) == (1, 1)


async def test_the_bot_is_called_by_prefix_name_or_pill(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    me, local = account.user, account.user[1:].partition(":")[0]
    pill = f'<a href="{_LINK}{me}">Summit Bot</a>'
    async with bot_on(synapse, account=account), person(synapse, "ada") as ada:
        room = await a_room(ada, me)

        def html(text: str) -> dict[str, Any]:
            return {"html": text}

        for_it: list[tuple[str, dict[str, Any]]] = [
            ("!next Marina", {}),
            ("Summit Bot: next Marina", {}),
            ("summit bot, NEXT marina", {}),
            (f"{local}: next Marina", {}),
            (f"@{local} next Marina", {}),
            (f"{me}: !next Marina", {}),
            ("Summit Bot next Marina", {"mentions": [me]}),
            ("Summit Bot: next Marina", html(f"{pill}: next Marina")),
            ("Summit Bot next Marina", html(f"<p>{pill} next Marina</p>") | {"mentions": [me]}),
        ]
        other = f'<a href="{_LINK}@eve:elsewhere.org">Summit Bot</a>'
        not_for_it: list[tuple[str, dict[str, Any]]] = [
            ("next Marina", {}),
            ("next Marina", {"mentions": [me]}),
            ("Summit Bot next Marina", {}),
            ("I asked Summit Bot: next Marina", {}),
            ("@summitbot:elsewhere.org: next Marina", {}),
            ("Summit Bot: next Marina", html(f"{other}: next Marina")),
            ("> <@eve:elsewhere.org> !next Marina\n\nthank you", {"reply_to": "$before"}),
        ]
        asked = [await ada.say(room, text, **more) for text, more in for_it]
        for text, more in not_for_it:
            await ada.say(room, text, **more)
        assert await answered(ada, room, me) == asked


async def test_its_name_and_prefix_are_those_that_it_was_given(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, display_name="Oracle", prefix="?"),
        person(synapse, "ada") as ada,
        Api(synapse.url, account.token) as api,
    ):
        room = await a_room(ada, account.user)
        for text in ("!next Marina", "Summit Bot: next Marina", "Delphi: next Marina"):
            await ada.say(room, text)
        for text in ("?next Marina", "Oracle: next Marina"):
            asked = await ada.say(room, text)
            assert (await ada.hears(room, account.user)).content == ANSWER | refers_to(asked)
        here = {"membership": "join", "displayname": "Delphi"}
        await api.put("rooms", room, "state", "m.room.member", account.user, body=here)
        asked = await ada.say(room, "Delphi: next Marina")
        assert (await ada.hears(room, account.user)).content == ANSWER | refers_to(asked)


@pytest.mark.parametrize("enters", [person, peer])
async def test_only_people_are_answered_and_only_for_what_they_say(
    synapse: Synapse, enters: Any
) -> None:
    account = await synapse.accounts.register("summitbot")
    robot = await synapse.accounts.register("robot")
    me = account.user
    async with (
        bot_on(synapse, account=account, ignore=[robot.user]) as bot,
        chat_with(synapse, enters, me, "ada") as chat,
        Person(synapse.url, robot) as ignored,
        Person(synapse.url, account) as owner,
    ):
        ada = chat.person
        room = await a_room(ada, me)
        await ignored.join(room)
        await ignored.say(room, "!next Marina")
        await owner.say(room, "!next Marina")
        assert (await ada.hears(room, me)).content["msgtype"] == "m.text"
        for where, text in ((room, "!next Marina"), (chat.room, "next Marina")):
            for kind in ("m.notice", "m.emote"):
                await ada.say(where, text, msgtype=kind)
            for kind in ("m.image", "m.file", "m.video"):
                await ada.send(where, "m.room.message", {
                    "msgtype": kind, "body": text, "filename": "next.png", "url": "mxc://x/y"
                })  # fmt: skip
            await ada.send(where, "m.sticker", {"body": text, "url": "mxc://x/y", "info": {}})
            await ada.send(where, "org.example.poll", {"msgtype": "m.text", "body": text})
        assert await answered(ada, room, me) == []
        assert await chat.rest() == []
        assert [line.event for line in bot.log if line.level > 20] == []


async def test_what_somebody_typed_is_escaped(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        await chat.person.say(chat.room, "lead <b>Eve</b> & co")
        content = (await chat.hears()).content
        assert content["body"].startswith("Nobody called “<b>Eve</b> & co” leads a session.")
        assert "“&lt;b&gt;Eve&lt;/b&gt; &amp; co”" in content["formatted_body"]


async def test_a_long_answer_stops_and_goes_on_in_the_chat(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        room = await a_room(chat.person, account.user)
        await chat.person.say(room, "!agenda monday")
        content = (await chat.person.hears(room, account.user)).content
        lines, html = content["body"].split("\n"), content["formatted_body"]
        assert (len(lines), lines[-1]) == (12, "… 45 more sessions: ‘!more’")
        assert html.endswith("</ul><p>… 45 more sessions: <code>!more</code></p>")
        await chat.person.say(room, "!more privately")
        content = (await chat.hears()).content
        lines, html = content["body"].split("\n"), content["formatted_body"]
        assert (len(lines), lines[-1]) == (20, "… 26 more sessions: ‘more’")
        assert html.endswith("</ul><p>… 26 more sessions: <code>more</code></p>")
