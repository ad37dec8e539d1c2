"""Which piece of equipment an order is about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0013"
down_revision = "0012"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"


def upgrade() -> None:
    bytewise = mysql.VARCHAR(64, charset="utf8mb4", collation="utf8mb4_bin")
    # MySQL cannot undo a half-done change of tables: each step looks whether it was done before.
    if "device" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("orders")}:
        key = sa.String(64).with_variant(bytewise, "mysql", "mariadb")
        op.add_column("orders", sa.Column("device", key, nullable=True))
    if "ix_orders_device" not in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("orders")}:
        where = sa.text("device IS NOT NULL")
        op.create_index(
            "ix_orders_device", "orders", ["device", "closed_at"], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    op.drop_index("ix_orders_device", "orders")
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_column("device")
