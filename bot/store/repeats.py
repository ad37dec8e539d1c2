"""What was closed before at the same place."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, literal_column, select

from bot.core.kinds import Category
from bot.core.orders import Order
from bot.store.orders import order_of
from bot.store.quick import Quick
from bot.store.schema import orders

_o = orders.c


def _closed(category: Category) -> Quick:
    wanted = (
        select(orders)
        .where(
            _o.building == bindparam("house"),
            # A literal: SQLite prepares a statement anew whenever it is given another value for a column that a
            # partial index names, and that costs more than the search.
            _o.category == literal_column(f"'{category.value}'"),
            _o.closed_at >= bindparam("since"),
            _o.closed_at.is_not(None),
            # What somebody worked on: not what was withdrawn, and not who merely waited on an outage.
            _o.first_accepted_at.is_not(None),
            _o.closed_how.in_([literal_column("'confirmed'"), literal_column("'unconfirmed'")]),
        )
        .order_by(_o.closed_at.desc())
        .limit(50)
    )
    return Quick(wanted)


_CLOSED = {category: _closed(category) for category in Category}


def closed_since(tx: Connection, building: str, category: Category, since: datetime) -> list[Order]:
    """The orders of that kind in the building that were done since then, the latest first."""
    return [order_of(row) for row in _CLOSED[category].rows(tx, {"house": building, "since": since})]
