"""Calls to Slack of which the SDK hides what is needed here: the headers, or the app as the
caller."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.adapters.slack.proxies import proxy_for
from bot.adapters.slack.sending.api import Away, failure, words
from bot.adapters.slack.settings import Slack

_PATIENCE = 10.0


async def tested(
    settings: Slack, token: str, http: ClientSession
) -> tuple[Mapping[str, Any], frozenset[str]]:
    """Whose a token is (https://docs.slack.dev/reference/methods/auth.test), and what it may do,
    which a header of each answer says. Raises Refused, Limited, Away."""
    said, headers = await _called(settings, "auth.test", http, f"Bearer {token}", {})
    given = headers.get("x-oauth-scopes", "")
    return said, frozenset(scope.strip() for scope in given.split(",")) - {""}


async def granted(
    settings: Slack, code: str, redirect_uri: str, http: ClientSession
) -> Mapping[str, Any]:
    """What a workspace has granted whoever has this code
    (https://docs.slack.dev/reference/methods/oauth.v2.access). Raises Refused, Limited, Away."""
    secret = settings.client_secret.get_secret_value() if settings.client_secret else ""
    # The SDK's own way is one that aiohttp is about to drop.
    app = b64encode(f"{settings.client_id}:{secret}".encode()).decode()
    asked = {"code": code, "redirect_uri": redirect_uri}
    body, _ = await _called(settings, "oauth.v2.access", http, f"Basic {app}", asked)
    return body


async def _called(
    settings: Slack, method: str, http: ClientSession, caller: str, asked: Mapping[str, str]
) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    url = f"{settings.api_url}/{method}"
    try:
        async with http.post(
            url,
            headers={"Authorization": caller},
            data=asked,
            timeout=ClientTimeout(total=_PATIENCE),
            proxy=proxy_for(url),
        ) as response:
            headers = response.headers
            try:
                body: Any = await response.json(content_type=None)
            except ValueError:
                body = None
            if response.status >= 400 or not isinstance(body, dict) or body.get("ok") is not True:
                raise failure(response.status, body, headers.get("Retry-After"))
    except TimeoutError:
        raise Away(f"it has not answered within {_PATIENCE:g} seconds", sent=True) from None
    except (ClientError, OSError) as problem:
        raise Away(words(problem), sent=True) from None
    return body, headers
