"""Many people who use the command at the same time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from tests.adapters.slack.hearing.sockets import There
from tests.servers.slack.people import CommandFailed, Person


async def asks(person: Person, text: str) -> str:
    """What somebody reads who uses the command."""
    message = await person.slash(f"/summit {text}")
    assert message is not None
    return message.text


class Crowd:
    """Commands without a pause, fifty a second, each of somebody else."""

    def __init__(self, slack: There, people: Sequence[Person]) -> None:
        self.failed: Counter[str] = Counter()
        self.answered = 0
        self._people = people
        self._asked = set[asyncio.Task[None]]()

    async def _ask(self, person: Person, text: str) -> None:
        try:
            assert await asks(person, text) == f"You said: {text}"
        except CommandFailed as failed:
            self.failed[failed.error] += 1
        else:
            self.answered += 1

    async def meanwhile(self, *does: Callable[[], Awaitable[object]]) -> None:
        """Until all of this was done, and a moment longer."""
        over = asyncio.Event()

        async def asking() -> None:
            number = 0
            while not over.is_set():
                person = self._people[number % len(self._people)]
                self._asked.add(asyncio.create_task(self._ask(person, f"now {number}")))
                number += 1
                await asyncio.sleep(0.02)

        task = asyncio.create_task(asking())
        for one in does:
            await one()
        over.set()
        await task
        await asyncio.gather(*self._asked)


async def a_crowd(slack: There) -> Crowd:
    return Crowd(slack, [await slack.server.person(f"person{i}") for i in range(20)])
