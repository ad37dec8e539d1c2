"""The register of buildings and rooms. MySQL commits each statement, so each may find itself done already."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("building", key(32), nullable=False),
        sa.Column("unit", key(32), nullable=False),
        sa.Column("room", key(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("building", "unit", "room", name=op.f("uq_rooms_building_unit_room")),
        if_not_exists=True,
    )
    op.create_table(
        "place_names",
        sa.Column("name", key(64), nullable=False),
        sa.Column("building", key(32), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_place_names")),
        if_not_exists=True,
    )


def downgrade() -> None:
    op.drop_table("place_names")
    op.drop_table("rooms")
