"""Where SQLite itself takes a shared transaction back, everybody whose work was in it hears of that."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text

from bot.store import Database, Unavailable


class Writer(threading.Thread):
    """Does something in a turn of its own; ``ended`` is what came of it."""

    def __init__(self, database: Database, act: Callable[[Connection], None]) -> None:
        super().__init__()
        self._database, self._act = database, act
        self.ended = ""

    def run(self) -> None:
        try:
            with self._database.writing() as tx:
                self._act(tx)
            self.ended = "stored"
        except Unavailable:
            self.ended = "told that it failed"


def queue_of(database: Database, writers: int) -> None:
    """Wait until so many writers stand in line."""
    assert database._group is not None
    end = time.monotonic() + 10
    while database._group._queue < writers:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_whoever_left_his_work_to_one_for_whom_the_disk_was_full(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/full.db")
    with database.writing() as tx:
        tx.execute(text("CREATE TABLE kept (words TEXT)"))

    def first(tx: Connection) -> None:
        tx.execute(text("INSERT INTO kept VALUES ('first')"))
        second.start()
        queue_of(database, 1)

    def full(tx: Connection) -> None:
        third.start()
        queue_of(database, 1)
        pages = tx.execute(text("PRAGMA page_count")).scalar_one()
        tx.execute(text(f"PRAGMA max_page_count={pages}"))
        tx.execute(text("INSERT INTO kept VALUES (zeroblob(1000000))"))

    def last(tx: Connection) -> None:
        tx.execute(text("PRAGMA max_page_count=1000000"))
        tx.execute(text("INSERT INTO kept VALUES ('last')"))

    second, third = Writer(database, full), Writer(database, last)
    one = Writer(database, first)
    one.start()
    for writer in (one, second, third):
        writer.join(20)

    with database.reading() as tx:
        kept = tx.execute(text("SELECT words FROM kept")).scalars().all()
    assert {one.ended, second.ended} == {"told that it failed"}
    assert (third.ended, kept) == ("stored", ["last"])
    database.close()
