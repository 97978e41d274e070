"""The hold on a network: which of the processes has it, as a lease in the store says."""

import asyncio
from datetime import datetime

import structlog

from bot.patience import Holding
from bot.ports import Adapter, Clock
from bot.storing import Store, StoreAway

_log = structlog.get_logger(__name__)


class Hold:
    """The part of this process in one network. Owns the lease."""

    def __init__(
        self,
        adapter: Adapter,
        store: Store,
        clock: Clock,
        process: str,
        holding: Holding = Holding(),
    ) -> None:
        """`process` is the name of this process."""
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._process = process
        self._holding = holding
        self._held_until: datetime | None = None
        self._said_away = False
        self._said_held = False

    @property
    def ours(self) -> bool:
        """False if another process may speak on the network in place of this one."""
        return self._held_until is not None or not self._adapter.traits.alone

    async def pause(self) -> None:
        """Wait until it is time to look again."""
        await asyncio.sleep(self._holding.every.total_seconds())

    async def take(self) -> bool:
        """Take the network, if it is to be had, and what a process that is no more has left behind
        there."""
        if not (await self._renew() and await self._inherit()):
            return False
        self._said_away = self._said_held = False
        return True

    async def keep(self) -> None:
        """Say that this process is alive, until another one has the network, or may have it."""
        await self.pause()
        while await self._renew():
            await self.pause()

    async def _renew(self) -> bool:
        """True while this process has (its part of) the network, also while the database is away:
        nobody else can take it then before the lease is over."""
        wall, network, alone = self._clock.wall(), self._adapter.network, self._adapter.traits.alone
        most = None
        if alone and self._held_until is not None:
            # A server that does not answer can take longer than the lease.
            most = max(self._held_until - wall, self._holding.every).total_seconds()
        try:
            async with asyncio.timeout(most):
                processes = await self._store.hold(
                    network, self._process, self._holding.lease, alone=alone
                )
        except StoreAway as away:
            return self._goes_on_without_store(str(away))
        except TimeoutError:
            return self._goes_on_without_store("The database does not answer.")
        except Exception:
            # One network must not take the others along.
            _log.warning("holding failed", network=network, exc_info=True)
            return self._goes_on_without_store("It is not known who has the network.")
        if processes:
            self._held_until = wall + self._holding.lease
            self._adapter.share(processes)
            return True
        if self._held_until is not None:
            self._held_until = None
            _log.warning("another process has the network", network=network)
        elif not self._said_held:
            _log.info("standing by", network=network)
        self._said_held = True
        return False

    def _goes_on_without_store(self, away: str) -> bool:
        if not self._adapter.traits.alone:
            # Nobody else is kept from it, and people want to read what is the matter.
            return True
        if self._held_until is not None and self._clock.wall() < self._held_until:
            return True
        self._held_until = None
        self._say_away(away)
        return False

    async def _inherit(self) -> bool:
        """Take over what a process that is no more has left behind; false if that is to wait."""
        if self._adapter.traits.alone:
            try:
                await self._store.take_over(self._adapter.network)
            except StoreAway as away:
                self._say_away(str(away))
                return False
        return True

    def _say_away(self, away: str) -> None:
        if not self._said_away:
            _log.warning(f"{away} The network waits for it.", network=self._adapter.network)
        self._said_away = True
