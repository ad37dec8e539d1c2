"""The database and its two kinds of transaction: writing (a turn) and reading."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.types import TypeDecorator

from bot.store.group_commit import CommitFailed, GroupCommit

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The platform hangs up after 5 s; a 503 before that brings the message again.
SQLITE_BUSY_MS = 4_000
# What the system has read stays in its own cache; a connection that only reads needs none of its own to speak of, and a
# dozen of them with the writer's would grow with the database.
READER_CACHE_KIB = 2_000
FROZEN_AT_MOST_S = 10  # as long as the lease of a letter
_FROZEN_TOO_LONG = "25P03"  # PostgreSQL's name for it


class Unavailable(Exception):
    """The database cannot be used now: nothing of the transaction is stored."""


class Collided(Exception):
    """Two transactions wrote the same row at once, and this one was later: nothing of it is stored."""


def microseconds(value: datetime | None) -> int | None:
    """The moment as it is stored. Raises ValueError for a naive one."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a moment without time zone must not be stored")
    return (value - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=4096)
def instant(stored: int | None) -> datetime | None:
    """The moment that is stored so; the same ones are asked for again and again, and making one costs more."""
    return None if stored is None else _EPOCH + timedelta(microseconds=stored)


class Instant(TypeDecorator[datetime]):
    """A moment as whole microseconds since 1970 (UTC): the same on every database, and naive values are refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return instant(None if value is None else int(value))


class Database:
    """One database; every write goes through ``writing()``.

    On SQLite a writing transaction begins IMMEDIATE, so that read-then-write never fails as locked, and the writers
    of this process share their commits (`bot.store.group_commit`).
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine: Engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._group = GroupCommit(self.engine, SQLITE_BUSY_MS / 1000) if self.is_sqlite else None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that may write; durable on leaving, undone by any exception.

        Raises Unavailable where the database cannot be written now, Collided where somebody else wrote the same row.
        """
        try:
            with self._group.work() if self._group else self.engine.begin() as tx:
                yield tx
        except (OperationalError, InterfaceError, PoolTimeout, CommitFailed, sqlite3.Error) as error:
            raise (Collided if _was_in_a_deadlock(error) else Unavailable)(_reason(error)) from None
        except InternalError as error:
            if getattr(error.orig, "sqlstate", "") != _FROZEN_TOO_LONG:
                raise
            raise Unavailable(_reason(error)) from None
        except IntegrityError as error:
            raise Collided(_reason(error)) from None

    def do(self, work: Callable[[Connection], T]) -> T:
        """The same for ``work`` as a function, which on SQLite another thread may do along with its own."""
        if self._group is None:
            with self.writing() as tx:
                return work(tx)
        try:
            return self._group.do(work)
        except (OperationalError, InterfaceError, PoolTimeout, CommitFailed, sqlite3.Error) as error:
            raise Unavailable(_reason(error)) from None
        except IntegrityError as error:
            raise Collided(_reason(error)) from None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads and never waits for writers."""
        try:
            with self.engine.connect() as connection:
                yield connection.execution_options(baoxiu_read_only=True)
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise Unavailable(_reason(error)) from None

    def close(self) -> None:
        """Give back every connection."""
        if self._group:
            self._group.close()
        self.engine.dispose()


def _reason(error: Exception) -> str:
    """The driver's own first line; the full text quotes the statement's values, which may be somebody's words."""
    own = error.orig if isinstance(error, DBAPIError) else error
    return str(own).partition("\n")[0][:200] or type(error).__name__


def _was_in_a_deadlock(error: Exception) -> bool:
    """True where the server undid one of two transactions that waited for each other: it may be done again at once."""
    own = error.orig if isinstance(error, DBAPIError) else None
    if own is None:
        return False
    return getattr(own, "sqlstate", None) in ("40P01", "40001") or (own.args[:1] or (0,))[0] in (1213, 1020)


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    # MySQL's default shows a transaction rows it locks as they are and all others as they were: a page written in
    # between would look as if its order had moved.
    engine = create_engine(
        url, isolation_level="READ COMMITTED", pool_pre_ping=True, pool_recycle=1800, pool_size=10, max_overflow=20
    )
    _let_go_when_frozen(engine)
    return engine


def _let_go_when_frozen(engine: Engine) -> None:
    """A process that stands still in the middle of a transaction keeps its rows from the others no longer than this:
    the server ends the transaction. MySQL itself knows no such limit, MariaDB and PostgreSQL do."""
    postgresql = f"set idle_in_transaction_session_timeout = '{FROZEN_AT_MOST_S}s'"
    mariadb = f"set @baoxiu = 1 /*M!100300 , session idle_write_transaction_timeout = {FROZEN_AT_MOST_S} */"
    statement = postgresql if engine.dialect.name == "postgresql" else mariadb

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own transactions lose updates; ours are below
        cursor = connection.cursor()
        # FULL, not NORMAL: a power cut must not take back a message that was answered with 200.
        # Checkpoints have a thread of their own (bot.store.checkpoints); this mark is only for when it is gone.
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={SQLITE_BUSY_MS}",
            "temp_store=MEMORY",
            "wal_autocheckpoint=32000",
            "journal_size_limit=67108864",
            f"cache_size=-{READER_CACHE_KIB}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("baoxiu_grouped"):
            return
        read_only = options.get("baoxiu_read_only")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
