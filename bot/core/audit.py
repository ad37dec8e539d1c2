"""What must hold of everything that waits, looked at from outside those who should have seen to it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.core.dues import Due, Policy, dues_of
from bot.core.kinds import Priority
from bot.core.orders import Order

OVERDUE = timedelta(seconds=60)  # a timer, or a message that came in
FILE_OVERDUE = timedelta(minutes=15)  # the longest wait between two tries is 512 s
FAILURES_AT_MOST = 3


class Breach(StrEnum):
    """What can be wrong."""

    EMERGENCY_UNWATCHED = "emergency_unwatched"
    ORDER_UNWATCHED = "order_unwatched"
    TIMER_OVERDUE = "timer_overdue"
    TIMER_FAILING = "timer_failing"
    LETTER_OVERDUE = "letter_overdue"
    MESSAGE_OVERDUE = "message_overdue"
    FILE_OVERDUE = "file_overdue"


class Finding(NamedTuple):
    """One thing that is wrong: ``subject`` is an order number, or what is late and how often."""

    breach: Breach
    subject: str
    mended: bool = False


class Armed(NamedTuple):
    """A timer of an order as it stands in the database."""

    round: int
    due_at: datetime
    failures: int


def lacking(order: Order, armed: Mapping[str, Armed], policy: Policy, now: datetime) -> list[Due]:
    """The timers that should be armed for an open order and are not, or too late; ``armed`` is by clock."""
    wanted = {due.clock: due for due in dues_of(order, policy, now)}
    return [due for due in wanted.values() if not _will_ring(armed.get(due.clock), order, due, now)]


def breach_of(order: Order) -> Breach:
    """How grave it is that an order lacks a timer."""
    return Breach.EMERGENCY_UNWATCHED if order.priority is Priority.EMERGENCY else Breach.ORDER_UNWATCHED


def _will_ring(timer: Armed | None, order: Order, due: Due, now: datetime) -> bool:
    if timer is None or timer.round != order.round:
        return False
    # One whose effect failed was put off on purpose; that it keeps failing is a finding of its own.
    return timer.due_at <= due.at or timer.failures > 0
