"""What customer service owes somebody: a call back, a follow-up of a bad score."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, insert, or_, select, update

from bot.core.first_contact import Owed
from bot.store.schema import orders, tasks

_t = tasks.c


class Task(NamedTuple):
    """One task. ``kind``: low_score, phone, owner (首问) or why the policy asks for the call.
    ``tries``: calls that nobody answered."""

    id: int
    kind: str
    order_no: int
    about: str
    due_at: datetime
    tries: int = 0
    done_at: datetime | None = None
    done_by: str | None = None
    result: str = ""


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
    return None if r is None else _task(r)


def open_of(tx: Connection, order_no: int) -> list[Task]:
    """The open tasks of an order."""
    rows = tx.execute(select(tasks).where(_t.order_no == order_no, _t.done_at.is_(None)).order_by(_t.id)).mappings()
    return [_task(r) for r in rows]


def all_of(tx: Connection, order_no: int) -> list[Task]:
    """Every task there was for an order, oldest first."""
    return [_task(r) for r in tx.execute(select(tasks).where(_t.order_no == order_no).order_by(_t.id)).mappings()]


def opened_since(tx: Connection, kind: str, since: datetime) -> set[int]:
    """The orders for which such a task was opened since then."""
    return set(tx.execute(select(_t.order_no).where(_t.kind == kind, _t.opened_at >= since)).scalars())


def put_off(tx: Connection, task_id: int, due_at: datetime) -> None:
    """Nobody answered: to be tried again."""
    tx.execute(update(tasks).where(_t.id == task_id).values(due_at=due_at, tries=_t.tries + 1))


def punctual(tx: Connection, start: datetime, end: datetime) -> dict[str, tuple[int, int]]:
    """By kind: how many tasks were due in the span, and how many of these were done in time."""
    in_time = case((_t.done_at <= _t.due_at, 1), else_=0)
    rows = tx.execute(
        select(_t.kind, func.count(), func.sum(in_time)).where(_t.due_at >= start, _t.due_at < end).group_by(_t.kind)
    )
    return {kind: (int(due), int(done or 0)) for kind, due, done in rows}


def owed_by_owners(tx: Connection, start: datetime) -> list[Owed]:
    """The calls owed as first contact (首问) that are open, or were made since ``start``."""
    rows = tx.execute(
        select(orders.c.owner, _t.opened_at, _t.due_at, _t.done_at)
        .join(orders, orders.c.no == _t.order_no)
        .where(_t.kind == "owner", orders.c.owner.is_not(None), or_(_t.done_at.is_(None), _t.done_at >= start))
    )
    return [Owed(*row) for row in rows]


def finish(tx: Connection, task_id: int, by: str, result: str, now: datetime) -> None:
    """The task is done."""
    tx.execute(update(tasks).where(_t.id == task_id).values(done_at=now, done_by=by, result=result))


def _task(r: Mapping[Any, Any]) -> Task:
    return Task(
        r["id"], r["kind"], r["order_no"], r["about"], r["due_at"], r["tries"], r["done_at"], r["done_by"], r["result"]
    )  # fmt: skip
