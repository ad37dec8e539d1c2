"""通知: a whole building hears, within the platform's limits, and whoever could not be reached is named."""

from typing import Any

from world import PEOPLE, World

RESIDENTS = "".join(f"r{n},住户{n},resident,,{'3' if n <= 5 else '5'},\n" for n in range(1, 9))


def test_a_building_hears_it_in_one_call_and_the_answer_says_how_many(build_world: Any) -> None:
    world: World = build_world(people=PEOPLE + RESIDENTS)
    customer = world.customer("wm_open", "门口的人")
    customer.says("3栋2单元402厨房漏水").skips()
    asleep = world.customer("wm_shut", "上周的人")
    asleep.says("3栋1单元102厨房漏水").skips()
    world.passes(hours=49)
    customer.says("进度").skips()
    for someone in (world.li, world.zhao, world.sun, world.zhou, world.zheng, world.kefu, asleep, world.admin):
        someone.skips()
    before = len(world.platform.sends)
    world.zhou.says("通知 3栋 今晚22点停水检修").hears(
        "3栋", "企业微信 5 人", "微信客服 1 人", "住户（3栋1单元102）", "电话通知"
    )
    for n in range(1, 6):
        getattr(world, f"r{n}").hears("【通知】", "今晚22点停水检修")
    customer.hears("【通知】", "今晚22点停水检修")
    for n in range(6, 9):
        getattr(world, f"r{n}").hears_nothing()
    asleep.hears_nothing()
    assert len(world.platform.sends) - before == 3  # the notice to five, the customer's, and the answer


def test_whom_the_platform_does_not_know_is_named(build_world: Any) -> None:
    world: World = build_world(people=PEOPLE + RESIDENTS)
    world.platform.remove_member("r2")
    world.zhou.says("通知 3栋 今晚停水").hears("企业微信 5 人").hears("1 人没有送达", "住户2")
    world.r1.hears("今晚停水")


def test_only_those_who_lead_may_and_a_report_that_begins_so_stays_one(build_world: Any) -> None:
    world: World = build_world(people=PEOPLE + RESIDENTS)
    world.zhou.says("通知 3栋").hears("通知 楼栋 内容")
    world.zhou.says("通知 9栋 停水").hears("没有发出")
    world.kefu.says("通知 3栋 停水").skips()
    world.r1.hears_nothing()
    world.zhou.says("通知 全体 明天消防演习").hears("全体", "企业微信 10 人")
    world.r8.hears("明天消防演习")
