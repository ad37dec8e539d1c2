"""Save imported lists: all rows of a file or none."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from bot.core.people import person_id
from bot.imports.duty import DutyRow
from bot.imports.equipment import EquipmentRow
from bot.imports.people import PersonRow
from bot.settings import Settings
from bot.store import roster
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
            values = {
                "userid": row.userid,
                "name": row.name,
                "role": row.role.value,
                "skills": ";".join(s.value for s in row.skills),
                "buildings": ";".join(row.buildings),
                "phone": row.phone,
            }
            _upsert(tx, pid in known, pid, values)
            counts["updated" if pid in known else "added"] += 1
        roster.touch(tx)
    return counts


def save_duty(settings: Settings, rows: Sequence[DutyRow]) -> dict[str, int]:
    """Replace the rows of the same people on the days the file covers (by the local day a row starts on)."""
    with _writing(settings) as database, database.writing() as tx:
        removed = 0
        for pid in {person_id(row.userid) for row in rows}:
            own = [row for row in rows if person_id(row.userid) == pid]
            zone = settings.community.timezone
            days = {row.start.astimezone(zone).date() for row in own}
            old = tx.execute(select(duty.c.id, duty.c.start_at).where(duty.c.person == pid)).all()
            covered = [r.id for r in old if r.start_at.astimezone(zone).date() in days]
            removed += len(covered)
            if covered:
                tx.execute(delete(duty).where(duty.c.id.in_(covered)))
        if rows:
            tx.execute(
                insert(duty),
                [{"person": person_id(r.userid), "start_at": r.start, "end_at": r.end, "tier": r.tier} for r in rows],
            )
        roster.touch(tx)
    return {"added": len(rows), "replaced": removed}


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
    return counts


def _upsert(tx: Connection, exists: bool, pid: str, values: dict[str, str]) -> None:
    if exists:
        tx.execute(update(people).where(people.c.id == pid).values(**values))
    else:
        tx.execute(insert(people).values(id=pid, open_orders=0, **values))


class _writing:
    """A database at the present schema for one import."""

    def __init__(self, settings: Settings) -> None:
        migrate_to_head(settings.store.url)
        self.database = Database(settings.store.url)

    def __enter__(self) -> Database:
        return self.database

    def __exit__(self, *_: object) -> None:
        self.database.close()
