"""Bring the database to the present schema; safe to be killed, and to be run by two processes at once.

A migration names the oldest version of the program that may run on what it makes (``oldest_version``). The highest
of them stands in the database, and a program older than that refuses.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, table, text

from bot.store import floors
from bot.store.db import Database
from bot.store.floors import SchemaError
from bot.store.schema import meta

__all__ = ["SchemaError", "current", "head", "migrate_to_head", "objection"]

_HERE = Path(__file__).parent / "migrations"
_LOCK_KEY = 7_201_150_401  # any number, as long as it is always the same
_LOCK_WAIT_S = 60.0
_LOOK_AGAIN_S = 0.1
COPIES_KEPT = 3


def migrate_to_head(url: str, patience: float = _LOCK_WAIT_S) -> str:
    """Bring the schema to the newest revision and return it.

    On SQLite a copy of the file is made first, beside it. Waits ``patience`` seconds for another process that is at
    it. Raises SchemaError for a database that is too new or too old for this version, and where rows would be lost.
    """
    return _migrate(url, "head", patience)


def migrate_empty(url: str, revision: str) -> None:
    """Make the tables of an older revision, to restore a backup of that time into. Raises SchemaError."""
    _migrate(url, revision, _LOCK_WAIT_S)


def head() -> str:
    """The revision this version of the program works on."""
    found = _scripts().get_current_head()
    assert found is not None
    return found


def revisions() -> list[str]:
    """Every revision this version knows, the first one first."""
    return [script.revision for script in _scripts().walk_revisions()][::-1]


@cache
def _scripts() -> ScriptDirectory:
    # Alembic reads every file to know their order, which costs more than looking at a database that needs nothing.
    return ScriptDirectory.from_config(_config(None))


def current(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    with database.reading() as tx:
        return _revision(tx)


def objection(database: Database) -> str:
    """Why this version must not work on the database as it is; "" if it may."""
    with database.reading() as tx:
        revision = _revision(tx)
        if revision == head():
            return ""
        if revision in (None, *revisions()):
            return f"the database is at revision {revision}, not {head()}: run baoxiu migrate"
        return _too_old_for(tx, str(revision))


def _migrate(url: str, target: str, patience: float) -> str:
    database = Database(url)
    try:
        if database.is_sqlite:
            _prepare_sqlite(database, patience)
        with database.engine.connect() as connection, _alone(connection, database, patience), connection.begin():
            # Read again under the lock: another process may just have done it all.
            revision = _revision(connection)
            if revision not in (None, *revisions()):
                objects = _too_old_for(connection, str(revision))
                if objects:
                    raise SchemaError(objects)
                return str(revision)
            if revision != head():
                before = _rows(connection) if revision else {}
                if revision and database.is_sqlite:
                    _copy(database, revision)
                command.upgrade(_config(connection), target)
                _nothing_lost(connection, before, is_sqlite=database.is_sqlite)
        return head()
    finally:
        database.close()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _too_old_for(connection: Connection, revision: str) -> str:
    """For a database that a newer version made: why this one must not touch it; "" if that one allows it."""
    oldest = connection.execute(select(meta.c.value).where(meta.c.name == "oldest_version")).scalar()
    own = version("baoxiu")
    if oldest is not None and _comparable(own) >= _comparable(oldest):
        return ""
    wanted = f"version {oldest}" if oldest else "a newer version"
    return (
        f"the database is at revision {revision}, which this version ({own}) does not know: run {wanted} or later, "
        "or restore a backup from before the upgrade"
    )


def _comparable(number: str) -> tuple[int, ...]:
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in number.split(".")[:3])


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


# --- that nothing is lost ---------------------------------------------------------------------------------------------


def _rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    return {
        name: int(connection.execute(select(func.count()).select_from(table(name))).scalar() or 0) for name in names
    }


def _nothing_lost(connection: Connection, before: dict[str, int], *, is_sqlite: bool) -> None:
    after = _rows(connection)
    for name, count in before.items():
        if after.get(name, count) < count:
            raise SchemaError(
                f"the migration would lose rows of {name} ({count} before, {after[name]} after): stay on the version "
                "you had, and report this"
            )
    if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise SchemaError("after the migration some rows point nowhere: stay on the version you had, and report this")


def _copy(database: Database, revision: str) -> None:
    """A copy of the file as it is; whoever else writes is held off by our transaction."""
    file = Path(str(database.url.database))
    copy = file.with_name(f"{file.name}.before-upgrade-{time.time_ns()}-from-{revision}")
    # A connection of its own: no copy can be made within the transaction.
    raw = database.engine.raw_connection()
    try:
        raw.driver_connection.execute("VACUUM INTO ?", (str(copy),))  # type: ignore[union-attr]
        copy.chmod(file.stat().st_mode & 0o777)
    except Exception as error:
        copy.unlink(missing_ok=True)
        raise SchemaError(
            f"no copy of {file} could be made before the upgrade ({str(error).partition(chr(10))[0]}): make room "
            "beside it"
        ) from None
    finally:
        raw.close()
    for old in sorted(file.parent.glob(f"{file.name}.before-upgrade-*"))[:-COPIES_KEPT]:
        old.unlink(missing_ok=True)


# --- one at a time ----------------------------------------------------------------------------------------------------


def _prepare_sqlite(database: Database, patience: float) -> None:
    """WAL is a property of the file: set once here, not in every connection (seen to fail under load)."""
    name = database.url.database
    if name and name != ":memory:":
        Path(name).parent.mkdir(parents=True, exist_ok=True)
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
        # Of a new file: a report changes some thirty places, each of which is a page to be logged and flushed.
        cursor.execute("PRAGMA page_size=2048")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()
    finally:
        raw.close()


@contextmanager
def _alone(connection: Connection, database: Database, patience: float) -> Iterator[None]:
    """Only one process migrates; on SQLite BEGIN IMMEDIATE alone sees to that."""
    kind = database.engine.dialect.name
    if kind == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
        # Rebuilding a table with this on would delete the rows that point to it.
        driver.execute("PRAGMA foreign_keys=OFF")
    floors.check(connection)
    connection.rollback()
    if kind == "sqlite":
        yield
        return
    take, leave = _LOCKS["postgresql" if kind == "postgresql" else "mysql"]
    # Names of MySQL's locks hold for the whole server, and are cut at 64 characters.
    names = {"key": _LOCK_KEY, "name": f"baoxiu_migrate_{database.url.database}"[:64]}
    end = time.monotonic() + patience
    while not connection.execute(text(take), names).scalar():
        connection.commit()
        if time.monotonic() > end:
            raise SchemaError(f"another process has been migrating for more than {patience:g} s: try again later")
        time.sleep(_LOOK_AGAIN_S)
    connection.commit()
    try:
        yield
    finally:
        connection.execute(text(leave), names)
        connection.commit()


# Locks of the session, which the server lets go when its holder dies.
_LOCKS = {
    "postgresql": ("select pg_try_advisory_lock(:key)", "select pg_advisory_unlock(:key)"),
    "mysql": ("select get_lock(:name, 0)", "select release_lock(:name)"),
}
