"""The state's calendar from the kept library; nobody else knows it, and it may end before the year we are in."""

from datetime import date

import chinese_calendar


def official(day: date) -> bool | None:
    """True for a working day, 调休 days included; None for a year that the library does not know yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
