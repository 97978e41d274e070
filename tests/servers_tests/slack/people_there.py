"""A workspace with an app, Ada and Bob, for tests of what they do and see."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.servers.slack import Delivering, Person, SlackServer, slack
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.contents import message_content
from tests.servers.slack.state import Installation
from tests.servers.slack.views import check_view
from tests.servers_tests.slack.apps_there import manifest, socket_app

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, action: str, value: str = "go") -> Json:
    return {"type": "button", "text": plain(text), "action_id": action, "value": value}


REMIND = {
    "type": "static_select",
    "action_id": "remind",
    "placeholder": plain("Remind me"),
    "options": [{"text": plain(f"{n} minutes"), "value": f"remind 42 {n}"} for n in (5, 10)],
}
CARD: list[Json] = [
    {"type": "section", "block_id": "s1", "text": plain("Keynote")},
    {"type": "actions", "block_id": "a1",
     "elements": [button("Bookmark", "mark", "bookmark 42"), REMIND]},
    {"type": "section", "block_id": "s2", "text": plain("Lunch")},
    {"type": "actions", "block_id": "a2", "elements": [button("Bookmark", "mark", "bookmark 43")]},
]  # fmt: skip
FIELD: Json = {
    "type": "input", "block_id": "i1", "label": plain("Minutes"),
    "element": {"type": "plain_text_input", "action_id": "minutes"},
}  # fmt: skip
MODAL: Json = {
    "type": "modal", "callback_id": "settings", "title": plain("Settings"),
    "submit": plain("Save"), "private_metadata": "kept", "notify_on_close": True,
    "blocks": [FIELD, {**CARD[1], "block_id": "a3"}],
}  # fmt: skip


@dataclass
class Talk:
    """`heard` are the envelopes that the app got; it answers with `answer`."""

    server: SlackServer
    bot: Installation
    ada: Person
    bob: Person
    channel: Channel
    heard: list[Json]
    answer: Callable[[Json], object]

    async def payloads(self) -> list[Json]:
        await self.server.settled()
        return [envelope["payload"] for envelope in self.heard]

    async def used(self) -> list[Json]:
        """What people did, without what was said."""
        await self.server.settled()
        return [one["payload"] for one in self.heard if one["type"] == "interactive"]

    async def events(self) -> list[Json]:
        return [payload["event"] for payload in await self.payloads()]

    def card(self, alone: bool = False, thread: str | None = None) -> Message:
        content = message_content({"text": "card", "blocks": CARD})
        slack, user = self.server.slack, self.bot.bot_user
        if alone:
            return slack.whisper(self.channel, self.ada.user, user, content, thread, self.bot.app)
        return slack.post(self.channel, user, content, thread, self.bot.app)

    def modal(self, view: Json = MODAL) -> None:
        self.server.slack.open_view(self.bot, self.ada.user, check_view(view))

    def home(self, *blocks: Json) -> None:
        view = check_view({"type": "home", "blocks": list(blocks)})
        self.server.slack.publish(self.bot, self.ada.user, view)


@asynccontextmanager
async def talk(
    change: Callable[[Json], object] | None = None, delivering: Delivering | None = None
) -> AsyncIterator[Talk]:
    """`change` alters the manifest."""
    async with slack(delivering=delivering) as server:
        team = server.slack.create_workspace("T1")
        raw = manifest()
        if change is not None:
            change(raw)
        bot = server.slack.create_app(raw).install(team)
        ada, bob = await server.person("ada"), await server.person("bob")
        channel = team.add_channel("summit", members=[ada.user, bob.user, bot.bot_user])
        async with socket_app(server, bot.app) as app:
            it = Talk(server, bot, ada, bob, channel, [], lambda envelope: None)
            it.heard = await app.answers(lambda envelope: it.answer(envelope))
            yield it
