"""What tests of connections share: `check` by itself, time that passes quickly, and lines."""

import asyncio
import ssl
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from bot.adapters.irc.adapter import IrcAdapter
from bot.clock import SystemClock
from bot.store.sql import SqlStore
from tests.adapters.irc.bot import Bot, Where, irc_settings
from tests.servers.certificates import Certificates
from tests.servers.irc_person import Person
from tests.servers.strict_irc import Rules, StrictServer

RULES = Rules(burst=None, new_targets=None)
FAST: dict[str, Any] = {"rate": 10_000.0, "burst": 10_000}
_QUIET = 0.01
_STEP = 1.0


@contextmanager
def quick_time() -> Iterator[None]:
    """Real pauses in a moment: whenever nothing has happened for a hundredth of a second, another
    second has passed, or what is left until the next thing that waits for its time.

    All in this process live by this clock, the strict server too. It never goes back."""
    loop = cast(asyncio.SelectorEventLoop, asyncio.get_running_loop())
    selector: Any = loop._selector  # type: ignore[attr-defined]  # a selector is all it has
    select, time, passed = selector.select, loop.time, 0.0

    def quickly(timeout: float | None = None) -> Any:
        nonlocal passed
        if timeout is None or timeout <= _QUIET:
            return select(timeout)
        events = select(_QUIET)
        if not events:
            passed += min(timeout, _STEP)
        return events

    selector.select = quickly
    loop.time = lambda: time() + passed  # type: ignore[method-assign]
    try:
        yield
    finally:
        selector.select = select


def now() -> float:
    """Seconds, by the clock of the loop."""
    return asyncio.get_running_loop().time()


async def check(server: Where, **settings: Any) -> list[str]:
    """What `check` says of a server. Raises CannotSpeak."""
    with tempfile.TemporaryDirectory(prefix="summit-bot-") as folder:
        clock = SystemClock()
        store = SqlStore(f"sqlite:///{Path(folder) / 'summit.db'}", clock)
        try:
            return await IrcAdapter(irc_settings(server, **{**FAST, **settings}), store, clock).check()
        finally:
            await store.close()


async def answers(bot: Bot, server: Where, channel: str = "#summit") -> None:
    """The bot answers somebody who comes and asks in a channel."""
    async with Person(server.host, server.port, "asker") as asker:
        await asker.join(channel)
        asker.say(channel, "!next Marina")
        [first] = await asker.heard_from(nick_of(bot), 1, within=60)
        assert first.startswith("asker: ")


def nick_of(bot: Bot) -> str:
    """What the bot is called now."""
    assert bot.adapter._link is not None, "the bot is not connected"
    return bot.adapter._link.connection.roster.me


def after(lines: Sequence[str], sign: Callable[[str], bool]) -> list[str]:
    """The lines behind the first for which this is true."""
    where = next(n for n, line in enumerate(lines) if sign(line))
    return list(lines[where + 1 :])


def tls_of(certificates: Certificates, name: str = "server") -> ssl.SSLContext:
    """A server that shows a certificate, and likes to see one of the same authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates.authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_cert_chain(certificates.of(name).file, certificates.of(name).key)
    return context


def strict(certificates: Certificates, name: str = "server", **more: Any) -> StrictServer:
    """A strict server with TLS."""
    return StrictServer(more.pop("rules", RULES), tls=tls_of(certificates, name), **more)
