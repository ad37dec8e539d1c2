"""The clocks from the events alone: over random histories they say what the order's row says, and each due moment is
what counting the minutes one by one gives."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.dues import (
    Clock,
    Policy,
    Target,
    accept_by,
    arrive_by,
    broken_since,
    clocks_of,
    course,
    dues_of,
    finish_by,
    overdue,
)
from bot.core.errors import Refused
from bot.core.hours import QuietHours, WorkingHours, add
from bot.core.kinds import Category, Priority
from bot.core.orders import LogLine, Move, Order, Status, make_move
from bot.core.replay import noted, replay, times_of
from bot.core.workdays import WorkCalendar
from bot.holidays import official

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
History = list[tuple[Move | str, int, Priority]]
START = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)  # a Thursday; holidays and 调休 days ahead
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OPEN = ((8 * 60 + 30, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))
CALENDAR = WorkCalendar(official, {date(2026, 9, 30): False, date(2026, 10, 11): True})


def policy(zone: ZoneInfo, normal: str, urgent: str) -> Policy:
    targets = {
        Priority.EMERGENCY: Target(3 * MINUTE, 15 * MINUTE, 2 * HOUR),
        Priority.URGENT: Target(10 * MINUTE, 30 * MINUTE, 4 * HOUR, urgent == "working"),
        Priority.NORMAL: Target(30 * MINUTE, 4 * HOUR, 24 * HOUR, normal == "working"),
    }
    quiet = QuietHours(time(22, 30), time(7, 30), zone) if normal == "quiet" else None
    working = WorkingHours(OPEN, frozenset(range(5)), CALENDAR.is_workday, zone)
    return Policy(targets, quiet=quiet, working=working)


POLICIES = st.builds(
    policy,
    st.sampled_from([SHANGHAI, NEW_YORK]),
    st.sampled_from(["around", "quiet", "working"]),
    st.sampled_from(["around", "working"]),
)


def counts(kind: Policy, priority: Priority, at: datetime) -> bool:
    """True if that minute counts, told from what the wall and a wall calendar show."""
    working = kind.working
    assert working is not None
    wall = at.astimezone(working.tz)
    minute = wall.hour * 60 + wall.minute
    if priority is not Priority.EMERGENCY and kind.targets[priority].working:
        off = {date(2026, 9, 25), *(date(2026, 10, d) for d in range(1, 8)), date(2026, 9, 30)}
        on = {date(2026, 9, 20), date(2026, 10, 10), date(2026, 10, 11)}
        if wall.date() in off or (wall.weekday() >= 5 and wall.date() not in on):
            return False
        return 510 <= minute < 720 or 810 <= minute < 1050
    if priority is Priority.NORMAL and kind.quiet is not None:
        return 450 <= minute < 1350
    return True


def counted(kind: Policy, case: Order, start: datetime, span: timedelta) -> datetime:
    """The moment at which so many minutes have counted, one by one."""
    left, at = span // MINUTE, start
    while True:
        waits = any(begin <= at < end for begin, end in case.pauses)
        if counts(kind, case.priority, at) and not waits:
            if left == 0:
                return at
            left -= 1
        elif left == 0 and counts(kind, case.priority, at - MINUTE) and at > start:
            return at  # the last minute ended just where time stops counting
        at += MINUTE


def case_of(priority: Priority) -> Order:
    return Order(
        no=1, reporter="wang", words="漏水", category=Category.LEAK, priority=priority, status=Status.OPEN,
        holder="li", opened_at=START, clock_at=START,
    )  # fmt: skip


HISTORY = st.lists(
    st.tuples(
        st.sampled_from([*Move, Move.ACCEPT, Move.PARK, Move.RESUME, Move.ARRIVE, Move.TAKE_OVER, "raise"]),
        st.integers(0, 4_000),
        st.sampled_from(Priority),
    ),
    max_size=14,
)


def lived(kind: Policy, priority: Priority, history: History) -> tuple[Order, list[LogLine]]:
    """An order with everything that was done to it, and its history as the desk writes it."""
    now, case = START, case_of(priority)
    lines = [noted(None, case, LogLine("report", START))]
    for move, minutes, other in history:
        now += minutes * MINUTE
        before = case
        if move == "raise":
            line = LogLine("raise", now)
            case = replace(case, priority=other, clock_at=now if case.accepted_at is None else case.clock_at)
        else:
            try:
                case, line = make_move(case, Move(move), by="li", at=now)
            except Refused:
                continue
            if move in (Move.DISPATCH, Move.HAND_OVER, Move.REFUSE, Move.REOPEN):
                # As the desk does it: whoever gets the order is named with the move.
                case = replace(case, clock_at=now, holder="li")
        lines.append(noted(before, case, line))
    return case, lines


@settings(max_examples=300, deadline=None)
@given(POLICIES, st.sampled_from(Priority), HISTORY)
def test_the_history_alone_gives_the_clocks_of_the_order(kind: Policy, priority: Priority, history: History) -> None:
    case, lines = lived(kind, priority, history)
    assert replay(START, lines) == times_of(case)
    # As they come out of the database: nothing but what JSON keeps.
    stored = [LogLine(line.what, line.at, line.by, {k: str(v) for k, v in line.detail.items()}) for line in lines]
    assert replay(START, stored) == times_of(case)


@settings(max_examples=120, deadline=None)
@given(POLICIES, st.sampled_from(Priority), HISTORY)
def test_every_due_moment_is_what_counting_the_minutes_gives(
    kind: Policy, priority: Priority, history: History
) -> None:
    case, lines = lived(kind, priority, history)
    told = replay(START, lines)
    if case.status.is_over or case.status is Status.FINISHED:
        return
    target = kind.targets[told.priority]
    seen = replace(case_of(told.priority), pauses=told.pauses)
    by = counted(kind, seen, told.clock_at, target.accept)
    assert accept_by(case, kind) == by
    assert arrive_by(case, kind) == counted(kind, seen, told.accepted_at or by, target.arrive)
    assert finish_by(case, kind) == counted(kind, seen, told.first_accepted_at or by, target.finish)


@settings(max_examples=150, deadline=None)
@given(POLICIES, st.sampled_from(Priority), HISTORY, st.integers(0, 20_000))
def test_an_open_order_always_has_somebody_and_a_next_step(
    kind: Policy, priority: Priority, history: History, later: int
) -> None:
    case, lines = lived(kind, priority, history)
    now = lines[-1].at + later * MINUTE
    if not case.status.is_over:
        assert dues_of(case, kind, lines[-1].at)
        # However long the bot was away: something is to be done at once, or something is armed.
        assert any(any(overdue(case, clock, 0, kind, now)) for clock in clocks_of(case))
        # Who waits on an event is worked for by whoever holds the order that leads it, until the end; the hourly look
        # is armed.
        led = [line.what for line in lines if line.what in ("follow", "dispatch", "reopen", "hand_over")][-1:] == [
            "follow"
        ]
        followed = case.status is Status.FOLLOWING or (case.status is Status.FINISHED and led)
        assert case.holder == (None if followed else "li")
    late = broken_since(case, kind, now)
    assert late is None or late < now


def test_what_was_used_before_waiting_is_not_given_again() -> None:
    kind = policy(SHANGHAI, "working", "around")
    friday = datetime(2026, 9, 18, 10, 0, tzinfo=SHANGHAI).astimezone(UTC)
    case = replace(case_of(Priority.NORMAL), status=Status.ACCEPTED, accepted_at=friday, first_accepted_at=friday)
    parked, _ = make_move(case, Move.PARK, by="li", at=friday + 6 * HOUR)  # 16:00, 4 h 30 used
    resumed, _ = make_move(parked, Move.RESUME, by="li", at=friday + 71 * HOUR)  # Monday 09:00
    # The 20th is a Sunday that is worked: it passed while the order waited. 19 h 30 are left.
    assert finish_by(resumed, kind) == datetime(2026, 9, 23, 15, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "open_on"),
    [("2026-09-20", True), ("2026-09-25", False), ("2026-09-26", False), ("2026-10-10", True), ("2026-11-23", True)],
)
def test_holidays_are_off_and_the_sundays_worked_for_them_are_on(day: str, open_on: bool) -> None:
    hours = WorkingHours(OPEN, frozenset(range(5)), WorkCalendar(official).is_workday, SHANGHAI)
    assert hours.open_on(date.fromisoformat(day)) is open_on


def test_a_calendar_without_a_working_day_does_not_stop_the_bot() -> None:
    never = WorkingHours(OPEN, frozenset(), lambda day: day.weekday() < 5, SHANGHAI)
    assert add(START, HOUR, never) >= START


def test_a_day_to_ask_on_takes_the_place_of_every_24_hours() -> None:
    kind = policy(SHANGHAI, "around", "around")
    case = replace(
        case_of(Priority.NORMAL), status=Status.PARKED, parked_at=START, parked_until=START + 100 * HOUR,
    )  # fmt: skip
    steps = course(case, Clock.PARKED, kind)
    found = [step.at for n in range(3) if (step := steps.step(n))]
    assert found == [START + (100 + 24 * n) * HOUR for n in range(3)]
