"""Events (事件): one outage that many report. Which orders belong to one stands with the orders."""

from sqlalchemy import Column, Index, String, Table, Text

from bot.store.db import Instant
from bot.store.schema.base import Key, RowId, metadata

incidents = Table(
    "incidents",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("system", String(16), nullable=False),
    Column("building", String(32), nullable=False),
    Column("unit", String(32)),
    Column("standing", String(16), nullable=False),
    Column("lead", RowId),
    Column("opened_at", Instant, nullable=False),
    Column("joined_by", Key(64), nullable=False, default=""),
    Column("eta", Instant),
    Column("over_at", Instant),
    Column("done", Text, nullable=False, default=""),
    Index("ix_incidents_building_system", "building", "system"),
    sqlite_autoincrement=True,  # 事件 7 is never another event
)
