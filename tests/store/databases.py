"""Databases for the tests, of each kind the product runs on: empty ones, and migrated ones that are used again."""

import os
import secrets
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, Table, create_engine, text
from sqlalchemy.exc import DBAPIError

from bot.store.migrate import migrate_to_head
from bot.store.schema import metadata
from tests.store.servers import NotReachable, server

__all__ = ["KINDS", "NotReachable", "drop_all", "fresh", "migrated"]

KINDS = ("sqlite", "postgresql", "mysql")
_PREFIX = f"baoxiu_test_{os.getpid()}_{secrets.token_hex(2)}"
_made: list[tuple[str, str]] = []
# A test that ends does not wait until its database is empty again: the next one has another.
AT_HAND = 3
_cleaner = ThreadPoolExecutor(1)
_being_emptied: dict[str, deque[Future[str]]] = {"postgresql": deque(), "mysql": deque()}
_template: list[Path] = []


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database of this kind, dropped afterwards. Raises NotReachable."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/baoxiu.db"
        return
    url = _create(kind)
    try:
        yield url
    finally:
        _drop(kind, url.rpartition("/")[2])


@contextmanager
def migrated(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database at the present schema with nothing in it. Raises NotReachable.

    Migrating costs more than most tests: SQLite's file is a copy of one that was migrated once, and a database of
    a server is emptied afterwards, its numbers begin at 1 again, and it is used again.
    """
    if kind == "sqlite":
        shutil.copy(_migrated_file(), folder / "baoxiu.db")
        yield f"sqlite:///{folder}/baoxiu.db"
        return
    url = _from_the_shelf(kind)
    yield url
    _being_emptied[kind].append(_cleaner.submit(_empty, kind, url))


def _from_the_shelf(kind: str) -> str:
    server(kind)
    while _being_emptied[kind] and (_being_emptied[kind][0].done() or len(_being_emptied[kind]) >= AT_HAND):
        if url := _being_emptied[kind].popleft().result():
            return url
    url = _create(kind)
    migrate_to_head(url)
    return url


def drop_all() -> None:
    """At the end of the tests."""
    _cleaner.shutdown()
    for kind, name in list(_made):
        with suppress(DBAPIError):  # one that somebody still holds must not keep the others
            _drop(kind, name)


def _migrated_file() -> Path:
    if not _template:
        folder = Path(tempfile.mkdtemp(prefix="baoxiu-template-"))
        migrate_to_head(f"sqlite:///{folder}/baoxiu.db")
        _template.append(folder / "baoxiu.db")
    return _template[0]


def _empty(kind: str, url: str) -> str:
    """Make the database as after its migration; returns its URL, or "" where somebody still holds a lock in it."""
    engine = create_engine(url)
    try:
        with engine.begin() as tx:
            if kind == "postgresql":
                tx.exec_driver_sql("set lock_timeout = '2s'; set session_replication_role = replica")
                tx.exec_driver_sql(";".join(map(_everything_of, reversed(metadata.sorted_tables))))
                tx.exec_driver_sql("select setval(oid::regclass, 1, false) from pg_class where relkind = 'S'")
            else:
                tx.exec_driver_sql("set innodb_lock_wait_timeout = 2, lock_wait_timeout = 2, foreign_key_checks = 0")
                for table in metadata.sorted_tables:
                    tx.exec_driver_sql(_everything_of(table))
                tx.exec_driver_sql("set @baoxiu = 1 /*!80000 , information_schema_stats_expiry = 0 */")
                for name in tx.exec_driver_sql(_COUNTED).scalars().all():
                    tx.exec_driver_sql(f"alter table {name} auto_increment = 1")
        return url
    except DBAPIError:
        _drop(kind, url.rpartition("/")[2])
        return ""
    finally:
        engine.dispose()


_COUNTED = "select table_name from information_schema.tables where table_schema = database() and auto_increment > 1"


def _everything_of(table: Table) -> str:
    # What a migration wrote belongs to the schema.
    kept = " where name <> 'oldest_version'" if table.name == "meta" else ""
    return f"delete from {table.name}{kept}"


def _admin(kind: str) -> Engine:
    return create_engine(server(kind), isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})


def _create(kind: str) -> str:
    name = f"{_PREFIX}_{secrets.token_hex(3)}"
    character_set = " character set utf8mb4" if kind == "mysql" else ""
    admin = _admin(kind)
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}{character_set}"))
        if kind == "postgresql":
            # No test cuts the server's power; waiting for its disk would be most of their time.
            connection.execute(text(f"alter database {name} set synchronous_commit = off"))
    admin.dispose()
    _made.append((kind, name))
    return server(kind).set(database=name).render_as_string(hide_password=False)


def _drop(kind: str, name: str) -> None:
    name = name.partition("?")[0]
    if (kind, name) not in _made:
        return
    force = " with (force)" if kind == "postgresql" else ""
    admin = _admin(kind)
    with admin.connect() as connection:
        if kind == "mysql":
            connection.execute(text("set lock_wait_timeout = 10"))
        connection.execute(text(f"drop database {name}{force}"))
    admin.dispose()
    _made.remove((kind, name))
