"""Who a nick is: the account where the network tells it, else a guest, known by their mask.

A mask that has not changed is the same guest, also after our restart. Whoever changes it while they
are seen stays who they are; as long as they are seen, their first mask is nobody's, and when they
are not, they may come back under either.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Container, Coroutine, Mapping
from typing import Any

import structlog

from bot.adapters.irc.people.roster import Person
from bot.messages import Profile, User
from bot.storing import Store, StoreAway

_log = structlog.get_logger(__name__)

_ACCOUNT = "account:"
_STRANGERS = 1_000
"""Guests who have changed their mask and of whom nothing is stored, before the first are forgotten
who are not seen any more."""
MASK, NICK = "mask", "nick"
"""The keys under which the store keeps the mask of a guest who changed it, and the last nick of
everybody of whom it keeps something; the owner is `network/id`."""


class Guests:
    """Which guest has which mask; masks are folded. A guest's id is their first mask, or one made
    from it where somebody else began with the same."""

    def __init__(self, kept: Mapping[str, str], is_seen: Callable[[str], bool]) -> None:
        """`kept` are the masks by id of those whose mask is not their id any more; `is_seen` tells
        whether somebody has this mask in our sight now."""
        self._is_seen = is_seen
        self._masks = dict(kept)
        # Where two had the same mask last, it is not known who was the later one.
        holders = Counter(kept.values())
        self._ids = {mask: id for id, mask in kept.items() if holders[mask] == 1}

    def __len__(self) -> int:
        """How many are known who have changed their mask."""
        return len(self._masks)

    def id_of(self, mask: str) -> str:
        """The guest with this mask."""
        known = self._ids.get(mask)
        if known is not None:
            return known
        id, number = mask, 1
        while self.mask_of(id) != mask and self._is_here(id):
            number += 1
            id = f"{mask} {number}"  # a mask holds no space
        return id

    def mask_of(self, id: str) -> str:
        """The mask that this guest had last."""
        return self._masks.get(id, id.partition(" ")[0])

    def takes_along(self, before: str, after: str) -> str:
        """Whoever had one mask has another one now; the result is who that is."""
        id = self.id_of(before)
        if before != after:
            self.has(id, after)
        return id

    def comes_back(self, mask: str) -> bool:
        """Somebody has this mask now; true if they are a guest who had another one last."""
        id = self.id_of(mask)
        if self.mask_of(id) == mask:
            return False
        self.has(id, mask)
        return True

    def has(self, id: str, mask: str) -> None:
        """The guest has this mask from now on."""
        before = self.mask_of(id)
        if self._ids.get(before) == id:
            del self._ids[before]
        if id == mask:
            self._masks.pop(id, None)
            self._ids.pop(mask, None)
        else:
            self._masks[id] = mask
            self._ids[mask] = id

    def settles(self, id: str) -> str:
        """The guest stays with the mask that they have, which is the result: where somebody else
        began with it, it is not only theirs as long as that one is seen."""
        mask = self.mask_of(id)
        if id != mask:
            self._masks[id] = mask
            self._ids.setdefault(mask, id)
        return mask

    def forget_all_but(self, known: Container[str]) -> None:
        """Forget those who are not seen, but for these ids."""
        for id, mask in list(self._masks.items()):
            if id not in known and not self._is_here(id):
                del self._masks[id]
                if self._ids.get(mask) == id:
                    del self._ids[mask]

    def _is_here(self, id: str) -> bool:
        mask = self.mask_of(id)
        return self._ids.get(mask, id) == id and self._is_seen(mask)


class Identity:
    """The users of one network. Owns the guests, and keeps in the store what has to survive. It
    outlives connections; on each it is told how nicks compare there and who is seen."""

    def __init__(self, network: str, store: Store, organisers: Collection[str] = ()) -> None:
        """`organisers` are names of accounts."""
        self._network = network
        self._store = store
        self._organisers = organisers
        self._guests = Guests({}, self._is_seen)
        self._forget_at = _STRANGERS
        self._nicks: dict[str, str] = {}
        self._known_as: dict[str, set[str]] = {}
        self._person: Callable[[str], Person | None] = _nobody
        self._fold: Callable[[str], str] = str.lower
        # Accounts that take over what guests had, each until that is done.
        self._taking_over = set[tuple[str, asyncio.Event]]()

    @property
    def fold(self) -> Callable[[str], str]:
        """How the server compares nicks, as it has said last."""
        return self._fold

    def connects(self, fold: Callable[[str], str], person: Callable[[str], Person | None]) -> None:
        """On the connection of now the server compares nicks by `fold`, and `person` tells who is
        seen under a nick."""
        self._fold, self._person = fold, person
        self._known_as = {}
        for id, nick in self._nicks.items():
            self._known_as.setdefault(fold(nick), set()).add(id)

    def disconnects(self) -> None:
        """Nobody is seen any more."""
        self._person = _nobody

    async def load(self) -> None:
        """Read what was kept. Raises StoreAway."""
        under = f"{self._network}/"
        masks = await self._store.read_all(under, MASK)
        nicks = await self._store.read_all(under, NICK)
        kept = {owner.removeprefix(under): mask for owner, mask in masks.items()}
        self._guests = Guests(kept, self._is_seen)
        self._nicks, self._known_as = {}, {}
        for owner, nick in nicks.items():
            self._note_nick(owner.removeprefix(under), nick)

    def user(self, mask: str, account: str | None) -> User:
        """Who writes under this mask and account; without an account, a guest."""
        nick = mask.partition("!")[0]
        if account:
            return User(self._network, self._id(account), nick)
        return User(self._network, self._guests.id_of(self._folded(mask)), nick)

    def account_of(self, user: User) -> str | None:
        """The account of this user; None for a guest."""
        return user.id.removeprefix(_ACCOUNT) if user.id.startswith(_ACCOUNT) else None

    def organises(self, user: User) -> bool:
        """True if this is the account of an organiser; never for a guest."""
        return user.network == self._network and user.id in map(self._id, self._organisers)

    def is_organiser(self, account: str) -> bool:
        """True if this account is an organiser's."""
        return self._id(account) in map(self._id, self._organisers)

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
        nick = after.partition("!")[0]
        if self._is_known_by(before, folded):
            return self.comes_back(after) or _nothing()
        id = self._guests.takes_along(before, folded)
        if id in self._nicks:
            self._note_nick(id, nick)
        self._forget_strangers()
        return self._survives(User(self._network, id, nick))

    def comes_back(self, mask: str) -> Coroutine[Any, Any, None] | None:
        """Somebody without an account is there under this mask: if it is a guest's who had another
        one last, it is theirs again, which is to be awaited; None for everybody else."""
        if not self._guests.comes_back(self._folded(mask)):
            return None
        guest = self.user(mask, None)
        if guest.id in self._nicks:
            self._note_nick(guest.id, guest.name)
        return self._survives(guest)

    def same(self, mask: str, other: str) -> bool:
        """True if the server would not tell these masks apart."""
        return self._folded(mask) == self._folded(other)

    def _is_known_by(self, before: str, after: str) -> bool:
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
            await self._keep_mask(user)
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
                await self._keep_mask(guest)
                if guest.id not in self._nicks:
                    self._note_nick(guest.id, self.nick_of(guest))
                await self._keep(guest, NICK, self._nicks[guest.id])
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

    def _is_seen(self, mask: str) -> bool:
        """True if somebody has this mask, or may have it, in our sight."""
        person = self._person(mask.partition("!")[0])
        return person is not None and (not person.mask or self._folded(person.mask) == mask)

    def _forget_strangers(self) -> None:
        if len(self._guests) > self._forget_at:
            self._guests.forget_all_but(self._nicks)
            self._forget_at = len(self._guests) + _STRANGERS

    async def _keep_mask(self, user: User) -> None:
        if self.account_of(user) is None:
            mask = self._guests.settles(user.id)
            await self._keep(user, MASK, mask if mask != user.id else None)

    async def _keep(self, user: User, key: str, value: str | None) -> None:
        await self._store.keep(f"{user.network}/{user.id}", key, value)

    def _id(self, account: str) -> str:
        return _ACCOUNT + self.fold(account)

    def _folded(self, mask: str) -> str:
        """Nicks compare as the server says, users and hosts without case."""
        nick, bang, rest = mask.partition("!")
        return f"{self.fold(nick)}{bang}{rest.lower()}"


def _nobody(_: str) -> None:
    """Between connections nobody is seen."""


async def _nothing() -> None:
    """Nothing has to survive."""
