"""Brings people and both bots together on a homeserver: what takes time before anything is
measured."""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.matrix.bots import Contestant, reminder_bot, summit_bot
from benchmarks.matrix.load import Place, introduced
from benchmarks.matrix.people import Person, gathered, logged_in, opened, registered
from tests.servers.programs import new_folder
from tests.servers.synapse import Synapse, Wanted, synapse

IN_THE_ROOM = 20
"""How many of the people are in a room with a bot."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Both bots on one homeserver, and the place of each, with the same people."""

    server: Synapse
    ours: Contestant
    with_ours: Place
    theirs: Contestant
    with_theirs: Place


async def without_limits(
    stack: AsyncExitStack, python: Path, directory: Path, people: int
) -> Stage:
    """A homeserver that limits nobody, and so many people on it, until the end of the stack."""
    return await _stage(stack, stack.enter_context(synapse()), python, directory, people)


async def with_usual_limits(
    stack: AsyncExitStack, python: Path, directory: Path, people: int
) -> Stage:
    """A homeserver with all of Synapse's own limits. They let no bot come into so many chats within
    the time of a benchmark: it is without them until all have met."""
    folder = stack.enter_context(new_folder())
    async with AsyncExitStack() as before:
        server = before.enter_context(_running(folder, Wanted()))
        met = await _stage(before, server, python, directory, people)
    server = stack.enter_context(_running(folder, Wanted(limits=True)))
    return await _again(stack, server, met, python)


@contextmanager
def _running(folder: Path, wanted: Wanted) -> Iterator[Synapse]:
    server = Synapse(folder, wanted)
    server.start()
    try:
        yield server
    finally:
        server.stop()


async def _stage(
    stack: AsyncExitStack, server: Synapse, python: Path, directory: Path, number: int
) -> Stage:
    people = await logged_in(stack, server.url, await registered(server, number))
    account = await server.accounts.register("summitbot")
    other = await server.accounts.register("reminderbot")
    ours = summit_bot(_new(directory, "ours"), server.url, account, limited=False)
    theirs = reminder_bot(python, _new(directory, "theirs"), server.url, other)
    at_ours, at_theirs = await _place(people, ours), await _place(people, theirs)
    return Stage(server, ours, at_ours, theirs, at_theirs)


async def _place(people: Sequence[Person], bot: Contestant) -> Place:
    chats = await opened(people, bot.user)
    place = Place(people, chats, await gathered(people[:IN_THE_ROOM], bot.user))
    await introduced(bot, place)
    return place


async def _again(stack: AsyncExitStack, server: Synapse, met: Stage, python: Path) -> Stage:
    """The same on a homeserver that has come back at another port."""
    accounts = [person.account for person in met.with_ours.people]
    people = await logged_in(stack, server.url, accounts)
    ours, theirs = met.ours, met.theirs
    return Stage(
        server,
        summit_bot(ours.bot.directory, server.url, ours.account, limited=server.limits),
        replace(met.with_ours, people=people),
        reminder_bot(python, theirs.bot.directory, server.url, theirs.account),
        replace(met.with_theirs, people=people),
    )


def _new(directory: Path, name: str) -> Path:
    folder = directory / name
    folder.mkdir(parents=True)
    return folder
