"""The shift table as an office keeps it (排班表): a row a person, a column a day, 早 中 夜 休 in the cells."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.days import month_in, nearest, real
from bot.core.kinds import Role
from bot.core.shifts import BadCode, Codes, instant, read_cell
from bot.imports.columns import RowMistake
from bot.imports.duty import DutyRow
from bot.imports.table import Cell, Row, Table

HEADER_WITHIN = 8  # rows: above it stand a title, the month, who has made it
_NAMES = ("姓名", "人员", "名字", "员工", "值班人", "name")
_ACCOUNTS = ("账号", "userid")
_BESIDE = (
    *("序号", "编号", "部门", "岗位", "职务", "班组", "组别", "工种", "电话", "手机", "备注", "说明", "合计", "小计"),
    *("总计", "工时", "出勤", "天数", "休息", "加班", "签字", "签名", "星期", "楼栋", "区域"),
)
_DAY_NAME = r"(?:周|星期|礼拜)?[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_WEEKDAY = re.compile(rf"[\s(]*(?:{_DAY_NAME})\)?$", re.I)
_ONLY_WEEKDAY = re.compile(rf"(?:{_DAY_NAME})$", re.I)
_FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_SHORT = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_NUMBER = re.compile(r"(\d{1,2})\s*[日号]?")


@dataclass(frozen=True, slots=True)
class ShiftTable:
    """What a shift table says: the shifts, and the days on which it gives people off (userid as written, day)."""

    rows: list[DutyRow]
    days_off: set[tuple[str, date]]


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where things stand in the table."""

    header: Row
    body: tuple[Row, ...]
    name: int | None
    account: int | None
    days: dict[int, date]


def is_shift_table(table: Table) -> bool:
    """True for a table with people down and days across; a plain list of shifts is none."""
    return _header_of(table) is not None


def parse_shift_table(
    table: Table, zone: ZoneInfo, people: Mapping[str, tuple[str, Role]], codes: Codes, today: date
) -> tuple[ShiftTable, list[RowMistake]]:
    """The shifts of the table and every cell that is wrong in it.

    ``people``: name and role by userid in lower case. A day without its month or year takes them from the title or the
    days before it, else it is the one nearest to ``today``. A blank cell gives the day off.
    """
    shape, mistakes = _shape_of(table, today)
    if shape is None or mistakes:
        return ShiftTable([], set()), mistakes
    found: list[tuple[int, str, DutyRow]] = []
    days_off: set[tuple[str, date]] = set()
    for row in shape.body:
        if _is_beside_the_point(row, shape):
            continue
        userid, wrong = _person_of(row, shape, people)
        mistakes += wrong
        for place, day in shape.days.items():
            column = _shown(shape.header.cells[place])
            try:
                shifts = read_cell(_words(_cell(row, place)), codes)
            except BadCode as bad:
                known = "、".join(codes)
                problem = f"没有班次“{str(bad)[:10]}”；可以写 {known}，或在配置 [shifts] 里加上它"
                mistakes.append(RowMistake(row.line, column, problem))
                continue
            if userid is None:
                continue
            role = people[userid][1]
            if not shifts:
                days_off.add((userid, day))
            for named in shifts:
                tier = named.times.tier or (3 if role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN) else 1)
                start, end = instant(day, named.times.start, zone), instant(day, named.times.end, zone)
                found.append((row.line, column, DutyRow(userid, start, end, tier, day, named.code)))
    mistakes += _overlaps(found)
    return ShiftTable([duty for _, _, duty in found], days_off), sorted(mistakes, key=lambda m: m.line)


def _header_of(table: Table) -> tuple[int, Row] | None:
    for number, row in enumerate((table.header, *table.rows)[:HEADER_WITHIN]):
        named = any(_is_person_header(cell) for cell in row.cells)
        if named and sum(_looks_like_a_day(cell) for cell in row.cells) >= 1:
            return number, row
    return None


def _shape_of(table: Table, today: date) -> tuple[_Shape | None, list[RowMistake]]:
    found = _header_of(table)
    if found is None:
        return None, [RowMistake(table.header.line, "姓名", "没有找到表头；一行里要有“姓名”和日期")]
    number, header = found
    every = (table.header, *table.rows)
    titles = [_words(cell) for row in every[:number] for cell in row.cells]
    titles += [_words(cell) for cell in header.cells if _is_person_header(cell)]
    # A title counts only before any date of the table itself.
    month = next((m for title in titles if (m := month_in(title))), None)
    name = account = None
    days: dict[int, date] = {}
    mistakes: list[RowMistake] = []
    before: date | None = None
    for place, cell in enumerate(header.cells):
        words = _words(cell)
        if any(word in words.casefold() for word in _ACCOUNTS):
            account = place
        elif _is_person_header(cell):
            name = place
        elif _looks_like_a_day(cell):
            day = _day_of(cell, month, before, today)
            if day is None:
                mistakes.append(RowMistake(header.line, _shown(cell), "没有这一天，或看不出是哪个月；标题写上年月"))
            elif day in days.values():
                mistakes.append(RowMistake(header.line, _shown(cell), f"{day} 出现了两次"))
            else:
                days[place] = before = day
        elif words and not any(word in words for word in _BESIDE):
            mistakes.append(RowMistake(header.line, _shown(cell), "不是日期，也不是认识的列；改名或删掉这一列"))
    return _Shape(header, every[number + 1 :], name, account, days), mistakes


def _day_of(cell: Cell, month: tuple[int | None, int] | None, before: date | None, today: date) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    words = _WEEKDAY.sub("", _words(cell)).strip()
    if match := _FULL.fullmatch(words):
        return real(int(match[1]), int(match[2]), int(match[3]))
    if match := _SHORT.fullmatch(words):
        return _with_year(int(match[1]), int(match[2]), month, before, today)
    match = _NUMBER.fullmatch(words)
    if match is None:
        return None
    number = int(match[1])
    if before is not None:  # 30, 31, 1, 2: the next month has begun
        ahead = before.month if number > before.day else before.month + 1
        return real(before.year + (ahead - 1) // 12, (ahead - 1) % 12 + 1, number)
    if month is None:
        return None
    return _with_year(month[1], number, month, None, today)


def _with_year(
    number: int, day: int, month: tuple[int | None, int] | None, before: date | None, today: date
) -> date | None:
    if before is not None:
        return real(before.year + (number < before.month), number, day)
    if month is not None and month[0] is not None:
        return real(month[0] + (number < month[1] - 6), number, day)
    return nearest(number, day, today)


def _person_of(row: Row, shape: _Shape, people: Mapping[str, tuple[str, Role]]) -> tuple[str | None, list[RowMistake]]:
    if shape.account is not None and (words := _words(_cell(row, shape.account))):
        column = _shown(shape.header.cells[shape.account])
        if words.casefold() in people:
            return words.casefold(), []
        return None, [RowMistake(row.line, column, f"人员名单里没有账号“{words[:20]}”；先导入人员")]
    place = shape.name if shape.name is not None else shape.account
    column = _shown(shape.header.cells[place or 0])
    words = re.sub(r"\s", "", _words(_cell(row, place or 0)))
    if not words:
        return None, [RowMistake(row.line, column, "这一行有班次，没有姓名")]
    fitting = [userid for userid, (name, _) in people.items() if name.replace(" ", "") == words]
    if words.casefold() in people and not fitting:
        fitting = [words.casefold()]
    if len(fitting) == 1:
        return fitting[0], []
    if fitting:
        return None, [RowMistake(row.line, column, f"名单里有 {len(fitting)} 位“{words[:20]}”；加一列“账号”")]
    return None, [RowMistake(row.line, column, f"人员名单里没有“{words[:20]}”；先导入人员，或改正姓名")]


def _is_beside_the_point(row: Row, shape: _Shape) -> bool:
    """A row of weekdays below the dates, or a remark below the table: nothing in it is a shift of somebody."""
    cells = [words for place in shape.days if (words := _words(_cell(row, place)))]
    named = any(place is not None and _words(_cell(row, place)) for place in (shape.name, shape.account))
    if cells and all(_ONLY_WEEKDAY.match(words) for words in cells):
        return True
    return not cells and not (named and len([c for c in row.cells if c]) == 1 and len(_words(row.cells[0])) <= 4)


def _overlaps(found: list[tuple[int, str, DutyRow]]) -> list[RowMistake]:
    latest: dict[tuple[str, int], DutyRow] = {}
    mistakes = []
    for line, column, row in sorted(found, key=lambda one: one[2].start):
        before = latest.get((row.userid, row.tier))
        if before is not None and row.start < before.end:
            problem = f"与同一人 {before.day} 的“{before.code or '班次'}”时间重叠"
            mistakes.append(RowMistake(line, column, problem))
        if before is None or row.end > before.end:
            latest[row.userid, row.tier] = row
    return mistakes


def _is_person_header(cell: Cell) -> bool:
    words = _words(cell).casefold()
    return 0 < len(words) <= 24 and any(word in words for word in (*_NAMES, *_ACCOUNTS))


def _looks_like_a_day(cell: Cell) -> bool:
    if isinstance(cell, date):
        return True
    words = _WEEKDAY.sub("", _words(cell)).strip()
    return any(pattern.fullmatch(words) for pattern in (_FULL, _SHORT, _NUMBER))


def _cell(row: Row, place: int) -> Cell:
    return row.cells[place] if place < len(row.cells) else ""


def _words(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return unicodedata.normalize("NFKC", cell).strip()


def _shown(cell: Cell) -> str:
    return " ".join(_words(cell).split())[:40] or "姓名"
