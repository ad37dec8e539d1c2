"""Case 30. Another process holds SQLite's write lock for 30 s, and others read and then write in between.

Demanded: nothing lost, the ticker alive, timers and callbacks back to normal within 2 s of the release.
"""

import sqlite3
import threading
import time
from datetime import timedelta

import pytest

from bot.clock import utc_now
from tests.campaign.check_z import check_z
from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import until
from tests.campaign.speakers import Speakers, post
from tests.campaign.test_case_22_timers import finished, unclosed


@pytest.mark.patient
@pytest.mark.weight(45)
def test_the_file_is_held_by_another_process(case, zygote, tmp_path) -> None:
    held = case.seconds(1.0, 30.0)
    with case.row("sqlite") as row, crowd("sqlite", tmp_path, zygote, engineers=20, reporters=20) as one:
        one.launch()
        finished(one, 10, utc_now() - timedelta(hours=48) + timedelta(seconds=held / 2), timedelta(seconds=0.1))
        speakers = Speakers(one, speakers=10, rate=case.times(10, 4), gap=case.times(1, 5)).start()
        stop = threading.Event()
        racing = threading.Thread(target=read_then_write, args=(one.url.removeprefix("sqlite:///"), stop), daemon=True)
        racing.start()
        holder = sqlite3.connect(one.url.removeprefix("sqlite:///"), isolation_level=None, timeout=10)
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(held)
        holder.execute("ROLLBACK")
        holder.close()
        back = until(lambda: post(one, one.only.base, one.platform.text_xml("zhu0", "帮助")) == 200, 10, 0.02)
        rang = until(lambda: unclosed(one) == 0, 10, 0.02)
        stop.set()
        racing.join(10)
        told = speakers.stop()
        assert one.drain(60), one.left()
        check_z(row, one.url, one.platform, told.taken)
        row.times = told.callbacks
        counted = f"{len(told.taken)} taken, {told.given_up} refused in all three tries"
        row.done = f"lock held for {held:g} s, 10 timers due meanwhile; {counted}"
        row.demands("callbacks taken again after", back if back is not None else 999, at_most=2, unit=" s")
        row.demands("timers all rung after", rang if rang is not None else 999, at_most=2, unit=" s")
        row.delay(max(back or 0, rang or 0))
        assert one.only.get("/readyz") == 200


def read_then_write(path: str, stop: threading.Event) -> None:
    """A careless neighbour: reads in a deferred transaction and then wants to write."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=1)
    while not stop.wait(0.05):
        try:
            connection.execute("BEGIN")
            connection.execute("select count(*) from orders").fetchone()
            connection.execute("insert into jobs (job, period, done_at) values ('neighbour', hex(randomblob(8)), 0)")
            connection.execute("COMMIT")
        except sqlite3.OperationalError:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    connection.close()
