"""The migrations make exactly the tables of bot/store/schema, once, whoever starts them and however often."""

import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from bot.store import Database
from bot.store.migrate import SchemaError, current, head, migrate_to_head
from bot.store.schema import metadata
from tests.store.databases import NotReachable, fresh

KINDS = ["sqlite", "postgresql", "mariadb"]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    try:
        with fresh(request.param, tmp_path) as found:
            yield found
    except NotReachable as reason:
        pytest.skip(str(reason))


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


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    migrate_to_head(url)
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    database.close()
    with pytest.raises(SchemaError, match="9999"):
        migrate_to_head(url)


def test_an_empty_database_is_at_no_revision(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/baoxiu.db")
    assert current(database) is None
    database.close()
