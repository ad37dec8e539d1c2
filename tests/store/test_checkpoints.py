"""The write-ahead log of SQLite is emptied beside the writers: it does not grow for ever, and nothing is lost."""

import threading
import time
from pathlib import Path

from sqlalchemy import text

from bot.store import checkpoints
from bot.store.db import Database
from bot.store.migrate import migrate_to_head

_ROW = "x" * 3_000


def _write(database: Database, start: int, count: int) -> None:
    for number in range(start, start + count):
        database.do(
            lambda tx, n=number: tx.execute(
                text("insert into meta (name, value) values (:n, :v)"), {"n": str(n), "v": _ROW}
            )
        )


def test_a_log_that_never_rests_is_ended_between_two_writers(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(checkpoints, "LONG_LOG", 200)
    url = f"sqlite:///{tmp_path}/baoxiu.db"
    migrate_to_head(url)
    database = Database(url)
    writers = [threading.Thread(target=_write, args=(database, 10_000 * n, 600)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    grown = (tmp_path / "baoxiu.db-wal").stat().st_size
    with database.reading() as tx:
        stored = tx.execute(text("select count(*) from meta where value = :v"), {"v": _ROW}).scalar()
    database.close()

    assert stored == 2_400
    # A row takes a page of its own and the index more; without an end the log would hold them all.
    assert grown < 2_400 * 4_096


def test_what_was_committed_is_moved_into_the_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/baoxiu.db"
    migrate_to_head(url)
    database = Database(url)
    file = tmp_path / "baoxiu.db"
    before = file.stat().st_size
    _write(database, 0, 2 * checkpoints.COMMITS)
    end = time.monotonic() + 20
    while file.stat().st_size < before + 50 * 4_096 and time.monotonic() < end:
        time.sleep(0.01)
    database.close()

    assert file.stat().st_size >= before + 50 * 4_096


def test_a_database_that_is_closed_leaves_no_thread_behind(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/baoxiu.db"
    migrate_to_head(url)
    database = Database(url)
    _write(database, 0, checkpoints.COMMITS)
    database.close()

    assert not [thread for thread in threading.enumerate() if thread.name == "checkpoints"]
