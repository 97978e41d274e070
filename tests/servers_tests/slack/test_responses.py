"""Response URLs of the double.

https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

from tests.servers.slack import Person, SlackServer, slack
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.clock import Hands
from tests.servers.slack.contents import message_content
from tests.servers.slack.responses import Response
from tests.servers.slack.state import Installation
from tests.servers_tests.slack.apps_there import manifest


@dataclass
class Talk:
    server: SlackServer
    bot: Installation
    ada: Person
    bob: Person
    channel: Channel
    clock: Hands
    session: ClientSession = field(default_factory=ClientSession)

    def url(self, original: Message | None = None) -> Response:
        return self.server.responses.issue(
            "actions", self.bot.app, self.ada.user, self.channel, original
        )

    def card(self, alone: bool = False) -> Message:
        content = message_content({"text": "card"})
        if alone:
            return self.server.slack.whisper(
                self.channel, self.ada.user, self.bot.bot_user, content, None, self.bot.app
            )
        return self.server.slack.post(self.channel, self.bot.bot_user, content, None, self.bot.app)

    async def posts(self, to: Response | str, said: Any) -> tuple[int, str]:
        url = to if isinstance(to, str) else to.url
        async with self.session.post(url, json=said) as response:
            return response.status, await response.text()

    def sees(self, who: Person) -> list[str]:
        return [message.text for message in who.sees(self.channel)]


@asynccontextmanager
async def talk() -> AsyncIterator[Talk]:
    clock = Hands()
    async with slack(clock=clock) as server:
        team = server.slack.create_workspace()
        bot = server.slack.create_app(manifest()).install(team)
        ada, bob = await server.person("ada"), await server.person("bob")
        channel = team.add_channel("summit", members=[ada.user, bob.user, bot.bot_user])
        it = Talk(server, bot, ada, bob, channel, clock)
        async with it.session:
            yield it


async def test_answer_is_for_the_asker_alone_unless_it_says_otherwise() -> None:
    async with talk() as it:
        url = it.url()
        assert await it.posts(url, {"text": "for you"}) == (200, "ok")
        assert await it.posts(url, {"text": "you", "response_type": "ephemeral"}) == (200, "ok")
        assert await it.posts(url, {"text": "all", "response_type": "in_channel"}) == (200, "ok")
        assert it.sees(it.ada) == ["for you", "you", "all"]
        assert it.sees(it.bob) == ["all"]


async def test_sixth_use_is_refused() -> None:
    async with talk() as it:
        url = it.url()
        for number in range(5):
            assert await it.posts(url, {"text": str(number)}) == (200, "ok")
        assert await it.posts(url, {"text": "5"}) == (404, '{"ok": false, "error": "used_url"}')
        assert it.sees(it.ada) == list("01234")
        assert await it.posts(it.url(), {"text": "a new one"}) == (200, "ok")


async def test_use_after_half_an_hour_is_refused() -> None:
    async with talk() as it:
        url = it.url()
        it.clock.advance(1800)
        assert await it.posts(url, {"text": "in time"}) == (200, "ok")
        it.clock.advance(1)
        assert await it.posts(url, {"text": "late"}) == (
            404, '{"ok": false, "error": "expired_url"}',
        )  # fmt: skip
        assert it.sees(it.ada) == ["in time"]


async def test_url_that_was_never_given_out_is_refused() -> None:
    async with talk() as it:
        url = it.server.url + "/actions/T1/1/guessed"
        assert (await it.posts(url, {"text": "hello"}))[0] == 404
        assert it.sees(it.ada) == []


async def test_original_is_replaced_where_it_stands() -> None:
    async with talk() as it:
        for card in (it.card(), it.card(alone=True)):
            assert await it.posts(
                it.url(card), {"replace_original": True, "text": "changed"}
            ) == (200, "ok")  # fmt: skip
            assert (card.text, len(card.revisions)) == ("changed", 2)
        assert it.sees(it.ada) == ["changed", "changed"]
        assert it.sees(it.bob) == ["changed"]


async def test_original_stays_where_the_answer_does_not_say_to_replace_it() -> None:
    async with talk() as it:
        card = it.card()
        assert await it.posts(
            it.url(card), {"replace_original": False, "text": "beside"}
        ) == (200, "ok")  # fmt: skip
        assert it.sees(it.ada) == ["card", "beside"]


async def test_original_is_deleted() -> None:
    async with talk() as it:
        card = it.card(alone=True)
        url = it.url(card)
        assert await it.posts(url, {"delete_original": True}) == (200, "ok")
        assert it.sees(it.ada) == []
        assert (await it.posts(url, {"delete_original": True}))[0] == 400


async def test_without_an_original_there_is_nothing_to_replace() -> None:
    async with talk() as it:
        assert await it.posts(it.url(), {"replace_original": True, "text": "x"}) == (
            400, '{"ok": false, "error": "message_not_found"}',
        )  # fmt: skip


async def test_broken_answer_is_refused_and_shows_nothing() -> None:
    async with talk() as it:
        url = it.url()
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
        assert (await it.posts(url, {"text": "x", "blocks": [section]}))[0] == 400
        assert (await it.posts(url, {}))[1] == '{"ok": false, "error": "no_text"}'
        assert (await it.posts(url, ["x"]))[1] == '{"ok": false, "error": "invalid_payload"}'
        assert (await it.posts(url, {"text": "x", "response_type": "loud"}))[0] == 400
        assert it.sees(it.ada) == []
        assert [error for _, error in it.server.responses.log] == [
            "invalid_blocks", "no_text", "invalid_payload", "invalid_arguments",
        ]  # fmt: skip


async def test_answer_may_go_to_a_thread() -> None:
    async with talk() as it:
        card = it.card()
        said = {"text": "below", "response_type": "in_channel", "thread_ts": card.ts}
        assert await it.posts(it.url(card), said) == (200, "ok")
        assert [one.text for one in it.channel.replies(card.ts)] == ["below"]
