"""Which piece of equipment a report names: one, or none."""

import pytest

from bot.core.equipment import NO_MACHINES, Machine, Machines
from bot.core.kinds import Category
from bot.core.reading import NOWHERE, Place

HOUSE = Machines(
    [
        Machine("DT-03-2-1", "3栋2单元1号客梯", "电梯", "3", "2单元"),
        Machine("DT-03-2-2", "3栋2单元2号货梯", "电梯", "3", "2单元"),
        Machine("DT-05-1-1", "5栋1单元客梯", "电梯", "5", "1单元"),
        Machine("SB-01", "生活水泵1号", "水泵", "", "地下一层泵房"),
        Machine("SB-12", "生活水泵12号", "水泵", "", "地下一层泵房"),
        Machine("XF-01", "消防水泵", "消防", "", "地下一层消防泵房"),
        Machine("20190007", "水泵", "水泵", "5", ""),
        Machine("MJ-03-2", "3栋2单元门禁", "门禁", "3", "2单元大堂"),
    ]
)
LIFT, WATER, DOOR = Category.ELEVATOR_FAULT, Category.WATER_SUPPLY, Category.ACCESS_CONTROL
IN_3_2 = Place("3", "2")


@pytest.mark.parametrize(
    ("words", "place", "category", "code"),
    [
        ("dt-03-2-1不动了", NOWHERE, LIFT, "DT-03-2-1"),
        ("设备编号ＤＴ－０３－２－２，有异响", NOWHERE, LIFT, "DT-03-2-2"),
        ("20190007 漏水", NOWHERE, Category.LEAK, "20190007"),
        ("3栋2单元1号客梯坏了", IN_3_2, LIFT, "DT-03-2-1"),
        ("三栋二单元的货梯坏了", IN_3_2, LIFT, "DT-03-2-2"),
        ("3-2 2号电梯坏了", IN_3_2, LIFT, "DT-03-2-2"),
        ("5栋电梯坏了", Place("5"), LIFT, "DT-05-1-1"),
        ("5-1-901的电梯坏了", Place("5", "1", "901"), LIFT, "DT-05-1-1"),
        ("生活水泵1号不转", NOWHERE, WATER, "SB-01"),
        ("生活水泵12号不转", NOWHERE, WATER, "SB-12"),
        ("消防水泵漏水", Place("5"), Category.LEAK, "XF-01"),
        ("5栋水泵响", Place("5"), WATER, "20190007"),
        ("3栋2单元门禁刷不开", IN_3_2, DOOR, "MJ-03-2"),
        ("刷不开", Place("3", "2", area="大堂门禁"), DOOR, "MJ-03-2"),
    ],
)
def test_a_code_or_a_name_in_its_building_is_found(words: str, place: Place, category: Category, code: str) -> None:
    found = HOUSE.named(words, place, category)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("words", "place", "category"),
    [
        ("3栋2单元电梯坏了", IN_3_2, LIFT),  # which of the two?
        ("DT-03-2-1和DT-03-2-2都坏了", IN_3_2, LIFT),
        ("DT-03-2-10坏了", IN_3_2, LIFT),
        ("生活水泵坏了", NOWHERE, WATER),
        ("5栋客梯门口漏水", Place("5", "1"), Category.LEAK),
        ("家里门禁对讲坏了", Place("3", "2", "1502"), DOOR),  # the one in the flat
        ("9栋电梯坏了", Place("9"), LIFT),
        ("1单元门禁坏了", Place("3", "1"), DOOR),
        ("1502漏水", Place("3", "2", "1502"), Category.LEAK),
        ("水泵坏了", Place("3"), WATER),  # that one stands in 5
    ],
)
def test_several_or_none_are_none(words: str, place: Place, category: Category) -> None:
    assert HOUSE.named(words, place, category) is None


def test_without_a_list_nothing_is_named() -> None:
    assert NO_MACHINES.named("DT-03-2-1坏了", IN_3_2, LIFT) is None


def test_a_code_in_words_of_its_own_is_a_name() -> None:
    assert Machines([Machine("水泵房-甲", "主泵", "", "")]).named("水泵房-甲停了", NOWHERE, WATER) is not None


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("DT-03-2-1", Place("3", "2", None, "1号客梯")),
        ("MJ-03-2", Place("3", "2", None, "大堂门禁")),
        ("SB-01", Place(area="地下一层泵房生活水泵1号")),
        ("20190007", Place("5", None, None, "水泵")),
    ],
)
def test_a_machine_stands_somewhere(code: str, where: Place) -> None:
    found = HOUSE.coded(f"报修{code}，坏了")
    assert found is not None
    assert found.where == where
    assert HOUSE.named("坏了", where, LIFT if found.is_lift else WATER) is found


def test_of_two_codes_none_counts() -> None:
    assert HOUSE.coded("SB-01和SB-12都不转") is None
