"""Five messages in 48 hours: receipt, accepted, done and score always fit, and what is worth less goes first."""

import pytest
from world import Someone, World

LEAK = "3栋2单元1502厨房漏水"


@pytest.fixture
def ming(world: World) -> Someone:
    return world.customer("wx_ming", "小明")


def reported(world: World, ming: Someone) -> Someone:
    ming.says(LEAK).hears("工单 1")
    return (world.li if world.li.unheard() else world.zhao).skips()


def test_receipt_accepted_arrived_and_done_fit_without_a_word_of_the_customer(world: World, ming: Someone) -> None:
    engineer = reported(world, ming)
    for words, heard in (("接单", "已由"), ("到场", "已到场"), ("完工 更换角阀", "更换角阀")):
        engineer.says(words)
        ming.hears("工单 1", heard)
    ming.hears_nothing()


def test_news_of_the_road_give_way_to_done_and_score(world: World, ming: Someone) -> None:
    engineer = reported(world, ming)
    engineer.says("接单")
    ming.hears("工单 1", "已由")
    for words in ("到场", "挂起 等配件", "恢复", "挂起 又等配件", "恢复", "完工 更换角阀"):
        engineer.says(words)
    ming.hears("工单 1", "已到场").hears("工单 1", "更换角阀").hears_nothing()
    assert world.platform.kf.customer("wx_ming").sent == 4


def test_orders_handed_around_do_not_use_up_the_account(world: World, ming: Someone) -> None:
    engineer = reported(world, ming)
    engineer.says("接单").says("转单 孙师傅")
    world.sun.says("接单").says("转单 " + ("李师傅" if engineer.id == "li" else "赵师傅"))
    engineer.says("接单").says("转单 孙师傅")
    world.sun.says("接单").says("到场").says("完工 更换角阀")
    ming.skips()
    assert "更换角阀" in world.platform.phone("wx_ming").texts[-1]


def test_a_question_with_nothing_left_for_it_becomes_a_call(world: World, ming: Someone) -> None:
    engineer = reported(world, ming)
    engineer.says("接单")
    for n in range(4):
        engineer.says(f"问 1 第{n}个问题")
    engineer.says("完工 更换角阀")
    assert "更换角阀" in world.platform.phone("wx_ming").texts[-1]
    world.kefu.hears("电话任务", "工单 1", "第1个问题").hears("电话任务", "工单 1", "第3个问题")


def test_every_word_of_the_customer_fills_the_account(world: World, ming: Someone) -> None:
    engineer = reported(world, ming)
    engineer.says("接单").says("到场").skips()
    ming.skips()
    for _ in range(6):
        ming.says("进度").hears("工单 1")


def test_a_shut_window_becomes_a_call(world: World, ming: Someone) -> None:
    engineer = reported(world, ming)
    engineer.says("接单").says("到场").says("挂起 等配件").skips()
    ming.skips()
    world.passes(hours=49)
    for someone in (world.kefu, world.zhou, world.zheng, engineer):
        someone.skips()
    engineer.says("恢复").says("完工 更换角阀")
    ming.hears_nothing()
    world.kefu.hears("电话任务", "工单 1", "更换角阀")


def test_the_score_fits_after_the_confirmation(world: World, ming: Someone) -> None:
    engineer = reported(world, ming)
    engineer.says("接单").says("到场").says("完工 更换角阀")
    ming.skips().taps("修好了").hears("谢谢")
    world.passes(minutes=31)
    ming.hears("1–5")
    world.passes(hours=24)
    ming.hears("还等您评")
    ming.says("5").hears("谢谢")


def test_the_greeting_counts_for_itself(world: World, ming: Someone) -> None:
    world.platform.customer_enters("wx_ming")
    world.settle()
    ming.skips()
    engineer = reported(world, ming)
    for words in ("接单", "到场", "完工 更换角阀"):
        engineer.says(words)
    assert len(ming.unheard()) == 3
