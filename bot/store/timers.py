"""Timer rows: what is to happen when. A timer is done in the transaction that does its effect, so it needs no lease."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from bot.core.dues import Due
from bot.store.quick import Quick
from bot.store.schema import timers

_t = timers.c
_ADD = Quick(insert(timers), [c.name for c in timers.columns if c.name not in ("id", "held")])
_DUE = (
    select(timers)
    .where(_t.due_at <= bindparam("now"), _t.held.is_(False))
    .order_by(_t.due_at, _t.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
# Two questions instead of one order by: each finds its row in an index, however many are due.
_NEXT = (_DUE.where(_t.urgent == true()), _DUE)
_CLEAR = delete(timers).where(_t.subject == bindparam("about"))


# What rings when the lists were changed, whoever did it: it is due at once.
ROSTER, LISTS_CHANGED = "roster", "lists"


class Timer(NamedTuple):
    """One armed timer. ``subject`` is an order number, a task, or the name of a job."""

    id: int
    kind: str
    subject: str
    round: int
    step: int
    due_at: datetime
    failures: int


def replace_for_order(tx: Connection, no: int, round_: int, dues: Sequence[Due], *, urgent: bool, fresh: bool) -> None:
    """Arm exactly these timers for the order. ``fresh``: the order is new and has none yet."""
    if not fresh:
        tx.execute(_CLEAR, {"about": f"order:{no}"})
    if dues:
        add_for_order(tx, no, round_, dues, urgent=urgent)


def add_for_order(tx: Connection, no: int, round_: int, dues: Sequence[Due], *, urgent: bool) -> None:
    """Arm timers of clocks for which the order has none."""
    _ADD.add_all(
        tx,
        [
            {
                "kind": d.clock.value,
                "subject": f"order:{no}",
                "round": round_,
                "step": d.number,
                "due_at": d.at,
                "urgent": urgent,
                "failures": 0,
            }
            for d in dues
        ],
    )


def arm(tx: Connection, kind: str, subject: str, due_at: datetime, *, urgent: bool = False) -> None:
    """Arm one timer, in place of an earlier one of the same kind and subject."""
    when = update(timers).where(_t.subject == subject, _t.kind == kind)
    when = when.values(due_at=due_at, failures=0, urgent=urgent)
    if tx.execute(when).rowcount:
        return
    row = {"kind": kind, "subject": subject, "round": 0, "step": 0, "due_at": due_at, "urgent": urgent, "failures": 0}
    # SQLite has one writer at a time: nobody can come in between.
    mine: AbstractContextManager[object] = nullcontext() if tx.dialect.name == "sqlite" else tx.begin_nested()
    try:
        with mine:
            _ADD.run(tx, row)
    except IntegrityError:
        # Another process, starting at the same moment, armed it between the two statements.
        tx.execute(when)


def next_due(tx: Connection, now: datetime) -> Timer | None:
    """The timer to do next, emergencies first, held by this transaction alone; None if nothing is due."""
    for question in _NEXT:
        r = tx.execute(question, {"now": now}).mappings().first()
        if r is not None:
            break
    else:
        return None
    return Timer(r["id"], r["kind"], r["subject"], r["round"], r["step"], r["due_at"], r["failures"])


def done(tx: Connection, timer_id: int) -> None:
    """The timer has done its work."""
    tx.execute(delete(timers).where(_t.id == timer_id))


def move_on(tx: Connection, timer_id: int, step: int, due_at: datetime) -> None:
    """Arm the next step of the same clock."""
    tx.execute(update(timers).where(_t.id == timer_id).values(step=step, due_at=due_at, failures=0))


def put_off(tx: Connection, timer_id: int, until: datetime) -> None:
    """The effect failed: try again later, so that one bad row cannot stop the others."""
    tx.execute(update(timers).where(_t.id == timer_id).values(due_at=until, failures=_t.failures + 1))


def earliest(tx: Connection) -> datetime | None:
    """When the next timer is due."""
    return tx.execute(select(func.min(_t.due_at)).where(_t.held.is_(False))).scalar()


def armed(tx: Connection, kind: str, subject: str) -> bool:
    """True if such a timer is waiting."""
    return tx.execute(select(_t.id).where(_t.kind == kind, _t.subject == subject)).first() is not None


def waiting(tx: Connection) -> int:
    """How many timers are armed."""
    return int(tx.execute(select(func.count()).select_from(timers)).scalar() or 0)


def due_of(tx: Connection, kind: str, subject: str) -> datetime | None:
    """When that timer is due; None if there is none."""
    return tx.execute(select(_t.due_at).where(_t.kind == kind, _t.subject == subject)).scalar()
