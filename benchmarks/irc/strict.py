"""The strict server, a process of its own: `python -m benchmarks.irc.strict`."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.irc.wording import PEOPLE, password, person
from tests.servers.keeper import kept


@contextmanager
def strict() -> Iterator[int]:
    """The port of a server with the limits of Solanum, which knows everybody's account, until the
    end of the block. Whoever comes first into a channel may give others a voice there."""
    with kept("benchmarks.irc.strict", "a strict server") as line:
        yield int(line)


async def _serve() -> None:
    from tests.servers.strict_irc import Account, Rules, StrictServer

    names = map(person, range(1, PEOPLE + 1))
    accounts = [Account(name, password(name)) for name in names]
    async with StrictServer(Rules(first_is_op=True), accounts=accounts) as server:
        print(server.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
