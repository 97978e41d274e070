"""What people ask on one connection and what they are answered: where, how much, and in order."""

import asyncio
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import structlog

from bot import __version__
from bot.adapters.irc.connection import Connection
from bot.adapters.irc.listening import Ctcp, Said
from bot.adapters.irc.people.identity import Identity
from bot.adapters.irc.people.lookups import Found
from bot.adapters.irc.people.roster import Person
from bot.adapters.irc.sending.delivery import Delivery
from bot.adapters.irc.sending.outbox import Recipient
from bot.adapters.irc.sending.receipts import Receipt, Refused
from bot.adapters.irc.sending.writing import answer
from bot.document import Reply, text
from bot.fairness import Allowance, Fairness
from bot.messages import Channel, Invocation, Pages, Profile, Response, User
from bot.ports import Clock, Receive, Seen
from bot.recent import Recent
from bot.storing import Store, StoreAway
from bot.suggestions import is_for_another_bot
from bot.turns import Turns

_log = structlog.get_logger(__name__)

_CTCP = Fairness(burst=4, interval=timedelta(seconds=10))
_LONGEST_PING = 60
_TOLD_HOW_TO_LOG_IN = 10_000
_IN_VAIN_FOR = 60.0
"""Seconds in which the server is not asked again who somebody is of whom it did not tell."""


@dataclass(frozen=True, slots=True)
class _Asker:
    """Somebody who has asked something: who they are, under which nick they said it, who was seen
    under that then, and where they are when it is answered (`where`). Their account is `vouched`
    for if the server says that they have it now."""

    user: User
    nick: str
    person: Person | None
    where: Recipient
    vouched: bool = False


class Conversations:
    """Answers commands, each person's in turn. Owns what is under way for them."""

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
        self._turns = Turns(settings.name)
        self._told: Recent[str, bool] = Recent(_TOLD_HOW_TO_LOG_IN)
        self._asked_in_vain: Recent[str, float] = Recent(1_000)

    def hear(self, said: Said | Ctcp) -> None:
        """Answer this, after what the same person has said before."""
        # Who it is and where they are is known now; by their turn they may be called otherwise.
        guest = self._identity.user(said.mask, None)
        nick = said.mask.partition("!")[0]
        person = self._connection.roster.person(nick)
        asker = _Asker(guest, nick, person, self._where(said.mask, person))
        self._turns.take(guest.id, lambda: self._answer_to(said, asker))

    def close(self) -> None:
        """Nobody is answered any more, and nothing that was asked takes effect."""
        self._turns.close()

    def _where(self, mask: str, person: Person | None) -> Recipient:
        """Where somebody is to be found who writes under this mask now, and is seen as this
        person."""
        nick, roster = mask.partition("!")[0], self._connection.roster

        def where() -> str | None:
            if person is not None and roster.person(person.nick) is person:
                return person.nick
            now = roster.person(nick)
            if now is None:
                # Whoever was never seen is not seen to go, either.
                return nick if person is None else None
            return nick if not now.mask or self._identity.same(now.mask, mask) else None

        return where

    async def _answer_to(self, said: Said | Ctcp, asker: _Asker) -> None:
        if isinstance(said, Ctcp):
            await self._answer_ctcp(said, asker)
        elif (known := await self._recognized(said, asker)) is not None:
            await self._answer(said, known)

    async def _answer(self, said: Said, asker: _Asker) -> None:
        user = asker.user
        await self._identity.settled(user)
        if self._delivery.heard_from(user, said.mask if asker.where() == asker.nick else None):
            self._seen(user)
        private = said.channel is None
        channel = Channel(self._network, said.channel or user.id, private)
        hindrance = self._delivery.hindrance(asker.nick)
        invocation = Invocation(
            said.id, user, channel, said.line, hindrance, self._pages, names_people=True,
            vouched=asker.vouched,
        )  # fmt: skip
        response = await self._receive(invocation)
        if not response.reply.blocks or (not said.named and is_for_another_bot(response)):
            return
        if response.private:
            response = await self._with_login(response, asker)
        if private or response.private:
            await self._answer_alone(None if private else said.target, asker, response)
        else:
            await self._answer_in(said.target, asker, response)

    async def _recognized(self, said: Said, asker: _Asker) -> _Asker | None:
        """The asker with their account; where the network knows accounts, but the message does not
        tell, the server is asked: a guest with somebody's bookmarks would be the wrong one. None
        for a bot."""
        account, vouched = said.account, said.vouched
        if account is None and self._connection.knows_accounts:
            found = await self._found(said.mask, asker)
            if found is not None and found.bot:
                return None
            account, vouched = (found.account if found is not None else None), False
        if account:
            user = self._identity.user(said.mask, account)
            if not vouched and self._identity.is_organiser(account):
                # Others may get a reminder too much; who changes the programme has to be the one.
                now = await self._account_now(said.mask, asker)
                vouched = bool(now) and self._identity.user(said.mask, now) == user
            return replace(asker, user=user, vouched=vouched)
        coming = self._identity.comes_back(said.mask)
        if coming is not None:
            await coming
        return asker

    async def _found(self, mask: str, asker: _Asker) -> Found | None:
        """What the server says of whoever has written under this mask; None where it says nothing,
        or somebody else has the nick by now."""
        lookups, nick, now = self._connection.lookups, asker.nick, asyncio.get_running_loop().time()
        found = lookups.known(nick)
        if found is None or not self._identity.same(found.mask, mask):
            asked = self._asked_in_vain.get(mask)
            if asked is not None and now - asked < _IN_VAIN_FOR:
                return None
            found = await lookups.whois(nick)
        if found is not None and self._identity.same(found.mask, mask):
            return found
        if asker.where() == nick:
            self._asked_in_vain.put(mask, now)
        return None

    async def _account_now(self, mask: str, asker: _Asker) -> str | None:
        """The account of whoever has written under this mask, as the server says it now. None if
        they have not been in our sight since they wrote: the nick, and with it the mask, may be
        somebody else's by the time the server answers."""
        lookups, roster, nick = self._connection.lookups, self._connection.roster, asker.nick
        if asker.person is None:
            return None
        lookups.forget(nick)
        found = await lookups.whois(nick)
        # Whatever is heard of the nick lets what was found be forgotten.
        stayed = roster.person(nick) is asker.person and lookups.known(nick) is found
        if found is None or not stayed or not self._identity.same(found.mask, mask):
            return None
        return found.account

    async def _answer_in(self, channel: str, asker: _Asker, response: Response) -> None:
        if self._channels is not None:
            roster = self._connection.roster
            whole = roster.fold(roster.isupport.channel(channel) or channel)
            wait = self._channels.seconds_to_wait(whole, self._wall)
            if wait is not None:
                # The channel is to be read by others as well.
                await self._answer_alone(channel, asker, response)
                return
        settings = self._connection.settings
        frame = f"{settings.answers.upper()} {channel} :"
        called = f"{asker.nick}: "
        space = self._connection.space(channel) - len(called.encode())
        texts = answer(response.reply, response.reader, space, settings.lines, settings.prefix)
        lines = [f"{frame}{called if not n else ''}{text}" for n, text in enumerate(texts)]
        receipts = await self._answer_lines(asker.user, lambda: channel, lambda _: lines)
        if receipts:
            receipts[0].taken.add_done_callback(
                lambda taken: self._when_muted(taken, asker, response)
            )

    def _when_muted(self, taken: "asyncio.Future[None]", asker: _Asker, response: Response) -> None:
        """Answer somebody alone where the bot may not speak: a moderated channel, a quiet."""
        problem = None if taken.cancelled() else taken.exception()
        if isinstance(problem, Refused) and problem.code in ("404", "482"):
            self._turns.start(self._answer_alone(None, asker, response))

    async def _answer_alone(self, channel: str | None, asker: _Asker, response: Response) -> None:
        nick = asker.where()
        if nick is None:
            return
        wait = self._standing.seconds_to_wait(nick)
        if wait > 0 and channel is not None:
            await self._say_in(
                channel, asker,
                "the server lets me write to few people at a time, for I have no voice here."
                f" Write to me first: /msg {self._connection.roster.me} help",
            )  # fmt: skip
            return
        texts = answer(response.reply, response.reader, self._connection.space(nick), None, "")
        receipts = await self._answer_lines(
            asker.user, asker.where, lambda to: [f"PRIVMSG {to} :{text}" for text in texts]
        )
        if receipts:
            self._when_refused(receipts[0], channel, asker)

    def _when_refused(self, receipt: Receipt, channel: str | None, asker: _Asker) -> None:
        """Tell somebody who asked in a channel why the answer does not reach them."""

        def refused(taken: "asyncio.Future[None]") -> None:
            problem = None if taken.cancelled() else taken.exception()
            if not isinstance(problem, Refused):
                return
            reason = self._delivery.refuses(asker.user, problem, asker.nick)
            if reason is not None and channel is not None:
                said = f"my answer, and reminders, cannot reach you: {reason}."
                self._turns.start(self._say_in(channel, asker, said))

        receipt.taken.add_done_callback(refused)

    async def _say_in(self, channel: str, asker: _Asker, said: str) -> None:
        line = f"{self._connection.settings.answers.upper()} {channel} :{asker.nick}: {said}"
        await self._answer_lines(asker.user, lambda: channel, lambda _: [line])

    async def _answer_lines(
        self, user: User, recipient: Recipient, compose: Callable[[str], list[str]]
    ) -> list[Receipt]:
        """Send an answer, when the server will deliver it, and if somebody is left to get it."""
        # Nobody says when there is a place again: it depends on who else is written to.
        while (target := recipient()) is not None:
            wait = self._standing.seconds_to_wait(target)
            if wait <= 0:
                self._standing.writes_to(target)
                crowded = self._standing.books(target, len(compose(target)))
                if crowded > 0:
                    await asyncio.sleep(crowded)
                return await self._connection.outbox.answer(user.id, recipient, compose)
            await asyncio.sleep(wait)
        return []

    async def _with_login(self, response: Response, asker: _Asker) -> Response:
        """Remember under which nick somebody is known of whom something is stored; and tell a guest
        who is not the one that was known by this nick how to be recognized."""
        user, nick = asker.user, asker.nick
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
        # Whoever does so wants to be recognized at once.
        self._connection.lookups.forget(nick)
        services = self._connection.settings.nickserv
        proof = (
            f"log in to your account (/msg {services} identify), and I recognize you from anywhere."
            if self._connection.knows_accounts
            else "come back from where you were, for there are no accounts here."
        )
        hint = text(f"I know another {nick}, from elsewhere. If that is you, {proof}")
        reply = Reply((*response.reply.blocks, hint))
        return Response(reply, response.reader, response.private, response.command)

    async def _answer_ctcp(self, asked: Ctcp, asker: _Asker) -> None:
        """The customary questions (CTCP, draft-oakley-irc-ctcp); others are passed over."""
        nick = asker.nick
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
            body = f"\x01{asked.command} {said}\x01"
            await self._connection.outbox.answer(
                nick, asker.where, lambda to: [f"NOTICE {to} :{body}"]
            )

    @property
    def _wall(self) -> datetime:
        return self._clock.wall()
