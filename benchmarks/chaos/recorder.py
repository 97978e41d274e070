"""The network of a chaos run, a process of its own: takes messages or does not, and notes which.

`python -m benchmarks.chaos.recorder DIRECTORY`. A process greets with a line, and then sends a
line for each message; the answers are lines too, in whatever order.
"""

import asyncio
import json
import signal
import sys
import time
from itertools import count
from pathlib import Path
from random import Random
from typing import IO

from pydantic import TypeAdapter

from benchmarks.chaos.brief import Brief, Files, end_with_parent
from benchmarks.chaos.history import LINE, Answered, Closed, Got, Kind, Line, Message, Opened
from benchmarks.chaos.scale import NETWORKS

MESSAGE = TypeAdapter(Message)


class Recorder:
    """Owns the log."""

    def __init__(self, brief: Brief, log: IO[bytes]) -> None:
        self._brief = brief
        self._log = log
        self._random = Random(brief.seed)
        self._numbers = count()
        self._drops = {network.name for network in NETWORKS if network.drops_repeats}
        self._read = set[tuple[str, str]]()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one process about one network until the connection ends."""
        greeting = await reader.readline()
        if not greeting:
            return writer.close()
        hello = json.loads(greeting)
        connection = _Connection(self, hello["network"], hello["process"], writer)
        self.note(Opened(self.now(), connection.network, connection.process))
        try:
            async with asyncio.TaskGroup() as under_way:
                while line := await reader.readline():
                    under_way.create_task(connection.got(MESSAGE.validate_json(line)))
                self.note(Closed(self.now(), connection.network, connection.process))
        except* ConnectionError:
            self.note(Closed(self.now(), connection.network, connection.process))
        return writer.close()

    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._brief.born

    def note(self, line: Line) -> None:
        """Note it for the verdict."""
        self._log.write(LINE.dump_json(line) + b"\n")
        self._log.flush()

    def take(self, network: str, process: str, message: Message, fault: Kind | None) -> int:
        """Note a message; the result is its number."""
        number, place = next(self._numbers), (network, message.key)
        taken = fault is None or fault.takes
        read = taken and not (network in self._drops and place in self._read)
        if taken:
            self._read.add(place)
        self.note(Got(self.now(), number, network, process, message, taken, read, fault))
        return number

    def fault(self, network: str) -> Kind | None:
        """What is to be done to the next message."""
        now = self.now()
        for fault in self._brief.faults:
            here = fault.network == network and fault.at <= now < fault.until
            if here and self._random.random() < fault.share:
                return fault.kind
        return None

    def latency(self) -> float:
        """How many seconds the next answer takes."""
        return self._random.uniform(*self._brief.scale.latency)

    def later(self) -> float:
        """After how many seconds somebody who is throttled may come back."""
        return self._random.uniform(0.2, 1) * self._brief.scale.burst


class _Connection:
    """A process and its connection to a network."""

    def __init__(
        self, recorder: Recorder, network: str, process: str, writer: asyncio.StreamWriter
    ) -> None:
        self.network = network
        self.process = process
        self._recorder = recorder
        self._writer = writer

    async def got(self, message: Message) -> None:
        """Carry a message to its person, or do something else to it."""
        recorder = self._recorder
        fault = recorder.fault(self.network)
        number = recorder.take(self.network, self.process, message, fault)
        match fault:
            case None:
                await asyncio.sleep(recorder.latency())
                self._answer(number, message, {})
            case Kind.THROTTLE:
                self._answer(number, message, {"later": recorder.later()})
            case Kind.GONE:
                self._answer(number, message, {"gone": "nobody is called so"})
            case Kind.CLOSE_BEFORE | Kind.CLOSE_AFTER:
                self._writer.close()
            case Kind.HANG_BEFORE | Kind.HANG_AFTER:
                pass

    def _answer(self, number: int, message: Message, answer: dict[str, object]) -> None:
        if not self._writer.is_closing():
            self._writer.write(json.dumps({"number": message.number} | answer).encode() + b"\n")
            self._recorder.note(Answered(self._recorder.now(), number))


async def _main(files: Files) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    with files.log.open("wb") as log:
        recorder = Recorder(files.read(), log)
        server = await asyncio.start_unix_server(recorder.connected, files.socket)
        print("listening", flush=True)
        await stopping.wait()
        server.close()


if __name__ == "__main__":
    end_with_parent()
    asyncio.run(_main(Files(Path(sys.argv[1]))))
