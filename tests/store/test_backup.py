"""A backup of each database is restored into each: every row is there, and nothing old goes on without a word."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from bot import store
from bot.backups import BackupError, backup, restore
from bot.core.letters import Lane, Weight
from bot.errands import folder_of_media
from bot.store import Database
from bot.store.dump import NUMBERS_SKIPPED
from bot.store.floors import SchemaError
from bot.store.migrate import current, head, migrate_to_head
from bot.store.schema import (
    cursors,
    equipment,
    inbox,
    log,
    meta,
    metadata,
    orders,
    outbox,
    people,
    processes,
    timers,
    tokens,
)
from tests.conftest import no_database
from tests.store.databases import KINDS, NotReachable, fresh
from tests.store.upgrades import fill

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
WORDS = "3栋2单元1502厨房漏水 😀 <b>'\"\\%\n\t"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes further empty databases, by kind."""
    with ExitStack() as made:

        def one(kind: str) -> str:
            folder = tmp_path / f"other-{kind}"
            folder.mkdir()
            try:
                return made.enter_context(fresh(kind, folder))
            except NotReachable as reason:
                no_database(reason)
                raise AssertionError from reason

        yield one


def lived_in(url: str) -> None:
    """A database with something in every table, and something that waits."""
    migrate_to_head(url)
    fill(url)
    database = Database(url)
    with database.writing() as tx:
        tx.execute(inbox.delete())
        tx.execute(outbox.delete())
        tx.execute(timers.delete())
        tx.execute(text("update orders set words = :words"), {"words": WORDS})
        tx.execute(text("update equipment set installed_on = '2019-06-01'"))
        store.outbox.add(tx, [letter("waiting"), letter("sent")])
        tx.execute(outbox.update().where(outbox.c.key == "sent").values(done_at=NOW, outcome="sent"))
        store.timers.arm(tx, "accept", "order:1", NOW, urgent=True)
        store.timers.arm(tx, "task", "task:1", NOW)
        store.timers.arm(tx, "digest.daily", "digest", NOW)
        message = {"channel": "kf", "kind": "text", "sender": "x", "sent_at": NOW, "received_at": NOW, "body": "{}"}
        tx.execute(insert(inbox), [{**message, "key": k, "handled_at": h} for k, h in (("new", None), ("old", NOW))])
    database.close()


def letter(key: str) -> dict:
    return store.outbox.row(
        key=key, lane=Lane.NORMAL, kind="text", weight=Weight.MUST, receiver=key, body={"content": WORDS}, now=NOW
    )


def rows(url: str, *but: str) -> dict[str, list[tuple]]:
    database = Database(url)
    with database.reading() as tx:
        found = {t.name: sorted(map(repr, tx.execute(select(t)))) for t in metadata.sorted_tables if t.name not in but}
    database.close()
    return found


CHANGED = ("meta", "processes", "tokens", "gates", "outbox", "timers", "inbox", "cursors")


def test_every_row_comes_back_in_each_of_the_three(url: str, tmp_path: Path, empty: Callable[[str], str]) -> None:
    lived_in(url)
    counts = backup(url, tmp_path / "b.zip", NOW, media=True)
    assert counts["rows"] > 30
    for kind in KINDS:
        target = empty(kind)
        restore(target, tmp_path / "b.zip", LATER)
        assert rows(target, *CHANGED) == rows(url, *CHANGED), kind
        database = Database(target)
        assert current(database) == head()
        with database.writing() as tx:
            assert tx.execute(select(equipment.c.installed_on)).scalars().first().isoformat() == "2019-06-01"
            assert tx.execute(select(func.count()).select_from(processes)).scalar() == 0
            assert tx.execute(select(func.count()).select_from(tokens)).scalar() == 0
            assert tx.execute(select(outbox.c.body).where(outbox.c.key == "sent")).scalar_one()
            # Numbers that were given after the backup are given to nobody else.
            last = tx.execute(select(func.max(orders.c.no))).scalar_one()
            values = {c.name: c.type.python_type() for c in orders.columns if not c.nullable and c.name != "no"}
            values |= {"opened_at": NOW, "clock_at": NOW}
            no = tx.execute(insert(orders).values(**values)).inserted_primary_key
            assert no is not None
            assert no[0] == last + NUMBERS_SKIPPED + 1
            tx.execute(insert(log).values(order_no=no[0], at=NOW, what="x", by="", detail="{}"))
            tx.execute(insert(people).values(id="neu", userid="neu", name="n", role="resident"))
        database.close()


def test_what_waited_is_held_until_somebody_lets_it_go(url: str, tmp_path: Path, empty: Callable[[str], str]) -> None:
    lived_in(url)
    backup(url, tmp_path / "b.zip", NOW, media=False)
    target = empty("sqlite")
    restore(target, tmp_path / "b.zip", LATER)
    database = Database(target)
    with database.writing() as tx:
        assert store.held.counts(tx) == (1, 2, 1)
        assert store.outbox.claim(tx, Lane.NORMAL, LATER, "a") is None
        assert store.timers.next_due(tx, LATER) is None
        assert store.inbox.next_unhandled(tx) is None
        found = store.held.restored(tx)
        assert found is not None
        assert (found.taken_at, found.restored_at, found.told) == (NOW, LATER, False)
    with database.writing() as tx:
        store.held.let_go(tx)
    with database.writing() as tx:
        assert store.held.restored(tx) is None
        claimed = store.outbox.claim(tx, Lane.NORMAL, LATER, "a")
        assert claimed is not None
        assert claimed.key == "waiting"
        due = store.timers.next_due(tx, LATER)
        assert due is not None
        assert due.subject == "order:1"
        unhandled = store.inbox.next_unhandled(tx)
        assert unhandled is not None
        assert unhandled[1].key == "new"
    database.close()


def test_a_database_with_anything_in_it_is_left_alone(url: str, tmp_path: Path) -> None:
    lived_in(url)
    backup(url, tmp_path / "b.zip", NOW, media=False)
    before = rows(url)
    with pytest.raises(SchemaError, match="not empty"):
        restore(url, tmp_path / "b.zip", LATER)
    assert rows(url) == before


def test_a_restore_that_broke_off_leaves_nothing_and_may_be_tried_again(
    url: str, tmp_path: Path, empty: Callable[[str], str], database_kind: str, monkeypatch
) -> None:
    lived_in(url)
    backup(url, tmp_path / "b.zip", NOW, media=False)
    target = empty(database_kind)
    monkeypatch.setattr("bot.store.dump.hold_everything", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        restore(target, tmp_path / "b.zip", LATER)
    monkeypatch.undo()
    assert not any(found for name, found in rows(target, "meta").items())
    restore(target, tmp_path / "b.zip", LATER)
    assert rows(target, *CHANGED) == rows(url, *CHANGED)


def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(
    url: str, tmp_path: Path, empty: Callable[[str], str], monkeypatch
) -> None:
    lived_in(url)
    before = rows(url, *CHANGED)
    from bot.store.dump import Snapshot

    read = Snapshot.rows
    other = Database(url)

    def meanwhile(self: Snapshot, name: str):
        found = read(self, name)
        with other.writing() as tx:
            tx.execute(text("update orders set reporter_name = 'later'"))
            tx.execute(insert(cursors).values(open_kfid=f"late {name}"))
        return found

    monkeypatch.setattr(Snapshot, "rows", meanwhile)
    backup(url, tmp_path / "b.zip", NOW, media=False)
    monkeypatch.undo()
    other.close()
    target = empty("sqlite")
    restore(target, tmp_path / "b.zip", LATER)
    assert rows(target, *CHANGED) == before
    assert not any("late" in row for row in rows(target)["cursors"])


@pytest.mark.databases("sqlite")
def test_kept_files_come_along_and_no_name_leads_out_of_their_folder(
    url: str, tmp_path: Path, empty: Callable[[str], str]
) -> None:
    lived_in(url)
    kept = tmp_path / "media" / "12" / "1-image.jpg"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"\xff\xd8\xff")
    assert backup(url, tmp_path / "b.zip", NOW, media=True)["files"] == 1
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    target = empty("sqlite")
    assert restore(target, tmp_path / "b.zip", LATER)["files"] == 1
    database = Database(target)
    assert (folder_of_media(database) / "12" / "1-image.jpg").read_bytes() == b"\xff\xd8\xff"
    database.close()
    with zipfile.ZipFile(tmp_path / "b.zip", "a") as archive:
        archive.writestr("media/../../escaped", b"x")
    with pytest.raises(BackupError, match="不安全"):
        restore(f"sqlite:///{tmp_path}/third/x.db", tmp_path / "b.zip", LATER)
    assert not (tmp_path / "escaped").exists()


@pytest.mark.databases("sqlite")
def test_a_damaged_or_foreign_file_is_refused_before_anything_is_written(url: str, tmp_path: Path) -> None:
    lived_in(url)
    file = tmp_path / "b.zip"
    backup(url, file, NOW, media=False)
    with pytest.raises(BackupError, match="已经存在"):
        backup(url, file, NOW, media=False)
    whole = file.read_bytes()
    target = f"sqlite:///{tmp_path}/target.db"
    middle = whole.index(b"tables/log.jsonl") + 40
    for damaged in (whole[: len(whole) // 2], whole[:middle] + b"XXXX" + whole[middle + 4 :], b"no backup"):
        file.write_bytes(damaged)
        with pytest.raises(BackupError):
            restore(target, file, LATER)
    for change in ({"format": 2}, {"revision": "9999"}):
        rewrite(whole, file, change)
        with pytest.raises((BackupError, SchemaError), match=r"2|9999"):
            restore(target, file, LATER)
    assert not (tmp_path / "target.db").exists() or not any(rows(target).values())


def rewrite(whole: bytes, file: Path, change: dict) -> None:
    """The same backup with another manifest."""
    file.write_bytes(whole)
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["manifest.json"] = json.dumps(json.loads(entries["manifest.json"]) | change).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def test_the_salt_is_drawn_anew(url: str, tmp_path: Path, empty: Callable[[str], str]) -> None:
    lived_in(url)
    database = Database(url)
    with database.writing() as tx:
        tx.execute(insert(meta).values(name="salt", value="7"))
    database.close()
    backup(url, tmp_path / "b.zip", NOW, media=False)
    target = empty("sqlite")
    restore(target, tmp_path / "b.zip", LATER)
    database = Database(target)
    with database.reading() as tx:
        assert tx.execute(select(meta.c.value).where(meta.c.name == "salt")).scalar() is None
    database.close()
