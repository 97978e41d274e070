"""How much one person may ask, on every network alike: far more than anybody types by hand."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot.recent import Recent

_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Fairness:
    """So many commands at once, and one more each `interval` of real time."""

    burst: int = 30
    interval: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Tab:
    """`paid` is when everything asked so far would have been asked at the even pace."""

    paid: datetime
    refused: bool = False


class Allowance:
    """Counts what people ask. Owns their tabs; they are per person, never per address."""

    def __init__(self, fairness: Fairness) -> None:
        self._fairness = fairness
        self._tabs: Recent[Hashable, _Tab] = Recent(_REMEMBERED)

    def seconds_to_wait(self, person: Hashable, wall: datetime) -> int | None:
        """None if the person may ask now (it is counted); else for how many seconds not.
        While somebody goes on asking, all but the first refusal are 0: nothing to be said."""
        rules = self._fairness
        tab = self._tabs.get(person)
        paid = max(tab.paid, wall) if tab is not None else wall
        over = paid - wall - rules.interval * (rules.burst - 1)
        if over <= timedelta():
            self._tabs.put(person, _Tab(paid + rules.interval))
            return None
        again = tab is not None and tab.refused
        self._tabs.put(person, _Tab(paid, refused=True))
        return 0 if again else max(1, ceil(over.total_seconds()))

    def give_back(self, person: Hashable) -> None:
        """Do not count what the person has asked last: it will be asked again for them."""
        if (tab := self._tabs.get(person)) is not None:
            self._tabs.put(person, _Tab(tab.paid - self._fairness.interval))
