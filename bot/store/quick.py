"""Statements on the way of every message, compiled once and run on the driver's own cursor where that is SQLite.

SQLAlchemy's execution costs 20 to 35 µs a statement, which was 40 % of taking a report in (docs/benchmarks.md); the
SQL and the conversions of values are still SQLAlchemy's, done once. On other databases the network is the cost, and
the statement is executed as usual.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.sql.expression import Insert, Update

from bot.store.db import Instant, microseconds

_Convert = Callable[[Any], Any] | None


class Quick:
    """One statement. ``columns`` names the values of an insert, every one of which must be given each time."""

    def __init__(self, statement: Select[Any] | Insert | Update, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._sql = ""
        self._given: list[tuple[str, _Convert]] = []
        self._fixed: dict[str, Any] = {}
        self._taken: list[tuple[str, _Convert]] = []

    def run(self, tx: Connection, values: Mapping[str, Any]) -> int:
        """Execute it; returns how many rows changed."""
        if tx.dialect.name != "sqlite":
            return tx.execute(self._statement, dict(values)).rowcount
        return int(self._execute(tx, values).rowcount)

    def add(self, tx: Connection, values: Mapping[str, Any]) -> int:
        """Insert one row; returns the number it was given."""
        if tx.dialect.name != "sqlite":
            key = tx.execute(self._statement, dict(values)).inserted_primary_key
            assert key is not None
            return int(key[0])
        return int(self._execute(tx, values).lastrowid or 0)

    def add_all(self, tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows."""
        if tx.dialect.name != "sqlite":
            tx.execute(self._statement, [dict(row) for row in rows])
            return
        self._prepare(tx)
        self._guarded(tx, lambda cursor: cursor.executemany(self._sql, [self._bound(row) for row in rows]))

    def rows(self, tx: Connection, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Select; every row by column name."""
        if tx.dialect.name != "sqlite":
            return [dict(row) for row in tx.execute(self._statement, dict(values)).mappings()]
        found = self._execute(tx, values).fetchall()
        return [
            {
                name: value if convert is None else convert(value)
                for (name, convert), value in zip(self._taken, row, strict=True)
            }
            for row in found
        ]

    def _execute(self, tx: Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        self._prepare(tx)
        bound = self._bound(values)
        return self._guarded(tx, lambda cursor: cursor.execute(self._sql, bound))

    def _guarded(self, tx: Connection, do: Callable[[sqlite3.Cursor], sqlite3.Cursor]) -> sqlite3.Cursor:
        driver: Any = tx.connection.dbapi_connection
        try:
            return do(driver.cursor())
        except sqlite3.IntegrityError as error:
            raise IntegrityError(self._sql, None, error) from error
        except sqlite3.Error as error:
            raise OperationalError(self._sql, None, error) from error

    def _bound(self, values: Mapping[str, Any]) -> list[Any]:
        fixed = self._fixed
        return [
            fixed[name] if name in fixed else values[name] if convert is None else convert(values[name])
            for name, convert in self._given
        ]

    def _prepare(self, tx: Connection) -> None:
        if self._sql:
            return
        dialect = tx.dialect
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        names = list(compiled.positiontup)
        self._given = [(n, _converter(compiled.binds[n].type, dialect)) for n in names]
        self._fixed = {n: v for n, v in compiled.params.items() if v is not None and not compiled.binds[n].required}
        if isinstance(self._statement, Insert):
            self._fixed = {}
        if isinstance(self._statement, Select):
            self._taken = [
                (str(c.name), c.type.dialect_impl(dialect).result_processor(dialect, None))
                for c in self._statement.selected_columns
            ]
        self._sql = str(compiled.string)


def _converter(kind: Any, dialect: Dialect) -> _Convert:
    """What makes of a value what the driver takes; moments, of which there are many, without SQLAlchemy's wrapping."""
    if isinstance(kind, Instant):
        return microseconds
    processor: _Convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return processor
