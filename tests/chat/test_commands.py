"""Every command with and without blanks, with and without a number, and refusals that say why and what to do."""

import pytest
from world import Someone, World

ONE_ENGINEER = """userid,start,end,tier
kefu,2026-11-23 00:00,2026-12-07 00:00,1
li,2026-11-23 00:00,2026-12-07 00:00,1
zhou,2026-11-23 00:00,2026-12-07 00:00,3
"""
LEAK = "3栋2单元1502厨房漏水"
BLOCKED = "5栋1单元302马桶堵了"


@pytest.fixture
def small(build_world) -> World:
    """One engineer on duty, so that every order is his; 王女士 has reported a leak."""
    world = build_world(duty=ONE_ENGINEER)
    world.wang.says(LEAK).skips()
    world.li.skips()
    return world


def quiet(world: World) -> None:
    for someone in (world.wang, world.chen, world.li, world.kefu, world.zhou, world.sun, world.zhao):
        someone.skips()


def on_the_way(world: World, *words: str) -> None:
    for text in words:
        world.li.says(text)
    quiet(world)


ROAD = [
    ("接单{0}", "接单成功"),
    ("到场{0}", "到场时间"),
    ("挂起{0} 等配件", "已挂起：等配件"),
    ("恢复{0}", "已恢复"),
    ("问{0} 现在在家吗", "已转给报修人"),
    ("完工{0} 更换角阀", "等报修人确认"),
]


@pytest.mark.parametrize("number", [" 1", "1", "　１", "：1", "工单1", " 工单 1号", ""])
def test_an_engineers_road_in_any_spelling(small: World, number: str) -> None:
    for words, answer in ROAD:
        small.li.says(words.format(number)).hears("工单 1", answer)
    small.wang.hears("李师傅已完工", "更换角阀")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("完工更换角阀", "等报修人确认"),
        ("挂起等配件", "已挂起：等配件"),
        ("转单孙师傅", "已转给孙师傅"),
        ("转单1孙师傅", "已转给孙师傅"),
        ("转单 给孙师傅", "已转给孙师傅"),
        ("转单 1 孙师傅 他离得近", "已转给孙师傅"),
        ("完工 2个角阀都换了", "等报修人确认"),
    ],
)
def test_words_may_follow_the_command_at_once(small: World, words: str, answer: str) -> None:
    on_the_way(small, "接单")
    small.li.says(words).hears("工单 1", answer)


@pytest.mark.parametrize("words", ["拒单太远了", "拒单 太远了", "拒单1太远了", "拒单 1，太远了"])
def test_a_refusal_with_its_reason_in_any_spelling(small: World, words: str) -> None:
    small.li.says(words).hears("工单 1", "已拒绝")


def test_a_polite_tail_does_not_hide_the_command(small: World) -> None:
    small.li.says("接单 1，马上到").hears("接单成功", "工单 1")
    small.li.says("到场1了").hears("工单 1", "到场时间")
    small.wang.skips().says("催单 1 快一点").hears("工单 1", "催促")


@pytest.mark.parametrize("words", ["进度", "进度1", "进度 1", "催单", "催单1", "取消", "取消 1", "取消1。"])
def test_a_reporters_commands_in_any_spelling(small: World, words: str) -> None:
    small.wang.says(words).hears("工单 1")


@pytest.mark.parametrize("words", ["确认", "确认1", "确认 1", "确认 工单1"])
def test_confirming_in_any_spelling(small: World, words: str) -> None:
    on_the_way(small, "接单", "完工 好了")
    small.wang.says(words).hears("谢谢", "工单 1")
    small.li.hears("工单 1", "已确认修好")


def test_confirming_what_still_leaks_confirms_nothing(small: World) -> None:
    on_the_way(small, "接单", "完工 好了")
    small.wang.says("确认 1 还在漏").hears("很抱歉", "工单 1")
    small.li.hears("工单 1", "返修", "还在漏")


@pytest.mark.parametrize("words", ["没修好", "没修好1", "没修好 1", "没修好 1 还在滴水", "没修好，还在滴水"])
def test_not_fixed_in_any_spelling(small: World, words: str) -> None:
    on_the_way(small, "接单", "完工 好了")
    small.wang.says(words).hears("很抱歉", "工单 1")
    small.li.hears("工单 1", "返修")
    small.zhou.hears("返修提醒", "工单 1")


@pytest.mark.parametrize("words", ["关闭不了水阀", "问题解决了吗", "恢复供水了吗", "取消报修的电话是多少"])
def test_words_that_merely_begin_like_a_command_are_none(small: World, words: str) -> None:
    small.zhou.says(words)
    assert not any("写明" in i.text or "不能" in i.text for i in small.zhou.unheard())


def test_with_several_orders_the_bot_lists_them(small: World) -> None:
    small.wang.says("5栋1单元302马桶堵了").skips()
    small.li.skips()
    for words in ("催单", "取消"):
        small.wang.says(words).hears("请带上工单号", "工单 1", "工单 2")
    small.li.says("接单").hears("请带上工单号", "工单 1", "工单 2")
    small.li.says("接单 1").says("接单 2").skips()
    small.wang.skips()
    for words in ("到场", "完工 好了", "挂起 等配件", "转单 孙师傅"):
        small.li.says(words).hears("请带上工单号", "工单 1", "工单 2")
    small.wang.says("进度").hears("工单 1", "工单 2")
    small.wang.says("我的工单").hears("未完成 2 个", "工单 1", "工单 2")


def test_the_number_is_left_out_where_only_one_fits(small: World) -> None:
    small.wang.says(BLOCKED).skips()
    on_the_way(small, "接单 1")
    small.li.says("到场").hears("工单 1", "到场时间")
    small.li.says("接单").hears("接单成功", "工单 2")


def test_what_is_missing_is_asked_for_and_the_next_words_are_taken(small: World) -> None:
    small.li.says("拒单 1").hears("工单 1", "原因")
    small.li.says("接单").hears("接单成功")
    small.li.says("完工").hears("工单 1", "做了什么")
    small.li.says("水管爆裂，已更换").hears("工单 1", "等报修人确认")
    small.wang.hears("水管爆裂，已更换")


def test_a_question_whose_order_is_gone_takes_no_words(small: World) -> None:
    on_the_way(small, "接单")
    small.li.says("完工").hears("做了什么")
    small.wang.says("取消 1").hears("工单 1", "已取消")
    small.li.hears("工单 1", "已取消")
    small.li.says("3栋大堂灯不亮").hears("工单 2", "照明")


def test_a_cry_for_help_is_no_name_of_a_colleague(small: World) -> None:
    on_the_way(small, "接单")
    small.li.says("转单").hears("工单 1", "转给谁")
    small.li.says("5栋电梯里有人被困").hears("工单 2", "电梯困人")


REFUSED = [
    ("li", "到场 1", "待接单", "先回复「接单 1」"),
    ("li", "完工 1 好了", "待接单", "先回复「接单 1」"),
    ("li", "恢复 1", "没有挂起", ""),
    ("wang", "确认 1", "待接单", "修好后"),
    ("li", "转单 1 李师傅", "就在您手上", "同事姓名"),
    ("li", "转单 1 无名氏", "没有找到", "值班"),
    ("zhou", "关闭 1", "原因", "关闭 1"),
    ("kefu", "派单 1", "派给谁", "派单 1"),
    ("kefu", "改类 1 胡说八道", "没有这个类别", "漏水"),
    ("kefu", "改类 1", "改类 N 类别", "例如"),
    ("kefu", "改类", "改类 N 类别", "例如"),
    ("kefu", "回访 1 好", "没有待办的回访", "工单 1"),
    ("kefu", "回访", "回访 N", "例如"),
    ("kefu", "代报 没有内容", "代报 位置 姓名 电话 内容", "例如"),
    ("wang", "今日", "主管和经理", "帮助"),
    ("wang", "超时", "主管和经理", "帮助"),
    ("wang", "值班", "主管和经理", "帮助"),
    ("wang", "代报", "主管和经理", "帮助"),
    ("li", "今日", "主管和经理", "帮助"),
    ("chen", "进度", "还没有报过修", "例如"),
    ("chen", "催单", "没有未完成的工单", "报修"),
    ("chen", "取消", "没有可以取消的工单", ""),
    ("chen", "确认", "没有等待确认的工单", "报修"),
    ("chen", "没修好", "返修", "报修"),
    ("chen", "5", "没有等待评分的工单", "谢谢"),
    ("sun", "接单", "没有等您接的工单", ""),
    ("sun", "完工 好了", "我的工单", ""),
    ("zhou", "关闭", "关闭 N 原因", ""),
]


@pytest.mark.parametrize(("who", "words", "why", "remedy"), REFUSED)
def test_a_refusal_says_why_and_what_to_do(small: World, who: str, words: str, why: str, remedy: str) -> None:
    someone: Someone = getattr(small, who)
    someone.says(words).hears(why, remedy)
    small.nobody_heard_more()


def test_what_is_over_is_said_to_be_over(small: World) -> None:
    on_the_way(small, "接单", "完工 好了")
    small.wang.says("催单 1").hears("工单 1", "待确认", "没修好 1")
    small.wang.says("确认 1").skips()
    small.wang.says("确认 1").hears("工单 1", "已关闭", "谢谢")
    small.wang.says("取消 1").hears("工单 1", "已关闭", "不能取消")
    small.li.skips().says("问 1 还好吗").hears("工单 1", "不能再问报修人")
    small.kefu.says("派单 1 孙师傅").hears("工单 1", "已关闭", "不能派单")
    small.kefu.says("改类 1 停电").hears("工单 1", "已关闭", "不能改类")
    small.zhou.says("关闭 1 重复").hears("工单 1", "已关闭")
    small.nobody_heard_more()


@pytest.mark.parametrize(
    ("who", "example"),
    [
        ("wang", "进度 N"),
        ("li", "接单 N"),
        ("kefu", "代报 位置"),
        ("zhou", "派单 N 姓名"),
        ("zheng", "关闭 N 原因"),
        ("admin", "派单 N 姓名"),
    ],
)
def test_help_keeps_the_number_a_letter(small: World, who: str, example: str) -> None:
    someone: Someone = getattr(small, who)
    someone.says("帮助")
    (answer,) = someone.unheard()
    assert example in answer.text
    assert not any(c.isdigit() for c in answer.text.replace("3栋2单元1502", "").replace("1–5", "").split("急事")[0])


def test_a_question_of_the_engineer_and_its_answer(small: World) -> None:
    on_the_way(small, "接单")
    small.li.says("问 1 现在在家吗？").hears("工单 1")
    small.wang.hears("工单 1", "李师傅", "现在在家吗？")
    small.wang.says("在家的").hears("工单 1", "已转告")
    small.li.hears("工单 1", "在家的")
    small.wang.says("嗯嗯")
    small.li.hears_nothing()


def test_an_emergency_is_no_answer_to_a_question(small: World) -> None:
    on_the_way(small, "接单")
    small.li.says("问 1 现在在家吗？").skips()
    small.wang.skips().says("3栋2单元电梯里有人被困").hears("工单 2", "电梯困人")


def test_the_menu_answers_too(small: World) -> None:
    for who, key, part in (
        ("wang", "menu.report", "例如"), ("wang", "menu.mine", "工单 1"), ("zhou", "menu.today", "今日"),
    ):  # fmt: skip
        small.platform.member_clicks_menu(who, key)
        small.settle()
        getattr(small, who).hears(part)
    small.platform.member_clicks_menu("wang", "menu.today")
    small.settle()
    small.wang.hears("主管和经理")


def test_an_unknown_event_is_on_record_and_nobody_hears_anything(small: World) -> None:
    small.platform.member_event("wang", "brand_new_event", Whatever="1")
    small.settle()
    small.nobody_heard_more()
