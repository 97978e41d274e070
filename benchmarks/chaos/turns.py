"""Who had the network that allows one connection, one process after the other. Pure."""

from dataclasses import dataclass

from benchmarks.chaos.history import Closed, History, Opened
from benchmarks.chaos.scale import NETWORKS


@dataclass(frozen=True, slots=True)
class Turns:
    """How often a process came after another one, for how many seconds at most nobody was
    connected, and how often somebody was while another one was."""

    takeovers: int
    longest_gap: float
    both: int


def held(history: History) -> Turns:
    """The turns of a run."""
    alone = {network.name for network in NETWORKS if network.alone}
    takeovers = both = 0
    longest_gap = 0.0
    free_since: float | None = None
    last: str | None = None
    connected: list[str] = []
    for line in history.connections:
        if line.network not in alone or line.at > history.ended:
            continue
        match line:
            case Opened(at, _, process):
                both += any(other != process for other in connected)
                takeovers += last not in (None, process)
                if free_since is not None:
                    longest_gap = max(longest_gap, at - free_since)
                connected.append(process)
                last, free_since = process, None
            case Closed(at, _, process):
                connected.remove(process)
                free_since = at if not connected else None
    if free_since is not None:
        longest_gap = max(longest_gap, history.ended - free_since)
    return Turns(takeovers, longest_gap, both)
