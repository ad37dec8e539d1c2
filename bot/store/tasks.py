"""What customer service owes somebody: a call back, a follow-up of a bad score."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from bot.store.schema import tasks

_t = tasks.c


class Task(NamedTuple):
    """One task. ``kind``: low_score or phone."""

    id: int
    kind: str
    order_no: int
    about: str
    due_at: datetime


def add(tx: Connection, kind: str, order_no: int, about: str, now: datetime, due_at: datetime) -> int | None:
    """Open a task; None if the same one is already open."""
    same = select(_t.id).where(_t.order_no == order_no, _t.kind == kind, _t.done_at.is_(None))
    if tx.execute(same).first() is not None:
        return None
    result = tx.execute(insert(tasks).values(kind=kind, order_no=order_no, about=about, opened_at=now, due_at=due_at))
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def get(tx: Connection, task_id: int) -> Task | None:
    """The task if it is still open."""
    r = tx.execute(select(tasks).where(_t.id == task_id, _t.done_at.is_(None))).mappings().first()
    return None if r is None else Task(r["id"], r["kind"], r["order_no"], r["about"], r["due_at"])


def open_of(tx: Connection, order_no: int) -> list[Task]:
    """The open tasks of an order."""
    rows = tx.execute(select(tasks).where(_t.order_no == order_no, _t.done_at.is_(None)).order_by(_t.id)).mappings()
    return [Task(r["id"], r["kind"], r["order_no"], r["about"], r["due_at"]) for r in rows]


def finish(tx: Connection, task_id: int, by: str, result: str, now: datetime) -> None:
    """The task is done."""
    tx.execute(update(tasks).where(_t.id == task_id).values(done_at=now, done_by=by, result=result))
