"""The list of buildings: 竣工验收 and 交付, which are two dates, and who built them."""

from dataclasses import dataclass
from datetime import date

from bot.imports import cells
from bot.imports.columns import Column, RowMistake, read_records
from bot.imports.table import Cell, Table


def _needed(cell: Cell) -> str:
    found = cells.building(cell)
    if not found:
        raise cells.BadCell("不能为空：写楼栋，如 3 或 3栋")
    return found


COLUMNS = (
    Column("building", "楼栋", _needed),
    Column("accepted_on", "竣工验收", cells.day),
    Column("handed_over_on", "交付", cells.day),
    Column("developer", "建设单位", cells.text(100)),
    Column("developer_phone", "建设单位电话", cells.phone),
)


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """One building; everything but its name may be missing."""

    building: str
    accepted_on: date | None
    handed_over_on: date | None
    developer: str
    developer_phone: str


def parse_buildings(table: Table) -> tuple[list[BuildingRow], list[RowMistake]]:
    """The buildings of ``table`` and every mistake in it; 3栋 and 三号楼 are one building."""
    records, mistakes = read_records(table, COLUMNS)
    rows = [BuildingRow(**record.values) for record in records]
    lines: dict[str, int] = {}
    for record, row in zip(records, rows, strict=True):
        first = lines.setdefault(row.building, record.line)
        if first != record.line:
            mistakes.append(RowMistake(record.line, "building 楼栋", f"与第 {first} 行是同一栋楼"))
        if row.accepted_on and row.handed_over_on and row.handed_over_on < row.accepted_on:
            mistakes.append(RowMistake(record.line, "handed_over_on 交付", "早于竣工验收；两个日期是不是写反了"))
    return rows, sorted(mistakes, key=lambda mistake: mistake.line)
