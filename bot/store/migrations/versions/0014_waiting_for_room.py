"""Which letters wait only because the receiver's minute is full: those after them about the same order wait too."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"


def upgrade() -> None:
    # MySQL cannot undo a half-done change of tables: each step looks whether it was done before.
    if "crowded" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("outbox")}:
        op.add_column("outbox", sa.Column("crowded", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_column("crowded")
