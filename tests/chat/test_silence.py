"""Whoever says nothing loses the order, before he has accepted it and after; all who have a part in it hear why."""

from collections.abc import Callable

import pytest
from world import DUTY, Someone, World

TRAPPED = "3栋2单元电梯有人被困"
LEAK = "3栋2单元1502厨房漏水"
TAP = "3栋2单元1502花洒坏了"


def first_two(world: World) -> tuple[Someone, Someone]:
    return (world.li, world.zhao) if world.li.unheard() else (world.zhao, world.li)


def only(*userids: str) -> str:
    """The duty list with these people alone."""
    return "\n".join(line for line in DUTY.splitlines() if line.split(",")[0] in ("userid", *userids))


def test_the_order_goes_on_and_both_hear_why(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    first.skips()
    world.passes(minutes=9)
    second.hears("8分钟没有接单，工单转给您", LEAK, "13800000001").says("为什么派给我").hears("工单 1", "当班")
    first.hears("提醒").hears("工单 1 等了8分钟没有接单，已转给", "先接先得")
    assert first.card("工单 1").state == "closed"
    world.nobody_heard_more()
    world.zhou.says("进度 1").hears("无人应答，转给下一位", "自动改派")


def test_whoever_was_passed_over_can_still_be_the_first(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    world.passes(minutes=9)
    first.skips().says("接单 1").hears("接单成功", "13800000001")
    second.hears("转给您").hears("工单 1 已由", "不用处理")
    world.wang.hears("接单")
    world.nobody_heard_more()


def test_an_emergency_keeps_everybody_in_until_the_first_human_accepts(world: World) -> None:
    world.wang.says(TRAPPED).skips()
    first, second = first_two(world)
    world.passes(minutes=1, seconds=30)
    first.hears("工单 1")
    second.hears("支援").says("接单 1").hears("接单成功")
    first.hears("已由")
    first.says("接单 1").hears("已由").hears_nothing()


def test_without_another_on_duty_it_stands_with_the_supervisor_until_somebody_takes_it(
    build_world: Callable[..., World],
) -> None:
    world = build_world(duty=only("kefu", "li", "zhou"))
    world.wang.says(LEAK).skips()
    world.passes(minutes=9)
    world.zhou.hears("没有对口的当班人员，由主管安排", "李师傅8分钟没有接单", LEAK)
    world.kefu.hears("值班缺人", "周主管")
    world.li.skips()
    world.passes(hours=3)
    assert world.zhou.times("工单 1") == [8, 10, 75, 135], "again and again"
    assert world.li.times("工单 1") == [0, 5, 8]
    world.zheng.hears("已等15分钟无人接单")
    world.zhou.skips()
    world.nobody_heard_more()


def test_what_stands_with_the_supervisor_goes_to_whoever_comes_on_duty(build_world: Callable[..., World]) -> None:
    duty = only("kefu", "zhou") + "\nli,2026-11-23 10:00,2026-11-24 10:00,1\n"
    world = build_world(duty=duty)
    world.wang.says(LEAK).hears("工单 1", "周主管")
    world.zhou.hears("没有对口的当班人员，由主管安排", "工单 1")
    world.passes(minutes=74)
    world.li.hears_nothing()
    world.passes(minutes=1)
    world.li.hears("工单 1", "现在由您当班", "10:25")
    world.zhou.hears("工单 1 现在有人可派，已转给李师傅")
    world.li.says("接单 1").hears("接单成功")


def test_refusals_go_with_the_order_by_count_and_reason(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    first.skips().says("拒单 1 在别处抢修").skips()
    second.hears("拒单，原因：在别处抢修").says("拒单 1 没有配件").hears("已拒绝工单 1")
    world.sun.hears("拒单，原因：没有配件", "已被拒 2 次", "（在别处抢修）")
    world.passes(minutes=10)
    world.zhou.hears("工单 1", "没有接单", "已被拒 2 次", "（在别处抢修）", "（没有配件）")


def test_a_second_life_counts_its_own_refusals(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    first.skips().says("拒单 1 没空").skips()
    second.says("接单 1").says("完工 1 换了角阀").skips()
    world.passes(minutes=1)
    world.wang.says("没修好 1").skips()
    second.skips().says("拒单 1 下班了").skips()
    first.hears("下班了")
    assert not any("已被拒" in i.text for i in world.platform.phone(first.id).shown)


@pytest.mark.parametrize(("words", "minutes"), [(TRAPPED, 45), (LEAK, 120), (TAP, 24 * 60)])
def test_an_order_accepted_and_forgotten_comes_back_and_all_three_hear_why(
    world: World, words: str, minutes: int
) -> None:
    world.wang.says(words).skips()
    first, second = first_two(world)
    first.says("接单 1").skips()
    world.passes(minutes=minutes - 1)
    for person in (world.wang, world.li, world.zhao, world.sun, world.zhou, world.zheng, world.kefu, world.admin):
        person.skips()
    world.passes(minutes=1)
    second.hears("没有到场，也没有消息，工单收回后转给您", words, "13800000001")
    first.hears("工单 1 您接单后", "没有到场，也没有消息，已收回并转给", "到场 1")
    world.zhou.hears("接单后没有消息", "工单 1", "已收回并转给")
    world.zhou.skips()
    world.zheng.skips()
    world.nobody_heard_more()
    second.says("接单 1").hears("接单成功")
    world.wang.hears("工单 1 已改由", "接单")


def test_a_word_renews_the_lease(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").skips()
    world.passes(minutes=100)
    first.skips().says("问 1 现在在家吗").skips()
    world.passes(minutes=119)
    assert not any("收回" in i.text for i in first.unheard())
    world.passes(minutes=41)
    first.hears("工单 1 您接单后", "已收回")


def test_whoever_has_arrived_is_watched_by_the_finish_clock_alone(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("到场 1").skips()
    world.passes(hours=30)
    assert not any("收回" in i.text for i in first.unheard())


def test_the_lease_can_be_switched_off(build_world: Callable[..., World]) -> None:
    world = build_world(extra="[sla.urgent]\nforgotten_after = 0")
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").skips()
    world.passes(hours=30)
    assert not any("收回" in i.text for i in first.unheard())


def test_what_the_desk_had_accepted_comes_back_to_the_desk(build_world: Callable[..., World]) -> None:
    world = build_world()
    world.wang.says("我家那个东西又不行了").skips()
    world.kefu.says("接单 1").skips()
    world.passes(hours=24)
    world.kefu.hears("工单 1 您接单后", "已收回并转给周主管")
    world.zhou.hears("待核实", "小刘接单后")
