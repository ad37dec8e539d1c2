"""Addresses of the duty feeds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0005"
down_revision = "0004"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    if "feeds" in sa.inspect(op.get_bind()).get_table_names():
        return
    op.create_table(
        "feeds",
        sa.Column("person", key(64), nullable=False),
        sa.Column("token", key(64), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_feeds_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_feeds")),
        sa.UniqueConstraint("token", name=op.f("uq_feeds_token")),
    )


def downgrade() -> None:
    op.drop_table("feeds")
