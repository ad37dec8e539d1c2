"""The usual shift table: a row a person, a column a day, in the spellings that offices use."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from bot.core.kinds import Role
from bot.core.shifts import USUAL, Times
from bot.imports.shift_table import is_shift_table, parse_shift_table
from bot.imports.table import Table, read_table

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 28)
PEOPLE = {
    "li": ("李师傅", Role.ENGINEER),
    "zhao": ("赵师傅", Role.ENGINEER),
    "zhang1": ("张伟", Role.ENGINEER),
    "zhang2": ("张伟", Role.ENGINEER),
    "zhou": ("周主管", Role.SUPERVISOR),
}


@pytest.fixture
def table(tmp_path: Path):
    def table(*lines: str) -> Table:
        path = tmp_path / "table.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return read_table(path)

    return table


def read(found: Table, codes=USUAL, zone=SHANGHAI):
    return parse_shift_table(found, zone, PEOPLE, codes, TODAY)


def told(found: Table, codes=USUAL) -> list[str]:
    rows, mistakes = read(found, codes)
    assert mistakes == []
    local = [(r, r.start.astimezone(SHANGHAI), r.end.astimezone(SHANGHAI)) for r in rows.rows]
    return [f"{r.userid} {r.day:%m-%d} {r.code} {start:%d %H:%M}-{end:%d %H:%M}" for r, start, end in local]


def places(mistakes) -> list[tuple[int, str]]:
    return [(mistake.line, mistake.column) for mistake in mistakes]


def test_the_table_of_a_month_with_title_weekdays_and_remarks(table) -> None:
    found = table(
        "示范小区工程部2026年12月排班表,,,,,",
        "序号,姓名,1日,2日,3日,备注",
        ",,二,三,四,",
        "1,李师傅,早,夜班,休,班长",
        "2, 赵 师傅 ,中,白,年假,",
        "3,周主管,常,备,,",
        "说明：夜班从零点起,,,,,",
    )
    assert is_shift_table(found)
    assert told(found) == [
        "li 12-01 早 01 08:00-01 16:00",
        "li 12-02 夜 03 00:00-03 08:00",
        "zhao 12-01 中 01 16:00-02 00:00",
        "zhao 12-02 白 02 08:00-02 20:00",
        "zhou 12-01 常 01 08:30-01 17:30",
        "zhou 12-02 备 02 17:30-03 08:30",
    ]
    rows = read(found)[0]
    assert [r.tier for r in rows.rows] == [1, 1, 1, 1, 3, 2]
    assert rows.days_off == {("li", date(2026, 12, 3)), ("zhao", date(2026, 12, 3)), ("zhou", date(2026, 12, 3))}


@pytest.mark.parametrize(
    ("header", "days"),
    [
        ("姓名,2026-12-01,2026/12/2,2026.12.3", "12-01 12-02 12-03"),
        ("姓名,12-01,12/2,12月3日", "12-01 12-02 12-03"),
        ("姓名,12月1日(二),12月2日 周三,12月3日星期四", "12-01 12-02 12-03"),
        ("2026年12月 姓名,1,2,3日", "12-01 12-02 12-03"),
        ("姓名/日期,12-30,31,1", "12-30 12-31 01-01"),
        ("姓名,12-31,1-1,1-2", "12-31 01-01 01-02"),
        ("账号,2026年12月1日,2日,3", "12-01 12-02 12-03"),
    ],
)
def test_days_in_all_their_spellings(table, header: str, days: str) -> None:
    who = "li" if header.startswith("账号") else "李师傅"
    rows = read(table(header, f"{who},早,早,早"))[0].rows
    assert " ".join(f"{row.day:%m-%d}" for row in rows) == days
    assert rows[0].day.year == 2026
    assert rows[-1].day.year == (2027 if "01-0" in days else 2026)


def test_a_month_named_in_the_title_without_its_year_is_the_nearest(table) -> None:
    rows = read(table("1月份值班表,,", "姓名,1,2", "李师傅,早,早"))[0].rows
    assert [row.day for row in rows] == [date(2027, 1, 1), date(2027, 1, 2)]


def test_cells_of_a_workbook_that_are_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["排班表"])
    sheet.append(["姓名", datetime(2026, 12, 1), datetime(2026, 12, 2)])  # noqa: DTZ001
    sheet.append(["李师傅", "早", 8.5])
    book.save(tmp_path / "t.xlsx")
    rows, mistakes = read(read_table(tmp_path / "t.xlsx"))
    assert [row.day for row in rows.rows] == [date(2026, 12, 1)]
    assert places(mistakes) == [(3, "2026-12-02")]


def test_own_codes_and_times_in_the_cell(table) -> None:
    codes = {**USUAL, "甲": Times(7 * 60, 19 * 60), "早": Times(7 * 60, 15 * 60)}
    found = table("姓名,12-01,12-02,12-03,12-04", "李师傅,甲,早班,8:00-12:00,20-8")
    assert told(found, codes) == [
        "li 12-01 甲 01 07:00-01 19:00",
        "li 12-02 早 02 07:00-02 15:00",
        "li 12-03  03 08:00-03 12:00",
        "li 12-04  04 20:00-05 08:00",
    ]


def test_two_shifts_in_a_cell(table) -> None:
    assert told(table("姓名,12-01", "李师傅,早+夜")) == [
        "li 12-01 早 01 08:00-01 16:00",
        "li 12-01 夜 02 00:00-02 08:00",
    ]


def test_every_bad_cell_is_named_with_its_line_and_column(table) -> None:
    _, mistakes = read(
        table(
            "2026年11月,,,,",
            "姓名,29,30,31,地址",
            "李师傅,早,早,,",
        )
    )
    assert places(mistakes) == [(2, "31"), (2, "地址")]
    _, mistakes = read(
        table(
            "姓名,12-01,12-02,12-03",
            "王大锤,早,哈哈,休",
            "张伟,早,,",
            "李师傅,早,全,早",
            ",早,,",
            "赵师傅,二十四小时,8:00-25:00,早",
        )
    )
    assert places(mistakes) == [
        (2, "姓名"),
        (2, "12-02"),
        (3, "姓名"),
        (5, "姓名"),
        (6, "12-01"),
        (6, "12-02"),
    ]
    _, mistakes = read(table("姓名,12-01,12-02,2月30日", "李师傅,全,早+全,早"))
    assert places(mistakes) == [(1, "2月30日")]
    _, mistakes = read(table("姓名,12-01,12-02", "李师傅,大夜,早+全"))
    assert [m.column for m in mistakes] == ["12-02"]
    assert "重叠" in mistakes[0].problem


def test_an_account_tells_two_of_one_name_apart(table) -> None:
    found = table("姓名,账号,12-01", "张伟,Zhang1,早", "张伟,zhang2,夜")
    assert told(found) == ["zhang1 12-01 早 01 08:00-01 16:00", "zhang2 12-01 夜 02 00:00-02 08:00"]
    assert places(read(table("姓名,账号,12-01", "张伟,zhang9,早"))[1]) == [(2, "账号")]


def test_shifts_meet_where_daylight_saving_jumps_over_their_edge(table) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    codes = {"甲": Times(22 * 60, 26 * 60 + 30), "乙": Times(2 * 60 + 30, 8 * 60)}
    rows = read(table("姓名,2027-03-27,2027-03-28", "李师傅,甲,乙"), codes, berlin)[0].rows
    assert rows[0].end == rows[1].start == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_plain_list_is_no_shift_table(table) -> None:
    assert not is_shift_table(table("userid,start,end,tier", "li,2026-11-22 08:00,2026-11-22 20:00,1"))
    assert not is_shift_table(table("账号,开始,结束,层级", "li,2026-11-22 08:00,2026-11-22 20:00,1"))
