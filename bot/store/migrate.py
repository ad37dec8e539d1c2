"""Bring the database to the present schema; safe to be killed, and to be run by two processes at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.store.db import Database

_HERE = Path(__file__).parent / "migrations"
_LOCK_KEY = 7_201_150_401  # any number, as long as it is always the same
_LOCK_WAIT_S = 60


class SchemaError(Exception):
    """The database's schema is not one that this version knows."""


def migrate_to_head(url: str) -> str:
    """Bring the schema to the newest revision and return it. Raises SchemaError for a database newer than we are."""
    database = Database(url)
    try:
        if database.is_sqlite:
            _prepare_sqlite(database)
        with database.engine.connect() as connection, _alone(connection, database), connection.begin():
            # Read again under the lock: another process may just have done it all.
            if _revision(connection) != head():
                _refuse_newer(connection)
                command.upgrade(_config(connection), "head")
        return head()
    finally:
        database.close()


def head() -> str:
    """The revision this version of the program works on."""
    found = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert found is not None
    return found


def current(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    with database.reading() as tx:
        return _revision(tx)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    revision = _revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaError(
            f"the database is at revision {revision}, which this version does not know: run a newer version"
        )


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _prepare_sqlite(database: Database) -> None:
    """WAL is a property of the file: set once here, not in every connection (seen to fail under load)."""
    name = database.url.database
    if name and name != ":memory:":
        Path(name).parent.mkdir(parents=True, exist_ok=True)
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        version = cursor.execute("select sqlite_version()").fetchone()[0]
        if tuple(int(part) for part in version.split(".")) < (3, 35):
            raise SchemaError(f"SQLite {version} is too old: 3.35 or newer is needed")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()
    finally:
        raw.close()


@contextmanager
def _alone(connection: Connection, database: Database) -> Iterator[None]:
    """Only one process migrates; on SQLite BEGIN IMMEDIATE alone sees to that."""
    kind = database.engine.dialect.name
    if kind == "postgresql":
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK_KEY})
        connection.commit()
    elif kind in ("mysql", "mariadb"):
        got = connection.execute(text("select get_lock('baoxiu_migrate', :wait)"), {"wait": _LOCK_WAIT_S}).scalar()
        connection.commit()
        if got != 1:
            raise SchemaError(f"another process has been migrating for more than {_LOCK_WAIT_S} s: try again later")
    try:
        yield
    finally:
        if kind == "postgresql":
            connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _LOCK_KEY})
            connection.commit()
        elif kind in ("mysql", "mariadb"):
            connection.execute(text("select release_lock('baoxiu_migrate')"))
            connection.commit()
