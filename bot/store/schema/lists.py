"""Lists that a property imports: people, duty, equipment, rooms."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.store.db import Instant
from bot.store.schema.base import Key, RowId, metadata

people = Table(
    "people",
    metadata,
    Column("id", Key(64), primary_key=True),
    Column("userid", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("skills", String(200), nullable=False, default=""),
    Column("buildings", String(1000), nullable=False, default=""),
    Column("phone", String(32), nullable=False, default=""),
    Column("open_orders", Integer, nullable=False, default=0),
    Column("given_at", Instant),
    Column("open_at_most", Integer),
    Column("mentor", Key(64), nullable=False, default="", server_default=""),
    Column("firm", String(64), nullable=False, default="", server_default=""),
    Column("last_building", String(32), nullable=False, default="", server_default=""),
    Column("served_at", Instant),
    Index("ix_people_role", "role"),
)

duty = Table(
    "duty",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("person", Key(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("start_at", Instant, nullable=False),
    Column("end_at", Instant, nullable=False),
    Column("tier", Integer, nullable=False),
    # The day the table has the shift on, which a night may begin after; its code there; and what put it here.
    Column("day", Date),
    Column("code", String(16), nullable=False, default="", server_default=""),
    Column("source", String(16), nullable=False, default="list", server_default="list"),
    Index("ix_duty_person_start_at", "person", "start_at"),
    Index("ix_duty_end_at", "end_at"),
)

equipment = Table(
    "equipment",
    metadata,
    Column("code", Key(64), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("kind", String(64), nullable=False, default=""),
    Column("building", String(32), nullable=False, default=""),
    Column("place", String(100), nullable=False, default=""),
    Column("installed_on", Date),
    Column("warranty_until", Date),
    Column("owner", String(64), nullable=False, default=""),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("building", Key(32), nullable=False),
    Column("unit", Key(32), nullable=False, default=""),
    Column("room", Key(32), nullable=False, default=""),
    UniqueConstraint("building", "unit", "room"),
)

# What people call buildings and public places.
place_names = Table(
    "place_names",
    metadata,
    Column("name", Key(64), primary_key=True),
    Column("building", Key(32), nullable=False, default=""),
    Column("area", String(64), nullable=False, default=""),
)
