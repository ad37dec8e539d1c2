"""With a register of rooms a told place is checked: one hit is used, several are asked about, none is asked back."""

import pytest
from world import Someone, World

ROOMS = """楼栋,单元,房号,别名,公共位置
3,1,1501,望江阁,
3,1,1502,,
3,2,1502,,
3,2,1601,,
5,,302,,
7,2,1502,,
,,,地库;停车库,地下车库
"""


@pytest.fixture
def world(build_world) -> World:
    return build_world(rooms=ROOMS)


def paged(world: World) -> Someone:
    found = [p for p in (world.li, world.zhao, world.sun, world.kefu) if any("接单时限" in i.text for i in p.unheard())]
    assert len(found) == 1, [p.id for p in found]
    return found[0]


def test_the_only_room_of_that_number_is_used_unit_and_all(world: World) -> None:
    world.wang.says("3栋1601厨房漏水").hears("工单 1", "3栋2单元1601")
    paged(world).hears("工单 1", "3栋2单元1601")
    world.nobody_heard_more()


def test_a_building_without_units_is_asked_for_none(world: World) -> None:
    world.wang.says("5栋302厨房漏水").hears("工单 1", "5栋302")
    paged(world).hears("工单 1", "5栋302")
    world.nobody_heard_more()


def test_where_several_fit_the_order_goes_out_and_the_right_one_is_tapped(world: World) -> None:
    world.wang.says("3栋1502厨房漏水").hears("工单 1", "3栋1502", "哪一间")
    engineer = paged(world)
    engineer.hears("工单 1", "位置：3栋1502\n")
    buttons = [b.text for b in world.wang.card("工单 1").buttons]
    assert buttons == ["3栋1单元1502", "3栋2单元1502"]
    world.wang.taps("3栋2单元1502").hears("工单 1", "3栋2单元1502")
    engineer.hears("工单 1", "3栋2单元1502")
    world.nobody_heard_more()


def test_the_right_one_may_be_said_as_well(world: World) -> None:
    world.wang.says("3栋1502厨房漏水").skips()
    engineer = paged(world).skips()
    world.wang.says("2单元").hears("工单 1", "3栋2单元1502")
    engineer.hears("工单 1", "3栋2单元1502")
    world.nobody_heard_more()


def test_a_room_that_two_buildings_have_holds_the_order_until_it_is_known(world: World) -> None:
    world.wang.says("1502室马桶堵了").hears("工单 1", "哪一栋")
    world.nobody_heard_more()
    assert [b.text for b in world.wang.card("工单 1").buttons] == ["3栋1单元1502", "3栋2单元1502", "7栋2单元1502"]
    world.wang.taps("7栋2单元1502").hears("工单 1", "7栋2单元1502")
    paged(world).hears("工单 1", "7栋2单元1502")
    world.nobody_heard_more()


def test_the_only_flat_of_that_number_needs_no_building(world: World) -> None:
    world.wang.says("1601室马桶堵了").hears("工单 1", "3栋2单元1601")
    paged(world).hears("3栋2单元1601")
    world.nobody_heard_more()


def test_a_room_that_is_not_there_is_asked_back_with_the_likely_ones(world: World) -> None:
    world.wang.says("3-4-1502厨房漏水").hears("工单 1", "没有查到3栋4单元1502")
    engineer = paged(world).skips()
    world.wang.taps("3栋1单元1502").hears("工单 1", "3栋1单元1502")
    engineer.hears("工单 1", "3栋1单元1502")
    world.nobody_heard_more()


def test_a_building_that_is_not_there_holds_the_order_and_is_asked_back(world: World) -> None:
    world.wang.says("33栋2单元1502厨房漏水").hears("工单 1", "没有查到33栋2单元1502")
    world.nobody_heard_more()
    world.wang.says("3-2-1502").hears("工单 1", "3栋2单元1502")
    paged(world).hears("工单 1", "3栋2单元1502")
    world.nobody_heard_more()


def test_who_says_it_again_is_believed_because_the_list_may_be_wrong(world: World) -> None:
    world.wang.says("33栋2单元1502厨房漏水").skips()
    world.wang.says("33栋2单元1502").hears("工单 1", "33栋2单元1502")
    paged(world).hears("工单 1", "33栋2单元1502")
    world.nobody_heard_more()


def test_a_wrong_answer_is_asked_back_once(world: World) -> None:
    world.wang.says("厨房漏水").skips()
    world.wang.says("3-2-1702").hears("工单 1", "没有查到3栋2单元1702")
    paged(world).hears("工单 1", "3栋2单元1702")
    world.wang.says("3-2-1601").hears("工单 1", "3栋2单元1601")


def test_an_emergency_in_an_unknown_building_goes_out_at_once(world: World) -> None:
    world.wang.says("33栋2单元电梯里有人被困").hears("工单 1", "紧急通知", "请保持冷静", "没有查到33栋2单元")
    paged(world).hears("工单 1", "电梯困人", "33栋2单元")
    world.kefu.hears("应急预案 1", "33栋2单元")
    world.nobody_heard_more()


def test_an_order_by_telephone_is_checked_too(world: World) -> None:
    world.kefu.says("代报 3-1601 李奶奶 13811112222 厨房漏水").hears("工单 1", "3栋2单元1601")
    paged(world).hears("工单 1", "3栋2单元1601", "李奶奶")
    world.nobody_heard_more()


def test_an_import_counts_from_the_next_message_on(build_world) -> None:
    world = build_world()
    world.wang.says("3栋1601厨房漏水").hears("工单 1", "3栋1601")
    paged(world).skips()
    world.has_rooms(ROOMS)
    world.passes(seconds=2)
    world.chen.says("3栋1601厨房漏水").hears("工单 2", "3栋2单元1601")


def test_a_building_registered_by_its_name_alone_says_nothing_of_its_rooms(build_world) -> None:
    world = build_world(rooms=ROOMS + "9,,,听涛苑,\n")
    world.wang.says("9栋2单元1502厨房漏水").hears("工单 1", "9栋2单元1502")
    paged(world).hears("工单 1", "9栋2单元1502")
    world.nobody_heard_more()


def test_other_names_of_a_building_are_understood(world: World) -> None:
    world.wang.says("望江阁1501厨房漏水").hears("工单 1", "3栋1单元1501")
    paged(world).hears("位置：3栋1单元1501\n", "原话：望江阁1501厨房漏水")
    world.nobody_heard_more()


def test_another_name_of_a_building_answers_the_question_for_the_place(world: World) -> None:
    world.wang.says("马桶堵了").skips()
    world.wang.says("望江阁1单元1502").hears("工单 1", "3栋1单元1502")
    paged(world).hears("3栋1单元1502")


def test_a_public_place_of_the_estate_is_known_by_its_names(build_world) -> None:
    world = build_world(rooms=ROOMS + ",,,音乐喷泉,荷花池\n")
    world.wang.says("荷花池那边灯不亮").hears("工单 1", "荷花池")
    paged(world).hears("位置：荷花池\n")
    world.passes(minutes=11)
    for engineer in (world.li, world.zhao, world.sun):
        engineer.skips()
    world.chen.says("音乐喷泉旁边的灯不亮").hears("工单 2", "荷花池")


def test_where_a_flat_is_told_a_public_place_beside_it_is_not_the_place(build_world) -> None:
    world = build_world(rooms=ROOMS + ",,,,荷花池\n")
    world.wang.says("3-2-1601厨房漏水，就是荷花池对面那栋").hears("工单 1", "3栋2单元1601")
