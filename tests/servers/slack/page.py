"""A page in the browser on which one uses the double by hand, as any of its people.

https://docs.slack.dev/reference/block-kit says how blocks look; what is drawn is a likeness.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.errors import Refused
from tests.servers.slack.opened import View
from tests.servers.slack.people import CommandFailed, NotAcknowledged, Person
from tests.servers.slack.server import SlackServer

_PAGE = Path(__file__).with_name("page.html")
_LONGEST = 20.0
Json = Mapping[str, Any]


class Page:
    """Shows what each of `people` sees, and does what is asked for on the page."""

    def __init__(self, server: SlackServer, people: Mapping[str, Person]) -> None:
        self._server = server
        self._people = people
        self._version = 0
        server.slack.watchers.append(self._changed)

    def _changed(self, change: object) -> None:
        self._version += 1

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._show),
            web.get("/look", self._look),
            web.post("/do", self._do),
        ]

    async def _show(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_PAGE, headers={"Cache-Control": "no-store"})

    async def _look(self, request: web.Request) -> web.Response:
        """What one person sees, as soon as it is not any more what they saw at `since`."""
        person = self._person(request.query.get("person", ""))
        since = int(request.query.get("since", "-1"))
        with suppress(AssertionError):
            await self._server.bell.until(
                lambda: self._version != since, lambda: "a change", _LONGEST
            )
        return web.json_response(self._seen(person, request.query.get("channel", "")))

    def _person(self, name: str) -> Person:
        return self._people.get(name) or next(iter(self._people.values()))

    def _seen(self, person: Person, wanted: str) -> dict[str, Any]:
        team = person.workspace
        channels = [
            one for one in team.channels.values()
            if one.kind != "im" and person.id in one.members
        ]  # fmt: skip
        places = [*channels, person.dm]
        there = next((one for one in places if one.id == wanted), places[0])
        return {
            "version": self._version,
            "workspace": team.name,
            "people": list(self._people),
            "person": person.user.name,
            "app": person.app.manifest.name,
            "commands": list(person.app.manifest.commands),
            "shortcuts": [
                {"id": one.callback_id, "name": one.name, "type": one.type}
                for one in person.app.manifest.shortcuts.values()
            ],
            "channels": [
                {"id": one.id, "name": "" if one.kind == "im" else one.name} for one in places
            ],
            "channel": there.id,
            "names": {user.id: user.name for user in team.users.values()},
            "messages": [_message(one) for one in person.sees(there)],
            "home": None if person.home is None else _view(person.home),
            "views": [_view(one) for one in person.views],
        }

    async def _do(self, request: web.Request) -> web.Response:
        """One thing that somebody does; answers with what they read if it does not work."""
        asked: Json = await request.json()
        person = self._person(asked["person"])
        try:
            await _DEEDS[asked["what"]](person, asked)
        except CommandFailed as failed:
            return web.json_response({"error": f"It failed with the error “{failed.error}”."})
        except NotAcknowledged as failed:
            return web.json_response({"error": f"That did not work ({failed.error}). Try again."})
        except (AssertionError, Refused) as wrong:
            return web.json_response({"error": str(wrong)})
        finally:
            self._changed(None)
            self._server.bell.ring()
        return web.json_response({})


def _message(message: Message) -> dict[str, Any]:
    return {
        "ts": message.ts,
        "author": message.author.real_name,
        "bot": message.author.is_bot,
        "text": message.text,
        "blocks": message.blocks,
        "thread": message.thread_ts,
        "alone": message.seen_only_by is not None,
        "edited": message.edited_ts is not None,
        "app": message.app is not None,
    }


def _view(view: View) -> dict[str, Any]:
    return {"id": view.id, "errors": view.errors, "values": view.values, **view.payload}


# What can be done.


def _place(person: Person, asked: Json) -> Channel:
    return person.workspace.channel(asked["channel"])


def _used(person: Person, asked: Json) -> Message | View:
    """The message or view that a button stands in."""
    if "view" in asked:
        found: Message | View | None = next(
            (one for one in (*person.views, person.home) if one and one.id == asked["view"]), None
        )
    else:
        found = _place(person, asked).message(asked["ts"])
    assert found is not None, "it is not there any more"
    return found


async def _say(person: Person, asked: Json) -> None:
    text, thread = asked["text"], asked.get("thread")
    if text.startswith("/"):
        await person.slash(text, _place(person, asked), thread)
    else:
        person.says(_place(person, asked), text, thread)


async def _press(person: Person, asked: Json) -> None:
    await person.press(_used(person, asked), asked["action"], asked["nth"])


async def _choose(person: Person, asked: Json) -> None:
    await person.chooses(_used(person, asked), asked["action"], asked["option"], asked["nth"])


async def _enter(person: Person, asked: Json) -> None:
    await person.enters(_used(person, asked), asked["action"], asked["text"], asked["nth"])


async def _home(person: Person, asked: Json) -> None:
    await person.opens_home()


async def _submit(person: Person, asked: Json) -> None:
    await person.submits(asked["values"])


async def _close(person: Person, asked: Json) -> None:
    await person.closes()


async def _shortcut(person: Person, asked: Json) -> None:
    message = _used(person, asked) if "ts" in asked else None
    assert not isinstance(message, View), "shortcuts are on messages"
    await person.uses_shortcut(asked["callback"], message)


_DEEDS: Mapping[str, Callable[[Person, Json], Awaitable[None]]] = {
    "say": _say,
    "press": _press,
    "choose": _choose,
    "enter": _enter,
    "home": _home,
    "submit": _submit,
    "close": _close,
    "shortcut": _shortcut,
}


@asynccontextmanager
async def page(server: SlackServer, people: Mapping[str, Person], port: int) -> AsyncIterator[str]:
    """Served on 127.0.0.1 in this block; its URL."""
    app = web.Application()
    app.add_routes(Page(server, people).routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await asyncio.shield(runner.cleanup())
