"""Case 33. An upgrade from the first release, killed at random moments; and two processes that upgrade at once.

Demanded: after 100 kills it always starts again and comes to its end, and no row of any table is lost. Kills after each
single statement, and backups restored under load, are tests of their own (tests/store, tests/process).
"""

import time
from datetime import date, timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, func, select

import bot.store.migrations
from bot.store.migrate import head
from tests.campaign.crowd import database
from tests.campaign.zygote import Child
from tests.process.processes import Estate

FIRST = "0001"
ROWS = 200


@pytest.mark.weight(70)
@pytest.mark.parametrize(
    "kind", ["sqlite", *(pytest.param(k, marks=pytest.mark.campaign) for k in ("postgresql", "mysql"))]
)
def test_upgrades_killed_at_random(case, kind: str, zygote, tmp_path) -> None:
    wanted = case.times(3, 100)
    with case.row(kind) as row:
        upgrades = lost = 0
        took = 0.5
        end = time.monotonic() + max(20.0, case.budget)
        while row.times < wanted and time.monotonic() < end:
            folder = tmp_path / str(upgrades)
            folder.mkdir()
            with database(kind, folder) as url:
                estate = Estate(folder / "estate", url=url)
                try:
                    before = old(url)
                    arguments = ["migrate", "--config", str(estate.config)]
                    for _ in range(12):
                        child = zygote.launch(arguments, folder / "migrate.log")
                        if child.wait(case.rng.uniform(0.02, took * 1.1)):
                            break
                        child.kill()
                        row.times += 1
                    started = time.monotonic()
                    both = [Child.started(arguments, folder / "migrate.log") for _ in range(2 if upgrades == 0 else 0)]
                    both = both or [zygote.launch(arguments, folder / "migrate.log")]
                    assert all(child.wait(60) for child in both), "an upgrade does not come to its end"
                    took = min(2.0, max(0.1, time.monotonic() - started)) if upgrades else took
                    assert revision(url) == head(), (folder / "migrate.log").read_text(encoding="utf-8")[-500:]
                    after = counted(url)
                    lost += sum(max(0, count - after.get(name, 0)) for name, count in before.items())
                    upgrades += 1
                finally:
                    estate.close()
        row.counted(lost, 0)
        rows = f"{sum(before.values())} rows"
        row.done = f"{upgrades} upgrades from revision {FIRST} with {rows}, the first finished by two at once"
        row.demands("kills", row.times, at_least=wanted)


def old(url: str) -> dict[str, int]:
    """A database as the first release left it, with rows in every table; how many each has."""
    if url.startswith("sqlite"):
        # The product itself sets the file up for its journal.
        set_the_journal(url)
    engine = create_engine(url)
    with engine.connect() as connection, connection.begin():
        config = Config()
        config.set_main_option("script_location", str(next(iter(bot.store.migrations.__path__))).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
    found = MetaData()
    found.reflect(engine)
    with engine.begin() as tx:
        for table in found.sorted_tables:
            if table.name in ("alembic_version", "meta"):
                continue
            tx.execute(table.insert(), [{c.name: value(c, n) for c in table.columns} for n in range(1, ROWS + 1)])
    engine.dispose()
    return counted(url)


def set_the_journal(url: str) -> None:
    """The journal mode belongs to the file and is set before its first table."""
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()


def value(column, n: int) -> object:
    kind = column.type.python_type
    if kind is date:
        return date(2026, 1, 1) + timedelta(days=n)
    if kind is str:
        return str(n)
    if kind is bool or (kind is int and "TINYINT" in str(column.type)):
        return False
    return n


def revision(url: str) -> str | None:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("select version_num from alembic_version").scalar()
    engine.dispose()
    return found


def counted(url: str) -> dict[str, int]:
    engine = create_engine(url)
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as tx:
        counts = {
            name: int(tx.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in found.tables.items()
            if name != "alembic_version"
        }
    engine.dispose()
    return counts
