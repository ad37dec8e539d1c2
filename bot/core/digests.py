"""The figures of a span (domain-facts A 4.9); every formula also stands in docs/figures.md.

A span is half open: from ``start`` up to, not including, ``end``.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.dues import Policy, accept_by, finish_by
from bot.core.kinds import Category, Priority
from bot.core.orders import Order, Status

SATISFIED = 4  # a score of at least this counts as satisfied
_DONE = ("confirmed", "unconfirmed")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a digest says. ``response`` and ``arrival`` hold the single spans, so that mean and median can be shown."""

    taken: int
    done: int
    open: int
    late: int
    taken_by: dict[Priority, int]
    late_by: dict[Priority, int]
    top_categories: tuple[tuple[Category, int], ...]
    late_categories: tuple[tuple[Category, int], ...]
    response: tuple[timedelta, ...]
    arrival: tuple[timedelta, ...]
    due: int
    on_time: int
    asked: int
    rated: int
    satisfied: int
    mean_score: float
    worst: tuple[int, ...]


def figures(orders: Sequence[Order], scores: Sequence[int], start: datetime, end: datetime, policy: Policy) -> Figures:
    """Count the span. ``orders``: taken in it, closed in it, or open at its end; ``scores``: given in it."""
    counted = [o for o in orders if o.closed_how != "cancelled" or start <= o.opened_at < end]
    taken = [o for o in counted if start <= o.opened_at < end]
    done = [o for o in counted if o.closed_at and start <= o.closed_at < end and o.closed_how in _DONE]
    still = [o for o in counted if o.closed_at is None or o.closed_at >= end]
    late = [o for o in still if _is_late(o, end, policy)]
    due = [o for o in counted if o.closed_how != "cancelled" and start <= finish_by(o, policy) < end]
    on_time = [o for o in due if o.finished_at and o.finished_at <= finish_by(o, policy)]
    asked = [o for o in counted if o.asked_score_at and start <= o.asked_score_at < end]
    worst = sorted(late, key=lambda o: (o.priority.rank, o.opened_at))[:3]
    return Figures(
        taken=len(taken),
        done=len(done),
        open=len(still),
        late=len(late),
        taken_by={p: sum(o.priority is p for o in taken) for p in Priority},
        late_by={p: sum(o.priority is p for o in late) for p in Priority},
        top_categories=tuple(Counter(o.category for o in taken).most_common(3)),
        late_categories=tuple(Counter(o.category for o in late).most_common(3)),
        response=tuple(o.first_accepted_at - o.opened_at for o in taken if o.first_accepted_at),
        arrival=tuple(o.arrived_at - o.opened_at for o in taken if o.arrived_at and o.priority is not Priority.NORMAL),
        due=len(due),
        on_time=len(on_time),
        asked=len(asked),
        rated=len(scores),
        satisfied=sum(s >= SATISFIED for s in scores),
        mean_score=sum(scores) / len(scores) if scores else 0.0,
        worst=tuple(o.no for o in worst),
    )


def _is_late(order: Order, at: datetime, policy: Policy) -> bool:
    if order.status in (Status.UNSURE, Status.OPEN):
        return accept_by(order, policy) < at
    if order.status in (Status.ACCEPTED, Status.ARRIVED):
        return finish_by(order, policy) < at
    return False
