"""One registered connection: hands what is heard to the parts that it concerns, until it ends."""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from bot.adapters.irc.identification import Identification
from bot.adapters.irc.listening import command_in_channel, command_in_private
from bot.adapters.irc.lookups import Lookups
from bot.adapters.irc.membership import REFUSALS, Membership
from bot.adapters.irc.newcomers import Newcomers
from bot.adapters.irc.nick import WantedNick
from bot.adapters.irc.outbox import Outbox
from bot.adapters.irc.presence import Presence
from bot.adapters.irc.receipts import Receipts, Refused
from bot.adapters.irc.recipients import Limit, Recipients, limit_of
from bot.adapters.irc.refusals import Rejected, rejected
from bot.adapters.irc.registration import Registered
from bot.adapters.irc.roster import WHOX_FIELDS, Change, Roster
from bot.adapters.irc.settings import Irc
from bot.adapters.irc.wire import ConnectionLost, Heard, Wire
from bot.pacer import Pacer

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

_LEAST_ROOM = 200
"""Bytes for a text, whatever the server says how long our mask is: none is longer than that."""

# Messages that were not delivered: what was sent to the first argument, if it was the last thing.
_REFUSALS = frozenset({
    "401", "404", "407", "408", "413", "414", "415", "439", "477", "486", "494", "531", "707", "716"
})  # fmt: skip
_PRIVATE = frozenset({"privmsg", "privnotice", "ctcp", "ctcpreply", "invite"})
"""What lets us answer somebody without its being counted (Solanum's add_reply_target)."""
_THROTTLED = re.compile(r"Message to (\S+) (?:was )?throttled", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A command as it was said: by whom, in a channel or (None) to the bot alone, whether by its
    name. The account is None where the message does not tell; `id` is the server's own."""

    mask: str
    account: str | None
    channel: str | None
    line: str
    named: bool
    id: str | None


@dataclass(frozen=True, slots=True)
class Ctcp:
    """A question of one client to another."""

    mask: str
    command: str
    argument: str


class Connection:
    """Owns what is known on one connection, from registration to its end. It has `entered` the
    network when it has logged in, or goes on without."""

    def __init__(
        self,
        wire: Wire,
        registered: Registered,
        settings: Irc,
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
        self.recipients = Recipients(limit) if limit is not None else None
        self._wire = wire
        self._said = said
        self._changed = changed
        self._came_online = came_online
        self._mask = ""
        self._heard_at = asyncio.get_running_loop().time()
        self._batches: dict[str, str] = {}
        self._looking: asyncio.TimerHandle | None = None
        self.presence.limit = isupport.monitor
        self._note_capabilities()

    @property
    def capabilities(self) -> set[str]:
        """Those in force."""
        return self.registered.capabilities.enabled

    @property
    def knows_accounts(self) -> bool:
        """True if the network tells who is logged in."""
        tells = {"account-tag", "account-notify", "extended-join"} & self.capabilities
        return bool(tells) or self.registered.isupport.whox

    def room(self, target: str) -> int:
        """Bytes that a text to this target may have: the server puts our own mask in front when it
        relays, and cuts what is too long without a word (RFC 2812, 2.3)."""
        frame = len(f"PRIVMSG {target} :\r\n".encode())
        return max(_LEAST_ROOM, self.registered.isupport.linelen - self.relayed - frame)

    @property
    def relayed(self) -> int:
        """Bytes that the server puts in front of what we say."""
        known = self._mask.partition("@")[2]
        mask = self._mask if known else f"{self.roster.me}!~{self.settings.user}@{_UNKNOWN_HOST}"
        return len(f":{mask} ".encode())

    def has_voice_for(self, nick: str) -> bool:
        """True if the bot has a voice, or more, in a channel where the nick is too."""
        return any(place.modes for place in self.roster.shared(nick))

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
        self.entered = True
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
                await self.outbox.say(self.presence.question([self.wanted_nick.name]))

    def look_soon(self) -> None:
        """Let the server look for those who are waited for, all of them together."""
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(_TOGETHER, self._look_for_absent)

    def _look_for_absent(self, *, again: bool = False) -> None:
        self._looking, now = None, asyncio.get_running_loop().time()
        for line in [*self.presence.monitor(now), *self.presence.ison(now, again=again)]:
            self.outbox.say_soon(line)

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
        mine = bool(heard.source) and self.roster.is_me(heard.nick)
        if heard.type in _PRIVATE and not mine and self.recipients is not None:
            self.recipients.hears_from(self.roster.fold(heard.nick))
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
            case "pong":
                self.receipts.ponged(heard.arguments[-1] if heard.arguments else heard.target)
                return
            case "error":
                raise rejected(self.registered.server, heard.target)
            case "465":
                raise rejected(self.registered.server, " ".join(heard.arguments[-1:]), banned=True)
            case "cap":
                self._capabilities_change(heard)
                return
            case "ack" | "batch":
                self._labelled(heard)
                return
        self._labelled_refusal(heard)
        self.identification.hear(heard)
        self.wanted_nick.hear(heard)
        self._about_people(heard, mine)

    def _about_people(self, heard: Heard, mine: bool) -> None:
        match heard.type:
            case "join" if mine:
                self._mask = heard.source
                self._joined(heard)
            case "kick" if self.roster.is_me(heard.arguments[0]):
                self.membership.kicked(heard.target, heard.nick)
            case "part" if mine:
                # Staff can take somebody out of a channel in this way.
                self.membership.kicked(heard.target, "the server")
            case "nick" if mine:
                self._mask = f"{heard.target}!{self._mask.partition('!')[2]}"
            case "chghost" if mine:
                self._mask = f"{heard.nick}!{heard.target}@{heard.arguments[0]}"
            case "396":
                self._mask = (
                    f"{self._mask.partition('@')[0]}@{heard.arguments[0].rpartition('@')[2]}"
                )
            # Who is kicked at once gets it nevertheless.
            case "315" if self.roster.place(heard.arguments[0]) is not None:
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
        text, account = heard.arguments[0], heard.tags.get("account")
        if account is None and "account-tag" in self.capabilities:
            account = ""
        for change in self.roster.note(heard.source, account):
            self._changed(change)
        person = self.roster.person(heard.nick)
        marked = "bot" in heard.tags or "draft/bot" in heard.tags or (person and person.bot)
        if marked or "!" not in heard.source:
            return
        if account is None and person is not None:
            account = person.account
        me, prefix, id = self.roster.me, self.settings.prefix, heard.tags.get("msgid")
        if heard.type == "privmsg":
            if self.roster.is_me(heard.target):
                line = command_in_private(text, me, prefix, self.roster.fold)
                self._said(Said(heard.source, account, None, line, True, id))
            return
        channel = self.registered.isupport.channel(heard.target)
        meant = command_in_channel(text, me, prefix, self.roster.fold)
        if channel is not None and meant is not None:
            line, named = meant
            self._said(Said(heard.source, account, channel, line, named, id))

    def _notice(self, heard: Heard, mine: bool) -> None:
        """Never answered; but servers and services tell things in this way."""
        if mine:
            self.receipts.echoed(heard.target)
        elif heard.type == "privnotice":
            text = heard.arguments[0] if heard.arguments else ""
            throttled = _THROTTLED.search(text) if "!" not in heard.source else None
            if throttled is not None:
                self.receipts.refused(throttled[1], Refused("throttled", text))
            self.identification.hear(heard)

    def _labelled_refusal(self, heard: Heard) -> None:
        label = heard.tags.get("label")
        if heard.type == "417":
            # It names nobody. It answers the first line of which nothing is known.
            self.receipts.refused(None, Refused("417", heard.arguments[-1]), label)
        elif heard.type in _REFUSALS and heard.arguments:
            refusal = Refused(heard.type, heard.arguments[-1])
            refused = self.receipts.refused(heard.arguments[0], refusal, label)
            if refused and heard.type in ("707", "439") and self.recipients is not None:
                now = asyncio.get_running_loop().time()
                self.recipients.refused(self.roster.fold(heard.arguments[0]), now)
            elif refused and heard.type in ("707", "439"):
                self.recipients = Recipients(Limit(10, 60.0))
                self.recipients.refused(self.roster.fold(heard.arguments[0]), self._heard_at)

    def _labelled(self, heard: Heard) -> None:
        """The answer to a labelled line: an ACK, or a batch that has ended (IRCv3 specification
        "labeled-response")."""
        label, reference = heard.tags.get("label"), heard.target
        if heard.type == "ack":
            if label is not None:
                self.receipts.answered(label)
        elif reference.startswith("+") and label is not None:
            self._batches[reference[1:]] = label
        elif reference.startswith("-") and reference[1:] in self._batches:
            self.receipts.answered(self._batches.pop(reference[1:]))

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
        self.outbox.echoes = "echo-message" in self.capabilities
        self.outbox.labels = "labeled-response" in self.capabilities
