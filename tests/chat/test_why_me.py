"""Who gets an order is explained, to whoever has it and to those above; and nobody is given more than his number."""

from collections.abc import Callable

from world import DUTY, PEOPLE, Someone, World

LEAK = "3栋2单元1502厨房漏水"
TAP = "5栋1单元301花洒坏了"
CAPPED = "\n".join(
    line + (",open_orders_at_most" if n == 0 else ",1" if line.startswith(("li,", "zhao,", "sun,")) else ",")
    for n, line in enumerate(PEOPLE.strip().splitlines())
)


def first_two(world: World) -> tuple[Someone, Someone]:
    return (world.li, world.zhao) if world.li.unheard() else (world.zhao, world.li)


def test_whoever_asks_why_hears_the_ground_and_the_figures(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    first.skips().says("为什么派给我？").hears("工单 1", "当班", "对口（给排水）", "2 人可选")
    world.chen.says(TAP).skips()
    second.skips().says("为什么派给我 2").hears("工单 2", "手上最少（0 个，其余至少 1 个）")
    second.says("进度 2").hears("派单依据：工单 2", "手上最少")
    world.zhou.says("进度 1").hears("派单依据：工单 1", "2 人可选")
    world.chen.says("进度 2")
    assert not any("派单依据" in i.text for i in world.chen.unheard()), "a resident has no part in that"


def test_the_figures_are_those_of_the_moment_of_the_choice(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    for n in range(3):
        world.chen.says(f"5栋1单元30{n}水管漏水").skips()
        world.passes(minutes=11)
    first.skips().says("为什么派给我 1").hears("工单 1", "手上 0 个")


def test_who_was_named_hears_by_whom_and_who_took_it_that_he_did(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    world.kefu.says("派单 1 孙师傅").skips()
    world.sun.skips().says("为什么派给我").hears("工单 1", "由小刘指定")
    first.skips().says("接单 1").skips()
    first.says("为什么派给我 1").hears("工单 1", "自己接的单")
    second.says("为什么派给我 1").hears("没有找到您可以操作的工单 1")


def test_near_goes_before_long_idle(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    world.passes(minutes=1)
    world.chen.says("8栋1单元302卫生间漏水").skips()
    _, second = first, world.zhao if first is world.li else world.li
    for engineer, no in ((first, 1), (second, 2)):
        engineer.says(f"接单 {no}").says(f"完工 {no} 修好").skips()
    world.chen.skips()
    world.passes(minutes=1)
    world.wang.says("9栋2单元101马桶堵了").hears("确认 1").skips()
    second.hears("工单 3").says("为什么派给我 3").hears("刚在8栋，离得最近")
    second.says("完工 3")
    first.hears_nothing()


def test_nobody_gets_more_than_his_number_and_the_backup_comes_before_the_supervisor(
    build_world: Callable[..., World],
) -> None:
    world = build_world(people=CAPPED)
    world.wang.says(LEAK).hears("工单 1")
    world.chen.says("5栋1单元301水管漏水").hears("工单 2")
    for engineer in (world.li, world.zhao):
        assert len(engineer.unheard()) == 1
        engineer.skips()
    world.wang.says("7栋2单元101马桶堵了").hears("工单 3", "孙师傅")
    world.sun.hears("工单 3").says("为什么派给我 3").hears("备班", "上限 1 个", "另有 2 人手上已满")


def test_where_all_have_theirs_a_normal_order_stands_with_the_supervisor_and_an_urgent_one_does_not(
    build_world: Callable[..., World],
) -> None:
    world = build_world(people=CAPPED)
    for no, room in enumerate(("301", "302", "303"), 1):
        world.chen.says(f"5栋1单元{room}花洒坏了").hears(f"工单 {no}")
        engineer = next(e for e in (world.li, world.zhao, world.sun) if e.unheard())
        engineer.says(f"接单 {no}").skips()
        world.passes(minutes=11)
    for person in (world.li, world.zhao, world.sun, world.zhou, world.kefu, world.chen):
        person.skips()
    world.wang.says("7栋2单元101花洒坏了").hears("工单 4", "普通", "周主管")
    world.zhou.hears("工单 4", "3 位当班人员手上都已满", "花洒坏了")
    world.kefu.hears("人手已满", "工单 4", "周主管")
    world.zhou.says("为什么派给我 4").hears("3 位当班人员手上都已满")
    world.nobody_heard_more()
    world.wang.says("3栋2单元电梯里有人被困").hears("工单 5", "紧急")
    takers = [e for e in (world.li, world.zhao, world.sun) if e.unheard()]
    assert len(takers) == 1
    takers[0].hears("工单 5", "电梯困人").says("为什么派给我 5").hears("大家手上都已满，急单仍派给手上最少的人")


def test_the_usual_number_is_for_engineers_alone(build_world: Callable[..., World]) -> None:
    world = build_world(extra="open_orders_at_most = 1")
    world.wang.says("我家那个东西又不行了").skips()
    world.chen.says("那边好像有点怪怪的").skips()
    assert len(world.kefu.unheard()) == 2, "what is unsure goes to the desk however much it has"


def test_the_lists_say_who_has_how_much_until_when_and_what_nobody_can_take(build_world: Callable[..., World]) -> None:
    duty = "\n".join(line for line in DUTY.splitlines() if line.split(",")[0] in ("userid", "li", "kefu", "zhou"))
    world = build_world(people=CAPPED, duty=duty)
    world.wang.says(LEAK).skips()
    world.li.skips().says("我的工单").hears("工单 1", "09:10 前接单").says("接单 1").skips()
    world.li.says("我的工单").hears("工单 1", "09:30 前到场").says("到场 1").skips()
    world.li.says("我的工单").hears("工单 1", "13:00 前完工")
    world.zhou.says("值班").hears("李师傅（强电/电梯/给排水，手上 1/1 个）", "小刘（客服）")
    world.chen.says(TAP).hears("工单 2", "周主管")
    world.zhou.skips().says("超时").hears("没有超时的工单", "等主管安排 1 个", "工单 2")
    world.passes(hours=1)
    world.zhou.skips().says("超时").hears("超时工单 1 个", "工单 2")


def test_what_waits_for_room_goes_out_in_the_turn_in_which_somebody_has_it(build_world: Callable[..., World]) -> None:
    duty = "\n".join(line for line in DUTY.splitlines() if line.split(",")[0] in ("userid", "li", "kefu", "zhou"))
    world = build_world(people=CAPPED, duty=duty)
    world.wang.says(LEAK).skips()
    world.chen.says(TAP).hears("工单 2", "周主管")
    world.chen.says("6栋1单元201花洒坏了").hears("工单 3", "周主管")
    world.zhou.skips()
    world.kefu.skips()
    world.li.skips().says("接单 1").says("到场 1").skips()
    world.zhou.hears_nothing()
    world.li.says("完工 1 换了角阀").hears("工单 1 已完工").hears("工单 2", "花洒坏了").hears_nothing()
    world.zhou.hears("工单 2 现在有人可派", "李师傅").hears_nothing()
    world.li.says("接单 2").skips().says("转单 2 周主管").hears("工单 2 已转给周主管").hears("工单 3")
    world.zhou.hears("工单 2", "由李师傅转来").hears("工单 3 现在有人可派").hears_nothing()
    world.wang.skips()
    world.chen.skips().says("取消 3").skips()
    world.li.hears("工单 3", "已取消").hears_nothing()


def test_what_somebody_gave_to_the_supervisor_by_name_stays_with_him(build_world: Callable[..., World]) -> None:
    world = build_world(people=CAPPED)
    world.wang.says(LEAK).skips()
    world.zhou.skips().says("派单 1 周主管").skips()
    world.chen.says(TAP).skips()
    holder = next(e for e in (world.li, world.zhao, world.sun) if any("工单 2 " in i.text for i in e.unheard()))
    holder.skips().says("接单 2").says("到场 2").says("完工 2 好了").skips()
    world.zhou.hears_nothing()


def test_the_list_of_the_late_counts_refusals(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, second = first_two(world)
    first.skips().says("拒单 1 没空").skips()
    second.says("拒单 1 也没空").skips()
    world.passes(minutes=11)
    world.zhou.skips().says("超时").hears("工单 1", "（已被拒 2 次）")
