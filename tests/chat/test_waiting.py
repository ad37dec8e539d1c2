"""Waiting with a reason and a day, the clocks of a working calendar, and 时限."""

from collections.abc import Callable
from datetime import datetime

from world import TZ, World

Build = Callable[..., World]
LIGHT = "3栋2单元1502的灯不亮了"
WORKING = '[sla.normal]\nclock = "working"\narrive_source = "合同：附件二第3条"\n'


def accepted(world: World) -> World:
    world.wang.says(LIGHT).skips()
    world.li.says("接单 1").skips()
    world.wang.skips()
    return world


def test_what_waits_is_asked_about_on_the_day_that_was_named(world: World) -> None:
    accepted(world)
    world.li.says("挂起 1 等配件 11-26").hears("工单 1 已挂起：等配件。11-26 会再问您")
    world.wang.hears("工单 1 暂停处理：等配件，预计 11-26")
    world.at("2026-11-26", "08:59")
    assert world.li.times("挂起提醒") == []
    world.at("2026-11-26", "09:00")
    world.li.hears("挂起提醒", "工单 1")
    world.zhou.hears("挂起提醒", "工单 1")
    world.li.says("挂起 1 等厂家，11月30日到货").hears("等厂家。11-30 会再问您")
    world.at("2026-11-29", "12:00")
    assert len(world.li.times("挂起提醒")) == 1
    world.at("2026-11-30", "09:00")
    world.li.hears("挂起提醒", "工单 1")
    world.li.says("恢复 1").hears("已恢复")


def test_without_a_day_it_is_asked_about_after_a_day_and_says_how_to_name_one(world: World) -> None:
    accepted(world)
    world.li.says("挂起 1 等业主").hears("等业主", "明天会再问您", "挂起 1 等配件 12-03")
    world.passes(hours=24)
    world.li.hears("挂起提醒", "工单 1")


def test_a_day_that_is_over_is_refused_and_a_number_is_no_day(world: World) -> None:
    accepted(world)
    world.li.says("挂起 1 等配件 11-20").hears("11-20 已经过去", "工单 1")
    world.li.says("挂起 1 等业主 3-2").hears("工单 1 已挂起：等业主 3-2")


def test_a_normal_order_on_the_working_clock_is_not_late_on_sunday(build_world: Build) -> None:
    world = build_world(extra=WORKING)
    world.at("2026-11-27", "17:20")  # a Friday; ten minutes of work are left
    world.zhou.skips()
    world.zheng.skips()
    world.wang.says(LIGHT).hears("工单 1", "11-30 08:50 前接单")
    world.li.hears("工单 1", "11-30 08:50")
    world.at("2026-11-30", "08:36")
    world.zheng.skips()
    world.zhou.skips()
    world.zhao.hears_nothing()
    world.at("2026-11-30", "08:50")
    world.zhou.hears("工单 1", "无人接单")


def test_targets_are_told_with_their_sources(build_world: Build) -> None:
    world = build_world(extra=WORKING)
    world.zhou.says("时限").hears(
        "紧急 接单 3分钟，全天计时（惯例：出厂设置）",
        "普通 到场 4小时，按工作时间计时（合同：附件二第3条）",
        "加急 完工 4小时",
    )
    accepted(world)
    world.li.says("到场 1").skips()
    world.passes(hours=1)
    world.li.says("挂起 1 等配件").skips()
    world.passes(minutes=30)
    world.kefu.says("时限 1").hears(
        "工单 1 的时限（普通，按工作时间计时）",
        "接单：应在 09:30 前，已于 09:00",
        "到场：应在",
        "完工：应在",
        "挂起 1 次，共30分钟",
    )
    world.li.says("时限").hears("只对")
    world.wang.says("时限 9").skips()


def test_an_emergency_has_no_working_hours(build_world: Build) -> None:
    world = build_world(extra=WORKING.replace("sla.normal", "sla.urgent"))
    world.at("2026-11-28", "23:00")
    world.wang.says("3栋2单元电梯困人").hears("工单 1", "23:03 前接单")


def test_a_year_whose_holidays_nobody_knows_is_told_where_clocks_follow_them(build_world: Build) -> None:
    world = build_world(extra=WORKING, at=datetime(2026, 12, 18, 9, 0, tzinfo=TZ))
    world.passes(minutes=13)
    world.zhou.hears("2027年的放假和调休安排还没有", "周一到周五", "baoxiu import holidays")
    world.nobody_heard_more()
