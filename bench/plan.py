"""What is measured, how much of it, and in which order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import arrivals, breakdown, history, intake, memory, page, product, reading, several, slow_flush, start
from bench.figure import Figure


@dataclass(frozen=True)
class Measurement:
    """``take`` measures in a new folder; ``method`` is the function whose docstring says how."""

    name: str
    method: Callable[..., Any]
    take: Callable[[Path], Sequence[Figure]]


def measurements(*, quick: bool) -> list[Measurement]:
    """All of them; ``quick`` ones are short and good for a look only."""

    def size(full: float, look: float) -> float:
        return look if quick else full

    def count(full: int, look: int) -> int:
        return look if quick else full

    return [
        Measurement("intake", intake.measure, lambda f: intake.measure(f, count(7, 2), size(5, 1))),
        Measurement("several", several.measure, lambda f: several.measure(f, count(3, 1), size(5, 1))),
        Measurement("arrivals", arrivals.silent, lambda f: arrivals.silent(f, size(60, 6))),
        Measurement("slow-disk", arrivals.slow_disk, lambda f: _slow_disk(f, size(60, 4))),
        Measurement("everything", arrivals.everything, lambda f: arrivals.everything(f, size(60, 5))),
        Measurement("page", page.measure, lambda f: page.measure(f, count(200, 8))),
        Measurement("start", start.measure, lambda f: start.measure(f, count(5, 1))),
        Measurement("memory", memory.measure, lambda f: _memory(f, count(1000, 100), count(10_000, 500))),
        Measurement(
            "history", history.measure, lambda f: history.measure(f, count(1_000_000, 30_000), count(500, 100))
        ),
        Measurement("reading", reading.measure, lambda f: reading.measure(f, count(9, 3))),
        Measurement("breakdown", breakdown.measure, lambda f: breakdown.measure(f, count(2000, 200))),
    ]


def _slow_disk(folder: Path, seconds: float) -> list[Figure]:
    folder.mkdir()
    return arrivals.slow_disk(folder / "estate", seconds, slow_flush.slowed(folder))


def _memory(folder: Path, few: int, many: int) -> list[Figure]:
    if not product.on_linux():
        raise slow_flush.NotHere("the system does not tell a process's share of memory")
    return memory.measure(folder, few, many)
