"""Rules that fill the duty list by themselves (轮班): 做一休一, 四班三运转, 两班倒, 五天白班, or a row of codes."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

IsWorkday = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of shift codes, a day each, that begins again at its end.

    ``step``: how many days later than the crew before it each crew is in the row. ``workdays``: the row counts on
    working days alone, the other days are free.
    """

    pattern: tuple[str, ...]
    step: int
    workdays: bool = False


RULES: dict[str, Rule] = {
    "做一休一": Rule(("全", "休"), 1),
    "做一休二": Rule(("全", "休", "休"), 1),
    "两班倒": Rule(("白",) * 7 + ("大夜",) * 7, 7),
    "四班两运转": Rule(("白", "大夜", "休", "休"), 1),
    "四班三运转": Rule(("早", "早", "中", "中", "夜", "夜", "休", "休"), 2),
    "五天白班": Rule(("常",), 0, workdays=True),
}


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rule with its crews. ``start``: the day on which the first crew begins the row; nothing is filled before it.

    ``until``: the last day that is filled; None: no end. ``tier``: None takes the tier of the shift.
    """

    name: str
    rule: Rule
    start: date
    crews: tuple[tuple[str, ...], ...]
    until: date | None = None
    tier: int | None = None


class Planned(NamedTuple):
    """That a rule has somebody work a shift on a day."""

    person: str
    day: date
    code: str
    tier: int | None


def rule_of(words: str) -> Rule | None:
    """The rule of that name, or the one whose codes the words are (白 夜 休 休, a crew a day later each); else None."""
    plain = words.strip()
    if plain in RULES:
        return RULES[plain]
    codes = tuple(code for code in re.split(r"[\s,，、]+", plain) if code)
    return Rule(codes, 1) if len(codes) > 1 else None


def code_on(rotation: Rotation, crew: int, day: date, is_workday: IsWorkday) -> str:
    """The code that the rule has for a crew (from 0) on a day; 休 where it does not reach."""
    if day < rotation.start or (rotation.until is not None and day > rotation.until):
        return "休"
    rule = rotation.rule
    if rule.workdays and not is_workday(day):
        return "休"
    return rule.pattern[((day - rotation.start).days - crew * rule.step) % len(rule.pattern)]


def fill(
    rotation: Rotation, first: date, last: date, settled: Collection[tuple[str, date]], is_workday: IsWorkday
) -> Iterator[Planned]:
    """Every shift of the rule from ``first`` to ``last``, without the days of people that are settled by hand."""
    day = first
    while day <= last:
        for number, crew in enumerate(rotation.crews):
            code = code_on(rotation, number, day, is_workday)
            if code in ("休", "假"):
                continue
            for person in crew:
                if (person, day) not in settled:
                    yield Planned(person, day, code, rotation.tier)
        day += timedelta(days=1)
