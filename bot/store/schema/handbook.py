"""Runs of the emergency handbook, and the steps that were ticked off in them."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from bot.store.db import Instant
from bot.store.schema.base import Key, RowId, metadata

runs = Table(
    "runs",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("category", String(32), nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("place", String(100), nullable=False),
    Column("order_no", RowId),
    Column("token", Key(64), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", Key(200), nullable=False),
    Column("ended_at", Instant),
    Column("note", Text, nullable=False),
    UniqueConstraint("token"),
    UniqueConstraint("order_no"),  # one emergency has one run, however many tap at once
    sqlite_autoincrement=True,
)

run_people = Table(
    "run_people",
    metadata,
    Column("run_id", RowId, ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    Column("person", Key(200), primary_key=True),
    Column("role", String(16), nullable=False),
)

ticks = Table(
    "ticks",
    metadata,
    Column("run_id", RowId, ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", Key(200), nullable=False),
    Column("order_no", RowId),  # that of its run: what is written about an order goes with it
    Column("note", Text, nullable=False),
)
