"""Answers over the URLs that Slack gives out with commands and presses."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout
from yarl import URL

from bot.adapters.slack.cards.writing import Content
from bot.adapters.slack.proxies import proxy_for
from bot.adapters.slack.sending.api import Away, Refused, failure, words
from bot.recent import Recent

_log = structlog.get_logger(__name__)

# https://docs.slack.dev/interactivity/handling-user-interaction (message responses)
_USES = 5
_LIFE = 30 * 60.0
"""Seconds."""
_PATIENCE = 10.0
"""Seconds for an answer."""
_REMEMBERED = 10_000
_SLACK = URL("https://hooks.slack.com")
_SPENT = frozenset({"used_url", "expired_url"})


class Used(Exception):
    """The URL takes nothing any more: it must be said in another way."""


@dataclass(slots=True)
class _Uses:
    since: float
    number: int = 0


class Responses:
    """What is said over response URLs, which Slack gives out below `base_url` or at its own."""

    def __init__(self, session: ClientSession, base_url: str) -> None:
        self._session = session
        # As calls of the Web API do.
        api = URL(base_url)
        self._origins = {_SLACK.origin(), api.origin()}
        if api.scheme == "https" and api.host is not None:
            self._origins.add(api.with_host(f"hooks.{api.host}").origin())
        self._uses: Recent[str, _Uses] = Recent(_REMEMBERED)

    async def respond(
        self, url: str, content: Content, *, replace: bool, alone: bool, thread: str | None = None
    ) -> None:
        """Say something where the person did something: to them `alone`, or to all, in a thread;
        or `replace` the message that they pressed on. It is tried once. Raises Used, Refused,
        Limited and Away."""
        self._check(url)
        loop = asyncio.get_running_loop()
        uses = self._uses.get(url) or _Uses(loop.time())
        if uses.number >= _USES or loop.time() - uses.since >= _LIFE:
            raise Used
        uses.number += 1
        self._uses.put(url, uses)
        body = {
            "text": content.text,
            "blocks": content.blocks,
            "response_type": "ephemeral" if alone else "in_channel",
            "replace_original": replace,
        }
        if thread is not None and not replace:
            body["thread_ts"] = thread
        await self._post(url, body)

    def _check(self, url: str) -> None:
        """Whoever knows the signing secret may send any payload, but not the bot to any place: it
        could reach what only its own machine or network can. Raises Refused."""
        try:
            given = URL(url)
            known = given.origin() in self._origins and given.user is None
        except ValueError:
            known = False
        if not known or given.path == "/":
            _log.warning("A response URL is not one of Slack's, and nothing was sent to it.")
            raise Refused("url_not_allowed")

    async def _post(self, url: str, body: Mapping[str, Any]) -> None:
        try:
            async with self._session.post(
                URL(url, encoded=True), json=body, allow_redirects=False, proxy=proxy_for(url),
                timeout=ClientTimeout(total=_PATIENCE),
            ) as response:  # fmt: skip
                status, after = response.status, response.headers.get("Retry-After")
                said = _object(await response.read())
        except TimeoutError:
            reason = f"it has not answered within {_PATIENCE:g} seconds"
            raise Away(reason, sent=True) from None
        except ClientConnectorError as problem:
            raise Away(words(problem), sent=False) from None
        except (ClientError, OSError) as problem:
            raise Away(words(problem), sent=True) from None
        # It says "ok", or {"ok": true}.
        if status == 200 and said.get("ok", True) is True:
            return
        if status == 404 or said.get("error") in _SPENT:
            self._uses.put(url, _Uses(0.0, _USES))
            raise Used
        raise failure(status, said, after)


def _object(body: bytes) -> Mapping[str, Any]:
    """Errors are JSON, or the bare code."""
    text = body.decode(errors="replace").strip()
    try:
        said = json.loads(text)
    except ValueError:
        return {"error": text} if text in _SPENT else {}
    return said if isinstance(said, dict) else {}
