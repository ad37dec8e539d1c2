"""The people list and the duty list."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, update

from bot.core.choice import Load
from bot.core.duty import Roster, Shift
from bot.core.kinds import Role, Skill
from bot.core.people import Person
from bot.settings import Settings
from bot.store import timers
from bot.store.db import Database
from bot.store.quick import Quick
from bot.store.schema import duty, meta, people

_VERSION = select(meta.c.value).where(meta.c.name == "roster")
_LOADS = Quick(
    select(people.c.id, people.c.open_orders, people.c.given_at, people.c.last_building, people.c.served_at).where(
        people.c.role == bindparam("of_role")
    )
)
_CALL_IN = Quick(update(people).where(people.c.id == bindparam("who")).values(given_at=bindparam("when")))
KEEP_PAST = timedelta(days=2)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def version(tx: Connection) -> str:
    """Changes whenever a list is imported: who keeps a roster in memory asks this first."""
    return tx.execute(_VERSION).scalar() or ""


def load(tx: Connection, at: datetime) -> Roster:
    """Both lists as they are now, without shifts that ended more than two days before ``at``."""
    listed = {
        r["id"]: Person(
            id=r["id"],
            userid=r["userid"],
            name=r["name"],
            role=Role(r["role"]),
            skills=frozenset(Skill(s) for s in r["skills"].split(";") if s),
            buildings=frozenset(b for b in r["buildings"].split(";") if b),
            phone=r["phone"],
            open_at_most=r["open_at_most"],
            mentor=r["mentor"],
            firm=r["firm"],
        )
        for r in tx.execute(select(people).order_by(people.c.id)).mappings()
    }
    rows = tx.execute(
        select(duty).where(duty.c.end_at > at - KEEP_PAST).order_by(duty.c.start_at, duty.c.id)
    ).mappings()
    shifts = [Shift(r["person"], r["start_at"], r["end_at"], r["tier"], r["id"], r["day"], r["code"]) for r in rows]
    return Roster(listed, shifts)


def loads(tx: Connection, role: Role) -> dict[str, Load]:
    """How busy everybody of the role is."""
    return {row[0]: Load(*row[1:]) for row in _LOADS.tuples(tx, {"of_role": role.value})}


def called_in(tx: Connection, person: str, now: datetime) -> None:
    """Somebody was asked to come to an order that another holds: the next one goes to whoever was not."""
    _CALL_IN.run(tx, {"who": person, "when": now})


def known_people(settings: Settings) -> dict[str, tuple[str, Role]]:
    """Name and role of everybody on the people list, by userid folded to lower case."""
    database = Database(settings.store.url)
    try:
        with database.reading() as tx:
            return {r.id: (r.name, Role(r.role)) for r in tx.execute(select(people.c.id, people.c.name, people.c.role))}
    finally:
        database.close()


def count_people(tx: Connection) -> int:
    """How many people are on the list."""
    return int(tx.execute(select(func.count()).select_from(people)).scalar() or 0)


def touch(tx: Connection) -> None:
    """Tell every process that the lists have changed, and have the next change of shift looked up anew."""
    timers.arm(tx, timers.LISTS_CHANGED, timers.ROSTER, LONG_AGO)
    now = int(json.loads(version(tx) or "0")) + 1
    if now == 1:
        tx.execute(meta.insert().values(name="roster", value=str(now)))
    else:
        tx.execute(meta.update().where(meta.c.name == "roster").values(value=str(now)))
