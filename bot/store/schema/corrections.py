"""Where people corrected the rules: sentences with the label they should have had."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from bot.store.db import Instant
from bot.store.schema.base import Body, Key, RowId, metadata

corrections = Table(
    "corrections",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("order_no", RowId, ForeignKey("orders.no"), nullable=False),
    Column("words", Body, nullable=False),
    Column("read_category", String(32), nullable=False),
    Column("read_priority", String(16), nullable=False),
    Column("category", String(32), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("rules", String(16), nullable=False, default=""),
    Column("how", String(16), nullable=False),
    Column("by", Key(200), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_corrections_order_no", "order_no"),
)
