"""Runs of the emergency handbook. Tables alone, each of which MySQL may find done already."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0012"
down_revision = "0011"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"

MOMENT = sa.BigInteger()  # microseconds since 1970, UTC
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("order_no", ROW_ID, nullable=True),
        sa.Column("token", key(64), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", key(200), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("token", name=op.f("uq_runs_token")),
        sa.UniqueConstraint("order_no", name=op.f("uq_runs_order_no")),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_table(
        "run_people",
        sa.Column("run_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("person", key(200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_people_run_id")),
        sa.PrimaryKeyConstraint("run_id", "person", name=op.f("pk_run_people")),
        if_not_exists=True,
    )
    op.create_table(
        "ticks",
        sa.Column("run_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", key(200), nullable=False),
        sa.Column("order_no", ROW_ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_ticks_run_id")),
        sa.PrimaryKeyConstraint("run_id", "step", name=op.f("pk_ticks")),
        if_not_exists=True,
    )


def downgrade() -> None:
    op.drop_table("ticks")
    op.drop_table("run_people")
    op.drop_table("runs")
