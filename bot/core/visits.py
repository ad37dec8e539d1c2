"""When somebody is wished to come, as people say it, and which hours that is."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_DAY = 24 * 60
# A wish further ahead is more likely misread than meant.
FURTHEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Visit:
    """A wished time of visit, without a clock.

    ``words`` are the sender's own. The day is one of: ``days`` after today, a ``weekday`` (0 is Monday; the coming one,
    ``weeks`` weeks later), a ``date`` (month or None, day); none of them: today, or the next day if the hour has
    passed. ``since`` and ``until`` are minutes after midnight, None where open.
    """

    words: str
    days: int | None = None
    weekday: int | None = None
    weeks: int = 0
    date: tuple[int | None, int] | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A wished time of visit on the clock: the sender's ``words``, and from when to when they mean."""

    words: str
    since: datetime
    until: datetime


def wish_of(visit: Visit | None, now: datetime, tz: tzinfo) -> Wish | None:
    """The wish that words said ``now`` mean (UTC); None where there is none, it is over, or lies too far ahead."""
    if visit is None:
        return None
    since, until = (at.astimezone(UTC) for at in window(visit, now.astimezone(tz)))
    return Wish(visit.words[:64], since, until) if now < until and since < now + FURTHEST else None


def window(visit: Visit, said: datetime) -> tuple[datetime, datetime]:
    """Return from when to when the visit is wished, for words said at this local time; the time zone is kept.

    A date that does not exist means the last day of its month.
    """
    day = _day(visit, said)
    since = visit.since if visit.since is not None else 0
    until = visit.until if visit.until is not None else _DAY
    start, end = _at(day, since), _at(day, max(until, since))
    undated = visit.days is None and visit.weekday is None and visit.date is None
    if undated and end <= said:
        start, end = start + timedelta(days=1), end + timedelta(days=1)
    return start, end


def _at(day: datetime, minutes: int) -> datetime:
    # Wall clock time: an hour that summer time skips or repeats is left to the time zone.
    return datetime.combine(day.date() + timedelta(days=minutes // _DAY), _clock(minutes % _DAY), day.tzinfo)


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _day(visit: Visit, said: datetime) -> datetime:
    if visit.days is not None:
        return said + timedelta(days=visit.days)
    if visit.weekday is not None:
        # 下周三 is the Wednesday of the next week, counted from its Monday; 周三 alone is the next one to come.
        if visit.weeks:
            return said + timedelta(days=7 * visit.weeks - said.weekday() + visit.weekday)
        return said + timedelta(days=(visit.weekday - said.weekday()) % 7)
    if visit.date is not None:
        return _on_date(visit.date, said)
    return said


def _on_date(date: tuple[int | None, int], said: datetime) -> datetime:
    month, day = date
    year, wanted = said.year, month or said.month
    found = _last_before(said, year, wanted, day)
    if found.date() < said.date():
        if month:
            found = _last_before(said, year + 1, month, day)
        else:
            found = _last_before(said, year + wanted // 12, wanted % 12 + 1, day)
    return found


def _last_before(said: datetime, year: int, month: int, day: int) -> datetime:
    for one in range(day, 0, -1):
        try:
            return said.replace(year=year, month=month, day=one)
        except ValueError:
            continue
    return said
