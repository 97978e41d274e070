"""The command line with doubles for networks: `python -m tests.servers.double run --config FILE`.

A double does what its `server` says: "speaks", "refuses", "leaves", "hangs" or "fails", or "warns"
where it is only checked; or it lets Ada ask something, where `_` is a blank, one line after the
other. It says what happens on standard output, a line each, and "loads" what the program has loaded
by then.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime

from bot import networks
from bot.adapters.finding import Finding, findings
from bot.adapters.irc.settings import Irc
from bot.cli import main
from bot.config import Network
from bot.document import Reply
from bot.messages import Channel, Invocation, User
from bot.ports import CannotSpeak, Clock, Receive, Seen, Traits
from bot.storing import Store
from bot.text import lines
from bot.times import Reader


class Double:
    """Implements `networks.Speaker`."""

    traits = Traits(in_flight=10)
    coming_up: Sequence[Channel] = ()
    channels: Sequence[Channel] = ()

    def __init__(self, settings: Irc, store: Store, clock: Clock) -> None:
        given = settings.server
        self.network, self._store = settings.name, store
        self._does = [given] if isinstance(given, str) else given

    async def run(self, receive: Receive, seen: Seen) -> None:
        self._says("speaks")
        try:
            for what in self._does:
                await self._do(what, receive)
            await asyncio.Event().wait()
        finally:
            self._says("is silent")

    async def check(self) -> list[Finding]:
        self._says("looks")
        await self._store.keep(self.network, "seen", "yes")
        match self._does:
            case ["refuses"]:
                raise CannotSpeak("The password is wrong: set another one.")
            case ["fails"]:
                raise RuntimeError("what ada wrote")
            case ["hangs"]:
                await asyncio.Event().wait()
            case ["warns"]:
                nobody = Finding("Nobody is called ada.", wrong=True)
                return findings(["Registered as summitbot.", nobody])
        kept = await self._store.read(self.network, "seen")
        return findings(["Registered as summitbot.", f"Kept: {kept}"])

    async def send(
        self,
        user: User,
        reply: Reply,
        reader: Reader,
        key: str,
        until: datetime,
        again: bool = False,
    ) -> None:
        self._says(f"tells {user.id}: {' / '.join(lines(reply, reader))}")

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        self._says(f"posts to {channel.id}: {' / '.join(lines(reply, reader))}")

    def organises(self, user: User) -> bool:
        return False

    def share(self, processes: int) -> None:
        pass

    async def _do(self, what: str, receive: Receive) -> None:
        match what:
            case "speaks":
                pass
            case "refuses":
                raise CannotSpeak("The password is wrong: set another one.")
            case "loads":
                self._says(" ".join(sorted({name.partition(".")[0] for name in sys.modules})))
            case _:
                ada = User(self.network, "ada", "Ada")
                here = Channel(self.network, "ada", private=True)
                line = what.replace("_", " ")
                response = await receive(Invocation(None, ada, here, line))
                self._says(f"answers: {' / '.join(lines(response.reply, response.reader))}")

    def _says(self, what: str) -> None:
        print(f"{self.network} {what}", flush=True)


def speaker(network: Network, store: Store, clock: Clock) -> networks.Speaker:
    """In place of `networks.speaker`."""
    assert isinstance(network, Irc)
    return Double(network, store, clock)


if __name__ == "__main__":
    networks.speaker = speaker
    sys.exit(main())
