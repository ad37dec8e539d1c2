"""docs/reliability.md: what the fault campaign did, counted and found.

CAMPAIGN_MINUTES bounds the kills (10 unless given, shared by the databases that answer), CAMPAIGN_SEED repeats a run.
"""

import os
import platform
import sqlite3
import tomllib
from importlib.metadata import version
from pathlib import Path

from bot.clock import utc_now

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
MINUTES = float(os.environ.get("CAMPAIGN_MINUTES", "10"))
SEED = int(os.environ.get("CAMPAIGN_SEED", "20261122"))


class Results:
    """What the campaign has found, a line a case."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str]] = []

    def found(self, case: str, what: str, verdict: str) -> None:
        """One row of the page."""
        self.lines.append((case, what, verdict))

    def write(self) -> None:
        """docs/reliability.md, replaced as a whole."""
        own = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        versions = ", ".join([f"baoxiu {own}", *(f"{name} {version(name)}" for name in ("SQLAlchemy", "waitress"))])
        rows = "\n".join(f"| {case} | {what} | {verdict} |" for case, what, verdict in self.lines)
        PAGE.write_text(
            f"""# What the fault campaign found

Written by `make campaign`; every run replaces this page. The cases are in `tests/campaign/`.

- Date: {utc_now():%Y-%m-%d}, {MINUTES:g} minutes of kills, seed {SEED}
- Versions: {versions}, SQLite {sqlite3.sqlite_version}, Python {platform.python_version()}

An order is *lost* if the platform got its 200 and there is no order; a message is *lost* if it never came to its
phone, *doubled* if it came twice. A message that the platform gave up on (no 200 in any of its three attempts) is
counted apart: the endpoint was down all that time, and nobody was promised anything.

| Case | What was done and counted | Result |
|---|---|---|
{rows}
""",
            encoding="utf-8",
        )
