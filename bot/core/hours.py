"""Quiet hours: the part of the day in which normal orders wait."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_DAY = 24 * 60


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
        if self.start == self.end:
            return start + span
        now = self.end_of(start)
        while True:
            quiet = self.start_after(now)
            if now + span <= quiet:
                return now + span
            span -= quiet - now
            now = self.end_of(quiet)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
