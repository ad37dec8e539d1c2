"""Runs of the emergency handbook, in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.core.handbook import Run, Tick
from bot.core.kinds import Category, Role
from bot.store.body import from_text, to_text
from bot.store.schema import runs, ticks

_r, _t = runs.c, ticks.c


def add(tx: Connection, run: Run) -> Run:
    """A run begins; returns it with its number."""
    made = tx.execute(
        insert(runs).values(
            category=run.category.value,
            drill=run.drill,
            place=run.place[:100],
            order_no=run.order_no,
            people=to_text({person: role.value for person, role in run.people.items()}),
            token=run.token,
            started_at=run.started_at,
            started_by=run.started_by,
            note="",
        )
    ).inserted_primary_key
    assert made is not None
    found = get(tx, int(made[0]))
    assert found is not None
    return found


def get(tx: Connection, run_id: int) -> Run | None:
    """The run of that number, locked against other writers, or None."""
    row = tx.execute(select(runs).where(_r.id == run_id).with_for_update()).mappings().first()
    return None if row is None else _run(row)


def of_order(tx: Connection, order_no: int) -> Run | None:
    """The run of an emergency, if one has begun."""
    row = tx.execute(select(runs).where(_r.order_no == order_no)).mappings().first()
    return None if row is None else _run(row)


def by_token(tx: Connection, token: str) -> Run | None:
    """The run whose report has this address."""
    row = tx.execute(select(runs).where(_r.token == token)).mappings().first()
    return None if row is None else _run(row)


def ticked(tx: Connection, run_id: int) -> list[Tick]:
    """The steps that were done, in the order of time."""
    rows = tx.execute(select(ticks).where(_t.run_id == run_id).order_by(_t.at, _t.step)).mappings()
    return [Tick(r["step"], r["at"], r["by"], r["note"]) for r in rows]


def tick(tx: Connection, run_id: int, done: Tick) -> bool:
    """A step is done; False if it was ticked off before: the first time stands."""
    known = select(_t.step).where(_t.run_id == run_id, _t.step == done.step)
    if tx.execute(known).first() is not None:
        return False
    tx.execute(insert(ticks).values(run_id=run_id, step=done.step, at=done.at, by=done.by, note=done.note))
    return True


def join(tx: Connection, run: Run, people: Mapping[str, Role]) -> None:
    """More people take part in a run."""
    everybody = {**run.people, **people}
    tx.execute(update(runs).where(_r.id == run.id).values(people=to_text({p: r.value for p, r in everybody.items()})))


def end(tx: Connection, run_id: int, now: datetime, note: str) -> None:
    """The run is over."""
    tx.execute(update(runs).where(_r.id == run_id).values(ended_at=now, note=note))


def _run(row: Mapping[Any, Any]) -> Run:
    return Run(
        id=row["id"],
        category=Category(row["category"]),
        drill=row["drill"],
        place=row["place"],
        order_no=row["order_no"],
        people={person: Role(role) for person, role in from_text(row["people"]).items()},
        token=row["token"],
        started_at=row["started_at"],
        started_by=row["started_by"],
        ended_at=row["ended_at"],
        note=row["note"],
    )
