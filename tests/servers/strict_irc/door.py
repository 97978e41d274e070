"""Who gets in: the ports that listen, connections that come and go, and the seconds that pass."""

import asyncio
import ssl
from collections import deque

from tests.servers.strict_irc.commands import execute
from tests.servers.strict_irc.link import Link
from tests.servers.strict_irc.network import Network
from tests.servers.strict_irc.people import Client, new_client
from tests.servers.strict_irc.wire import decode

_MINUTE = 60.0
_HANDSHAKE = 5.0  # real seconds


class Door:
    """Owns the listening sockets and every connection that came through them."""

    def __init__(self, net: Network, host: str, tls: ssl.SSLContext | None) -> None:
        self.turned_away = 0
        self.too_fast = "Reconnecting too fast, throttled."
        self.mute = False
        self._net = net
        self._host = host
        self._tls = tls
        self._links: set[Link] = set()
        self._listening: list[asyncio.Server] = []
        self._recent: dict[str, deque[float]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0

    async def open(self, port: int, tls_port: int) -> tuple[int, int | None]:
        """Listen; for the ports 0, on free ones. The second is None without TLS."""
        plain = await self._listen(port, None)
        secure = await self._listen(tls_port, self._tls) if self._tls is not None else None
        self._next = asyncio.get_running_loop().time()
        self._seconds()
        return plain, secure

    async def _listen(self, port: int, tls: ssl.SSLContext | None) -> int:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Link(self._net.rules, self._arrived),
            self._host, port, ssl=tls, backlog=1024,
            ssl_handshake_timeout=_HANDSHAKE if tls is not None else None,
        )  # fmt: skip
        self._listening.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Nobody hears a word: the server is gone."""
        if self._timer is not None:
            self._timer.cancel()
        for server in self._listening:
            server.close()
        for link in self._links:
            link.abort()
        await asyncio.gather(*(link.gone.wait() for link in self._links))
        await asyncio.gather(*(server.wait_closed() for server in self._listening))
        self._listening.clear()
        self._links.clear()

    def _arrived(self, link: Link) -> None:
        net = self._net
        self._links.add(link)
        link.lost = lambda: self._links.discard(link)
        link.muted = self.mute
        if self._throttles(link.address):
            link.write(f"ERROR :{self.too_fast}\r\n".encode())
            link.close()
            return
        low = net.rules.targets_after_excess if link.address in net.excessive else None
        client = new_client(link, net.rules, low)
        net.connected.add(client)
        link.arrived = lambda raw: self._heard(client, raw)
        link.read = lambda raw: execute(net, client, raw)
        link.filled = self._make_up
        link.flooded = lambda: net.end(client, "Excess Flood")
        link.lost = lambda: self._lost(client)

    def _throttles(self, address: str) -> bool:
        """ircd/reject.c: more than so many connections from one address in a minute."""
        if self.turned_away:
            self.turned_away -= 1
            return True
        most, now = self._net.rules.connections, self._net.now()
        recent = self._recent.setdefault(address, deque())
        while recent and recent[0] <= now - _MINUTE:
            recent.popleft()
        recent.append(now)
        return most is not None and len(recent) > most

    def _heard(self, client: Client, raw: bytes) -> None:
        client.link.silent, client.pinged = 0, False
        self._net.heard.append((self._net.now(), client, decode(raw)))

    def _lost(self, client: Client) -> None:
        self._links.discard(client.link)
        self._net.forget(client, "Connection closed")

    def _seconds(self) -> None:
        self._make_up()
        self._timer = asyncio.get_running_loop().call_at(self._next, self._seconds)
        for client in list(self._net.connected):
            self._look_after(client)

    def _make_up(self) -> None:
        """Let all seconds pass that are over, those too for which a busy machine is late: nobody is
        to be read slower than promised."""
        now = asyncio.get_running_loop().time()
        while self._next <= now:
            self._next += 1 / self._net.rules.speed
            for client in list(self._net.connected):
                client.link.pace.second()
                client.link.drain()

    def _look_after(self, client: Client) -> None:
        """Ask the silent whether they are still there, once (ircd/client.c). Seconds that pass
        together are one of silence: nobody has had the time to speak in between."""
        net, most = self._net, self._net.rules.ping_seconds
        client.link.silent += 1
        silent = client.link.silent
        if most is None or client.link.muted or client not in net.connected or silent < most:
            return
        if silent >= 2 * most:
            net.end(client, f"Ping timeout: {silent} seconds")
        elif client.registered and not client.pinged:
            client.pinged = True
            net.send(client, "PING :strict.example")
