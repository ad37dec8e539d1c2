"""One process tells the others on its database that it has committed something they may want to see to at once.

PostgreSQL has a way for that (LISTEN, NOTIFY); elsewhere the rows are looked at several times a second. Neither is
leaned on: whoever misses a word finds the work on its own next look.
"""

import threading
import time
from collections.abc import Callable

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.store.body import from_text
from bot.store.db import Database, Unavailable
from bot.store.schema import inbox, outbox

LETTERS, BELL = "letters", "bell"
_CHANNEL = "baoxiu"
_POLL_S = 0.15
_AGAIN_S = 1.0
DOORBELL = "kf_msg_or_event"


def tell(database: Database, words: set[str]) -> None:
    """Say these words to everybody who listens; only where the database carries them."""
    if database.engine.dialect.name != "postgresql":
        return
    with database.writing() as tx:
        for word in sorted(words):
            tx.execute(text("select pg_notify(:channel, :word)"), {"channel": _CHANNEL, "word": word})


def listen(database: Database, stop: threading.Event, hear: Callable[[str], None], alive: Callable[[], None]) -> None:
    """Call ``hear`` with each word until ``stop``; and ``alive`` every second or so. Never raises for the database."""
    ears = _notified if database.engine.dialect.name == "postgresql" else _polled
    while not stop.is_set():
        alive()
        try:
            ears(database, stop, hear, alive)
        except (SQLAlchemyError, Unavailable):
            stop.wait(_AGAIN_S)
        except Exception as error:
            # What the driver itself raises when the connection breaks.
            if type(error).__module__.partition(".")[0] not in ("psycopg", "pymysql", "sqlite3"):
                raise
            stop.wait(_AGAIN_S)


def _notified(
    database: Database, stop: threading.Event, hear: Callable[[str], None], alive: Callable[[], None]
) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"listen {_CHANNEL}"))
        driver = connection.connection.driver_connection
        assert driver is not None
        # Something may have been said while nobody listened.
        hear(LETTERS)
        hear(BELL)
        while not stop.is_set():
            alive()
            for word in {notify.payload for notify in driver.notifies(timeout=1.0, stop_after=1)}:
                hear(word)


def _polled(database: Database, stop: threading.Event, hear: Callable[[str], None], alive: Callable[[], None]) -> None:
    last: tuple[int, int] | None = None
    next_sign = 0.0
    while not stop.wait(_POLL_S):
        if time.monotonic() >= next_sign:
            alive()
            next_sign = time.monotonic() + 1
        with database.reading() as tx:
            row = tx.execute(_NEWEST).one()
            now = (int(row[0] or 0), int(row[1] or 0))
        if last is None or now[0] > last[0]:
            hear(LETTERS)
        if last is None or now[1] > last[1]:
            hear(BELL)
        last = now


_NEWEST = select(
    select(func.max(outbox.c.id)).scalar_subquery(),
    select(func.max(inbox.c.id)).scalar_subquery(),
)


def bell_since(tx: Connection, row: int) -> tuple[int, bool, str]:
    """Doorbells of 微信客服 after that row of the inbox: the newest row, whether one rang, and the last one's token."""
    newest = int(tx.execute(select(func.max(inbox.c.id))).scalar() or 0)
    rang, token = False, ""
    if newest > row >= 0:
        events = select(inbox.c.body).where(inbox.c.id > row, inbox.c.id <= newest, inbox.c.kind == "event")
        for body in tx.execute(events.order_by(inbox.c.id)).scalars():
            found = from_text(body)
            if found.get("event") == DOORBELL:
                rang, token = True, str(found.get("fields", {}).get("Token", "")) or token
    return newest, rang, token
