"""The property's own holidays and working days, for a year the calendar library does not know yet."""

from dataclasses import dataclass
from datetime import date

from bot.imports import cells
from bot.imports.cells import BadCell
from bot.imports.columns import Column, RowMistake, read_records
from bot.imports.table import Cell, Table

_KINDS = {"休": False, "放假": False, "休息": False, "班": True, "上班": True, "调休上班": True}


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """One day that is not what its weekday says: ``workday`` False free, True worked."""

    day: date
    workday: bool
    name: str


def parse_holidays(table: Table) -> tuple[list[HolidayRow], list[RowMistake]]:
    """The days of ``table`` and every mistake in it."""
    columns = (
        Column("day", "日期", _needed_day),
        Column("kind", "休或班", _kind),
        Column("name", "名称", cells.text(64)),
    )
    records, mistakes = read_records(table, columns)
    rows = [HolidayRow(r.values["day"], r.values["kind"], r.values["name"]) for r in records]
    lines: dict[date, int] = {}
    for record, row in zip(records, rows, strict=True):
        first = lines.setdefault(row.day, record.line)
        if first != record.line:
            mistakes.append(RowMistake(record.line, "day 日期", f"与第 {first} 行是同一天"))
    return rows, sorted(mistakes, key=lambda mistake: mistake.line)


def _kind(cell: Cell) -> bool:
    words = cells.text(8, needed=True)(cell)
    if words not in _KINDS:
        raise BadCell(f"“{words}”不明白；放假写 休，调休上班写 班")
    return _KINDS[words]


def _needed_day(cell: Cell) -> date:
    day = cells.day(cell)
    if day is None:
        raise BadCell("不能为空；写成 2027-01-01")
    return day
