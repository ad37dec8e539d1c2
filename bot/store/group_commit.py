"""Writers of one process take turns on one SQLite connection, and one flush to disk serves all who came meanwhile.

SQLite has one writer at a time and no queue: its busy handler sleeps and polls and starves some. Here the writers
queue at a lock. Whoever leaves while others wait hands the open transaction on, and the last one commits for all;
nobody returns before the commit that holds his work. The work of one who fails is taken back to his savepoint.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

AT_MOST = 32  # works in one commit, so that the first of them does not wait for ever
LEFT_BEHIND_S = 0.05


class CommitFailed(Exception):
    """The shared commit did not happen: nothing of this work is stored."""


class _Batch:
    """Works that will be committed together."""

    def __init__(self) -> None:
        self.size = 0
        self.settled = threading.Event()
        self.failed = False

    def settle(self, *, failed: bool) -> None:
        self.failed = failed
        self.settled.set()


class GroupCommit:
    """The one writing connection of a SQLite database in this process."""

    def __init__(self, engine: Engine, patience: float) -> None:
        """``patience``: seconds a writer waits for those before him."""
        self._engine = engine
        self._patience = patience
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._queue = 0
        self._connection: Connection | None = None
        self._transaction: Any = None
        self._batch: _Batch | None = None

    @contextmanager
    def work(self) -> Iterator[Connection]:
        """One unit of work; durable when this returns, and gone if the body raises."""
        self._wait_for_turn()
        try:
            batch = self._join()
            try:
                yield from self._do(batch)
            finally:
                self._hand_on(batch)
        finally:
            self._turn.release()
        self._wait_for_commit(batch)
        if batch.failed:
            raise CommitFailed

    def _wait_for_commit(self, batch: _Batch) -> None:
        """Until the batch is settled. Should the one it was left to have lost patience, any member commits it."""
        while not batch.settled.wait(LEFT_BEHIND_S):
            if self._turn.acquire(blocking=False):
                try:
                    if self._batch is batch:
                        self._commit(batch)
                finally:
                    self._turn.release()

    def close(self) -> None:
        """Give the connection back."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _wait_for_turn(self) -> None:
        with self._count:
            self._queue += 1
        mine = self._turn.acquire(timeout=self._patience)
        with self._count:
            self._queue -= 1
        if not mine:
            raise CommitFailed

    def _join(self) -> _Batch:
        """The batch that is open, or a new one with a new transaction."""
        if self._batch is None:
            if self._connection is None:
                self._connection = self._engine.connect()
            self._transaction = self._connection.begin()
            self._batch = _Batch()
        return self._batch

    def _do(self, batch: _Batch) -> Iterator[Connection]:
        assert self._connection is not None
        if batch.size == 0:
            # Alone so far: the transaction itself is what is undone, a savepoint would only cost.
            yield self._connection
            batch.size = 1
            return
        driver: Any = self._connection.connection.dbapi_connection
        driver.execute("SAVEPOINT work")
        try:
            yield self._connection
        except BaseException:
            driver.execute("ROLLBACK TO work")
            raise
        finally:
            driver.execute("RELEASE work")
        batch.size += 1

    def _hand_on(self, batch: _Batch) -> None:
        """Leave the transaction to the next in the queue, or end it."""
        if not (batch.size and self._queue and batch.size < AT_MOST):
            self._commit(batch)

    def _commit(self, batch: _Batch) -> None:
        self._batch = None
        try:
            if batch.size:
                self._transaction.commit()
            else:
                self._transaction.rollback()
            batch.settle(failed=False)
        except BaseException:
            batch.settle(failed=True)
            self._drop()
            raise

    def _drop(self) -> None:
        """After a commit that failed the connection is not trusted any more."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
