"""What the auditor asks once a minute: each question reads what waits, and not what is over, nor what is held after
a restore."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select

from bot.core.audit import FAILURES_AT_MOST, FILE_OVERDUE, OVERDUE, Armed
from bot.core.dues import Due
from bot.core.letters import OVERDUE_AFTER
from bot.core.orders import Order
from bot.store.orders import order_of
from bot.store.schema import attachments, inbox, orders, outbox, timers
from bot.store.timers import LISTS_CHANGED, add_for_order

_t, _b, _i, _a, _o = timers.c, outbox.c, inbox.c, attachments.c, orders.c
_MANY = 50

_OPEN = select(orders).where(_o.closed_at.is_(None))
_ARMED = select(_t.subject, _t.kind, _t.round, _t.due_at, _t.failures)


def open_orders(tx: Connection) -> list[Order]:
    """Every order that is not over, in no order."""
    return [order_of(row) for row in tx.execute(_OPEN).mappings()]


def armed(tx: Connection) -> dict[int, dict[str, Armed]]:
    """The timers of all orders, by order number and clock."""
    found: dict[int, dict[str, Armed]] = {}
    for subject, kind, round_, due_at, failures in tx.execute(_ARMED):
        if subject.startswith("order:"):
            found.setdefault(int(subject.removeprefix("order:")), {})[kind] = Armed(round_, due_at, failures)
    return found


def armed_for(tx: Connection, no: int) -> dict[str, Armed]:
    """The timers of one order, by clock."""
    rows = tx.execute(_ARMED.where(_t.subject == f"order:{no}"))
    return {kind: Armed(round_, due_at, failures) for _, kind, round_, due_at, failures in rows}


def arm(tx: Connection, order: Order, dues: Sequence[Due], *, urgent: bool) -> None:
    """Arm these timers for the order, in place of what stands there of the same clocks."""
    clocks = [due.clock.value for due in dues]
    tx.execute(delete(timers).where(_t.subject == f"order:{order.no}", _t.kind.in_(clocks)))
    add_for_order(tx, order.no, order.round, dues, urgent=urgent)


def overdue_timers(tx: Connection, now: datetime) -> list[str]:
    """Timers that should have rung more than a minute ago."""
    # That the lists have changed is to be seen to at once, and so is due since long ago.
    late = (
        select(_t.kind, _t.subject)
        .where(_t.due_at <= now - OVERDUE, _t.held.is_(False), _t.kind != LISTS_CHANGED)
        .order_by(_t.due_at)
        .limit(_MANY)
    )
    return [f"{kind} {subject}" for kind, subject in tx.execute(late)]


def failing_timers(tx: Connection) -> list[str]:
    """Timers whose effect has failed again and again."""
    bad = select(_t.kind, _t.subject).where(_t.failures >= FAILURES_AT_MOST).limit(_MANY)
    return [f"{kind} {subject}" for kind, subject in tx.execute(bad)]


def overdue_letters(tx: Connection, now: datetime) -> list[str]:
    """Letters that have waited longer than their lane allows; held ones count from when they may leave."""
    late = [
        and_(
            _b.lane == lane.value,
            or_(
                and_(_b.attempts == 0, _b.not_before <= now - limit),
                and_(_b.attempts > 0, _b.created_at <= now - limit),
            ),
        )
        for lane, limit in OVERDUE_AFTER.items()
    ]
    return _subjects(
        tx, select(_b.order_no, _b.kind).where(_b.done_at.is_(None), _b.held.is_(False), or_(*late)).limit(_MANY)
    )


def overdue_messages(tx: Connection, now: datetime) -> list[str]:
    """Messages that came in more than a minute ago and that nobody has handled."""
    late = select(_i.order_no, _i.kind).where(_i.handled_at.is_(None), _i.received_at <= now - OVERDUE)
    return _subjects(tx, late.limit(_MANY))


def overdue_files(tx: Connection, now: datetime) -> list[str]:
    """Files that should have been fetched and were not."""
    return _subjects(tx, select(_a.order_no, _a.kind).where(_a.fetch_at <= now - FILE_OVERDUE).limit(_MANY))


def _subjects(tx: Connection, question: Any) -> list[str]:
    return [f"{kind} order:{no}" if no else str(kind) for no, kind in tx.execute(question)]
