"""Runs peer.mjs, the strict Matrix client, and speaks its lines of JSON."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.servers.accounts import Account
from tests.servers.keeper import Missing

_NODE = Path(__file__).parents[3] / ".ci" / "node"
_PROGRAM = Path(__file__).with_name("peer.mjs")
_LONGEST_LINE = 2**20
# Why a message is not shown that comes from a device that is not signed.
UNSIGNED = "UNSIGNED_SENDER_DEVICE"


class Refused(Exception):
    """The server, or the client itself, did not do it; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of somebody else, as the client would show it."""

    event: str
    room: str
    sender: str
    # As it was before encryption; None if the client shows nothing of it.
    content: dict[str, Any] | None
    encrypted: bool
    # One of the SDK's `DecryptionFailureCode`s, such as UNSIGNED.
    failure: str | None
    # Whether the sender has signed the device; None where the message names none that is known.
    signed: bool | None

    @property
    def body(self) -> str | None:
        return None if self.content is None else self.content.get("body")


class StrictPeer:
    """Logs in at the start of an `async with`, as a new device with a new cross-signing identity.

    It keeps nothing, so at its next start the same user is on another device, the only signed one.
    It accepts every invitation. Raises Missing if there is no Node, Refused if the server does not
    let it in. All that waits raises AssertionError with what was heard if it is not in time.
    """

    def __init__(self, homeserver: str, account: Account, within: float = 60.0) -> None:
        self.user = account.user
        self.device = ""
        self._homeserver, self._password, self._within = homeserver, account.password, within
        self._ids = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._heard: dict[str, Heard] = {}
        self._fresh: dict[str, Heard] = {}
        self._failures: list[str] = []
        self._arrival = asyncio.Condition()
        self._gone = False

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            _NODE, _PROGRAM, limit=_LONGEST_LINE,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stderr is not None
        self._errors = asyncio.create_task(self._process.stderr.read())
        self._listening = asyncio.create_task(self._listen())
        try:
            self.device = await self._do(
                "start", self._within,
                homeserver=self._homeserver, user=self.user, password=self._password,
            )  # fmt: skip
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._leave()

    async def open_chat(self, user: str, within: float = 10.0) -> str:
        """The id of a new encrypted direct chat, once the other one has joined it."""
        room: str = await self._do("open_chat", within, **{"with": user})
        return room

    async def say(self, room: str, text: str, within: float = 10.0) -> str:
        """The id of the event, once the server has it."""
        event: str = await self._do("say", within, room=room, text=text)
        return event

    async def trusts(self, user: str, device: str, within: float = 10.0) -> None:
        """Waits until the client knows that the user has signed this device: now they can talk.

        It hears of devices only of users with whom it shares an encrypted room."""
        await self._do("trust", within, of=user, device=device)

    async def devices(self, user: str, within: float = 10.0) -> dict[str, bool]:
        """The devices of somebody, once the client knows of any, and whether the user has signed
        them."""
        signed: dict[str, bool] = await self._do("devices", within, of=user)
        return signed

    async def hears(self, room: str, of: str, within: float = 10.0) -> Heard:
        """The next message of a user that the client shows."""
        return await self._take(room, of, lambda heard: heard.failure is None, "", within)

    async def is_kept_from(self, room: str, of: str, within: float = 10.0) -> Heard:
        """The next message of a user that the client does not show, for it is known that the
        device is unsigned. Once the user signs the device, `hears` returns it as well."""

        def fits(heard: Heard) -> bool:
            return heard.failure == UNSIGNED and heard.signed is False

        return await self._take(room, of, fits, " that it does not show", within)

    async def _take(
        self, room: str, of: str, fits: Callable[[Heard], bool], kind: str, within: float
    ) -> Heard:
        found: list[Heard] = []

        def is_there() -> bool:
            found.extend(
                heard
                for heard in self._fresh.values()
                if (heard.room, heard.sender) == (room, of) and fits(heard)
            )
            return bool(found) or self._gone

        # If it is too late, that is said below, with what did come.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within), self._arrival:
                await self._arrival.wait_for(is_there)
        if not found:
            raise self._in_vain(f"hear a message of {of}{kind}", within)
        return self._fresh.pop(found[0].event)

    async def _do(self, command: str, within: float, **given: Any) -> Any:
        number = next(self._ids)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        line = json.dumps({"id": number, "do": command, **given})
        self._process.stdin.write(f"{line}\n".encode())
        try:
            await asyncio.wait((answer,), timeout=within)
        finally:
            # It may still come when nobody waits for it any more.
            self._asked.pop(number, None)
        if not answer.done():
            raise self._in_vain(command, within)
        return answer.result()

    async def _listen(self) -> None:
        """Until the program ends."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            match json.loads(line):
                case {"heard": heard}:
                    await self._hear(Heard(**heard))
                case {"id": number, "answer": answer} if number in self._asked:
                    self._asked.pop(number).set_result(answer)
                case {"id": number, "error": error} if number in self._asked:
                    self._asked.pop(number).set_exception(Refused(error))
                case {"failed": reason}:
                    self._failures.append(reason)
        self._gone = True
        said = (await self._errors).decode(errors="replace").strip().splitlines()
        # Node says its version last, and before it where the program was.
        reasons = [line for line in said if "Error" in line] or said
        reason = reasons[-1] if reasons else "the strict Matrix peer ended without a word"
        for answer in self._asked.values():
            # Once it runs, it is not Node that is missing.
            answer.set_exception(Refused(reason) if self.device else Missing(reason))
        async with self._arrival:
            self._arrival.notify_all()

    async def _hear(self, heard: Heard) -> None:
        # One that is told again is another one if more is known now, and else the same.
        if self._heard.get(heard.event) == heard:
            return
        self._heard[heard.event] = self._fresh[heard.event] = heard
        async with self._arrival:
            self._arrival.notify_all()

    def _in_vain(self, what: str, within: float) -> AssertionError:
        end = " before its program ended" if self._gone else f" in {within} s"
        lines = [*map(str, self._heard.values()), *self._failures]
        return AssertionError("\n  ".join([f"{self.user} did not {what}{end}:", *lines]))

    async def _leave(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
        await self._listening
