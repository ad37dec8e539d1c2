"""The register of rooms as a desk writes it, and every cell that cannot be used."""

import pytest

from bot.imports.rooms import RoomRow, parse_rooms
from bot.imports.table import Row, Table

HEADER = Row(1, ("楼栋", "单元", "房号", "别名", "公共位置"))


def parsed(*lines: str) -> tuple[list[RoomRow], list[tuple[int, str]]]:
    table = Table(HEADER, tuple(Row(n, tuple(line.split(","))) for n, line in enumerate(lines, 2)))
    rows, mistakes = parse_rooms(table)
    return rows, [(m.line, m.column.split()[0]) for m in mistakes]


@pytest.mark.parametrize(
    ("line", "room"),
    [
        ("3,2,1502,,", ("3", "2", "1502")),
        ("三号楼,二单元,1502室,,", ("3", "2", "1502")),
        ("A座,,0301,,", ("A", "", "301")),
        ("12#,1单元,１５０２号,,", ("12", "1", "1502")),
        ("3,2,1502a,,", ("3", "2", "1502A")),
        ("听涛阁,,101,,", ("听涛阁", "", "101")),
    ],
)
def test_buildings_units_and_rooms_are_normalised_as_messages_are(line: str, room: tuple[str, str, str]) -> None:
    rows, mistakes = parsed(line)
    assert not mistakes
    assert (rows[0].building, rows[0].unit, rows[0].room) == room


def test_other_names_and_public_places() -> None:
    rows, mistakes = parsed("3,2,1502,望江阁;老三号,", "3,2,1503,望江阁,", ",,,地库；停车库,地下车库", "5,,,听涛阁,")
    assert not mistakes
    assert rows[0].aliases == ("望江阁", "老三号")
    assert rows[2] == RoomRow("", "", "", ("地库", "停车库"), "地下车库")
    assert rows[3] == RoomRow("5", "", "", ("听涛阁",), "")


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["3,2,1502,,", "三栋,2,1502,,"], [(3, "room")]),
        (["3,2,,,"], [(2, "room")]),
        ([",2,1502,,"], [(2, "building")]),
        (["3-5,2,1502,,"], [(2, "building")]),
        (["3,2,1502,望江阁,", "5,2,1502,望江阁,"], [(3, "aliases")]),
        (["3,2,1502,12,"], [(2, "aliases")]),
        (["3,2,1502,阁,"], [(2, "aliases")]),
        ([",2,,,地下车库"], [(2, "area")]),
        ([",,,地库,地下车库", ",,,地库,西车库"], [(3, "aliases")]),
        (["听涛阁,,101,,", "5,,101,听涛阁,"], [(3, "aliases")]),
        ([",,,地库,地下车库", ",,,,地下车库"], [(3, "room")]),
    ],
)
def test_what_cannot_be_used_is_named(lines: list[str], wrong: list[tuple[int, str]]) -> None:
    assert parsed(*lines)[1] == wrong
