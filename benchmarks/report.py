"""What a benchmark found: figures, each with its limit, as a table or as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never


@dataclass(frozen=True, slots=True)
class Below:
    """The figure has to be smaller than this."""

    value: float


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The figure has to be this or more."""

    value: float


Limit = Below | AtLeast


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; without a limit it only explains the others."""

    name: str
    value: float
    unit: str
    limit: Limit | None = None

    @property
    def ok(self) -> bool:
        """True unless the limit is missed."""
        match self.limit:
            case None:
                return True
            case Below(value):
                return self.value < value
            case AtLeast(value):
                return self.value >= value
            case _:
                assert_never(self.limit)


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, one sentence a line, and what came out."""

    about: tuple[str, ...]
    figures: tuple[Figure, ...]

    @property
    def ok(self) -> bool:
        """True if no limit is missed."""
        return all(figure.ok for figure in self.figures)


def percentiles(
    name: str, seconds: Sequence[float], p99: Limit | None = None, *, p50: Limit | None = None
) -> list[Figure]:
    """The median, the 99th percentile and the maximum of some durations, in milliseconds."""
    ordered = sorted(1000 * duration for duration in seconds)
    return [
        Figure(f"{name}, p50", ordered[len(ordered) // 2], "ms", p50),
        Figure(f"{name}, p99", ordered[len(ordered) * 99 // 100], "ms", p99),
        Figure(f"{name}, max", ordered[-1], "ms"),
    ]


def as_table(report: Report) -> str:
    """For people."""
    width = max(len(figure.name) for figure in report.figures)
    rows = [_row(figure, width) for figure in report.figures]
    return "\n".join((_machine(), *report.about, "", *rows))


def as_json(report: Report) -> str:
    """The raw numbers."""
    data = {
        "machine": _machine(),
        "about": report.about,
        "ok": report.ok,
        "figures": [_figure(figure) for figure in report.figures],
    }
    return json.dumps(data, indent=2)


def _machine() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {os.cpu_count()} CPUs, {platform.system()} {platform.machine()}."


def _row(figure: Figure, width: int) -> str:
    measured = f"{figure.name:{width}}  {_number(figure.value):>9} {figure.unit:<4}"
    if figure.limit is None:
        return measured.rstrip()
    verdict = "ok" if figure.ok else "MISSED"
    return f"{measured}  {_words(figure.limit):<15}  {verdict}"


def _figure(figure: Figure) -> dict[str, Any]:
    limit = _words(figure.limit) if figure.limit else None
    return {
        "name": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "limit": limit,
        "ok": figure.ok,
    }


def _words(limit: Limit) -> str:
    match limit:
        case Below(value):
            return f"below {value:,g}"
        case AtLeast(value):
            return f"at least {value:,g}"
        case _:
            assert_never(limit)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value >= 1 else f"{value:.3f}"
