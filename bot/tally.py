"""Counts what became of messages, for the organiser's monitoring."""

from collections.abc import Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.samples import Sample

LATE = timedelta(minutes=1)
"""A reminder that goes out so long after its time began is late."""

_SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300)


class Tally:
    """One for all networks of a process. Owns the registry that an exporter reads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._due = self._counter("due", "Messages that became due")
        self._sent = self._counter("sent", "Messages that a network has taken")
        self._late = self._counter("late", "Reminders sent more than a minute after their time")
        self._dropped = self._counter("dropped", "Notices that were not sent while of use")
        self._repeated = self._counter("repeated", "Messages sent again after a crash")
        self._failed = self._counter("failed", "Messages that a network did not take", "reason")
        self._lateness = Histogram(
            "summit_bot_lateness_seconds",
            "Real time from when a reminder was due, or its window began, until it was sent",
            ["network"],
            registry=self.registry,
            buckets=_SECONDS,
        )

    def due(self, network: str, messages: int) -> None:
        """So many messages became due."""
        self._due.labels(network).inc(messages)

    def sent(self, network: str, lateness: timedelta | None) -> None:
        """A network has a message, a reminder so long after its time."""
        self._sent.labels(network).inc()
        if lateness is not None:
            self._lateness.labels(network).observe(max(lateness.total_seconds(), 0))
            self._late.labels(network).inc(lateness > LATE)

    def dropped(self, network: str, notices: int) -> None:
        """So many notices were not sent while they were of use."""
        self._dropped.labels(network).inc(notices)

    def repeated(self, network: str) -> None:
        """A message goes again that may have arrived before a process ended."""
        self._repeated.labels(network).inc()

    def failed(self, network: str, reason: str) -> None:
        """A network did not take a message."""
        self._failed.labels(network, reason).inc()

    def sent_on(self, network: str) -> int:
        """How many messages a network has taken."""
        return self._count(self._sent, network)

    def late_on(self, network: str) -> int:
        """How many reminders went out late."""
        return self._count(self._late, network)

    def dropped_on(self, network: str) -> int:
        """How many notices were not sent while they were of use."""
        return self._count(self._dropped, network)

    def failed_on(self, network: str) -> dict[str, int]:
        """How many messages a network did not take, by reason."""
        return {
            sample.labels["reason"]: int(sample.value)
            for sample in self._samples(self._failed)
            if sample.labels["network"] == network
        }

    def exported(self) -> str:
        """All counts in the text format that Prometheus reads."""
        return generate_latest(self.registry).decode()

    def _count(self, counter: Counter, network: str) -> int:
        samples = self._samples(counter)
        return sum(int(s.value) for s in samples if s.labels["network"] == network)

    def _samples(self, counter: Counter) -> Iterator[Sample]:
        for metric in counter.collect():
            yield from (s for s in metric.samples if s.name.endswith("_total"))

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        named = f"summit_bot_messages_{name}"
        return Counter(named, about, ["network", *labels], registry=self.registry)
