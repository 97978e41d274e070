"""A Slack in a process of its own, with people who do what the standard input says:
`python -m benchmarks.slack.workspace PEOPLE [A_SECOND]`.

It writes one line of JSON when it is there, and one for each order, which is a line of JSON too: a
list of the order's name and what it needs. It ends with its input.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from benchmarks.slack.bare import COMMAND
from bot.adapters.slack.manifest import manifest, with_stand_ins
from bot.adapters.slack.settings import Slack as Settings
from tests.servers.slack import Limits, SlackServer, interactions, slack
from tests.servers.slack.apps import App
from tests.servers.slack.delivering import Acknowledged, Kind
from tests.servers.slack.users import User

TEAM = "T01"
Json = dict[str, Any]

_EVERY = 0.05
_BARE: Json = {
    "display_information": {"name": "Bare"},
    "features": {
        "bot_user": {"display_name": "Bare"},
        "slash_commands": [{"command": COMMAND, "description": "Say hello"}],
    },
    "oauth_config": {"scopes": {"bot": ["commands"]}},
    "settings": {"socket_mode_enabled": True},
}


class Workspace:
    """Two apps in a workspace, and people who use them."""

    def __init__(self, server: SlackServer, people: int) -> None:
        self._server = server
        self._team = team = server.slack.create_workspace(TEAM)
        settings = Settings(**with_stand_ins({}))
        self._bare = server.slack.create_app(_BARE)
        self._ours = server.slack.create_app(manifest(settings))
        self._apps = {"bare": self._bare, "ours": self._ours}
        for app in self._apps.values():
            app.install(team)
        self._people = [team.add_user(f"person{number}") for number in range(people)]
        self._place = team.add_channel("summit", members=self._people)
        self.orders: dict[str, Callable[..., Awaitable[Any]]] = {
            "opened": self._opened,
            "closed": self._closed,
            "one by one": self._one_by_one,
            "at once": self._at_once,
            "reminded": self._reminded,
            "wave": self._wave,
        }

    def introduction(self) -> Json:
        """What those need who come here."""
        return {
            "url": self._server.url,
            "people": [user.id for user in self._people],
            "apps": {
                name: [app.installations[TEAM].bot_token, app.app_token]
                for name, app in self._apps.items()
            },
        }

    async def _opened(self, name: str) -> None:
        """Wait until an app listens."""
        await self._server.sockets.opened(self._apps[name])

    async def _closed(self, name: str) -> None:
        """Wait until it does not any more."""
        sockets, app = self._server.sockets, self._apps[name]
        await self._server.bell.until(lambda: not sockets.open_of(app), lambda: f"{name} to go")

    # Commands. What an app answers is looked at when the time has been taken.

    async def _one_by_one(
        self, asked: Sequence[tuple[str, str, str]], number: int, people: int
    ) -> Json:
        """So many of each command (app, line, and what its answer has to begin with), in turn, of
        so many people, one after the other; seconds until each was acknowledged, by app."""
        taken: dict[str, list[float]] = {app: [] for app, *_ in asked}
        said: list[tuple[str, Any]] = []
        with _undisturbed():
            for turn in range(number):
                user = self._people[turn % people]
                for app, line, answer in asked:
                    payload = self._payload(self._apps[app], user, line)
                    begun = time.perf_counter()
                    got = await self._ask(self._apps[app], payload)
                    taken[app].append(time.perf_counter() - begun)
                    said.append((answer, got))
        self._check(said)
        return taken

    async def _at_once(
        self, app: str, line: str, answer: str, number: int, in_flight: int
    ) -> float:
        """Seconds for so many commands, of which so many are under way at a time, each of
        another person."""
        left, said = count(), list[tuple[str, Any]]()

        async def asks(user: User) -> None:
            while next(left) < number:
                payload = self._payload(self._apps[app], user, line)
                said.append((answer, await self._ask(self._apps[app], payload)))

        with _undisturbed():
            begun = time.perf_counter()
            await asyncio.gather(*map(asks, self._people[:in_flight]))
            taken = time.perf_counter() - begun
        self._check(said)
        return taken

    def _payload(self, app: App, user: User, line: str) -> Json:
        command, _, text = line.partition(" ")
        trigger = self._server.slack.issue_trigger(app, self._team, user)
        url = self._server.responses.issue("commands", app, user, self._place).url
        return interactions.command(app, user, self._place, command, text, trigger, url)

    async def _ask(self, app: App, payload: Json) -> Any:
        return await self._server.deliveries.ask(app, Kind.COMMAND, payload)

    def _check(self, said: Sequence[tuple[str, Any]]) -> None:
        self._server.deliveries.log.clear()
        for answer, got in said:
            payload = got.payload if isinstance(got, Acknowledged) else None
            text = payload["text"] if isinstance(payload, dict) else payload
            if text is None or not str(text).startswith(answer):
                raise AssertionError(f"{got} is not {answer!r}")

    # Reminders.

    async def _reminded(self, mark: str, number: int, within: float) -> int:
        """How many people have a message with the mark, when so many have, or so many seconds are
        over."""
        ends = time.monotonic() + within
        while True:
            reached = sum(map(bool, self._arrived(mark)))
            if reached >= number or time.monotonic() >= ends:
                return reached
            await asyncio.sleep(_EVERY)

    async def _wave(self, mark: str) -> Json:
        """For each person, when (unix seconds) their messages with the mark came; when messages
        were asked to be posted; how often it was too much; and calls of methods."""
        api = self._server.api
        return {
            "arrived": self._arrived(mark),
            "posted": [call.at for call in api.of("chat.postMessage")],
            "limited": sum(api.limited.values()),
            "looked": len(api.of("conversations.history")),
            "mistakes": self._server.mistakes,
        }

    def _arrived(self, mark: str) -> list[list[float]]:
        bot = self._ours.installations[TEAM].bot_user
        chats = [self._team.find_dm(user, bot) for user in self._people]
        return [
            [float(one.ts) for one in chat.messages if mark in one.text] if chat else []
            for chat in chats
        ]


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without garbage collection here, which the apps would seem to take the time for."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def main(people: int, a_second: int | None = None) -> None:
    """Serve until the input ends; no limit at all without one of messages a second."""
    limits = Limits.generous()
    if a_second is not None:
        limits = Limits(workspace_per_second=a_second)
    async with slack(limits=limits) as server:
        workspace = Workspace(server, people)
        answer: Any = workspace.introduction()
        while True:
            print(json.dumps(answer), flush=True)
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line:
                return
            order, *needs = json.loads(line)
            answer = await workspace.orders[order](*needs)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
