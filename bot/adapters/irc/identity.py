"""Who a nick is: the account where the network tells it, else a guest, known by their mask.

A mask that has not changed is the same guest, also after our restart; whoever changes it while they
are seen stays who they are, and their old mask is nobody's any more.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog

from bot.messages import Profile, User
from bot.ports import Store, StoreAway

_log = structlog.get_logger(__name__)

_ACCOUNT = "account:"
MASK, NICK = "mask", "nick"
"""The keys under which the store keeps the mask of a guest who changed it, and the last nick of
everybody of whom it keeps something; the owner is `network/id`."""


class Guests:
    """Which guest has which mask; masks are folded. A guest's id is their first mask, or one made
    from it where somebody else began with the same."""

    def __init__(self, kept: Mapping[str, str]) -> None:
        """`kept` are the masks by id of those whose mask is not their id any more."""
        self._masks = dict(kept)
        # Where two had the same mask last, it is not known who was the later one.
        holders = Counter(kept.values())
        self._ids = {mask: id for id, mask in kept.items() if holders[mask] == 1}

    def id_of(self, mask: str) -> str:
        """The guest with this mask."""
        known = self._ids.get(mask)
        if known is not None:
            return known
        id, number = mask, 1
        while self._masks.get(id, mask) != mask:
            number += 1
            id = f"{mask} {number}"  # a mask holds no space
        return id

    def mask_of(self, id: str) -> str:
        """The mask that this guest had last."""
        return self._masks.get(id, id.partition(" ")[0])

    def takes_along(self, before: str, after: str) -> str:
        """Whoever had one mask has another one now; the result is who that is."""
        id = self.id_of(before)
        if before == after:
            return id
        self._ids.pop(before, None)
        self._masks[id] = after
        self._ids[after] = id
        return id


class Identity:
    """The users of one network. Owns the guests, and keeps in the store what has to survive."""

    def __init__(self, network: str, store: Store) -> None:
        self._network = network
        self._store = store
        self._guests = Guests({})
        self._nicks: dict[str, str] = {}
        self._known_as: dict[str, set[str]] = {}
        self._fold: Callable[[str], str] = str.lower
        # Accounts that take over what guests had, each until that is done.
        self._taking_over = set[tuple[str, asyncio.Event]]()

    @property
    def fold(self) -> Callable[[str], str]:
        """How the server compares nicks; it says so at each connection."""
        return self._fold

    @fold.setter
    def fold(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._known_as = {}
        for id, nick in self._nicks.items():
            self._known_as.setdefault(fold(nick), set()).add(id)

    async def load(self) -> None:
        """Read what was kept. Raises StoreAway."""
        under = f"{self._network}/"
        masks = await self._store.read_all(under, MASK)
        nicks = await self._store.read_all(under, NICK)
        self._guests = Guests({owner.removeprefix(under): mask for owner, mask in masks.items()})
        for owner, nick in nicks.items():
            self._note_nick(owner.removeprefix(under), nick)

    def user(self, mask: str, account: str | None) -> User:
        """Who writes under this mask and account; without an account, a guest."""
        nick = mask.partition("!")[0]
        if account:
            return User(self._network, _ACCOUNT + self.fold(account), nick)
        return User(self._network, self._guests.id_of(self._folded(mask)), nick)

    def account_of(self, user: User) -> str | None:
        """The account of this user; None for a guest."""
        return user.id.removeprefix(_ACCOUNT) if user.id.startswith(_ACCOUNT) else None

    def nick_of(self, user: User) -> str:
        """The nick under which this user was known last."""
        account = self.account_of(user)
        if account is None:
            return self._guests.mask_of(user.id).partition("!")[0]
        return self._nicks.get(user.id, account)

    def takes_along(self, before: str, after: str) -> Coroutine[Any, Any, None]:
        """A guest has another mask from now on; what is returned is to be awaited, and lets it
        survive. Nothing is kept of guests of whom nothing is stored."""
        before, folded = self._folded(before), self._folded(after)
        if self._comes_back(before, folded):
            return _nothing()
        id = self._guests.takes_along(before, folded)
        nick = after.partition("!")[0]
        if id in self._nicks:
            self._note_nick(id, nick)
        return self._survives(User(self._network, id, nick))

    def _comes_back(self, before: str, after: str) -> bool:
        """True if somebody of whom nothing is stored takes a mask of whom something is: their nick
        was taken at first, as after a connection that was lost."""
        newcomer, known = self._guests.id_of(before), self._guests.id_of(after)
        return newcomer not in self._nicks and known in self._nicks

    async def keeps(self, user: User) -> None:
        """Something is stored of this user from now on: remember under which nick, and mask."""
        if self._nicks.get(user.id) == user.name:
            return
        try:
            await self._keep(user, NICK, user.name)
            mask = self._guests.mask_of(user.id)
            if self.account_of(user) is None and mask != user.id:
                await self._keep(user, MASK, mask)
        except StoreAway:
            return
        self._note_nick(user.id, user.name)

    def forgets(self, user: User) -> None:
        """Nothing is stored of this user any more."""
        self._drop_nick(user.id)

    def is_stored(self, user: User) -> bool:
        """True if something is stored of this user, as far as is known."""
        return user.id in self._nicks

    def is_taken_for(self, user: User) -> bool:
        """True if somebody else, of whom something is stored, was known by this user's nick."""
        others = self._known_as.get(self.fold(user.name), set()) - {user.id}
        return user.id not in self._nicks and bool(others)

    async def logs_in(self, mask: str, account: str) -> None:
        """A guest who is seen has logged in: what is stored of the guest is the account's."""
        guest = self.user(mask, None)
        user = self.user(mask, account)
        taking_over = (user.id, asyncio.Event())
        self._taking_over.add(taking_over)
        try:
            await self._store.adopt(guest, user)
        except StoreAway:
            _log.warning("Bookmarks of a guest who logged in stay with the guest.",
                         network=self._network)  # fmt: skip
            return
        finally:
            self._taking_over.discard(taking_over)
            taking_over[1].set()
        nick = self._nicks.get(guest.id)
        self.forgets(guest)
        if nick is not None and user.id not in self._nicks:
            self._note_nick(user.id, nick)

    async def settled(self, user: User) -> None:
        """Wait until this user has what a guest had who has logged in just now."""
        for id, done in list(self._taking_over):
            if id == user.id:
                await done.wait()

    async def _survives(self, guest: User) -> None:
        try:
            if await self._store.load(guest, bookmarks=True) != Profile():
                # They may have yet another one by now.
                await self._keep(guest, MASK, self._guests.mask_of(guest.id))
                await self._keep(guest, NICK, self._nicks.get(guest.id, guest.name))
        except StoreAway:
            _log.warning("Who a guest is will be forgotten at the next start.",
                         network=self._network)  # fmt: skip

    def _note_nick(self, id: str, nick: str) -> None:
        self._drop_nick(id)
        self._nicks[id] = nick
        self._known_as.setdefault(self.fold(nick), set()).add(id)

    def _drop_nick(self, id: str) -> None:
        nick = self._nicks.pop(id, None)
        if nick is not None:
            folded = self.fold(nick)
            self._known_as[folded].discard(id)
            if not self._known_as[folded]:
                del self._known_as[folded]

    async def _keep(self, user: User, key: str, value: str) -> None:
        await self._store.keep(f"{user.network}/{user.id}", key, value)

    def _folded(self, mask: str) -> str:
        """Nicks compare as the server says, users and hosts without case."""
        nick, bang, rest = mask.partition("!")
        return f"{self.fold(nick)}{bang}{rest.lower()}"


async def _nothing() -> None:
    """Nothing has to survive."""
