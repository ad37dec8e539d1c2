"""Who helps with an order beside its holder."""

from sqlalchemy import Column, ForeignKey, Index, Table

from bot.store.db import Instant
from bot.store.schema.base import Key, RowId, metadata, only_where

crew = Table(
    "crew",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("order_no", RowId, ForeignKey("orders.no"), nullable=False),
    Column("person", Key(64), nullable=False),
    Column("added_by", Key(64), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Index("ix_crew_order_no", "order_no"),
    only_where("ix_crew_person", "person", where="removed_at IS NULL"),
)
