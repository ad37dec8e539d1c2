"""What stands behind the duty list: rules that fill it, days settled by hand, holidays, and what people ask for."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.store.db import Instant
from bot.store.schema.base import Key, RowId, metadata, only_where

rotations = Table(
    "rotations",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("rule", String(200), nullable=False),
    Column("crew", Integer, nullable=False),
    Column("person", Key(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("start_on", Date, nullable=False),
    Column("until_on", Date),
    Column("tier", Integer),
)

# The rules do not fill these days of these people: a table, a swap or a leave has said what they do.
settled_days = Table(
    "settled_days",
    metadata,
    Column("person", Key(64), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("source", String(16), nullable=False),
)

holidays = Table(
    "holidays",
    metadata,
    Column("day", Date, primary_key=True),
    Column("workday", Boolean, nullable=False),
    Column("name", String(64), nullable=False, default=""),
)

# What somebody asks of a colleague or of whoever leads, and how it was decided; about: the shifts, as JSON.
requests = Table(
    "requests",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("asker", Key(64), nullable=False),
    Column("other", Key(64), nullable=False, default=""),
    Column("about", Text, nullable=False, default="{}"),
    Column("asked_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", Key(64), nullable=False, default=""),
    Column("outcome", String(16), nullable=False, default=""),
    only_where("ix_requests_open", "until_at", where="decided_at IS NULL"),
    Index("ix_requests_asker", "asker"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("person", Key(64), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("token", Key(64), nullable=False),
    UniqueConstraint("token"),
)
