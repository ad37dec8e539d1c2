"""docs/benchmarks.md: the figures of one run with their targets, on what they were taken, and how."""

import importlib.metadata
import inspect
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from bench.figure import Figure
from bench.plan import Measurement

SHOWN = ("Flask", "waitress", "wechatpy", "SQLAlchemy", "cryptography", "pyahocorasick", "jieba")
HEAD = """# Benchmarks

Written by `make bench` in one run; do not edit. Ratios come first: they compare two things measured right after each
other on one machine and hold elsewhere; times and rates are those of this machine. The load generator, the server and
the sandbox of the platform share its cores.
"""


def render(at: datetime, results: Mapping[Measurement, Sequence[Figure] | str], commit_us: float, load: float) -> str:
    """The document. A measurement that was not taken stands there with the reason. ``commit_us``: a bare durable
    commit here; ``load``: the machine's load average before the run."""
    taken = [figure for result in results.values() if not isinstance(result, str) for figure in result]
    parts = [
        HEAD,
        _machine(at, commit_us, load),
        "## Ratios\n\n" + table([f for f in taken if f.is_ratio]),
        "## Times, rates and counts\n\n" + table([f for f in taken if not f.is_ratio]),
    ]
    missing = [f"- {measurement.name}: {why}" for measurement, why in results.items() if isinstance(why, str)]
    if missing:
        parts.append("## Not measured in this run\n\n" + "\n".join(missing) + "\n")
    parts.append("## How each is measured\n\n" + "\n".join(_method(m) for m in results))
    return "\n".join(parts)


def table(figures: Sequence[Figure]) -> str:
    """The figures as a table that is readable unrendered, too."""
    lines = ["| figure | measured | target | met | |", "|---|---|---|---|---|"]
    for f in figures:
        bound = "" if f.target is None else f"{'≥' if f.at_least else '≤'} {_number(f.target, f.unit)}"
        met = {None: "", True: "yes", False: "**no**"}[f.met]
        lines.append(f"| {f.what} | {_number(f.value, f.unit)} | {bound} | {met} | {f.note} |")
    return "\n".join(lines) + "\n"


def _number(value: float, unit: str) -> str:
    digits = 3 if unit == "×" else 2 if unit == "s" else 1 if unit in ("ms", "MiB") else 0
    return f"{value:,.{digits}f} {unit}".rstrip()


def _machine(at: datetime, commit_us: float, load: float) -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in SHOWN)
    python = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return (
        f"Taken on {at:%Y-%m-%d} with {python}, {versions}.\n"
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}; a bare durable SQLite commit "
        f"(WAL, FULL) costs {commit_us:,.0f} µs here; load average before the run {load:.1f}.\n"
    )


def _method(measurement: Measurement) -> str:
    told = inspect.cleandoc(measurement.method.__doc__ or "").replace("``", "`")
    return f"- **{measurement.name}**: {' '.join(told.split())}"
