"""Who a nick is: the account where the network tells it, else a guest, known by their mask.

A mask that has not changed is the same guest, also after our restart; whoever changes it while they
are seen stays who they are, and their old mask is nobody's any more.
"""

from collections.abc import Callable, Mapping

import structlog

from bot.messages import User
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
        self._ids = {mask: id for id, mask in kept.items()}

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
        self.fold: Callable[[str], str] = str.lower

    async def load(self) -> None:
        """Read what was kept. Raises StoreAway."""
        under = f"{self._network}/"
        masks = await self._store.read_all(MASK, under)
        nicks = await self._store.read_all(NICK, under)
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

    async def takes_along(self, before: str, after: str) -> None:
        """A guest has another mask from now on. Nothing is kept of guests of whom nothing is
        stored."""
        before, after = self._folded(before), self._folded(after)
        user = User(self._network, self._guests.takes_along(before, after))
        try:
            profile = await self._store.load(user, bookmarks=True)
            if profile.known or profile.bookmarks or self._guests.id_of(before) != before:
                await self._keep(user, MASK, after)
        except StoreAway:
            _log.warning("Who a guest is will be forgotten at the next start.",
                         network=self._network)  # fmt: skip

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
        nick = self._nicks.pop(user.id, None)
        if nick is not None:
            self._known_as[self.fold(nick)].discard(user.id)

    def is_taken_for(self, user: User) -> bool:
        """True if somebody else, of whom something is stored, was known by this user's nick."""
        others = self._known_as.get(self.fold(user.name), set()) - {user.id}
        return user.id not in self._nicks and bool(others)

    async def logs_in(self, mask: str, account: str) -> None:
        """A guest who is seen has logged in: what is stored of the guest is the account's."""
        guest = self.user(mask, None)
        try:
            await self._store.adopt(guest, self.user(mask, account))
        except StoreAway:
            _log.warning("Bookmarks of a guest who logged in stay with the guest.",
                         network=self._network)  # fmt: skip

    def _note_nick(self, id: str, nick: str) -> None:
        before = self._nicks.get(id)
        if before is not None:
            self._known_as[self.fold(before)].discard(id)
        self._nicks[id] = nick
        self._known_as.setdefault(self.fold(nick), set()).add(id)

    async def _keep(self, user: User, key: str, value: str) -> None:
        await self._store.keep(f"{user.network}/{user.id}", key, value)

    def _folded(self, mask: str) -> str:
        """Nicks compare as the server says, users and hosts without case."""
        nick, bang, rest = mask.partition("!")
        return f"{self.fold(nick)}{bang}{rest.lower()}"
