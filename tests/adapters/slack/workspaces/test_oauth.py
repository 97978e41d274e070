"""A workspace installs the app: the link, Slack's page, the page at the end, and what may go wrong
on the way."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import ClientSession
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.adapters.slack.events import BOT_SCOPES
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.oauth import authorization_url, oauth_flow
from bot.adapters.slack.workspaces.workspaces import Workspaces
from bot.scratch import Scratch
from tests.adapters.slack.workspaces.apps import PUBLIC, settings_of, several
from tests.servers.slack.apps import App
from tests.servers.slack.faults import Drop, Status
from tests.servers.slack.server import SlackServer
from tests.summit import StandingClock, at

REDIRECT = f"{PUBLIC}/slack/oauth_redirect"
BEGIN_AGAIN = f'<a href="{PUBLIC}/slack/install">begin again</a>.'


class Away(Scratch):
    """A database that takes nothing."""

    async def keep(self, owner: str, key: str, value: str | None) -> None:
        from bot.storing import StoreAway

        raise StoreAway("The database cannot be used now.")


@dataclass
class Installing:
    """A replica of the bot that lets workspaces install the app, and its browser."""

    app: App
    settings: Slack
    store: Scratch
    clock: StandingClock
    http: ClientSession
    cookie: str = ""

    def __post_init__(self) -> None:
        self.workspaces = Workspaces(self.settings, self.store, self.clock, self.http)
        self.flow = self.replica()

    def replica(self) -> AsyncOAuthFlow:
        return oauth_flow(self.settings, self.workspaces, self.clock, self.http)

    async def begin(self) -> dict[str, str]:
        """Open the link; the result is what Slack's page is told."""
        answer = await self.flow.handle_installation(AsyncBoltRequest(body=""))
        assert answer.status == 302
        [set_cookie] = answer.headers["set-cookie"]
        self.cookie = set_cookie.partition(";")[0]
        assert "Secure" in set_cookie
        assert "HttpOnly" in set_cookie
        told = urlsplit(answer.headers["location"][0])
        return {key: value for key, [value] in parse_qs(told.query).items()}

    async def come_back(
        self, flow: AsyncOAuthFlow | None = None, cookie: str | None = None, **query: str
    ) -> BoltResponse:
        headers = {"cookie": self.cookie if cookie is None else cookie}
        request = AsyncBoltRequest(body="", query=urlencode(query), headers={**headers})
        return await (flow or self.flow).handle_callback(request)


def read(answer: BoltResponse) -> str:
    """What stands on a page."""
    [shown] = re.findall(r"<h1>.*</p>", answer.body)
    return str(shown).replace("</h1><p>", ": ").removeprefix("<h1>").removesuffix("</p>")


@pytest.fixture
async def installing(server: SlackServer) -> AsyncIterator[Installing]:
    app, table = several(server)
    async with ClientSession() as http:
        clock = StandingClock(at(16, 9))
        yield Installing(app, settings_of(server, app, **table), Scratch(), clock, http)


def allowed(server: SlackServer, app: App) -> str:
    """The code that Slack gives whoever presses the button."""
    team = server.slack.create_workspace("T01", "Folsom & Hall")
    return server.slack.grant(app, team, team.add_user("ada"), REDIRECT)


async def test_the_link_leads_to_slack_with_what_the_app_needs(
    server: SlackServer, installing: Installing
) -> None:
    told = await installing.begin()
    state = told.pop("state")
    assert told == {
        "client_id": installing.app.client_id,
        "scope": ",".join(BOT_SCOPES),
        "redirect_uri": REDIRECT,
    }
    assert f"slack-app-oauth-state={state}" == installing.cookie
    assert authorization_url("https://slack.com/api") == "https://slack.com/oauth/v2/authorize"
    assert authorization_url(server.api_url).startswith(server.url)


async def test_a_workspace_that_allows_it_can_use_it_at_once(
    server: SlackServer, installing: Installing
) -> None:
    assert await installing.workspaces.of("T01") is None
    told = await installing.begin()
    code = allowed(server, installing.app)
    done = await installing.come_back(code=code, state=told["state"])
    assert done.status == 200
    assert read(done) == (
        "Installed: The bot is in Folsom &amp; Hall: write <b>/summit help</b> there. "
        f'<a href="slack://app?team=T01&amp;id={installing.app.id}">Open Slack</a>'
    )
    assert "Max-Age" not in done.headers["set-cookie"][0], "the browser forgets the state"
    there = await installing.workspaces.of("T01")
    assert there is not None
    installed = installing.app.installations["T01"]
    assert (there.api.token, there.bot_user, there.bot_id) == (
        installed.bot_token, installed.bot_user.id, installed.bot_id,
    )  # fmt: skip


async def test_it_may_begin_at_one_replica_and_end_at_another(
    server: SlackServer, installing: Installing
) -> None:
    told = await installing.begin()
    installing.clock.advance(timedelta(minutes=10))
    code = allowed(server, installing.app)
    done = await installing.come_back(installing.replica(), code=code, state=told["state"])
    assert done.status == 200


async def test_it_has_to_end_within_ten_minutes(
    server: SlackServer, installing: Installing
) -> None:
    told = await installing.begin()
    installing.clock.advance(timedelta(minutes=10, seconds=1))
    code = allowed(server, installing.app)
    done = await installing.come_back(code=code, state=told["state"])
    assert (done.status, read(done)) == (
        401,
        f"Not installed: That was begun more than ten minutes ago: {BEGIN_AGAIN}",
    )
    assert server.api.of("oauth.v2.access") == []


@pytest.mark.parametrize("cookie", ["", "slack-app-oauth-state=another"])
async def test_it_has_to_end_in_the_browser_it_began_in(
    server: SlackServer, installing: Installing, cookie: str
) -> None:
    told = await installing.begin()
    code = allowed(server, installing.app)
    done = await installing.come_back(code=code, state=told["state"], cookie=cookie)
    assert (done.status, read(done)) == (
        400,
        f"Not installed: That was begun in another browser, or too long ago: {BEGIN_AGAIN}",
    )
    assert await installing.workspaces.of("T01") is None


@pytest.mark.parametrize("state", ["made-up", "ümläut", "gAAAAA"])
async def test_a_state_that_nobody_issued_is_worth_nothing(
    server: SlackServer, installing: Installing, state: str
) -> None:
    code = allowed(server, installing.app)
    done = await installing.come_back(
        code=code, state=state, cookie=f"slack-app-oauth-state={state}"
    )
    assert done.status == 401
    assert server.api.of("oauth.v2.access") == []


async def test_who_says_no_is_told_that_nothing_happened(installing: Installing) -> None:
    told = await installing.begin()
    done = await installing.come_back(error="access_denied", state=told["state"])
    assert (done.status, read(done)) == (
        200,
        f"Not installed: Nothing was installed, because that was not allowed: {BEGIN_AGAIN}",
    )


async def test_what_slack_says_is_shown_as_text(installing: Installing) -> None:
    done = await installing.come_back(error="<script>")
    assert read(done) == f"Not installed: Slack says &lt;script&gt;: {BEGIN_AGAIN}"


async def test_a_code_counts_once(server: SlackServer, installing: Installing) -> None:
    told = await installing.begin()
    code = allowed(server, installing.app)
    assert (await installing.come_back(code=code, state=told["state"])).status == 200
    done = await installing.come_back(code=code, state=told["state"])
    assert (done.status, read(done)) == (
        401,
        f"Not installed: Slack did not take the code: {BEGIN_AGAIN}",
    )


@pytest.mark.parametrize("fault", [Drop.BEFORE, Drop.AFTER])
async def test_slack_may_be_away_meanwhile(
    server: SlackServer, installing: Installing, fault: Drop
) -> None:
    told = await installing.begin()
    code = allowed(server, installing.app)
    server.faults.arm("oauth.v2.access", fault)
    done = await installing.come_back(code=code, state=told["state"])
    assert (done.status, read(done)) == (
        502,
        f"Not installed: Slack could not be reached; wait a minute: {BEGIN_AGAIN}",
    )


async def test_slack_may_answer_what_is_no_answer(
    server: SlackServer, installing: Installing
) -> None:
    told = await installing.begin()
    code = allowed(server, installing.app)
    server.faults.arm("oauth.v2.access", Status(503))
    done = await installing.come_back(code=code, state=told["state"])
    assert done.status in (401, 502)
    assert read(done).startswith("Not installed: Slack ")


async def test_a_database_that_is_away_is_said(server: SlackServer, installing: Installing) -> None:
    installing.store = Away()
    installing.__post_init__()
    told = await installing.begin()
    code = allowed(server, installing.app)
    done = await installing.come_back(code=code, state=told["state"])
    assert (done.status, read(done)) == (
        500,
        "Not installed: The tokens could not be kept, because the bot's database cannot be reached;"
        f" wait a minute: {BEGIN_AGAIN}",
    )


async def test_no_page_tells_anybody_else_the_code(
    server: SlackServer, installing: Installing, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    told = await installing.begin()
    code = allowed(server, installing.app)
    done = await installing.come_back(code=code, state=told["state"])
    await installing.come_back(code=code, state=told["state"])
    assert done.headers["referrer-policy"] == ["no-referrer"]
    assert done.headers["cache-control"] == ["no-store"]
    assert code not in done.body
    token = installing.app.installations["T01"].bot_token
    assert [r for r in caplog.records if code in r.getMessage() or token in r.getMessage()] == []
