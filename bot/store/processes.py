"""The processes on this database: each has a row, by which the others see whether it still lives."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.store.schema import cursors, outbox, processes, tokens

_p = processes.c
# Far longer than any lease: whatever such a process held has run out, and only its row is cleared away.
GONE_AFTER = timedelta(seconds=60)


class Process(NamedTuple):
    """One row."""

    id: str
    host: str
    pid: int
    born: str
    role: str
    seen_at: datetime


def beat(tx: Connection, me: Process, version: str) -> None:
    """This process lives; its row is made where there is none."""
    if tx.execute(update(processes).where(_p.id == me.id).values(seen_at=me.seen_at)).rowcount == 0:
        tx.execute(insert(processes).values(**me._asdict(), version=version, started_at=me.seen_at))


def others(tx: Connection, me: str) -> list[Process]:
    """All the other processes that have a row."""
    rows = tx.execute(select(_p.id, _p.host, _p.pid, _p.born, _p.role, _p.seen_at).where(_p.id != me))
    return [Process(*row) for row in rows]


def dead(found: Collection[Process], host: str, now: datetime, runs: Callable[[Process], bool]) -> list[str]:
    """Those that live no more: on the own host the system knows; of others long silence says so."""
    return [p.id for p in found if (not runs(p) if p.host == host else now - p.seen_at > GONE_AFTER)]


def bury(tx: Connection, ids: Collection[str]) -> int:
    """What dead processes held is free again at once, and their rows are gone; returns how many letters are free."""
    freed = tx.execute(
        update(outbox).where(outbox.c.done_at.is_(None), outbox.c.lease_owner.in_(ids)).values(lease_until=None)
    ).rowcount
    for table in (tokens, cursors):
        tx.execute(update(table).where(table.c.lease_owner.in_(ids)).values(lease_until=None, lease_owner=None))
    tx.execute(delete(processes).where(_p.id.in_(ids)))
    return freed


def leave(tx: Connection, me: str) -> None:
    """At a clean end."""
    tx.execute(delete(processes).where(_p.id == me))


def count(tx: Connection) -> int:
    """How many processes have a row."""
    return int(tx.execute(select(func.count()).select_from(processes)).scalar() or 0)
