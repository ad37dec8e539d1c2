"""One measured figure with its target, and the few statistics that all measurements share."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``value`` in ``unit`` ("" for a ratio or a count). ``target`` None: only followed over time. ``at_least``: the
    target is a lower bound, else an upper one. ``note`` says in a clause what stands behind the value."""

    what: str
    value: float
    unit: str = ""
    target: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    @property
    def is_ratio(self) -> bool:
        """Ratios are told first: they move least from machine to machine."""
        return self.unit == "×"


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed (nearest rank, no interpolation)."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def milliseconds(what: str, seconds: Sequence[float], p99: float | None, worst: float | None = None) -> list[Figure]:
    """p50, p99 and worst of durations given in seconds; targets in milliseconds."""
    return [
        Figure(f"{what}: p50", quantile(seconds, 0.5) * 1000, "ms", note=f"{len(seconds)} measured"),
        Figure(f"{what}: p99", quantile(seconds, 0.99) * 1000, "ms", p99),
        Figure(f"{what}: worst", max(seconds) * 1000, "ms", worst),
    ]
