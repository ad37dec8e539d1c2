"""Counting how well labelled sentences are read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import Place, Reading
from bot.nlp import Reader
from tests.nlp.bench_files import Row


@dataclass(frozen=True)
class Read:
    """A row and how it was read."""

    row: Row
    reading: Reading

    @property
    def intent_right(self) -> bool:
        return self.reading.intent is self.row.intent

    @property
    def categories(self) -> frozenset[Category]:
        return frozenset(fault.category for fault in self.reading.faults)

    @property
    def is_emergency(self) -> bool:
        return any(fault.priority is Priority.EMERGENCY for fault in self.reading.faults)

    @property
    def door_right(self) -> bool:
        return _door(self.reading.place) == _door(self.row.place)

    @property
    def area_right(self) -> bool:
        return (self.reading.place.area or "") == (self.row.place.area or "")

    @property
    def priority_right(self) -> bool:
        return set(self.row.faults) == {(fault.category, fault.priority) for fault in self.reading.faults}


def _door(place: Place) -> tuple[str | None, str | None, str | None]:
    return place.building, place.unit, place.room


@dataclass
class Count:
    """Hits of one category."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def f1(self) -> float:
        return _share(2 * self.right, 2 * self.right + self.missed + self.wrong)


@dataclass
class Score:
    """The figures of a set of rows."""

    rows: int = 0
    intents: int = 0
    with_faults: int = 0
    exact: int = 0
    priorities: int = 0
    emergencies: int = 0
    emergencies_found: int = 0
    emergencies_shown: int = 0
    others: int = 0
    false_alarms: int = 0
    doors: int = 0
    told_doors: int = 0
    told_doors_right: int = 0
    areas: int = 0
    told_areas: int = 0
    told_areas_right: int = 0
    by_category: dict[Category, Count] = field(default_factory=lambda: {c: Count() for c in Category})
    confused: Counter[tuple[Intent, Intent]] = field(default_factory=Counter)
    mistaken: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def intent_accuracy(self) -> float:
        return _share(self.intents, self.rows)

    @property
    def micro(self) -> float:
        counts = self.by_category.values()
        return Count(sum(c.right for c in counts), sum(c.missed for c in counts), sum(c.wrong for c in counts)).f1

    @property
    def macro(self) -> float:
        seen = [count for count in self.by_category.values() if count.right + count.missed]
        return _share(sum(count.f1 for count in seen), len(seen))

    @property
    def exact_set(self) -> float:
        return _share(self.exact, self.with_faults)

    @property
    def recall(self) -> float:
        return _share(self.emergencies_found, self.emergencies)

    @property
    def alarm_rate(self) -> float:
        return _share(self.false_alarms, self.others) if self.others else 0.0

    @property
    def door_rate(self) -> float:
        return _share(self.doors, self.rows)


def read_all(reader: Reader, rows: Iterable[Row]) -> list[Read]:
    return [Read(row, reader.read(row.text, row.context)) for row in rows]


def score(reads: Iterable[Read]) -> Score:
    """Count. ``exact`` counts only rows that are labelled with faults: two empty sets prove little."""
    total = Score()
    for one in reads:
        _add(total, one)
    return total


def _add(total: Score, one: Read) -> None:
    row, reading = one.row, one.reading
    total.rows += 1
    total.intents += one.intent_right
    total.confused[row.intent, reading.intent] += 1
    for category in row.categories | one.categories:
        count = total.by_category[category]
        count.right += category in row.categories and category in one.categories
        count.missed += category not in one.categories
        count.wrong += category not in row.categories
    missed, extra = row.categories - one.categories, one.categories - row.categories
    for category in missed:
        total.mistaken[category, ",".join(sorted(extra)) or "nothing"] += 1
    for category in extra if not missed else ():
        total.mistaken["nothing", category] += 1
    if row.faults:
        total.with_faults += 1
        total.exact += row.categories == one.categories
        total.priorities += one.priority_right
    if row.is_emergency:
        total.emergencies += 1
        total.emergencies_found += one.is_emergency
        total.emergencies_shown += not one.is_emergency and not one.reading.sure
    else:
        total.others += 1
        total.false_alarms += one.is_emergency
    total.doors += one.door_right
    if any(_door(row.place)):
        total.told_doors += 1
        total.told_doors_right += one.door_right
    total.areas += one.area_right
    if row.place.area:
        total.told_areas += 1
        total.told_areas_right += one.area_right


def misses(reads: Iterable[Read]) -> list[tuple[Read, list[str]]]:
    """Return what was not read as labelled, each with what is wrong."""
    found = []
    for one in reads:
        wrong = []
        if not one.intent_right:
            wrong.append(f"intent {one.row.intent} → {one.reading.intent}")
        if one.row.categories != one.categories:
            wrong.append(f"faults {_names(one.row.categories)} → {_names(one.categories)}")
        if one.row.is_emergency != one.is_emergency:
            wrong.append("danger missed" if one.row.is_emergency else "false alarm")
        elif one.row.categories == one.categories and not one.priority_right:
            wrong.append("priority")
        if not (one.door_right and one.area_right):
            wrong.append(f"place {_told(one.row.place)} → {_told(one.reading.place)}")
        if wrong:
            found.append((one, wrong))
    return found


def _names(categories: Iterable[Category]) -> str:
    return "+".join(sorted(categories)) or "none"


def _told(place: Place) -> str:
    return "/".join(part or "" for part in (place.building, place.unit, place.room, place.area))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
