"""Makes bolt's app, which finds the listener for what Slack sends; and says what becomes of what
gets to none."""

import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.events import BOT_EVENTS
from bot.adapters.slack.hearing import parsing
from bot.adapters.slack.hearing.acknowledging import answered, later, said
from bot.adapters.slack.hearing.authorizing import Authorize, BoltAuthorize, NotInstalled, Unknown
from bot.adapters.slack.hearing.turn import FAILED
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.silence import SILENT

_log = structlog.get_logger(__name__)

_ANY = re.compile("")
_NOT_INSTALLED = "I am not installed in this workspace any more: ask an admin to install me again."

Body = Mapping[str, Any]
Listener = Callable[..., Coroutine[Any, Any, BoltResponse]]
"""Bolt gives it what its parameters are named for."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who takes what."""

    command: Listener
    press: Listener
    event: Listener
    submission: Listener
    shortcut: Listener


def bolt_app(settings: Slack, authorize: Authorize, listeners: Listeners) -> AsyncApp:
    """An app in which these listen."""
    app = AsyncApp(
        # Bolt silences the logger of this name too.
        name="slack_bolt.app",
        logger=SILENT,
        # Nobody calls Slack through it: bolt copies one for each request, and its own would have
        # the token of the environment, and say in the log which proxy that names.
        client=AsyncWebClient(retry_handlers=[], logger=SILENT),
        # Requests are verified where they come in, before anybody looks into them.
        request_verification_enabled=False,
        signing_secret="",
        authorize=BoltAuthorize(authorize),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        # A change of the bot's own profile, its messages: parsing knows them.
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    # Slack asks for them in this order of frequency, and bolt looks at one after the other.
    app.command(settings.command)(listeners.command)
    app.block_action({"action_id": _ANY})(listeners.press)
    for name in dict.fromkeys(name.partition(".")[0] for name in BOT_EVENTS):
        app.event(name)(listeners.event)
    app.view_submission(_ANY)(listeners.submission)
    app.message_shortcut(_ANY)(listeners.shortcut)
    app.error(_Unheard(settings.name, settings.command).answer)
    return app


def not_understood(body: Body, reason: str, network: str) -> BoltResponse:
    """Nobody can make anything of a payload. It is acknowledged: it would come again."""
    _log.warning("a payload was not understood", network=network,
                 key=parsing.name_of(body), reason=reason)  # fmt: skip
    return said(FAILED) if "command" in body else answered(None)


class _Unheard:
    """What becomes of requests that do not get as far as a listener."""

    def __init__(self, network: str, command: str) -> None:
        self._network = network
        self._command = command

    async def answer(self, error: Exception, body: Body) -> BoltResponse:
        """By what bolt says of it."""
        network, key = self._network, parsing.name_of(body)
        match error:
            case BoltUnhandledRequestError() if "command" in body:
                _log.warning("another command than that of the settings was used",
                             network=network, key=key)  # fmt: skip
                return said(f"I answer to {self._command}.")
            case BoltUnhandledRequestError():
                _log.debug("not listened to", network=network, key=key)
                return answered(None)
            case NotInstalled():
                _log.warning("heard from a workspace that the bot is not installed in",
                             network=network, key=key)  # fmt: skip
                return said(_NOT_INSTALLED) if "command" in body else answered(None)
            case Unknown():
                _log.warning("not answered: the workspace could not be looked up",
                             network=network, key=key, reason=str(error))  # fmt: skip
                return said(FAILED) if "command" in body else later()
            case _:
                return not_understood(body, type(error).__name__, network)
