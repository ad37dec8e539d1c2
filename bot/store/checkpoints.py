"""What SQLite's write-ahead log holds goes into the database file in a thread of its own, while writers go on.

SQLite's automatic checkpoint runs inside the commit that reaches its mark, and holds up that writer and all behind
him for as long as hundreds of pages take: at 150 messages a second that was the slowest one in a hundred.
"""

import sqlite3
import threading
from collections.abc import Callable

COMMITS = 64  # after so many the log is looked at; some 1 500 pages
LONG_LOG = 8_000  # pages, 32 MB: a log that never rests is ended between two writers, which takes a few milliseconds


class Checkpoints:
    """The thread that empties the log of one database; it starts with the first work there is."""

    def __init__(self, path: str, between_writers: Callable[[Callable[[], int]], object]) -> None:
        """``between_writers`` runs its argument while no writer of this process is at work."""
        self._path = path
        self._between_writers = between_writers
        self._commits = 0
        self._wake = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        """A transaction has been committed; called by one writer at a time."""
        self._commits += 1
        if self._commits % COMMITS:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
            self._thread.start()
        self._wake.set()

    def stop(self) -> None:
        """End the thread, after the checkpoint that may be under way."""
        self._stopped = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            while self._wake.wait() and not self._stopped:
                self._wake.clear()
                if checkpoint(connection) > LONG_LOG:
                    # Nearly all of it is done; without writers in between the rest is, and the log begins anew.
                    self._between_writers(lambda: checkpoint(connection))
        finally:
            connection.close()


def checkpoint(connection: sqlite3.Connection) -> int:
    """Move what can be moved without waiting for anybody; returns how many pages the log has, moved or not.

    An error says that the database cannot be used just now; its writers meet it too and say so.
    """
    try:
        _busy, pages, _moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    except sqlite3.Error:
        return 0
    return int(pages)
