"""What choosing a person looks at: his own number of open orders, and where he served last.

Each step looks first, as MySQL keeps what was done before a migration was interrupted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
oldest_version = "0.1.0"

MOMENT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("people")}
    for column in (
        sa.Column("open_at_most", sa.Integer(), nullable=True),
        sa.Column("last_building", sa.String(length=32), nullable=False, server_default=""),
        sa.Column("served_at", MOMENT, nullable=True),
    ):
        if column.name not in there:
            op.add_column("people", column)
