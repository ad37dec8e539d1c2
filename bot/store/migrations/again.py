"""MySQL commits every change of the schema by itself: a migration that was killed starts again among what it made.

Each such statement is done or not done as a whole there (atomic DDL: MySQL 8.0, MariaDB 10.6). One that finds its
work done has therefore been carried out before the kill, and is passed over.
"""

from typing import Any

from alembic.ddl.mysql import MariaDBImpl, MySQLImpl
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import DDLElement

_DONE = frozenset(
    {
        1050,  # the table exists
        1060,  # the column exists
        1061,  # the index exists
        1068,  # there is a primary key
        1826,  # the foreign key exists
        1051,  # no such table to drop
        1091,  # no such column or index to drop
    }
)


class _Again:
    """Passes over what is done."""

    def _exec(self, construct: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super()._exec(construct, *args, **kwargs)  # type: ignore[misc]
        except DBAPIError as error:
            number, *told = error.orig.args if error.orig is not None and error.orig.args else (0,)
            # MariaDB's own word for a foreign key that exists.
            exists = number in _DONE or (number == 1005 and "errno: 121" in str(told))
            if isinstance(construct, DDLElement) and exists:
                return None
            raise


class MySQLAgain(_Again, MySQLImpl):
    """For Alembic to find by its name."""

    __dialect__ = "mysql"


class MariaDBAgain(_Again, MariaDBImpl):
    """For Alembic to find by its name."""

    __dialect__ = "mariadb"
