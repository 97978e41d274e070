"""The server as tests see it: started, stopped, looked at, and told what to do to whom."""

import ssl
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from tests.servers.strict_irc import capabilities, channels, modes, splits
from tests.servers.strict_irc.door import Door
from tests.servers.strict_irc.network import NAME, Dropped, Kill, Network, Sent
from tests.servers.strict_irc.people import Client
from tests.servers.strict_irc.registration import change_nick
from tests.servers.strict_irc.rules import Account, Rules
from tests.servers.strict_irc.sasl import set_account
from tests.servers.strict_irc.wire import fold


class StrictServer:
    """Listens on loopback in the block of an `async with`: on `port`, and with `tls` on `tls_port`
    too. Whoever is named in a call has to be there: KeyError tells a test that nobody is.

    `tls` may ask for client certificates (`CERT_OPTIONAL`); it has to trust those that come.
    """

    def __init__(
        self, rules: Rules | None = None, accounts: Iterable[Account] = (),
        tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0,
    ) -> None:  # fmt: skip
        self.rules = rules or Rules()
        self.host = host
        self.port = port
        self.tls_port = 0
        self._accounts = tuple(accounts)
        self._tls = tls

    async def __aenter__(self) -> Self:
        self._net = Network(self.rules, self._accounts)
        self._door = Door(self._net, self.host, self._tls)
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self.stop()

    async def start(self) -> None:
        """Listen, after a `stop` on the same ports as before."""
        self.port, secure = await self._door.open(self.port, self.tls_port)
        self.tls_port = secure or 0
        self._net.tls_port = secure

    async def stop(self) -> None:
        """Be away: all connections end without a word, and new ones are refused."""
        await self._door.close()

    # What happened.

    @property
    def log(self) -> list[Sent]:
        """Every line that any client sent, as it arrived, read or not."""
        return [Sent(at, client.nick, line) for at, client, line in self._net.heard]

    @property
    def kills(self) -> list[Kill]:
        return self._net.kills

    @property
    def dropped(self) -> list[Dropped]:
        """Messages that reached nobody, each with the numeric that says why, or "flood"."""
        return self._net.dropped

    def now(self) -> float:
        """The server's seconds, as in `log`."""
        return self._net.now()

    def sent_by(self, nick: str) -> list[str]:
        """All lines of whoever is called so, or was at their end, from CAP to QUIT."""
        wanted = fold(nick)
        return [line for _, client, line in self._net.heard if fold(client.nick) == wanted]

    @property
    def nicks(self) -> list[str]:
        """Of all who are registered, sorted."""
        return sorted(one.nick for one in self._net.connected if one.registered)

    def members(self, channel: str) -> dict[str, str]:
        """The nicks in a channel, each with its modes: "", "v", "o", "ov"."""
        found = self._net.channel(channel).members
        return {client.nick: "".join(sorted(letters)) for client, letters in found.items()}

    def account_of(self, nick: str) -> str | None:
        return self._net.named(nick).account

    def capabilities_of(self, nick: str) -> set[str]:
        return set(self._net.named(nick).caps)

    # What services and operators do.

    def login(self, nick: str, account: str) -> None:
        set_account(self._net, self._net.named(nick), account)

    def logout(self, nick: str) -> None:
        set_account(self._net, self._net.named(nick), None)

    def rename(self, nick: str, new: str) -> None:
        """As services do with those who do not identify."""
        change_nick(self._net, self._net.named(nick), new)

    def hold(self, nick: str) -> None:
        """Services keep the nick: nobody gets it until a RELEASE."""
        self._net.held.add(fold(nick))

    def kill(self, nick: str, reason: str) -> None:
        client = self._net.named(nick)
        self._net.send(client, f":{NAME} KILL {client.nick} :{NAME} ({reason})")
        self._net.end(client, f"Killed ({NAME} ({reason}))")

    def kline(self, mask: str, reason: str) -> None:
        """Ban user@host from the server: those who are here go, those who come are refused."""
        self._net.klines[mask] = reason
        for client in [one for one in self._net.connected if one.registered]:
            if self._net.banned(client) is not None:
                self._net.numeric(client, "465", f":You are banned from this server- {reason}")
                self._net.end(client, "K-Lined")

    def unkline(self, mask: str) -> None:
        del self._net.klines[mask]

    def kick(self, channel: str, nick: str, reason: str) -> None:
        channels.put_out(self._net, self._net.channel(channel), self._net.named(nick), reason, NAME)

    def ban(self, channel: str, mask: str) -> None:
        """Whoever is in the channel stays, but has nothing to say."""
        self.set_mode(channel, "+b", mask)

    def set_mode(self, channel: str, changes: str, *arguments: str) -> None:
        """As `set_mode("#summit", "+kv", "key", "ada")`."""
        modes.change(self._net, self._net.channel(channel), NAME, changes, list(arguments))

    def set_user_mode(self, nick: str, changes: str) -> None:
        """As `set_user_mode("ada", "+g")`; of g, i, R, w, and the letter for bots."""
        on = not changes.startswith("-")
        letters = [(on, letter) for letter in changes.lstrip("+-")]
        modes.set_modes(self._net, self._net.named(nick), letters)

    def invite(self, channel: str, nick: str) -> None:
        channels.let_in(self._net, self._net.channel(channel), self._net.named(nick), NAME)

    def chghost(self, nick: str, user: str, host: str) -> None:
        """Specification "chghost"; those without the capability are not told."""
        client = self._net.named(nick)
        said = f":{client.prefix} CHGHOST {user} {host}"
        whom = [client, *self._net.neighbours(client)]
        self._net.tell(whom, said, client, needs="chghost")
        client.user, client.host = user, host

    def set_host(self, nick: str, host: str) -> None:
        """Whoever registers under this nick from now on seems to come from there."""
        self._net.hosts[fold(nick)] = host

    def cap_new(self, *names: str) -> None:
        capabilities.add(self._net, names)

    def cap_del(self, *names: str) -> None:
        capabilities.remove(self._net, names)

    def services(self, here: bool) -> None:
        """Whether there are any: without them there is no NickServ, and SASL ends with 906."""
        self._net.services_here = here

    # What goes wrong.

    def netsplit(self, nicks: Sequence[str]) -> None:
        """They and all the others lose sight of each other, until `netjoin`."""
        splits.split(self._net, nicks)

    def netjoin(self) -> None:
        splits.heal(self._net)

    def mute(self, nick: str | None = None, muted: bool = True) -> None:
        """Stop answering one client without closing; for None all, and all who come. What they
        send meanwhile is lost."""
        if nick is None:
            self._door.mute = muted
        for client in self._connected(nick):
            client.link.muted = muted

    def drop(self, nick: str) -> None:
        """Abort the TCP connection: the client sees a reset."""
        self._net.named(nick).link.abort()

    def raw(self, nick: str, data: bytes) -> None:
        """Send any bytes, to whoever has the nick."""
        self._net.named(nick).link.write(data)

    def throttle_connections(self, number: int, text: str | None = None) -> None:
        """Turn the next ones away with an ERROR; its text is Solanum's unless told otherwise."""
        self._door.turned_away = number
        if text is not None:
            self._door.too_fast = text

    def _connected(self, nick: str | None) -> list[Client]:
        return list(self._net.connected) if nick is None else [self._net.named(nick)]
