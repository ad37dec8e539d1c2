"""Case 26. TZ unset, Shanghai, New York, London, Apia, 400 days.

Demanded: for every minute of each zone who is on duty equals what a plain search of the list finds; no gap, no overlap
within a tier; exactly one daily digest for every local day.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.duty import Roster, Shift
from bot.core.kinds import Role
from bot.core.people import Person
from bot.core.periods import Daily, following, latest

ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Apia"]
FIRST = date(2026, 1, 1)
CREW = {f"p{n}": Person(f"p{n}", f"p{n}", f"p{n}", Role.ENGINEER) for n in range(4)}
MINUTE = timedelta(minutes=1)


@pytest.mark.weight(8)
@pytest.mark.parametrize("zone", ZONES)
def test_duty_and_digests_of_every_minute(case, zone: str) -> None:
    tz = ZoneInfo(zone)
    days = case.times(4, 400)
    # The sample looks at the days around a change of the clock.
    first = FIRST if case.whole else date(2026, 3, 28) if zone == "Europe/London" else date(2026, 3, 7)
    with case.row(zone) as row:
        shifts = []
        for n in range(days):
            day = first + timedelta(days=n)
            edges = [_at(day, time(8), tz), _at(day, time(20), tz), _at(day + timedelta(days=1), time(8), tz)]
            shifts += [Shift(f"p{n % 2}", edges[0], edges[1], 1), Shift(f"p{2 + n % 2}", edges[1], edges[2], 1)]
        roster = Roster(CREW, shifts)
        start, end = shifts[0].start, shifts[-1].end
        at, differences, gaps, overlaps, position = start, 0, 0, 0, 0
        while at < end:
            while shifts[position].end <= at:
                position += 1
            # The oracle: a plain search of the neighbourhood in the list, which is in order of time.
            near = shifts[max(0, position - 3) : position + 4]
            oracle = {s.person for s in near if s.start <= at < s.end}
            found = set(roster.on_duty(at))
            differences += found != oracle
            gaps += not found
            overlaps += len(found) > 1
            at += MINUTE
            row.times += 1
        digests, doubled = _digests(first, days, tz)
        row.counted(days - digests, doubled)
        row.done = f"{days} days, {row.times} minutes; a digest at 08:37 of every local day"
        row.demands("minutes that differ from the oracle", differences, at_most=0)
        row.demands("minutes with nobody", gaps, at_most=0)
        row.demands("minutes with two", overlaps, at_most=0)


def _at(day: date, clock: time, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tz).astimezone(UTC)


def _digests(first: date, days: int, tz: ZoneInfo) -> tuple[int, int]:
    """Local days that got their digest, and digests beyond one a day, from one to the next as the timer goes."""
    when = Daily(time(8, 37))
    now = _at(first, time(0), tz)
    end = _at(first + timedelta(days=days), time(0), tz)
    sent: list[str] = []
    while (now := following(when, now, tz)) < end:
        period, _ = latest(when, now, tz)
        sent.append(period)
    return len(set(sent)), len(sent) - len(set(sent))
