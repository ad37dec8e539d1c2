"""Who helps: mentors of apprentices, people of outside firms, and helpers of an order.

Each step looks first, as MySQL keeps what was done before a migration was interrupted.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0008"
down_revision = "0007"
oldest_version = "0.1.0"

MOMENT = sa.BigInteger()  # microseconds since 1970, UTC
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    columns = {column["name"] for column in there.get_columns("people")}
    for column in (
        sa.Column("mentor", key(64), nullable=False, server_default=""),
        sa.Column("firm", sa.String(length=64), nullable=False, server_default=""),
    ):
        if column.name not in columns:
            op.add_column("people", column)
    if "crew" not in there.get_table_names():
        op.create_table(
            "crew",
            sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
            sa.Column("order_no", ROW_ID, nullable=False),
            sa.Column("person", key(64), nullable=False),
            sa.Column("added_by", key(64), nullable=False),
            sa.Column("added_at", MOMENT, nullable=False),
            sa.Column("removed_at", MOMENT, nullable=True),
            sa.ForeignKeyConstraint(["order_no"], ["orders.no"], name=op.f("fk_crew_order_no")),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_crew")),
        )
    indexes = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("crew")}
    if "ix_crew_order_no" not in indexes:
        op.create_index("ix_crew_order_no", "crew", ["order_no"])
    if "ix_crew_person" not in indexes:
        op.create_index(
            "ix_crew_person", "crew", ["person"],
            sqlite_where=sa.text("removed_at IS NULL"), postgresql_where=sa.text("removed_at IS NULL"),
        )  # fmt: skip
