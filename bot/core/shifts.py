"""Shifts by their codes (班次): 早 is 08:00 to 16:00 of its day, 夜 lies behind midnight, 休 is none."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = 24 * 60
_TIMES = re.compile(r"(\d{1,2})(?:[:：](\d{2}))?\s*[-–—~至到]\s*(\d{1,2})(?:[:：](\d{2}))?")
_RESTS = frozenset({"休", "假", "", "-", "—", "/", "无", "休息", "公休", "轮休", "调休", "补休", "请假", "OFF"})
_JOINED = re.compile(r"[+/、,，;；\s]+")
_PRECISE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Times:
    """From ``start`` to ``end`` in minutes after the midnight with which the day of the shift begins.

    The end may lie on the next day, and so may the start (夜 of the 25th is 00:00 to 08:00 of the 26th).
    ``tier`` None: by the person, 3 for those who lead and 1 for everybody else.
    """

    start: int
    end: int
    tier: int | None = None

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


Codes = Mapping[str, Times | None]


@dataclass(frozen=True, slots=True)
class Named:
    """A shift of one day by its code; ``code`` is "" where a cell gives the times themselves."""

    code: str
    times: Times


# The usual three shifts, two shifts, a day and a night through, office hours (domain-facts A 4.7).
USUAL: Codes = {
    "早": Times(8 * 60, 16 * 60),
    "中": Times(16 * 60, _DAY),
    "晚": Times(_DAY, _DAY + 8 * 60),
    "夜": Times(_DAY, _DAY + 8 * 60),
    "白": Times(8 * 60, 20 * 60),
    "大夜": Times(20 * 60, _DAY + 8 * 60),
    "全": Times(8 * 60, _DAY + 8 * 60),
    "常": Times(8 * 60 + 30, 17 * 60 + 30),
    "备": Times(17 * 60 + 30, _DAY + 8 * 60 + 30, tier=2),
    "休": None,
    "假": None,
}


class BadCode(ValueError):
    """Words that are no shift; the text says what they were."""


def parse_times(words: str) -> Times | None:
    """``08:00-16:00``, ``20:00-08:00`` over midnight, ``24:00-08:00`` behind midnight, with a tier 1 to 3 after it if
    need be; 休: no duty. Raises ValueError."""
    plain = unicodedata.normalize("NFKC", words).strip()
    if plain in ("休", "假"):
        return None
    match = _TIMES.match(plain)
    tail = plain[match.end() :].strip() if match else ""
    if match is None or (tail and tail not in ("1", "2", "3")):
        raise ValueError(words)
    start = int(match[1]) * 60 + int(match[2] or 0)
    end = int(match[3]) * 60 + int(match[4] or 0)
    if start > _DAY or end > _DAY or int(match[2] or 0) > 59 or int(match[4] or 0) > 59:
        raise ValueError(words)
    while end <= start:
        end += _DAY
    return Times(start, end, int(tail) if tail else None)


def read_cell(words: str, codes: Codes) -> list[Named]:
    """The shifts a cell of a shift table stands for: 早, 早班, 早+中, 早/夜, 8:00-20:00; none for 休, 假 and a blank.

    Raises BadCode.
    """
    plain = unicodedata.normalize("NFKC", words).strip().upper()
    if _rests(plain, codes):
        return []
    whole = code_of(plain, codes)
    found: list[Named] = []
    for part in [plain] if whole or _TIMES.fullmatch(plain) else [p for p in _JOINED.split(plain) if p]:
        if _rests(part, codes):
            continue
        code = code_of(part, codes)
        times = codes[code] if code else None
        if times is None and _TIMES.fullmatch(part):
            try:
                times = parse_times(part)
            except ValueError:
                times = None
        if times is None:
            raise BadCode(words)
        found.append(Named(code or "", times))
    return found


def code_of(words: str, codes: Codes) -> str | None:
    """The code that a word names, with or without 班; None if it names none."""
    plain = unicodedata.normalize("NFKC", words).strip().upper()
    by_name = {code.upper(): code for code in codes}
    return by_name.get(plain) or by_name.get(plain.removesuffix("班"))


def take_code(text: str, codes: Codes) -> tuple[str, str] | None:
    """The code a text begins with, and what is left of it; None if it begins with none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for code in sorted(codes, key=len, reverse=True):
        if plain.upper().startswith(code.upper()):
            return code, plain[len(code) :].removeprefix("班").strip()
    return None


def instant(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The moment (UTC) at which a local clock shows so many minutes after the midnight of ``day``.

    Of a time that comes twice the first is meant; for one that daylight saving leaves out, the moment of the jump.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found
    while after - before > _PRECISE:  # the clock shows an earlier time at ``before``, a later one at ``after``
        middle = before + ((after - before) // 2 // _PRECISE or 1) * _PRECISE
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after


def _rests(plain: str, codes: Codes) -> bool:
    if plain in codes and codes[plain] is not None:
        return False
    return plain in _RESTS or (len(plain) <= 4 and plain.endswith("假")) or codes.get(plain, plain) is None


def _clock(minutes: int) -> str:
    return f"{minutes // 60 if minutes <= _DAY else minutes // 60 - 24:02}:{minutes % 60:02}"
