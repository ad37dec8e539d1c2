"""The oldest database servers the product runs on, asked at every start."""

from sqlalchemy import Connection

FLOORS = {"SQLite": (3, 35), "PostgreSQL": (13,), "MySQL": (8, 0), "MariaDB": (10, 6)}


class SchemaError(Exception):
    """The database, or its schema, is not one that this version can work on."""


def check(connection: Connection) -> None:
    """Raise SchemaError for a server that is too old: it lacks what the product leans on (RETURNING, SKIP LOCKED)."""
    name, found = server_of(connection)
    floor = FLOORS[name]
    if found < floor:
        had, wanted = (".".join(map(str, v)) for v in (found, floor))
        raise SchemaError(f"{name} {had} is too old: {wanted} or newer is needed")


def server_of(connection: Connection) -> tuple[str, tuple[int, ...]]:
    """What the database is, and its version."""
    dialect = connection.dialect
    found = tuple(part for part in dialect.server_version_info or () if isinstance(part, int))
    if dialect.name in ("mysql", "mariadb"):
        return ("MariaDB" if getattr(dialect, "is_mariadb", False) else "MySQL"), found
    if dialect.name == "sqlite":
        # The library's own answer: what the dialect says is what it was compiled against.
        version = connection.exec_driver_sql("select sqlite_version()").scalar_one()
        return "SQLite", tuple(int(part) for part in str(version).split("."))
    return "PostgreSQL", found
