"""Helpers, outside firms and apprentices: what they hear and see of the one order they are on, and nothing else."""

from collections.abc import Callable

import pytest
from world import DUTY, PEOPLE, Someone, World

LEAK = "3栋2单元1502厨房漏水"
LIFT = "3栋2单元电梯坏了，不动了"
WITH_FIRM = "\n".join(
    [
        "userid,name,role,skills,buildings,phone,mentor,firm",
        *(f"{line},," for line in PEOPLE.strip().splitlines()[1:]),
        "wanggong,王工,engineer,elevator,,13100000001,,通力电梯",
        "xiaochen,小陈,engineer,plumbing,,13100000002,li,",
    ]
)
WITH_THEM = DUTY + "wanggong,2026-11-23 00:00,2026-12-07 00:00,1\nxiaochen,2026-11-23 00:00,2026-12-07 00:00,1\n"


@pytest.fixture
def wide(build_world: Callable[..., World]) -> World:
    """The usual estate with the lift firm's man and an apprentice, both on the duty list."""
    return build_world(people=WITH_FIRM, duty=WITH_THEM)


def first_two(world: World) -> tuple[Someone, Someone]:
    return (world.li, world.zhao) if world.li.unheard() else (world.zhao, world.li)


def test_a_firm_on_the_list_is_given_nothing_by_itself_and_called_by_nobody(wide: World) -> None:
    wide.wang.says("3栋2单元电梯有人被困").skips()
    wide.passes(minutes=10)
    wide.wanggong.hears_nothing()


def test_whoever_is_brought_in_hears_what_he_needs_and_works_on_this_order_alone(wide: World) -> None:
    wide.wang.says(LIFT).skips()
    first, second = first_two(wide)
    wide.chen.says("5栋1单元电梯坏了，不动了").skips()
    first.skips().says("接单 1").skips()
    for person in (second, wide.wang, wide.chen, wide.xiaochen):
        person.skips()
    first.says("协助 1 王工").hears("工单 1 已请王工协助")
    helper = wide.wanggong
    helper.hears("请协助工单 1", "请您协助", "13800000001", "原话：3栋2单元电梯坏了")
    wide.nobody_heard_more()
    helper.says("进度 1").hears("工单 1", "13800000001")
    helper.says("我的工单").hears("工单 1", "您协助").hears_nothing()
    helper.says("进度 2").hears("没有找到您可以操作的工单 2")
    helper.says("值班").hears("只对物业").says("帮助").hears("撤回协助 N")
    for refused in ("完工 1 好了", "挂起 1 等配件", "转单 1 孙师傅", "接单 1", "协助 1 孙师傅", "关闭 1 好了"):
        helper.says(refused).hears("没有找到您可以操作的工单 1")
    helper.says("到场 1").hears("已记录", "到场协助工单 1")
    first.hears("工单 1 协助的王工", "已到场")
    wide.wang.hears("工单 1 协助人员王工已到场")
    helper.says("备注 主板坏了，要换").hears("已记录工单 1 的备注")
    first.hears("工单 1 王工备注：主板坏了，要换")
    helper.sends("image").hears("图片已存入工单 1")
    first.hears("工单 1 协助的王工发来图片").skips()
    first.says("到场").hears("工单 1", "到场时间")
    first.says("完工 1 换了主板").hears("工单 1 已完工")
    helper.hears("工单 1", "已完工，谢谢您的协助")
    helper.says("进度 1").hears("没有找到您可以操作的工单 1")
    helper.says("我的工单").hears("没有未完成的工单")


def test_whoever_is_taken_out_sees_nothing_any_more(wide: World) -> None:
    wide.wang.says(LEAK).skips()
    wide.kefu.says("协助 1 王工").hears("已请王工协助")
    first, second = first_two(wide)
    first.hears("【加急】工单 1").hears("小刘请了通力电梯王工协助您")
    wide.wanggong.hears("13800000001")
    wide.kefu.says("撤回协助 1 王工").hears("已撤回王工的协助")
    wide.wanggong.hears("工单 1 不用您协助了")
    first.hears("王工不再协助")
    wide.wanggong.says("进度 1").hears("没有找到您可以操作的工单 1")
    wide.kefu.says("撤回协助 1 王工").hears("王工没有在协助")
    second.says("撤回协助 1 王工").hears("没有找到您可以操作的工单 1")
    wide.nobody_heard_more()


def test_a_helper_can_take_himself_out_but_nobody_else(wide: World) -> None:
    wide.wang.says(LEAK).skips()
    first, _ = first_two(wide)
    first.skips().says("接单 1").says("协助 1 王工").says("协助 1 孙师傅").skips()
    wide.wanggong.skips().says("撤回协助 1 孙师傅").hears("没有找到您可以操作的工单 1")
    wide.wanggong.says("撤回协助 1").hears("已撤回王工的协助")
    first.hears("王工不再协助")
    wide.sun.skips().says("进度 1").hears("工单 1")


def test_the_helper_hears_when_the_reporter_cancels(wide: World) -> None:
    wide.wang.says(LEAK).skips()
    wide.kefu.says("协助 1 王工").skips()
    wide.wanggong.skips()
    wide.wang.says("取消 1").hears("已取消")
    wide.wanggong.hears("工单 1", "已取消，不用去了")


def test_the_helper_hears_what_the_reporter_adds_to_this_order_alone(wide: World) -> None:
    wide.wang.says(LEAK).skips()
    first, _ = first_two(wide)
    first.skips().says("接单 1").says("协助 1 王工").skips()
    wide.wanggong.skips()
    wide.wang.skips().says("水已经流到客厅了").hears("已补充到工单 1")
    first.hears("工单 1 报修人补充：水已经流到客厅了")
    wide.wanggong.hears("工单 1 报修人补充：水已经流到客厅了").hears_nothing()
    wide.wang.sends("image").hears("图片已补充到工单 1")
    wide.wanggong.hears("工单 1 报修人发来图片").hears("").hears_nothing()
    first.skips().says("问 1 在家吗").hears("已转给报修人")
    wide.wang.skips().says("在家").hears("已转告工单 1")
    wide.wanggong.hears("工单 1 报修人补充：在家").says("撤回协助 1").skips()
    first.skips()
    wide.wang.says("水已经流到走廊了").hears("已补充到工单 1")
    wide.wanggong.hears_nothing()
    wide.chen.says("5栋1单元302卫生间漏水").says("水很大").skips()
    wide.wanggong.hears_nothing()


def test_an_apprentice_hears_what_is_added_while_he_goes_along(wide: World) -> None:
    wide.wang.says(LEAK).skips()
    wide.zhou.says("派单 1 李师傅").skips()
    wide.wang.says("水已经流到走廊了").hears("已补充到工单 1")
    wide.xiaochen.hears_nothing()
    wide.li.says("接单 1").skips()
    wide.xiaochen.hears("请跟师父李师傅一起去")
    wide.wang.says("水已经流到客厅了").hears("已补充到工单 1")
    wide.xiaochen.hears("工单 1 报修人补充：水已经流到客厅了").hears_nothing()


def test_nobody_is_brought_in_twice_nor_the_holder_nor_into_what_is_done(wide: World) -> None:
    wide.wang.says(LEAK).skips()
    first, _ = first_two(wide)
    name = "李师傅" if first is wide.li else "赵师傅"
    first.skips().says("接单 1").skips()
    first.says("协助 1").hears("请谁协助").says(f"协助 1 {name}").hears("就由")
    first.says("协助 1 王工").hears("已请").says("协助 1 王工").hears("已经在协助")
    first.says("协助 1 没这人").hears("没有找到叫「没这人」的同事")
    first.says("完工 1 好了").skips()
    first.says("协助 1 孙师傅").hears("现在是待确认，不用再协助")


def test_a_helpers_word_renews_the_lease(wide: World) -> None:
    wide.wang.says(LEAK).skips()
    first, _ = first_two(wide)
    first.skips().says("接单 1").says("协助 1 王工").skips()
    wide.passes(minutes=110)
    wide.wanggong.says("备注 1 在路上").skips()
    first.skips()
    wide.passes(minutes=60)
    assert not any("收回" in i.text for i in first.unheard())


def test_an_order_goes_to_the_mentor_and_the_apprentice_goes_along(wide: World) -> None:
    wide.wang.says(LEAK).skips()
    wide.chen.says("5栋1单元302卫生间漏水").skips()
    wide.xiaochen.hears_nothing()
    no = 1 if "1502" in wide.li.unheard()[0].text else 2
    wide.li.skips().says(f"接单 {no}").hears("接单成功").hears(f"工单 {no} 徒弟小陈跟您一起去")
    wide.xiaochen.hears(f"请协助工单 {no}", "请跟师父李师傅一起去", "1380000000")
    wide.xiaochen.says(f"进度 {no}").hears(f"工单 {no}", "联系").says("我的工单").hears("您协助李师傅").hears_nothing()
    wide.xiaochen.says(f"进度 {3 - no}").hears("没有找到您可以操作的工单")
    wide.xiaochen.says("到场").hears("到场协助")
    wide.li.hears("协助的小陈").says(f"转单 {no} 孙师傅").hears("已转给孙师傅")
    wide.xiaochen.hears("改派给孙师傅")
    wide.xiaochen.says(f"进度 {no}").hears("没有找到您可以操作的工单")
    wide.xiaochen.says("撤回协助").hears("现在没有在协助的工单")


def without(*absent: str) -> str:
    return "\n".join(line for line in WITH_THEM.splitlines() if line.split(",")[0] not in absent)


def test_an_apprentice_whose_mentor_is_off_duty_goes_with_whoever_takes_the_order(
    build_world: Callable[..., World],
) -> None:
    world = build_world(people=WITH_FIRM, duty=without("li"))
    world.wang.says(LEAK).skips()
    world.zhao.skips()
    world.xiaochen.hears_nothing()
    world.zhao.says("接单 1").hears("接单成功").hears("工单 1 徒弟小陈的师父李师傅不当班", "请带一带").hears_nothing()
    world.xiaochen.hears("请协助工单 1", "师父李师傅不当班，这一单请跟赵师傅一起去", "13800000001").hears_nothing()
    world.wang.skips()
    world.chen.says("5栋1单元302卫生间漏水").skips()
    taker = world.zhao if world.zhao.unheard() else world.sun
    taker.skips().says("接单 2").hears("接单成功").hears_nothing()
    world.xiaochen.hears_nothing()
    world.zhao.says("到场 1").says("完工 1 好了").skips()
    world.xiaochen.hears("工单 1", "谢谢您的协助")
    world.wang.skips().says("3栋2单元1702厨房漏水").skips()
    third = next(p for p in (world.zhao, world.sun) if any("工单 3 " in i.text for i in p.unheard()))
    third.skips().says("接单 3").hears("接单成功").hears("工单 3 徒弟小陈")
    world.xiaochen.hears("请协助工单 3", "李师傅不当班")


def test_an_apprentice_goes_along_to_his_own_trade_alone(build_world: Callable[..., World]) -> None:
    world = build_world(people=WITH_FIRM, duty=without("li"))
    world.wang.says(LIFT).skips()
    world.zhao.skips().says("接单 1").hears("接单成功").hears_nothing()
    world.xiaochen.hears_nothing()


def test_an_apprentice_alone_on_shift_has_the_order_and_the_supervisor_hears(
    build_world: Callable[..., World],
) -> None:
    world = build_world(people=WITH_FIRM, duty=without("li", "zhao", "sun"))
    world.wang.says(LEAK).hears("工单 1", "小陈")
    world.xiaochen.hears("【加急】工单 1", "师父不当班", "拿不准先问主管")
    world.zhou.hears("工单 1 派给了徒弟小陈", "李师傅不当班", "派单 1 姓名").hears_nothing()
    world.kefu.hears_nothing()
    world.xiaochen.says("接单 1").hears("接单成功").hears_nothing()
    world.chen.says(LIFT).hears("工单 2", "周主管")
    world.zhou.hears("工单 2")
    world.xiaochen.hears_nothing()
