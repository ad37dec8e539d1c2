"""A wished time of visit, a doubtful danger, and where the rules were corrected.

MySQL commits each statement, so each looks whether it was done before.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"

MOMENT = sa.BigInteger()  # microseconds since 1970, UTC
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BODY = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    here = sa.inspect(op.get_bind())
    has = {column["name"] for column in here.get_columns("orders")}
    for column in (
        sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("visit", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("visit_since", MOMENT, nullable=True),
        sa.Column("visit_until", MOMENT, nullable=True),
    ):
        if column.name not in has:
            op.add_column("orders", column)
    op.create_table(
        "corrections",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("order_no", ROW_ID, nullable=False),
        sa.Column("words", BODY, nullable=False),
        sa.Column("read_category", sa.String(length=32), nullable=False),
        sa.Column("read_priority", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("rules", sa.String(length=16), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("by", key(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["order_no"], ["orders.no"], name=op.f("fk_corrections_order_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        if_not_exists=True,
    )
    if "ix_corrections_order_no" not in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("corrections")}:
        op.create_index("ix_corrections_order_no", "corrections", ["order_no"])


def downgrade() -> None:
    op.drop_table("corrections")
    with op.batch_alter_table("orders") as batch_op:
        for name in ("visit_until", "visit_since", "visit", "doubtful"):
            batch_op.drop_column(name)
