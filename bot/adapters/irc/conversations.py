"""What people ask on one connection and what they are answered: where, how much, and in order."""

import asyncio
import platform
from collections.abc import Coroutine
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import structlog

from bot import __version__
from bot.adapters.irc.connection import Connection
from bot.adapters.irc.delivery import Delivery
from bot.adapters.irc.identity import Identity
from bot.adapters.irc.listening import Ctcp, Said
from bot.adapters.irc.receipts import Receipt, Refused
from bot.adapters.irc.writing import answer
from bot.document import Heading, Reply, Text, Typed, text
from bot.fairness import Allowance, Fairness
from bot.messages import Channel, Invocation, Pages, Profile, Response, User
from bot.ports import Clock, Receive, Seen, Store, StoreAway
from bot.recent import Recent

_log = structlog.get_logger(__name__)

_CTCP = Fairness(burst=4, interval=timedelta(seconds=10))
_LONGEST_PING = 60
_TOLD_HOW_TO_LOG_IN = 10_000


class Conversations:
    """Answers commands. Owns the order of each person's: a second one waits for the first."""

    def __init__(
        self,
        connection: Connection,
        delivery: Delivery,
        identity: Identity,
        receive: Receive,
        seen: Seen,
        store: Store,
        clock: Clock,
    ) -> None:
        settings = connection.settings
        self._connection = connection
        self._delivery = delivery
        self._standing = connection.standing
        self._identity = identity
        self._receive = receive
        self._seen = seen
        self._store = store
        self._clock = clock
        self._network = settings.name
        self._pages = Pages(settings.lines, settings.private_lines)
        self._ctcps = Allowance(_CTCP)
        channels = Fairness(settings.channel_answers, timedelta(seconds=settings.channel_pause))
        self._channels = Allowance(channels) if settings.channel_answers else None
        self._last: dict[str, asyncio.Task[None]] = {}
        self._told: Recent[str, bool] = Recent(_TOLD_HOW_TO_LOG_IN)

    def hear(self, said: Said | Ctcp) -> None:
        """Answer this, after what the same person has said before."""
        task = asyncio.create_task(self._answer_after(self._last.get(said.mask), said))
        self._last[said.mask] = task
        task.add_done_callback(lambda done: self._ended(said, done))

    def close(self) -> None:
        """Nobody is answered any more."""
        for task in self._last.values():
            task.cancel()

    def _ended(self, said: Said | Ctcp, done: "asyncio.Task[None]") -> None:
        if self._last.get(said.mask) is done:
            del self._last[said.mask]
        if not done.cancelled() and (problem := done.exception()) is not None:
            # One question must not take the others along.
            _log.warning("not answered", network=self._network, exc_info=problem)

    async def _answer_after(self, before: "asyncio.Task[None] | None", said: Said | Ctcp) -> None:
        if before is not None:
            await asyncio.wait([before])
        await (self._answer_ctcp(said) if isinstance(said, Ctcp) else self._answer(said))

    async def _answer(self, said: Said) -> None:
        user, nick = await self._asker(said), said.mask.partition("!")[0]
        await self._identity.settled(user)
        if self._delivery.heard_from(user, nick):
            self._seen(user)
        private = said.channel is None
        channel = Channel(self._network, said.channel or user.id, private)
        hindrance = self._delivery.hindrance(nick)
        invocation = Invocation(said.id, user, channel, said.line, hindrance, self._pages)
        response = await self._receive(invocation)
        if not response.reply.blocks or (not said.named and _is_for_another_bot(response)):
            return
        if response.private:
            response = await self._with_login(response, user, nick)
        if private or response.private:
            await self._answer_alone(said.channel, user, nick, response)
        else:
            await self._answer_in(said.channel or "", user, nick, response)

    async def _asker(self, said: Said) -> User:
        """Who asks; where the network knows accounts, but the message does not tell, the server is
        asked: a guest with somebody's bookmarks would be the wrong one."""
        account = said.account
        if account is None and self._connection.knows_accounts:
            found = await self._connection.lookups.whois(said.mask.partition("!")[0])
            account = found.account if found is not None else None
        return self._identity.user(said.mask, account)

    async def _answer_in(self, channel: str, user: User, nick: str, response: Response) -> None:
        if self._channels is not None:
            wait = self._channels.seconds_to_wait(self._connection.roster.fold(channel), self._wall)
            if wait is not None:
                # The channel is to be read by others as well.
                await self._answer_alone(channel, user, nick, response)
                return
        settings = self._connection.settings
        frame = f"{settings.answers.upper()} {channel} :"
        called = f"{nick}: "
        room = self._connection.room(channel) - len(called.encode())
        texts = answer(response.reply, response.reader, room, settings.lines, settings.prefix)
        lines = [f"{frame}{called if not n else ''}{text}" for n, text in enumerate(texts)]
        receipts = await self._answer_lines(user, channel, lines)
        if receipts:
            receipts[0].taken.add_done_callback(
                lambda taken: self._when_muted(taken, user, nick, response)
            )

    def _when_muted(
        self, taken: "asyncio.Future[None]", user: User, nick: str, response: Response
    ) -> None:
        """Answer somebody alone where the bot may not speak: a moderated channel, a quiet."""
        problem = None if taken.cancelled() else taken.exception()
        if isinstance(problem, Refused) and problem.code == "404":
            self._goes_on(f"{nick} was not heard", self._answer_alone(None, user, nick, response))

    async def _answer_alone(
        self, channel: str | None, user: User, nick: str, response: Response
    ) -> None:
        wait = self._standing.seconds_to_wait(nick)
        if wait > 0 and channel is not None:
            await self._say_in(
                channel, user, nick,
                "the server lets me write to few people at a time, for I have no voice here."
                f" Write to me first: /msg {self._connection.roster.me} help",
            )  # fmt: skip
            return
        texts = answer(response.reply, response.reader, self._connection.room(nick), None, "")
        lines = [f"PRIVMSG {nick} :{text}" for text in texts]
        receipts = await self._answer_lines(user, nick, lines)
        if receipts:
            self._when_refused(receipts[0], channel, user, nick)

    def _when_refused(self, receipt: Receipt, channel: str | None, user: User, nick: str) -> None:
        """Tell somebody who asked in a channel why the answer does not reach them."""

        def refused(taken: "asyncio.Future[None]") -> None:
            problem = None if taken.cancelled() else taken.exception()
            if not isinstance(problem, Refused):
                return
            reason = self._delivery.refuses(user, problem, nick)
            if reason is not None and channel is not None:
                said = f"my answer, and reminders, cannot reach you: {reason}."
                self._goes_on(f"{nick} was refused", self._say_in(channel, user, nick, said))

        receipt.taken.add_done_callback(refused)

    def _goes_on(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else."""
        task = asyncio.create_task(work)
        self._last.setdefault(name, task)
        task.add_done_callback(lambda _: self._last.pop(name, None))

    async def _say_in(self, channel: str, user: User, nick: str, said: str) -> None:
        line = f"{self._connection.settings.answers.upper()} {channel} :{nick}: {said}"
        await self._answer_lines(user, channel, [line])

    async def _answer_lines(self, user: User, target: str, lines: list[str]) -> list[Receipt]:
        """Send an answer, when the server will deliver it."""
        # Nobody says when there is a place again: it depends on who else is written to.
        while (wait := self._standing.seconds_to_wait(target)) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)
        self._standing.writes_to(target)
        await asyncio.sleep(self._standing.books(target, len(lines)))
        return await self._connection.outbox.answer(user.id, target, lines)

    async def _with_login(self, response: Response, user: User, nick: str) -> Response:
        """Remember under which nick somebody is known of whom something is stored; and tell a guest
        who is not the one that was known by this nick how to be recognized."""
        stranger = self._identity.is_taken_for(user) and self._identity.account_of(user) is None
        try:
            profile = await self._store.load(user, bookmarks=True)
        except StoreAway:
            return response
        if profile == Profile():
            self._identity.forgets(user)
        else:
            await self._identity.keeps(user)
        if not stranger or self._told.get(user.id):
            return response
        self._told.put(user.id, True)
        services = self._connection.settings.nickserv
        proof = (
            f"log in to your account (/msg {services} identify), and I recognize you from anywhere."
            if self._connection.knows_accounts
            else "come back from where you were, for there are no accounts here."
        )
        hint = text(f"I know another {nick}, from elsewhere. If that is you, {proof}")
        reply = Reply((*response.reply.blocks, hint))
        return Response(reply, response.reader, response.private, response.command)

    async def _answer_ctcp(self, asked: Ctcp) -> None:
        """The customary questions (CTCP, draft-oakley-irc-ctcp); others are passed over."""
        nick = asked.mask.partition("!")[0]
        answers = {
            "VERSION": f"Summit Bot {__version__}, Python {platform.python_version()}",
            "PING": asked.argument[:_LONGEST_PING],
            "TIME": format_datetime(self._wall.astimezone()),
            "CLIENTINFO": "CLIENTINFO PING TIME VERSION",
        }
        said = answers.get(asked.command)
        if said is None or self._ctcps.seconds_to_wait(nick, self._wall) is not None:
            return
        if self._standing.seconds_to_wait(nick) == 0:
            self._standing.writes_to(nick)
            line = f"NOTICE {nick} :\x01{asked.command} {said}\x01"
            await self._connection.outbox.answer(nick, nick, [line])

    @property
    def _wall(self) -> datetime:
        return self._clock.wall()


def _is_for_another_bot(response: Response) -> bool:
    """True for a command that nobody here knows, and that resembles none: in a channel there may be
    bots that do."""
    if response.command is not None or response.private:
        return False
    spans = (span for b in response.reply if isinstance(b, Heading | Text) for span in b.spans)
    return not any(isinstance(span, Typed) and span.line != "help" for span in spans)
