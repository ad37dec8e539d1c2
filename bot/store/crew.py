"""Helpers of orders: who was added, and has not been taken out again."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.store.schema import crew, orders

_c = crew.c


def add(tx: Connection, no: int, person: str, by: str, now: datetime) -> None:
    """Somebody helps with the order from now on."""
    tx.execute(insert(crew).values(order_no=no, person=person, added_by=by, added_at=now))


def take_out(tx: Connection, no: int, person: str, now: datetime) -> bool:
    """Somebody does not help any more; False if he did not."""
    there = (_c.order_no == no, _c.person == person, _c.removed_at.is_(None))
    return tx.execute(update(crew).where(*there).values(removed_at=now)).rowcount > 0


def of_order(tx: Connection, no: int) -> set[str]:
    """Who was added to the order and is still there."""
    return set(tx.execute(select(_c.person).where(_c.order_no == no, _c.removed_at.is_(None))).scalars())


def numbers_of(tx: Connection, person: str) -> list[int]:
    """The orders somebody was added to that are not over, oldest first; at most 50."""
    found = (
        select(_c.order_no)
        .join(orders, orders.c.no == _c.order_no)
        .where(_c.person == person, _c.removed_at.is_(None), orders.c.closed_at.is_(None))
        .order_by(_c.order_no)
        .limit(50)
    )
    return [int(no) for no in tx.execute(found).scalars()]
