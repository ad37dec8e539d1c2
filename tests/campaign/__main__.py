"""`make campaign`: all cases within CAMPAIGN_MINUTES, patient ones beside the busy ones, and the page.

With CAMPAIGN_ADDS_TO, the rows.jsonl of an earlier run, the cases run now (ARGS="-k case_22") replace their rows there,
and the page says so: a case that was mended need not wait for a whole run.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.campaign.page import write
from tests.campaign.rows import Row, collected, cut_off

# The cases and nothing else: what `make oracle` runs lies beside them.
CASES = sorted(str(file) for file in Path(__file__).parent.glob("test_case_*.py"))
MINUTES = float(os.environ.get("CAMPAIGN_MINUTES", "10"))
SEED = int(os.environ.get("CAMPAIGN_SEED", "20261128"))
ADDS_TO = os.environ.get("CAMPAIGN_ADDS_TO", "")
# A case that hangs is not waited for; the page says that it was cut off.
CLEAN_UP_S = 45.0


def main() -> int:
    """Run both halves and write the page; 1 where a case missed its demand."""
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="baoxiu-campaign-"))
    rows = folder / "rows.jsonl"
    env = {**os.environ, "CAMPAIGN_ROWS": str(rows), "CAMPAIGN_MINUTES": str(MINUTES), "CAMPAIGN_SEED": str(SEED)}
    halves = {}
    for name, marks in (("busy", "campaign and not patient"), ("patient", "campaign and patient")):
        command = [sys.executable, "-m", "pytest", "-m", marks, "--tb=short", "-p", "no:cacheprovider",
                   f"--basetemp={folder / name}", *CASES, *sys.argv[1:]]  # fmt: skip
        with (folder / f"{name}.log").open("wb") as log:
            halves[name] = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    print(f"The campaign runs for {MINUTES:g} minutes; its logs are in {folder}", flush=True)
    _follow(rows, halves, started + MINUTES * 60 - CLEAN_UP_S)
    for name, half in halves.items():
        if half.poll() is None:
            print(f"The {name} cases did not come to their end and are stopped.")
            half.send_signal(signal.SIGINT)  # pytest then cleans up, and the case that was running leaves its row
    for half in halves.values():
        try:
            half.wait(20)
        except subprocess.TimeoutExpired:
            half.kill()
    found = [*collected(rows), *cut_off(rows)]
    again = {(row.case, row.title, row.kind) for row in found}
    kept = [row for row in collected(Path(ADDS_TO)) if (row.case, row.title, row.kind) not in again] if ADDS_TO else []
    both = sorted([*kept, *found], key=lambda row: row.case)
    write(both, minutes=MINUTES, seed=SEED, seconds=time.monotonic() - started, before=len(kept))
    failed = [name for name, half in halves.items() if half.returncode not in (0, 5)]
    for name in failed:
        print((folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-3000:])
    print(f"docs/reliability.md is written after {time.monotonic() - started:.0f} s; logs are in {folder}")
    return 1 if failed else 0


def _follow(rows: Path, halves: "dict[str, subprocess.Popen[bytes]]", ends_at: float) -> None:
    """Tell of every row as it comes, until both halves have ended or the time is over."""
    told = 0
    while time.monotonic() < ends_at and any(half.poll() is None for half in halves.values()):
        time.sleep(1)
        lines = rows.read_text(encoding="utf-8").count("\n") if rows.exists() else 0
        if lines > told:
            for row in collected_in_order(rows)[told:lines]:
                mark = "–" if row.not_run else "✗" if row.missed else "✓"
                print(
                    f"{mark} {row.case:>2} {row.title}, {row.kind}: {'; '.join(row.missed) or row.not_run or 'holds'}",
                    flush=True,
                )
            told = lines


def collected_in_order(rows: Path) -> list[Row]:
    """The rows as they came."""
    whole = [line for line in rows.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    return [Row(**json.loads(line)) for line in whole]


if __name__ == "__main__":
    sys.exit(main())
