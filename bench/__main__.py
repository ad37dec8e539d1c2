"""``python -m bench``: measure everything in one run and write docs/benchmarks.md."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import plan, report, slow_flush
from bench.figure import Figure
from bot.clock import utc_now

DOCUMENT = Path("docs/benchmarks.md")
# Beside the project and not in /tmp, which is memory on many machines and flushes for nothing.
SCRATCH = Path("data")


def main() -> int:
    """Measure what is asked for; status 1 where a measurement broke. A missed target is told, not an error."""
    arguments = _arguments()
    chosen = [m for m in plan.measurements(quick=arguments.quick) if arguments.only in ("", m.name)]
    at, load = utc_now(), os.getloadavg()[0]
    if load > 0.5:
        print(f"The load average is {load:.1f}: other work on this machine spoils the times.", file=sys.stderr)
    results: dict[plan.Measurement, Sequence[Figure] | str] = {}
    broken = False
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=SCRATCH) as name:
        folder = Path(name).resolve()
        commit_us = slow_flush.commit_seconds(folder / "probe.db") * 1e6
        for measurement in chosen:
            print(f"{measurement.name} …", flush=True)
            begin = time.monotonic()
            try:
                results[measurement] = measurement.take(folder / measurement.name)
            except slow_flush.NotHere as reason:
                results[measurement] = str(reason)
            except Exception as error:
                broken = True
                results[measurement] = f"broke: {type(error).__name__}: {error}"
            _tell(results[measurement], time.monotonic() - begin)
    if not (arguments.quick or arguments.only):
        DOCUMENT.write_text(report.render(at, results, commit_us, load), encoding="utf-8")
        print(f"Written to {DOCUMENT}.")
    return int(broken)


def _tell(result: Sequence[Figure] | str, seconds: float) -> None:
    print(result if isinstance(result, str) else report.table(result))
    print(f"({seconds:.0f} s)\n", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure and write docs/benchmarks.md.")
    parser.add_argument("--quick", action="store_true", help="a look in about a minute; writes nothing")
    names = [m.name for m in plan.measurements(quick=True)]
    parser.add_argument("--only", default="", choices=names, help="one measurement; writes nothing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
