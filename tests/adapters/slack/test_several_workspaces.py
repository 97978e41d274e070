"""Several workspaces install the app: each is spoken to with its own token, until it removes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.adapters.slack.bot import Bot, Home, app_on, bot_on, url_of
from tests.adapters.slack.talking import BOOKMARKED, NEXT, REMINDER, VOLUME, said
from tests.servers.slack import CommandFailed, Delivering, SlackServer, slack
from tests.servers.slack.people import Person

MODES = ["socket", "http"]
MINE = f"{BOOKMARKED}\n[6] Mon {VOLUME}"


@asynccontextmanager
async def several(mode: str) -> AsyncIterator[tuple[SlackServer, Home, Bot]]:
    async with slack(delivering=Delivering.quick()) as server:
        home = app_on(server, mode, several=True)
        async with bot_on(server, home) as bot:
            yield server, home, bot
        assert server.mistakes == []


async def installs(server: SlackServer, home: Home, team: str) -> Person:
    """Somebody of a workspace follows the link and allows it; they are called Ada."""
    place = server.slack.workspaces.get(team) or server.slack.create_workspace(team, team)
    ada = await server.person("ada", place, id=f"U{team}")
    async with aiohttp.ClientSession() as browser:
        link = f"{url_of(home)}/slack/install"
        async with browser.get(link, allow_redirects=False) as page:
            assert page.status == HTTPStatus.FOUND
            told = parse_qs(urlsplit(page.headers["Location"]).query)
            cookie = page.headers["Set-Cookie"].partition(";")[0]
        [redirect], [state] = told["redirect_uri"], told["state"]
        code = server.slack.grant(home.app, place, ada.user, redirect)
        async with browser.get(
            redirect, params={"code": code, "state": state}, headers={"Cookie": cookie}
        ) as page:
            assert page.status == HTTPStatus.OK, await page.text()
            assert "Installed" in await page.text()
    return ada


@pytest.mark.parametrize("mode", MODES)
async def test_people_of_the_same_id_in_two_workspaces_are_two_people(mode: str) -> None:
    async with several(mode) as (server, home, bot):
        ada, eve = await installs(server, home, "T01"), await installs(server, home, "T02")
        assert said(await ada.slash("/summit next Marina")) == NEXT
        ada.tells("bookmark 6")
        assert said(await ada.reads()) == MINE
        none = "You have no bookmarks yet. Add one by number or title: ‘bookmark 12’"
        eve.tells("bookmarks")
        assert said(await eve.reads()) == none
        await eve.slash("/summit bookmark 6", channel=eve.dm)
        bot.go("Monday 9:25")
        for person in (ada, eve):
            assert said(await person.reads()) == REMINDER
        tokens = {call.token for call in server.api.of("chat.postMessage")}
        assert tokens == {each.bot_token for each in home.app.installations.values()}


@pytest.mark.parametrize("mode", MODES)
async def test_a_workspace_that_removes_the_app_leaves_no_token_behind(mode: str) -> None:
    async with several(mode) as (server, home, bot):
        ada, eve = await installs(server, home, "T01"), await installs(server, home, "T02")
        for person in (ada, eve):
            await person.slash("/summit bookmark 6", channel=person.dm)
            assert person.unread() == []
        ada.removes_app()
        await server.settled()
        kept = await bot.store.read_all("slack:", "installation")
        assert list(kept) == ["slack:T02"]
        bot.go("Monday 9:25")
        assert said(await eve.reads()) == REMINDER
        reason = (await bot.logs("unreachable")).values["reason"]
        assert reason == "the app is not installed in the workspace"
        with pytest.raises(CommandFailed, match="no_such_command"):
            await ada.slash("/summit now")


async def test_tokens_outlive_the_process() -> None:
    async with several("http") as (server, home, bot):
        ada = await installs(server, home, "T01")
        await bot.restart()
        ada.tells("next Marina")
        assert said(await ada.reads()) == NEXT


async def test_what_comes_from_a_workspace_that_has_not_installed_the_app_is_not_answered() -> None:
    async with several("http") as (server, home, bot):
        ada = await installs(server, home, "T01")
        await bot.store.keep("slack:T01", "installation", None)
        await bot.restart()
        assert said(await ada.slash("/summit now")) == (
            "I am not installed in this workspace any more: ask an admin to install me again."
        )
        ada.tells("now")
        await server.settled()
        assert ada.unread() == []
