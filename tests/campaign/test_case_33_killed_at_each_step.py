"""Case 33. An upgrade is killed at its steps, two upgrade at once, a backup is taken while others write.

Demanded: it always starts again and comes to the present schema, no row is lost; after a restore nothing that waited
in the backup leaves or rings.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot import store
from bot.backups import backup, restore
from bot.clock import utc_now
from bot.core.letters import Lane, Weight
from bot.store import Database
from bot.store.migrate import migrate_empty, migrate_to_head
from bot.store.schema import outbox, timers
from tests.campaign.crowd import database
from tests.campaign.worlds import ALL
from tests.store.upgrades import FIRST, Dying, assert_at_head, counted, fill, kill_and_finish


@pytest.mark.weight(20)
@ALL
def test_upgrades_killed_at_each_step(case, kind: str, tmp_path) -> None:
    dying = Dying()
    kills = lost = 0
    with case.row(kind) as row:
        try:
            for folder in ("installed", "upgraded"):
                (tmp_path / folder).mkdir()
                with database(kind, tmp_path / folder) as url:
                    before = {}
                    if folder == "upgraded":
                        migrate_empty(url, FIRST)
                        before = fill(url)
                    kills += kill_and_finish(dying, url, case.times(40, 1))
                    assert_at_head(url)
                    after = counted(url)
                    lost += sum(max(0, count - after[name]) for name, count in before.items())
        finally:
            dying.close()
        row.times = kills
        row.counted(lost, 0)
        row.done = f"{kills} kills −9 after a statement of an installation or of an upgrade from the first release"


@ALL
def test_two_upgrade_at_once(case, kind: str, tmp_path) -> None:
    rounds = failed = 0
    with case.row(kind) as row:
        for n in case.rounds(sample=1, whole=5):
            rounds += 1
            (tmp_path / str(n)).mkdir()
            with database(kind, tmp_path / str(n)) as url:
                migrate_empty(url, FIRST)
                before = fill(url)
                ends = upgrade_twice_at_once(url)
                failed += ends != ["done", "done"]
                assert_at_head(url)
                after = counted(url)
                failed += any(after[name] < count for name, count in before.items())
        row.times = rounds
        row.counted(failed, 0)
        row.done = f"{rounds} times two processes upgraded one database from the first release at the same moment"


def upgrade_twice_at_once(url: str) -> list[str]:
    helpers = [Dying(), Dying()]
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda helper: helper.upgrade(url), helpers))
    for helper in helpers:
        helper.close()
    return ends


@ALL
def test_a_backup_taken_under_load(case, kind: str, tmp_path) -> None:
    with case.row(kind) as row, database(kind, tmp_path) as url:
        migrate_to_head(url)
        source = Database(url)
        stop = threading.Event()
        wrote = [0]

        def write() -> None:
            while not stop.is_set():
                wrote[0] += 1
                with source.writing() as tx:
                    store.outbox.add(tx, [letter(wrote[0])])
                    store.timers.arm(tx, "accept", f"order:{wrote[0]}", utc_now() - timedelta(hours=1))

        writer = threading.Thread(target=write)
        writer.start()
        rounds = wrong = 0
        for n in case.rounds(sample=1, whole=10):
            rounds += 1
            folder = tmp_path / f"into{n}"
            folder.mkdir()
            backup(url, folder / "b.zip", utc_now(), media=False)
            restore(f"sqlite:///{folder}/b.db", folder / "b.zip", utc_now())
            restored = Database(f"sqlite:///{folder}/b.db")
            with restored.writing() as tx:
                letters = tx.execute(select(func.count()).select_from(outbox)).scalar_one()
                clocks = tx.execute(select(func.count()).select_from(timers)).scalar_one()
                later = utc_now() + timedelta(days=1)
                leaves = store.outbox.claim(tx, Lane.NORMAL, later, "x") or store.timers.next_due(tx, later)
            restored.close()
            # Both rows of each turn or neither, and none of them goes on by itself.
            wrong += letters != clocks or leaves is not None
        stop.set()
        writer.join()
        source.close()
        row.times = rounds
        row.counted(wrong, 0)
        row.done = f"{rounds} backups during {wrote[0]} transactions, each restored; nothing old left or rang"


def letter(n: int) -> dict:
    return store.outbox.row(
        key=f"k{n}", lane=Lane.NORMAL, kind="text", weight=Weight.MUST, receiver=f"r{n}", body={}, now=utc_now()
    )
