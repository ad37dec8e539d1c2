"""All SQL. Every function takes the transaction first, and is a question or a deed."""

from bot.store import (
    attachments,
    contacts,
    gates,
    inbox,
    jobs,
    orders,
    outbox,
    pages,
    questions,
    ratings,
    requests,
    rooms,
    roster,
    rota,
    tasks,
    timers,
)
from bot.store.db import Collided, Database, Unavailable

__all__ = [
    "Collided",
    "Database",
    "Unavailable",
    "attachments",
    "contacts",
    "gates",
    "inbox",
    "jobs",
    "orders",
    "outbox",
    "pages",
    "questions",
    "ratings",
    "requests",
    "rooms",
    "roster",
    "rota",
    "tasks",
    "timers",
]
