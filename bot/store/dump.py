"""All rows of a database as plain values, in one consistent view; and back into an empty database of any kind.

What the tables are is asked of the database itself, so that a backup of an older schema can be restored.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Connection, Date, MetaData, Table, delete, func, insert, select, text, update

from bot.store.db import Database
from bot.store.floors import SchemaError
from bot.store.held import hold_everything
from bot.store.migrate import current, migrate_empty, migrate_to_head, revisions

_VERSIONS = "alembic_version"
# What only one moment's processes and the platform know of each other is worth nothing later.
_OF_THE_MOMENT = frozenset({"processes", "tokens", "gates"})
_AT_ONCE = 500
NUMBERS_SKIPPED = 100

Rows = tuple[list[str], Iterator[list[Any]]]


class Snapshot:
    """One consistent view of a database."""

    def __init__(self, connection: Connection, revision: str) -> None:
        self._connection = connection
        self.revision = revision
        self._tables = _tables(connection)

    def tables(self) -> list[str]:
        """The tables, those that others point to first."""
        return [table.name for table in self._tables]

    def rows(self, name: str) -> Rows:
        """The columns of a table, and its rows as values that JSON knows."""
        table = next(t for t in self._tables if t.name == name)
        found = self._connection.execution_options(yield_per=_AT_ONCE).execute(select(table))
        return [c.name for c in table.columns], ([_plain(value) for value in row] for row in found)


@contextmanager
def snapshot(database: Database) -> Iterator[Snapshot]:
    """A view of the database as it is now, whatever others write meanwhile. Raises SchemaError."""
    revision = current(database)
    if revision not in revisions():
        raise SchemaError(f"the database is at revision {revision}, which this version does not know")
    with database.engine.connect() as connection:
        if database.is_sqlite:
            view = connection.execution_options(baoxiu_read_only=True)
        else:
            view = connection.execution_options(isolation_level="REPEATABLE READ")
        with view.begin():
            yield Snapshot(view, str(revision))


def refuse_unless_empty(database: Database, revision: str) -> None:
    """Raise SchemaError where there is anything that a restore would have to be mixed with."""
    if revision not in revisions():
        raise SchemaError(f"the backup is of revision {revision}, which this version does not know: use a newer one")
    with database.reading() as tx:
        tables = _tables(tx)
        rows = sum(
            int(tx.execute(select(func.count()).select_from(t)).scalar() or 0) for t in tables if t.name != "meta"
        )
    if rows or (tables and current(database) != revision):
        raise SchemaError("the database is not empty: move it aside, or name an empty one in [store] url")


def load(url: str, revision: str, rows_of: Callable[[str], Rows | None], taken_at: datetime, now: datetime) -> None:
    """Fill an empty database: all or nothing, with everything old held back, and then brought to the present schema."""
    migrate_empty(url, revision)
    database = Database(url)
    try:
        with database.writing() as tx:
            tables = _tables(tx)
            for table in tables:
                found = rows_of(table.name)
                if found is not None and table.name not in _OF_THE_MOMENT:
                    _insert(tx, table, *found)
            _forget_the_moment(tx, {table.name: table for table in tables})
            hold_everything(tx, taken_at, now)
        # Apart, as MySQL would commit what came before it.
        with database.writing() as tx:
            _number_on(tx, tables)
    finally:
        database.close()
    migrate_to_head(url)


def _tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _VERSIONS]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value


def _insert(tx: Connection, table: Table, columns: list[str], rows: Iterable[list[Any]]) -> None:
    kinds = {c.name: c.type for c in table.columns}
    mine = iter(rows)
    while several := list(islice(mine, _AT_ONCE)):
        values = [{n: _typed(kinds[n], v) for n, v in zip(columns, row, strict=True) if n in kinds} for row in several]
        if table.name == "meta":
            # What the migration wrote is already there.
            values = [v for v in values if v["name"] != "oldest_version"]
        if values:
            tx.execute(insert(table), values)


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Boolean):
        return bool(value)
    return int(value) if isinstance(value, bool) else value


def _forget_the_moment(tx: Connection, tables: dict[str, Table]) -> None:
    # Another salt: what is sent from now on is none of what was sent after the backup was taken.
    tx.execute(delete(tables["meta"]).where(tables["meta"].c.name == "salt"))
    for name in ("outbox", "cursors"):
        tx.execute(update(tables[name]).values(lease_until=None, lease_owner=None))


def _number_on(tx: Connection, tables: list[Table]) -> None:
    """The database goes on numbering after the rows it was given; orders some way on, as numbers that were given
    after the backup was taken stand in people's chats."""
    for table in tables:
        key = table.primary_key.columns.values()[0]
        if len(table.primary_key.columns) > 1 or key.name not in ("id", "no") or key.type.python_type is not int:
            continue
        last = int(tx.execute(select(func.max(key))).scalar() or 0)
        if table.name == "orders" and last:
            last += NUMBERS_SKIPPED
        if not last:
            continue
        if tx.dialect.name == "postgresql":
            sequence = select(func.pg_get_serial_sequence(table.name, key.name)).scalar_subquery()
            tx.execute(select(func.setval(sequence, last)))
        elif tx.dialect.name != "sqlite":
            tx.execute(text(f"alter table {table.name} auto_increment = {last + 1}"))
        elif table.name == "orders":
            tx.execute(text("update sqlite_sequence set seq = :last where name = 'orders'"), {"last": last})


def as_line(row: list[Any]) -> str:
    """One row as a line of JSON."""
    return json.dumps(row, ensure_ascii=False)
