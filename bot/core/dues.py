"""The clocks of an order: what has to happen when, as a function of the order's state alone.

Each clock is a row of steps. A timer row holds the next step of one clock; when it comes due, everything overdue
on that clock is done and the next step is armed. Nothing is ever cancelled by hand: a move starts a new round, and
`dues_of` says what should be pending now.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import NamedTuple

from bot.core.hours import Hours, QuietHours, WorkingHours, add
from bot.core.kinds import Priority
from bot.core.orders import Order, Status

REMIND_OF_VISIT = timedelta(minutes=30)  # before a wished time, where it is far enough ahead to be forgotten
VISIT_AHEAD = timedelta(hours=1)  # an order whose visit is wished later than this is offered that long before it
ASK_PLACE_FOR = timedelta(minutes=3)  # then an order without a place goes to customer service
ASK_MEDIA_FOR = timedelta(seconds=60)  # somebody shut in a lift sends voice: unanswered it climbs
NO_PAGE_TAKEN = timedelta(seconds=60)  # then the reporter is told the 24 h number
PARKED_ASK_EVERY = timedelta(hours=24)
FOLLOW_LOOK_EVERY = timedelta(hours=1)  # does anybody still work for an order that waits on another?
AGAIN_AT_LEAST, AGAIN_AT_MOST = timedelta(seconds=10), timedelta(seconds=120)
LEAD_AGAIN_AT_LEAST = timedelta(hours=1)
UNFINISHED_AGAIN_AT_LEAST = timedelta(hours=24)
_REPEAT = "_again"


class Clock(StrEnum):
    """The clocks there are."""

    ACCEPT = "accept"
    PAGE = "page"
    PLACE = "place"
    MEDIA = "media"
    ARRIVE = "arrive"
    FINISH = "finish"
    LEASE = "lease"
    PARKED = "parked"
    FOLLOW = "follow"
    CONFIRM = "confirm"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Target:
    """The three promises of one priority; accept from the dispatch, arrive and finish from the acceptance.

    ``lease``: for how long an acceptance holds without 到场 and without a word; None: for ever.
    ``working``: they are reckoned in working hours. ``sources``: where each of the three comes from.
    """

    accept: timedelta
    arrive: timedelta
    finish: timedelta
    working: bool = False
    sources: tuple[str, str, str] = ("", "", "")
    lease: timedelta | None = None


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
    working: WorkingHours | None = field(default=None)

    def reach(self) -> timedelta:
        """No order is due, or asked for a score, longer than this after it was closed."""
        longest = max(self.ask_score_after, *(target.finish for target in self.targets.values()))
        shares = [hours.awake_share for priority in Priority if (hours := self.hours_of(priority))]
        return longest / min(shares) + timedelta(days=30) if shares else longest

    def hours_of(self, priority: Priority) -> Hours | None:
        """In which hours time counts for orders of that priority; None: around the clock, as for every emergency."""
        if priority is Priority.EMERGENCY:
            return None
        if self.working is not None and self.targets[priority].working:
            return self.working
        return self.quiet if priority is Priority.NORMAL else None

    def later(self, order: Order, start: datetime, span: timedelta) -> datetime:
        """``span`` after ``start`` on this order's kind of clock, which stands still while the order waits (挂起)."""
        hours = self.hours_of(order.priority)
        if hours is None and not order.pauses:
            return start + span
        return add(start, span, hours, order.pauses)


class Step(NamedTuple):
    """One thing to do on a clock. ``everyone_again`` is a repeat of ``everyone``."""

    name: str
    at: datetime


class Course(NamedTuple):
    """What a clock does: some steps, and where somebody must act at last the n-th repeat (from 1), without end."""

    fixed: list[Step]
    again: Callable[[int], Step] | None = None

    def step(self, index: int) -> Step | None:
        """Step number ``index`` from 0; None where the course has ended."""
        if index < len(self.fixed):
            return self.fixed[index]
        return self.again(index - len(self.fixed) + 1) if self.again else None


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
        case Status.UNSURE if order.media and order.priority is not Priority.EMERGENCY:
            return (Clock.ACCEPT, Clock.MEDIA)
        case Status.UNSURE | Status.OPEN:
            return (Clock.ACCEPT, Clock.PAGE) if order.priority is Priority.EMERGENCY else (Clock.ACCEPT,)
        case Status.ACCEPTED:
            return (Clock.ARRIVE, Clock.FINISH, Clock.LEASE)
        case Status.ARRIVED:
            return (Clock.FINISH,)
        case Status.PARKED:
            return (Clock.PARKED,)
        case Status.FOLLOWING:
            return (Clock.FOLLOW,)
        case Status.FINISHED:
            return (Clock.CONFIRM,)
        case Status.CLOSED if order.closed_how in ("confirmed", "unconfirmed") and order.score is None:
            return (Clock.SCORE,)
        case _:
            return ()


def course(order: Order, clock: Clock, policy: Policy) -> Course:
    """The steps of a clock in the order of their times; without end where somebody must take or end the order."""
    target = policy.targets[order.priority]
    match clock:
        case Clock.ACCEPT if order.priority is Priority.EMERGENCY:
            return _emergency_ladder(order.clock_at, target.accept, repeat_every(order, policy))
        case Clock.ACCEPT:
            return _ladder(order, policy, order.clock_at, target.accept, "next", repeat_every(order, policy))
        case Clock.ARRIVE:
            start, within = _arrival(order, policy, order.accepted_at or order.clock_at)
            pressing = max(target.arrive, AGAIN_AT_MOST) if order.priority is Priority.EMERGENCY else None
            ladder = _ladder(order, policy, start, within, None, pressing)
            if arrives_as_wished(order):
                return ladder._replace(fixed=[Step("visit", start - REMIND_OF_VISIT), *ladder.fixed])
            return ladder
        case Clock.FINISH:
            again = max(target.finish, UNFINISHED_AGAIN_AT_LEAST)
            return _ladder(order, policy, finish_starts(order), target.finish, None, again)
        case Clock.LEASE:
            start, lease = _arrival(order, policy, order.accepted_at or order.clock_at)[0], target.lease
            if lease is None:
                return Course([])
            # A word renews it: whoever said one is looked at again soon after its end, not a whole lease later.
            return Course([], lambda n: Step("forgotten", policy.later(order, start, lease * (n + 2) / 3)))
        case Clock.PAGE:
            return Course([Step("untaken", order.clock_at + NO_PAGE_TAKEN)])
        case Clock.PLACE:
            return Course([Step("verify", order.opened_at + ASK_PLACE_FOR)])
        case Clock.MEDIA:
            return Course([Step("climb", order.opened_at + ASK_MEDIA_FOR)])
        case Clock.PARKED:
            since = order.parked_at or order.clock_at
            if order.parked_until is not None:
                asked = order.parked_until
                return Course([], lambda n: Step("ask", policy.later(order, asked, (n - 1) * PARKED_ASK_EVERY)))
            return Course([], lambda n: Step("ask", policy.later(order, since, n * PARKED_ASK_EVERY)))
        case Clock.FOLLOW:
            return Course([], lambda n: Step("look", order.clock_at + n * FOLLOW_LOOK_EVERY))
        case Clock.CONFIRM:
            return Course([Step("lapse", (order.finished_at or order.clock_at) + policy.close_unconfirmed_after)])
        case Clock.SCORE if order.asked_score_at is None:
            return Course([Step("ask", _awake(policy, (order.closed_at or order.clock_at) + policy.ask_score_after))])
        case Clock.SCORE:
            return Course([Step("remind", _awake(policy, order.asked_score_at + policy.remind_score_after))])


def repeat_every(order: Order, policy: Policy) -> timedelta:
    """How far apart the repeats are with which an order that nobody takes comes back."""
    within = policy.targets[order.priority].accept
    if order.priority is Priority.EMERGENCY:
        return min(max(within * 2 / 3, AGAIN_AT_LEAST), AGAIN_AT_MOST)
    return max(2 * within, LEAD_AGAIN_AT_LEAST)


def lease_ends(order: Order, policy: Policy, heard: datetime | None) -> datetime | None:
    """Until when an acceptance holds after the holder's last word; None: for ever."""
    lease = policy.targets[order.priority].lease
    start = _arrival(order, policy, order.accepted_at or order.clock_at)[0]
    return policy.later(order, max(start, heard or start), lease) if lease else None


def finish_starts(order: Order) -> datetime:
    """Where the finish clock starts; not before a wished time of visit."""
    start = order.first_accepted_at or order.clock_at
    done = order.finished_at or order.closed_at
    if order.wish and _waits_for_visit(order, start) and not (done and done < order.wish.since):
        start = order.wish.since
    return start


def accept_starts(order: Order, policy: Policy, now: datetime) -> datetime:
    """When the accept clock of an order that is dispatched now starts; until then nobody is paged.

    Only normal orders are held back: to the end of quiet hours, and to an hour before a wished time of visit.
    """
    # A voice or picture that nobody has looked at yet may be anything: it is not held back.
    if order.priority is not Priority.NORMAL or order.media:
        return now
    ahead = VISIT_AHEAD + policy.targets[order.priority].accept
    at = max(now, order.wish.since - ahead) if order.wish and _waits_for_visit(order, now + ahead) else now
    return policy.quiet.end_of(at) if policy.quiet else at


def arrives_as_wished(order: Order) -> bool:
    """True if the arrival of an accepted order is counted from the wished time of visit."""
    return _waits_for_visit(order, order.accepted_at or order.clock_at)


def _waits_for_visit(order: Order, at: datetime) -> bool:
    """True where a normal order is wished for later than ``at``; a wish never makes anything graver wait."""
    return order.priority is Priority.NORMAL and order.wish is not None and order.wish.since > at


def _arrival(order: Order, policy: Policy, start: datetime) -> tuple[datetime, timedelta]:
    """From when the arrival is counted, and the time for it: the wished hours, where they lie ahead of ``start``."""
    within = policy.targets[order.priority].arrive
    if order.wish and _waits_for_visit(order, start):
        hours = order.wish.until - order.wish.since
        return order.wish.since, min(hours, within) if hours else within
    return start, within


def accept_by(order: Order, policy: Policy) -> datetime:
    """The time to accept by."""
    return policy.later(order, order.clock_at, policy.targets[order.priority].accept)


def arrive_by(order: Order, policy: Policy) -> datetime:
    """The time to be on site by; before acceptance counted from the time to accept by."""
    return policy.later(order, *_arrival(order, policy, order.accepted_at or accept_by(order, policy)))


def finish_by(order: Order, policy: Policy) -> datetime:
    """The time to be done by; before acceptance counted from the time to accept by."""
    start = finish_starts(order) if order.first_accepted_at else accept_by(order, policy)
    return policy.later(order, start, policy.targets[order.priority].finish)


def broken_since(order: Order, policy: Policy, now: datetime) -> datetime | None:
    """Since when the present promise of an order is broken; None if it is not, or nothing is promised."""
    match order.status:
        case Status.OPEN | Status.UNSURE:
            due = accept_by(order, policy)
        case Status.ACCEPTED:
            due = min(arrive_by(order, policy), finish_by(order, policy))
        case Status.ARRIVED:
            due = finish_by(order, policy)
        case _:
            return None
    return due if due < now else None


# The last step of these moves the order on: while an order stands there, the step is still to come.
MOVES_ON = frozenset({Clock.PLACE, Clock.MEDIA, Clock.CONFIRM})


def dues_of(order: Order, policy: Policy, now: datetime) -> list[Due]:
    """What should be pending for the order from now on: the next step of each running clock.

    What moves an order on is pending until it has been done, however late: nothing comes after it.
    """
    found = []
    for clock in clocks_of(order):
        passed, following = _from(course(order, clock, policy), 0, now)
        if following is None and passed and clock in MOVES_ON:
            following = len(passed) - 1, passed[-1]
        if following is not None:
            index, step = following
            found.append(Due(clock, step.at, index))
    return found


def overdue(order: Order, clock: Clock, index: int, policy: Policy, now: datetime) -> tuple[list[Step], Due | None]:
    """From step ``index`` on: the steps due by ``now``, latest first, a step and its repeats folded into the latest;
    and the timer to arm next."""
    passed, following = _from(course(order, clock, policy), index, now)
    late = {step.name.removesuffix(_REPEAT): step for step in passed}
    due = Due(clock, following[1].at, following[0]) if following else None
    return sorted(late.values(), key=lambda s: s.at, reverse=True), due


def _from(steps: Course, index: int, now: datetime) -> tuple[list[Step], tuple[int, Step] | None]:
    """From step ``index`` on: what is due by ``now``, and the first that is not, with its number."""
    passed: list[Step] = []
    for i in count(index):
        step = steps.step(i)
        if step is None:
            return passed, None
        if step.at > now:
            return passed, (i, step)
        passed.append(step)
    raise AssertionError("count() has no end")


def _ladder(
    order: Order, policy: Policy, start: datetime, within: timedelta, help_step: str | None, again: timedelta | None
) -> Course:
    """Reminder at half time, ``help_step`` at 80 %, supervisor at 100 %, manager at 150 % (domain practice), and the
    supervisor again where the order would otherwise be forgotten."""
    shares = {"remind": 0.5, help_step: 0.8, "supervisor": 1.0, "manager": 1.5}
    fixed = [Step(name, policy.later(order, start, within * share)) for name, share in shares.items() if name]
    if again is None:
        return Course(fixed)
    return Course(fixed, lambda n: Step("again", policy.later(order, start, within * 1.5 + n * again)))


def _emergency_ladder(start: datetime, within: timedelta, again: timedelta) -> Course:
    """Second person at 1/3, supervisor and group at 2/3, everybody at 3/3, then again until a human accepts."""
    return Course(
        [Step("second", start + within / 3), Step("group", start + within * 2 / 3), Step("everyone", start + within)],
        lambda n: Step("everyone" + _REPEAT, start + within + n * again),
    )


def _awake(policy: Policy, at: datetime) -> datetime:
    """Nobody is asked for a score in quiet hours."""
    return policy.quiet.end_of(at) if policy.quiet else at
