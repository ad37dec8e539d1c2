"""The register of buildings and rooms."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Connection, delete, insert, select

from bot.core.reading import Place
from bot.core.register import NO_REGISTER, Register
from bot.imports.rooms import RoomRow
from bot.settings import Settings
from bot.store import roster
from bot.store.db import Database
from bot.store.migrate import migrate_to_head
from bot.store.schema import meta, place_names, rooms

_PORTION = 500  # rows of one statement
T = TypeVar("T")


def version(tx: Connection) -> str:
    """Changes whenever rooms are imported, which also changes the version of the roster: that one is asked first."""
    return tx.execute(select(meta.c.value).where(meta.c.name == "rooms")).scalar() or ""


def load(tx: Connection) -> Register:
    """The register as it is now; empty where none was imported."""
    places = [
        Place(r.building, r.unit or None, r.room or None)
        for r in tx.execute(select(rooms.c.building, rooms.c.unit, rooms.c.room).order_by(rooms.c.id))
    ]
    names = tx.execute(select(place_names).order_by(place_names.c.name)).mappings()
    aliases = {r["name"]: Place(r["building"] or None, area=r["area"] or None) for r in names}
    return Register(places, aliases) if places or aliases else NO_REGISTER


def save(settings: Settings, rows: Sequence[RoomRow]) -> dict[str, int]:
    """Replace the buildings that the rows name, with their rooms and names, and the public places of the same names."""
    migrate_to_head(settings.store.url)
    database = Database(settings.store.url)
    try:
        with database.writing() as tx:
            return _save(tx, rows)
    finally:
        database.close()


def _save(tx: Connection, rows: Sequence[RoomRow]) -> dict[str, int]:
    housing = [row for row in rows if not row.area]
    buildings = {row.building for row in housing}
    names = _names(rows)
    gone = 0
    for building in buildings:
        gone += tx.execute(delete(rooms).where(rooms.c.building == building)).rowcount
        tx.execute(delete(place_names).where(place_names.c.building == building, place_names.c.area == ""))
    for some in _portions(sorted(names)):
        tx.execute(delete(place_names).where(place_names.c.name.in_(some)))
    # A building that has no room in the file is one whose rooms are not known.
    known = list(dict.fromkeys((row.building, row.unit, row.room) for row in housing))
    with_rooms = {building for building, _, room in known if room}
    new = [
        {"building": building, "unit": unit, "room": room}
        for building, unit, room in known
        if room or building not in with_rooms
    ]
    for portion in _portions(new):
        tx.execute(insert(rooms), list(portion))
    for portion in _portions([{"name": n, "building": b, "area": a} for n, (b, a) in sorted(names.items())]):
        tx.execute(insert(place_names), list(portion))
    _touch(tx)
    return {"rooms": sum(1 for row in new if row["room"]), "names": len(names), "replaced": gone}


def _names(rows: Sequence[RoomRow]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        found |= dict.fromkeys(row.aliases, (row.building, row.area))
        if row.area:
            found[row.area.lower()] = (row.building, row.area)
    return found


def _portions(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[at : at + _PORTION] for at in range(0, len(items), _PORTION)]


def _touch(tx: Connection) -> None:
    now = int(version(tx) or "0") + 1
    if now == 1:
        tx.execute(meta.insert().values(name="rooms", value=str(now)))
    else:
        tx.execute(meta.update().where(meta.c.name == "rooms").values(value=str(now)))
    roster.touch(tx)
