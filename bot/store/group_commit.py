"""Writers of one process take turns on one SQLite connection, and one flush to disk serves all who came meanwhile.

SQLite has one writer at a time and no queue: its busy handler sleeps and polls and starves some. Here the writers
queue at a lock, in one of two ways, and nobody returns before the commit that holds his work:

- ``do(work)``: whoever gets the lock does the work of all who wait, one after the other, and commits once for all.
  The quick way, for the messages that come in: no thread is woken only to hand on to the next. Those who came while
  that was committed are the next one's: nobody's answer waits for more than the commit it is part of.
- ``with work()``: the body runs in its own thread; whoever leaves while others wait hands the open transaction on,
  and the last one commits.

The work of one who fails is taken back to his savepoint.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from bot.store.checkpoints import Checkpoints

T = TypeVar("T")
AT_MOST = 32  # works in one commit, so that the first of them does not wait for ever
LEFT_BEHIND_S = 0.05
WRITER_CACHE_KIB = 16_000


class CommitFailed(Exception):
    """The shared commit did not happen: nothing of this work is stored."""


class _Bell:
    """Wakes one thread, now or when it comes to wait; a lock of its own, for a third of what an Event costs."""

    def __init__(self) -> None:
        self._silent = threading.Lock()
        self._silent.acquire()

    def ring(self) -> None:
        with suppress(RuntimeError):  # it has rung already
            self._silent.release()

    def wait(self, seconds: float) -> bool:
        """Until it rings, which is then over; False if it did not."""
        return self._silent.acquire(timeout=seconds)


class _Batch:
    """Works that will be committed together."""

    def __init__(self) -> None:
        self.size = 0
        self.settled = False
        self.failed = False
        self.waiting: list[_Bell] = []

    def settle(self, *, failed: bool) -> None:
        self.failed = failed
        self.settled = True
        for bell in self.waiting:
            bell.ring()


class _Errand(Generic[T]):
    """One piece of work that another thread may do, and how it ended."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.work = work
        # Rung when it has ended, and when its own thread should see to whoever waits.
        self.bell = _Bell()
        self.ended = False
        self.result: T | None = None
        self.error: BaseException | None = None


class GroupCommit:
    """The one writing connection of a SQLite database in this process."""

    def __init__(self, engine: Engine, patience: float) -> None:
        """``patience``: seconds a writer waits for those before him."""
        self._checkpoints = Checkpoints(str(engine.url.database), self.between)
        self._engine = engine
        self._patience = patience
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._queue = 0
        self._errands: deque[_Errand[Any]] = deque()
        self._connection: Connection | None = None
        self._driver: Any = None
        self._batch: _Batch | None = None

    def do(self, work: Callable[[Connection], T]) -> T:
        """Have ``work`` done in a transaction, by this thread or by one that is at it; durable when this returns.

        Raises what ``work`` raises, and then nothing of it is stored.
        """
        errand = _Errand(work)
        self._errands.append(errand)
        self._do_errands(errand)
        end = time.monotonic() + self._patience
        while not errand.ended:
            errand.bell.wait(LEFT_BEHIND_S)
            if not errand.ended:
                self._do_errands(errand)
                if time.monotonic() >= end and self._withdraw(errand):
                    raise CommitFailed
        if errand.error is not None:
            raise errand.error
        return errand.result  # type: ignore[return-value]

    @contextmanager
    def work(self) -> Iterator[Connection]:
        """One unit of work; durable when this returns, and gone if the body raises."""
        self._wait_for_turn()
        try:
            batch = self._join()
            try:
                yield from self._body(batch)
            finally:
                self._hand_on(batch)
        finally:
            self._turn.release()
            self._call_next()
        self._wait_for_commit(batch)
        if batch.failed:
            raise CommitFailed

    def between(self, act: Callable[[], T]) -> T:
        """Do something while no writer of this process is at work."""
        try:
            with self._turn:
                return act()
        finally:
            self._call_next()

    def close(self) -> None:
        """Give the connection back."""
        self._checkpoints.stop()
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = self._driver = None

    # --- errands -------------------------------------------------------------------------------------------------

    def _do_errands(self, mine: _Errand[Any]) -> None:
        """Do whatever waits until ``mine`` has ended, unless another thread is at it; what is left is the next one's.

        It looks again after letting go of the lock: who came just before that found it taken.
        """
        while self._errands and not mine.ended and self._turn.acquire(blocking=False):
            try:
                self._do_together()
            finally:
                self._turn.release()
        self._call_next()

    def _call_next(self) -> None:
        """Somebody may be waiting for a lock that is free again: his own thread sees to it."""
        if self._errands and not self._turn.locked():
            with suppress(IndexError):  # taken just now
                self._errands[0].bell.ring()

    def _do_together(self) -> None:
        """Do what waits in one transaction. Where none can be begun or committed, all of these hear of it at once."""
        done: list[_Errand[Any]] = []
        try:
            batch = self._join()
            while self._errands and len(done) < AT_MOST:
                done.append(self._errands.popleft())
                self._one_of_many(done[-1], batch)
            self._commit(batch)
        except Exception as error:
            done = done or self._all_waiting()
            for errand in done:
                errand.error = errand.error or CommitFailed(str(error))
        for errand in done:
            errand.ended = True
            errand.bell.ring()

    def _all_waiting(self) -> list[_Errand[Any]]:
        waiting = []
        while self._errands:
            waiting.append(self._errands.popleft())
        return waiting

    def _one_of_many(self, errand: _Errand[Any], batch: _Batch) -> None:
        """One errand within its savepoint; its error is its own.

        The first of a transaction needs none: there is nothing else in it that must not be taken back. The savepoints
        of one name lie on each other until the commit; the last one is the one that is gone back to.
        """
        assert self._connection is not None
        alone = batch.size == 0
        if not alone:
            self._driver.execute("SAVEPOINT work")
        try:
            errand.result = errand.work(self._connection)
            batch.size += 1
        except BaseException as error:  # it is raised again in the thread it belongs to
            errand.error = error
            if alone:
                self._driver.rollback()
                self._driver.execute("BEGIN IMMEDIATE")
            else:
                self._driver.execute("ROLLBACK TO work")

    def _withdraw(self, errand: _Errand[Any]) -> bool:
        """Take back an errand that nobody has begun."""
        try:
            self._errands.remove(errand)
        except ValueError:
            return False
        return True

    # --- bodies --------------------------------------------------------------------------------------------------

    def _wait_for_commit(self, batch: _Batch) -> None:
        """Until the batch is settled. Should the one it was left to have lost patience, any member commits it."""
        bell = _Bell()
        batch.waiting.append(bell)  # before the look, so that whoever settles it in between rings
        while not batch.settled:
            bell.wait(LEFT_BEHIND_S)
            if not batch.settled and self._turn.acquire(blocking=False):
                try:
                    if self._batch is batch:
                        self._commit(batch)
                finally:
                    self._turn.release()

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
        if self._batch is not None and not self._driver.in_transaction:
            # Where the disk is full or fails, SQLite itself takes back the whole transaction, not only the work of the
            # one who met it: whoever left his in it hears of that.
            lost, self._batch = self._batch, None
            lost.settle(failed=True)
        if self._batch is None:
            if self._connection is None:
                # The transaction is ours, on the driver: SQLAlchemy's own begin and commit cost a tenth of a message.
                self._connection = self._engine.connect().execution_options(baoxiu_grouped=True)
                self._driver = self._connection.connection.dbapi_connection
                self._driver.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KIB}")
            self._driver.execute("BEGIN IMMEDIATE")
            self._batch = _Batch()
        return self._batch

    def _body(self, batch: _Batch) -> Iterator[Connection]:
        assert self._connection is not None
        if batch.size == 0:
            # Alone so far: the transaction itself is what is undone, a savepoint would only cost.
            yield self._connection
            batch.size = 1
            return
        driver = self._driver
        driver.execute("SAVEPOINT work")
        try:
            yield self._connection
        except BaseException:
            driver.execute("ROLLBACK TO work")
            raise
        batch.size += 1

    def _hand_on(self, batch: _Batch) -> None:
        """Leave the transaction to the next in the queue, or end it."""
        if not (batch.size and self._queue and batch.size < AT_MOST):
            self._commit(batch)

    def _commit(self, batch: _Batch) -> None:
        self._batch = None
        try:
            if batch.size:
                self._driver.execute("COMMIT")
                self._checkpoints.committed()
            else:
                self._driver.rollback()  # SQLite itself may have done so already
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
            self._connection = self._driver = None
