"""One registered connection: hands what is heard to the parts that it concerns, until it ends."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from bot.adapters.irc.history import History
from bot.adapters.irc.listening import Ctcp, Said, asked
from bot.adapters.irc.login.identification import Identification
from bot.adapters.irc.login.refusals import Rejected, rejected
from bot.adapters.irc.login.registration import Registered
from bot.adapters.irc.membership import REFUSALS, Membership
from bot.adapters.irc.nick import WantedNick
from bot.adapters.irc.people.lookups import Lookups
from bot.adapters.irc.people.masks import Mask, mask
from bot.adapters.irc.people.newcomers import Newcomers
from bot.adapters.irc.people.presence import Presence
from bot.adapters.irc.people.roster import WHOX_FIELDS, Change, Roster
from bot.adapters.irc.sending.crowding import Crowding
from bot.adapters.irc.sending.feedback import Feedback
from bot.adapters.irc.sending.outbox import Outbox
from bot.adapters.irc.sending.receipts import Receipts
from bot.adapters.irc.sending.recipients import Limit, limit_of
from bot.adapters.irc.sending.standing import Standing
from bot.adapters.irc.settings import Irc
from bot.adapters.irc.wire import ConnectionLost, Heard, Wire
from bot.pacer import Pacer
from bot.ports import Clock

_log = structlog.get_logger(__name__)

_SILENCE = 20.0
"""Seconds without a word from the server, after which it is asked."""
_LONGEST_SILENCE = 45.0
"""Seconds without a word after which the connection is dead."""
_LOOK_EVERY = 5.0
_TOGETHER = 0.2
"""Seconds that somebody waits for others who are asked for in the same line."""
_POLL_EVERY = 30.0
"""Seconds between questions for people and nicks that nobody watches for us."""
_UNKNOWN_HOST = "h" * 63
"""The longest host that servers relay, as long as our own is not known."""

_SETTLES_WITHIN = 20.0
"""Seconds after which a channel of which the server says nothing keeps nobody waiting."""
_LEAST_SPACE = 200
"""Bytes for a text, whatever the server says how long our mask is: none is longer than that."""

_MESSAGES = frozenset({"pubmsg", "privmsg", "privnotice", "ctcp", "ctcpreply", "invite"})
"""What lets us answer somebody without its being counted (Solanum's add_reply_target), if it was
said to us alone."""


class Connection:
    """Owns what is known on one connection, from registration to its end. It has `entered` the
    network when it has logged in, or goes on without."""

    def __init__(
        self,
        wire: Wire,
        registered: Registered,
        settings: Irc,
        clock: Clock,
        said: Callable[[Said | Ctcp], None],
        changed: Callable[[Change], None],
        came_online: Callable[[str], None],
    ) -> None:
        """`said` is called with each command, `changed` with what becomes known of people,
        `came_online` with nicks that were waited for."""
        isupport = registered.isupport
        self.registered = registered
        self.settings = settings
        self.entered = False
        self._entered_at = 0.0
        self.roster = Roster(registered.nick, isupport)
        self.receipts = Receipts(isupport.fold)
        self.outbox = Outbox(
            wire.write, Pacer(settings.rate, settings.burst), self.receipts, isupport.linelen
        )
        self.lookups = Lookups(self.outbox.say_soon, isupport.fold)
        self.presence = Presence(isupport.fold)
        self.newcomers = Newcomers(self.roster, self.outbox.say_soon)
        self.membership = Membership(
            settings.channels, self.outbox.say_soon, isupport.fold, settings.name
        )
        tls = wire.tls is not None
        self.identification = Identification(registered, settings, self.outbox.say_soon, tls=tls)
        self.wanted_nick = WantedNick(settings.nick, self.roster, self.outbox.say_soon)
        limit = limit_of(registered.version)
        if settings.recipients is not None:
            limit = Limit(settings.recipients, settings.recipient_every)
        crowding = Crowding(settings.target_burst, settings.target_every)
        self.standing = Standing(self.roster, limit, crowding)
        self.feedback = Feedback(self.receipts, self.standing.refused)
        self._wire = wire
        self._said = said
        self._changed = changed
        self._came_online = came_online
        self._history = History(clock.wall, settings.name)
        # Our own user and host as the server relays them, as far as they are known.
        self._user: str | None = None
        self._host: str | None = None
        self._heard_at = asyncio.get_running_loop().time()
        self._looking: asyncio.TimerHandle | None = None
        self.presence.limit = isupport.monitor
        # What the roster knew while the server was silent may not hold any more.
        self._follows_accounts = True
        self._note_capabilities()

    @property
    def ready(self) -> bool:
        """True when people can be written to: the bot has logged in, and knows who is there."""
        knows = self.membership.settled.is_set()
        waited = asyncio.get_running_loop().time() - self._entered_at
        return self.entered and (knows or waited > _SETTLES_WITHIN)

    @property
    def capabilities(self) -> set[str]:
        """Those in force."""
        return self.registered.capabilities.enabled

    @property
    def tells_accounts(self) -> bool:
        """True if each message tells the account of whoever wrote it, wherever they are."""
        return "account-tag" in self.capabilities

    @property
    def knows_accounts(self) -> bool:
        """True if the network tells who is logged in."""
        tells = {"account-tag", "account-notify", "extended-join"} & self.capabilities
        return bool(tells) or self.registered.isupport.whox

    def space(self, target: str) -> int:
        """Bytes that a text to this target may have: the server puts our own mask in front when it
        relays, and cuts what is too long without a word (RFC 2812, 2.3)."""
        frame = len(f"PRIVMSG {target} :\r\n".encode())
        return max(_LEAST_SPACE, self.registered.isupport.linelen - self.relayed - frame)

    @property
    def relayed(self) -> int:
        """Bytes that the server puts in front of what we say."""
        user, host = self._user or f"~{self.settings.user}", self._host or _UNKNOWN_HOST
        return len(f":{Mask(self.roster.me, user, host)} ".encode())

    async def run(self) -> None:
        """Join, and go on until the connection ends. Raises ConnectionLost, Rejected, and
        CannotSpeak."""
        with self._open():
            try:
                async with asyncio.TaskGroup() as tasks:
                    for part in (self._arrive, self._watch, self._poll, self._listen):
                        tasks.create_task(part())
            except* Exception as ends:
                raise ends.exceptions[0] from None

    async def leave(self, farewell: str) -> None:
        """Say goodbye and hang up."""
        await self._wire.close(farewell)

    @contextmanager
    def _open(self) -> Iterator[None]:
        try:
            yield
        finally:
            if self._looking is not None:
                self._looking.cancel()
            self.newcomers.close()
            self.membership.close()
            self.lookups.close()
            self.outbox.close()

    async def _arrive(self) -> None:
        bot_mode = self.registered.isupport.bot
        if bot_mode is not None:
            await self.outbox.say(f"MODE {self.roster.me} +{bot_mode}")
        await self.identification.run()
        self.entered, self._entered_at = True, asyncio.get_running_loop().time()
        if self.identification.account is not None:
            self.wanted_nick.ask_services(self.settings.nickserv)
        self.membership.start()

    async def _watch(self) -> None:
        """Notice within a minute that the server does not answer any more."""
        loop, asked = asyncio.get_running_loop(), 0.0
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            silence = loop.time() - self._heard_at
            if silence > _LONGEST_SILENCE:
                raise ConnectionLost(f"{self.registered.server} does not answer any more")
            if silence > _SILENCE and asked < self._heard_at:
                asked = loop.time()
                await self.outbox.ping()

    async def _poll(self) -> None:
        """Ask for those whom nobody watches for us."""
        while True:
            await asyncio.sleep(_POLL_EVERY)
            self._look_for_absent(again=True)
            if self.wanted_nick.missing:
                question = self.presence.question([self.wanted_nick.name])
                self.outbox.say_soon(question, self.presence.asked)

    def look_soon(self) -> None:
        """Let the server look for those who are waited for, all of them together."""
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(_TOGETHER, self._look_for_absent)

    def _look_for_absent(self, *, again: bool = False) -> None:
        self._looking, now = None, asyncio.get_running_loop().time()
        for line in self.presence.monitor(now):
            self.outbox.say_soon(line)
        for question in self.presence.ison(now, again=again):
            self.outbox.say_soon(question, self.presence.asked)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        async for heard in self._wire:
            self._heard_at = loop.time()
            try:
                self._hear(heard)
            except Rejected:
                raise
            except Exception:
                # One line must not end the connection. What it says may be private.
                _log.warning("a line is left out", network=self.settings.name, type=heard.type,
                             exc_info=True)  # fmt: skip
        raise ConnectionLost(f"{self.registered.server} has closed the connection")

    def _hear(self, heard: Heard) -> None:
        if self._history.plays(heard):
            return
        mine = bool(heard.source) and self.roster.is_me(heard.nick)
        if heard.type in _MESSAGES and not mine and self._channel(heard) is None:
            self.standing.hears_from(heard.nick)
        match heard.type:
            case "pubmsg" | "privmsg":
                self._message(heard, mine)
                return
            case "ctcp":
                if not mine and self.roster.is_me(heard.target):
                    command, *rest = heard.arguments
                    self._said(Ctcp(heard.source, command.upper(), " ".join(rest)))
                return
            case "pubnotice" | "privnotice" | "ctcpreply":
                self._notice(heard, mine)
                return
            case "ping":
                self.outbox.say_soon(f"PONG :{heard.target}")
                return
            case "error":
                raise rejected(self.registered.server, heard.target)
            case "465":
                raise rejected(self.registered.server, " ".join(heard.arguments[-1:]), banned=True)
            case "cap":
                self._capabilities_change(heard)
                return
        self.feedback.hear(heard)
        self.identification.hear(heard)
        self.wanted_nick.hear(heard)
        self._about_people(heard, mine)

    def _about_people(self, heard: Heard, mine: bool) -> None:
        match heard.type:
            case "join" if mine:
                own = mask(heard.source)
                self._user, self._host = own.user or self._user, own.host or self._host
                self._joined(heard)
            case "kick" if self.roster.is_me(heard.arguments[0]):
                self.membership.kicked(heard.target, heard.nick)
            case "part" if mine:
                # Staff can take somebody out of a channel in this way.
                self.membership.kicked(heard.target, "the server")
            case "chghost" if mine:
                self._user, self._host = heard.target, heard.arguments[0]
            case "396":
                # The host, or user@host.
                user, _, self._host = heard.arguments[0].rpartition("@")
                self._user = user or self._user
            # Who is kicked at once gets it nevertheless.
            case "315" if self.roster.channel(heard.arguments[0]) is not None:
                self.membership.known(heard.arguments[0])
            case "730" | "731":
                nicks = [m.partition("!")[0] for m in heard.arguments[-1].split(",")]
                self.presence.noted(nicks, online=heard.type == "730")
                self._online(nicks if heard.type == "730" else [])
            case "734":
                self.presence.list_is_full(int(heard.arguments[0]))
            case "303":
                nicks = heard.arguments[-1].split()
                self.wanted_nick.free(self.presence.answered(nicks))
                self._online(nicks)
            case "invite":
                self.membership.hear(heard)
        if heard.type in REFUSALS:
            self.membership.hear(heard)
        self.lookups.hear(heard)
        for change in self.roster.hear(heard):
            self._changed(change)
        if heard.type == "join" and not mine:
            self.newcomers.hear(heard.nick, heard.target)

    def _joined(self, heard: Heard) -> None:
        if not self.membership.wants(heard.target):
            # Some servers forward from one channel to another.
            self.outbox.say_soon(f"PART {heard.target}")
            return
        _log.info("joined", network=self.settings.name, channel=heard.target)
        whox = self.registered.isupport.whox
        self.outbox.say_soon(f"WHO {heard.target} {WHOX_FIELDS}" if whox else f"WHO {heard.target}")

    def _message(self, heard: Heard, mine: bool) -> None:
        if mine:
            self.receipts.echoed(heard.target)
            return
        account, vouched = heard.tags.get("account"), "account-tag" in self.capabilities
        if account is None and vouched:
            account = ""
        as_seen = self.roster.is_seen_as(heard.source)
        for change in self.roster.note(heard.source, account):
            self._changed(change)
        channel = self._channel(heard)
        if channel is not None:
            self.standing.hears_in(channel)
        person = self.roster.person(heard.nick)
        if person is not None and person.bot:
            return
        if account is None and person is not None:
            account, vouched = person.account, self._follows_accounts and as_seen
        said = asked(heard, account, self.roster, self.settings.prefix, vouched=vouched)
        if said is not None:
            self._said(said)

    def _notice(self, heard: Heard, mine: bool) -> None:
        """Never answered; but servers and services tell things in this way."""
        if mine:
            self.receipts.echoed(heard.target)
        elif heard.type == "privnotice" and self._channel(heard) is None:
            self.feedback.hear(heard)
            self.identification.hear(heard)

    def _channel(self, heard: Heard) -> str | None:
        """Where a message was said, also to a part of a channel, like `@#channel`, which the
        library takes for a nick; None if it was said to us alone."""
        return self.registered.isupport.channel(heard.target)

    def _online(self, nicks: Sequence[str]) -> None:
        for nick in nicks:
            if self.presence.called(nick):
                self._came_online(nick)

    def _capabilities_change(self, heard: Heard) -> None:
        capabilities = self.registered.capabilities
        could_log_in = "sasl" in capabilities.enabled
        for line in capabilities.hear(heard.arguments):
            self.outbox.say_soon(line)
        self._note_capabilities()
        if "sasl" in capabilities.enabled and not could_log_in:
            self.identification.offered(capabilities.offered.get("sasl"))

    def _note_capabilities(self) -> None:
        self._follows_accounts &= "account-notify" in self.capabilities
        self.outbox.echoes = "echo-message" in self.capabilities
        self.outbox.labels = "labeled-response" in self.capabilities
