"""What is known of each building beyond its rooms: since when its warranty counts, and who built it."""

from sqlalchemy import Column, Date, String, Table

from bot.store.schema.base import Key, metadata

buildings = Table(
    "buildings",
    metadata,
    Column("building", Key(32), primary_key=True),
    Column("accepted_on", Date),
    Column("handed_over_on", Date),
    Column("developer", String(100), nullable=False, default=""),
    Column("developer_phone", String(32), nullable=False, default=""),
)
