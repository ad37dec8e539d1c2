"""The migrations make exactly the tables of bot/store/schema, once, whoever starts them and however often."""

import re
import sqlite3
import threading
import warnings
from importlib.metadata import version
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text, update

from bot.store import Database, floors
from bot.store.migrate import (
    _HERE,
    _LOCK_KEY,
    _LOCKS,
    SchemaError,
    current,
    head,
    migrate_empty,
    migrate_to_head,
    objection,
    revisions,
)
from bot.store.schema import meta, metadata
from tests.store.upgrades import assert_at_head, counted, fill

VERSIONS = _HERE / "versions"


def test_the_migrations_make_exactly_the_schema(url: str) -> None:
    assert migrate_to_head(url) == head()
    database = Database(url)
    try:
        with database.engine.connect() as connection, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
    finally:
        database.close()


def test_migrating_again_changes_nothing(url: str) -> None:
    assert migrate_to_head(url) == migrate_to_head(url)
    database = Database(url)
    assert current(database) == head()
    database.close()


def test_four_that_migrate_at_once_all_come_to_the_end(url: str) -> None:
    failures: list[Exception] = []

    def migrate() -> None:
        try:
            migrate_to_head(url)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def made_by_a_newer_version(url: str, oldest: str) -> Database:
    migrate_to_head(url)
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
        connection.execute(update(meta).where(meta.c.name == "oldest_version").values(value=oldest))
    return database


def test_a_database_that_a_newer_version_made_is_refused_where_it_says_so(url: str) -> None:
    database = made_by_a_newer_version(url, "99.1.0")
    assert "run version 99.1.0 or later" in objection(database)
    with pytest.raises(SchemaError, match=r"9999.*run version 99\.1\.0"):
        migrate_to_head(url)
    database.close()


def test_while_others_are_upgraded_one_by_one_the_version_before_works_on(url: str) -> None:
    database = made_by_a_newer_version(url, version("baoxiu"))
    assert objection(database) == ""
    assert migrate_to_head(url) == "9999"
    assert current(database) == "9999"
    database.close()


def test_a_database_that_is_behind_is_objected_to(url: str) -> None:
    migrate_empty(url, "0001")
    database = Database(url)
    assert "run baoxiu migrate" in objection(database)
    database.close()


def test_every_migration_names_the_oldest_version_that_may_still_run() -> None:
    for revision in revisions():
        found = next(Path(VERSIONS).glob(f"{revision}_*.py")).read_text("utf-8")
        assert re.search(r'^oldest_version = "\d+\.\d+\.\d+"$', found, re.M), revision


def test_who_holds_the_lock_too_long_is_told_of(url: str, database_kind: str) -> None:
    database = Database(url)
    with database.engine.connect() as holder:
        if database_kind == "sqlite":
            holder.begin()
        else:
            take, _ = _LOCKS[database_kind]
            holder.execute(text(take), {"key": _LOCK_KEY, "name": f"baoxiu_migrate_{database.url.database}"[:64]})
        with pytest.raises((SchemaError, sqlite3.OperationalError), match=r"locked|migrating for more than"):
            migrate_to_head(url, patience=0.3)
    database.close()
    assert migrate_to_head(url) == head()


def test_a_migration_that_would_lose_rows_is_undone(url: str, database_kind: str, monkeypatch) -> None:
    migrate_empty(url, "0001")
    before = fill(url)
    upgrade = command.upgrade

    def losing(config, target: str) -> None:
        upgrade(config, target)
        config.attributes["connection"].execute(text("delete from ratings"))

    monkeypatch.setattr(command, "upgrade", losing)
    with pytest.raises(SchemaError, match="lose rows of ratings"):
        migrate_to_head(url)
    monkeypatch.undo()
    assert counted(url)["ratings"] == before["ratings"]
    migrate_to_head(url)
    assert_at_head(url)


@pytest.mark.databases("sqlite")
def test_before_an_upgrade_the_file_is_copied_and_three_copies_are_kept(url: str, tmp_path: Path) -> None:
    for n in range(5):
        (tmp_path / f"baoxiu.db.before-upgrade-{10**18 + n}-from-0000").write_text("")
    migrate_empty(url, "0001")
    before = fill(url)
    assert len(list(tmp_path.glob("*.before-upgrade-*"))) == 5
    migrate_to_head(url)
    copies = sorted(tmp_path.glob("*.before-upgrade-*"))
    assert len(copies) == 3
    assert counted(f"sqlite:///{copies[-1]}") == before
    database = Database(f"sqlite:///{copies[-1]}")
    assert current(database) == "0001"
    database.close()
    migrate_to_head(url)
    assert sorted(tmp_path.glob("*.before-upgrade-*")) == copies


@pytest.mark.databases("sqlite")
def test_where_no_copy_can_be_made_nothing_is_upgraded(url: str, tmp_path: Path, monkeypatch) -> None:
    migrate_empty(url, "0001")
    monkeypatch.setattr(Path, "with_name", lambda path, name: path.parent / "no folder" / name)
    with pytest.raises(SchemaError, match="no copy"):
        migrate_to_head(url)
    database = Database(url)
    assert current(database) == "0001"
    database.close()


@pytest.mark.parametrize(
    ("name", "found", "refused"),
    [
        ("SQLite", (3, 34, 1), True),
        ("SQLite", (3, 35, 0), False),
        ("PostgreSQL", (12, 9), True),
        ("PostgreSQL", (13, 0), False),
        ("MySQL", (5, 7, 44), True),
        ("MySQL", (8, 0, 11), False),
        ("MariaDB", (10, 5, 9), True),
        ("MariaDB", (10, 6, 1), False),
    ],
)
@pytest.mark.databases("sqlite")
def test_a_server_below_the_floor_is_named(url: str, name: str, found, refused: bool, monkeypatch) -> None:
    monkeypatch.setattr(floors, "server_of", lambda connection: (name, found))
    if not refused:
        assert migrate_to_head(url) == head()
        return
    with pytest.raises(SchemaError, match=f"{name} .* is too old"):
        migrate_to_head(url)


def test_an_empty_database_is_at_no_revision(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/baoxiu.db")
    assert current(database) is None
    database.close()
