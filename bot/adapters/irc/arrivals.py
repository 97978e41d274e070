"""Who comes, renames themselves or logs in on one connection: what of it has to be remembered, and
whom the courier can reach again."""

from collections.abc import Callable, Coroutine
from typing import Any

from bot.adapters.irc.connection import Connection
from bot.adapters.irc.people.identity import Identity
from bot.adapters.irc.people.roster import Change, LoggedIn, Person, Renamed
from bot.adapters.irc.sending.delivery import Delivery
from bot.ports import Seen

Start = Callable[[Coroutine[Any, Any, None]], None]


class Arrivals:
    """Passes on what is seen of people; what takes longer is started, and outlives the
    connection."""

    def __init__(
        self,
        connection: Connection,
        delivery: Delivery,
        identity: Identity,
        seen: Seen,
        start: Start,
    ) -> None:
        self._connection = connection
        self._delivery = delivery
        self._identity = identity
        self._seen = seen
        self._start = start

    def changed(self, change: Change) -> None:
        """More is known of somebody, or something else than before."""
        person = change.person
        match change:
            case Renamed(_, before, account) if not account:
                self._start(self._identity.takes_along(before, person.mask))
            case LoggedIn(_, before) if person.account and self._was_guest(person, before):
                self._start(self._logs_in(person.mask, person.account))
            case _ if person.mask and not person.account:
                coming = self._identity.comes_back(person.mask)
                if coming is not None:
                    self._start(coming)
            case _:
                pass
        user = self._delivery.user_of(person)
        if self._connection.presence.has_come(user):
            self._seen(user)

    def came_online(self, nick: str) -> None:
        """The server says that this nick is there, for which somebody may be waited."""
        self._start(self._find(nick))

    def _was_guest(self, person: Person, account_before: str | None) -> bool:
        """True if somebody who is logged in now was a guest before; where nobody saw them log in,
        because something is stored of a guest with their mask."""
        guest = self._identity.user(person.mask, None)
        return account_before == "" or self._identity.is_stored(guest)

    async def _logs_in(self, mask: str, account: str) -> None:
        await self._identity.logs_in(mask, account)
        # What waited for the guest goes to the account.
        self._seen(self._identity.user(mask, None))
        self._seen(self._identity.user(mask, account))

    async def _find(self, nick: str) -> None:
        for absent in self._connection.presence.called(nick):
            if await self._delivery.find(absent.user, nick):
                self._seen(absent.user)
