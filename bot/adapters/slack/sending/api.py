"""Calls to Slack's Web API with one token: what it answers, or why it did not."""

import asyncio
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.proxies import proxy_for
from bot.adapters.slack.silence import SILENT

_PATIENCE = 10.0
"""Seconds for an answer."""
_LIMITED = {
    "ratelimited": timedelta(seconds=5),
    "rate_limited": timedelta(seconds=5),
    "message_limit_exceeded": timedelta(seconds=60),
}
"""Codes that mean "later" and how long that is, where Slack does not say.
https://docs.slack.dev/apis/web-api/rate-limits"""
_BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable"})
"""Slack failed, and part of what was asked may have been done all the same (the errors of
https://docs.slack.dev/reference/methods/chat.postMessage)."""
_PASSING = frozenset({"request_timeout", "team_added_to_org"})
"""Nothing was done, but it will be when it is asked for again."""
_REVOKED = frozenset({"token_revoked", "invalid_auth", "account_inactive", "app_uninstalled"})


class Refused(Exception):
    """Slack said no, and has done nothing. `code` is its error code; `needed` the scope that the
    app lacks, if that is why."""

    def __init__(self, code: str, needed: str = "") -> None:
        super().__init__(f"{code}: {needed}" if needed else code)
        self.code = code
        self.needed = needed

    @property
    def revoked(self) -> bool:
        """True if Slack does not take the token (any more)."""
        return self.code in _REVOKED


class Limited(Exception):
    """Too much was asked, and nothing has been done; `after` is how long to wait."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"limited for {after.total_seconds():g} seconds")
        self.after = after


class Away(Exception):
    """Slack did not answer, or with what is no answer of its; `reason` completes "cannot be
    reached: ...". `sent` if it may have done what it was asked for."""

    def __init__(self, reason: str, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class Api:
    """The Web API below `base_url`, as the holder of `token`. Each call is made once, whatever
    becomes of it, and ends `within` so many seconds. The session is the caller's."""

    def __init__(
        self, session: ClientSession, base_url: str, token: str, *, within: float = _PATIENCE
    ) -> None:
        self.token = token
        self._session = session
        self._within = within
        # Its retry handlers post twice where a connection ends after the message was taken.
        self._client = AsyncWebClient(
            token, base_url, session=session, retry_handlers=[], logger=SILENT
        )
        # None in the constructor would make it read the environment, without NO_PROXY.
        self._client.proxy = proxy_for(base_url)

    async def call(self, method: str, **arguments: object) -> Mapping[str, Any]:
        """What Slack answers to `chat.postMessage`, say, called in the form that the SDK knows for
        it; arguments that are None are left out. Raises Refused, Limited and Away."""
        if self._session.closed:
            # The SDK would open one of its own, which nobody closes.
            raise Away("the bot has left it", sent=False)
        ask = getattr(self._client, method.replace(".", "_"))
        try:
            async with asyncio.timeout(self._within):
                answer = await ask(**arguments)
        except TimeoutError:
            reason = f"it has not answered within {self._within:g} seconds"
            raise Away(reason, sent=True) from None
        except SlackApiError as problem:
            raise _why(problem.response) from None
        except ClientConnectorError as problem:
            raise Away(words(problem), sent=False) from None
        except (ClientError, OSError) as problem:
            raise Away(words(problem), sent=True) from None
        except (ValueError, AttributeError, TypeError):
            # The SDK expects an object in JSON, and trips over anything else.
            raise Away("it answers as Slack does not", sent=True) from None
        data: Mapping[str, Any] = answer.data
        return data


def failure(status: int, said: object, retry_after: str | None) -> "Refused | Limited | Away":
    """Why something was not done, by the status and the body of the answer and its Retry-After."""
    said = said if isinstance(said, Mapping) else {}
    code = str(said.get("error") or "")
    if status == 429 or code in _LIMITED:
        # In whole seconds (https://docs.slack.dev/apis/web-api/rate-limits).
        told = retry_after is not None and retry_after.isdigit()
        usual = _LIMITED.get(code, _LIMITED["ratelimited"])
        return Limited(timedelta(seconds=int(retry_after or 0)) if told else usual)
    if status >= 500 or code in _BROKEN:
        return Away(f"it answers {code or status}", sent=True)
    if code in _PASSING:
        return Away(f"it answers {code}", sent=False)
    if not code:
        return Away(f"it answers {status}, and not as Slack does", sent=True)
    return Refused(code, str(said.get("needed") or ""))


def _why(response: Any) -> Refused | Limited | Away:
    """`response` is the SDK's, or aiohttp's where it is not JSON in spite of what it says."""
    status = getattr(response, "status_code", None) or response.status
    said = getattr(response, "data", None)
    return failure(status, said, response.headers.get("Retry-After"))


def words(problem: Exception) -> str:
    """What has become of a connection, in words for people."""
    if isinstance(problem, ClientConnectorError) and problem.os_error.errno is not None:
        return os.strerror(problem.os_error.errno)
    return type(problem).__name__
