"""The lists an office keeps: what is taken, and that every bad cell is named at once."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.core.kinds import Role, Skill
from bot.imports.cells import BadCell, normalised_building
from bot.imports.duty import DutyRow, parse_duty
from bot.imports.equipment import EquipmentRow, parse_equipment
from bot.imports.people import PersonRow, parse_people
from bot.imports.table import Row, Table, read_table

SHANGHAI = ZoneInfo("Asia/Shanghai")
PEOPLE = "userid,name,role,skills,buildings,phone"
DUTY = "userid,start,end,tier"
EQUIPMENT = "编号,名称,类型,楼栋,位置,安装日期,保修期至,责任人"


@pytest.fixture
def table(tmp_path: Path):
    def table(*lines: str) -> Table:
        path = tmp_path / "list.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return read_table(path)

    return table


def places(mistakes) -> list[tuple[int, str]]:
    return [(mistake.line, mistake.column.split()[0]) for mistake in mistakes]


def test_people_by_codes_and_by_chinese_names_are_the_same(table) -> None:
    english = table(PEOPLE, "Li,李工,engineer,plumbing;hvac,3;A,13800138000")
    chinese = table("电话,账号,姓名,角色,技能,楼栋", "13800138000,Li,李工,工程,给排水；暖通,3号楼、a座")
    expected = PersonRow("Li", "李工", Role.ENGINEER, (Skill.PLUMBING, Skill.HVAC), ("3", "A"), "13800138000")
    assert parse_people(english) == parse_people(chinese) == ([expected], [])


def test_both_headers_in_one_cell_will_do(table) -> None:
    header = "userid 账号,name 姓名,Role,skills 技能,buildings 楼栋,phone 电话"
    assert parse_people(table(header, "a,b,业主,,,"))[1] == []


@pytest.mark.parametrize(
    ("words", "role"), [*zip(("业主", "客服", "工程", "主管", "经理", "管理员"), Role, strict=True)]
)
def test_every_role_has_its_chinese_name(table, words: str, role: Role) -> None:
    ((person,), _) = parse_people(table(PEOPLE, f"a,b,{words},,,"))
    assert (person.role, person.skills, person.buildings, person.phone) == (role, (), (), "")


def test_every_skill_has_its_chinese_name(table) -> None:
    ((person,), _) = parse_people(table(PEOPLE, "a,b,工程,给排水;强电;电梯;暖通;弱电;土建;消防;综合,,"))
    assert person.skills == tuple(Skill)


def test_every_bad_cell_of_every_row_is_named(table) -> None:
    rows, mistakes = parse_people(
        table(
            PEOPLE,
            "张三,,boss,welding,1-5栋,abc",
            "li,李工,engineer,,,",
            "LI,李四,engineer,,,",
            "wang,王工,engineer,,,,多一格",
            "zhao,赵工",
        )
    )
    assert [row.userid for row in rows] == ["li", "LI"]
    assert places(mistakes) == [
        *((2, column) for column in PEOPLE.split(",")),
        (4, "userid"),
        (5, "第"),
        (6, "role"),
    ]


@pytest.mark.parametrize("parse", [parse_people, parse_equipment, lambda table: parse_duty(table, SHANGHAI, ())])
def test_unknown_missing_and_double_columns_are_named(table, parse) -> None:
    rows, mistakes = parse(table("colour,colour,账号,userid,编号,code", "x,x,x,x,x,x"))
    assert rows == []
    assert {"colour"} <= {mistake.column for mistake in mistakes}
    assert any("两次" in mistake.problem for mistake in mistakes)
    assert any("缺少" in mistake.problem for mistake in mistakes)
    assert all(mistake.line == 1 for mistake in mistakes)


def test_a_number_that_became_a_date_is_pointed_out() -> None:
    header = Row(1, tuple(PEOPLE.split(",")))
    _, mistakes = parse_people(Table(header, (Row(2, ("a", "b", "工程", "", datetime(2026, 3, 2), "")),)))  # noqa: DTZ001
    assert places(mistakes) == [(2, "buildings")]
    assert "日期" in mistakes[0].problem


@pytest.mark.parametrize(
    ("written", "building"),
    [
        ("3栋", "3"),
        ("3号楼", "3"),
        ("3#", "3"),
        ("12#楼", "12"),
        ("三号楼", "3"),
        ("十二栋", "12"),
        ("03", "3"),
        ("A座", "A"),
        ("a", "A"),
        ("１２栋", "12"),
        ("会所", "会所"),
    ],
)
def test_a_building_is_one_however_it_is_written(written: str, building: str) -> None:
    assert normalised_building(written) == building


def test_a_range_of_buildings_is_refused() -> None:
    with pytest.raises(BadCell):
        normalised_building("1-5栋")


def test_duty_across_midnight_and_to_the_end_of_a_day(table) -> None:
    rows, mistakes = parse_duty(
        table(DUTY, "li,2026-11-22 20:00,2026-11-23 8:00,1", "LI,2026/11/22 8:00,2026年11月22日 24:00,2"),
        SHANGHAI,
        {"Li"},
    )
    assert mistakes == []
    assert rows == [
        DutyRow("li", datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC), 1),
        DutyRow("LI", datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC), 2),
    ]


def test_every_mistake_of_a_duty_list_is_named(table) -> None:
    rows, mistakes = parse_duty(
        table(
            DUTY,
            "li,2026-11-22 08:00,2026-11-22 20:00,1",
            "wang,2026-11-22 08:00,2026-11-22 20:00,1",
            "li,2026-11-22 20:00,2026-11-22 08:00,1",
            "li,2026-11-31 20:00,2026-12-01,4",
            "LI,2026-11-22 19:00,2026-11-22 21:00,1",
            "li,2026-11-22 09:00,2026-11-22 10:00,1",
            "li,2026-11-22 09:00,2026-11-22 10:00,2",
            "li,2206-11-22 09:00,,2",
        ),
        SHANGHAI,
        {"li"},
    )
    assert len(rows) == 4
    assert places(mistakes) == [
        (3, "userid"),
        (4, "end"),
        (5, "start"),
        (5, "end"),
        (5, "tier"),
        (6, "start"),
        (7, "start"),
        (9, "start"),
        (9, "end"),
    ]


def test_shifts_meet_where_the_clock_is_turned_back_and_none_starts_where_it_jumps(table) -> None:
    tz = ZoneInfo("Europe/Berlin")
    rows, mistakes = parse_duty(
        table(
            DUTY,
            "a,2026-10-24 20:00,2026-10-25 02:30,1",
            "a,2026-10-25 02:30,2026-10-25 08:00,1",
            "a,2026-03-29 02:30,2026-03-29 08:00,1",
        ),
        tz,
        {"a"},
    )
    assert [row.start for row in rows] == [
        datetime(2026, 10, 24, 18, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    ]
    assert places(mistakes) == [(4, "start")]


def test_equipment_may_leave_all_but_code_and_name_empty(table) -> None:
    rows, mistakes = parse_equipment(
        table(EQUIPMENT, "DT-01,1号客梯,电梯,3栋,3栋1单元,2018-05-01,2028/5/1,李工", "SB-1,水泵,,,,,,")
    )
    assert mistakes == []
    assert rows == [
        EquipmentRow("DT-01", "1号客梯", "电梯", "3", "3栋1单元", date(2018, 5, 1), date(2028, 5, 1), "李工"),
        EquipmentRow("SB-1", "水泵", "", "", "", None, None, ""),
    ]


def test_every_mistake_of_an_equipment_list_is_named(table) -> None:
    _, mistakes = parse_equipment(
        table(EQUIPMENT, "a,b,,,,2020-01-01,2019-01-01,", "A,b,,,,,,", ",,,,,2020-02-30,soon,")
    )
    assert places(mistakes) == [
        (2, "warranty_until"),
        (3, "code"),
        (4, "code"),
        (4, "name"),
        (4, "installed_on"),
        (4, "warranty_until"),
    ]


def test_columns_that_may_be_left_out_are_none_then_and_empty_cells_are_not(table) -> None:
    ((plain,), mistakes) = parse_people(table(PEOPLE, "a,甲,engineer,,,"))
    assert (plain.open_orders_at_most, plain.mentor, plain.firm, mistakes) == (None, None, None, [])
    wide = table(
        f"{PEOPLE},在手上限,师父,外协", "a,甲,engineer,,,,3,,", "b,乙,engineer,,,,,A,", "c,丙,engineer,,,,,,通力电梯"
    )
    rows, mistakes = parse_people(wide)
    assert mistakes == []
    assert [(r.open_orders_at_most, r.mentor, r.firm) for r in rows] == [(3, "", ""), (0, "A", ""), (0, "", "通力电梯")]


def test_a_mentor_has_to_be_known_and_no_apprentice_himself(table) -> None:
    wide = table(f"{PEOPLE},mentor", "a,甲,engineer,,,,x", "b,乙,engineer,,,,a", "c,丙,engineer,,,,old")
    assert places(parse_people(wide, {"old"})[1]) == [(2, "mentor"), (3, "mentor")]
    assert places(parse_people(table(f"{PEOPLE},open_orders_at_most", "a,甲,engineer,,,,many"))[1]) == [
        (2, "open_orders_at_most")
    ]
