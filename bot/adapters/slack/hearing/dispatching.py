"""Gives bolt what Slack has sent: a payload that bolt itself stumbles over costs a log line."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

_log = structlog.get_logger(__name__)


async def dispatched(
    app: AsyncApp, request: Callable[[], AsyncBoltRequest], network: str, key: str = "unknown"
) -> BoltResponse:
    """The response to a request, of which `key` is the name in the log. What is no payload of Slack
    is acknowledged, for it would come again."""
    try:
        return await app.async_dispatch(request())
    except Exception as problem:
        # Bolt looks for teams, users and actions before any listener does, also when it is made.
        _log.warning("a payload was not understood", network=network, key=key,
                     reason=type(problem).__name__)  # fmt: skip
        return BoltResponse(status=HTTPStatus.OK)
