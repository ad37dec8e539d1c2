"""``python -m bench [--quick] [--only NAME]``: measure and write docs/benchmarks.md."""

import argparse
import tempfile
from pathlib import Path

from bench import intake


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="a look, in less than a minute; writes nothing")
    parser.add_argument("--only", default="", help="one measurement")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="baoxiu-bench-") as folder:
        found = intake.measure(Path(folder), *((2, 2.0) if arguments.quick else (7, 5.0)))
        print(f"intake / echo = {found.ratio:.3f}; rows per order {found.rounds[-1].rows_per_order}")


if __name__ == "__main__":
    main()
