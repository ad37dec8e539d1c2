"""The register of rooms: which buildings, units and rooms there are, and what people call buildings and places."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot.imports import cells
from bot.imports.cells import BadCell
from bot.imports.columns import Column, Record, RowMistake, read_records
from bot.imports.table import Cell, Table
from bot.nlp.numerals import to_digits

_LONGEST_NAME = 32


@dataclass(frozen=True, slots=True)
class RoomRow:
    """One row: a room of a building, a building with its other names, or a public place (``area``)."""

    building: str
    unit: str
    room: str
    aliases: tuple[str, ...]
    area: str


def _numbered(after: str) -> Callable[[Cell], str]:
    """A parser for a number with or without the words ``after`` it: 2单元 and 二单元 are 2, 1502室 is 1502."""

    def parse(cell: Cell) -> str:
        plain = unicodedata.normalize("NFKC", cells.text(_LONGEST_NAME)(cell)).replace(" ", "").upper()
        bare = to_digits(re.sub(f"(?:{after})$", "", plain))
        return (bare.lstrip("0") or bare) if bare.isdigit() else bare

    return parse


def _aliases(cell: Cell) -> tuple[str, ...]:
    parts = re.split(r"[;；,，、]", cells.text(400)(cell))
    # As the reader folds what people write.
    names = dict.fromkeys(unicodedata.normalize("NFKC", part).strip().lower() for part in parts if part.strip())
    for name in names:
        _check_name(name)
    return tuple(names)


def _check_name(name: str) -> None:
    if not 2 <= len(name) <= _LONGEST_NAME:
        raise BadCell(f"“{name[:40]}”要有 2 到 {_LONGEST_NAME} 个字，太短的会和别的话混在一起")
    if re.fullmatch(r"[\d\W]+", name):
        raise BadCell(f"“{name}”只有数字，会和楼栋、房号混在一起；写大家叫的名字")


def _area(cell: Cell) -> str:
    name = unicodedata.normalize("NFKC", cells.text(_LONGEST_NAME)(cell)).strip()
    if name:
        _check_name(name)
    return name


COLUMNS = (
    Column("building", "楼栋", cells.building),
    Column("unit", "单元", _numbered("单元|门")),
    Column("room", "房号", _numbered("号?[室房户]|号")),
    Column("aliases", "别名", _aliases),
    Column("area", "公共位置", _area),
)


def parse_rooms(table: Table) -> tuple[list[RoomRow], list[RowMistake]]:
    """The rows of ``table`` and every mistake in it: rooms told twice, names that mean two things, half a place."""
    records, mistakes = read_records(table, COLUMNS)
    rows = [(record, RoomRow(**record.values)) for record in records]
    lines: dict[tuple[str, str, str, str], int] = {}
    meanings: dict[str, tuple[tuple[str, str], int]] = {}
    buildings = {row.building.lower() for _, row in rows}
    for record, row in rows:
        mistakes += [RowMistake(record.line, column, problem) for column, problem in _half(row)]
        key = (row.building, row.unit, row.room, row.area)
        first = lines.setdefault(key, record.line)
        if first != record.line and (row.room or row.area):
            mistakes.append(RowMistake(record.line, "room 房号", f"与第 {first} 行是同一个地方"))
        mistakes += _double_meanings(record, row, meanings, buildings)
    return [row for _, row in rows], sorted(mistakes, key=lambda mistake: mistake.line)


def _half(row: RoomRow) -> list[tuple[str, str]]:
    if row.area:
        return [("area 公共位置", "公共位置不写单元和房号；房间另写一行")] if row.unit or row.room else []
    if not row.building:
        return [("building 楼栋", "要有楼栋，或写公共位置")]
    if row.unit and not row.room:
        return [("room 房号", "写了单元就要写房号")]
    return []


def _double_meanings(
    record: Record, row: RoomRow, meanings: dict[str, tuple[tuple[str, str], int]], buildings: set[str]
) -> list[RowMistake]:
    found = []
    names = (*row.aliases, row.area.lower()) if row.area else row.aliases
    for name in names:
        meant, line = meanings.setdefault(name, ((row.building, row.area), record.line))
        if meant != (row.building, row.area):
            found.append(RowMistake(record.line, "aliases 别名", f"“{name}”在第 {line} 行是别的地方"))
        if name in buildings and name != row.building.lower():
            found.append(RowMistake(record.line, "aliases 别名", f"“{name}”是另一栋楼的名字"))
    return found
