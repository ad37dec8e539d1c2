"""Every table, a file a subject. The migrations produce exactly this; a test compares the two."""

from bot.store.schema.base import metadata
from bot.store.schema.engine import gates, jobs, meta, outbox, timers, tokens
from bot.store.schema.lists import duty, equipment, people
from bot.store.schema.messages import contacts, cursors, inbox, questions
from bot.store.schema.orders import attachments, log, orders, ratings, tasks

__all__ = [
    "attachments",
    "contacts",
    "cursors",
    "duty",
    "equipment",
    "gates",
    "inbox",
    "jobs",
    "log",
    "meta",
    "metadata",
    "orders",
    "outbox",
    "people",
    "questions",
    "ratings",
    "tasks",
    "timers",
    "tokens",
]
