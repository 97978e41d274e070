"""Response URLs: where an app may answer a command or an interaction for half an hour.

https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import web

from tests.servers.slack.apps import App
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.contents import message_content
from tests.servers.slack.delivering import Delivering
from tests.servers.slack.errors import Refused
from tests.servers.slack.state import Slack
from tests.servers.slack.users import User


@dataclass(eq=False, slots=True)
class Response:
    """One response URL; `original` is the message that it may replace or delete."""

    url: str
    app: App
    user: User
    channel: Channel
    issued: float
    original: Message | None
    uses: int = 0


class Responses:
    """Gives out the URLs, and does what apps ask for there. `log` has every request to one: what
    it said, and "ok" or the error that came back."""

    def __init__(self, slack: Slack, delivering: Delivering) -> None:
        self.log: list[tuple[Mapping[str, Any], str]] = []
        self._slack = slack
        self._delivering = delivering
        self._numbers = count(1)
        self._given: dict[str, Response] = {}

    def issue(
        self, kind: str, app: App, user: User, channel: Channel, original: Message | None = None
    ) -> Response:
        """`kind` is the beginning of its path: "commands", "actions" or "app"."""
        path = f"/{kind}/{user.workspace.id}/{next(self._numbers)}/{secrets.token_hex(12)}"
        url = self._slack.url + path
        now = self._slack.clock()
        self._given[path] = found = Response(url, app, user, channel, now, original)
        return found

    def routes(self) -> list[web.RouteDef]:
        path = "{team}/{number}/{secret}"
        return [web.post(f"/{kind}/{path}", self.handle) for kind in ("commands", "actions", "app")]

    async def handle(self, request: web.Request) -> web.Response:
        """A POST to one of them: JSON, or a form whose field `payload` is JSON.

        Slack documents no errors for these URLs; used_url and expired_url, with status 404, are
        what apps see there.
        """
        response = self._given.get(request.path)
        if response is None:
            return web.json_response({"ok": False, "error": "no_service"}, status=404)
        said: Mapping[str, Any] = {}
        try:
            said = await _read(request)
            self._do(response, said)
        except Refused as refused:
            self.log.append((said, refused.error))
            gone = refused.error in ("used_url", "expired_url")
            return web.json_response(refused.body(), status=404 if gone else 400)
        self.log.append((said, "ok"))
        return web.Response(text="ok")

    def _do(self, response: Response, said: Mapping[str, Any]) -> None:
        if self._slack.clock() - response.issued > self._delivering.response_life:
            raise Refused("expired_url")
        if response.uses >= self._delivering.response_uses:
            raise Refused("used_url")
        response.uses += 1
        original = response.original
        if said.get("delete_original"):
            self._slack.delete(_there(original))
        elif said.get("replace_original"):
            self._slack.edit(_there(original), message_content(said))
        else:
            self.answer(response, said)

    def answer(self, response: Response, said: Mapping[str, Any]) -> Message:
        """Post what an app says, for everybody only if it says so; raises `Refused`.

        https://docs.slack.dev/interactivity/implementing-slash-commands/#responding_to_commands
        """
        content = message_content(said)
        bot = response.app.installations[response.user.workspace.id].bot_user
        kind = said.get("response_type", "ephemeral")
        thread = said.get("thread_ts")
        match kind:
            case "in_channel":
                return self._slack.post(response.channel, bot, content, thread, response.app)
            case "ephemeral":
                return self._slack.whisper(
                    response.channel, response.user, bot, content, thread, response.app
                )
        raise Refused("invalid_arguments")


def _there(original: Message | None) -> Message:
    if original is None or original.deleted:
        raise Refused("message_not_found")
    return original


async def _read(request: web.Request) -> Mapping[str, Any]:
    try:
        if request.content_type == "application/x-www-form-urlencoded":
            found = json.loads(str((await request.post())["payload"]))
        else:
            found = json.loads(await request.text())
    except (ValueError, KeyError):
        raise Refused("invalid_payload") from None
    if not isinstance(found, dict):
        raise Refused("invalid_payload")
    return found
