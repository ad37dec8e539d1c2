"""Save imported lists: all rows of a file or none."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.core.people import person_id
from bot.core.workdays import WorkCalendar
from bot.imports.duty import DutyRow
from bot.imports.equipment import EquipmentRow
from bot.imports.holidays import HolidayRow
from bot.imports.people import PersonRow
from bot.imports.rotations import RotationRow
from bot.settings import Settings
from bot.store import equipment as machines
from bot.store import roster, rota
from bot.store.db import Database
from bot.store.migrate import migrate_to_head
from bot.store.schema import duty, equipment, people


def save_people(settings: Settings, rows: Sequence[PersonRow]) -> dict[str, int]:
    """Add or update people by userid; returns how many of each."""
    counts = {"added": 0, "updated": 0}
    with _writing(settings) as database, database.writing() as tx:
        known = set(tx.execute(select(people.c.id)).scalars())
        for row in rows:
            pid = person_id(row.userid)
            values: dict[str, Any] = {
                "userid": row.userid,
                "name": row.name,
                "role": row.role.value,
                "skills": ";".join(s.value for s in row.skills),
                "buildings": ";".join(row.buildings),
                "phone": row.phone,
            }
            # A file without the column leaves what is known.
            if row.open_orders_at_most is not None:
                values["open_at_most"] = row.open_orders_at_most or None
            if row.mentor is not None:
                values["mentor"] = person_id(row.mentor)
            if row.firm is not None:
                values["firm"] = row.firm
            _upsert(tx, pid in known, pid, values)
            counts["updated" if pid in known else "added"] += 1
        roster.touch(tx)
    return counts


def save_duty(
    settings: Settings, rows: Sequence[DutyRow], days_off: Collection[tuple[str, date]] = ()
) -> dict[str, int]:
    """Replace what the same people have on the days the file covers: the days of its rows, and the days it gives off.

    A row's day is where the shift table has it; in a plain list the local day it starts on. The rules leave these
    days alone from now on.
    """
    zone = settings.community.timezone
    worked = [(person_id(r.userid), r.day or r.start.astimezone(zone).date(), r) for r in rows]
    source = "table" if any(r.day for r in rows) else "list"
    new = [
        {
            "person": person,
            "start_at": r.start,
            "end_at": r.end,
            "tier": r.tier,
            "day": day,
            "code": r.code,
            "source": source,
        }
        for person, day, r in worked
    ]
    covered = {(person, day) for person, day, _ in worked} | {(person_id(userid), day) for userid, day in days_off}
    with _writing(settings) as database, database.writing() as tx:
        theirs = duty.c.person.in_({person for person, _ in covered})
        old = tx.execute(select(duty.c.id, duty.c.person, duty.c.day, duty.c.start_at).where(theirs)).all()
        gone = [r.id for r in old if (r.person, r.day or r.start_at.astimezone(zone).date()) in covered]
        for some in _portions(gone, 1000):
            tx.execute(delete(duty).where(duty.c.id.in_(some)))
        if new:
            tx.execute(insert(duty), new)
        rota.settle(tx, covered, source)
        roster.touch(tx)
    return {"added": len(new), "replaced": len(gone)}


def save_rotations(settings: Settings, rows: Sequence[RotationRow], now: datetime) -> dict[str, int]:
    """Put each rotation of the file in the place of the one of its name, and have the rules fill the list."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(
            {
                "rule": row.rule,
                "crew": row.crew,
                "person": person_id(row.userid),
                "start_on": row.start,
                "until_on": row.until,
                "tier": row.tier,
            }
        )
    with _writing(settings) as database, database.writing() as tx:
        gone = sum(rota.replace_rotation(tx, name, theirs) for name, theirs in by_name.items())
        filled = _refill(settings, tx, now)
    return {"added": len(rows), "replaced": gone, "filled": filled}


def save_holidays(settings: Settings, rows: Sequence[HolidayRow], now: datetime) -> dict[str, int]:
    """Add or update the property's own holidays and working days by their day."""
    with _writing(settings) as database, database.writing() as tx:
        counts = rota.save_own_days(tx, [(row.day, row.workday, row.name) for row in rows])
        _refill(settings, tx, now)
    return counts


def save_equipment(settings: Settings, rows: Sequence[EquipmentRow]) -> dict[str, int]:
    """Add or update equipment by code."""
    counts = {"added": 0, "updated": 0}
    with _writing(settings) as database, database.writing() as tx:
        known = set(tx.execute(select(equipment.c.code)).scalars())
        for row in rows:
            values = {
                "name": row.name,
                "kind": row.kind,
                "building": row.building,
                "place": row.place,
                "installed_on": row.installed_on,
                "warranty_until": row.warranty_until,
                "owner": row.owner,
            }
            if row.code in known:
                tx.execute(update(equipment).where(equipment.c.code == row.code).values(**values))
                counts["updated"] += 1
            else:
                tx.execute(insert(equipment).values(code=row.code, **values))
                counts["added"] += 1
        machines.touch(tx)
    return counts


def _upsert(tx: Connection, exists: bool, pid: str, values: dict[str, Any]) -> None:
    if exists:
        tx.execute(update(people).where(people.c.id == pid).values(**values))
    else:
        tx.execute(insert(people).values(id=pid, open_orders=0, **values))


def _refill(settings: Settings, tx: Connection, now: datetime) -> int:
    calendar = WorkCalendar(settings.official_days, rota.own_days(tx))
    return rota.refill(tx, now, settings.community.timezone, settings.shifts, calendar.is_workday)


def _portions(ids: Sequence[int], size: int) -> list[Sequence[int]]:
    """The same ids in portions that every database takes in one statement."""
    return [ids[at : at + size] for at in range(0, len(ids), size)]


class _writing:
    """A database at the present schema for one import."""

    def __init__(self, settings: Settings) -> None:
        migrate_to_head(settings.store.url)
        self.database = Database(settings.store.url)

    def __enter__(self) -> Database:
        return self.database

    def __exit__(self, *_: object) -> None:
        self.database.close()
