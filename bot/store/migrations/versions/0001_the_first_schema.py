"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
oldest_version = "0.1.0"


MOMENT = sa.BigInteger()  # microseconds since 1970, UTC
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BODY = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def key(length: int) -> sa.String:
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(bytewise, "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", key(200), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("userid", key(128), nullable=False),
        sa.Column("open_kfid", key(64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("last_place", sa.Text(), nullable=False),
        sa.Column("offered_place", sa.Text(), nullable=False),
        sa.Column("noticed", sa.Boolean(), nullable=False),
        sa.Column("named_at", MOMENT, nullable=True),
        sa.Column("human", sa.String(length=64), nullable=False),
        sa.Column("wrote_at", MOMENT, nullable=True),
        sa.Column("sent_since", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contacts_unnamed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("named_at IS NULL"),
            postgresql_where=sa.text("named_at IS NULL"),
        )

    op.create_table(
        "cursors",
        sa.Column("open_kfid", key(64), nullable=False),
        sa.Column("cursor", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("open_kfid", name=op.f("pk_cursors")),
    )
    op.create_table(
        "equipment",
        sa.Column("code", key(64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("building", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_equipment")),
    )
    op.create_table(
        "gates",
        sa.Column("name", key(40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("shut_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_gates")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", key(160), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sender", key(200), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("body", BODY, nullable=False),
        sa.Column("order_no", ROW_ID, nullable=True),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("failed", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("key", name=op.f("uq_inbox_key")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_unhandled",
            ["id"],
            unique=False,
            sqlite_where=sa.text("handled_at IS NULL"),
            postgresql_where=sa.text("handled_at IS NULL"),
        )

    op.create_table(
        "jobs",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("job", "period", name=op.f("pk_jobs")),
    )
    op.create_table(
        "meta",
        sa.Column("name", key(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "orders",
        sa.Column("no", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("reporter", key(200), nullable=False),
        sa.Column("reporter_name", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("words", BODY, nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("building", sa.String(length=32), nullable=True),
        sa.Column("unit", sa.String(length=32), nullable=True),
        sa.Column("room", sa.String(length=32), nullable=True),
        sa.Column("area", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("holder", key(64), nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("clock_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("first_accepted_at", MOMENT, nullable=True),
        sa.Column("arrived_at", MOMENT, nullable=True),
        sa.Column("parked_at", MOMENT, nullable=True),
        sa.Column("parked_for", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_how", sa.String(length=16), nullable=False),
        sa.Column("asked_score_at", MOMENT, nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("media", sa.String(length=16), nullable=False),
        sa.Column("twin", ROW_ID, nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_orders")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_closed_at",
            ["closed_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_orders_open_holder",
            ["holder"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_orders_open_reporter",
            ["reporter"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index("ix_orders_opened_at", ["opened_at"], unique=False)
        batch_op.create_index("ix_orders_reporter_no", ["reporter", "no"], unique=False)
        batch_op.create_index(
            "ix_orders_twin",
            ["building", "opened_at"],
            unique=False,
            sqlite_where=sa.text("category = 'elevator_entrapment'"),
            postgresql_where=sa.text("category = 'elevator_entrapment'"),
        )

    op.create_table(
        "outbox",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", key(128), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("weight", sa.String(length=16), nullable=False),
        sa.Column("receiver", key(200), nullable=False),
        sa.Column("order_no", ROW_ID, nullable=True),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("body", BODY, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Boolean(), nullable=False),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("lease_owner", sa.String(length=40), nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("response_code", sa.String(length=200), nullable=False),
        sa.Column("response_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_order_no", ["order_no"], unique=False)
        batch_op.create_index(
            "ix_outbox_receiver_tried_at",
            ["receiver", "tried_at"],
            unique=False,
            sqlite_where=sa.text("tried_at IS NOT NULL"),
            postgresql_where=sa.text("tried_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outbox_waiting",
            ["lane", "id"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index(
            "ix_outbox_waiting_receiver",
            ["receiver", "id"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "people",
        sa.Column("id", key(64), nullable=False),
        sa.Column("userid", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("skills", sa.String(length=200), nullable=False),
        sa.Column("buildings", sa.String(length=1000), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("open_orders", sa.Integer(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index("ix_people_role", ["role"], unique=False)

    op.create_table(
        "questions",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("contact", key(200), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("order_no", ROW_ID, nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("contact", "kind", "order_no", name=op.f("uq_questions_contact_kind_order_no")),
    )
    op.create_table(
        "timers",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", key(40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("subject", "kind", name=op.f("uq_timers_subject_kind")),
    )
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.create_index("ix_timers_due_at", ["due_at"], unique=False)

    op.create_table(
        "tokens",
        sa.Column("app", key(64), nullable=False),
        sa.Column("token", sa.String(length=600), nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("worked", sa.Boolean(), nullable=False),
        sa.Column("refused_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_fetch_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("app", name=op.f("pk_tokens")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("order_no", ROW_ID, nullable=True),
        sa.Column("contact", key(200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("media_id", key(512), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("fetch_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_no"], ["orders.no"], name=op.f("fk_attachments_order_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attachments_fetch_at",
            ["fetch_at"],
            unique=False,
            sqlite_where=sa.text("fetch_at IS NOT NULL"),
            postgresql_where=sa.text("fetch_at IS NOT NULL"),
        )
        batch_op.create_index("ix_attachments_order_no", ["order_no"], unique=False)

    op.create_table(
        "duty",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("person", key(64), nullable=False),
        sa.Column("start_at", MOMENT, nullable=False),
        sa.Column("end_at", MOMENT, nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_duty_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index("ix_duty_end_at", ["end_at"], unique=False)
        batch_op.create_index("ix_duty_person_start_at", ["person", "start_at"], unique=False)

    op.create_table(
        "log",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("order_no", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", key(200), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("detail", BODY, nullable=False),
        sa.ForeignKeyConstraint(["order_no"], ["orders.no"], name=op.f("fk_log_order_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
    )
    with op.batch_alter_table("log", schema=None) as batch_op:
        batch_op.create_index("ix_log_order_no", ["order_no"], unique=False)

    op.create_table(
        "ratings",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("order_no", ROW_ID, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["order_no"], ["orders.no"], name=op.f("fk_ratings_order_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("order_no", name=op.f("uq_ratings_order_no")),
    )
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index("ix_ratings_at", ["at"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("order_no", ROW_ID, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", key(64), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_no"], ["orders.no"], name=op.f("fk_tasks_order_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tasks_open",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index("ix_tasks_order_no", ["order_no"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_tasks_order_no")
        batch_op.drop_index(
            "ix_tasks_open", sqlite_where=sa.text("done_at IS NULL"), postgresql_where=sa.text("done_at IS NULL")
        )

    op.drop_table("tasks")
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_index("ix_ratings_at")

    op.drop_table("ratings")
    with op.batch_alter_table("log", schema=None) as batch_op:
        batch_op.drop_index("ix_log_order_no")

    op.drop_table("log")
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index("ix_duty_person_start_at")
        batch_op.drop_index("ix_duty_end_at")

    op.drop_table("duty")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index("ix_attachments_order_no")
        batch_op.drop_index(
            "ix_attachments_fetch_at",
            sqlite_where=sa.text("fetch_at IS NOT NULL"),
            postgresql_where=sa.text("fetch_at IS NOT NULL"),
        )

    op.drop_table("attachments")
    op.drop_table("tokens")
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.drop_index("ix_timers_due_at")

    op.drop_table("timers")
    op.drop_table("questions")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index("ix_people_role")

    op.drop_table("people")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting_receiver",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_outbox_waiting", sqlite_where=sa.text("done_at IS NULL"), postgresql_where=sa.text("done_at IS NULL")
        )
        batch_op.drop_index(
            "ix_outbox_receiver_tried_at",
            sqlite_where=sa.text("tried_at IS NOT NULL"),
            postgresql_where=sa.text("tried_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_outbox_order_no")

    op.drop_table("outbox")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_orders_twin",
            sqlite_where=sa.text("category = 'elevator_entrapment'"),
            postgresql_where=sa.text("category = 'elevator_entrapment'"),
        )
        batch_op.drop_index("ix_orders_reporter_no")
        batch_op.drop_index("ix_orders_opened_at")
        batch_op.drop_index(
            "ix_orders_open_reporter",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_orders_open_holder",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_orders_closed_at",
            sqlite_where=sa.text("closed_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL"),
        )

    op.drop_table("orders")
    op.drop_table("meta")
    op.drop_table("jobs")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbox_unhandled",
            sqlite_where=sa.text("handled_at IS NULL"),
            postgresql_where=sa.text("handled_at IS NULL"),
        )

    op.drop_table("inbox")
    op.drop_table("gates")
    op.drop_table("equipment")
    op.drop_table("cursors")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_contacts_unnamed",
            sqlite_where=sa.text("named_at IS NULL"),
            postgresql_where=sa.text("named_at IS NULL"),
        )

    op.drop_table("contacts")
