"""What a dead process held is free at once, what a living one holds is not; and one process hears of another's word."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot import store
from bot.core.letters import Lane, Weight
from bot.identity import Identity, this_process
from bot.store import Database, wakes
from bot.store.migrate import migrate_to_head
from bot.store.processes import GONE_AFTER, Process
from bot.store.schema import cursors, outbox, tokens
from bot.store.tokens import DatabaseTokens
from tests.process.processes import wait_for

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    migrate_to_head(url)
    one = Database(url)
    yield one
    one.close()


def row_of(one: Identity, seen_at: datetime = NOW) -> Process:
    return Process(one.id, one.host, one.pid, one.born, "all", seen_at)


def runs(process: Process) -> bool:
    return Identity(process.id, process.host, process.pid, process.born).runs()


def test_the_own_process_runs_and_one_that_ended_does_not() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    me = this_process()
    from bot.identity import _born

    other = replace(me, pid=child.pid, born=_born(child.pid))
    assert me.runs()
    assert other.runs()
    # The same number, given to another process since.
    assert not replace(other, born=other.born + "1").runs()
    child.kill()
    child.wait()
    assert not other.runs()
    assert not replace(me, pid=4_194_305, born="").runs()


def test_only_what_the_dead_held_is_free(database: Database) -> None:
    living, killed = this_process(), replace(this_process(), pid=4_194_305)
    far = Identity("far", "another machine", 1, "1")
    with database.writing() as tx:
        for each in (living, killed, far):
            store.processes.beat(tx, row_of(each), "0.1.0")
        rows = [letter(n) for n in range(3)]
        store.outbox.add(tx, rows)
    for each in (living, killed, far):
        with database.writing() as tx:
            assert store.outbox.claim(tx, Lane.NORMAL, NOW, each.id) is not None
    for each, app in ((killed, "app"), (living, "kf")):
        assert DatabaseTokens(database, app, each.id).try_lease(NOW, NOW + timedelta(seconds=15))
    with database.writing() as tx:
        assert store.inbox.may_fetch(tx, "wk1", killed.id, NOW, NOW + timedelta(seconds=20))
    with database.writing() as tx:
        others = store.processes.others(tx, "me")
        dead = store.processes.dead(others, living.host, NOW + timedelta(seconds=30), runs)
        assert dead == [killed.id]
        assert store.processes.bury(tx, dead) == 1
    with database.reading() as tx:
        held = set(tx.execute(select(outbox.c.lease_owner).where(outbox.c.lease_until.is_not(None))).scalars())
        assert held == {living.id, far.id}
        assert set(tx.execute(select(tokens.c.lease_owner).where(tokens.c.lease_until.is_not(None))).scalars()) == {
            living.id
        }
        assert tx.execute(select(cursors.c.lease_owner)).scalar() is None
        assert {p.id for p in store.processes.others(tx, "me")} == {living.id, far.id}
    # One of another machine is only known by its silence, which is longer than any lease.
    assert store.processes.dead([row_of(far)], living.host, NOW + GONE_AFTER * 2, runs) == [far.id]


def test_one_process_at_a_time_fetches(database: Database) -> None:
    until = NOW + timedelta(seconds=20)
    with database.writing() as tx:
        assert store.inbox.may_fetch(tx, "wk1", "a", NOW, until)
    with database.writing() as tx:
        assert store.inbox.may_fetch(tx, "wk1", "a", NOW, until)
        assert not store.inbox.may_fetch(tx, "wk1", "b", NOW, until)
    with database.writing() as tx:
        store.inbox.fetched(tx, "wk1", "b")
        assert not store.inbox.may_fetch(tx, "wk1", "b", NOW, until)
        assert store.inbox.may_fetch(tx, "wk1", "b", until, until + timedelta(seconds=20))
        # The clock was set back since.
        assert store.inbox.may_fetch(tx, "wk1", "a", NOW - timedelta(hours=1), until - timedelta(hours=1))


def test_a_late_sender_changes_nothing_of_a_letter_that_another_took_over(database: Database) -> None:
    with database.writing() as tx:
        store.outbox.add(tx, [letter(1)])
    with database.writing() as tx:
        late = store.outbox.claim(tx, Lane.NORMAL, NOW, "a")
    with database.writing() as tx:
        assert store.outbox.claim(tx, Lane.NORMAL, NOW + timedelta(seconds=9), "b") is None
        fresh = store.outbox.claim(tx, Lane.NORMAL, NOW + timedelta(seconds=11), "b")
    assert late is not None
    assert fresh is not None
    assert (late.attempts, fresh.attempts) == (1, 2)
    with database.writing() as tx:
        assert not store.outbox.still_mine(tx, late, "a")
        assert not store.outbox.still_mine(tx, late, "b")
        assert store.outbox.still_mine(tx, fresh, "b")


def test_what_is_held_neither_leaves_nor_stands_in_the_way(database: Database) -> None:
    with database.writing() as tx:
        store.outbox.add(tx, [letter(1), letter(2, "to1")])
        tx.execute(update(outbox).where(outbox.c.key == "k1").values(held=True))
        store.timers.arm(tx, "accept", "order:1", NOW)
        store.timers.arm(tx, "accept", "order:2", NOW)
        from bot.store.schema import timers

        tx.execute(update(timers).where(timers.c.subject == "order:1").values(held=True))
    with database.writing() as tx:
        found = store.outbox.claim(tx, Lane.NORMAL, NOW, "a")
        assert found is not None
        assert found.key == "k2"
        assert store.outbox.claim(tx, Lane.NORMAL, NOW, "a") is None
        due = store.timers.next_due(tx, NOW)
        assert due is not None
        assert due.subject == "order:2"


def test_an_emergency_rings_before_all_that_is_due_longer(database: Database) -> None:
    with database.writing() as tx:
        store.timers.arm(tx, "accept", "order:1", NOW - timedelta(hours=1))
        store.timers.arm(tx, "accept", "order:2", NOW, urgent=True)
    with database.writing() as tx:
        due = store.timers.next_due(tx, NOW)
    assert due is not None
    assert due.subject == "order:2"


def test_a_word_of_one_is_heard_by_another(database: Database, url: str) -> None:
    other = Database(url)
    heard: list[str] = []
    stop = threading.Event()
    ears = threading.Thread(target=wakes.listen, args=(other, stop, heard.append, lambda: None), daemon=True)
    ears.start()
    assert wait_for(lambda: heard, 10)  # what was there before it listened
    time.sleep(0.3)
    heard.clear()
    with database.writing() as tx:
        store.outbox.add(tx, [letter(1)])
    wakes.tell(database, {wakes.LETTERS})
    assert wait_for(lambda: wakes.LETTERS in heard, 10)
    stop.set()
    ears.join(5)
    other.close()
    assert not ears.is_alive()


@pytest.mark.databases("postgresql")
def test_who_listens_hears_again_after_the_server_has_cut_the_line(database: Database, url: str) -> None:
    from sqlalchemy import text

    other = Database(url)
    heard: list[str] = []
    stop = threading.Event()
    ears = threading.Thread(target=wakes.listen, args=(other, stop, heard.append, lambda: None), daemon=True)
    ears.start()
    assert wait_for(lambda: heard, 10)
    with database.writing() as tx:
        listening = "query like 'listen%' and pid <> pg_backend_pid() and datname = current_database()"
        assert tx.execute(text(f"select pg_terminate_backend(pid) from pg_stat_activity where {listening}")).all()
    heard.clear()
    assert wait_for(lambda: heard, 10)
    heard.clear()
    wakes.tell(database, {wakes.BELL})
    assert wait_for(lambda: wakes.BELL in heard, 10)
    stop.set()
    ears.join(5)
    other.close()


def letter(n: int, receiver: str = "") -> dict:
    return store.outbox.row(
        key=f"k{n}",
        lane=Lane.NORMAL,
        kind="text",
        weight=Weight.MUST,
        receiver=receiver or f"to{n}",
        body={"content": "x"},
        now=NOW,
    )
