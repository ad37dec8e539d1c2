"""What drives the rest: timers, letters, tokens."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, false, text

from bot.store.db import Instant
from bot.store.schema.base import Body, Key, RowId, metadata, only_where

meta = Table("meta", metadata, Column("name", Key(40), primary_key=True), Column("value", Text, nullable=False))

timers = Table(
    "timers",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("subject", Key(40), nullable=False),
    Column("round", Integer, nullable=False, default=0),
    Column("step", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("urgent", Boolean, nullable=False, default=False),
    Column("failures", Integer, nullable=False, default=0),
    # After a restore: rings only on a human's word.
    Column("held", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("subject", "kind"),
    Index("ix_timers_due_at_id", "due_at", "id"),
    Index(
        "ix_timers_urgent", "urgent", "due_at", "id", sqlite_where=text("urgent = 1"), postgresql_where=text("urgent")
    ),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job", String(32), primary_key=True),
    Column("period", String(32), primary_key=True),
    Column("done_at", Instant, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", Key(128), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("weight", String(16), nullable=False),
    Column("receiver", Key(200), nullable=False),
    Column("order_no", RowId),
    Column("round", Integer),
    Column("reserve", Integer, nullable=False, default=0),
    Column("body", Body, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("unknown", Boolean, nullable=False, default=False),
    Column("tried_at", Instant),
    Column("lease_until", Instant),
    Column("lease_owner", String(40)),
    Column("done_at", Instant),
    Column("outcome", String(16), nullable=False, default=""),
    Column("error", String(200), nullable=False, default=""),
    Column("response_code", String(200), nullable=False, default=""),
    Column("response_at", Instant),
    # After a restore: leaves only on a human's word.
    Column("held", Boolean, nullable=False, server_default=false()),
    # It waits only because its receiver's minute is full.
    Column("crowded", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("key"),
    only_where("ix_outbox_waiting", "lane", "id", where="done_at IS NULL"),
    only_where("ix_outbox_waiting_receiver", "receiver", "id", where="done_at IS NULL"),
    Index("ix_outbox_order_no", "order_no"),
    only_where("ix_outbox_receiver_tried_at", "receiver", "tried_at", where="tried_at IS NOT NULL"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("app", Key(64), primary_key=True),
    Column("token", String(600), nullable=False, default=""),
    Column("fetched_at", Instant),
    Column("expires_at", Instant),
    Column("worked", Boolean, nullable=False, default=False),
    Column("refused_at", Instant),
    Column("failures", Integer, nullable=False, default=0),
    Column("next_fetch_at", Instant),
    Column("lease_until", Instant),
    Column("lease_owner", String(40)),
)

gates = Table(
    "gates",
    metadata,
    Column("name", Key(40), primary_key=True),
    Column("step", Integer, nullable=False, default=0),
    Column("shut_until", Instant),
)
