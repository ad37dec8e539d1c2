"""Several processes on one database, and rows that wait for a human's word after a restore."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0006"
down_revision = "0005"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("id", key(40), nullable=False),
        sa.Column("host", key(160), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("born", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.add_column("outbox", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("timers", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_timers_due_at_id", "timers", ["due_at", "id"])
    op.create_index(
        "ix_timers_urgent",
        "timers",
        ["urgent", "due_at", "id"],
        sqlite_where=sa.text("urgent = 1"),
        postgresql_where=sa.text("urgent"),
    )
    op.drop_index("ix_timers_due_at", "timers")
    op.add_column("tokens", sa.Column("lease_owner", sa.String(length=40), nullable=True))
    op.add_column("cursors", sa.Column("lease_owner", sa.String(length=40), nullable=True))
    op.add_column("cursors", sa.Column("lease_until", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("going back means restoring the backup")
