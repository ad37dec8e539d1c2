"""Who gets an order, who wins it, and what happens when somebody cannot be reached."""

from collections.abc import Callable

import pytest
from world import DUTY, PEOPLE, Someone, World

TRAPPED = "3栋2单元电梯有人被困"
LEAK = "3栋2单元1502厨房漏水"


def first_two(world: World) -> tuple[Someone, Someone]:
    return (world.li, world.zhao) if world.li.unheard() else (world.zhao, world.li)


def only(*userids: str) -> str:
    """The duty list with these people alone."""
    return "\n".join(line for line in DUTY.splitlines() if line.split(",")[0] in ("userid", *userids))


def test_orders_are_spread_over_those_on_duty(world: World) -> None:
    world.wang.says(LEAK).hears("工单 1")
    first, second = first_two(world)
    first.hears("工单 1")
    world.chen.says("5栋1单元302卫生间漏水").hears("工单 2")
    second.hears("工单 2")
    world.nobody_heard_more()


def test_the_longest_idle_is_next_where_all_are_equally_busy(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    world.passes(minutes=1)
    world.chen.says("5栋1单元302卫生间漏水").skips()
    for engineer, no in ((first, 1), (second, 2)):
        engineer.says(f"接单 {no}").says(f"完工 {no} 修好").skips()
    world.wang.skips()
    world.passes(minutes=1)
    world.wang.says("4栋2单元101马桶堵了").hears("工单 3")
    first.hears("工单 3")


def test_only_a_man_of_the_trade_is_asked(world: World) -> None:
    world.wang.says("3栋2单元1502跳闸了，家里没电").hears("工单 1")
    world.li.hears("工单 1")
    world.nobody_heard_more()


def test_only_who_looks_after_the_building_is_asked(build_world: Callable[..., World]) -> None:
    people = PEOPLE.replace("plumbing;electrical;elevator,,", "plumbing;electrical;elevator,5,")
    world = build_world(people=people)
    for n, person in enumerate((world.wang, world.chen), 1):
        person.says(f"3栋2单元150{n}厨房漏水").hears(f"工单 {n}")
        world.zhao.hears(f"工单 {n}")
    world.nobody_heard_more()


@pytest.mark.parametrize(
    ("on_duty", "person", "name"),
    [(("kefu", "sun"), "sun", "孙师傅"), (("kefu", "zhou"), "zhou", "周主管"), (("kefu",), "zhou", "周主管")],
)
def test_nobody_on_duty_is_filled_from_above_at_once_and_the_desk_is_told(
    build_world: Callable[..., World], on_duty: tuple[str, ...], person: str, name: str
) -> None:
    world = build_world(duty=only(*on_duty))
    world.wang.says(LEAK).hears("工单 1", name)
    getattr(world, person).hears("【加急】工单 1", LEAK)
    world.kefu.hears("值班缺人", "工单 1", name)
    world.nobody_heard_more()


def test_without_a_supervisor_the_manager_has_it(build_world: Callable[..., World]) -> None:
    people = "\n".join(line for line in PEOPLE.splitlines() if not line.startswith("zhou"))
    world = build_world(people=people, duty=only("kefu"))
    world.wang.says(LEAK).hears("工单 1", "郑经理")
    world.zheng.hears("工单 1")
    world.kefu.hears("值班缺人")
    world.nobody_heard_more()


def test_the_desk_off_duty_is_told_of_a_gap_too(build_world: Callable[..., World]) -> None:
    world = build_world(duty=only("zhou"))
    world.wang.says(LEAK).skips()
    world.zhou.hears("工单 1")
    world.kefu.hears("值班缺人", "工单 1")
    world.nobody_heard_more()


def test_one_wins_and_the_others_are_told_who(world: World) -> None:
    world.wang.says(TRAPPED).skips()
    first, second = first_two(world)
    world.passes(minutes=2, seconds=30)
    second.hears("支援").taps("接单").hears("接单成功", "13800000001")
    first.skips()
    world.zhou.skips()
    first.says("接单 1").hears("已由").hears_nothing()
    for loser in (first, world.zhou):
        card = loser.card("工单 1")
        assert (card.state, card.replaced) == ("closed", f"{'李' if second.id == 'li' else '赵'}师傅已接单")
    assert second.card("工单 1").state == "closed"


def test_losers_are_told_once_in_words(world: World) -> None:
    world.wang.says(TRAPPED).skips()
    first, second = first_two(world)
    world.passes(minutes=1, seconds=30)
    first.hears("工单 1")
    second.hears("支援").says("接单 1").hears("接单成功")
    first.hears("工单 1", "已由", "不用处理").hears_nothing()
    world.wang.hears("工单 1", "接单")
    for person in (second, world.kefu, world.zhou):
        person.hears("应急预案 1", "工单 1")
    world.nobody_heard_more()


def test_who_refused_is_not_told_who_took_it(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    first.hears("工单 1").says("拒单 1 没空").hears("工单 1")
    second.hears("没空").says("接单 1").hears("接单成功")
    world.wang.hears("接单")
    world.nobody_heard_more()


def test_a_late_press_on_an_old_card_changes_nothing(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    world.passes(minutes=9)
    second.says("接单 1").says("到场 1").skips()
    first.skips()
    world.passes(days=2)
    for person in (world.wang, first, second, world.zhou, world.zheng):
        person.skips()
    world.platform.member_taps(first.id, "accept:1", even_grey=True)
    world.settle()
    first.hears("工单 1", "已由")
    world.nobody_heard_more()


@pytest.mark.parametrize("kind", ["invaliduser", "unlicenseduser"])
def test_who_cannot_be_reached_is_passed_over_at_once(world: World, kind: str) -> None:
    world.platform.fault("/cgi-bin/message/send", kind, "li", times=50)
    world.platform.fault("/cgi-bin/message/send", kind, "zhao", times=50)
    world.wang.says(TRAPPED).hears("工单 1", "09:03 前")
    world.sun.hears("工单 1", "收不到消息", "09:03")
    assert world.sun.times("工单 1") == [0]
    world.kefu.skips()
    world.passes(seconds=59)
    world.nobody_heard_more()
    world.passes(seconds=61)
    assert world.zhou.times("工单 1")[-1] == 2, "the clock that was running goes on"


def test_81013_counts_as_not_delivered(world: World) -> None:
    world.platform.fault("/cgi-bin/message/send", "errcode", 81013, times=1)
    world.wang.says(TRAPPED)
    pages = [p.times("【紧急】工单 1") for p in (world.li, world.zhao)]
    assert [0] in pages, "the next has it at once"


def test_where_nobody_can_be_reached_the_bot_comes_to_rest_and_the_ladder_goes_on(world: World) -> None:
    staff = ("li", "zhao", "sun", "zhou", "zheng", "admin")
    for userid in staff:
        world.platform.fault("/cgi-bin/message/send", "invaliduser", userid, times=500)
    world.wang.says(TRAPPED).hears("工单 1")
    world.kefu.hears("值班缺人", "工单 1", "暂无人员")
    world.passes(seconds=61)
    world.wang.hears("没有送达", "400-800-1234")
    world.passes(minutes=3)
    world.kefu.hears("无人接单")
    world.group_hears("工单 1")
    assert world.platform.escalations
