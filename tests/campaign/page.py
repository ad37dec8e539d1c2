"""docs/reliability.md: what the campaign did, counted and found."""

import platform
import re
import sqlite3
import tomllib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import utc_now
from tests.campaign.not_run import NOT_RUN
from tests.campaign.rows import Row
from tests.store.servers import NotReachable, server

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
_HEAD = """# What the fault campaign found

Written by `make campaign`; every run replaces this page. A case is one file of `tests/campaign/`, named by its number:
it says what is done, what must hold, and the figure.

- Date: {date}, {minutes:g} minutes, seed {seed}; {seconds:.0f} s in all
- Versions: {versions}
- Machine: {machine}
- {rows} rows, {bad} of them below a demand (**bold**), {skipped} not run{before}

A message is *lost* if the platform got its 200 and it is not stored, if a report has no order, or if what the bot calls
sent never came to its phone; *doubled* if there are two orders of it, or if it came twice. A message that the platform
gave up on (no 200 in any of its three attempts) is counted apart: nobody was promised anything. The delay is the worst
seen in the case, in seconds. A machine shared with other work shows in the delays, not in the counts.

| case | on | what was done | times | lost | doubled | worst delay | demanded and found |
|---|---|---|---|---|---|---|---|
"""


def write(rows: Iterable[Row], *, minutes: float, seed: int, seconds: float, before: int = 0) -> None:
    """Replace the page. ``before``: so many rows are of an earlier run."""
    rows = list(rows)
    ran = [row for row in rows if not row.not_run]
    skipped = {
        f"{row.case} {row.title}" + (f", {row.kind}" * bool(row.kind)): row.not_run for row in rows if row.not_run
    }
    skipped |= NOT_RUN
    head = _HEAD.format(
        date=f"{utc_now():%Y-%m-%d}", minutes=minutes, seed=seed, seconds=seconds, versions=_versions(),
        machine=_machine(), rows=len(ran), bad=sum(bool(row.missed) for row in ran), skipped=len(skipped),
        before=f"; {before} rows are of the run before, the others were run again" if before else "",
    )  # fmt: skip
    body = "".join(_line(row) for row in ran)
    rest = "".join(f"| {what} | {reason} |\n" for what, reason in skipped.items())
    rest = f"\n## Not run\n\n| case | why |\n|---|---|\n{rest}" if rest else ""
    PAGE.write_text(head + body + rest, encoding="utf-8")


def _line(row: Row) -> str:
    found = "; ".join([*row.figures, *(f"**{missed}**" for missed in row.missed if missed.startswith("broke off"))])
    worst = "" if row.worst is None else f"{row.worst:.2f}"
    cells = [
        f"{row.case} {row.title}",
        row.kind,
        row.done,
        row.times,
        _count(row.lost),
        _count(row.doubled),
        worst,
        found,
    ]
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def _count(found: int | None) -> str:
    return "" if found is None else f"**{found}**" if found else "0"


def _versions() -> str:
    own = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    listed = [f"baoxiu {own}", f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    listed += [f"{name} {version(name)}" for name in ("SQLAlchemy", "waitress", "psycopg", "pymysql")]
    return ", ".join([*listed, *filter(None, (_server(kind) for kind in ("postgresql", "mysql")))])


def _server(kind: str) -> str:
    try:
        engine = create_engine(server(kind))
        with engine.connect() as connection:
            told = str(connection.execute(text("select version()")).scalar())
        engine.dispose()
    except (NotReachable, SQLAlchemyError):
        return ""
    number = re.search(r"\d+(\.\d+)+", told)
    name = "PostgreSQL" if kind == "postgresql" else "MariaDB" if "mariadb" in told.lower() else "MySQL"
    return f"{name} {number.group() if number else told}"


def _machine() -> str:
    import os

    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
