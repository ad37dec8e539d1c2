"""The processes that work on this database."""

from sqlalchemy import Column, Integer, String, Table

from bot.store.db import Instant
from bot.store.schema.base import Key, metadata

processes = Table(
    "processes",
    metadata,
    Column("id", Key(40), primary_key=True),
    Column("host", Key(160), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("born", String(40), nullable=False),
    Column("role", String(8), nullable=False),
    Column("version", String(40), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)
