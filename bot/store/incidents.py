"""Events (事件) and the orders that belong to them, in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from bot.core.incidents import OF_A_UNIT, SYSTEM_OF, Incident, Standing, System
from bot.core.orders import Order, Status
from bot.store.orders import order_of
from bot.store.quick import Quick
from bot.store.schema import incidents, orders

_i, _o = incidents.c, orders.c
# What nobody has settled yet leads nothing, and what waits or is done is not worked on.
_WORKED_ON = [s.value for s in (Status.OPEN, Status.ACCEPTED, Status.ARRIVED, Status.PARKED)]


def _kinds(system: System) -> Any:
    # As literals, so that the partial index serves and the statement can be compiled once.
    return _o.category.in_([literal_column(f"'{c.value}'") for c, s in SYSTEM_OF.items() if s is system])


_MATE = {
    system: Quick(
        select(_o.no)
        .where(_o.closed_at.is_(None), _o.building == bindparam("house"), _kinds(system))
        .where(_o.status != literal_column("'finished'"))
        .where(_o.no != bindparam("itself"))
        .where(or_(_o.opened_at >= bindparam("since"), _o.incident.is_not(None)))
        .limit(1)
    )
    for system in set(SYSTEM_OF.values())
}


def _counted(system: System) -> Quick:
    counted = (
        select(func.count())
        .select_from(orders)
        .where(_o.closed_at.is_(None), _o.building == bindparam("house"), _kinds(system))
        .where(_o.status.in_([literal_column(f"'{s}'") for s in _WORKED_ON]), _o.opened_at >= bindparam("since"))
        .where(_o.no != bindparam("itself"))
    )
    mine: BindParameter[str] = bindparam("unit")
    return Quick(counted.where(or_(mine == literal_column("''"), _o.unit.is_(None), _o.unit == mine)))


_OPEN: ColumnElement[str] = literal_column(f"'{Standing.OPEN.value}'")
_OF = Quick(
    select(incidents)
    .where(_i.building == bindparam("house"), _i.system == bindparam("of"))
    .where(or_(_i.standing == _OPEN, _i.opened_at >= bindparam("since")))
    .order_by(case((_i.standing == _OPEN, literal_column("0")), else_=literal_column("1")), _i.id.desc())
)
_COUNT = {system: _counted(system) for system in set(SYSTEM_OF.values())}


_ALIKE = {
    system: Quick(
        select(orders)
        .where(_o.closed_at.is_(None), _o.building == bindparam("house"), _kinds(system))
        .where(_o.status.in_([literal_column(f"'{s}'") for s in _WORKED_ON]), _o.opened_at >= bindparam("since"))
        .order_by(_o.no)
        .limit(bindparam("at_most", type_=Integer()))
    )
    for system in set(SYSTEM_OF.values())
}
_NEW = ["system", "building", "unit", "standing", "opened_at", "joined_by", "done"]
_ADD = Quick(insert(incidents), _NEW)


def anybody_else(tx: Connection, system: System, building: str, since: datetime, no: int) -> bool:
    """True if an order beside ``no`` is open for the system in the building: asked for every such report, so it is
    cheap."""
    return bool(_MATE[system].rows(tx, {"house": building, "since": since, "itself": no}))


def alike(tx: Connection, system: System, building: str, since: datetime, limit: int = 600) -> list[Order]:
    """The orders of the system in the building that are worked on for themselves, oldest first."""
    values = {"house": building, "since": since, "at_most": limit}
    return [order_of(row) for row in _ALIKE[system].rows(tx, values)]


def how_many_alike(tx: Connection, system: System, order: Order, since: datetime) -> int:
    """How many orders beside this one `alike` finds, those left out that are of another unit where that matters."""
    unit = order.place.unit if system in OF_A_UNIT else None
    values = {"house": order.place.building, "since": since, "itself": order.no, "unit": unit or ""}
    return int(_COUNT[system].tuples(tx, values)[0][0])


def of_building(tx: Connection, system: System, building: str, since: datetime) -> list[Incident]:
    """The events of the system in the building that are open, or were proposed or set apart since then."""
    return [_incident(row) for row in _OF.rows(tx, {"house": building, "of": system.value, "since": since})]


def get(tx: Connection, incident_id: int) -> Incident | None:
    """The event of that number, locked against other writers, or None."""
    row = tx.execute(select(incidents).where(_i.id == incident_id).with_for_update()).mappings().first()
    return None if row is None else _incident(row)


def open_ones(tx: Connection, limit: int = 30) -> list[Incident]:
    """Every event that is open, oldest first."""
    rows = tx.execute(select(incidents).where(_i.standing == Standing.OPEN.value).order_by(_i.id).limit(limit))
    return [_incident(row) for row in rows.mappings()]


def add(tx: Connection, system: System, building: str, unit: str | None, now: datetime) -> int:
    """A new event, proposed; returns its number."""
    values = dict(zip(_NEW, (system.value, building, unit, Standing.PROPOSED.value, now, "", ""), strict=True))
    return _ADD.add(tx, values)


def keep(tx: Connection, incident_id: int, **values: Any) -> None:
    """Write what has become of an event."""
    tx.execute(update(incidents).where(_i.id == incident_id).values(**values))


def followers(tx: Connection, incident_id: int, limit: int | None = None) -> list[Order]:
    """The orders that wait on the event, oldest first."""
    return of_status(tx, incident_id, Status.FOLLOWING, limit)


def of_status(tx: Connection, incident_id: int, status: Status, limit: int | None = None) -> list[Order]:
    """The orders of the event that stand so, oldest first."""
    wanted = select(orders).where(_o.incident == incident_id, _o.status == status.value).order_by(_o.no)
    return [order_of(row) for row in tx.execute(wanted.limit(limit)).mappings()]


def counts(tx: Connection, incident_id: int) -> Mapping[Status, int]:
    """How many orders of the event stand how."""
    rows = tx.execute(select(_o.status, func.count()).where(_o.incident == incident_id).group_by(_o.status))
    return {Status(status): int(n) for status, n in rows}


def _incident(row: Mapping[Any, Any]) -> Incident:
    return Incident(
        id=row["id"],
        system=System(row["system"]),
        building=row["building"],
        unit=row["unit"],
        standing=Standing(row["standing"]),
        lead=row["lead"],
        opened_at=row["opened_at"],
        eta=row["eta"],
        over_at=row["over_at"],
        done=row["done"],
    )
