"""The list of equipment: lifts, pumps, boards and who answers for them."""

from dataclasses import dataclass
from datetime import date

from bot.imports import cells
from bot.imports.columns import Column, RowMistake, read_records
from bot.imports.table import Table

COLUMNS = (
    Column("code", "编号", cells.text(64, needed=True)),
    Column("name", "名称", cells.text(100, needed=True)),
    Column("kind", "类型", cells.text(64)),
    Column("building", "楼栋", cells.building),
    Column("place", "位置", cells.text(100)),
    Column("installed_on", "安装日期", cells.day),
    Column("warranty_until", "保修期至", cells.day),
    Column("owner", "责任人", cells.text(64)),
)


@dataclass(frozen=True, slots=True)
class EquipmentRow:
    """One piece of equipment; all but code and name may be empty, or None for a date."""

    code: str
    name: str
    kind: str
    building: str
    place: str
    installed_on: date | None
    warranty_until: date | None
    owner: str


def parse_equipment(table: Table) -> tuple[list[EquipmentRow], list[RowMistake]]:
    """The equipment of ``table`` and every mistake in it; codes that differ only in case are the same code."""
    records, mistakes = read_records(table, COLUMNS)
    rows = [EquipmentRow(**record.values) for record in records]
    lines: dict[str, int] = {}
    for record, row in zip(records, rows, strict=True):
        first = lines.setdefault(row.code.casefold(), record.line)
        if first != record.line:
            mistakes.append(RowMistake(record.line, "code 编号", f"与第 {first} 行是同一个编号"))
        if row.installed_on and row.warranty_until and row.warranty_until < row.installed_on:
            mistakes.append(RowMistake(record.line, "warranty_until 保修期至", "早于安装日期"))
    return rows, sorted(mistakes, key=lambda mistake: mistake.line)
