"""After the work: confirmed or not, scored by card, menu or words, and a bad score is followed up."""

import pytest
from world import Someone, World

LEAK = "3栋2单元1502厨房漏水"
EVERYBODY = ("wang", "chen", "kefu", "li", "zhao", "sun", "zhou", "zheng", "admin")


def quiet(world: World) -> None:
    for name in EVERYBODY:
        getattr(world, name).skips()


def finished(world: World) -> Someone:
    world.wang.says(LEAK)
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.says("接单").says("到场").says("完工 更换角阀")
    quiet(world)
    return engineer


def asked(world: World) -> Someone:
    engineer = finished(world)
    world.wang.says("确认 1")
    quiet(world)
    world.passes(minutes=30)
    world.wang.hears("工单 1", "1–5")
    return engineer


def test_done_is_confirmed_by_one_tap(world: World) -> None:
    engineer = finished(world)
    world.wang.taps("修好了").hears("谢谢", "工单 1")
    engineer.hears("工单 1", "确认修好")
    world.nobody_heard_more()


def test_not_fixed_by_one_tap_reopens_the_same_order_with_its_history(world: World) -> None:
    engineer = finished(world)
    world.wang.taps("没修好").hears("很抱歉", "工单 1", "主管")
    engineer.hears("工单 1", "第1次返修", LEAK)
    world.zhou.hears("返修提醒", "工单 1")
    world.nobody_heard_more()
    world.kefu.says("进度 1").hears("完工", "没修好")
    engineer.says("接单 1").hears("接单成功")
    world.wang.hears("工单 1", "李师傅" if engineer.id == "li" else "赵师傅")


@pytest.mark.parametrize("words", ["又漏了", "没修好，还在漏", "修完还是漏水"])
def test_free_words_reopen_it_too(world: World, words: str) -> None:
    finished(world)
    world.wang.says(words).hears("很抱歉", "工单 1")


def test_it_can_be_reopened_days_after_closing_but_not_for_ever(world: World) -> None:
    asked(world)
    world.wang.says("5").skips()
    world.passes(days=3)
    quiet(world)
    world.wang.says("没修好 1").hears("很抱歉", "工单 1")
    quiet(world)
    for text in ("接单 1", "完工 1 换新的"):
        world.li.says(text)
        world.zhao.says(text)
    world.wang.says("确认 1").skips()
    world.passes(days=8)
    quiet(world)
    world.wang.says("没修好 1").hears("工单 1", "已超过7天", "新的工单")


def test_without_an_answer_it_is_closed_as_unconfirmed_and_can_still_be_reopened(world: World) -> None:
    finished(world)
    world.passes(hours=48)
    world.wang.hears("工单 1", "没有收到您的确认", "没修好 1")
    quiet(world)
    world.wang.says("没修好 1").hears("很抱歉", "工单 1")


@pytest.mark.parametrize("words", ["5", "5分", "五", "5分，师傅很好", "给5分，谢谢师傅", " 5 。"])
def test_a_score_in_words(world: World, words: str) -> None:
    asked(world)
    world.wang.says(words).hears("谢谢", "工单 1：5分")
    world.nobody_heard_more()


def test_a_score_by_one_tap(world: World) -> None:
    asked(world)
    world.wang.taps("4分 满意").hears("谢谢", "工单 1：4分")
    world.nobody_heard_more()


def test_the_same_score_again_is_thanked_for_again(world: World) -> None:
    asked(world)
    world.wang.says("5").hears("谢谢", "工单 1：5分")
    world.wang.says("5").hears("谢谢", "工单 1：5分")
    world.nobody_heard_more()


def test_no_score_is_reminded_of_once(world: World) -> None:
    asked(world)
    world.passes(hours=24)
    world.wang.hears("工单 1", "还等您评")
    world.passes(hours=71)
    world.wang.hears_nothing()


def test_a_bad_score_opens_a_follow_up_with_its_words_and_its_time(world: World) -> None:
    engineer = asked(world)
    world.wang.says("2分，来得太晚了").hears("谢谢", "工单 1：2分", "客服会与您联系")
    world.kefu.hears("回访任务", "工单 1", "2 分", "来得太晚了", "13800000001", "11-24 09:30", "回访 1")
    engineer.hears_nothing()
    world.kefu.says("回访 1 已致歉，业主满意").hears("工单 1", "已记录")
    world.kefu.says("回访 1 再说一次").hears("工单 1", "没有待办的回访")
    world.passes(hours=25)
    assert not any("回访超时" in i.text for i in world.zhou.unheard())


def test_a_follow_up_nobody_makes_is_told_to_the_supervisor(world: World) -> None:
    asked(world)
    world.wang.says("1").skips()
    world.kefu.skips()
    world.passes(hours=24)
    world.zhou.hears("回访超时", "工单 1")


def test_a_better_score_turned_bad_is_followed_up_once(world: World) -> None:
    asked(world)
    world.wang.says("5").skips()
    world.wang.says("1").hears("工单 1：1分", "客服会与您联系")
    world.kefu.hears("回访任务", "工单 1", "1 分")
    world.wang.says("2").hears("工单 1：2分")
    world.nobody_heard_more()


def test_the_rated_engineer_neither_sees_nor_changes_the_score(world: World) -> None:
    engineer = asked(world)
    world.wang.says("1分，态度差").skips()
    for words in ("进度 1", "我的工单", "5", "回访 1 已处理"):
        engineer.says(words)
    heard = "\n".join(i.text for i in engineer.unheard())
    assert "1分" not in heard
    assert "态度差" not in heard
    assert "评分" not in heard.replace("没有等待评分", "")
    engineer.skips()
    world.platform.member_event(
        engineer.id, "template_card_event", EventKey="rate:1:5", TaskId="x", CardType="vote", ResponseCode="y"
    )
    world.settle()
    engineer.hears("没有找到您可以操作的工单 1")
    with world.house.desk.db.reading() as tx:
        assert tx.exec_driver_sql("select score, words from ratings").all() == [(1, "1分，态度差")]


def test_a_score_before_the_question_confirms_as_well(world: World) -> None:
    finished(world)
    world.wang.says("修好了，5分").hears("工单 1：5分", "谢谢")
    world.passes(hours=1)
    world.wang.hears_nothing()


def test_a_fault_told_instead_of_a_score_is_no_score(world: World) -> None:
    asked(world)
    world.wang.says("5栋1单元302马桶堵了").hears("工单 2", "排水堵塞")


def test_after_a_week_the_score_comes_too_late(world: World) -> None:
    asked(world)
    world.passes(days=8)
    quiet(world)
    world.wang.taps("rate:1:5").hears("工单 1", "评分时间已过")


def test_an_order_that_the_supervisor_closed_asks_for_no_score(world: World) -> None:
    world.wang.says(LEAK)
    world.zhou.says("关闭 1 重复报修")
    world.wang.hears("工单 1", "已关闭", "重复报修")
    quiet(world)
    world.passes(hours=2)
    world.wang.hears_nothing()
