"""The page of the double, and its command line."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests.servers.slack import Person, SlackServer, slack
from tests.servers.slack.contents import message_content
from tests.servers.slack.page import page
from tests.servers.slack.state import Installation
from tests.servers.slack.views import check_view
from tests.servers_tests.slack.apps_there import SECONDS, manifest, socket_app
from tests.servers_tests.slack.people_there import CARD, MODAL

Json = dict[str, Any]


@dataclass
class Talk:
    server: SlackServer
    bot: Installation
    people: dict[str, Person]
    url: str
    session: ClientSession
    heard: list[Json]
    channel: str = ""

    async def looks(self, person: str = "ada", since: int = -1) -> Json:
        asked = {"person": person, "channel": self.channel, "since": str(since)}
        async with self.session.get(self.url + "look", params=asked) as answer:
            found: Json = await answer.json()
            return found

    async def does(self, what: str, **more: Any) -> str | None:
        """The error that is shown, if any."""
        asked = {"person": "ada", "channel": self.channel, "what": what, **more}
        async with self.session.post(self.url + "do", json=asked) as answer:
            said: dict[str, str] = await answer.json()
            return said.get("error")


@asynccontextmanager
async def talk() -> AsyncIterator[Talk]:
    async with slack() as server, ClientSession() as session:
        team = server.slack.create_workspace("T1")
        bot = server.slack.create_app(manifest()).install(team)
        channel = team.add_channel("summit", members=[bot.bot_user])
        people = {name: await server.person(name, channels=[channel]) for name in ("ada", "bob")}
        async with (
            page(server, people, 0) as url,
            socket_app(server, bot.app) as app,
        ):
            heard = await app.answers(
                lambda one: {"text": "Keynote"} if one["type"] == "slash_commands" else None
            )
            yield Talk(server, bot, people, url, session, heard, channel.id)


async def test_page_is_one_file_that_needs_no_other() -> None:
    async with talk() as it, it.session.get(it.url) as answer:
        text = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert "http://" not in text
        assert "https://" not in text


async def test_page_shows_what_its_person_sees() -> None:
    async with talk() as it:
        assert await it.does("say", text="/summit now") is None
        assert await it.does("say", text="hello @bob") is None
        for person, texts in (
            ("ada", [("Keynote", True), (f"hello <@{it.people['bob'].id}>", False)]),
            ("bob", [(f"hello <@{it.people['bob'].id}>", False)]),
        ):  # fmt: skip
            seen = await it.looks(person)
            assert [(one["text"], one["alone"]) for one in seen["messages"]] == texts
        assert (seen["person"], seen["people"], seen["commands"]) == (
            "bob", ["ada", "bob"], ["/summit"],
        )  # fmt: skip


async def test_page_waits_for_a_change() -> None:
    async with talk() as it:
        seen = await it.looks()
        looking = asyncio.create_task(it.looks(since=seen["version"]))
        await it.does("say", text="hello")
        assert [one["text"] for one in (await looking)["messages"]] == ["hello"]


async def test_page_presses_and_chooses_on_messages_and_home() -> None:
    async with talk() as it:
        content = message_content({"text": "card", "blocks": CARD})
        where = it.server.slack.workspaces["T1"].channel(it.channel)
        card = it.server.slack.post(where, it.bot.bot_user, content, None, it.bot.app)
        home = check_view({"type": "home", "blocks": CARD})
        view = it.server.slack.publish(it.bot, it.people["ada"].user, home)
        assert await it.does("press", ts=card.ts, action="mark", nth=1) is None
        assert await it.does("home") is None
        assert (
            await it.does("choose", view=view.id, action="remind", nth=0, option="5 minutes")
            is None
        )
        await it.server.settled()
        used = [one["payload"]["actions"][0] for one in it.heard if one["type"] == "interactive"]
        assert [one.get("value") or one["selected_option"]["value"] for one in used] == [
            "bookmark 43", "remind 42 5",
        ]  # fmt: skip


async def test_page_shows_modals_and_confirms_them() -> None:
    async with talk() as it:
        it.server.slack.open_view(it.bot, it.people["ada"].user, check_view(MODAL))
        [shown] = (await it.looks())["views"]
        assert shown["title"]["text"] == "Settings"
        assert await it.does("submit", values={}) == "'Minutes' is to be filled in"
        assert await it.does("submit", values={"minutes": "10"}) is None
        assert (await it.looks())["views"] == []
        it.server.slack.open_view(it.bot, it.people["ada"].user, check_view(MODAL))
        assert await it.does("close") is None
        assert await it.does("shortcut", callback="agenda") is None
        await it.server.settled()
        assert [one["payload"]["type"] for one in it.heard] == [
            "view_submission", "view_closed", "shortcut",
        ]  # fmt: skip


async def test_page_says_what_went_wrong() -> None:
    async with talk() as it:
        it.server.deliveries.lose(it.bot.app)
        assert await it.does("say", text="/summit now") == (
            "It failed with the error “operation_timeout”."
        )
        assert await it.does("press", ts="1.0", action="mark", nth=0) == (
            "it is not there any more"
        )


async def test_command_line_tells_what_the_bot_needs(tmp_path: Path) -> None:
    file = tmp_path / "environment"
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.slack", "--port", "0", "--page", "0",
        "--environment", str(file), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert program.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            said = await program.stdout.readuntil(b"Ctrl-C")
        lines = [line.removeprefix("export ") for line in file.read_text().splitlines()]
        told = dict(line.split("=", 1) for line in lines)
        assert [*told] == [
            "SUMMIT_BOT_SLACK__API_URL", "SUMMIT_BOT_SLACK__BOT_TOKEN",
            "SUMMIT_BOT_SLACK__APP_TOKEN",
        ]  # fmt: skip
        assert all(line.encode() in said for line in lines)
        assert file.stat().st_mode & 0o777 == 0o600
        url = told["SUMMIT_BOT_SLACK__API_URL"] + "/apps.connections.open"
        token = told["SUMMIT_BOT_SLACK__APP_TOKEN"]
        async with (
            ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
            session.post(url) as answer,
        ):
            assert (await answer.json())["ok"] is True
    finally:
        program.terminate()
        await program.wait()
