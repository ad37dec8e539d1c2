"""首问负责 in figures: what each person who takes reports in has taken, what of it is open, and what calls are owed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from bot.core.digests import DONE, Span
from bot.core.orders import Order

_WEEK, _MONTH = re.compile(r"^([上本这])个?(?:周|星期|礼拜)$"), re.compile(r"^([上本这])个?月$")


class Owed(NamedTuple):
    """A call that whoever took a report in owes its reporter."""

    owner: str
    opened_at: datetime
    due_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One person's figures. ``taken`` and ``mean`` (None: nothing was done) are of the span; the others of its end."""

    person: str
    taken: int
    open: int
    owed: int
    overdue: int
    mean: timedelta | None


def lines(orders: Sequence[Order], calls: Sequence[Owed], span: Span) -> list[Line]:
    """Everybody who is first contact for anything in the span, who took in most first."""
    people = dict.fromkeys([*(o.owner for o in orders if o.owner), *(c.owner for c in calls)])
    found = [_line(p, [o for o in orders if o.owner == p], [c for c in calls if c.owner == p], span) for p in people]
    shown = [line for line in found if line.taken or line.open or line.owed or line.mean is not None]
    return sorted(shown, key=lambda line: (-line.taken, -line.open, line.person))


def span_of(words: str, now: datetime, tz: tzinfo) -> Span | None:
    """The span that the words name: this week so far where there are none, 上周, 本月 so far, 上月; None for others."""
    today = now.astimezone(tz).date()
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    said = "".join(words.split()) or "本周"
    week, month = _WEEK.match(said), _MONTH.match(said)
    if week is None and month is None:
        return None
    start = monday if week else first
    before = monday - timedelta(days=7) if week else (first - timedelta(days=1)).replace(day=1)
    found = week or month
    assert found is not None
    return Span(_begin(before, tz), _begin(start, tz)) if found[1] == "上" else Span(_begin(start, tz), now)


def _begin(day: date, tz: tzinfo) -> datetime:
    return datetime.combine(day, time(), tz).astimezone(UTC)


def _line(person: str, orders: Sequence[Order], calls: Sequence[Owed], span: Span) -> Line:
    spans = [
        o.closed_at - o.opened_at for o in orders if o.closed_at and span.covers(o.closed_at) and o.closed_how in DONE
    ]
    owed = [c for c in calls if c.opened_at < span.end and (c.done_at is None or c.done_at >= span.end)]
    return Line(
        person,
        taken=sum(span.covers(o.opened_at) for o in orders),
        open=sum(o.opened_at < span.end and (o.closed_at is None or o.closed_at >= span.end) for o in orders),
        owed=len(owed),
        overdue=sum(c.due_at < span.end for c in owed),
        mean=sum(spans, timedelta()) / len(spans) if spans else None,
    )
