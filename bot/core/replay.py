"""The clocks of an order from its history alone: what its row says must be what its events say."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.hours import Span
from bot.core.kinds import Priority
from bot.core.orders import LogLine, Order


@dataclass(frozen=True, slots=True)
class Times:
    """What the clocks of an order are reckoned from."""

    priority: Priority
    clock_at: datetime
    accepted_at: datetime | None = None
    first_accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    parked_at: datetime | None = None
    pauses: tuple[Span, ...] = ()
    finished_at: datetime | None = None
    closed_at: datetime | None = None


def times_of(order: Order) -> Times:
    """What the order's row says."""
    return Times(
        order.priority,
        order.clock_at,
        order.accepted_at,
        order.first_accepted_at,
        order.arrived_at,
        order.parked_at,
        order.pauses,
        order.finished_at,
        order.closed_at,
    )


def noted(before: Order | None, after: Order, line: LogLine) -> LogLine:
    """The line with what it changed of the clocks and does not say by its name: the priority, and where the accept
    clock starts. ``before`` None: the order is opened with it."""
    extra: dict[str, str] = {}
    if before is None or after.priority is not before.priority:
        extra["priority"] = after.priority.value
    if after.clock_at != (before.clock_at if before else line.at):
        extra["clock_at"] = after.clock_at.isoformat()
    return replace(line, detail={**line.detail, **extra}) if extra else line


def replay(opened_at: datetime, lines: Iterable[LogLine]) -> Times:
    """What the clocks are reckoned from after these lines of an order that was opened then."""
    now = Times(Priority.NORMAL, opened_at)
    for line in lines:
        now = _after(now, line)
        detail = line.detail
        if "clock_at" in detail:
            now = replace(now, clock_at=datetime.fromisoformat(str(detail["clock_at"])))
        if "priority" in detail:
            now = replace(now, priority=Priority(str(detail["priority"])))
    return now


def _after(now: Times, line: LogLine) -> Times:
    at = line.at
    match line.what:
        case "accept":
            return replace(now, accepted_at=at, first_accepted_at=now.first_accepted_at or at)
        case "take_over" if now.parked_at is not None:
            return replace(now, arrived_at=None)
        case "take_over":
            return replace(now, accepted_at=at, first_accepted_at=now.first_accepted_at or at, arrived_at=None)
        case "arrive":
            return replace(now, arrived_at=at)
        case "park":
            return replace(now, parked_at=now.parked_at or at)
        case "resume":
            return _resumed(now, at)
        case "dispatch" | "hand_over" | "come_back":
            return replace(_resumed(now, at), accepted_at=None, arrived_at=None)
        case "follow":
            return replace(_resumed(now, at), accepted_at=None, first_accepted_at=None, arrived_at=None)
        case "finish":
            return replace(now, finished_at=at)
        case "confirm" | "lapse":
            return replace(now, closed_at=at)
        case "close" | "cancel":
            return replace(_resumed(now, at), closed_at=at)
        case "reopen":
            return Times(now.priority, now.clock_at)
        case _:
            return now


def _resumed(now: Times, at: datetime) -> Times:
    if now.parked_at is None:
        return now
    return replace(now, parked_at=None, pauses=(*now.pauses, (now.parked_at, at)))
