"""The list of buildings."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from bot.imports.buildings import BuildingRow
from bot.settings import Settings
from bot.store.db import Database
from bot.store.migrate import migrate_to_head
from bot.store.schema import buildings

_b = buildings.c


class Building(NamedTuple):
    """One building of the list."""

    accepted_on: date | None
    developer: str
    developer_phone: str


def get(tx: Connection, name: str) -> Building | None:
    """What is known of a building; None if it is not on the list."""
    row = tx.execute(select(_b.accepted_on, _b.developer, _b.developer_phone).where(_b.building == name)).first()
    return None if row is None else Building(*row)


def save(settings: Settings, rows: Sequence[BuildingRow]) -> dict[str, int]:
    """Add or update buildings by their name."""
    migrate_to_head(settings.store.url)
    database = Database(settings.store.url)
    counts = {"added": 0, "updated": 0}
    try:
        with database.writing() as tx:
            known = set(tx.execute(select(_b.building)).scalars())
            for row in rows:
                values = {
                    "accepted_on": row.accepted_on,
                    "handed_over_on": row.handed_over_on,
                    "developer": row.developer,
                    "developer_phone": row.developer_phone,
                }
                if row.building in known:
                    tx.execute(update(buildings).where(_b.building == row.building).values(**values))
                else:
                    tx.execute(insert(buildings).values(building=row.building, **values))
                counts["updated" if row.building in known else "added"] += 1
    finally:
        database.close()
    return counts
