"""The roster as they keep it: codes of shifts, rules that fill it, settled days, holidays, requests.

Each step looks first, as MySQL keeps what was done before a migration was interrupted.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"


MOMENT = sa.BigInteger()  # microseconds since 1970, UTC
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    tables = set(there.get_table_names())
    columns = {column["name"] for column in there.get_columns("duty")}
    for column in (
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("source", sa.String(length=16), nullable=False, server_default="list"),
    ):
        if column.name not in columns:
            op.add_column("duty", column)
    if "rotations" not in tables:
        op.create_table(
            "rotations",
            sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
            sa.Column("name", sa.String(length=64), nullable=False),
            sa.Column("rule", sa.String(length=200), nullable=False),
            sa.Column("crew", sa.Integer(), nullable=False),
            sa.Column("person", key(64), nullable=False),
            sa.Column("start_on", sa.Date(), nullable=False),
            sa.Column("until_on", sa.Date(), nullable=True),
            sa.Column("tier", sa.Integer(), nullable=True),
            sa.ForeignKeyConstraint(
                ["person"], ["people.id"], name=op.f("fk_rotations_person"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_rotations")),
        )
    if "settled_days" not in tables:
        op.create_table(
            "settled_days",
            sa.Column("person", key(64), nullable=False),
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("source", sa.String(length=16), nullable=False),
            sa.ForeignKeyConstraint(
                ["person"], ["people.id"], name=op.f("fk_settled_days_person"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("person", "day", name=op.f("pk_settled_days")),
        )
    if "holidays" not in tables:
        op.create_table(
            "holidays",
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("workday", sa.Boolean(), nullable=False),
            sa.Column("name", sa.String(length=64), nullable=False),
            sa.PrimaryKeyConstraint("day", name=op.f("pk_holidays")),
        )
    if "requests" not in tables:
        op.create_table(
            "requests",
            sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
            sa.Column("kind", sa.String(length=16), nullable=False),
            sa.Column("asker", key(64), nullable=False),
            sa.Column("other", key(64), nullable=False),
            sa.Column("about", sa.Text(), nullable=False),
            sa.Column("asked_at", MOMENT, nullable=False),
            sa.Column("until_at", MOMENT, nullable=False),
            sa.Column("decided_at", MOMENT, nullable=True),
            sa.Column("decided_by", key(64), nullable=False),
            sa.Column("outcome", sa.String(length=16), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        )
    indexes = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("requests")}
    if "ix_requests_open" not in indexes:
        undecided = sa.text("decided_at IS NULL")
        op.create_index(
            "ix_requests_open", "requests", ["until_at"], sqlite_where=undecided, postgresql_where=undecided
        )
    if "ix_requests_asker" not in indexes:
        op.create_index("ix_requests_asker", "requests", ["asker"])


def downgrade() -> None:
    for table in ("requests", "holidays", "settled_days", "rotations"):
        op.drop_table(table)
    with op.batch_alter_table("duty", schema=None) as batch_op:
        for column in ("source", "code", "day"):
            batch_op.drop_column(column)
