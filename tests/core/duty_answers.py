"""The same plan through the product: rules by `fill`, the table by its import, then the roster is asked."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.core.duty import Roster, Shift
from bot.core.kinds import Role
from bot.core.people import Person
from bot.core.rotation import RULES, Rotation, fill
from bot.core.shifts import USUAL, Codes, instant, parse_times
from bot.imports.shift_table import parse_shift_table
from bot.imports.table import Row, Table
from tests.core.duty_oracle import BY_TABLE, FIRST, Plan, months

CODES: Codes = {
    **USUAL,
    "甲": parse_times("14:00-01:30"),
    "乙": parse_times("01:30-02:30"),
    "丙": parse_times("02:30-14:00"),
}
ROTATIONS = (
    Rotation("做一休一", RULES["做一休一"], FIRST, (("zuoyi1",), ("zuoyi2",))),
    Rotation("四班三运转", RULES["四班三运转"], FIRST, (("ban1",), ("ban2",), ("ban3",), ("ban4",))),
)


def roster_of(found: Plan, zone: ZoneInfo) -> Roster:
    """The roster as it is after the table was imported, the rules have filled it, and people have swapped and left."""
    people = {who: Person(who, who, who, Role.ENGINEER) for who in found.people}
    shifts = [
        Shift(p.person, instant(p.day, times.start, zone), instant(p.day, times.end, zone), 1, 0, p.day, p.code)
        for rotation in ROTATIONS
        for p in fill(rotation, found.days[0], found.days[-1], set(), lambda day: day.weekday() < 5)
        if (times := CODES[p.code]) is not None
    ]
    for month, days in months(found):
        header = Row(2, ("姓名", *(str(day.day) for day in days)))
        body = [Row(3 + n, (who, *(found.table[who, day] for day in days))) for n, who in enumerate(BY_TABLE)]
        table = Table(Row(1, (f"{month:%Y}年{month.month}月值班表",)), (header, *body))
        listed = {who: (who, Role.ENGINEER) for who in BY_TABLE}
        rows, mistakes = parse_shift_table(table, zone, listed, CODES, FIRST)
        assert all("重叠" in mistake.problem for mistake in mistakes), mistakes
        shifts += [Shift(r.userid, r.start, r.end, r.tier, 0, r.day, r.code) for r in rows.rows]
    for one, other, day in found.swapped:
        names = {one: other, other: one}
        shifts = [replace(s, person=names.get(s.person, s.person)) if s.day == day else s for s in shifts]
    gone = set(found.left)
    return Roster(people, [s for s in shifts if (s.person, s.day) not in gone])
