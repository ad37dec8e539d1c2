"""From when to when an order waited, and when it is asked whether it still has to.

An order that has waited before is given one pause of the same length from its acceptance on: its finish stays the same.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
oldest_version = "0.1.0"


def upgrade() -> None:
    bind = op.get_bind()
    columns = {column["name"] for column in sa.inspect(bind).get_columns("orders")}
    if "parked_until" not in columns:
        op.add_column("orders", sa.Column("parked_until", sa.BigInteger(), nullable=True))
    if "pauses" not in columns:
        op.add_column("orders", sa.Column("pauses", sa.Text(), nullable=True))
    waited = sa.text(
        "SELECT no, first_accepted_at, parked_for FROM orders "
        "WHERE parked_for > 0 AND first_accepted_at IS NOT NULL AND pauses IS NULL"
    )
    for no, accepted, length in bind.execute(waited).all():
        span = f"{accepted}-{accepted + length}"
        bind.execute(sa.text("UPDATE orders SET pauses = :span WHERE no = :no"), {"span": span, "no": no})


def downgrade() -> None:
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_column("pauses")
        batch_op.drop_column("parked_until")
