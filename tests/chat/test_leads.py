"""今日 超时 值班 关闭 派单: what supervisors and managers ask for and decide."""

from world import Someone, World

TRAPPED = "3栋2单元电梯有人被困"
LEAK = "3栋2单元1502厨房漏水"


def first_two(world: World) -> tuple[Someone, Someone]:
    return (world.li, world.zhao) if world.li.unheard() else (world.zhao, world.li)


def test_today_counts_since_midnight(world: World) -> None:
    world.wang.says(LEAK).skips()
    world.passes(seconds=1)
    world.zheng.says("今日").hears("今日（11-23）", "受理 1", "未完成 1", "超时 0", "漏水1", "当班")
    world.zhou.says("今日 ").hears("受理 1")
    world.at("2026-11-24", "00:01")
    world.zheng.skips().says("今日").hears("今日（11-24）", "受理 0", "未完成 1", "超时 1")


def test_overdue_lists_the_gravest_first_with_who_has_it_and_since_when(world: World) -> None:
    world.zheng.says("超时").hears("没有超时")
    world.wang.says(LEAK).skips()
    world.passes(minutes=20)
    world.chen.says("5栋1单元电梯有人被困").skips()
    world.passes(minutes=10)
    world.zheng.skips().says("超时")
    (answer,) = [i.text for i in world.zheng.unheard()]
    assert answer.startswith("超时工单 2 个")
    assert answer.index("工单 2") < answer.index("工单 1")
    assert "超时7分钟" in answer
    assert "超时20分钟" in answer
    assert "师傅" in answer


def test_late_arrival_is_overdue_too(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").skips()
    world.passes(minutes=29)
    world.zhou.says("超时").hears("没有超时")
    world.passes(minutes=11)
    world.zhou.skips().says("超时").hears("工单 1", "超时10分钟")


def test_a_parked_order_is_not_overdue(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("挂起 1 等配件").skips()
    world.passes(hours=20)
    world.zhou.says("超时").hears("没有超时")


def test_who_is_on_duty_is_told_by_tier(world: World) -> None:
    world.zhou.says("值班").hears("当班：", "李师傅", "备班：孙师傅", "值班主管：周主管")
    world.li.says("值班").hears("李师傅")
    world.nobody_heard_more()


def test_a_resident_gets_no_figures_and_no_names(world: World) -> None:
    for words in ("今日", "超时", "值班"):
        world.wang.says(words)
    assert all("师傅" not in i.text and "受理" not in i.text for i in world.wang.unheard())
    assert len(world.wang.unheard()) == 3


def test_closing_needs_a_reason_and_tells_both_sides(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.skips()
    world.zhou.says("关闭 1").hears("工单 1", "原因").hears_nothing()
    world.zhou.says("关闭 1 重复报修").hears("工单 1", "已关闭")
    world.wang.hears("工单 1", "重复报修")
    first.hears("工单 1", "重复报修")
    assert first.card("工单 1").state == "closed"
    world.passes(days=3)
    for lead in (world.zhou, world.zheng):
        for _ in range(3):
            lead.hears("日报")
    world.nobody_heard_more()


def test_whoever_was_asked_too_hears_that_it_is_over(world: World) -> None:
    world.wang.says("3栋2单元电梯有人被困").skips()
    world.passes(seconds=90)
    for engineer in (world.li, world.zhao):
        engineer.skips()
    world.zhou.says("关闭 1 重复报修").hears("已关闭")
    world.li.hears("工单 1", "重复报修").hears_nothing()
    world.zhao.hears("工单 1", "重复报修").hears_nothing()


def test_whoever_was_asked_too_hears_to_whom_it_goes(world: World) -> None:
    world.wang.says("3栋2单元电梯有人被困").skips()
    first, second = first_two(world)
    world.passes(seconds=90)
    first.skips()
    second.skips()
    first.says("转单 1 孙师傅").hears("孙师傅").hears_nothing()
    second.hears("工单 1", "孙师傅", "不用处理")
    world.sun.says("接单 1").skips()
    world.wang.hears("孙师傅")
    for leads in (world.kefu, world.zhou):
        leads.hears("应急预案 1", "工单 1")
    world.nobody_heard_more()


def test_an_engineer_cannot_close(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.skips().says("关闭 1 不想去").hears("没有找到", "工单 1")
    world.nobody_heard_more()


def test_a_closed_order_is_not_closed_twice(world: World) -> None:
    world.wang.says(LEAK).skips()
    world.zhou.says("关闭 1 重复").hears("已关闭")
    world.zhou.says("关闭 1 重复").hears("工单 1", "不用再关闭")


def test_sending_somebody_takes_it_from_whoever_had_it(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.skips().says("接单 1").skips()
    world.wang.skips()
    world.zheng.says("派单 1 孙师傅").hears("工单 1", "孙师傅")
    first.hears("工单 1", "改派给孙师傅")
    world.sun.hears("工单 1", "郑经理", LEAK)
    world.nobody_heard_more()
    world.sun.says("接单").hears("接单成功")
    world.wang.hears("工单 1", "孙师傅")
    first.says("到场 1").hears("没有找到", "工单 1")
    world.nobody_heard_more()


def test_sending_somebody_unknown_says_so_and_changes_nothing(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.skips()
    world.zhou.says("派单 1 王五").hears("没有找到", "王五", "工单 1")
    world.zhou.says("派单 1").hears("工单 1", "派给谁")
    world.nobody_heard_more()
    first.says("接单 1").hears("接单成功")


def test_an_unaccepted_emergency_can_be_sent_to_a_named_man_by_the_manager(world: World) -> None:
    world.wang.says(TRAPPED).skips()
    world.passes(minutes=4)
    world.zheng.skips().says("派单1孙师傅").hears("工单 1", "孙师傅")
    assert any("郑经理" in i.text for i in world.sun.unheard())
