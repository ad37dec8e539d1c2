"""Orders and what belongs to them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.store.db import Instant
from bot.store.schema.base import Body, Key, RowId, metadata, only_where

orders = Table(
    "orders",
    metadata,
    Column("no", RowId, primary_key=True, autoincrement=True),
    Column("reporter", Key(200), nullable=False),
    Column("reporter_name", String(64), nullable=False, default=""),
    Column("phone", String(32), nullable=False, default=""),
    Column("words", Body, nullable=False),
    Column("category", String(32), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("building", String(32)),
    Column("unit", String(32)),
    Column("room", String(32)),
    Column("area", String(100)),
    Column("status", String(16), nullable=False),
    Column("holder", Key(64)),
    Column("opened_at", Instant, nullable=False),
    Column("round", Integer, nullable=False),
    Column("clock_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("first_accepted_at", Instant),
    Column("arrived_at", Instant),
    Column("parked_at", Instant),
    Column("parked_for", BigInteger, nullable=False, default=0),
    Column("finished_at", Instant),
    Column("closed_at", Instant),
    Column("closed_how", String(16), nullable=False, default=""),
    Column("asked_score_at", Instant),
    Column("score", Integer),
    Column("media", String(16), nullable=False, default=""),
    Column("twin", RowId),
    Column("reopened", Integer, nullable=False, default=0),
    Column("version", Integer, nullable=False, default=0),
    Column("why", Text, nullable=False, default=""),
    only_where("ix_orders_open_reporter", "reporter", where="closed_at IS NULL"),
    only_where("ix_orders_open_holder", "holder", where="closed_at IS NULL"),
    Index("ix_orders_reporter_no", "reporter", "no"),
    Index("ix_orders_opened_at", "opened_at"),
    only_where("ix_orders_closed_at", "closed_at", where="closed_at IS NOT NULL"),
    only_where("ix_orders_twin", "building", "opened_at", where="category = 'elevator_entrapment'"),
    sqlite_autoincrement=True,  # a number is never used again
)

log = Table(
    "log",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("order_no", RowId, ForeignKey("orders.no"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Key(200), nullable=False, default=""),
    Column("what", String(32), nullable=False),
    Column("detail", Body, nullable=False, default="{}"),
    Index("ix_log_order_no", "order_no"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("order_no", RowId, ForeignKey("orders.no")),
    Column("contact", Key(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("media_id", Key(512), nullable=False),
    Column("source", String(8), nullable=False),
    Column("at", Instant, nullable=False),
    Column("path", String(300), nullable=False, default=""),
    Column("fetch_at", Instant),
    Column("failures", Integer, nullable=False, default=0),
    Index("ix_attachments_order_no", "order_no"),
    only_where("ix_attachments_fetch_at", "fetch_at", where="fetch_at IS NOT NULL"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("order_no", RowId, ForeignKey("orders.no"), nullable=False),
    Column("about", Text, nullable=False, default=""),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("done_by", Key(64)),
    Column("result", Text, nullable=False, default=""),
    Index("ix_tasks_order_no", "order_no"),
    only_where("ix_tasks_open", "due_at", where="done_at IS NULL"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("order_no", RowId, ForeignKey("orders.no"), nullable=False),
    Column("score", Integer, nullable=False),
    Column("words", Text, nullable=False, default=""),
    Column("at", Instant, nullable=False),
    UniqueConstraint("order_no"),
    Index("ix_ratings_at", "at"),
)
