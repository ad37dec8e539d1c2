"""The list of equipment."""

from sqlalchemy import Connection, select

from bot.core.equipment import Machine, Machines
from bot.store import roster
from bot.store.schema import equipment, meta


def version(tx: Connection) -> str:
    """Changes whenever equipment is imported, which also changes the version of the roster: that one is asked first."""
    return tx.execute(select(meta.c.value).where(meta.c.name == "equipment")).scalar() or ""


def load(tx: Connection) -> Machines:
    """The list as it is now."""
    e = equipment.c
    rows = tx.execute(select(e.code, e.name, e.kind, e.building, e.place).order_by(e.code))
    return Machines(Machine(*row) for row in rows)


def touch(tx: Connection) -> None:
    """Tell every process that the list has changed."""
    now = int(version(tx) or "0") + 1
    if now == 1:
        tx.execute(meta.insert().values(name="equipment", value=str(now)))
    else:
        tx.execute(meta.update().where(meta.c.name == "equipment").values(value=str(now)))
    roster.touch(tx)
