"""The clock of an order that nobody takes: who hears what when, and who does not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from world import DUTY, Someone, World

TRAPPED = "3栋2单元电梯有人被困"
LEAK = "3栋2单元1502厨房漏水"
LIGHT = "3栋2单元1502的灯不亮了"
LISTED = 'emergency_list = ["zhou", "ZHENG"]'
EVERYBODY = ("wang", "kefu", "li", "zhao", "sun", "zhou", "zheng", "admin")


def first_two(world: World) -> tuple[Someone, Someone]:
    """Who has the order, and who is next on duty."""
    return (world.li, world.zhao) if world.li.unheard() else (world.zhao, world.li)


def calls(world: World) -> list[float]:
    """The minutes at which the telephone gateway was called."""
    return [round((r.at - world.began).total_seconds() / 60, 2) for r in world.platform.escalations]


def group(world: World) -> list[float]:
    """The minutes at which the group robot spoke."""
    return [round((i.at - world.began).total_seconds() / 60, 2) for i in world.platform.group.shown]


def test_an_urgent_order_climbs_at_half_at_four_fifths_at_the_whole_and_at_one_and_a_half(world: World) -> None:
    world.wang.says(LEAK).hears("工单 1", "09:10 前接单")
    first, second = first_two(world)
    world.passes(minutes=74)
    assert first.times("工单 1") == [0, 5, 8], "the page, the half-time reminder, and that the order went on"
    assert second.times("工单 1") == [8], "the next hears once"
    assert world.zhou.times("工单 1") == [10]
    assert world.zheng.times("工单 1") == [15]
    second.hears("师傅8分钟没有接单，工单转给您", "漏水", LEAK)
    world.zhou.hears("已等10分钟无人接单")
    world.zheng.hears("已等15分钟无人接单")
    first.hears("接单时限").hears("提醒", "5分钟").hears("等了8分钟没有接单，已转给")
    world.nobody_heard_more()
    assert (group(world), calls(world)) == ([], [])


def test_an_order_that_nobody_takes_comes_back_to_the_supervisor_for_ever(world: World) -> None:
    world.wang.says(LEAK)
    world.passes(hours=30)
    # The digest names the order as well, and is no reminder.
    reminded = [t for t in world.zhou.times("工单 1") if t not in world.zhou.times("日报")]
    assert reminded == [10] + [15 + 60 * n for n in range(1, 30)]


def test_a_normal_order_climbs_at_its_own_pace(world: World) -> None:
    world.wang.says(LIGHT).hears("普通")
    world.passes(minutes=50)
    assert (world.li.times("工单 1"), world.sun.times("工单 1")) == ([0, 15, 24], [24]), "zhao is no electrician"
    assert (world.zhou.times("工单 1"), world.zheng.times("工单 1")) == ([30], [45])


def test_an_emergency_climbs_by_thirds_and_never_ends_until_a_human_accepts(
    build_world: Callable[..., World],
) -> None:
    world = build_world(extra=LISTED)
    world.wang.says(TRAPPED).hears("工单 1", "紧急", "09:03 前接单")
    first, second = first_two(world)
    world.passes(minutes=60)
    ever = [3.0 + 2 * n for n in range(29)]
    assert first.times("工单 1") == [0], "an emergency wastes no time on reminding"
    assert second.times("工单 1") == [1]
    assert world.zhou.times("工单 1") == [2, *ever]
    assert world.zheng.times("工单 1") == ever
    assert calls(world) == ever
    assert group(world) == [2, *ever[1:]]
    assert world.sun.times("") == world.admin.times("") == []
    assert world.kefu.times("") == world.kefu.times("应急预案 1") == [0], "it phones, and is not asked to go"
    world.zheng.says("接单 1").skips()
    for person in EVERYBODY:
        getattr(world, person).skips()
    world.passes(minutes=7)
    world.nobody_heard_more()
    assert (calls(world), group(world)) == (ever, [2, *ever[1:]]), "after an acceptance nobody is called any more"


def test_the_gateway_is_told_what_where_and_whom_to_call(build_world: Callable[..., World]) -> None:
    world = build_world(extra=LISTED)
    world.wang.says(TRAPPED)
    world.passes(minutes=3)
    (request,) = world.platform.escalations
    assert request.json["order"] == 1
    assert request.json["event"] == "emergency_not_accepted"
    assert request.json["category"] == "elevator_entrapment"
    assert request.json["waited_seconds"] == 180
    assert request.json["text"].startswith("紧急工单 1：3栋2单元 电梯困人")
    assert [c["phone"] for c in request.json["call"]] == ["13600000001", "13500000001"]


def test_without_a_list_everybody_on_duty_and_all_who_lead_are_called(world: World) -> None:
    world.wang.says(TRAPPED)
    world.passes(minutes=3)
    for person in ("kefu", "li", "zhao", "sun", "zhou", "zheng", "admin"):
        assert 3.0 in getattr(world, person).times("无人接单"), person


@pytest.mark.parametrize(
    ("within", "thirds", "every"),
    [("3s", (1, 2, 3), 10), ("30s", (10, 20, 30), 20), ("3m", (60, 120, 180), 120), ("30m", (600, 1200, 1800), 120)],
)
def test_the_emergency_ladder_follows_accept_within(
    build_world: Callable[..., World], within: str, thirds: tuple[int, ...], every: int
) -> None:
    world = build_world(extra=f'{LISTED}\n[sla.emergency]\naccept_within = "{within}"')
    world.wang.says(TRAPPED)
    _, second = first_two(world)
    world.passes(seconds=thirds[2] + 3 * every)
    seconds = [round(60 * m) for m in second.times("工单 1")]
    assert seconds == [thirds[0]]
    assert round(60 * group(world)[0]) == thirds[1]
    assert [round(60 * m) for m in calls(world)] == [thirds[2] + n * every for n in range(4)]


def test_repeats_that_could_not_leave_in_time_do_not_pile_up(build_world: Callable[..., World]) -> None:
    world = build_world(extra=f'{LISTED}\n[sla.emergency]\naccept_within = "9s"')
    world.wang.says(TRAPPED).skips()
    world.platform.fault("/cgi-bin/message/send", "http", 500, until=world.clock.now + timedelta(seconds=56))
    world.passes(seconds=58.9)
    assert len(world.zheng.times("工单 1")) == 2, "the page, and the latest repeat"
    assert len(world.zhou.times("工单 1")) == 3, "the page, what everybody hears, and the latest repeat"


def test_handing_on_starts_a_new_clock_and_the_old_one_is_silent(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    first.hears("工单 1")
    world.passes(minutes=4)
    first.says("转单 1 孙师傅").hears("工单 1", "孙师傅")
    world.sun.hears("转来", "09:14")
    world.passes(minutes=5)
    world.sun.hears("提醒", "工单 1")
    world.nobody_heard_more()
    world.passes(minutes=3)
    assert second.times("没有接单，工单转给您") == [12.0], "80 % of the new clock"
    assert world.sun.times("已转给") == [12.0]
    world.passes(minutes=2)
    assert world.zhou.times("工单 1") == [14]
    assert second.times("提醒") == []


def test_refusing_starts_a_new_clock_for_the_next(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    first.hears("工单 1")
    world.passes(minutes=2)
    first.says("拒单 1 在别处抢修").hears("工单 1", (second.id == "li" and "李师傅") or "赵师傅")
    second.hears("在别处抢修", "09:12")
    assert first.card("工单 1").state == "closed"
    world.passes(minutes=5)
    second.hears("提醒")
    world.nobody_heard_more()


def test_a_supervisor_who_sends_somebody_starts_a_new_clock(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    world.passes(minutes=11)
    world.zhou.skips().says("派单 1 孙师傅").hears("工单 1", "孙师傅")
    world.sun.hears("周主管", "09:21")
    assert second.hears("改派给孙师傅")
    first.skips()
    for engineer in (first, second):
        assert engineer.card("工单 1").state == "closed"
    for person in EVERYBODY:
        getattr(world, person).skips()
    world.passes(minutes=4)
    world.nobody_heard_more()
    world.passes(minutes=1)
    world.sun.hears("提醒", "工单 1")


def test_accepting_in_time_keeps_everybody_else_quiet(world: World) -> None:
    world.wang.says(TRAPPED).hears("工单 1")
    first, _ = first_two(world)
    world.passes(seconds=50)
    first.hears("工单 1").says("接单 1").hears("接单成功")
    world.wang.hears("工单 1", "接单")
    for person in (first, world.kefu, world.zhou):
        person.hears("应急预案 1", "工单 1")
    world.passes(minutes=6)
    world.nobody_heard_more()
    assert (group(world), calls(world)) == ([], [])


def test_arrival_is_watched_like_acceptance(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").skips()
    world.wang.skips()
    world.passes(minutes=46)
    assert first.times("请尽快到场") == [15]
    assert world.zhou.times("到场超时") == [30]
    assert world.zheng.times("到场超时") == [45]


def test_an_emergency_taken_but_not_reached_goes_on_climbing(world: World) -> None:
    world.wang.says(TRAPPED).skips()
    first, _ = first_two(world)
    first.says("接单 1").skips()
    world.passes(minutes=30)
    first.says("问 1 是哪一部电梯").skips()
    world.passes(minutes=23)
    assert world.zhou.times("到场超时") == [15, 37.5, 52.5]
    assert world.zheng.times("到场超时") == [22.5]


def test_a_finished_order_is_no_more_watched_and_an_unfinished_one_daily(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("到场 1").skips()
    world.passes(hours=55)
    assert first.times("完成时限已过半") == [120]
    assert world.zhou.times("完成超时") == [240, 360 + 1440, 360 + 2880]
    assert world.zheng.times("完成超时") == [360]
    first.says("完工 1 换了角阀").skips()
    world.wang.skips()
    world.zhou.skips()
    world.zheng.skips()
    world.passes(hours=30)
    world.zhou.hears("日报").hears_nothing()
    world.zheng.hears("日报").hears_nothing()


def test_waiting_for_parts_stops_the_finish_clock(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("到场 1").skips()
    world.passes(hours=1)
    first.says("挂起 1 等配件").hears("工单 1", "等配件")
    world.wang.skips()
    world.passes(hours=20)
    first.says("恢复 1").hears("工单 1")
    world.passes(hours=4)
    assert first.times("完成时限已过半") == [60 * 22.0]
    assert world.zhou.times("完成超时") == [60 * 24.0]


def test_an_order_that_waits_is_asked_about_once_a_day(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("挂起 1 等配件").skips()
    world.passes(hours=49)
    assert first.times("仍在挂起") == [1440, 2880]
    assert world.zhou.times("仍在挂起") == [1440, 2880]
    first.says("恢复 1").skips()
    world.passes(minutes=14)
    first.hears_nothing()
    world.passes(minutes=1)
    first.hears("请尽快到场")


def test_if_no_page_leaves_in_a_minute_the_reporter_gets_the_number(world: World) -> None:
    wx = world.customer("wx_resident", "住户甲")
    world.all_is_seen_to = False  # the pages still wait
    world.platform.fault("/cgi-bin/message/send", "http", 500, until=world.clock.now + timedelta(minutes=2))
    wx.says(TRAPPED).hears("工单 1")
    world.passes(seconds=59)
    wx.hears_nothing()
    world.passes(seconds=2)
    wx.hears("工单 1", "没有送达", "400-800-1234").hears_nothing()


def test_a_page_that_left_needs_no_number(world: World) -> None:
    wx = world.customer("wx_resident", "住户甲")
    wx.says(TRAPPED).hears("工单 1")
    world.passes(minutes=2)
    wx.hears_nothing()


def test_unconfirmed_work_is_closed_after_two_days_and_scored_all_the_same(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("完工 1 换了角阀").skips()
    world.wang.skips()
    world.passes(hours=47, minutes=59)
    world.wang.hears_nothing()
    world.passes(minutes=1)
    world.wang.hears("工单 1", "没有收到您的确认", "关闭").hears_nothing()
    world.passes(minutes=30)
    world.wang.hears("工单 1", "1–5").hears_nothing()


def test_a_score_is_asked_once_and_reminded_once(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("完工 1 换了角阀").skips()
    world.wang.says("确认 1").skips()
    world.passes(days=6)
    assert world.wang.times("1–5") == [30, 30 + 1440]
    world.wang.says("4").hears("1–5").hears("1–5").hears("谢谢", "工单 1").hears_nothing()


def test_a_given_score_is_not_asked_for_again(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("完工 1 换了角阀").skips()
    world.wang.says("确认 1").skips()
    world.passes(minutes=31)
    world.wang.hears("1–5").says("5").hears("谢谢")
    world.passes(days=3)
    world.wang.hears_nothing()


def test_a_second_life_has_a_ladder_of_its_own(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    world.passes(minutes=9)
    second.hears("转给您").says("接单 1").hears("接单成功")
    first.skips()
    second.says("完工 1 换了角阀").skips()
    world.wang.says("没修好 1").hears("工单 1", "重新处理")
    world.zhou.hears("返修")
    second.hears("第1次返修", "工单 1")
    world.passes(minutes=9)
    second.hears("提醒")
    first.hears("工单转给您", "工单 1")
    second.hears("已转给").says("接单 1").hears("接单成功")
    first.hears("工单 1", "接单")
    world.wang.skips()
    world.nobody_heard_more()


SMALL = """userid,name,role,skills,buildings,phone
wang,王女士,resident,,,13800000001
kefu,小刘,service,,,13900000001
li,李师傅,engineer,plumbing;elevator,,13700000001
zheng,郑经理,manager,,,13500000001
"""


def test_where_there_is_no_supervisor_the_manager_is_told_in_his_stead(build_world: Callable[..., World]) -> None:
    duty = "\n".join(line for line in DUTY.splitlines() if line.split(",")[0] in ("userid", "li", "kefu"))
    world = build_world(people=SMALL, duty=duty)
    world.wang.says(LEAK).hears("工单 1")
    world.passes(minutes=16)
    assert world.li.times("工单 1") == [0, 5, 8]
    assert world.zheng.times("工单 1") == [8, 10, 15], "next in line, for the supervisor, and as the manager"


def test_several_emergencies_bring_in_several_people(build_world: Callable[..., World]) -> None:
    crew = [f"gong{n}" for n in range(6)]
    people = [f"{userid},{userid},engineer,elevator,,1370000000{n}" for n, userid in enumerate(crew)]
    people += ["wang,王女士,resident,,,13800000001", "zhou,周主管,supervisor,,,13600000001"]
    duty = [f"{userid},2026-11-23 00:00,2026-12-07 00:00,1" for userid in crew]
    world = build_world(
        people="\n".join(["userid,name,role,skills,buildings,phone", *people]) + "\n",
        duty="\n".join(["userid,start,end,tier", *duty]) + "\n",
    )
    for building in (3, 7, 11):
        world.wang.says(f"{building}栋电梯有人被困")
    first = {userid for userid in crew if world.platform.phone(userid).shown}
    world.passes(seconds=61)
    second = {userid for userid in crew if world.platform.phone(userid).shown} - first
    assert len(first) == 3
    assert len(second) == 3, "one person was called to all of them"
