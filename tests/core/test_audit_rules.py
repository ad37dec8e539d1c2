"""What the auditor misses is nothing, and what it objects to is really wrong: against random histories."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.audit import Armed, Breach, breach_of, lacking
from bot.core.dues import MOVES_ON, clocks_of, dues_of, overdue
from bot.core.errors import Refused
from bot.core.kinds import Priority
from bot.core.orders import Move, Order, Status, make_move
from tests.core.test_dues import AT_MOST, POLICIES, START, order

SECOND = timedelta(seconds=1)


def histories() -> st.SearchStrategy[tuple[Order, object, dict[str, Armed], object]]:
    """An order somewhere on its road, with the timers that the bot itself would have armed for it by now."""

    @st.composite
    def road(draw: st.DrawFn) -> tuple[Order, object, dict[str, Armed], object]:
        policy = draw(st.sampled_from(POLICIES))
        now = START
        case = order(
            draw(st.sampled_from(Priority)), draw(st.sampled_from([Status.ASKING, Status.UNSURE, Status.OPEN]))
        )
        armed = {d.clock: Armed(case.round, d.at, 0) for d in dues_of(case, policy, now)}
        steps = {d.clock: d.number for d in dues_of(case, policy, now)}
        for move, seconds in draw(st.lists(st.tuples(st.sampled_from(Move), st.integers(0, 40_000)), max_size=12)):
            now += seconds * SECOND
            for clock in list(armed):  # what rang meanwhile
                _, due = overdue(case, clock, steps[clock], policy, now)
                if due is None and clock in MOVES_ON:
                    continue  # it moves the order, which this road does not show: it is still to ring
                if due is None:
                    del armed[clock]
                else:
                    armed[clock], steps[clock] = Armed(case.round, due.at, 0), due.number
            try:
                case, _ = make_move(case, move, by="li", at=now)
            except Refused:
                continue
            armed = {d.clock: Armed(case.round, d.at, 0) for d in dues_of(case, policy, now)}
            steps = {d.clock: d.number for d in dues_of(case, policy, now)}
        return case, policy, armed, now

    return road()


@given(histories())
@settings(max_examples=300, deadline=None)
def test_what_the_bot_arms_is_never_objected_to(history) -> None:
    case, policy, armed, now = history
    if case.closed_at is None:
        assert lacking(case, armed, policy, now) == []


@given(histories(), st.data())
@settings(max_examples=300, deadline=None)
def test_a_timer_that_is_gone_late_or_of_another_round_is_missed_and_no_other(history, data) -> None:
    case, policy, armed, now = history
    if case.closed_at is not None or not armed:
        return
    clock = data.draw(st.sampled_from(sorted(armed)))
    right = armed[clock]
    wrong = [None, right._replace(round=case.round - 1), right._replace(due_at=now + timedelta(days=400))]
    spoilt = data.draw(st.sampled_from(wrong))
    broken = {k: v for k, v in armed.items() if k != clock} | ({clock: spoilt} if spoilt else {})
    missed = {due.clock for due in lacking(case, broken, policy, now)}
    wanted = {due.clock for due in dues_of(case, policy, now)} | {
        c for c in clocks_of(case) if c in ("place", "media", "confirm")
    }
    assert missed == ({clock} & wanted)


@given(histories())
@settings(max_examples=300, deadline=None)
def test_an_untaken_emergency_that_passes_is_looked_at_within_two_minutes(history) -> None:
    case, _, armed, now = history
    if case.priority is Priority.EMERGENCY and case.status in (Status.OPEN, Status.UNSURE):
        assert armed["accept"].due_at <= now + AT_MOST
        assert breach_of(case) is Breach.EMERGENCY_UNWATCHED
    if case.priority is Priority.EMERGENCY and case.status in (Status.ACCEPTED, Status.ARRIVED):
        assert {"arrive", "finish"} & armed.keys()


def test_a_timer_put_off_because_its_effect_failed_is_armed_all_the_same() -> None:
    case = replace(order(Priority.EMERGENCY), round=3)
    late = START + timedelta(seconds=150)
    armed = {due.clock: Armed(3, START + timedelta(hours=1), 2) for due in dues_of(case, POLICIES[0], late)}
    assert lacking(case, armed, POLICIES[0], late) == []
