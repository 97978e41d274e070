"""Slack as a network of the bot: hears over sockets or HTTP, and hands out notices and posts."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

import aiohttp

from bot.adapters.finding import Finding
from bot.adapters.slack.answering.absent import Absent
from bot.adapters.slack.answering.conversations import Conversations
from bot.adapters.slack.cards.writing import written
from bot.adapters.slack.deactivated import Deactivated
from bot.adapters.slack.hearing.authorizing import Authorized
from bot.adapters.slack.hearing.heard import Person
from bot.adapters.slack.hearing.hearing import Hearing
from bot.adapters.slack.hearing.socket import listen
from bot.adapters.slack.hearing.web import serve
from bot.adapters.slack.inspection import inspected
from bot.adapters.slack.people import People
from bot.adapters.slack.sending.responses import Responses
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.oauth import oauth_flow
from bot.adapters.slack.workspaces.workspaces import Workspace, Workspaces
from bot.document import Button, Reply
from bot.messages import Channel, User
from bot.ports import Clock, Receive, Seen, Traits, TryLater, Unreachable
from bot.storing import Store, StoreAway
from bot.times import Reader

_AWAY = timedelta(seconds=2)
_IN_FLIGHT_FOR = 2.0
"""Seconds of the pace that are under way at once: what waits longer would wait in vain."""
_MOST_IN_FLIGHT = 100


class SlackAdapter:
    """Implements `ports.Adapter` for one app on Slack. Owns its connections."""

    def __init__(self, settings: Slack, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._absent = Absent()
        self._deactivated = Deactivated(settings.name, store)
        # While it runs.
        self._workspaces: Workspaces | None = None
        self._people: People | None = None
        self._processes = 1

    @property
    def network(self) -> str:
        """The name that its users carry."""
        return self._settings.name

    @property
    def traits(self) -> Traits:
        """What a workspace takes; there may be several, but most people may be in one."""
        rate = self._settings.rate
        in_flight = min(max(4, ceil(rate * _IN_FLIGHT_FOR)), _MOST_IN_FLIGHT)
        return Traits(in_flight, rate, alone=False, burst=self._settings.burst)

    @property
    def coming_up(self) -> Sequence[Channel]:
        """The channels that want to hear what starts where."""
        return [Channel(self.network, channel) for channel in self._settings.coming_up]

    @property
    def channels(self) -> Sequence[Channel]:
        """The channels of the settings, also those that only hear what starts."""
        return [Channel(self.network, channel) for channel in self._settings.all_channels]

    def organises(self, user: User) -> bool:
        """True for an organiser: Slack signs who does something, and in which workspace."""
        return user.network == self.network and self._settings.names_organiser(user.id)

    async def run(self, receive: Receive, seen: Seen) -> None:
        """Hear and answer, and come back after each outage, until cancelled. Raises CannotSpeak."""
        settings, store = self._settings, self._store
        async with aiohttp.ClientSession() as http:
            workspaces = Workspaces(settings, store, self._clock, http)
            people = People(self.network, store)
            for each in (workspaces, people):
                each.share(self._processes)
            responses = Responses(http, settings.api_url)
            conversations = Conversations(
                settings, self._clock, receive, seen, workspaces, people, self._absent,
                self._deactivated, responses,
            )  # fmt: skip

            async def authorize(team: str | None, enterprise: str | None) -> Authorized | None:
                found = await workspaces.of(team or enterprise or "", enterprise)
                if found is None:
                    return None
                return Authorized(found.api.token, found.bot_user, found.bot_id)

            hearing = Hearing(settings, store, authorize, conversations.hear, responses=responses)
            try:
                await workspaces.start()
                self._workspaces, self._people = workspaces, people
                await self._listen(hearing, workspaces, http)
            finally:
                self._workspaces = self._people = None
                await hearing.close()
                await workspaces.close()
                await people.close()

    async def _listen(
        self, hearing: Hearing, workspaces: Workspaces, http: aiohttp.ClientSession
    ) -> None:
        """Over a socket or HTTP, as configured; where others install the app, they come over HTTP
        anyway. Raises CannotSpeak."""
        settings = self._settings
        oauth = oauth_flow(settings, workspaces, self._clock, http) if settings.installs else None
        try:
            async with asyncio.TaskGroup() as ways:
                if settings.mode == "socket":
                    assert settings.app_token is not None
                    ways.create_task(
                        listen(
                            hearing.app, settings.app_token.get_secret_value(), http,
                            api_url=settings.api_url, ping=settings.ping, network=self.network,
                        )
                    )  # fmt: skip
                if settings.mode == "http" or oauth is not None:
                    ways.create_task(serve(hearing.app, settings, oauth))
        except* Exception as failures:
            raise failures.exceptions[0] from None

    async def send(
        self, user: User, reply: Reply, reader: Reader, key: str, until: datetime,
        again: bool = False,
    ) -> None:  # fmt: skip
        """Write to a user, in the chat with the bot. Raises TryLater and Unreachable."""
        team, _, person = user.id.partition("/")
        workspace = await self._workspace(team)
        someone = Person(workspace.team, person)
        await self._is_there(user, someone)
        if reader.own is None and self._people is not None:
            reader = replace(reader, own=await self._people.kept(someone))
        # What one can do about it stands in the reply, if it is about one session.
        offers = any(isinstance(block, Button) for block in reply)
        bookmarked = frozenset(session.id for session in reply.sessions())
        content = written(
            reply, reader, alone=True, now=self._clock.now(),
            bookmarked=None if offers else bookmarked,
        )  # fmt: skip
        try:
            await workspace.sending.notify(person, content, key, until, again)
        except Unreachable:
            self._absent.note(user)
            raise
        self._absent.reached(user)

    async def _is_there(self, user: User, person: Person) -> None:
        """Raises TryLater and Unreachable."""
        try:
            if await self._deactivated.includes(person):
                self._absent.note(user)
                raise Unreachable("the account is deactivated")
        except StoreAway:
            raise TryLater(_AWAY) from None

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        """Write to a channel. Raises TryLater and Unreachable."""
        team, _, id = channel.id.rpartition("/")
        workspace = await self._workspace(team)
        content = written(
            reply, reader, prefix=f"{self._settings.command} ", alone=False,
            now=self._clock.now(), bookmarked=frozenset(),
        )  # fmt: skip
        await workspace.sending.post(id, content, key, again)

    def share(self, processes: int) -> None:
        """So many processes speak on this network: keep to one's part of the pace."""
        self._processes = processes
        if self._workspaces is not None and self._people is not None:
            self._workspaces.share(processes)
            self._people.share(processes)

    async def check(self) -> list[Finding]:
        """What an organiser should know. Raises CannotSpeak."""
        async with aiohttp.ClientSession() as http:
            return await inspected(self._settings, self._store, self._clock, http)

    async def _workspace(self, team: str) -> Workspace:
        """The workspace of this id, or the only one. Raises TryLater and Unreachable."""
        if self._workspaces is None:
            raise TryLater(_AWAY)
        if not team:
            return self._workspaces.only
        try:
            workspace = await self._workspaces.of(team)
        except StoreAway:
            raise TryLater(_AWAY) from None
        if workspace is None:
            raise Unreachable("the app is not installed in the workspace")
        return workspace
