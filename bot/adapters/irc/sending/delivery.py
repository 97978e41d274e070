"""Writes notices to people on one connection: finds them, and the way that is open to them."""

import asyncio
from datetime import datetime, timedelta

from bot.adapters.irc.connection import Connection
from bot.adapters.irc.people.identity import Identity
from bot.adapters.irc.people.lookups import Found
from bot.adapters.irc.people.presence import Absent
from bot.adapters.irc.people.roster import Person
from bot.adapters.irc.sending.outbox import Form
from bot.adapters.irc.sending.pace import Pace
from bot.adapters.irc.sending.receipts import Refused
from bot.adapters.irc.sending.recipients import Limit
from bot.adapters.irc.sending.standing import KEPT_FOR_CHANNELS
from bot.adapters.irc.sending.writing import Run, notice, shortened
from bot.document import Item, Reply
from bot.messages import User
from bot.ports import Clock, TryLater, Unreachable
from bot.recent import Recent
from bot.times import Reader, in_how_long

OFFLINE = "you were not online"
_TOO_LONG = "the message is too long for this server"
_ACCEPT = "you take private messages only from those whom you have accepted: type /accept {me}"
_REGISTERED = (
    "you take no private messages from me: allow them (/mode {you} -R, or remove your block), or"
    " ask the organisers to give me an account"
)
_REFUSED_FOR = 300.0
"""Seconds in which somebody who refuses messages is not tried again, unless they write."""
_LATER = timedelta(seconds=2)
_LONG_LOOK = 2.0
"""Seconds of looking for somebody after which they are written to at another attempt."""
_AT_ONCE = timedelta(seconds=0.1)
_THROTTLED = timedelta(seconds=10)
_AS_MANY_AS_FIT = 20
"""Recipients of a line, where the server sets no limit."""
_NICK = 30
"""Bytes; texts are cut so that they fit for a nick of this length, and are the same for all."""


class Delivery:
    """The ways to people on one connection. Owns who refuses to be written to."""

    def __init__(self, connection: Connection, identity: Identity, clock: Clock) -> None:
        self._connection = connection
        self._standing = connection.standing
        self._identity = identity
        self._clock = clock
        self._refusing: Recent[str, tuple[str, float]] = Recent(1_000)
        # Under which nick somebody off our channels was found last.
        self._found: Recent[str, str] = Recent(1_000)
        self._targets = connection.registered.isupport.targets("PRIVMSG")

    @property
    def pace(self) -> Pace:
        """How fast people can be written to now."""
        settings = self._connection.settings
        channels = self._connection.roster.channels
        limit = self._standing.limit
        if limit is not None:
            # Who is in a channel where the bot has no voice can only be written to in this way.
            voiced = bool(channels) and all(channel.modes for channel in channels)
            people = max(1, limit.people - KEPT_FOR_CHANNELS)
            limit = None if voiced else Limit(people, limit.every)
        return Pace(settings.rate, settings.burst, self._targets or _AS_MANY_AS_FIT, limit)

    async def send(self, user: User, reply: Reply, reader: Reader, until: datetime) -> None:
        """Write a notice, and return when the server has taken it. Raises TryLater and
        Unreachable."""
        refusal = self.refusal(user)
        if refusal is not None:
            raise Unreachable(refusal)
        loop = asyncio.get_running_loop()
        began = loop.time()
        nick = await self._whereabouts(user, until)
        if loop.time() - began > _LONG_LOOK:
            # What is left of the courier's patience may be too short for the turn and the receipt,
            # and it would be said twice: now that it is known where they are, that is quick.
            raise TryLater(_AT_ONCE)
        try:
            await self._write(user, nick, reply, reader, until)
        except Refused as refused:
            raise self._meant(refused, user, nick, until) from None

    def refusal(self, user: User) -> str | None:
        """Why this user cannot be written to, as far as is known."""
        reason, since = self._refusing.get(user.id) or ("", 0.0)
        now = asyncio.get_running_loop().time()
        return reason if reason and now - since < _REFUSED_FOR else None

    def hindrance(self, nick: str) -> str | None:
        """Why messages may not reach somebody in time."""
        limit = self._standing.limit
        if limit is None or self._standing.has_voice_for(nick):
            return None
        return (
            f"I have no voice here, so I can write to {limit.people - KEPT_FOR_CHANNELS} people,"
            f" and then to one more each {limit.every:g} seconds"
        )

    def heard_from(self, user: User, mask: str | None) -> bool:
        """The user writes under this mask, which is None if they have another one by now: whatever
        kept messages from them may be over. True if something did."""
        refused = self.refusal(user) is not None
        self._refusing.drop(user.id)
        absent = self._connection.presence.has_come(user)
        if absent and mask is not None:
            nick, account = mask.partition("!")[0], self._identity.account_of(user)
            self._connection.lookups.note(Found(nick, mask, account or "", bot=False))
            self._found.put(user.id, nick)
        return refused or absent

    def refuses(self, user: User, refused: Refused, nick: str) -> str | None:
        """Note that an answer was refused; the reason, if it is one of the person."""
        if refused.code == "716":
            reason = _ACCEPT.format(me=self._connection.roster.me)
        elif refused.code in ("477", "486", "494", "531"):
            reason = _REGISTERED.format(you=nick)
        else:
            return None
        self._refusing.put(user.id, (reason, asyncio.get_running_loop().time()))
        return reason

    def user_of(self, person: Person) -> User:
        """Who somebody is who is seen."""
        return self._identity.user(person.mask or person.nick, person.account)

    def seen_as(self, user: User) -> Person | None:
        """The user where they are seen in a channel; first where the bot has a voice."""
        account, roster = self._identity.account_of(user), self._connection.roster
        if account is not None:
            people = roster.logged_in(account)
            voiced = [p for p in people if self._standing.has_voice_for(p.nick)]
            return next(iter([*voiced, *people]), None)
        person = roster.person(self._identity.nick_of(user))
        return person if person is not None and self.user_of(person) == user else None

    def nick_now(self, user: User) -> str | None:
        """Where the user can be written to, as far as is known at this moment."""
        person = self.seen_as(user)
        if person is not None:
            return person.nick
        nick = self._found.get(user.id)
        found = self._connection.lookups.known(nick) if nick is not None else None
        if found is None or self._identity.user(found.mask, found.account) != user:
            return None
        return None if self._is_somebody_elses(found.nick, user) else found.nick

    async def find(self, user: User, nick: str) -> bool:
        """True if the server says that this very user has the nick now: they can be written to."""
        if await self._connection.lookups.whois(nick) is None:
            return False
        self._found.put(user.id, nick)
        there = self.nick_now(user) is not None
        if there:
            self._connection.presence.has_come(user)
        return there

    def _is_somebody_elses(self, nick: str, user: User) -> bool:
        """True if somebody is seen under this nick who is not the user."""
        person = self._connection.roster.person(nick)
        if person is None:
            return False
        if self._identity.account_of(user) is not None:
            return person.account is not None
        return bool(person.mask) and self.user_of(person) != user

    async def _whereabouts(self, user: User, until: datetime) -> str:
        there = self.nick_now(user)
        if there is not None:
            return there
        nick, now = self._identity.nick_of(user), asyncio.get_running_loop().time()
        presence = self._connection.presence
        if not presence.is_absent(user, now):
            self._wait_for(user, nick, until)
            if await presence.is_online(nick) and await self.find(user, nick):
                return nick
        raise Unreachable(OFFLINE)

    def _wait_for(self, user: User, nick: str, until: datetime) -> None:
        left = (until - self._clock.now()).total_seconds() / self._clock.speed
        ends = asyncio.get_running_loop().time() + left
        self._connection.presence.wait_for(Absent(user, nick, ends))
        self._connection.look_soon()

    async def _write(
        self, user: User, nick: str, reply: Reply, reader: Reader, until: datetime
    ) -> None:
        def recipient() -> str | None:
            return self.nick_now(user)

        outbox, wait = self._connection.outbox, self._standing.seconds_to_wait(nick)
        if wait > 0:
            named = self._named(nick, reply) if reader.named else None
            if named is None or named.channel is None:
                raise TryLater(timedelta(seconds=wait))
            self._standing.writes_to(named.channel)
            await outbox.tell(recipient, named, until)
            return
        self._standing.writes_to(nick)
        texts = notice(reply, reader, self._connection.space("n" * max(_NICK, len(nick))))
        if len(texts) > 1:
            await outbox.tell_lines(
                recipient, lambda to: [f"PRIVMSG {to} :{text}" for text in texts], until
            )
        elif texts:
            form = Form(lambda nicks: f"PRIVMSG {','.join(nicks)} :{texts[0]}", self._targets)
            await outbox.tell(recipient, form, until)

    def _named(self, nick: str, reply: Reply) -> Form | None:
        """The line in a channel for people who may be named there; only for reminders: what else
        is told is for one person."""
        items = [block for block in reply if isinstance(block, Item)]
        shared = self._connection.roster.shared(nick)
        if not shared or not items or any(item.day for item in items):
            return None
        if self._standing.seconds_to_wait(shared[0].name) > 0:
            return None
        now, channel = self._clock.now(), shared[0].name
        starts = "; ".join(_starts(item, now) for item in items)
        said = shortened((Run(starts),), self._connection.space(channel) - _NICK - len(": "))
        relayed = self._connection.relayed
        return Form(
            lambda nicks: f"PRIVMSG {channel} :{', '.join(nicks)}: {said}", None, channel, relayed
        )

    def _meant(
        self, refused: Refused, user: User, nick: str, until: datetime
    ) -> TryLater | Unreachable:
        reason = self.refuses(user, refused, nick)
        if reason is not None:
            return Unreachable(reason)
        match refused.code:
            case "401":
                self._found.drop(user.id)
                self._wait_for(user, nick, until)
                return Unreachable(OFFLINE)
            case "417":
                return Unreachable(_TOO_LONG)
            case "407":
                self._targets = 1
                return TryLater(_LATER)
            case "404" | "throttled":
                return TryLater(_THROTTLED)
            case "707" | "439":
                return TryLater(timedelta(seconds=max(1.0, self._standing.seconds_to_wait(nick))))
            case _:
                return TryLater(_LATER)


def _starts(item: Item, now: datetime) -> str:
    """`[12] Swift quotas starts in 5 minutes in Marina`."""
    session = item.session
    where = f" in {', '.join(session.slot.rooms)}" if session.slot.rooms else ""
    return f"[{session.id}] {session.title} starts {in_how_long(session.slot.start, now)}{where}"
