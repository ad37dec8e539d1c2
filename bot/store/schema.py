"""Every table. The migrations produce exactly this; a test compares the two."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import mysql

from bot.store.db import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only numbers INTEGER PRIMARY KEY by itself; elsewhere a row number may outgrow 32 bits.
RowId = BigInteger().with_variant(Integer(), "sqlite")
# MySQL's TEXT ends at 64 KB, and its default comparison would fold case and accents of keys.
Body = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def Key(length: int) -> String:
    """A key compared byte by byte on every database."""
    return String(length).with_variant(
        mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
    )


def _only_where(name: str, *columns: str, where: str) -> Index:
    """A partial index; MySQL knows none and gets the whole one."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


meta = Table("meta", metadata, Column("name", Key(40), primary_key=True), Column("value", Text, nullable=False))

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
    _only_where("ix_contacts_unnamed", "id", where="named_at IS NULL"),
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
    _only_where("ix_inbox_unhandled", "id", where="handled_at IS NULL"),
)

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
    _only_where("ix_orders_open_reporter", "reporter", where="closed_at IS NULL"),
    _only_where("ix_orders_open_holder", "holder", where="closed_at IS NULL"),
    Index("ix_orders_reporter_no", "reporter", "no"),
    Index("ix_orders_opened_at", "opened_at"),
    _only_where("ix_orders_closed_at", "closed_at", where="closed_at IS NOT NULL"),
    _only_where("ix_orders_twin", "building", "opened_at", where="category = 'elevator_entrapment'"),
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
    UniqueConstraint("subject", "kind"),
    Index("ix_timers_due_at", "due_at"),
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
    UniqueConstraint("key"),
    _only_where("ix_outbox_waiting", "lane", "id", where="done_at IS NULL"),
    _only_where("ix_outbox_waiting_receiver", "receiver", "id", where="done_at IS NULL"),
    Index("ix_outbox_order_no", "order_no"),
    _only_where("ix_outbox_receiver_tried_at", "receiver", "tried_at", where="tried_at IS NOT NULL"),
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
    _only_where("ix_attachments_fetch_at", "fetch_at", where="fetch_at IS NOT NULL"),
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
    _only_where("ix_tasks_open", "due_at", where="done_at IS NULL"),
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
)

gates = Table(
    "gates",
    metadata,
    Column("name", Key(40), primary_key=True),
    Column("step", Integer, nullable=False, default=0),
    Column("shut_until", Instant),
)

cursors = Table(
    "cursors",
    metadata,
    Column("open_kfid", Key(64), primary_key=True),
    Column("cursor", String(128), nullable=False, default=""),
)
