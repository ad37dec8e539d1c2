"""The figures of a span; every formula also stands in docs/figures.md."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.core.dues import Policy, broken_since, finish_by
from bot.core.kinds import Category, Priority
from bot.core.orders import Order, Status

SATISFIED = 4  # a score of at least this counts as satisfied
DONE = ("confirmed", "unconfirmed")


class Span(NamedTuple):
    """From ``start`` up to, not including, ``end``."""

    start: datetime
    end: datetime

    def covers(self, at: datetime | None) -> bool:
        """True if ``at`` lies in the span."""
        return at is not None and self.start <= at < self.end


class Firsts(NamedTuple):
    """When an order (by its number) was first accepted and first arrived at, whatever was reopened since."""

    accepted: Mapping[int, datetime]
    arrived: Mapping[int, datetime]


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


def figures(orders: Sequence[Order], scores: Sequence[int], firsts: Firsts, span: Span, policy: Policy) -> Figures:
    """Count the span. ``orders``: all that were opened before its end and can still count; ``scores``: given in it."""
    taken = [o for o in orders if span.covers(o.opened_at)]
    done = [o for o in orders if span.covers(o.closed_at) and o.closed_how in DONE]
    still = [o for o in orders if o.opened_at < span.end and (o.closed_at is None or o.closed_at >= span.end)]
    late = [o for o in still if broken_since(o, policy, span.end)]
    due = [o for o in orders if _was_due(o, span, policy)]
    on_time = [o for o in due if o.finished_at and o.finished_at <= finish_by(o, policy)]
    asked = [o for o in orders if span.covers(o.asked_score_at)]
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
        response=tuple(firsts.accepted[o.no] - o.opened_at for o in taken if o.no in firsts.accepted),
        arrival=tuple(
            firsts.arrived[o.no] - o.opened_at
            for o in taken
            if o.no in firsts.arrived and o.priority is not Priority.NORMAL
        ),
        due=len(due),
        on_time=len(on_time),
        asked=len(asked),
        rated=len(scores),
        satisfied=sum(s >= SATISFIED for s in scores),
        mean_score=sum(scores) / len(scores) if scores else 0.0,
        worst=tuple(o.no for o in worst),
    )


def _was_due(order: Order, span: Span, policy: Policy) -> bool:
    """True if the order had to be done in the span: not while it waits (挂起), not if it was called off before."""
    by = finish_by(order, policy)
    # An event is one job, however many reported it: who waited on the leading order is not counted again.
    if order.incident is not None and order.first_accepted_at is None:
        return False
    called_off = order.closed_how in ("cancelled", "closed") and order.closed_at is not None and order.closed_at <= by
    return span.covers(by) and order.status is not Status.PARKED and not called_off
