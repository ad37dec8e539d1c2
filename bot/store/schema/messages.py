"""Everybody who writes, and what came in."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text, UniqueConstraint

from bot.store.db import Instant
from bot.store.schema.base import Body, Key, RowId, metadata, only_where

contacts = Table(
    "contacts",
    metadata,
    Column("id", Key(200), primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("userid", Key(128), nullable=False),
    Column("open_kfid", Key(64), nullable=False, default=""),
    Column("name", String(64), nullable=False, default=""),
    Column("last_place", Text, nullable=False, default=""),
    Column("offered_place", Text, nullable=False, default=""),
    Column("noticed", Boolean, nullable=False, default=False),
    Column("named_at", Instant),
    Column("human", String(64), nullable=False, default=""),
    # The account of 微信客服: at most 5 messages in 48 h after the customer's last one.
    Column("wrote_at", Instant),
    Column("sent_since", Integer, nullable=False, default=0),
    only_where("ix_contacts_unnamed", "id", where="named_at IS NULL"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", Key(160), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("sender", Key(200), nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", Body, nullable=False),
    Column("order_no", RowId),
    Column("handled_at", Instant),
    Column("failed", String(200), nullable=False, default=""),
    UniqueConstraint("key"),
    only_where("ix_inbox_unhandled", "id", where="handled_at IS NULL"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("open_kfid", Key(64), primary_key=True),
    Column("cursor", String(128), nullable=False, default=""),
    # Who is fetching: one process at a time, so that one customer's messages are handled in their order.
    Column("lease_owner", String(40)),
    Column("lease_until", Instant),
)

questions = Table(
    "questions",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("contact", Key(200), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("order_no", RowId, nullable=False, default=0),
    Column("draft", Text, nullable=False, default="{}"),
    Column("until", Instant, nullable=False),
    UniqueConstraint("contact", "kind", "order_no"),
)
