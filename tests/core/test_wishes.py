"""The clocks of normal orders follow a wished time of visit; nothing graver waits for one."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.core.dues import Policy, Target, accept_starts, arrive_by, dues_of, finish_by
from bot.core.hours import QuietHours
from bot.core.kinds import Category, Priority
from bot.core.orders import Order, Status
from bot.core.visits import Visit, Wish, wish_of

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
TARGETS = {
    Priority.EMERGENCY: Target(3 * MINUTE, 15 * MINUTE, 2 * HOUR),
    Priority.URGENT: Target(10 * MINUTE, 30 * MINUTE, 4 * HOUR),
    Priority.NORMAL: Target(30 * MINUTE, 4 * HOUR, 24 * HOUR),
}
DAY, NIGHTS_OFF = Policy(TARGETS), Policy(TARGETS, quiet=QuietHours(time(22, 30), time(7, 30), SHANGHAI))
WISHES = st.builds(
    lambda ahead, long: Wish("", NOW + ahead * MINUTE, NOW + (ahead + long) * MINUTE),
    st.integers(-600, 20_000), st.integers(0, 1440),
)  # fmt: skip


def order(wish: Wish | None, priority: Priority = Priority.NORMAL, status: Status = Status.ACCEPTED) -> Order:
    return Order(
        no=1, reporter="w", words="灯", category=Category.LIGHTING, priority=priority, status=status, holder="li",
        opened_at=NOW, clock_at=NOW, accepted_at=NOW, first_accepted_at=NOW, wish=wish,
    )  # fmt: skip


@given(WISHES, st.sampled_from([Priority.EMERGENCY, Priority.URGENT]), st.sampled_from(Status))
def test_nothing_grave_waits_for_a_wish(wish: Wish, priority: Priority, status: Status) -> None:
    wished, plain = order(wish, priority, status), order(None, priority, status)
    assert dues_of(wished, DAY, NOW) == dues_of(plain, DAY, NOW)
    assert accept_starts(wished, DAY, NOW) == NOW


@given(WISHES)
def test_a_wish_ahead_is_when_the_arrival_is_due(wish: Wish) -> None:
    by = arrive_by(order(wish), DAY)
    if wish.since > NOW:
        assert wish.since < by <= wish.since + TARGETS[Priority.NORMAL].arrive
        assert by <= wish.until or wish.since == wish.until
        assert finish_by(order(wish), DAY) == wish.since + TARGETS[Priority.NORMAL].finish
    else:
        assert by == arrive_by(order(None), DAY)


@given(WISHES, st.sampled_from([DAY, NIGHTS_OFF]))
def test_an_order_is_offered_before_its_time_and_never_in_the_past(wish: Wish, policy: Policy) -> None:
    starts = accept_starts(order(wish, status=Status.OPEN), policy, NOW)
    assert starts >= NOW
    assert starts == NOW or policy.quiet or starts <= wish.since - HOUR - TARGETS[Priority.NORMAL].accept
    if policy.quiet:
        assert policy.quiet.end_of(starts) == starts


def test_work_that_was_done_before_its_wished_time_is_due_as_ever() -> None:
    wish = Wish("", NOW + 72 * HOUR, NOW + 74 * HOUR)
    done = replace(order(wish), status=Status.CLOSED, finished_at=NOW + HOUR, closed_at=NOW + 2 * HOUR)
    assert finish_by(done, DAY) == NOW + 24 * HOUR


def test_what_is_over_or_far_away_is_no_wish() -> None:
    at = datetime(2026, 11, 23, 15, 0, tzinfo=SHANGHAI)
    assert wish_of(Visit("今天上午", days=0, since=480, until=720), at, SHANGHAI) is None
    assert wish_of(Visit("1月5号", date=(1, 5)), at, SHANGHAI) is None
    assert wish_of(None, at, SHANGHAI) is None
    tomorrow = wish_of(Visit("明天上午", days=1, since=480, until=720), at, SHANGHAI)
    assert tomorrow == Wish("明天上午", datetime(2026, 11, 24, 0, tzinfo=UTC), datetime(2026, 11, 24, 4, tzinfo=UTC))
