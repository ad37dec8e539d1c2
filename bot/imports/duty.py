"""The duty list: who is on duty from when until when, and at which step of the ladder."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.imports import cells
from bot.imports.columns import Column, Record, RowMistake, read_records
from bot.imports.table import Table

COLUMNS = (
    Column("userid", "账号", cells.userid),
    Column("start", "开始", cells.local_moment),
    Column("end", "结束", cells.local_moment),
    Column("tier", "层级", cells.tier),
)


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One person on duty from ``start`` to just before ``end`` (UTC) at ``tier`` 1 on duty, 2 backup, 3 supervisor.

    ``day`` and ``code``: where a shift table has it, and as what; a plain list says neither.
    """

    userid: str
    start: datetime
    end: datetime
    tier: int
    day: date | None = None
    code: str = ""


def parse_duty(table: Table, tz: ZoneInfo, known_userids: Collection[str]) -> tuple[list[DutyRow], list[RowMistake]]:
    """The duty of ``table``, its local times read in ``tz``, and every mistake in it.

    A time that daylight saving leaves out is a mistake; of one that comes twice the first is meant, for the start of
    one shift and the end of the one before alike. Accounts are compared without case.
    """
    records, mistakes = read_records(table, COLUMNS)
    known = {userid.casefold() for userid in known_userids}
    good: list[tuple[int, DutyRow]] = []
    for record in records:
        row = DutyRow(
            record.values["userid"],
            record.values["start"].replace(tzinfo=tz).astimezone(UTC),
            record.values["end"].replace(tzinfo=tz).astimezone(UTC),
            record.values["tier"],
        )
        wrong = _mistakes(record, row, tz, known)
        mistakes += wrong
        if not wrong:
            good.append((record.line, row))
    mistakes += _overlaps(good)
    return [row for _, row in good], sorted(mistakes, key=lambda mistake: mistake.line)


def _mistakes(record: Record, row: DutyRow, tz: ZoneInfo, known: set[str]) -> list[RowMistake]:
    found: list[RowMistake] = []
    if row.userid.casefold() not in known:
        found.append(RowMistake(record.line, "userid 账号", f"人员名单里没有“{row.userid}”；先导入人员"))
    for column, instant in (("start 开始", row.start), ("end 结束", row.end)):
        written = record.values[column.split()[0]]
        if instant.astimezone(tz).replace(tzinfo=None) != written:
            found.append(RowMistake(record.line, column, f"{written:%Y-%m-%d %H:%M} 因夏令时不存在"))
    if row.end <= row.start:
        found.append(RowMistake(record.line, "end 结束", "不晚于开始；跨夜的班次，结束写第二天的日期"))
    return found


def _overlaps(good: list[tuple[int, DutyRow]]) -> list[RowMistake]:
    latest: dict[tuple[str, int], tuple[int, datetime]] = {}
    found: list[RowMistake] = []
    for line, row in sorted(good, key=lambda item: item[1].start):
        key = (row.userid.casefold(), row.tier)
        before_line, until = latest.get(key, (line, row.start))
        if row.start < until:
            found.append(RowMistake(line, "start 开始", f"与第 {before_line} 行的班次重叠（同一人、同一层级）"))
        if row.end > until:
            latest[key] = (line, row.end)
    return found
