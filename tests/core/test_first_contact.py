"""首问 by person: what counts in which span."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.digests import Span
from bot.core.first_contact import Line, Owed, lines, span_of
from bot.core.kinds import Category, Priority
from bot.core.orders import Order, Status

TZ = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 23, tzinfo=UTC)
END = START + timedelta(days=7)
HOUR = timedelta(hours=1)


def order(no: int, owner: str | None, opened: datetime, closed: datetime | None = None, how: str = "") -> Order:
    return Order(
        no=no,
        reporter="wang",
        words="漏水",
        category=Category.LEAK,
        priority=Priority.NORMAL,
        status=Status.CLOSED if closed else Status.OPEN,
        opened_at=opened,
        clock_at=opened,
        closed_at=closed,
        closed_how=how,
        owner=owner,
    )


def test_each_figure_is_of_its_span() -> None:
    orders = [
        order(1, "kefu", START - HOUR, START + HOUR, "confirmed"),
        order(2, "kefu", START, START + 4 * HOUR, "unconfirmed"),
        order(3, "kefu", START + HOUR, START + 2 * HOUR, "cancelled"),
        order(4, "kefu", START + HOUR, END, "confirmed"),
        order(5, "kefu", END),
        order(6, None, START),
        order(7, "mei", START - HOUR),
    ]
    calls = [
        Owed("kefu", START, START + HOUR, None),
        Owed("kefu", START, END + HOUR, END),
        Owed("kefu", START, START + HOUR, START + HOUR),
        Owed("kefu", END, END + HOUR, None),
    ]
    assert lines(orders, calls, Span(START, END)) == [
        Line("kefu", taken=3, open=1, owed=2, overdue=1, mean=3 * HOUR),
        Line("mei", taken=0, open=1, owed=0, overdue=0, mean=None),
    ]


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("", "2026-11-23 00:00", "2026-11-25 09:00"),
        ("上周", "2026-11-16 00:00", "2026-11-23 00:00"),
        ("上个 星期", "2026-11-16 00:00", "2026-11-23 00:00"),
        ("本月", "2026-11-01 00:00", "2026-11-25 09:00"),
        ("上月", "2026-10-01 00:00", "2026-11-01 00:00"),
    ],
)
def test_the_spans_that_can_be_asked_for(words: str, start: str, end: str) -> None:
    now = datetime(2026, 11, 25, 9, tzinfo=TZ)
    found = span_of(words, now, TZ)
    assert found == Span(*(datetime.fromisoformat(at).replace(tzinfo=TZ) for at in (start, end)))


def test_other_words_are_no_span() -> None:
    assert span_of("去年", START, TZ) is None
