"""A store for those who need no database: it remembers nothing when it is gone."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Never

from bot.storing import Delivery


async def _unasked(*_: object, **__: object) -> Never:
    raise AssertionError("only what is personal asks the database")


class Scratch:
    """Implements `storing.Store` for what an adapter keeps and takes in, in memory; the rest is not
    asked for. It may begin with what is `kept` elsewhere, by owner and key."""

    load = recall = apply = staticmethod(_unasked)
    claim = claim_posts = settle = unreminded = outdated = staticmethod(_unasked)
    heads = version = publish = hold_back = confirm = claim_bulletins = staticmethod(_unasked)
    live = audited = unreached = staticmethod(_unasked)
    hold = let_go = take_over = rewind = adopt = staticmethod(_unasked)

    def __init__(self, kept: Mapping[tuple[str, str], str] = MappingProxyType({})) -> None:
        self._kept = dict(kept)
        # Until when somebody deals with it, in the loop's time; None when it is done.
        self._leases = dict[tuple[str, str], float | None]()
        self._in_doubt = set[tuple[str, str]]()

    async def read(self, owner: str, key: str) -> str | None:
        """What an adapter has kept under this key."""
        return self._kept.get((owner, key))

    async def read_all(self, under: str, key: str) -> Mapping[str, str]:
        """What is kept under this key by all owners whose names begin so, by owner."""
        return {
            owner: value
            for (owner, name), value in self._kept.items()
            if name == key and owner.startswith(under)
        }

    async def keep(self, owner: str, key: str, value: str | None) -> None:
        """Keep something small for an adapter; None keeps it no more."""
        if value is None:
            self._kept.pop((owner, key), None)
        else:
            self._kept[owner, key] = value

    async def take_in(self, network: str, delivery: str, lease: timedelta) -> Delivery:
        """What is known of a delivery; what is new or in doubt is the caller's for so long."""
        one, now = (network, delivery), asyncio.get_running_loop().time()
        is_new = one not in self._leases
        until = self._leases.setdefault(one, now)
        if until is None:
            return Delivery.DONE
        if until > now:
            return Delivery.UNDER_WAY
        self._leases[one] = now + lease.total_seconds()
        if is_new:
            return Delivery.NEW
        self._in_doubt.add(one)
        return Delivery.IN_DOUBT

    async def dealt_with(self, network: str, delivery: str) -> None:
        """A delivery is done."""
        self._leases[network, delivery] = None

    async def let_go_of(self, network: str, delivery: str) -> None:
        """Nothing was said to a delivery: the next time it is new, unless it is in doubt."""
        one = (network, delivery)
        if self._leases.get(one) is not None and one not in self._in_doubt:
            del self._leases[one]

    async def close(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._leases.clear()
        self._in_doubt.clear()
