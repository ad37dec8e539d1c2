"""Working days: the state's calendar with its holidays and 调休 days, and what the property says itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache


def _nothing(day: date) -> bool | None:
    return None


@dataclass(frozen=True)
class WorkCalendar:
    """``official`` knows some years (True: a working day, None: the year is not known); ``own`` days win over it.

    A year that nobody knows falls back to Monday to Friday.
    """

    official: Callable[[date], bool | None] = _nothing
    own: Mapping[date, bool] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """True if people work on that day."""
        if day in self.own:
            return self.own[day]
        found = self.official(day)
        return day.weekday() < 5 if found is None else found

    def knows(self, year: int) -> bool:
        """True if the holidays of that year are known, from the library or from the property's own file."""
        return self.official(date(year, 7, 1)) is not None or any(day.year == year for day in self.own)


@lru_cache(maxsize=1)
def plain_weekdays() -> WorkCalendar:
    """Monday to Friday, whatever the state says."""
    return WorkCalendar()
