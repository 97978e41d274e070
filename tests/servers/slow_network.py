"""A process that speaks on a slow network: `python -m tests.servers.slow_network URL --name x`.

It says what happens on standard output, a line each. A message to somebody whose name begins with
"stuck" never gets through.
"""

import argparse
import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import app
from bot.clock import ReplayClock, SystemClock
from bot.document import Reply
from bot.logs import to_standard_error
from bot.messages import Channel, User
from bot.patience import Holding, Patience
from bot.ports import Receive, Seen, Traits
from bot.rules import Rules
from bot.setup import moment_meant
from bot.store.sql import SqlStore
from bot.times import Reader
from tests.summit import NETWORK, folsom

STARTS = "Monday 10:56"


class SlowNetwork:
    """Implements `ports.Adapter`."""

    network = NETWORK
    coming_up: Sequence[Channel] = ()
    channels: Sequence[Channel] = ()

    def __init__(self, seconds: float, in_flight: int) -> None:
        self.traits = Traits(in_flight=in_flight)
        self._seconds = seconds

    async def run(self, receive: Receive, seen: Seen) -> None:
        print("speaks", flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            print("is silent", flush=True)

    async def send(
        self,
        user: User,
        reply: Reply,
        reader: Reader,
        key: str,
        until: datetime,
        again: bool = False,
    ) -> None:
        print(f"writes {user.id} {key}", flush=True)
        if user.id.startswith("stuck"):
            await asyncio.Event().wait()
        await asyncio.sleep(self._seconds)
        print(f"wrote {user.id} {key}", flush=True)

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        raise AssertionError("there are no channels")

    def organises(self, user: User) -> bool:
        return False

    def share(self, processes: int) -> None:
        pass


async def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--in-flight", type=int, default=10)
    parser.add_argument("--stopping", type=float, default=10.0)
    parser.add_argument("--holding", type=float, default=25.0)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    to_standard_error(logging.INFO if options.verbose else logging.WARNING)
    schedule = folsom()
    clock = ReplayClock(moment_meant(STARTS, schedule))
    store = SqlStore(options.url, SystemClock())
    await app.serve(
        schedule, store, clock, Rules(greets=False),
        [SlowNetwork(options.seconds, options.in_flight)],
        patience=Patience(stopping=timedelta(seconds=options.stopping)),
        holding=Holding(timedelta(seconds=options.holding), timedelta(seconds=0.1)),
    )  # fmt: skip
    await store.close()


if __name__ == "__main__":
    asyncio.run(main())
