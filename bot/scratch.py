"""A store for those who need no database: it remembers nothing when it is gone."""

from collections.abc import Mapping
from typing import Never


async def _unasked(*_: object, **__: object) -> Never:
    raise AssertionError("only what is personal asks the database")


class Scratch:
    """Implements `ports.Store` for what an adapter keeps, in memory; the rest is not asked for."""

    load = recall = apply = staticmethod(_unasked)
    claim = claim_posts = settle = unreminded = outdated = staticmethod(_unasked)
    hold = let_go = take_over = rewind = adopt = staticmethod(_unasked)

    def __init__(self) -> None:
        self._kept = dict[tuple[str, str], str]()

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

    async def close(self) -> None:
        """Forget everything."""
        self._kept.clear()
