"""Every table, a file a subject. The migrations produce exactly this; a test compares the two."""

from bot.store.schema.base import metadata
from bot.store.schema.buildings import buildings
from bot.store.schema.corrections import corrections
from bot.store.schema.crew import crew
from bot.store.schema.engine import gates, jobs, meta, outbox, timers, tokens
from bot.store.schema.handbook import run_people, runs, ticks
from bot.store.schema.incidents import incidents
from bot.store.schema.lists import duty, equipment, people, place_names, rooms
from bot.store.schema.messages import contacts, cursors, inbox, questions
from bot.store.schema.orders import attachments, log, orders, ratings, tasks
from bot.store.schema.processes import processes
from bot.store.schema.roster import feeds, holidays, requests, rotations, settled_days

__all__ = [
    "attachments",
    "buildings",
    "contacts",
    "corrections",
    "crew",
    "cursors",
    "duty",
    "equipment",
    "feeds",
    "gates",
    "holidays",
    "inbox",
    "incidents",
    "jobs",
    "log",
    "meta",
    "metadata",
    "orders",
    "outbox",
    "people",
    "place_names",
    "processes",
    "questions",
    "ratings",
    "requests",
    "rooms",
    "rotations",
    "run_people",
    "runs",
    "settled_days",
    "tasks",
    "ticks",
    "timers",
    "tokens",
]
