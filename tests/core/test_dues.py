"""The clocks as functions of the order: random histories never leave an order without a next step."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.dues import Clock, Policy, Target, accept_by, broken_since, course, dues_of, overdue, repeat_every
from bot.core.errors import Refused
from bot.core.hours import QuietHours
from bot.core.kinds import Category, Priority
from bot.core.orders import Move, Order, Status, make_move

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TARGETS = {
    Priority.EMERGENCY: Target(3 * MINUTE, 15 * MINUTE, 120 * MINUTE),
    Priority.URGENT: Target(10 * MINUTE, 30 * MINUTE, 240 * MINUTE),
    Priority.NORMAL: Target(30 * MINUTE, 240 * MINUTE, 1440 * MINUTE),
}
NIGHT = QuietHours(time(22, 30), time(7, 30), ZoneInfo("Asia/Shanghai"))
POLICIES = [Policy(TARGETS), Policy(TARGETS, quiet=NIGHT)]
AT_MOST = timedelta(seconds=120)


def order(priority: Priority = Priority.URGENT, status: Status = Status.OPEN, **fields: object) -> Order:
    return replace(
        Order(
            no=1,
            reporter="wang",
            words="漏水",
            category=Category.LEAK,
            priority=priority,
            status=status,
            holder="li",
            opened_at=START,
            clock_at=START,
        ),
        **fields,
    )


@given(
    priority=st.sampled_from(Priority),
    status=st.sampled_from([Status.ASKING, Status.UNSURE, Status.OPEN]),
    policy=st.sampled_from(POLICIES),
    history=st.lists(st.tuples(st.sampled_from(Move), st.integers(0, 40_000)), max_size=25),
)
@settings(max_examples=300, deadline=None)
def test_whatever_happens_an_open_order_has_a_next_step(
    priority: Priority, status: Status, policy: Policy, history: list[tuple[Move, int]]
) -> None:
    now, case = START, order(priority, status)
    for move, seconds in history:
        now += timedelta(seconds=seconds)
        try:
            case, line = make_move(case, move, by="li", at=now)
        except Refused:
            continue
        assert line.at == now
        if move in (Move.DISPATCH, Move.HAND_OVER, Move.REFUSE, Move.VERIFY, Move.REOPEN):
            case = replace(case, clock_at=now)
        dues = dues_of(case, policy, now)
        assert dues or case.status.is_over, f"{case.status} after {move} waits for nobody"
        assert all(due.at > now for due in dues)
        assert case.parked_for >= timedelta()
        assert (case.parked_at is not None) == (case.status is Status.PARKED)
        if case.status.waits_for_taker and priority is Priority.EMERGENCY:
            assert min(d.at for d in dues if d.clock is Clock.ACCEPT) - now <= AT_MOST


@given(
    priority=st.sampled_from(Priority),
    clock=st.sampled_from([Clock.ACCEPT, Clock.FINISH, Clock.PARKED]),
    policy=st.sampled_from(POLICIES),
    sleeps=st.lists(st.integers(1, 200_000), min_size=1, max_size=10),
)
@settings(max_examples=150, deadline=None)
def test_every_step_is_done_once_however_the_bot_sleeps(
    priority: Priority, clock: Clock, policy: Policy, sleeps: list[int]
) -> None:
    case = order(priority, parked_at=START, accepted_at=START, first_accepted_at=START)
    now, index, done = START, 0, []
    for seconds in sleeps:
        now += timedelta(seconds=seconds)
        steps, due = overdue(case, clock, index, policy, now)
        assert due is not None, "a clock that waits for a human never ends"
        assert due.at > now
        assert [s.at for s in steps] == sorted((s.at for s in steps), reverse=True), "latest first"
        assert len({s.name for s in steps}) == len(steps), "repeats of one step fold"
        done += [s.name for s in steps if not s.name.endswith("again") and clock is not Clock.PARKED]
        index = due.number
    assert len(done) == len(set(done))


@given(within=st.floats(0.001, 500_000))
def test_an_emergency_comes_back_every_two_thirds_within_bounds(within: float) -> None:
    accept = timedelta(seconds=within)
    policy = Policy({**TARGETS, Priority.EMERGENCY: Target(accept, MINUTE, MINUTE)})
    case = order(Priority.EMERGENCY)
    steps = course(case, Clock.ACCEPT, policy)
    names = [step.name for i in range(6) if (step := steps.step(i))]
    assert names == ["second", "group", "everyone", "everyone_again", "everyone_again", "everyone_again"]
    far = steps.step(100_000), steps.step(100_001)
    assert far[0] is not None
    assert far[1] is not None
    apart = far[1].at - far[0].at
    assert timedelta(seconds=10) <= apart <= AT_MOST
    assert apart == repeat_every(case, policy)
    if 15 <= within <= 180:
        assert abs(apart - accept * 2 / 3) < timedelta(milliseconds=1)


def test_after_a_long_sleep_the_last_word_of_a_step_counts() -> None:
    steps, due = overdue(order(Priority.EMERGENCY), Clock.ACCEPT, 0, POLICIES[0], START + 60 * MINUTE)
    assert [s.name for s in steps] == ["everyone_again", "group", "second"]
    assert steps[0].at == START + 59 * MINUTE
    assert due is not None
    assert due.at == START + 61 * MINUTE


@pytest.mark.parametrize("priority", [Priority.URGENT, Priority.EMERGENCY])
def test_quiet_hours_touch_normal_orders_only(priority: Priority) -> None:
    late = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 23:00 at home
    quiet = POLICIES[1]
    case = order(priority, clock_at=late, opened_at=late)
    assert accept_by(case, quiet) == accept_by(case, POLICIES[0])
    normal = replace(case, priority=Priority.NORMAL)
    assert accept_by(normal, quiet) == datetime(2026, 11, 24, 0, 0, tzinfo=UTC), "half an hour after 07:30"


def test_a_page_that_could_not_be_delivered_starts_no_new_clock() -> None:
    case = order(Priority.EMERGENCY)
    after, _ = make_move(case, Move.PASS_ON, by="", at=START + MINUTE, holder="zhao")
    assert (after.round, after.clock_at, after.holder) == (case.round, START, "zhao")


def test_waiting_moves_the_finish_and_before_it_the_arrival() -> None:
    case = order(Priority.URGENT, Status.ACCEPTED, accepted_at=START, first_accepted_at=START)
    parked, _ = make_move(case, Move.PARK, by="li", at=START + 10 * MINUTE)
    assert broken_since(parked, POLICIES[0], START + 9999 * MINUTE) is None
    resumed, _ = make_move(parked, Move.RESUME, by="li", at=START + 300 * MINUTE)
    assert broken_since(resumed, POLICIES[0], START + 301 * MINUTE) is None
    assert broken_since(resumed, POLICIES[0], START + 330 * MINUTE) == START + 320 * MINUTE
    arrived, _ = make_move(resumed, Move.ARRIVE, by="li", at=START + 310 * MINUTE)
    assert broken_since(arrived, POLICIES[0], START + 531 * MINUTE) == START + 530 * MINUTE


def test_the_reminder_of_a_score_counts_from_the_question() -> None:
    closed = order(status=Status.CLOSED, closed_at=START, closed_how="confirmed")
    (ask,) = dues_of(closed, POLICIES[0], START)
    assert ask.at == START + 30 * MINUTE
    asked = replace(closed, asked_score_at=START + 500 * MINUTE)
    (remind,) = dues_of(asked, POLICIES[0], START + 500 * MINUTE)
    assert remind.at == START + 500 * MINUTE + timedelta(hours=24)
    assert dues_of(asked, POLICIES[0], remind.at) == []
