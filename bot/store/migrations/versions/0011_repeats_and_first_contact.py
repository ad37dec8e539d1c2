"""Repeat faults, calls that nobody answers, who took a report in, and the list of buildings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0011"
down_revision = "0010"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    # MySQL cannot undo a half-done change of tables: each step looks whether it was done before.
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("orders")}
    for column in (
        sa.Column("repeat_of", ROW_ID, nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("owner", key(64), nullable=True),
    ):
        if column.name not in known:
            op.add_column("orders", column)
    if "ix_orders_closed_building" not in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("orders")}:
        where = sa.text("closed_at IS NOT NULL")
        op.create_index(
            "ix_orders_closed_building",
            "orders",
            ["building", "category", "closed_at"],
            sqlite_where=where,
            postgresql_where=where,
        )
    if "tries" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("tasks")}:
        op.add_column("tasks", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "buildings",
        sa.Column("building", key(32), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("handed_over_on", sa.Date(), nullable=True),
        sa.Column("developer", sa.String(length=100), nullable=False),
        sa.Column("developer_phone", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("building", name=op.f("pk_buildings")),
        if_not_exists=True,
    )


def downgrade() -> None:
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.drop_column("tries")
    op.drop_table("buildings")
    op.drop_index("ix_orders_closed_building", "orders")
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_column("owner")
        batch_op.drop_column("repeats")
        batch_op.drop_column("repeat_of")
