"""Upgrades that are killed, and what must be left of the database after them."""

import subprocess
import sys
from datetime import date
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, func, inspect, select

from bot.store import Database
from bot.store.migrate import current, head
from bot.store.schema import metadata

REPOSITORY = Path(__file__).resolve().parents[2]
FIRST = "0001"


class Dying:
    """Upgrades in processes that can be killed after a statement."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "tests.store.dying"]
        self._helper = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=REPOSITORY)

    def upgrade(self, url: str, killed_after: int = 0) -> str:
        assert self._helper.stdin is not None
        assert self._helper.stdout is not None
        self._helper.stdin.write(f"{killed_after} {url}\n")
        self._helper.stdin.flush()
        return self._helper.stdout.readline().strip()

    def close(self) -> None:
        self._helper.kill()
        self._helper.wait()


def kill_and_finish(dying: Dying, url: str, stride: int) -> int:
    """Kill after the first statement, then a few later, and so on, each on what the one before left; how often."""
    kills = 0
    for after in range(1, 10_000, stride):
        if dying.upgrade(url, after) != "killed":
            break
        kills += 1
    assert dying.upgrade(url) == "done"
    return kills


def assert_at_head(url: str) -> None:
    database = Database(url)
    try:
        assert current(database) == head()
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, metadata) == []
    finally:
        database.close()


def fill(url: str) -> dict[str, int]:
    """Some rows in every table as it is, also such as point to others; returns how many each has."""
    engine = create_engine(url)
    found = MetaData()
    found.reflect(engine)
    with engine.begin() as tx:
        for table in found.sorted_tables:
            if table.name == "alembic_version":
                continue
            for n in (1, 2, 3):
                tx.execute(table.insert().values({c.name: value_for(c, n) for c in table.columns}))
    engine.dispose()
    return counted(url)


def value_for(column, n: int) -> object:
    if column.type.python_type is date:
        return date(2026, 1, n)
    if column.type.python_type is str:
        return str(n)
    if column.type.python_type is bool:
        return False
    if column.type.python_type is int:
        # MySQL keeps truth in small integers.
        return n if "TINYINT" not in str(column.type) else 0
    return None


def counted(url: str) -> dict[str, int]:
    engine = create_engine(url)
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as tx:
        names = inspect(engine).get_table_names()
        counts = {n: tx.execute(select(func.count()).select_from(found.tables[n])).scalar_one() for n in names}
    engine.dispose()
    return {name: count for name, count in counts.items() if name != "alembic_version"}
