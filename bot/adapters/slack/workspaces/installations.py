"""Keeps the tokens of the workspaces that have installed the app, encrypted, in the store."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from bot.recent import Recent
from bot.storing import Store, StoreAway

if TYPE_CHECKING:
    from bot.adapters.slack.workspaces.sealing import Sealing

_log = structlog.get_logger(__name__)

_KEY, _ENTERPRISE = "installation", "enterprise"
_REMEMBERED = 10_000
_FRESH = 60.0
"""Seconds for which what was read is used without asking again: another process may have changed
it."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The app in one workspace, or in all of an organisation: whose id is `place`."""

    place: str
    name: str
    token: str = field(repr=False)
    bot_user: str
    bot_id: str

    @property
    def called(self) -> str:
        """Its name, if it has one, and its id."""
        return f"{self.name} ({self.place})" if self.name else self.place


class Installations(AsyncInstallationStore):
    """Implements as much of slack_sdk's interface as bolt needs to let people install the app.
    Installations belong to a workspace, or to an organisation (Enterprise Grid), and to no single
    user.

    Each is kept for the owner `network:id`. Whatever reads or writes raises StoreAway.
    """

    def __init__(self, store: Store, network: str, sealing: "Sealing") -> None:
        self._store = store
        self._network = network
        self._sealing = sealing
        # Until when it counts (the loop's time) that a place has this installation, or none; and
        # that a workspace belongs to this organisation.
        self._known: Recent[str, tuple[float, Installation | None]] = Recent(_REMEMBERED)
        self._organisations: Recent[str, tuple[float, str | None]] = Recent(_REMEMBERED)
        self._drops = 0

    async def async_save(self, installation: Installation) -> None:
        """Keep what a workspace or organisation has granted, in place of what it granted before."""
        place = installation.team_id
        if installation.is_enterprise_install or place is None:
            place = installation.enterprise_id
        if place is None:
            raise ValueError("an installation belongs to a workspace or an organisation")
        self.dropped(place)
        owner = self._owner(place)
        await self._store.keep(owner, _KEY, self._sealed(installation, owner))
        self.dropped(place)

    async def find(self, team: str, enterprise: str | None) -> Installed | None:
        """The app in a workspace, of its own or of its organisation; at most a minute old, and
        older only while the database is away."""
        found = await self._found(team)
        if found is not None:
            return _installed(found)
        organisation = enterprise or await self._organisation(team)
        found = await self._found(organisation) if organisation is not None else None
        if found is None:
            return None
        if enterprise is not None:
            await self._remember(team, enterprise)
        return _installed(found)

    async def all(self) -> tuple[Sequence[Installed], Sequence[str]]:
        """All that have installed it, by place, as it is now; and the places of those whose tokens
        no key opens."""
        rows = await self._store.read_all(self._owner(""), _KEY)
        found, unreadable = [], []
        for owner in sorted(rows):
            place = owner.removeprefix(self._owner(""))
            installation = self._opened(rows[owner], owner)
            if installation is None:
                unreadable.append(place)
            else:
                found.append(_installed(installation))
        return found, unreadable

    async def renew(self) -> None:
        """Encrypt with the first key what another one has encrypted, so that that one may go."""
        for owner in await self._store.read_all(self._owner(""), _KEY):
            # It is read again: what has been deleted, or installed anew, must not come back. In the
            # moment until it is kept it could: no store keeps something only if it is unchanged.
            sealed = await self._store.read(owner, _KEY)
            if sealed is None or not self._sealing.outdated(sealed):
                continue
            installation = self._opened(sealed, owner)
            if installation is not None:
                await self._store.keep(owner, _KEY, self._sealed(installation, owner))

    async def remove(self, place: str, at: datetime | None = None) -> bool:
        """Delete the tokens of a workspace or an organisation that has removed the app; false if it
        has done that `at` a moment before it installed the app anew."""
        self.dropped(place)
        if at is not None:
            found = await self._found(place)
            # Slack tells whole seconds.
            if found is not None and at.timestamp() < int(found.installed_at):
                return False
        owner = self._owner(place)
        await self._store.keep(owner, _KEY, None)
        await self._store.keep(owner, _ENTERPRISE, None)
        self.dropped(place)
        return True

    def dropped(self, place: str) -> None:
        """Ask the store anew the next time: what was read is no good any more."""
        self._known.drop(place)
        self._organisations.drop(place)
        self._drops += 1

    def _owner(self, place: str) -> str:
        # Not `network/…`, which is a user's.
        return f"{self._network}:{place}"

    async def _found(self, place: str) -> Installation | None:
        now, drops, owner = _now(), self._drops, self._owner(place)
        until, known = self._known.get(place) or (0.0, None)
        if now < until:
            return known
        try:
            sealed = await self._store.read(owner, _KEY)
        except StoreAway:
            if known is None:
                raise
            return known
        installation = self._opened(sealed, owner) if sealed is not None else None
        if sealed is not None and installation is None:
            _log.error("No key in token_key opens the tokens of a workspace.",
                       network=self._network, workspace=place)  # fmt: skip
        if drops == self._drops:  # else it may have been deleted since it was read
            self._known.put(place, (now + _FRESH, installation))
        return installation

    async def _organisation(self, team: str) -> str | None:
        until, known = self._organisations.get(team) or (0.0, None)
        if _now() < until:
            return known
        drops = self._drops
        known = await self._store.read(self._owner(team), _ENTERPRISE)
        if drops == self._drops:
            self._organisations.put(team, (_now() + _FRESH, known))
        return known

    async def _remember(self, team: str, enterprise: str) -> None:
        """So that a reminder, which knows nothing but the workspace, finds the installation."""
        if await self._organisation(team) != enterprise:
            await self._store.keep(self._owner(team), _ENTERPRISE, enterprise)
            self._organisations.drop(team)

    def _sealed(self, installation: Installation, owner: str) -> str:
        values = installation.to_dict()
        at = values.pop("installed_at")
        text = json.dumps({**values, "installed_at": at.isoformat()}, default=datetime.isoformat)
        return self._sealing.seal(text, _KEY, owner, at)

    def _opened(self, sealed: str, owner: str) -> Installation | None:
        text = self._sealing.opened(sealed, _KEY, owner)
        if text is None:
            return None
        values = json.loads(text)
        at = datetime.fromisoformat(values.pop("installed_at")).astimezone(UTC)
        return Installation(**values, installed_at=at.timestamp())


def _now() -> float:
    return asyncio.get_running_loop().time()


def _installed(installation: Installation) -> Installed:
    organisation = installation.is_enterprise_install or installation.team_id is None
    place = installation.enterprise_id if organisation else installation.team_id
    name = installation.enterprise_name if organisation else installation.team_name
    return Installed(
        place or "",
        name or "",
        installation.bot_token or "",
        installation.bot_user_id or "",
        installation.bot_id or "",
    )
