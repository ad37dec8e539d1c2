"""Where is it? Asked once, answered by words or by one tap, and never in the way of an emergency."""

import pytest
from world import Someone, World


def paged(world: World) -> Someone:
    found = [p for p in (world.li, world.zhao, world.sun, world.kefu) if any("接单时限" in i.text for i in p.unheard())]
    assert len(found) == 1, [p.id for p in found]
    return found[0]


def test_a_report_without_a_place_is_asked_for_it_once_and_goes_out_with_the_answer(world: World) -> None:
    world.wang.says("厨房漏水").hears("工单 1", "漏水", "哪一栋")
    world.nobody_heard_more()
    world.wang.says("3-2-1502").hears("工单 1", "3栋2单元1502")
    paged(world).hears("工单 1", "3栋2单元1502", "厨房漏水")
    world.nobody_heard_more()


def test_an_answer_that_is_no_place_is_told_so(world: World) -> None:
    world.wang.says("厨房漏水").skips()
    world.wang.says("1502").hears("工单 1", "楼栋")
    world.nobody_heard_more()


def test_an_emergency_without_a_place_is_dispatched_first_and_asked_after(world: World) -> None:
    world.wang.says("电梯里有人被困").hears("工单 1", "紧急通知", "请保持冷静", "哪一栋")
    engineer = paged(world)
    engineer.hears("工单 1", "电梯困人", "位置待补充")
    world.wang.says("3栋2单元").hears("工单 1", "3栋2单元")
    engineer.hears("工单 1", "3栋2单元")
    world.kefu.hears("应急预案 1", "位置待补充").hears("预案 1", "工单 1 的位置是3栋2单元")
    world.nobody_heard_more()


def test_the_place_of_an_emergency_reaches_whoever_has_accepted_meanwhile(world: World) -> None:
    world.wang.says("电梯里有人被困").skips()
    engineer = paged(world).skips()
    engineer.says("接单").skips()
    for leads in (world.kefu, world.zhou):
        leads.hears("应急预案 1", "工单 1")
    world.wang.skips().says("3栋2单元").hears("工单 1", "3栋2单元")
    engineer.hears("工单 1", "3栋2单元")
    world.kefu.hears("工单 1 的位置是3栋2单元")
    world.nobody_heard_more()


def test_the_address_used_last_is_offered_and_taken_by_one_tap(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    paged(world).skips()
    world.passes(minutes=1)
    world.wang.says("马桶堵了").hears("工单 2", "哪一栋")
    world.wang.taps("3栋2单元1502").hears("工单 2", "3栋2单元1502")
    paged(world).hears("工单 2", "3栋2单元1502", "马桶堵了")
    world.nobody_heard_more()


def test_an_emergency_offers_the_address_as_well(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    paged(world).skips()
    world.wang.says("电梯里有人被困").hears("工单 2", "哪一栋")
    engineer = paged(world).skips()
    world.wang.taps("3栋2单元1502").hears("工单 2", "3栋2单元1502")
    engineer.hears("工单 2", "3栋2单元1502")
    world.kefu.hears("应急预案 1", "工单 2").hears("工单 2 的位置是3栋2单元1502")
    world.nobody_heard_more()


def test_an_offer_means_the_address_it_showed_whatever_was_said_since(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    paged(world).skips()
    world.wang.says("马桶堵了").skips()
    world.wang.says("5栋1单元302客厅灯不亮").hears("工单 3", "5栋1单元302")
    paged(world).skips()
    world.wang.taps("3栋2单元1502").hears("工单 2", "3栋2单元1502")
    paged(world).hears("工单 2", "3栋2单元1502")


def test_the_code_of_a_place_that_was_scanned_answers_the_question(world: World) -> None:
    world.wang.says("电梯坏了").skips()
    world.platform.member_event(
        "wang", "scancode_waitmsg", EventKey="menu.scan",
        ScanCodeInfo={"ScanType": "qrcode", "ScanResult": "https://bot.example.com/q?p=3栋2单元"},
    )  # fmt: skip
    world.settle()
    world.wang.hears("工单 1", "3栋2单元")
    paged(world).hears("工单 1", "3栋2单元")


def test_a_scanned_place_is_offered_with_the_next_report(world: World) -> None:
    world.platform.member_event(
        "wang", "scancode_waitmsg", EventKey="menu.scan",
        ScanCodeInfo={"ScanType": "qrcode", "ScanResult": "3栋2单元"},
    )  # fmt: skip
    world.settle()
    world.wang.hears("3栋2单元")
    world.wang.says("电梯坏了").hears("工单 1", "哪一栋")
    world.wang.taps("3栋2单元").hears("工单 1", "3栋2单元")
    paged(world).hears("工单 1", "3栋2单元")
    world.nobody_heard_more()


def test_without_an_answer_customer_service_asks(world: World) -> None:
    world.wang.says("厨房漏水").skips()
    world.passes(minutes=3)
    world.kefu.hears("工单 1", "待核实", "厨房漏水")
    world.nobody_heard_more()


def test_a_late_answer_still_sends_the_order_to_the_trade(world: World) -> None:
    world.wang.says("厨房漏水").skips()
    world.passes(minutes=4)
    world.kefu.skips()
    world.wang.says("3-2-1502").hears("工单 1", "3栋2单元1502")
    world.kefu.skips()
    paged(world).hears("工单 1", "漏水", "3栋2单元1502")


def test_a_public_place_needs_no_building(world: World) -> None:
    world.wang.says("地下车库灯不亮").hears("工单 1", "地下车库")
    paged(world).hears("工单 1", "地下车库")
    world.nobody_heard_more()


def test_where_the_door_is_missing_the_order_goes_out_and_the_door_is_asked_for(world: World) -> None:
    world.wang.says("3栋厨房漏水").hears("工单 1", "哪一室")
    engineer = paged(world)
    engineer.hears("工单 1", "3栋")
    world.wang.says("2-1502").hears("工单 1", "3栋2单元1502")
    engineer.hears("工单 1", "3栋2单元1502")
    world.nobody_heard_more()


def test_the_tap_of_an_order_that_is_over_says_so(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    paged(world).skips()
    world.wang.says("马桶堵了").skips()
    world.wang.says("取消 2").skips()
    world.wang.taps("3栋2单元1502").hears("工单 2", "不再需要")


def test_what_is_said_beside_half_a_place_reaches_whoever_goes_there(world: World) -> None:
    world.wang.says("电梯里有人被困").hears("工单 1", "哪")
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.skips()
    world.wang.says("10楼，里面的老人晕过去了").hears("工单 1")
    engineer.hears("工单 1", "里面的老人晕过去了")
    world.wang.says("3栋2单元").hears("工单 1", "3栋2单元10楼")
    engineer.hears("3栋2单元10楼")


@pytest.mark.parametrize("words", ["5栋1604也有煤气味", "5栋1604是不是也有煤气味"])
def test_the_same_danger_somewhere_else_is_no_answer_to_where(world: World, words: str) -> None:
    world.wang.says("1503有煤气味").hears("工单 1")
    engineer = world.li if world.li.unheard() else world.zhao if world.zhao.unheard() else world.sun
    engineer.hears("工单 1", "1503")
    world.wang.says(words).hears("工单 2", "5栋1604")
    assert any("工单 2" in i.text for someone in (world.li, world.zhao, world.sun) for i in someone.unheard())


def test_who_corrects_the_place_opens_no_second_order(world: World) -> None:
    world.wang.says("1503有煤气味").hears("工单 1")
    world.wang.says("说错了，是5栋1604有煤气味").hears("工单 1", "5栋1604")
    assert not any("工单 2" in i.text for someone in (world.li, world.zhao, world.sun) for i in someone.unheard())
