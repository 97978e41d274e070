"""Who may call the Web API: tokens, scopes, installations."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.servers.slack.changes import Change, Revoked, Uninstalled
from tests.servers.slack.errors import Refused
from tests.servers_tests.slack.calling import SCOPES, Calling, calling, manifest, scopes


async def _error(at: Calling, token: str | None, method: str = "chat.postMessage") -> str:
    with pytest.raises(SlackApiError) as caught:
        await at.client_of(token).api_call(method, json={"channel": "C01", "text": "hi"})
    return str(caught.value.response["error"])


async def test_a_bot_is_told_who_it_is() -> None:
    async with calling() as at:
        answer = await at.client.auth_test()
        assert answer.data == {
            "ok": True, "url": "https://summit.slack.com/", "team": "Summit", "team_id": "T01",
            "user": "summitbot", "user_id": at.installed.bot_user.id,
            "bot_id": at.installed.bot_id, "is_enterprise_install": False,
        }  # fmt: skip
        assert answer.headers["X-OAuth-Scopes"] == ",".join(sorted(SCOPES))


async def test_an_app_level_token_is_told_the_app() -> None:
    async with calling() as at:
        answer = await at.client_of(at.app.app_token).auth_test()
        assert answer.data == {"ok": True, "app_name": "Summit Bot", "app_id": at.app.id}


async def test_no_token_and_a_wrong_one_are_refused() -> None:
    async with calling() as at:
        assert await _error(at, None) == "not_authed"
        assert await _error(at, "xoxb-1-wrong") == "invalid_auth"
        assert at.channel.messages == []


async def test_a_token_in_a_url_is_refused() -> None:
    async with calling() as at:
        url = f"{at.server.api_url}auth.test?token={at.installed.bot_token}"
        async with at.session.post(url) as response:
            assert await response.json() == {"ok": False, "error": "invalid_auth"}


async def test_a_token_may_stand_in_a_form() -> None:
    async with calling() as at:
        form = {"token": at.installed.bot_token}
        async with at.session.post(f"{at.server.api_url}auth.test", data=form) as response:
            assert (await response.json())["user_id"] == at.installed.bot_user.id


async def test_each_kind_of_token_has_its_methods() -> None:
    async with calling() as at:
        assert await _error(at, at.app.app_token) == "not_allowed_token_type"
        bot = at.installed.bot_token
        assert await _error(at, bot, "apps.connections.open") == "not_allowed_token_type"


async def test_a_scope_that_is_missing_is_named() -> None:
    async with calling(change=scopes("chat:write")) as at:
        left = ",".join(sorted(one for one in SCOPES if one != "chat:write"))
        assert await at.refusal("chat.postMessage", channel="C01", text="hi") == {
            "error": "missing_scope", "needed": "chat:write", "provided": left
        }  # fmt: skip


async def test_a_socket_needs_the_scope_for_it() -> None:
    async with calling() as at:
        token = at.app.create_app_token(["authorizations:read"])
        assert await _error(at, token, "apps.connections.open") == "missing_scope"


async def test_a_ticket_opens_one_socket_and_soon() -> None:
    async with calling() as at:
        opened = await at.client.apps_connections_open(app_token=at.app.app_token)
        base = at.server.url.replace("http:", "ws:")
        way, _, query = str(opened["url"]).partition("?ticket=")
        ticket, _, app = query.partition("&app_id=")
        assert (way, app) == (f"{base}/link/", at.app.id)
        assert at.server.slack.spend_ticket(ticket) is at.app
        assert at.server.slack.spend_ticket(ticket) is None
        late = at.server.slack.issue_ticket(at.app)
        at.clock.advance(31)
        assert at.server.slack.spend_ticket(late) is None


async def test_a_token_that_was_revoked_is_dead() -> None:
    async with calling() as at:
        changes: list[Change] = []
        at.server.slack.watchers.append(changes.append)
        assert (await at.client.auth_revoke(test=True))["revoked"] is False
        assert (await at.client.auth_test())["ok"]
        assert (await at.client.auth_revoke())["revoked"] is True
        assert await _error(at, at.installed.bot_token) == "token_revoked"
        assert changes == [Revoked(at.installed, at.installed.bot_token)]


async def test_an_app_that_was_removed_has_no_account_any_more() -> None:
    async with calling() as at:
        changes: list[Change] = []
        at.server.slack.watchers.append(changes.append)
        token = at.installed.bot_token
        uninstall = {"client_id": at.app.client_id, "client_secret": at.app.client_secret}
        await at.client.apps_uninstall(**uninstall)
        assert await _error(at, token) == "account_inactive"
        assert changes == [Revoked(at.installed, token), Uninstalled(at.installed)]
        again = at.app.install(at.team)
        assert again is at.installed
        assert (await at.client_of(again.bot_token).auth_test())["ok"]
        assert await _error(at, token) == "account_inactive"


async def test_an_app_is_removed_by_its_own_client() -> None:
    async with calling() as at:
        for id, secret, error in (
            ("1.1", at.app.client_secret, "invalid_client_id"),
            (at.app.client_id, "wrong", "bad_client_secret"),
        ):
            with pytest.raises(SlackApiError, match=error):
                await at.client.apps_uninstall(client_id=id, client_secret=secret)
        assert at.installed.active


REDIRECT = "https://bot.example.org/slack/oauth_redirect"


async def _access(
    at: Calling, code: str, redirect: str = REDIRECT, secret: str = "", id: str = ""
) -> dict[str, Any]:
    """As the SDK's own method sends it, which aiohttp warns of."""
    client = aiohttp.encode_basic_auth(id or at.app.client_id, secret or at.app.client_secret)
    form, headers = {"code": code, "redirect_uri": redirect}, {"Authorization": client}
    url = f"{at.server.api_url}oauth.v2.access"
    async with at.session.post(url, data=form, headers=headers) as response:
        answer: dict[str, Any] = await response.json()
        return answer


def _error_of(answer: dict[str, Any]) -> str:
    assert answer["ok"] is False
    return str(answer["error"])


async def test_a_code_is_exchanged_for_a_token() -> None:
    async with calling() as at:
        other = at.server.slack.create_workspace("T02", "Other")
        eve = other.add_user("eve", id="U99")
        code = at.server.slack.grant(at.app, other, eve, REDIRECT)
        got = await _access(at, code)
        installed = at.app.installations["T02"]
        assert got == {
            "ok": True, "app_id": at.app.id, "authed_user": {"id": "U99"},
            "scope": ",".join(sorted(SCOPES)), "token_type": "bot",
            "access_token": installed.bot_token, "bot_user_id": installed.bot_user.id,
            "team": {"id": "T02", "name": "Other"}, "enterprise": None,
            "is_enterprise_install": False,
        }  # fmt: skip
        assert (await at.client_of(installed.bot_token).auth_test())["team_id"] == "T02"


async def test_a_code_is_good_once_for_ten_minutes_and_for_one_client() -> None:
    async with calling() as at:
        slack = at.server.slack
        code = slack.grant(at.app, at.team, at.ada, REDIRECT)
        assert _error_of(await _access(at, code, secret="wrong")) == "bad_client_secret"
        assert _error_of(await _access(at, "12.34.nothing")) == "invalid_code"
        assert _error_of(await _access(at, code, "https://evil.example.org/")) == "bad_redirect_uri"
        assert _error_of(await _access(at, code)) == "invalid_code"
        other = slack.create_app(manifest())
        theirs = slack.grant(other, at.team, at.ada, REDIRECT)
        assert _error_of(await _access(at, theirs)) == "invalid_code"
        late = slack.grant(at.app, at.team, at.ada, REDIRECT)
        at.clock.advance(601)
        assert _error_of(await _access(at, late)) == "invalid_code"


async def test_the_client_is_known_by_basic_authentication_or_by_arguments() -> None:
    async with calling() as at:
        assert _error_of(await _access(at, "x", id="1.1")) == "invalid_client_id"
        form = {"client_id": at.app.client_id, "client_secret": at.app.client_secret, "code": "x"}
        async with at.session.post(f"{at.server.api_url}oauth.v2.access", data=form) as response:
            assert await response.json() == {"ok": False, "error": "invalid_code"}
        del form["code"]
        async with at.session.post(f"{at.server.api_url}oauth.v2.access", data=form) as response:
            assert _error_of(await response.json()) == "invalid_arguments"


async def test_only_what_the_manifest_names_can_be_allowed() -> None:
    async with calling() as at:
        slack = at.server.slack
        with pytest.raises(Refused, match="bad_redirect_uri"):
            slack.grant(at.app, at.team, at.ada, "https://evil.example.org/slack")
        with pytest.raises(Refused, match="invalid_scope"):
            slack.grant(at.app, at.team, at.ada, REDIRECT, ["users:write"])
        known = at.app.manifest.redirect_urls[0]
        for uri in (known, f"{known}/deeper", None):
            assert slack.grant(at.app, at.team, at.ada, uri)
        other = slack.create_app({"display_information": {"name": "Other"}})
        with pytest.raises(Refused, match="bad_redirect_uri"):
            slack.grant(other, at.team, at.ada, None)
