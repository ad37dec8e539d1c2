"""Case 4. The database is write-locked for 4 s and then away for 30 s, while 300 callbacks come in.

Demanded: never a 200 before the row is durable, no acknowledged message lost, taking again within 10 s. Refused tries
are counted; what all three of a message's met stays refused, for there is no spool.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest
from sqlalchemy import create_engine, text

from tests.campaign.check_z import check_z
from tests.campaign.crowd import Crowd, crowd
from tests.campaign.moved_clock import until
from tests.campaign.own_servers import OwnServer, own_server
from tests.campaign.speakers import Speakers, post


@pytest.mark.patient
@pytest.mark.weight(60)
@pytest.mark.parametrize(
    "kind", ["sqlite", *(pytest.param(k, marks=pytest.mark.campaign) for k in ("postgresql", "mysql"))]
)
def test_the_database_is_locked_and_then_away(case, kind: str, zygote, tmp_path) -> None:
    locked, away, gap = (4.0, 30.0, 5.0) if case.whole else (0.3, 0.8, 0.5)
    with case.row(kind) as row, own_server(kind) if kind != "sqlite" else nullcontext() as server:
        url = server.url if server else ""
        with crowd(kind, tmp_path, zygote, url=url, engineers=40, reporters=40) as one:
            one.launch()
            messages = case.times(20, 300)
            rate = messages / (locked + away + case.times(1, 8))
            speakers = Speakers(one, speakers=case.times(8, 60), messages=messages, rate=rate, gap=gap).start()
            time.sleep(case.times(0, 2))
            with write_locked(one):
                time.sleep(locked)
            time.sleep(0.5)
            with gone(one, server):
                time.sleep(away)
            back = until(lambda: takes(one, "zhu0"), 20)
            told = speakers.join()
            assert back is not None, "nothing is taken after the database has come back"
            assert one.drain(90), one.left()
            check_z(row, one.url, one.platform, told.taken)
            row.times = told.callbacks
            row.delay(back)
            row.done = (
                f"locked {locked:g} s, away {away:g} s, {told.callbacks} callbacks: {len(told.taken)} taken, "
                f"{told.given_up} refused in all three tries"
            )
            row.demands("taking again after", back, at_most=10, unit=" s")


def takes(one: Crowd, who: str) -> bool:
    """Whether a fresh question is answered with 200 now."""
    return post(one, one.only.base, one.platform.text_xml(who, "帮助")) == 200


@contextmanager
def write_locked(one: Crowd) -> Iterator[None]:
    """Somebody else holds the lock of the database, or of its table of messages."""
    engine = create_engine(one.url, isolation_level="AUTOCOMMIT" if one.url.startswith("sqlite") else None)  # type: ignore[arg-type]
    with engine.connect() as connection:
        if one.url.startswith("sqlite"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif one.url.startswith("postgresql"):
            connection.execute(text("lock table inbox in exclusive mode"))
        else:
            connection.execute(text("lock tables inbox write"))
        yield
        if one.url.startswith("sqlite"):
            connection.exec_driver_sql("ROLLBACK")
        elif one.url.startswith("mysql"):
            connection.execute(text("unlock tables"))
        connection.rollback()
    engine.dispose()


@contextmanager
def gone(one: Crowd, server: OwnServer | None) -> Iterator[None]:
    """A server that is down; a file has nobody who could take it away, and stays locked instead."""
    if server is None:
        with write_locked(one):
            yield
        return
    server.crash()
    yield
    server.start()
