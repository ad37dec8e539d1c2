"""Days as people spell them: 11-25, 11月25日, 2026/11/25, 25号, 明天, 周三."""

import re
import unicodedata
from datetime import date, timedelta
from typing import NamedTuple

_FROM_TODAY = {"前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_WEEKDAYS = "一二三四五六日"
_FULL = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*[日号]?"
_SHORT = r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*[日号]?"
_DAY = r"(\d{1,2})\s*[日号]"
_TO = re.compile(r"\s*(?:至|到|[-–—~]+)\s*")
_MONTH = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(?<!\d)(\d{1,2})\s*月")
_MONTH_BARE = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})(?!\d)")


class Days(NamedTuple):
    """The days a text begins with, and what is left of it."""

    first: date
    last: date
    rest: str


def take_days(text: str, today: date) -> Days | None:
    """The day or span of days a text begins with; None if it begins with none, or with one that does not exist.

    Without its year a date is the one nearest to ``today``; 25号 and 周三 are the next such day from today on.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _one(plain, today)
    if found is None:
        return None
    first, rest = found
    to = _TO.match(rest)
    if to and (second := _one(rest[to.end() :], first)) and second[0] >= first:
        return Days(first, second[0], second[1].strip())
    return Days(first, first, rest.strip())


def read_day(text: str, today: date) -> date | None:
    """The day a text is, and nothing else; None otherwise."""
    found = take_days(text, today)
    return found.first if found and not found.rest and found.first == found.last else None


class Ending(NamedTuple):
    """The words of a text before the day it ends with."""

    words: str
    day: date


def day_at_end(text: str, today: date) -> Ending | None:
    """The day a text ends with, after a blank or a mark: 等配件 12-03, 等厂家，下周三到. None if it ends with none."""
    for match in re.finditer(r"[\s,，、:：;；]+", text):
        tail = text[match.end() :].strip().rstrip("。.！!").removesuffix("到货").removesuffix("到").removesuffix("来")
        day = read_day(tail, today) if tail else None
        if day is not None:
            return Ending(text[: match.start()].strip(), day)
    return None


def month_in(text: str) -> tuple[int | None, int] | None:
    """The year (if it is there) and month that a title names: 2026年11月排班表, 2026-11, 12月."""
    plain = unicodedata.normalize("NFKC", text)
    for pattern in (_MONTH, _MONTH_BARE):
        for match in pattern.finditer(plain):
            if 1 <= int(match[2]) <= 12:
                return (int(match[1]) if match[1] else None), int(match[2])
    return None


def nearest(month: int, day: int, today: date) -> date | None:
    """The day of that month and day nearest to ``today``; None if there is none."""
    found = [d for year in (today.year - 1, today.year, today.year + 1) if (d := real(year, month, day))]
    return min(found, key=lambda d: abs(d - today), default=None)


def real(year: int, month: int, day: int) -> date | None:
    """The date, None if the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _one(text: str, today: date) -> tuple[date, str] | None:
    for words in sorted(_FROM_TODAY, key=len, reverse=True):
        if text.startswith(words):
            return today + timedelta(days=_FROM_TODAY[words]), text[len(words) :]
    if match := re.match(rf"(下?)(?:周|星期|礼拜)([{_WEEKDAYS}天])", text):
        weekday = _WEEKDAYS.index(match[2].replace("天", "日"))
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 if match[1] else 0)
        day = monday + timedelta(days=weekday)
        return (day if day >= today else day + timedelta(days=7)), text[match.end() :]
    if match := re.match(_FULL, text):
        return _found(real(int(match[1]), int(match[2]), int(match[3])), text[match.end() :])
    if match := re.match(_SHORT, text):
        return _found(nearest(int(match[1]), int(match[2]), today), text[match.end() :])
    if match := re.match(_DAY, text):
        return _found(_next_of_month(int(match[1]), today), text[match.end() :])
    return None


def _found(day: date | None, rest: str) -> tuple[date, str] | None:
    return None if day is None else (day, rest)


def _next_of_month(number: int, today: date) -> date | None:
    for ahead in range(3):
        month = today.month - 1 + ahead
        day = real(today.year + month // 12, month % 12 + 1, number)
        if day and day >= today:
            return day
    return None
