"""Who is on duty by brute force: a plan a person and day, and every minute marked by what a clock on the wall shows.

Nothing of `bot/core` is used here but names: rules are spelled out as rows of letters, times as what the wall shows.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
FIRST = date(2026, 11, 23)
ROWS = {  # a crew: its row, and how many days ago it began
    "zuoyi1": ("全休", 0),
    "zuoyi2": ("全休", 1),
    "ban1": ("早早中中夜夜休休", 0),
    "ban2": ("早早中中夜夜休休", 2),
    "ban3": ("早早中中夜夜休休", 4),
    "ban4": ("早早中中夜夜休休", 6),
}
BY_TABLE = ("biao1", "biao2", "biao3")
# What the wall shows at both ends, and on which day after that of the table; 甲 and 乙 meet inside clock changes.
WALL = {
    "早": ((0, 8, 0), (0, 16, 0)),
    "中": ((0, 16, 0), (1, 0, 0)),
    "夜": ((1, 0, 0), (1, 8, 0)),
    "全": ((0, 8, 0), (1, 8, 0)),
    "甲": ((0, 14, 0), (1, 1, 30)),
    "乙": ((0, 1, 30), (0, 2, 30)),
    "丙": ((0, 2, 30), (0, 14, 0)),
}


@dataclass
class Plan:
    """Who works what on which day, after everything that was changed by hand."""

    days: list[date]
    codes: dict[tuple[str, date], list[str]]
    table: dict[tuple[str, date], str]
    swapped: list[tuple[str, str, date]] = field(default_factory=list)
    left: list[tuple[str, date]] = field(default_factory=list)

    @property
    def people(self) -> list[str]:
        return [*ROWS, *BY_TABLE]


def plan(days: int, seed: int) -> Plan:
    """A year of rotations and of a table drawn by lot, with days off and swaps."""
    draw = random.Random(seed)
    every = [FIRST + timedelta(days=n) for n in range(days)]
    codes = {
        (who, day): [row[((day - FIRST).days - ago) % len(row)]] for who, (row, ago) in ROWS.items() for day in every
    }
    table = {(who, day): draw.choice("早中夜全甲乙丙休") for who in BY_TABLE for day in every}
    found = Plan(every, {**codes, **{key: [code] for key, code in table.items()}}, table)
    for day in draw.sample(every, days // 10):
        one, other = draw.sample([*ROWS], 2)
        key, his = (one, day), (other, day)
        found.codes[key], found.codes[his] = found.codes[his], found.codes[key]
        found.swapped.append((one, other, day))
    for day in draw.sample(every, days // 8):
        who = draw.choice([*ROWS, *BY_TABLE])
        found.codes[who, day] = []
        found.left.append((who, day))
    return found


def minutes(zone: ZoneInfo, days: int) -> list[datetime]:
    """Every minute (UTC) of so many local days."""
    at = datetime.combine(FIRST, time(), zone).astimezone(UTC)
    end = datetime.combine(FIRST + timedelta(days=days), time(), zone).astimezone(UTC)
    return [at + n * MINUTE for n in range((end - at) // MINUTE)]


def on_duty_by_minute(found: Plan, zone: ZoneInfo, every: list[datetime]) -> dict[str, bytearray]:
    """A mark a minute for each person, from what the wall shows in that minute."""
    first_at: dict[datetime, int] = {}
    wall = datetime.combine(FIRST, time())
    for number, at in enumerate(every):
        wall = at.astimezone(zone).replace(tzinfo=None)
        first_at.setdefault(wall, number)
    marks = {who: bytearray(len(every)) for who in found.people}
    for (who, day), codes in found.codes.items():
        for code in codes:
            if code != "休":
                start, end = (_number(first_at, day, shown, wall) for shown in WALL[code])
                for number in range(start, min(end, len(every))):
                    marks[who][number] = 1
    return marks


def _number(first_at: dict[datetime, int], day: date, shown: tuple[int, int, int], last: datetime) -> int:
    """The first minute in which the wall shows this; if it never does, the first that shows what comes after it."""
    later, hour, minute = shown
    wall = datetime.combine(day + timedelta(days=later), time(hour, minute))
    while wall not in first_at:
        if wall > last:
            return len(first_at) + 1_000_000
        wall += MINUTE
    return first_at[wall]


def differing(marks: dict[str, bytearray], number: int, answer: set[str]) -> bool:
    """True if the answer for that minute is not what the wall says."""
    return {who for who, mark in marks.items() if mark[number]} != answer


def months(found: Plan) -> Iterator[tuple[date, list[date]]]:
    """The days of the plan month by month."""
    by_month: dict[date, list[date]] = {}
    for day in found.days:
        by_month.setdefault(day.replace(day=1), []).append(day)
    yield from by_month.items()
