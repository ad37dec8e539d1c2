"""From a table to checked records: which columns there are, and everything that is wrong in their cells."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.imports.cells import BadCell
from bot.imports.table import Cell, Row, Table


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its English and Chinese header; ``parse`` turns a cell into a value or raises BadCell.

    ``optional``: a file may leave the column out; the values of its rows are then None.
    """

    name: str
    chinese: str
    parse: Callable[[Cell], Any]
    optional: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.chinese}"


@dataclass(frozen=True, slots=True)
class RowMistake:
    """One thing that is wrong in a file to import: its line, its column and what it is."""

    line: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"第 {self.line} 行，列 {self.column}：{self.problem}"


@dataclass(frozen=True, slots=True)
class Record:
    """The values of one good row by the English names of their columns."""

    line: int
    values: dict[str, Any]


def read_records(table: Table, columns: Sequence[Column]) -> tuple[list[Record], list[RowMistake]]:
    """The good rows of ``table`` and every mistake in the others; with a mistake in the header there are no rows."""
    places, mistakes = _places(table.header, columns)
    if mistakes:
        return [], mistakes
    left_out = {column.name: None for column in columns if column not in places.values()}
    records: list[Record] = []
    for row in table.rows:
        values, wrong = _values(row, places)
        mistakes += wrong
        if not wrong:
            records.append(Record(row.line, left_out | values))
    return records, mistakes


def _places(header: Row, columns: Sequence[Column]) -> tuple[dict[int, Column], list[RowMistake]]:
    by_header = {name: column for column in columns for name in (column.name, column.chinese, str(column))}
    places: dict[int, Column] = {}
    mistakes: list[RowMistake] = []
    for place, cell in enumerate(header.cells):
        if not cell:
            continue
        name = unicodedata.normalize("NFKC", str(cell)).strip().casefold()
        if name not in by_header:
            known = "、".join(map(str, columns))
            mistakes.append(RowMistake(header.line, str(cell)[:40], f"没有这一列；可以有 {known}"))
        elif by_header[name] in places.values():
            mistakes.append(RowMistake(header.line, str(cell), "这一列出现了两次"))
        else:
            places[place] = by_header[name]
    missing = [column for column in columns if column not in places.values() and not column.optional]
    mistakes += [RowMistake(header.line, str(column), "缺少这一列") for column in missing]
    return places, mistakes


def _values(row: Row, places: dict[int, Column]) -> tuple[dict[str, Any], list[RowMistake]]:
    values: dict[str, Any] = {}
    mistakes: list[RowMistake] = []
    for place, column in places.items():
        try:
            values[column.name] = column.parse(row.cells[place] if place < len(row.cells) else "")
        except BadCell as bad:
            mistakes.append(RowMistake(row.line, str(column), str(bad)))
    for place, cell in enumerate(row.cells):
        if cell and place not in places:
            mistakes.append(RowMistake(row.line, f"第 {place + 1} 列", "这一格上面没有列名；多了一格，或少了引号"))
    return values, mistakes
