"""回访 by policy: leaks after three days, a sample of the rest, never by the worker, answered by a tap."""

from typing import Any

import pytest
from world import Someone, World

from bot.core.callbacks import drawn


def closed(world: World, words: str, by: str = "") -> Someone:
    """An order from report to confirmation; returns whoever did it."""
    world.wang.says(words).skips()
    engineer = getattr(world, by) if by else next(p for p in (world.li, world.zhao, world.sun) if p.unheard())
    engineer.skips().says("接单 1").says("到场 1").says("完工 1 更换角阀").skips()
    world.wang.says("确认 1").says("5").skips()
    world.kefu.skips()
    return engineer.skips()


def test_a_leak_is_called_back_after_three_days_and_one_tap_says_how_it_went(world: World) -> None:
    closed(world, "3栋2单元1502厨房漏水")
    world.passes(hours=71)
    world.kefu.hears_nothing()
    world.passes(hours=1)
    world.kefu.hears("回访任务（防复漏）", "工单 1", "更换角阀", "13800000001")
    world.kefu.taps("已修好，满意").hears("工单 1", "回访已记录")
    world.kefu.says("进度 1").hears("回访（防复漏）", "小刘", "已修好，满意")


def test_still_leaking_reopens_the_order_with_its_history(world: World) -> None:
    engineer = closed(world, "3栋2单元1502厨房漏水")
    world.passes(days=3)
    for someone in (world.zhou, world.zheng, world.wang):
        someone.skips()
    world.kefu.skips().taps("仍有问题").hears("回访已记录").hears("工单 1", "已重新处理")
    engineer.hears("工单 1", "返修", "回访时报修人说仍有问题")
    world.zhou.hears("工单 1", "没修好")


def test_nobody_answers_three_times_and_it_is_written_down(world: World) -> None:
    closed(world, "3栋2单元1502厨房漏水")
    world.passes(days=3)
    world.kefu.skips().taps("没联系上").hears("第 1 次没联系上")
    world.kefu.taps("没联系上").hears("第 2 次没联系上")
    world.kefu.taps("没联系上").hears("回访已记录")
    world.kefu.says("进度 1").hears("回访（防复漏）", "没联系上")
    world.kefu.taps("没联系上").hears("没有待办的回访")


def test_who_forgets_is_told_on(world: World) -> None:
    closed(world, "3栋2单元1502厨房漏水")
    world.passes(days=5)
    world.kefu.skips()
    assert any("回访超时" in i.text and "工单 1" in i.text for i in world.zhou.unheard())


def test_the_worker_is_never_the_one_who_calls(world: World) -> None:
    world.wang.says("3栋楼道有垃圾没人扫").skips()
    world.kefu.skips().says("接单 1").says("到场 1").says("完工 1 已清扫").skips()
    world.wang.says("确认 1").skips()
    world.kefu.says("回访 1 满意").hears("是您处理的")


@pytest.mark.parametrize("share", [0, 30, 100])
def test_the_sample_is_of_its_size_and_the_same_each_time(share: int) -> None:
    first = [drawn(no, share) for no in range(1, 10_001)]
    assert first == [drawn(no, share) for no in range(1, 10_001)]
    assert abs(sum(first) / 100 - share) < 2


def test_a_sample_of_none_calls_nobody_back(build_world: Any) -> None:
    world: World = build_world(extra="[callbacks]\nother_share = 0\n")
    closed(world, "3栋2单元1502卧室灯不亮", by="li")
    world.passes(days=7)
    assert not any("回访" in i.text and "任务" in i.text for i in world.kefu.unheard())


def test_who_took_the_report_in_hears_of_stalls_and_owes_the_callback(world: World) -> None:
    world.kefu.says("代报 3-2-1502 王女士 13812345678 厨房漏水").skips()
    world.passes(minutes=30)
    world.kefu.hears("首问提醒", "工单 1", "13812345678")
    engineer = next(p for p in (world.li, world.zhao) if p.unheard())
    engineer.skips().says("接单 1").says("挂起 1 等配件").skips()
    world.kefu.hears("首问提醒", "等配件")
    engineer.says("恢复 1").says("到场 1").says("完工 1 好了").skips()
    world.kefu.hears("首问回访", "工单 1", "13812345678")
    world.kefu.taps("已修好，满意").hears("回访已记录")
    world.kefu.says("进度 1").hears("首问负责：小刘", "回访（首问）")


def test_who_settles_what_is_unsure_takes_it_on_and_a_complaint_is_always_called_back(world: World) -> None:
    world.wang.says("我要投诉，保安态度太差").hears("工单 1")
    world.kefu.skips().says("派单 1 李师傅").skips()
    world.kefu.says("进度 1").hears("首问负责：小刘")
    world.li.skips().says("接单 1").says("到场 1").says("完工 1 已沟通").skips()
    world.kefu.hears("首问回访", "工单 1").says("回访 1 已致歉").hears("回访已记录")
    world.wang.skips().says("确认 1").skips()
    world.passes(hours=24)
    world.kefu.hears("回访任务（投诉）", "工单 1")


def test_the_responsibility_stands_with_the_acceptance_and_comes_from_the_list_of_buildings(world: World) -> None:
    from bot.imports.buildings import parse_buildings
    from bot.imports.table import read_table
    from bot.store.buildings import save

    listed = world.folder / "buildings.csv"
    listed.write_text(
        "楼栋,竣工验收,交付,建设单位,建设单位电话\n3栋,2025-06-30,2025-09-30,某某置业,0571-88888888\n", "utf-8"
    )
    rows, mistakes = parse_buildings(read_table(listed))
    assert mistakes == []
    assert save(world.settings, rows) == {"added": 1, "updated": 0}
    world.wang.says("3栋2单元1502厨房漏水").skips()
    engineer = next(p for p in (world.li, world.zhao) if p.unheard())
    engineer.skips().says("接单 1").hears(
        "接单成功", "责任建议（仅供参考，由人决定）", "户内", "给排水管道保修至 2027-06-30", "某某置业 0571-88888888"
    )


def test_after_rain_leaks_are_called_about_at_once_each_once_a_rain(world: World) -> None:
    worker = closed(world, "3栋2单元1502厨房漏水")
    world.zhou.skips().says("下雨了").hears("下雨回访", "1 个", "工单 1").hears_nothing()
    world.kefu.hears("回访任务（下雨防复漏）", "工单 1", "更换角阀", "13800000001").hears_nothing()
    worker.hears_nothing()
    world.passes(hours=23)
    world.kefu.says("下雨了").hears("没有需要下雨回访")
    world.kefu.taps("已修好，满意").hears("回访已记录")
    world.passes(hours=1)
    world.kefu.skips().says("下雨了").hears("回访任务（下雨防复漏）", "工单 1").hears(
        "下雨回访", "工单 1"
    ).hears_nothing()
    world.kefu.taps("仍有问题").hears("回访已记录").hears("工单 1", "已重新处理")


def test_rain_takes_the_place_of_the_three_days(world: World) -> None:
    closed(world, "3栋2单元1502厨房漏水")
    world.passes(hours=40)
    world.zhou.says("下雨了").hears("下雨回访", "工单 1")
    world.kefu.taps("已修好，满意").skips()
    world.passes(hours=40)
    world.kefu.hears_nothing()
    world.zhou.skips().says("下雨了").hears("没有需要下雨回访")


def test_rain_is_about_leaks_that_were_repaired_and_only_the_desk_can_tell_of_it(world: World) -> None:
    engineer = closed(world, "3栋2单元1502卧室灯不亮", by="li")
    world.chen.says("3栋2单元1602厨房漏水").skips()
    world.zhou.skips().says("关闭 2 重复").says("下雨了").hears("没有需要下雨回访")
    engineer.skips().says("下雨了").hears("只对")
    assert not any("回访任务" in i.text for i in world.kefu.unheard())
    world.chen.skips().says("下雨了")
    assert not any("只对" in i.text or "下雨回访" in i.text for i in world.chen.unheard())


def test_first_contact_stands_by_person_with_what_is_open_and_what_is_owed(world: World) -> None:
    world.kefu.says("代报 3-2-1502 王女士 13812345678 厨房漏水").says("代报 5栋大堂 李先生 13812345679 灯不亮").skips()
    engineer = next(p for p in (world.li, world.zhao) if any("工单 1 " in i.text for i in p.unheard()))
    engineer.says("接单 1").says("到场 1").says("完工 1 好了")
    world.passes(minutes=1)
    world.zhou.skips().says("首问").hears(
        "首问（11-23 00:00 至 11-23 09:01）\n小刘：受理 2，未完成 2，待回访 1（超时 0），平均办结 -"
    )
    world.zhou.says("首问 上周").hears("首问", "没有首问工单")
    world.zhou.says("首问 去年").hears("首问 上周")
    engineer.skips().says("首问").hears("只对")
    world.passes(hours=25)
    world.zhou.skips().says("首问本周").hears("小刘：受理 2，未完成 2，待回访 1（超时 1）")
    world.kefu.skips().says("回访 1 满意").skips()
    world.passes(hours=23)
    world.zhou.skips().says("首问").hears("小刘：受理 2，未完成 1，待回访 0（超时 0），平均办结 2天")
    world.at("2026-11-30", "08:42")
    weekly = next(i.text for i in world.zhou.unheard() if "周报" in i.text)
    assert "首问每人：\n小刘：受理 2，未完成 1，待回访 0（超时 0），平均办结 2天" in weekly
    assert not any("首问每人" in i.text for i in world.zhou.unheard() if "日报" in i.text)
