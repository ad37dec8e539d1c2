"""回访 by policy: which closed orders are called back and when; the number of an order alone decides a sample."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

from bot.core.kinds import Category, Priority
from bot.core.orders import Order

RAIN_LASTS = timedelta(hours=24)  # within so long of 下雨了 it is the same rain
ABSENT_AT_MOST = 3  # calls that nobody answers; then it is written down as such
_COMES_BACK = frozenset({Category.LEAK, Category.DRAINAGE})


class Why(StrEnum):
    """Why somebody is called back."""

    COMPLAINT = "complaint"
    EMERGENCY = "emergency"
    REPEAT = "repeat"
    LEAK = "leak"
    SAMPLE = "sample"
    RAIN = "rain"  # somebody said 下雨了


@dataclass(frozen=True, slots=True)
class Rule:
    """How many of a hundred, and how long after closing. A leak that has just been closed says nothing yet."""

    share: int
    after: timedelta


Policy = dict[Why, Rule]


def plan(order: Order, complained: bool, policy: Policy) -> tuple[Why, timedelta] | None:
    """Why and how long after closing the reporter is called; None: this one is not. The first ground that holds."""
    if order.closed_how not in ("confirmed", "unconfirmed", "closed") or _only_waited(order):
        return None
    for why in _grounds(order, complained):
        # What a supervisor closed was called off, not repaired; a complaint is answered all the same.
        if order.closed_how == "closed" and why is not Why.COMPLAINT:
            continue
        rule = policy[why]
        if drawn(order.no, rule.share):
            return why, rule.after
    return None


def rained_on(order: Order, now: datetime, policy: Policy) -> bool:
    """True for a leak that was repaired so short a time ago that nobody has been called yet by the calendar: rain says
    more than the days that are left."""
    done = order.closed_how in ("confirmed", "unconfirmed") and not _only_waited(order)
    recent = order.closed_at is not None and now - order.closed_at <= policy[Why.LEAK].after
    return order.category is Category.LEAK and done and recent


def drawn(no: int, share: int) -> bool:
    """True for ``share`` of a hundred orders; the same order always gets the same answer."""
    return crc32(f"callback {no}".encode()) % 100 < share


def _grounds(order: Order, complained: bool) -> list[Why]:
    found = {
        Why.COMPLAINT: complained,
        Why.EMERGENCY: order.priority is Priority.EMERGENCY,
        Why.REPEAT: order.repeats > 0 or order.reopened > 0,
        Why.LEAK: order.category in _COMES_BACK,
        # Whoever took the report in calls anyway.
        Why.SAMPLE: order.owner is None,
    }
    return [why for why, holds in found.items() if holds]


def _only_waited(order: Order) -> bool:
    """One of many of an outage: they were all asked by the sweep."""
    return order.incident is not None and order.first_accepted_at is None
