"""Whose account is deactivated: Slack takes messages to them, and nobody reads them."""

from bot.adapters.slack.hearing.heard import Person, ProfileChanged
from bot.storing import Store

_KEY = "deactivated"


class Deactivated:
    """The people of one network whose accounts are deactivated, as all processes know them."""

    def __init__(self, network: str, store: Store) -> None:
        self._network = network
        self._store = store

    async def changed(self, change: ProfileChanged) -> None:
        """A profile says something else now. Raises StoreAway."""
        if change.gone:
            await self._store.keep(self._owner(change.person), _KEY, "yes")
        elif await self.includes(change.person):
            await self._store.keep(self._owner(change.person), _KEY, None)

    async def includes(self, person: Person) -> bool:
        """True if somebody's account is deactivated. Raises StoreAway."""
        return await self._store.read(self._owner(person), _KEY) is not None

    def _owner(self, person: Person) -> str:
        return f"{self._network}/{person.team}/{person.user}"
