"""Processes that start at the same moment arm the same timers, and none of them falls over the other."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.store import Database, timers
from bot.store.migrate import migrate_to_head
from bot.store.schema import timers as rows
from tests.store.databases import NotReachable, fresh

DUE = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_who_arm_one_timer_at_once_both_succeed(kind: str, tmp_path: Path) -> None:
    try:
        with fresh(kind, tmp_path) as url:
            migrate_to_head(url)
            database = Database(url)
            start = threading.Barrier(4)
            failures: list[Exception] = []

            def arm() -> None:
                start.wait()
                try:
                    for n in range(20):
                        with database.writing() as tx:
                            timers.arm(tx, "digest.daily", f"digest{n}", DUE)
                except Exception as error:
                    failures.append(error)

            threads = [threading.Thread(target=arm) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            with database.reading() as tx:
                armed = tx.execute(select(func.count()).select_from(rows)).scalar()
            database.close()
            assert failures == []
            assert armed == 20
    except NotReachable as reason:
        pytest.skip(str(reason))
