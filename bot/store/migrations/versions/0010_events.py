"""Events (事件): one outage that many report."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0010"
down_revision = "0009"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"

MOMENT = sa.BigInteger()  # microseconds since 1970, UTC
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    # MySQL cannot undo a half-done change of tables: each step looks whether it was done before.
    here = sa.inspect(op.get_bind())
    if not here.has_table("incidents"):
        op.create_table(
            "incidents",
            sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
            sa.Column("system", sa.String(length=16), nullable=False),
            sa.Column("building", sa.String(length=32), nullable=False),
            sa.Column("unit", sa.String(length=32), nullable=True),
            sa.Column("standing", sa.String(length=16), nullable=False),
            sa.Column("lead", ROW_ID, nullable=True),
            sa.Column("opened_at", MOMENT, nullable=False),
            sa.Column("joined_by", key(64), nullable=False),
            sa.Column("eta", MOMENT, nullable=True),
            sa.Column("over_at", MOMENT, nullable=True),
            sa.Column("done", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
            sqlite_autoincrement=True,
        )
    if not _has_index("incidents", "ix_incidents_building_system"):
        op.create_index("ix_incidents_building_system", "incidents", ["building", "system"])
    if "incident" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("orders")}:
        op.add_column("orders", sa.Column("incident", ROW_ID, nullable=True))
    _add_index("ix_orders_open_building", ["building", "category"], "closed_at IS NULL")
    _add_index("ix_orders_incident", ["incident"], "incident IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_orders_incident", "orders")
    op.drop_index("ix_orders_open_building", "orders")
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_column("incident")
    op.drop_table("incidents")


def _has_index(table: str, name: str) -> bool:
    return name in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}


def _add_index(name: str, columns: list[str], where: str) -> None:
    if not _has_index("orders", name):
        op.create_index(name, "orders", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
