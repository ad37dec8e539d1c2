"""微信客服: the doorbell and what it brings, the welcome, and a human who has the session."""

from collections.abc import Callable

import pytest
from world import Someone, World

from bot import errands, kf, store
from bot.wecom.incoming import from_kf

LEAK = "3栋2单元1502厨房漏水"


@pytest.fixture
def ming(world: World) -> Someone:
    """An outside resident; 小刘 may take sessions."""
    world.platform.add_servicer("kefu")
    return world.customer("wx_ming", "小明")


def engaged(world: World, ming: Someone) -> Someone:
    """小明 has reported and an engineer has accepted."""
    ming.says(LEAK).skips()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.says("接单").skips()
    ming.skips()
    return engineer


def named(world: World) -> None:
    """The errand that asks the platform for names has run."""
    while errands.name_one(world.house.desk, world.house.app, world.house.kf):
        pass


def human_takes(world: World) -> None:
    world.platform.servicer_takes("wx_ming", "kefu")
    world.settle()


def pulls(world: World) -> int:
    """The minute's own look, without a doorbell."""
    new = kf.pull(world.house.desk, world.house.kf, world.platform.open_kfid)
    world.settle()
    return new


def test_a_resident_without_wecom_goes_the_whole_road(world: World, ming: Someone) -> None:
    ming.says(LEAK).hears("工单 1", "漏水", "3栋2单元1502", "privacy")
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.hears("工单 1", LEAK)
    engineer.says("接单").hears("接单成功")
    ming.hears("工单 1", "师傅")
    engineer.says("完工 更换角阀").hears("等报修人确认")
    ming.hears("工单 1", "更换角阀")
    ming.taps("修好了").hears("谢谢", "工单 1")
    engineer.hears("确认修好")
    world.passes(minutes=31)
    ming.hears("工单 1", "1–5")
    ming.taps("5分 非常满意").hears("谢谢", "工单 1：5分")
    world.nobody_heard_more()


def test_the_welcome_comes_at_once_with_notice_and_place(world: World, ming: Someone) -> None:
    world.platform.customer_enters("wx_ming", scene="qr", scene_param="3栋2单元")
    world.settle()
    ming.hears("示范小区", "3栋2单元", "https://bot.example.com/privacy")
    ming.says("电梯坏了").hears("工单 1", "哪一栋")
    ming.taps("3栋2单元").hears("工单 1", "3栋2单元")


def test_the_code_on_a_lift_binds_the_order_to_that_lift(world: World, ming: Someone) -> None:
    lifts = ["DT-03-2-1,3栋2单元1号客梯,电梯,3,2单元,,,", "DT-03-2-2,3栋2单元2号货梯,电梯,3,2单元,,,"]
    world.has_equipment("\n".join(["code,name,kind,building,place,installed_on,warranty_until,owner", *lifts]))
    world.passes(seconds=2)
    world.platform.customer_enters("wx_ming", scene="qr", scene_param="DT-03-2-2")
    world.settle()
    ming.hears("示范小区", "3栋2单元2号货梯")
    ming.says("电梯停着不动，没人").skips().taps("3栋2单元2号货梯").hears("工单 1")
    held = (world.li, world.zhao, world.sun)
    assert any("DT-03-2-2" in shown.text for someone in held for shown in someone.unheard())


def test_a_scanned_place_is_one_tap_away_in_an_emergency_too(world: World, ming: Someone) -> None:
    world.platform.customer_enters("wx_ming", scene="qr", scene_param="3栋2单元")
    world.settle()
    ming.skips().says("电梯里有人被困").hears("工单 1", "请保持冷静", "哪一栋")
    engineer = (world.li if world.li.unheard() else world.zhao).skips()
    ming.skips().taps("3栋2单元").hears("工单 1", "3栋2单元")
    engineer.hears("工单 1", "3栋2单元")
    world.kefu.hears("应急预案 1").hears("工单 1 的位置是3栋2单元")
    world.nobody_heard_more()


def test_a_place_with_an_unreadable_code_is_simply_asked_for(world: World, ming: Someone) -> None:
    world.platform.customer_enters("wx_ming", scene="qr", scene_param="%%%<script>{no}")
    world.settle()
    ming.hears("示范小区")
    ming.says("电梯坏了").hears("工单 1", "哪一栋")
    world.nobody_heard_more()


def test_a_welcome_that_would_come_too_late_is_not_sent_and_the_notice_comes_with_the_first_answer(
    world: World, ming: Someone
) -> None:
    world.platform.customer_enters("wx_ming", ring=False)
    world.jumps(seconds=21)
    pulls(world)
    ming.hears_nothing()
    ming.says("你好").hears("示范小区", "privacy")


def test_a_missed_doorbell_is_healed_by_the_next_look(world: World, ming: Someone) -> None:
    world.platform.customer_says("wx_ming", LEAK, ring=False)
    world.settle()
    ming.hears_nothing()
    assert pulls(world) == 1
    ming.hears("工单 1")
    assert pulls(world) == 0
    ming.hears_nothing()


def test_an_empty_page_with_more_to_come_is_followed(world: World, ming: Someone) -> None:
    world.platform.kf.empty_pages = 2
    ming.says(LEAK).hears("工单 1")


def test_many_messages_come_page_by_page_once_each(world: World, ming: Someone) -> None:
    world.platform.kf.page_size = 1
    for text in (LEAK, "补充一下，水很大", "电话13811112222"):
        world.platform.customer_says("wx_ming", text, ring=False)
    world.platform.ring()
    world.settle()
    assert len(ming.unheard()) == 3
    with world.house.desk.db.reading() as tx:
        cursor = store.inbox.cursor_of(tx, world.platform.open_kfid)
    assert cursor
    world.platform.ring()
    world.settle()
    assert len(ming.unheard()) == 3


def test_a_long_queue_without_a_doorbell_is_fetched_within_what_is_allowed_without_its_token(world: World) -> None:
    world.platform.kf.page_size = 2
    for n in range(30):
        world.customer(f"wx_{n}")
        world.platform.customer_says(f"wx_{n}", "你好", ring=False)
    fetched = pulls(world)
    assert 0 < fetched < 30
    world.jumps(minutes=1)
    assert fetched + pulls(world) == 30


def test_a_call_that_fails_loses_nothing(world: World, ming: Someone) -> None:
    world.platform.fault("/cgi-bin/kf/sync_msg", "http", 500, times=2)
    ming.says(LEAK).hears_nothing()
    assert pulls(world) == 1
    ming.hears("工单 1")


def test_what_was_fetched_but_not_handled_is_handled_after_a_crash(world: World, ming: Someone) -> None:
    world.platform.customer_says("wx_ming", LEAK, ring=False)
    desk, house = world.house.desk, world.house
    page = house.kf.kf_sync(world.platform.open_kfid, "", "", 100)
    items = [m for item in page["msg_list"] if (m := from_kf(item)) is not None]
    with desk.db.writing() as tx:
        store.inbox.add_page(tx, items, world.platform.open_kfid, page["next_cursor"], desk.clock())
    world.crash()
    world.boot()
    kf.handle_all(world.house.desk, world.platform.open_kfid)
    world.settle()
    ming.hears("工单 1")
    assert pulls(world) == 0


def test_while_a_human_has_the_session_the_bot_is_silent_there_and_the_order_goes_on(
    world: World, ming: Someone
) -> None:
    engineer = engaged(world, ming)
    named(world)
    human_takes(world)
    engineer.says("到场").hears("工单 1")
    ming.hears_nothing()
    world.kefu.hears("小明", "工单 1", "已到场", "请您转告")
    engineer.says("完工 更换角阀").hears("工单 1")
    world.kefu.hears("工单 1", "更换角阀")
    ming.hears_nothing()
    ming.says("好的，知道了").hears_nothing()
    ming.says("帮助").hears_nothing()
    world.nobody_heard_more()


def test_a_report_to_the_human_still_becomes_an_order(world: World, ming: Someone) -> None:
    ming.says("你好").skips()
    human_takes(world)
    ming.says(LEAK).hears_nothing()
    world.kefu.hears("工单 1", "请您转告", "漏水")
    assert (world.li.unheard() or world.zhao.unheard())[0].text.count(LEAK) == 1


def test_a_picture_for_the_human_is_nobody_elses_alarm(world: World, ming: Someone) -> None:
    ming.says("你好").skips()
    human_takes(world)
    ming.sends("image").hears_nothing()
    world.passes(minutes=3)
    world.nobody_heard_more()


def test_a_servicer_who_simply_speaks_has_the_session(world: World, ming: Someone) -> None:
    engineer = engaged(world, ming)
    world.platform.kf.customer("wx_ming").state = 3
    world.platform.servicer_says("wx_ming", "kefu", "您好，我来帮您")
    world.settle()
    ming.skips()
    engineer.says("到场").skips()
    ming.hears_nothing()
    world.kefu.hears("工单 1", "已到场")


def test_a_session_taken_unseen_is_learned_from_the_refusal(world: World, ming: Someone) -> None:
    engineer = engaged(world, ming)
    customer = world.platform.kf.customer("wx_ming")
    customer.state, customer.servicer = 3, "kefu"
    engineer.says("完工 更换角阀").skips()
    ming.hears_nothing()
    world.kefu.hears("工单 1", "更换角阀", "请您转告")
    world.nobody_heard_more()


def test_after_the_human_has_ended_the_bot_answers_again(world: World, ming: Someone) -> None:
    engineer = engaged(world, ming)
    human_takes(world)
    world.platform.servicer_ends("wx_ming")
    world.settle()
    ming.says("进度").hears("工单 1")
    engineer.says("到场").skips()
    ming.hears("工单 1", "已到场")
    world.nobody_heard_more()


def test_a_session_that_ran_out_unseen_does_not_silence_the_bot_for_ever(world: World, ming: Someone) -> None:
    ming.says("你好").skips()
    human_takes(world)
    world.jumps(hours=49)
    world.platform.kf.customer("wx_ming").state = 4
    ming.says(LEAK).hears("工单 1")


def test_a_message_that_did_not_arrive_becomes_a_call_with_its_words(world: World, ming: Someone) -> None:
    engineer = engaged(world, ming)
    world.platform.customer_unreachable("wx_ming")
    engineer.says("完工 更换角阀").skips()
    world.platform.ring()
    world.settle()
    world.kefu.hears("电话任务", "工单 1", "更换角阀", "回访 1")
    world.nobody_heard_more()
    world.kefu.says("回访 1 已电话告知").hears("工单 1", "已记录")


def test_two_messages_that_did_not_arrive_are_both_told(world: World, ming: Someone) -> None:
    engineer = engaged(world, ming)
    for words, told in (("到场", "已到场"), ("完工 更换角阀", "更换角阀")):
        world.platform.customer_unreachable("wx_ming")
        engineer.says(words).skips()
        world.platform.ring()
        world.settle()
        world.kefu.hears("电话任务", "工单 1", told)


def test_ids_of_customers_differ_by_case(world: World, ming: Someone, build_world: Callable[..., World]) -> None:
    ming.says(LEAK).hears("工单 1")
    other = world.customer("WX_MING", "大明")
    other.says("进度").hears("还没有报过修")
    other.says("进度 1").hears("没有找到您可以操作的工单 1")


def test_a_customer_cannot_use_the_words_of_staff(world: World, ming: Someone) -> None:
    for words in ("今日", "超时", "值班"):
        ming.says(words).hears("主管和经理")
    ming.says("接单 1").hears("没有找到")
    world.nobody_heard_more()


def test_a_menu_id_that_nobody_gave_out_does_nothing(world: World, ming: Someone) -> None:
    for menu_id in ("confirm_1", "rate_99999999999999999999_5", "place_1_last", "rubbish_1", "rate_1_9"):
        world.platform.customer_says("wx_ming", "x", menu_id=menu_id)
        world.settle()
        assert len(ming.unheard()) == 1
        ming.skips()
    world.nobody_heard_more()
