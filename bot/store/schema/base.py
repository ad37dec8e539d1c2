"""What all tables share: names of constraints, and columns that mean the same on every database."""

from sqlalchemy import BigInteger, Index, Integer, MetaData, String, Text, text
from sqlalchemy.dialects import mysql

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only numbers INTEGER PRIMARY KEY by itself; elsewhere a row number may outgrow 32 bits.
RowId = BigInteger().with_variant(Integer(), "sqlite")
# MySQL's TEXT ends at 64 KB, and its default comparison would fold case and accents of keys.
Body = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def Key(length: int) -> String:
    """A key compared byte by byte on every database."""
    return String(length).with_variant(
        mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
    )


def only_where(name: str, *columns: str, where: str) -> Index:
    """A partial index; MySQL knows none and gets the whole one."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
