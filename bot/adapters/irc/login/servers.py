"""Which servers a network has, and how to connect to the next one: address, TLS, policies."""

import ssl
from contextlib import suppress
from dataclasses import dataclass

from bot.adapters.irc.login import sts, tls
from bot.adapters.irc.login.refusals import Rejected
from bot.adapters.irc.settings import Irc, address
from bot.adapters.irc.wire import Wire
from bot.ports import CannotSpeak, Clock
from bot.storing import Store, StoreAway

_STS = "sts"
_LEFT_IN_PEACE = 300.0
"""Seconds until a server with which TLS does not come about is tried again."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server as the settings name it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def servers_of(settings: Irc) -> list[Server]:
    """The servers in the order in which they are tried."""
    named = [settings.server] if isinstance(settings.server, str) else settings.server
    return [Server(host, port or settings.port) for host, port in map(address, named)]


class Doors:
    """Connects to servers as their policies want it. Owns the policies of strict TLS."""

    def __init__(self, settings: Irc, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._policies = sts.Policies()

    async def load(self) -> None:
        """Read what was kept. Raises StoreAway."""
        self._policies = sts.policies_from(await self._store.read(self._owner, _STS))

    async def open(self, server: Server, port: int | None = None) -> Wire:
        """Connect; over TLS at this port if the server has asked for it. Raises CannotSpeak,
        Rejected, OSError, TimeoutError."""
        settings = self._settings
        verified = tls.is_verified(settings)
        policy = self._policies.of(server.host, self._clock.wall())
        objection = sts.objection(server.host, policy, verified=verified)
        if objection is not None:
            raise CannotSpeak(objection)
        at, encrypted = sts.route(policy, server.port, settings.tls)
        if port is not None:
            at, encrypted = port, True
        try:
            context = tls.context(settings) if encrypted else None
            wire = await Wire.open(server.host, at, context)
        except (ssl.SSLError, OSError) as problem:
            sentence = tls.explained(problem, server.host, at)
            if sentence is None:
                raise
            if isinstance(problem, ssl.SSLCertVerificationError):
                raise CannotSpeak(sentence) from None
            raise Rejected(sentence, _LEFT_IN_PEACE) from None
        if wire.tls is not None:
            try:
                tls.check_peer(settings, wire.tls)
            except CannotSpeak:
                await wire.close()
                raise
        return wire

    async def heard(self, server: Server, wire: Wire, value: str | None) -> None:
        """What a server has said about strict TLS on this connection; it counts over TLS alone."""
        if value is None or wire.tls is None:
            return
        wall, verified = self._clock.wall(), tls.is_verified(self._settings)
        await self._keep(
            self._policies.heard(server.host, wire.port, value, wall, verified=verified)
        )

    async def left(self, server: Server, wire: Wire, value: str | None) -> None:
        """Such a connection has ended: the time of the policy, as it was said last, begins anew."""
        if value is not None and wire.tls is not None:
            await self.heard(server, wire, value)
            await self._keep(self._policies.left(server.host, self._clock.wall()))

    async def _keep(self, policies: sts.Policies) -> None:
        if policies == self._policies:
            return
        self._policies = policies
        # It holds as long as this process lives, and is told at every connection.
        with suppress(StoreAway):
            await self._store.keep(self._owner, _STS, policies.to_json())

    @property
    def _owner(self) -> str:
        return f"adapter {self._settings.name}"
