"""When periodic work is due, in local time: each period has one name, so that it is done once whatever restarts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at a local time."""

    at: time

    def day_before(self, today: date) -> date:
        """The latest day up to ``today`` on which it happens."""
        return today


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on ``weekday`` (0 is Monday)."""

    weekday: int
    at: time

    def day_before(self, today: date) -> date:
        return today - timedelta(days=(today.weekday() - self.weekday) % 7)


@dataclass(frozen=True, slots=True)
class Monthly:
    """Every month on ``day`` (1 to 28)."""

    day: int
    at: time

    def day_before(self, today: date) -> date:
        if today.day >= self.day:
            return today.replace(day=self.day)
        return (today.replace(day=1) - timedelta(days=1)).replace(day=self.day)


When = Daily | Weekly | Monthly


def latest(when: When, now: datetime, tz: tzinfo) -> tuple[str, datetime]:
    """The latest moment up to ``now`` at which it was due, and the name of that period (its local date)."""
    day = when.day_before(now.astimezone(tz).date())
    if _moment(day, when.at, tz) > now:
        day = when.day_before(day - timedelta(days=1))
    return day.isoformat(), _moment(day, when.at, tz)


def following(when: When, now: datetime, tz: tzinfo) -> datetime:
    """The next moment after ``now`` at which it is due."""
    day = now.astimezone(tz).date()
    for _ in range(64):
        if when.day_before(day) == day and (moment := _moment(day, when.at, tz)) > now:
            return moment
        day += timedelta(days=1)
    raise AssertionError("every period comes round within two months")


def span(when: When, moment: datetime, tz: tzinfo) -> tuple[datetime, datetime]:
    """What a digest due at ``moment`` covers: from the moment of the period before it, so that nothing is left out."""
    day = moment.astimezone(tz).date()
    return _moment(when.day_before(day - timedelta(days=1)), when.at, tz), moment


def _moment(day: date, at: time, tz: tzinfo) -> datetime:
    return datetime.combine(day, at, tz).astimezone(UTC)
