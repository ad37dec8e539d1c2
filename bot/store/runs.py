"""Runs of the emergency handbook, in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.core.handbook import Run, Tick
from bot.core.kinds import Category, Role
from bot.store.schema import orders, run_people, runs, ticks

_r, _p, _t = runs.c, run_people.c, ticks.c


def add(tx: Connection, run: Run) -> Run:
    """A run begins; returns it with its number."""
    made = tx.execute(
        insert(runs).values(
            category=run.category.value,
            drill=run.drill,
            place=run.place[:100],
            order_no=run.order_no,
            token=run.token,
            started_at=run.started_at,
            started_by=run.started_by,
            note="",
        )
    ).inserted_primary_key
    assert made is not None
    _add_people(tx, int(made[0]), run.people)
    found = get(tx, int(made[0]))
    assert found is not None
    return found


def get(tx: Connection, run_id: int) -> Run | None:
    """The run of that number, locked against other writers, or None."""
    row = tx.execute(select(runs).where(_r.id == run_id).with_for_update()).mappings().first()
    return None if row is None else _run(tx, row)


def of_order(tx: Connection, order_no: int) -> Run | None:
    """The run of an emergency, if one has begun."""
    row = tx.execute(select(runs).where(_r.order_no == order_no)).mappings().first()
    return None if row is None else _run(tx, row)


def by_token(tx: Connection, token: str) -> Run | None:
    """The run whose report has this address."""
    row = tx.execute(select(runs).where(_r.token == token)).mappings().first()
    return None if row is None else _run(tx, row)


def ticked(tx: Connection, run_id: int) -> list[Tick]:
    """The steps that were done, in the order of time."""
    rows = tx.execute(select(ticks).where(_t.run_id == run_id).order_by(_t.at, _t.step)).mappings()
    return [Tick(r["step"], r["at"], r["by"], r["note"]) for r in rows]


def tick(tx: Connection, run: Run, done: Tick) -> bool:
    """A step is done; False if it was ticked off before: the first time stands."""
    known = select(_t.step).where(_t.run_id == run.id, _t.step == done.step)
    if tx.execute(known).first() is not None:
        return False
    values = {"run_id": run.id, "order_no": run.order_no, "step": done.step, "at": done.at, "by": done.by}
    tx.execute(insert(ticks).values(note=done.note, **values))
    return True


def join(tx: Connection, run: Run, people: Mapping[str, Role]) -> None:
    """More people take part in a run."""
    _add_people(tx, run.id, {person: role for person, role in people.items() if person not in run.people})


def at_work(tx: Connection, category: Category, building: str) -> bool:
    """True if a run of that kind goes on for an order of the building."""
    same = (
        select(_r.id)
        .join(orders, orders.c.no == _r.order_no)
        .where(_r.category == category.value, _r.ended_at.is_(None), _r.drill.is_(False), orders.c.building == building)
    )
    return tx.execute(same.limit(1)).first() is not None


def take_on(tx: Connection, run: Run, people: Mapping[str, Role], place: str) -> None:
    """People take part in the roles named, also who did in another; the place may have been found out since."""
    tx.execute(update(runs).where(_r.id == run.id).values(place=place[:100]))
    for person, role in people.items():
        if person in run.people:
            there = (_p.run_id == run.id, _p.person == person)
            tx.execute(update(run_people).where(*there).values(role=role.value))
    join(tx, run, people)


def change(tx: Connection, run: Run, category: Category) -> None:
    """It turned out to be another kind: the run begins anew by that plan."""
    tx.execute(delete(ticks).where(_t.run_id == run.id))
    tx.execute(update(runs).where(_r.id == run.id).values(category=category.value))


def end(tx: Connection, run_id: int, now: datetime, note: str) -> None:
    """The run is over."""
    tx.execute(update(runs).where(_r.id == run_id).values(ended_at=now, note=note))


def _add_people(tx: Connection, run_id: int, people: Mapping[str, Role]) -> None:
    rows = [{"run_id": run_id, "person": person, "role": role.value} for person, role in people.items()]
    if rows:
        tx.execute(insert(run_people), rows)


def _run(tx: Connection, row: Mapping[Any, Any]) -> Run:
    people = tx.execute(select(_p.person, _p.role).where(_p.run_id == row["id"]).order_by(_p.person))
    return Run(
        id=row["id"],
        category=Category(row["category"]),
        drill=row["drill"],
        place=row["place"],
        order_no=row["order_no"],
        people={person: Role(role) for person, role in people},
        token=row["token"],
        started_at=row["started_at"],
        started_by=row["started_by"],
        ended_at=row["ended_at"],
        note=row["note"],
    )
