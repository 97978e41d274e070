"""Several people at once on a strict server, for its own tests."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from tests.servers.irc_person import Person
from tests.servers.strict_irc import StrictServer


@asynccontextmanager
async def people(
    server: StrictServer, *nicks: str, caps: Sequence[str] = (), channel: str | None = None
) -> AsyncIterator[list[Person]]:
    """They come one after another, each into the channel if there is one."""
    async with AsyncExitStack() as stack:
        here = []
        for nick in nicks:
            person = Person(server.host, server.port, nick, caps=caps)
            here.append(await stack.enter_async_context(person))
            if channel is not None:
                await person.join(channel)
        for person in here:
            await person.is_up_to_date()
        yield here


def said(person: Person, command: str) -> list[str]:
    """All lines of one command or numeric that came to a person, tags left out."""
    bodies = [line.partition(" ")[2] if line.startswith("@") else line for line in person.lines]
    return [body for body in bodies if body.split(" ")[1] == command or body.startswith(command)]
