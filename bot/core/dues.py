"""The clocks of an order: what has to happen when, as a function of the order's state alone.

Each clock is a row of steps. A timer row holds the next step of one clock; when it comes due, everything overdue
on that clock is done and the next step is armed. Nothing is ever cancelled by hand: a move starts a new round, and
`dues_of` says what should be pending now.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import NamedTuple

from bot.core.hours import QuietHours
from bot.core.kinds import Priority
from bot.core.orders import Order, Status

ASK_PLACE_FOR = timedelta(minutes=3)  # then an order without a place goes to customer service
ASK_MEDIA_FOR = timedelta(seconds=60)  # somebody shut in a lift sends voice: unanswered it climbs
NO_PAGE_TAKEN = timedelta(seconds=60)  # then the reporter is told the 24 h number
PARKED_ASK_EVERY = timedelta(hours=24)
AGAIN_AT_LEAST, AGAIN_AT_MOST = timedelta(seconds=10), timedelta(seconds=120)
LEAD_AGAIN_AT_LEAST = timedelta(hours=1)


class Clock(StrEnum):
    """The clocks there are."""

    ACCEPT = "accept"
    PAGE = "page"
    PLACE = "place"
    MEDIA = "media"
    ARRIVE = "arrive"
    FINISH = "finish"
    PARKED = "parked"
    CONFIRM = "confirm"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Target:
    """The three promises of one priority; accept from the dispatch, arrive and finish from the acceptance."""

    accept: timedelta
    arrive: timedelta
    finish: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The figures of the property that the clocks follow."""

    targets: dict[Priority, Target]
    close_unconfirmed_after: timedelta = timedelta(hours=48)
    ask_score_after: timedelta = timedelta(minutes=30)
    remind_score_after: timedelta = timedelta(hours=24)
    join_within: timedelta = timedelta(minutes=10)
    reopen_within: timedelta = timedelta(days=7)
    quiet: QuietHours | None = field(default=None)

    def later(self, order: Order, start: datetime, span: timedelta) -> datetime:
        """``span`` after ``start`` on this order's kind of clock: quiet hours stop it for normal orders only."""
        if self.quiet is None or order.priority is not Priority.NORMAL:
            return start + span
        return self.quiet.add(start, span)


class Step(NamedTuple):
    """One thing to do on a clock. Steps of one name are repeats of each other."""

    name: str
    at: datetime


class Due(NamedTuple):
    """A timer to be armed: step number ``number`` of a clock."""

    clock: Clock
    at: datetime
    number: int


def clocks_of(order: Order) -> tuple[Clock, ...]:
    """Which clocks run in the order's present state."""
    match order.status:
        case Status.ASKING:
            return (Clock.PLACE,)
        case Status.UNSURE if order.media:
            return (Clock.ACCEPT, Clock.MEDIA)
        case Status.UNSURE | Status.OPEN:
            return (Clock.ACCEPT, Clock.PAGE) if order.priority is Priority.EMERGENCY else (Clock.ACCEPT,)
        case Status.ACCEPTED:
            return (Clock.ARRIVE, Clock.FINISH)
        case Status.ARRIVED:
            return (Clock.FINISH,)
        case Status.PARKED:
            return (Clock.PARKED,)
        case Status.FINISHED:
            return (Clock.CONFIRM,)
        case Status.CLOSED if order.closed_how in ("confirmed", "unconfirmed") and order.score is None:
            return (Clock.SCORE,)
        case _:
            return ()


def steps(order: Order, clock: Clock, policy: Policy) -> Iterator[Step]:
    """The steps of a clock in the order of their times; without end where somebody must take the order."""
    target = policy.targets[order.priority]
    match clock:
        case Clock.ACCEPT if order.priority is Priority.EMERGENCY:
            yield from _emergency_ladder(order.clock_at, target.accept)
        case Clock.ACCEPT:
            yield from _ladder(
                order, policy, order.clock_at, target.accept, ("remind", "next", "supervisor", "manager")
            )
            again = max(2 * target.accept, LEAD_AGAIN_AT_LEAST)
            for n in count(1):
                yield Step("again", policy.later(order, order.clock_at, target.accept * 3 / 2 + n * again))
        case Clock.ARRIVE:
            start = order.accepted_at or order.clock_at
            yield from _ladder(order, policy, start, target.arrive, ("remind", None, "supervisor", "manager"))
            if order.priority is Priority.EMERGENCY:
                for n in count(1):
                    yield Step("again", start + target.arrive * 3 / 2 + n * max(target.arrive, AGAIN_AT_MOST))
        case Clock.FINISH:
            start = finish_starts(order)
            yield from _ladder(order, policy, start, target.finish, ("remind", None, "supervisor", "manager"))
        case Clock.PAGE:
            yield Step("untaken", order.opened_at + NO_PAGE_TAKEN)
        case Clock.PLACE:
            yield Step("verify", order.opened_at + ASK_PLACE_FOR)
        case Clock.MEDIA:
            yield Step("climb", order.opened_at + ASK_MEDIA_FOR)
        case Clock.PARKED:
            for n in count(1):
                yield Step("ask", policy.later(order, order.parked_at or order.clock_at, n * PARKED_ASK_EVERY))
        case Clock.CONFIRM:
            yield Step("lapse", (order.finished_at or order.clock_at) + policy.close_unconfirmed_after)
        case Clock.SCORE:
            closed = order.closed_at or order.clock_at
            ask = _awake(policy, closed + policy.ask_score_after)
            yield Step("ask", ask)
            yield Step("remind", _awake(policy, ask + policy.remind_score_after))


def finish_starts(order: Order) -> datetime:
    """Where the finish clock starts, waiting time (挂起) added on."""
    return (order.first_accepted_at or order.clock_at) + order.parked_for


def accept_by(order: Order, policy: Policy) -> datetime:
    """The time to accept by."""
    return policy.later(order, order.clock_at, policy.targets[order.priority].accept)


def arrive_by(order: Order, policy: Policy) -> datetime:
    """The time to be on site by; before acceptance counted from the time to accept by."""
    start = order.accepted_at or accept_by(order, policy)
    return policy.later(order, start, policy.targets[order.priority].arrive)


def finish_by(order: Order, policy: Policy) -> datetime:
    """The time to be done by; before acceptance counted from the time to accept by."""
    start = finish_starts(order) if order.first_accepted_at else accept_by(order, policy)
    return policy.later(order, start, policy.targets[order.priority].finish)


def dues_of(order: Order, policy: Policy, now: datetime) -> list[Due]:
    """What should be pending for the order from now on: the next step of each running clock."""
    found = []
    for clock in clocks_of(order):
        for index, step in enumerate(steps(order, clock, policy)):
            if step.at > now:
                found.append(Due(clock, step.at, index))
                break
    return found


def overdue(order: Order, clock: Clock, index: int, policy: Policy, now: datetime) -> tuple[list[Step], Due | None]:
    """From step ``index`` on: the steps due by ``now``, latest first, repeats of one name folded into the latest;
    and the timer to arm next."""
    late: dict[str, Step] = {}
    for i, step in enumerate(steps(order, clock, policy)):
        if i < index:
            continue
        if step.at > now:
            return sorted(late.values(), key=lambda s: s.at, reverse=True), Due(clock, step.at, i)
        late[step.name] = step
    return sorted(late.values(), key=lambda s: s.at, reverse=True), None


def _ladder(
    order: Order, policy: Policy, start: datetime, within: timedelta, names: tuple[str | None, ...]
) -> Iterator[Step]:
    """Reminder at half time, next on duty at 80 %, supervisor at 100 %, manager at 150 % (domain practice)."""
    for name, share in zip(names, (0.5, 0.8, 1.0, 1.5), strict=True):
        if name:
            yield Step(name, policy.later(order, start, within * share))


def _emergency_ladder(start: datetime, within: timedelta) -> Iterator[Step]:
    """Second person at 1/3, supervisor and group at 2/3, everybody at 3/3, then again until a human accepts."""
    yield Step("second", start + within / 3)
    yield Step("group", start + within * 2 / 3)
    yield Step("everyone", start + within)
    again = min(max(within * 2 / 3, AGAIN_AT_LEAST), AGAIN_AT_MOST)
    for n in count(1):
        yield Step("everyone_again", start + within + n * again)


def _awake(policy: Policy, at: datetime) -> datetime:
    """Nobody is asked for a score in quiet hours."""
    return policy.quiet.end_of(at) if policy.quiet else at
