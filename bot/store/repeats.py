"""What was closed before at the same place, or on the same piece of equipment."""

from datetime import datetime
from functools import cache

from sqlalchemy import Connection, bindparam, literal_column, select, union_all

from bot.core.kinds import Category
from bot.core.orders import Order
from bot.store.orders import order_of
from bot.store.quick import Quick
from bot.store.schema import orders

_o = orders.c


def closed_since(
    tx: Connection, building: str | None, category: Category, since: datetime, device: str | None = None
) -> list[Order]:
    """The orders of that kind in the building, and any of the device, that were done since then, the latest first."""
    values = {"house": building, "since": since, **({"machine": device} if device else {})}
    rows = _closed(category, with_device=bool(device)).rows(tx, values)
    return [order_of(row) for row in rows]


@cache
def _closed(category: Category, *, with_device: bool) -> Quick:
    # The category stands in the words: as a value SQLite would plan the statement anew each time, for the sake of
    # the partial index that asks for one.
    there = (_o.building == bindparam("house"), _o.category == literal_column(f"'{category.value}'"))
    done = (
        _o.closed_at >= bindparam("since"),
        _o.closed_at.is_not(None),
        # What somebody worked on: not what was withdrawn, and not who merely waited on an outage.
        _o.first_accepted_at.is_not(None),
        _o.closed_how.in_([literal_column("'confirmed'"), literal_column("'unconfirmed'")]),
    )
    found = select(orders).where(*there, *done)
    if with_device:
        # Each by its own index: with an OR every order that was closed since then would be read.
        of_device = select(_o.no).where(_o.device == bindparam("machine"), *done)
        found = select(orders).where(_o.no.in_(union_all(select(_o.no).where(*there, *done), of_device)))
    return Quick(found.order_by(_o.closed_at.desc()).limit(50))
