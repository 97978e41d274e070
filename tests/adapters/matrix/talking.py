"""A person who talks with the bot in a direct chat, for tests of one thing after another."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from tests.servers.matrix_events import Event
from tests.servers.matrix_person import Person
from tests.servers.synapse import Synapse

VOLUME = "9:30am–10:25am · Breakout of volume into its own service · Marina · Vishvananda Ishaya"
BOOKMARKED = f"Bookmarked. I will remind you 5 minutes before, at 9:25am.\n[6] Mon {VOLUME}"
REMINDER = f"Starts in 5 minutes:\n[6] {VOLUME}\nSnooze: ‘snooze 6’ or ⏰ · Remove: ‘unbookmark 6’"
HAS_NONE = "You have no bookmarks yet. Add one by number or title: ‘bookmark 12’"
REMOVED = f"Bookmark removed, no reminder will come.\n[6] Mon {VOLUME}"

Enters = Callable[[Synapse, str], AbstractAsyncContextManager[Person]]


class Chat:
    """A direct chat of a person with the bot."""

    def __init__(self, person: Person, bot: str, room: str) -> None:
        self.person = person
        self.bot = bot
        self.room = room

    async def asks(self, line: str) -> str:
        """The body of the answer."""
        await self.person.say(self.room, line)
        return await self.reads()

    async def reads(self) -> str:
        """The body of the next message of the bot; a correction counts as what it says now."""
        content = (await self.hears()).content
        body: str = content.get("m.new_content", content)["body"]
        return body

    async def hears(self) -> Event:
        """The next message of the bot."""
        return await self.person.hears(self.room, self.bot)

    async def rest(self) -> list[str]:
        """The bodies that the bot has written, and that were not read yet, when all that was said
        until now has been answered."""
        await self.person.say(self.room, "zzzzz")
        found: list[str] = []
        while not (body := await self.reads()).startswith("I do not know “zzzzz”"):
            found.append(body)
        return found


@asynccontextmanager
async def chat_with(server: Synapse, enters: Enters, bot: str, name: str) -> AsyncIterator[Chat]:
    """A new person, in a chat that they have opened with the bot, until the end of the block."""
    async with enters(server, name) as person:
        room = await person.open_chat(bot)
        await person.membership(room, bot, "join")
        yield Chat(person, bot, room)
