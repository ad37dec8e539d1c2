"""The list of rotations (轮班): which rule fills the duty list for whom, a row a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bot.core.rotation import RULES, rule_of
from bot.core.shifts import Codes
from bot.imports import cells
from bot.imports.cells import BadCell
from bot.imports.columns import Column, RowMistake, read_records
from bot.imports.table import Cell, Table

_CREWS = ("甲乙丙丁戊己庚辛", "ABCDEFGH", "一二三四五六七八", "12345678")


@dataclass(frozen=True, slots=True)
class RotationRow:
    """One person in a crew (from 1) of a rotation; ``start``: the day on which crew 1 begins the row."""

    name: str
    rule: str
    crew: int
    userid: str
    start: date
    until: date | None
    tier: int | None


def parse_rotations(
    table: Table, known_userids: Collection[str], codes: Codes
) -> tuple[list[RotationRow], list[RowMistake]]:
    """The rotations of ``table`` and every mistake in it."""

    def rule(cell: Cell) -> str:
        words = cells.text(200, needed=True)(cell)
        found = rule_of(words)
        if found is None:
            raise BadCell(f"没有规则“{words[:20]}”；可以写 {'、'.join(RULES)}，或一串班次如 白 夜 休 休")
        if unknown := [code for code in found.pattern if code not in codes]:
            raise BadCell(f"没有班次“{unknown[0]}”；可以写 {'、'.join(codes)}，或在配置 [shifts] 里加上它")
        return words

    columns = (
        Column("name", "轮班", cells.text(64, needed=True)),
        Column("rule", "规则", rule),
        Column("crew", "班组", _crew),
        Column("userid", "账号", cells.userid),
        Column("start", "起始", _needed_day),
        Column("until", "截止", cells.day),
        Column("tier", "层级", lambda cell: cells.tier(cell) if cell else None),
    )
    records, mistakes = read_records(table, columns)
    known = {userid.casefold() for userid in known_userids}
    rows = [RotationRow(**record.values) for record in records]
    first: dict[str, RotationRow] = {}
    seen: dict[tuple[str, str], int] = {}
    for record, row in zip(records, rows, strict=True):
        if row.userid.casefold() not in known:
            mistakes.append(RowMistake(record.line, "userid 账号", f"人员名单里没有“{row.userid}”；先导入人员"))
        same = first.setdefault(row.name, row)
        for column, mine, theirs in (
            ("rule 规则", row.rule, same.rule),
            ("start 起始", row.start, same.start),
            ("until 截止", row.until, same.until),
        ):
            if mine != theirs:
                problem = f"与轮班“{row.name}”第一行不同；改成一样，或另起轮班名"
                mistakes.append(RowMistake(record.line, column, problem))
        line = seen.setdefault((row.name, row.userid.casefold()), record.line)
        if line != record.line:
            mistakes.append(RowMistake(record.line, "userid 账号", f"与第 {line} 行是同一个人"))
        if row.until and row.until < row.start:
            mistakes.append(RowMistake(record.line, "until 截止", "早于起始"))
    return rows, sorted(mistakes, key=lambda mistake: mistake.line)


def _crew(cell: Cell) -> int:
    words = cells.text(8, needed=True)(cell).upper().removesuffix("组").removesuffix("班")
    for letters in _CREWS:
        if len(words) == 1 and words in letters:
            return letters.index(words) + 1
    raise BadCell(f"“{words}”不是班组；写 1、2、3、4，或 甲、乙、丙、丁")


def _needed_day(cell: Cell) -> date:
    day = cells.day(cell)
    if day is None:
        raise BadCell("不能为空；写第一组开始这一轮的日期，如 2026-11-23")
    return day
