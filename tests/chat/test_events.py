"""One outage, one event: reports of the same system in the same building are joined, one team works, all hear."""

from typing import Any

import pytest
from world import PEOPLE, Someone, World

MORE = PEOPLE + "".join(f"r{n},住户{n},resident,,,1391111{n:04}\n" for n in range(1, 9))
RULE = '[incidents]\njoin_by_rule = ["power", "water", "lift"]\n'


@pytest.fixture
def house(build_world: Any) -> World:
    """An estate with eight more residents."""
    world: World = build_world(people=MORE)
    return world


@pytest.fixture
def ruled(build_world: Any) -> World:
    """The same, where the property lets power, water and lift of one building join by rule."""
    world: World = build_world(people=MORE, extra=RULE)
    return world


def two_report(world: World) -> Someone:
    """Two homes of one building without water; returns whoever was paged for the first."""
    world.r1.says("3栋1单元301停水了").hears("工单 1", "供水")
    world.r2.says("3栋2单元402没水了").hears("工单 2", "供水")
    return world.li if world.li.unheard() else world.zhao


def test_the_second_report_is_proposed_and_one_tap_joins_it(house: World) -> None:
    first = two_report(house)
    house.li.skips()
    house.zhao.skips()
    house.kefu.hears("可能是同一事件", "事件 1", "3栋", "停水", "工单 1、2")
    house.kefu.taps("并入事件").hears("已合并为事件 1", "工单 1", "2 户")
    second = house.zhao if first is house.li else house.li
    second.hears("工单 2", "工单 1", "事件 1", "不用单独去")
    house.r2.hears("工单 2", "事件 1", "已有 2 户", "正在通知")
    # One team works; everybody hears the steps, each under his own number.
    first.says("接单 1").hears("接单成功")
    house.r1.hears("工单 1", "接单")
    house.r2.hears("工单 2", "接单", "预计")
    first.says("预计恢复 1 2小时").hears("工单 1", "11:00")
    house.r1.hears("工单 1", "预计 11:00 恢复")
    house.r2.hears("工单 2", "预计 11:00 恢复")
    # A new reporter hears at once that it is known, and nobody is called for him.
    house.r3.says("3栋1单元501停水").hears("工单 3", "已知情况", "已有 3 户", "预计 11:00 恢复")
    house.nobody_heard_more()
    first.says("到场 1").skips()
    house.r1.hears("工单 1", "已到场")
    house.r2.hears("工单 2", "已到场")
    house.r3.hears("工单 3", "已到场")
    first.says("完工 1 换了水泵").skips()
    house.r1.hears("工单 1", "换了水泵")
    house.r2.hears("工单 2", "换了水泵", "确认 2")
    house.r3.hears("工单 3", "换了水泵", "确认 3")
    house.nobody_heard_more()
    # Each order closes by its own reporter; the sweep asks the others and counts.
    house.r2.taps("我家好了").hears("工单 2", "已确认")
    first.skips()
    house.passes(hours=1)
    house.r1.hears("工单 1", "您家好了吗")
    house.r3.hears("工单 3", "您家好了吗")
    house.kefu.hears("事件 1", "已好 1 户", "未答复 2 户")
    house.r3.says("没修好 3 还是没水").hears("工单 3", "重新处理")


def test_one_tap_undoes_it_and_everything_goes_out_on_its_own(house: World) -> None:
    two_report(house)
    house.kefu.taps("并入事件").skips()
    for someone in (house.li, house.zhao, house.r1, house.r2):
        someone.skips()
    house.kefu.taps("撤销合并").hears("已撤销事件 1")
    house.r2.hears("工单 2", "单独处理")
    paged = [someone for someone in (house.li, house.zhao) if someone.unheard()]
    assert len(paged) == 1
    paged[0].hears("工单 2", "原并入事件")
    house.nobody_heard_more()
    house.r3.says("3栋1单元501停水").hears("工单 3", "正在通知")
    # Somebody has said that they are different: nobody is asked about them again.
    house.kefu.hears_nothing()


def test_what_was_said_to_be_different_is_not_proposed_again(house: World) -> None:
    two_report(house)
    house.kefu.skips().taps("不是一回事").hears("不是同一件事")
    for n in range(3, 9):
        getattr(house, f"r{n}").says(f"3栋1单元{n}01停水").hears(f"工单 {n}")
    house.kefu.hears_nothing()


def test_by_rule_the_second_joins_at_once_and_no_second_team_is_called(ruled: World) -> None:
    ruled.r1.says("3栋停电了").hears("工单 1", "停电")
    ruled.li.hears("工单 1", "停电")
    ruled.r2.says("3栋2单元402停电").hears("工单 2", "已知情况", "李师傅")
    ruled.kefu.hears("事件 1", "停电", "已自动合并", "工单 1")
    ruled.nobody_heard_more()
    # Nobody takes it: the ladder climbs for the leading order alone.
    ruled.passes(minutes=30)
    assert not any("工单 2" in i.text for i in ruled.platform.phone("zhou").shown)
    ruled.zhou.hears("工单 1")


def test_lifts_of_two_units_are_two_lifts(ruled: World) -> None:
    ruled.r1.says("3栋1单元电梯坏了").hears("工单 1", "电梯故障")
    ruled.r2.says("3栋2单元电梯坏了").hears("工单 2", "电梯故障", "正在通知")
    ruled.kefu.hears_nothing()
    ruled.r3.says("3栋2单元电梯不动了").hears("工单 3", "已知情况")


def test_a_second_report_of_people_in_a_lift_is_paged_until_somebody_joins_it(ruled: World) -> None:
    ruled.r1.says("3栋1单元电梯困人").hears("工单 1", "电梯困人")
    ruled.r2.says("3栋1单元电梯里有人被困").hears("工单 2", "电梯困人", "正在紧急通知")
    paged = [p for p in (ruled.li, ruled.zhao) if any("可能同一事件：工单 1" in i.text for i in p.unheard())]
    assert len(paged) == 1
    ruled.kefu.hears("可能是同一事件", "工单 1、2").taps("并入事件").hears("事件 1")
    paged[0].hears("工单 2", "可能同一事件：工单 1").hears("工单 2", "不用单独去")
    ruled.r2.hears("工单 2", "事件 1", "正在通知")


def test_a_lift_that_is_worked_on_becomes_an_emergency_with_the_people_found_in_it(house: World) -> None:
    house.r1.says("3栋1单元电梯坏了").skips()
    first = house.li if house.li.unheard() else house.zhao
    first.skips().says("接单 1").skips()
    house.r2.says("3栋1单元电梯困人").skips()
    house.kefu.skips().taps("并入事件").skips()
    first.hears("工单 1", "电梯困人", "紧急")
    house.r1.skips()
    house.r2.hears("工单 2", "事件 1", "已接单")


def test_graver_words_of_somebody_who_waits_are_paged_at_once(ruled: World) -> None:
    ruled.r1.says("3栋1单元电梯坏了").skips()
    ruled.r2.says("3栋1单元电梯不动了").hears("已知情况")
    for someone in (ruled.li, ruled.zhao, ruled.kefu):
        someone.skips()
    ruled.r2.says("里面有人").hears("工单 2", "电梯困人")
    assert any("工单 2" in i.text and "紧急" in i.text for p in (ruled.li, ruled.zhao) for i in p.unheard())


def test_the_leading_reporter_withdraws_and_the_next_leads_with_the_same_man(ruled: World) -> None:
    ruled.r1.says("3栋停水了").skips()
    first = ruled.li if ruled.li.unheard() else ruled.zhao
    first.skips().says("接单 1").skips()
    ruled.r2.says("3栋2单元402停水").hears("已知情况", "已接单")
    ruled.r3.says("3栋2单元502停水").hears("已知情况")
    ruled.r1.skips().says("取消 1").hears("已取消")
    first.hears("工单 1", "取消").hears("工单 2", "事件 1 继续")
    first.says("接单 2").skips()
    ruled.r3.hears("工单 3", "已由", "接单")
    ruled.r2.hears("工单 2", "接单")


def test_words_and_urging_of_who_waits_reach_whoever_works(ruled: World) -> None:
    ruled.r1.says("3栋停水了").skips()
    first = ruled.li if ruled.li.unheard() else ruled.zhao
    first.skips()
    ruled.r2.says("3栋2单元402停水").skips()
    ruled.r2.says("补充一下，家里有病人要用水").hears("工单 2", "补充")
    first.hears("工单 2", "牵头工单 1", "家里有病人要用水")
    ruled.r2.says("催单 2").hears("已帮您催促", "已知情况")
    first.hears("催单", "工单 2", "牵头的是工单 1")
    ruled.r2.says("进度 2").hears("随事件处理", "事件 1")


def test_orders_are_joined_and_split_by_number(house: World) -> None:
    two_report(house)
    house.kefu.skips().says("并单 2 1").hears("已合并为事件")
    house.kefu.says("事件").hears("3栋", "停水", "处理中", "2 户", "工单 1")
    house.kefu.says("拆单 2").hears("工单 2", "已拆出")
    house.r2.hears("工单 2", "事件").hears("工单 2", "单独处理")
    house.kefu.says("并单 1 1").hears("并单 N M")
    house.r1.says("并单 2 1").skips()
    house.r1.says("进度 1").hears("工单 1", "待接单")


def test_who_is_not_well_again_leads_once_more_and_the_others_wait_on_him(ruled: World) -> None:
    ruled.r1.says("3栋停水了").skips()
    first = ruled.li if ruled.li.unheard() else ruled.zhao
    first.skips().says("接单 1").skips()
    for n in (2, 3, 4):
        getattr(ruled, f"r{n}").says(f"3栋2单元{n}02停水").skips()
    first.says("完工 1 好了").skips()
    ruled.r2.says("没修好 2 还是没水").hears("重新处理")
    first.hears("工单 2", "返修")
    ruled.kefu.skips()
    ruled.r3.skips().says("没修好 3").hears("工单 3", "已知情况")
    first.hears_nothing()


def test_a_report_whose_place_is_told_later_joins_too(ruled: World) -> None:
    ruled.r1.says("3栋停水了").skips()
    ruled.r2.says("停水了").hears("工单 2", "哪一栋")
    ruled.kefu.skips()
    ruled.r2.says("3栋2单元402").hears("工单 2", "已知情况")
    ruled.kefu.hears("已自动合并")


def test_nobody_waits_on_an_order_that_is_gone(ruled: World) -> None:
    """The hourly look: should the leading order be over for whatever reason, who waits goes out on his own."""
    ruled.r1.says("3栋停水了").skips()
    ruled.r2.says("3栋2单元402停水").skips()
    with ruled.house.desk.db.writing() as tx:
        from bot import store

        store.incidents.keep(tx, 1, lead=None)
    ruled.passes(hours=1)
    ruled.r2.hears("工单 2", "单独处理")
