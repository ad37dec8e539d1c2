"""The figures of a digest against a second reckoning, done another way from the bare history of each order."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.digests import Firsts, Span, figures
from bot.core.dues import Policy, Target
from bot.core.kinds import Category, Priority
from bot.core.orders import Move, Order, Status, make_move

START = datetime(2026, 11, 23, 0, 37, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
ACCEPT, FINISH = 10, 240  # minutes, the same for every priority, so that they can be added by hand
POLICY = Policy({p: Target(ACCEPT * MINUTE, 30 * MINUTE, FINISH * MINUTE) for p in Priority})
ROADS: list[list[Move]] = [
    [],
    [Move.ACCEPT],
    [Move.ACCEPT, Move.ARRIVE],
    [Move.ACCEPT, Move.ARRIVE, Move.FINISH],
    [Move.ACCEPT, Move.ARRIVE, Move.FINISH, Move.CONFIRM],
    [Move.ACCEPT, Move.FINISH, Move.LAPSE],
    [Move.ACCEPT, Move.PARK],
    [Move.CLOSE],
    [Move.ACCEPT, Move.CANCEL],
]


@dataclass
class Told:
    """One order as a list of minutes: when it was opened, and when each move was made."""

    opened: int
    moves: list[tuple[Move, int]]
    priority: Priority

    def at(self, *wanted: Move) -> int | None:
        return next((minute for move, minute in self.moves if move in wanted), None)


@st.composite
def told(draw: st.DrawFn) -> Told:
    minute = opened = draw(st.integers(-600, 1439))
    moves = []
    for move in draw(st.sampled_from(ROADS)):
        minute += draw(st.integers(1, 300))
        moves.append((move, minute))
    return Told(opened, [m for m in moves if m[1] < 1440], draw(st.sampled_from(Priority)))


def order_of(no: int, story: Told) -> Order:
    at = START + story.opened * MINUTE
    order = Order(
        no=no, reporter="wang", words="漏水", category=Category.LEAK, priority=story.priority, status=Status.OPEN,
        holder="li", opened_at=at, clock_at=at,
    )  # fmt: skip
    for move, minute in story.moves:
        order, _ = make_move(order, move, by="li", at=START + minute * MINUTE)
    return order


def inside(minute: int | None) -> bool:
    return minute is not None and 0 <= minute < 1440


def due_minute(story: Told) -> int:
    accepted = story.at(Move.ACCEPT)
    return (story.opened + ACCEPT if accepted is None else accepted) + FINISH


def is_late(story: Told) -> bool:
    """At the end of the day, minute 1440."""
    last = story.moves[-1][0] if story.moves else None
    accepted = story.at(Move.ACCEPT)
    if last is None:
        return story.opened + ACCEPT < 1440
    if last is Move.ACCEPT:
        return accepted is not None and accepted + 30 < 1440
    return last is Move.ARRIVE and due_minute(story) < 1440


@given(st.lists(told(), max_size=12))
@settings(max_examples=300, deadline=None)
def test_the_figures_are_what_a_second_reckoning_gives(stories: list[Told]) -> None:
    orders = [order_of(no, story) for no, story in enumerate(stories, 1)]
    firsts = Firsts(
        {o.no: o.first_accepted_at for o in orders if o.first_accepted_at},
        {o.no: o.arrived_at for o in orders if o.arrived_at},
    )
    f = figures(orders, [5, 4, 2], firsts, Span(START, START + DAY), POLICY)
    taken = [s for s in stories if inside(s.opened)]
    over = (Move.CONFIRM, Move.LAPSE, Move.CLOSE, Move.CANCEL)
    open_ = [s for s in stories if s.at(*over) is None]
    assert f.taken == len(taken)
    assert f.done == sum(inside(s.at(Move.CONFIRM, Move.LAPSE)) for s in stories)
    assert f.open == len(open_)
    assert f.late == sum(is_late(s) for s in open_)
    assert f.late_by == {p: sum(is_late(s) and s.priority is p for s in open_) for p in Priority}
    answered = [(s, s.at(Move.ACCEPT)) for s in taken]
    assert sum(f.response, timedelta()) == sum((a - s.opened for s, a in answered if a is not None), 0) * MINUTE
    due = [
        s
        for s in stories
        if inside(due_minute(s))
        and s.at(Move.PARK) is None
        and not ((called_off := s.at(Move.CLOSE, Move.CANCEL)) is not None and called_off <= due_minute(s))
    ]
    assert f.due == len(due)
    finished = [(s, s.at(Move.FINISH)) for s in due]
    assert f.on_time == sum(done is not None and done <= due_minute(s) for s, done in finished)
    assert (f.rated, f.satisfied, round(f.mean_score, 2)) == (3, 2, 3.67)


def test_a_reopened_order_keeps_its_first_response() -> None:
    story = Told(10, [(Move.ACCEPT, 15), (Move.ARRIVE, 20), (Move.FINISH, 40), (Move.REOPEN, 60), (Move.ACCEPT, 200)],
                 Priority.URGENT)  # fmt: skip
    order = order_of(1, story)
    firsts = Firsts({1: START + 15 * MINUTE}, {1: START + 20 * MINUTE})
    f = figures([order], [], firsts, Span(START, START + DAY), POLICY)
    assert f.response == (5 * MINUTE,)
    assert f.arrival == (10 * MINUTE,)


def test_the_worst_three_are_the_gravest_and_then_the_oldest() -> None:
    levels = [Priority.NORMAL, Priority.URGENT, Priority.EMERGENCY, Priority.URGENT, Priority.NORMAL]
    orders = [order_of(no, Told(100 - no, [], level)) for no, level in enumerate(levels, 1)]
    f = figures(orders, [], Firsts({}, {}), Span(START, START + DAY), POLICY)
    assert f.worst == (3, 4, 2)


def test_what_happens_after_the_span_does_not_change_it() -> None:
    before = order_of(1, Told(100, [(Move.ACCEPT, 105), (Move.FINISH, 130)], Priority.URGENT))
    after, _ = make_move(before, Move.CONFIRM, by="wang", at=START + DAY + MINUTE)
    new = order_of(2, Told(1440, [], Priority.NORMAL))
    span = Span(START, START + DAY)
    assert figures([after, new], [], Firsts({}, {}), span, POLICY) == figures(
        [before], [], Firsts({}, {}), span, POLICY
    )
