"""Hours in which a clock runs: outside quiet hours (免打扰), in working hours (工作时间), never while it waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

from bot.core.shifts import instant

_DAY = 24 * 60
_LOOK_AHEAD = 400  # days; a calendar without a working day in more than a year is none
Span = tuple[datetime, datetime]


class Hours(Protocol):
    """When time counts."""

    @property
    def awake_share(self) -> float:
        """The part of a long time that counts at least, above 0 up to 1."""

    def end_of(self, at: datetime) -> datetime:
        """``at`` itself if it counts, else when time counts again (UTC)."""

    def start_after(self, at: datetime) -> datetime:
        """When time stops counting next after ``at``, which counts (UTC)."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` up to, not including, ``end`` of local time each day; over midnight where start > end."""

    start: time
    end: time
    tz: tzinfo

    @property
    def awake_share(self) -> float:
        """The part of a day that is not quiet, above 0 up to 1."""
        quiet = _minutes(self.end) - _minutes(self.start)
        return 1 - (quiet % _DAY) / _DAY

    def end_of(self, at: datetime) -> datetime:
        """``at`` itself, or the end of the quiet hours it falls into (UTC)."""
        local = at.astimezone(self.tz)
        clock = local.time()
        if self.start <= self.end:
            if not self.start <= clock < self.end:
                return at
            day = local.date()
        elif clock >= self.start:
            day = local.date() + timedelta(days=1)
        elif clock < self.end:
            day = local.date()
        else:
            return at
        return datetime.combine(day, self.end, self.tz).astimezone(UTC)

    def start_after(self, at: datetime) -> datetime:
        """The next beginning of quiet hours strictly after ``at``, which lies outside them (UTC)."""
        day = at.astimezone(self.tz).date()
        while True:
            begin = datetime.combine(day, self.start, self.tz).astimezone(UTC)
            if begin > at:
                return begin
            day += timedelta(days=1)

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The instant at which ``span`` of time outside quiet hours has passed since ``start`` (UTC)."""
        return add(start, span, self if self.start != self.end else None)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """``windows`` of the day in minutes after midnight, in order and apart, on the ``weekdays`` (0 is Monday).

    ``is_workday``: the calendar; a holiday that falls on Monday to Friday is off, a Saturday or Sunday worked for one
    (调休) is on, whatever ``weekdays`` says.
    """

    windows: tuple[tuple[int, int], ...]
    weekdays: frozenset[int]
    is_workday: Callable[[date], bool]
    tz: tzinfo

    @property
    def awake_share(self) -> float:
        """The part of a week that is worked; half of it, as there are weeks of nothing but holidays."""
        return sum(end - start for start, end in self.windows) * max(len(self.weekdays), 1) / (7 * _DAY) / 2

    def open_on(self, day: date) -> bool:
        """True on a day that is worked."""
        if self.is_workday(day) is (day.weekday() >= 5):  # the calendar says something else than the week does
            return day.weekday() >= 5
        return day.weekday() in self.weekdays

    def end_of(self, at: datetime) -> datetime:
        """``at`` itself if it is worked, else the beginning of the next window."""
        day = at.astimezone(self.tz).date()
        for _ in range(_LOOK_AHEAD):
            if self.open_on(day):
                for start, end in self.windows:
                    if at < instant(day, end, self.tz):
                        return max(at, instant(day, start, self.tz))
            day += timedelta(days=1)
        return at

    def start_after(self, at: datetime) -> datetime:
        """The end of the window that ``at`` lies in."""
        day = at.astimezone(self.tz).date()
        if self.open_on(day):
            for start, end in self.windows:
                if instant(day, start, self.tz) <= at < instant(day, end, self.tz):
                    return instant(day, end, self.tz)
        return at + timedelta(days=1)


def add(start: datetime, span: timedelta, hours: Hours | None, pauses: Sequence[Span] = ()) -> datetime:
    """The instant at which ``span`` of time that counts has passed since ``start``: in ``hours`` (None: around the
    clock) and in none of the ``pauses``, which are in order and apart."""
    now = start
    while True:
        now = hours.end_of(now) if hours else now
        inside = next((end for begin, end in pauses if begin <= now < end), None)
        if inside is not None:
            now = inside
            continue
        stops = [begin for begin, _ in pauses if begin > now][:1]
        if hours:
            stops.append(hours.start_after(now))
        if not stops or now + span <= min(stops):
            return now + span
        span -= min(stops) - now
        now = min(stops)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
