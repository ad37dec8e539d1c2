"""Shifts as the table has them: by person, day and code; the rules that fill them, and days settled by hand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.core.duty import Shift
from bot.core.kinds import Role
from bot.core.rotation import IsWorkday, Rotation, fill, rule_of
from bot.core.shifts import Codes, Times, instant
from bot.store import roster
from bot.store.schema import duty, holidays, people, rotations, settled_days

_d = duty.c
FILLED_AHEAD = timedelta(days=60)
BY_RULE = "rotation"
BY_SAYING = "said"
_LEADS = frozenset({Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})


def shifts_on(tx: Connection, person: str, first: date, last: date) -> list[Shift]:
    """What the table has a person do on these days, earliest first."""
    rows = tx.execute(
        select(duty).where(_d.person == person, _d.day >= first, _d.day <= last).order_by(_d.start_at, _d.id)
    ).mappings()
    return [shift_of(r) for r in rows]


def shifts_between(tx: Connection, person: str, start: datetime, end: datetime) -> list[Shift]:
    """Every shift of a person that touches the span, earliest first."""
    rows = tx.execute(
        select(duty).where(_d.person == person, _d.end_at > start, _d.start_at < end).order_by(_d.start_at, _d.id)
    ).mappings()
    return [shift_of(r) for r in rows]


def exactly(tx: Connection, person: str, spans: Iterable[tuple[datetime, datetime]]) -> list[Shift]:
    """Those of the shifts that are still there, and still this person's; a row number may be used again."""
    found = []
    for start, end in spans:
        same = select(duty).where(_d.person == person, _d.start_at == start, _d.end_at == end)
        row = tx.execute(same.order_by(_d.id)).mappings().first()
        if row is not None:
            found.append(shift_of(row))
    return found


def all_between(tx: Connection, start: datetime, end: datetime) -> list[Shift]:
    """Every shift of anybody that touches the span, earliest first."""
    rows = tx.execute(
        select(duty).where(_d.end_at > start, _d.start_at < end).order_by(_d.start_at, _d.tier, _d.id)
    ).mappings()
    return [shift_of(r) for r in rows]


def begun_between(tx: Connection, since: datetime, until: datetime) -> set[str]:
    """Whose shift began in the span, both ends included."""
    return set(tx.execute(select(_d.person).where(_d.start_at >= since, _d.start_at <= until)).scalars())


def ended_between(tx: Connection, since: datetime, until: datetime) -> dict[str, str]:
    """Whose shift ended in the span, both ends included, and what had put the shift there."""
    rows = tx.execute(select(_d.person, _d.source).where(_d.end_at >= since, _d.end_at <= until).order_by(_d.id))
    return {r.person: r.source for r in rows}


def next_change(tx: Connection, after: datetime) -> datetime | None:
    """When the next shift begins or ends."""
    starts = tx.execute(select(func.min(_d.start_at)).where(_d.start_at > after)).scalar()
    ends = tx.execute(select(func.min(_d.end_at)).where(_d.end_at > after)).scalar()
    return min((at for at in (starts, ends) if at is not None), default=None)


def clock_on(tx: Connection, person: str, tier: int, now: datetime, until: datetime, day: date) -> None:
    """Somebody says that he has begun to work, or still does; what the table has does not change."""
    changed = tx.execute(
        update(duty).where(_d.person == person, _d.source == BY_SAYING, _d.end_at > now).values(end_at=until)
    ).rowcount
    if not changed:
        row = {"person": person, "start_at": now, "end_at": until, "tier": tier, "day": day, "code": ""}
        tx.execute(insert(duty).values(**row, source=BY_SAYING))
    roster.touch(tx)


def planned_now(tx: Connection, person: str, now: datetime) -> datetime | None:
    """Until when the table has somebody on duty now, what he has said himself left out; None if it does not."""
    running = (_d.person == person, _d.start_at <= now, _d.end_at > now, _d.source != BY_SAYING)
    return tx.execute(select(func.max(_d.end_at)).where(*running)).scalar()


def clock_off(tx: Connection, person: str, now: datetime) -> bool:
    """Somebody says that he goes; False if he had not said that he came."""
    said = (_d.person == person, _d.source == BY_SAYING, _d.end_at > now)
    changed = tx.execute(update(duty).where(*said, _d.start_at < now).values(end_at=now)).rowcount
    changed += tx.execute(delete(duty).where(*said)).rowcount
    if changed:
        roster.touch(tx)
    return changed > 0


def give_to(tx: Connection, shifts: Iterable[Shift], person: str, source: str) -> None:
    """These shifts are another person's from now on; the rules leave the days of both alone."""
    for shift in shifts:
        _by_hand(tx, shift.person, [shift.day], source)
        _by_hand(tx, person, [shift.day], source)
        tx.execute(update(duty).where(_d.id == shift.id).values(person=person, source=source))
    roster.touch(tx)


def take_off(tx: Connection, shifts: Sequence[Shift], source: str) -> None:
    """Nobody has to work these shifts any more, and the rules do not bring them back."""
    for shift in shifts:
        _by_hand(tx, shift.person, [shift.day], source)
    tx.execute(delete(duty).where(_d.id.in_([s.id for s in shifts])))
    roster.touch(tx)


def settle(tx: Connection, days: Iterable[tuple[str, date]], source: str) -> None:
    """What these people do on these days is said by hand; the rules do not fill them."""
    by_person: dict[str, set[date]] = defaultdict(set)
    for person, day in days:
        by_person[person].add(day)
    for person, theirs in by_person.items():
        _by_hand(tx, person, sorted(theirs), source)


def replace_rotation(tx: Connection, name: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Put these rows in the place of the rotation of that name; returns how many rows it had."""
    gone = tx.execute(delete(rotations).where(rotations.c.name == name)).rowcount
    if rows:
        tx.execute(insert(rotations), [{"name": name, **row} for row in rows])
    return int(gone)


def load_rotations(tx: Connection) -> list[Rotation]:
    """Every rotation with its crews."""
    grouped: dict[tuple[Any, ...], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for r in tx.execute(select(rotations).order_by(rotations.c.id)).mappings():
        grouped[r["name"], r["rule"], r["start_on"], r["until_on"], r["tier"]][r["crew"]].append(r["person"])
    found = []
    for (name, rule, start, until, tier), crews in grouped.items():
        known = rule_of(rule)
        if known is not None:
            ordered = tuple(tuple(crews.get(n, ())) for n in range(1, max(crews) + 1))
            found.append(Rotation(name, known, start, ordered, until, tier))
    return found


def refill(tx: Connection, now: datetime, zone: tzinfo, codes: Codes, is_workday: IsWorkday) -> int:
    """Have the rules fill the duty list anew from today on for ``FILLED_AHEAD``; returns how many shifts they gave.

    What was said by hand (a table, a list, swaps, leave) stays. Writes nothing where nothing changes.
    """
    today = now.astimezone(zone).date()
    last = today + FILLED_AHEAD
    _name_days(tx, now, zone)
    settled = {(r.person, r.day) for r in tx.execute(select(settled_days).where(settled_days.c.day >= today))}
    leads = set(tx.execute(select(people.c.id).where(people.c.role.in_(_LEADS))).scalars())
    wanted = {}
    for rotation in load_rotations(tx):
        for planned in fill(rotation, today, last, settled, is_workday):
            times = codes.get(planned.code)
            if times is not None:
                tier = planned.tier or times.tier or (3 if planned.person in leads else 1)
                row = shift_row(planned.person, planned.day, planned.code, times, tier, zone, BY_RULE)
                wanted[planned.person, row["start_at"], row["end_at"], tier, planned.code] = row
    there = {
        (r["person"], r["start_at"], r["end_at"], r["tier"], r["code"]): r["id"]
        for r in tx.execute(select(duty).where(_d.source == BY_RULE, _d.day >= today)).mappings()
    }
    gone = [there[key] for key in there.keys() - wanted.keys()]
    new = [wanted[key] for key in sorted(wanted.keys() - there.keys())]
    if gone:
        tx.execute(delete(duty).where(_d.id.in_(gone)))
    if new:
        tx.execute(insert(duty), new)
    if gone or new:
        roster.touch(tx)
    return len(wanted)


def shift_row(person: str, day: date, code: str, times: Times, tier: int, zone: tzinfo, source: str) -> dict[str, Any]:
    """The row of one shift."""
    return {
        "person": person,
        "start_at": instant(day, times.start, zone),
        "end_at": instant(day, times.end, zone),
        "tier": tier,
        "day": day,
        "code": code,
        "source": source,
    }


def own_days(tx: Connection) -> dict[date, bool]:
    """The property's own holidays (False) and working days (True)."""
    return {r.day: bool(r.workday) for r in tx.execute(select(holidays.c.day, holidays.c.workday))}


def save_own_days(tx: Connection, days: Sequence[tuple[date, bool, str]]) -> dict[str, int]:
    """Add or update holidays by their day; returns how many of each."""
    known = set(tx.execute(select(holidays.c.day)).scalars())
    replaced = [day for day, _, _ in days if day in known]
    if replaced:
        tx.execute(delete(holidays).where(holidays.c.day.in_(replaced)))
    if days:
        tx.execute(insert(holidays), [{"day": d, "workday": w, "name": n} for d, w, n in days])
    roster.touch(tx)
    return {"added": len(days) - len(replaced), "updated": len(replaced)}


def covered_until(tx: Connection) -> date | None:
    """The last day the table has anything on."""
    return tx.execute(select(func.max(_d.day))).scalar()


def shift_of(row: Mapping[Any, Any]) -> Shift:
    """A row of the duty list as a value."""
    return Shift(row["person"], row["start_at"], row["end_at"], row["tier"], row["id"], row["day"], row["code"])


def _name_days(tx: Connection, now: datetime, zone: tzinfo) -> None:
    """Rows from before the table had days get theirs."""
    unnamed = tx.execute(select(_d.id, _d.person, _d.start_at).where(_d.day.is_(None), _d.end_at > now)).all()
    for r in unnamed:
        tx.execute(update(duty).where(_d.id == r.id).values(day=r.start_at.astimezone(zone).date()))
    settle(tx, [(r.person, r.start_at.astimezone(zone).date()) for r in unnamed], "list")


def _by_hand(tx: Connection, person: str, days: Sequence[date | None], source: str) -> None:
    named = [day for day in days if day is not None]
    if not named:
        return
    of_person = settled_days.c.person == person
    tx.execute(delete(settled_days).where(of_person, settled_days.c.day.in_(named)))
    tx.execute(insert(settled_days), [{"person": person, "day": day, "source": source} for day in named])
    # What a rule has given on such a day stays as it is: a refill would take it away.
    tx.execute(update(duty).where(_d.person == person, _d.day.in_(named), _d.source == BY_RULE).values(source=source))
