"""A wished time of visit is kept, told to everybody it concerns, and the clocks of normal orders follow it."""

from world import MONDAY, Someone, World

LAMP = "3栋2单元1502卧室灯不亮，"


def paged(world: World) -> Someone:
    found = [p for p in (world.li, world.zhao, world.sun, world.kefu) if any("接单时限" in i.text for i in p.unheard())]
    assert len(found) == 1, [p.id for p in found]
    return found[0]


def test_the_wish_stands_in_the_receipt_on_the_page_and_in_the_list(world: World) -> None:
    world.wang.says(LAMP + "今天上午10点到11点有人在家").hears("工单 1", "期望上门：11-23 10:00–11:00")
    engineer = paged(world)
    engineer.hears("工单 1", "期望上门：11-23 10:00–11:00")
    engineer.says("接单").hears("接单成功", "期望上门：11-23 10:00–11:00", "11:00 前到场")
    world.wang.hears("工单 1", "将在 11-23 10:00–11:00 上门")
    engineer.says("我的工单").hears("工单 1", "11-23 10:00–11:00上门")
    world.nobody_heard_more()


def test_for_a_wish_of_tomorrow_nobody_is_disturbed_today(world: World) -> None:
    world.wang.says(LAMP + "明天下午2点到4点有人在家").hears("工单 1", "11-24 14:00–16:00 上门", "11-24 13:00 前接单")
    world.passes(hours=24)
    world.nobody_heard_more_but_digests()
    world.at("2026-11-24", "12:31")
    engineer = paged(world).skips()
    engineer.says("接单").skips()
    world.wang.hears("工单 1", "将在 11-24 14:00–16:00 上门")
    world.at("2026-11-24", "13:31")
    engineer.hears("提醒", "工单 1", "11-24 14:00–16:00 上门")
    world.at("2026-11-24", "15:01")
    engineer.hears("提醒", "工单 1", "到场")
    world.at("2026-11-24", "16:01")
    world.zhou.hears("到场超时", "工单 1")


def test_the_time_is_wished_of_somebody_who_is_on_duty_then(build_world) -> None:
    duty = """userid,start,end,tier
kefu,2026-11-23 00:00,2026-12-07 00:00,1
li,2026-11-23 00:00,2026-11-24 08:00,1
zhao,2026-11-24 08:00,2026-11-25 08:00,1
zhou,2026-11-23 00:00,2026-12-07 00:00,3
"""
    world = build_world(duty=duty, at=MONDAY)
    world.wang.says("3栋2单元1502水龙头松了，明天上午10点到12点有人").hears("工单 1", "赵师傅", "11-24 10:00–12:00")
    world.at("2026-11-24", "08:31")
    world.zhao.hears("工单 1", "期望上门")
    world.li.hears_nothing()


def test_with_nobody_listed_for_that_day_it_goes_to_those_of_now(build_world) -> None:
    duty = """userid,start,end,tier
kefu,2026-11-23 00:00,2026-11-24 00:00,1
li,2026-11-23 00:00,2026-11-24 00:00,1
zhou,2026-11-23 00:00,2026-11-24 00:00,3
"""
    world = build_world(duty=duty)
    world.wang.says(LAMP + "后天上午有人在家").hears("工单 1", "李师傅", "期望上门：11-25 08:00–12:00")
    world.li.hears("工单 1", "期望上门：11-25 08:00–12:00")
    world.nobody_heard_more()


def test_an_emergency_waits_for_no_wish(world: World) -> None:
    world.wang.says("3栋2单元1502水管爆了，明天上午有人在家").hears("工单 1", "紧急")
    paged(world).hears("工单 1", "期望上门")


def test_another_wish_reaches_the_holder_and_winds_his_clock_anew(world: World) -> None:
    world.wang.says(LAMP + "今天上午10点到11点有人在家").skips()
    engineer = paged(world).skips()
    engineer.says("接单").skips()
    world.wang.skips()
    world.passes(minutes=20)
    world.wang.says("改到明天下午2点到4点来吧").hears("工单 1", "期望上门改为 11-24 14:00–16:00")
    engineer.hears("工单 1", "期望上门改为 11-24 14:00–16:00")
    world.passes(hours=6)
    world.nobody_heard_more()
    world.at("2026-11-24", "13:31")
    engineer.hears("提醒", "11-24 14:00–16:00 上门")


def test_a_wish_that_lets_a_held_order_go_sooner_sends_it_out(world: World) -> None:
    world.wang.says(LAMP + "明天下午2点到4点有人在家").skips()
    world.wang.says("改成今天10点到11点来吧").hears("工单 1", "期望上门改为 11-23 10:00–11:00")
    paged(world).hears("工单 1", "期望上门：11-23 10:00–11:00", "报修人改了上门时间")
    world.nobody_heard_more()


def test_a_wish_put_off_takes_the_offer_back_until_then(world: World) -> None:
    world.wang.says(LAMP + "今天10点到11点有人在家").skips()
    engineer = paged(world).skips()
    world.wang.says("改到明天下午2点到4点来吧").hears("工单 1", "期望上门改为 11-24 14:00–16:00")
    world.passes(hours=3)
    world.wang.hears_nothing()
    assert not any("接单" in i.text and "提醒" in i.text for i in engineer.unheard())


def test_a_wish_that_is_over_is_not_kept(world: World) -> None:
    world.wang.says(LAMP + "今天早上7点到8点有人")
    assert not any("期望上门" in i.text for i in world.wang.unheard())
