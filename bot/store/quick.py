"""Statements on the way of every message, compiled once and run on the driver's own cursor where that is SQLite.

SQLAlchemy's execution costs 20 to 35 µs a statement, which was 40 % of taking a report in (docs/benchmarks.md); the
SQL and the conversions of values are still SQLAlchemy's, done once. On other databases the network is the cost, and
the statement is executed as usual.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.sql.expression import Insert, Update

from bot.store.db import Instant, instant, microseconds

_Convert = Callable[[Any], Any] | None
# SQLite takes 32 766 values in a statement, and no table here has a hundred columns.
_ROWS_AT_ONCE = 100


class Quick:
    """One statement. ``columns`` names the values of an insert, every one of which must be given each time."""

    def __init__(self, statement: Select[Any] | Insert | Update, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._sql = ""
        self._fixed: dict[str, Any] = {}
        self._given: Callable[[Mapping[str, Any]], Any] = lambda values: ()
        self._to_driver: list[tuple[int, Callable[[Any], Any]]] = []
        self._names: tuple[str, ...] = ()
        self._from_driver: list[tuple[int, Callable[[Any], Any]]] = []

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
        elif len(rows) == 1:
            self._execute(tx, rows[0])
        else:
            # As one statement: each is a moment at which another thread may take the interpreter away.
            for begin in range(0, len(rows), _ROWS_AT_ONCE):
                some = rows[begin : begin + _ROWS_AT_ONCE]
                self._prepare(tx)
                bound = [value for row in some for value in self._bound(row)]
                _run(tx, self._for_rows(len(some)), bound)

    def rows(self, tx: Connection, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Select; every row by column name."""
        if tx.dialect.name != "sqlite":
            return [dict(row) for row in tx.execute(self._statement, dict(values)).mappings()]
        return [dict(zip(self._names, row, strict=True)) for row in self.tuples(tx, values)]

    def tuples(self, tx: Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Select; every row in the order of its columns."""
        if tx.dialect.name != "sqlite":
            return tx.execute(self._statement, dict(values)).all()
        found: list[Any] = self._execute(tx, values).fetchall()
        if not self._from_driver:
            return found
        converted = []
        for row in found:
            fields = list(row)
            for index, convert in self._from_driver:
                fields[index] = convert(fields[index])
            converted.append(fields)
        return converted

    def _execute(self, tx: Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        if not self._sql:
            self._prepare(tx)
        return _run(tx, self._sql, self._bound(values))

    def _for_rows(self, how_many: int) -> str:
        """The insert of so many rows; its one row of question marks is the end of the statement."""
        head, values, row = self._sql.rpartition("VALUES ")
        return f"{head}{values}{', '.join([row] * how_many)}"

    def _bound(self, values: Mapping[str, Any]) -> list[Any]:
        bound = list(self._given({**self._fixed, **values} if self._fixed else values))
        for index, convert in self._to_driver:
            bound[index] = convert(bound[index])
        return bound

    def _prepare(self, tx: Connection) -> None:
        if self._sql:
            return
        dialect = tx.dialect
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        names = list(compiled.positiontup)
        if not isinstance(self._statement, Insert):
            binds = compiled.binds
            self._fixed = {n: v for n, v in compiled.params.items() if v is not None and not binds[n].required}
        # Constants of the statement are as the driver takes them already.
        converters = [None if n in self._fixed else _converter(compiled.binds[n].type, dialect) for n in names]
        self._to_driver = [(i, convert) for i, convert in enumerate(converters) if convert is not None]
        self._given = itemgetter(*names) if len(names) > 1 else lambda values: [values[n] for n in names]
        if isinstance(self._statement, Select):
            columns = list(self._statement.selected_columns)
            self._names = tuple(str(c.name) for c in columns)
            readers = [_reader(c.type, dialect) for c in columns]
            self._from_driver = [(i, convert) for i, convert in enumerate(readers) if convert is not None]
        self._sql = str(compiled.string)


def _run(tx: Connection, sql: str, bound: Sequence[Any]) -> sqlite3.Cursor:
    """Execute on the driver; its errors get the names that the rest of the house catches."""
    driver: Any = tx.connection.dbapi_connection
    try:
        cursor: sqlite3.Cursor = driver.execute(sql, bound)
    except sqlite3.IntegrityError as error:
        raise IntegrityError(sql, None, error) from error
    except sqlite3.Error as error:
        raise OperationalError(sql, None, error) from error
    return cursor


def _converter(kind: Any, dialect: Dialect) -> _Convert:
    """What makes of a value what the driver takes; moments, of which there are many, without SQLAlchemy's wrapping."""
    if isinstance(kind, Instant):
        return microseconds
    processor: _Convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return processor


def _reader(kind: Any, dialect: Dialect) -> _Convert:
    """The way back."""
    if isinstance(kind, Instant):
        return instant
    processor: _Convert = kind.dialect_impl(dialect).result_processor(dialect, None)
    return processor
