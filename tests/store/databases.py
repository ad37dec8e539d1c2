"""Databases for the tests, of each kind the product runs on: empty ones, and migrated ones that are used again."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from bot.store.migrate import migrate_to_head
from bot.store.schema import metadata
from tests.store.servers import NotReachable, server

__all__ = ["KINDS", "NotReachable", "drop_all", "fresh", "migrated"]

KINDS = ("sqlite", "postgresql", "mysql")
_PREFIX = f"baoxiu_test_{os.getpid()}_{secrets.token_hex(2)}"
_made: list[tuple[str, str]] = []
_shelf: dict[str, list[str]] = {"postgresql": [], "mysql": []}
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
    a server is emptied afterwards and used again.
    """
    if kind == "sqlite":
        shutil.copy(_migrated_file(), folder / "baoxiu.db")
        yield f"sqlite:///{folder}/baoxiu.db"
        return
    server(kind)
    if not _shelf[kind]:
        url = _create(kind)
        migrate_to_head(url)
        _shelf[kind].append(url)
    url = _shelf[kind].pop()
    yield url
    if _emptied(kind, url):
        _shelf[kind].append(url)
    else:
        _drop(kind, url.rpartition("/")[2])


def drop_all() -> None:
    """At the end of the tests."""
    for kind, name in list(_made):
        _drop(kind, name)


def _migrated_file() -> Path:
    if not _template:
        folder = Path(tempfile.mkdtemp(prefix="baoxiu-template-"))
        migrate_to_head(f"sqlite:///{folder}/baoxiu.db")
        _template.append(folder / "baoxiu.db")
    return _template[0]


def _emptied(kind: str, url: str) -> bool:
    """True if the database is as after its migration. False where somebody still holds a lock in it."""
    engine = create_engine(url)
    try:
        with engine.begin() as tx:
            if kind == "postgresql":
                tx.execute(text("set lock_timeout = '2s'"))
                tx.execute(text("set session_replication_role = replica"))
                for table in reversed(metadata.sorted_tables):
                    tx.execute(_everything_of(table.name))
                tx.execute(text("alter sequence orders_no_seq restart"))
            else:
                tx.execute(text("set innodb_lock_wait_timeout = 2"))
                tx.execute(text("set foreign_key_checks = 0"))
                for table in metadata.sorted_tables:
                    tx.execute(_everything_of(table.name))
                tx.execute(text("alter table orders auto_increment = 1"))
        return True
    except DBAPIError:
        return False
    finally:
        engine.dispose()


def _everything_of(table: str):
    # What a migration wrote belongs to the schema.
    kept = " where name <> 'oldest_version'" if table == "meta" else ""
    return text(f"delete from {table}{kept}")


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
        connection.execute(text(f"drop database {name}{force}"))
    admin.dispose()
    _made.remove((kind, name))
