"""How large and how long a chaos run is; times in seconds of real time, unless they say more."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.patience import Holding, Patience

ORIGIN = datetime(2012, 4, 16, 17, tzinfo=UTC)
"""The moment of the programme at which every run begins."""


@dataclass(frozen=True, slots=True)
class Network:
    """Like IRC, which has one connection and cannot drop a repeat; or the contrary."""

    name: str
    drops_repeats: bool
    alone: bool


NETWORKS = (
    Network("plain", drops_repeats=False, alone=True),
    Network("keyed", drops_repeats=True, alone=False),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """`length` has faults in it, `rest` has none any more. Sessions start every so many minutes of
    the programme. A share `meanwhile` of the bookmarks is made while it runs, a share `back` of
    the changes is taken back `soon`. `kills` are at least so much `apart`, and a process is `down`
    that long at most; who speaks on a network alone is spared for a while after the last one who
    did was killed. There are so many `bursts` of each kind of fault on each network, each as long
    as one `burst`, or less; but fewer `hangs`. `latency` is the least and the most that an answer
    takes. `margin` is how long something has to be true before all have to know it: longer than it
    takes until another process has the network and a message in doubt is tried again."""

    people: int
    bookmarks: int
    sessions: int
    every: int
    changes: int
    kills: int
    speed: float
    length: float
    rest: float
    soon: float
    apart: float
    down: float
    spared: float
    bursts: int
    hangs: int
    burst: float
    latency: tuple[float, float]
    margin: float
    patience: Patience = Patience()
    holding: Holding = Holding()
    in_flight: int = 8
    meanwhile: float = 0.2
    back: float = 0.3
    window: timedelta = timedelta(minutes=5)

    def moment(self, at: float) -> datetime:
        """The moment of the programme (UTC) so many seconds after the beginning."""
        return ORIGIN + timedelta(seconds=at * self.speed)

    def seconds(self, moment: datetime) -> float:
        """The contrary."""
        return (moment - ORIGIN).total_seconds() / self.speed


FULL = Scale(
    people=1_000, bookmarks=5_000, sessions=60, every=3, changes=80, kills=26, speed=4,
    length=520, rest=70, soon=12, apart=8, down=3, spared=60, bursts=6, hangs=5, burst=4,
    latency=(0.1, 0.5), margin=60,
)  # fmt: skip
"""With the patience of the product."""

SHORT = Scale(
    people=100, bookmarks=500, sessions=30, every=1, changes=20, kills=5, speed=9,
    length=54, rest=18, soon=6, apart=9, down=1, spared=20, bursts=2, hangs=2, burst=1.6,
    latency=(0.05, 0.3), margin=26,
    patience=Patience(
        lease=timedelta(seconds=4), sending=timedelta(seconds=2.5),
        pause=timedelta(seconds=0.4), longest_pause=timedelta(seconds=2),
        absence=timedelta(seconds=3), stopping=timedelta(seconds=3),
    ),
    holding=Holding(lease=timedelta(seconds=5), every=timedelta(seconds=0.5)),
)  # fmt: skip
"""The same with less of it and less patience, for the tests: as short as a machine that has a lot
else to do at the same time allows. A start of the program may take some seconds there."""
