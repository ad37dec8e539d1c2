"""What a report becomes: an order with a number, an engineer who reads the very words, and steps to stay safe."""

import pytest
from world import World

from bot.texts import render

LEAK = "3栋2单元1502厨房水龙头下面漏水"


def its_page(world: World, no: int) -> str:
    """The text page of an order, wherever it went."""
    for someone in (world.li, world.zhao, world.sun, world.kefu, world.zhou):
        for item in someone.unheard():
            if "接单时限" in item.text and f"工单 {no} " in item.text:
                someone.heard.add(item.number)
                return item.text
    raise AssertionError(f"nobody was paged for {no}")


def test_the_receipt_says_number_what_was_understood_and_what_happens_next(world: World) -> None:
    world.wang.says(LEAK).hears("工单 1", "漏水", "加急", "3栋2单元1502", "师傅", "接单")
    its_page(world, 1)
    world.nobody_heard_more()


def test_the_first_answer_carries_the_privacy_notice_and_no_later_one_does(world: World) -> None:
    world.wang.says("你好").hears("示范小区", "https://bot.example.com/privacy")
    world.wang.says(LEAK)
    assert all("privacy" not in item.text for item in world.wang.unheard())


def test_staff_are_spared_the_privacy_notice(world: World) -> None:
    world.li.says("3栋大堂灯不亮")
    assert all("privacy" not in item.text for item in world.li.unheard())


@pytest.mark.parametrize(
    "words",
    [
        "  3栋2单元1502  漏水 \n 厨房\t很大 ",
        "3栋2单元1502漏水😭🚿👨‍👩‍👧",
        '3栋2单元1502漏水 ]]> &amp; &lt;b&gt; "引号" \\n %s {no} {{x}}',
        "3栋2单元1502漏水\n\n第二行\n第三行",
    ],
)
def test_the_page_quotes_the_words_character_by_character(world: World, words: str) -> None:
    world.wang.says(words)
    assert words in its_page(world, 1)


def test_only_a_live_link_is_shown_otherwise(world: World) -> None:
    world.wang.says('3栋2单元1502漏水 <a href="x">点</a> <b>粗</b> a<b')
    page = its_page(world, 1)
    assert '＜a href="x">点</a> <b>粗</b> a<b' in page


def test_a_very_long_report_is_cut_only_where_the_message_ends(world: World) -> None:
    words = "3栋2单元1502厨房漏水，" + "我今天都在家等着。" * 250
    world.wang.says(words)
    page = its_page(world, 1)
    assert 2000 < len(page.encode()) <= 2048
    quoted = page.split("原话：")[1].split("…")[0]
    assert words.startswith(quoted)
    assert len(quoted) > 400
    for part in ("【加急】", "工单 1", "漏水", "3栋2单元1502", "接单时限：09:10", "接单 1"):
        assert part in page


def test_a_page_that_carries_a_long_reason_keeps_the_words(world: World) -> None:
    world.wang.says(LEAK)
    first = world.li if world.li.unheard() else world.zhao
    first.skips()
    first.says("拒单 1 " + "太远了" * 600)
    other = world.zhao if first is world.li else world.li
    other.hears("工单 1", LEAK, "太远了")


def test_card_and_text_of_a_page_say_the_same(world: World) -> None:
    world.wang.says(LEAK)
    holder = world.li if world.li.unheard() else world.zhao
    card = holder.card("工单 1")
    for part in ("加急", "漏水", "3栋2单元1502", "09:10", "王女士", "13800000001", LEAK):
        assert part in card.text
        assert part in holder.unheard()[0].text
    assert [b.text for b in card.buttons] == ["接单", "转单", "拒单"]


def test_several_faults_in_one_message_open_several_orders_in_one_answer(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水，卧室灯也不亮")
    assert len(world.wang.unheard()) == 1
    world.wang.hears("工单 1：漏水", "工单 2：照明")
    assert "漏水" in its_page(world, 1)
    assert "照明" in its_page(world, 2)


def test_many_dangers_at_once_are_all_told_of_to_the_last_word(world: World) -> None:
    world.wang.says(
        "3栋2单元电梯里有人被困，楼道着火了，1502燃气味很大，水管爆了，有人触电了，外墙瓷砖要掉下来了，家里停电了，门禁刷不开，马桶堵了，空调不制冷"
    )
    answers = [item.text for item in world.wang.unheard()]
    assert 1 < len(answers) < 4
    world.wang.skips().says("我的工单")
    numbers = [line.split(" · ")[0] for line in world.wang.unheard()[0].text.splitlines()[1:]]
    assert len(numbers) >= 5
    assert all(any(number in answer for answer in answers) for number in numbers)
    assert not any(answer.endswith("…") for answer in answers)


def test_what_nobody_understands_goes_to_customer_service_to_be_settled(world: World) -> None:
    world.wang.says("3栋2单元1502那个东西坏了").hears("工单 1", "客服", "核实")
    world.kefu.hears("工单 1", "待核实", "3栋2单元1502那个东西坏了", "接单时限")
    world.nobody_heard_more()


def test_with_no_customer_service_on_duty_the_unclear_is_the_supervisors(build_world) -> None:
    duty = "userid,start,end,tier\nli,2026-11-23 00:00,2026-12-07 00:00,1\nzhou,2026-11-23 00:00,2026-12-07 00:00,3\n"
    world = build_world(duty=duty)
    world.wang.says("3栋2单元1502那个东西坏了").hears("工单 1", "周主管", "核实")
    world.zhou.hears("工单 1", "待核实")
    world.kefu.hears("工单 1", "值班缺人")
    world.nobody_heard_more()


def test_the_same_words_again_are_answered_again(world: World) -> None:
    world.wang.says(LEAK).hears("工单 1")
    world.wang.says(LEAK).hears("工单 1")
    world.wang.says("帮助").hears("进度 N")
    world.wang.says("帮助").hears("进度 N")


DANGERS = {
    "3栋2单元电梯里有人被困出不来": "elevator_entrapment",
    "3栋2单元1502水管爆了": "leak_emergency",
    "3栋2单元1502家里停电了": "power_outage",
    "3栋2单元1502燃气味很大": "gas_leak",
    "3栋1单元楼道着火了": "fire",
    "3栋2单元1502有人触电了": "electrical_emergency",
    "3栋外墙瓷砖要掉下来了": "civil_emergency",
    "3栋2单元1502窗户要掉下来了": "doors_windows_emergency",
    "3栋门口井盖不见了": "public_facility_emergency",
}


@pytest.mark.parametrize(("words", "kind"), DANGERS.items())
def test_danger_sends_the_fixed_steps_to_both_sides(world: World, words: str, kind: str) -> None:
    world.wang.says(words).hears("工单 1", render(f"safety.resident.{kind}"))
    assert render(f"safety.engineer.{kind}") in its_page(world, 1)


def test_with_gas_in_the_room_nobody_is_asked_to_chat_or_telephone_there(world: World) -> None:
    world.wang.says("家里煤气味很大")
    (answer,) = world.wang.unheard()
    assert "不要打电话" in answer.text
    assert "到室外安全处后可拨打24小时电话 400-800-1234" in answer.text
    assert "请先到室外安全处，再回复" in answer.text
    for wrong in ("急事请拨打", "照片", "马上回复"):
        assert wrong not in answer.text


def test_a_second_persons_report_of_people_in_the_same_lift_says_so_on_the_page(world: World) -> None:
    world.wang.says("3栋2单元电梯困人了").hears("工单 1")
    assert "可能同一事件" not in its_page(world, 1)
    world.passes(seconds=30)
    world.chen.says("3栋电梯里有人被关住了").hears("工单 2")
    assert "可能同一事件：工单 1" in its_page(world, 2)


def test_a_twin_is_seen_as_soon_as_the_building_is_known(world: World) -> None:
    world.wang.says("3栋2单元电梯困人了").hears("工单 1")
    its_page(world, 1)
    world.chen.says("电梯里有人被关住了").hears("工单 2")
    assert "可能同一事件" not in its_page(world, 2)
    world.chen.says("3栋").hears("工单 2")
    heard = "\n".join(i.text for p in (world.li, world.zhao) for i in p.unheard())
    assert "工单 2 位置：3栋" in heard
    assert "可能同一事件：工单 1" in heard


def test_another_building_or_a_later_quarter_of_an_hour_is_no_twin(world: World) -> None:
    world.wang.says("3栋2单元电梯困人了").hears("工单 1")
    its_page(world, 1)
    world.chen.says("5栋电梯里有人被关住了").hears("工单 2")
    assert "可能同一事件" not in its_page(world, 2)


def test_a_stranger_can_report_and_is_called_by_no_wrong_name(build_world) -> None:
    world = build_world()
    world.platform.add_member("guest", "访客")
    world.guest.says(LEAK).hears("工单 1")
    assert LEAK in its_page(world, 1)


@pytest.mark.parametrize("kind", ["link", "emotion", "business_card"])
def test_every_kind_of_message_gets_an_answer(world: World, kind: str) -> None:
    world.wang.sends(kind, Title="标题").hears("报修", "例如")
    world.nobody_heard_more()


def test_a_shared_location_that_names_a_place_is_read_like_words(world: World) -> None:
    world.wang.says("电梯坏了").hears("工单 1", "哪一栋")
    world.wang.sends("location", Label="示范小区3栋2单元").hears("工单 1", "3栋2单元")
    its_page(world, 1)
    world.nobody_heard_more()


def test_a_complaint_becomes_customer_services_with_a_number(world: World) -> None:
    world.wang.says("保安态度太差了，我要投诉").hears("工单 1", "客服")
    world.kefu.hears("工单 1", "保安态度太差了，我要投诉")
    world.nobody_heard_more()


def test_a_question_is_passed_on_and_opens_no_order(world: World) -> None:
    world.wang.says("物业费怎么交").hears("客服", "400-800-1234")
    world.kefu.hears("物业费怎么交", "王女士")
    world.wang.says("进度").hears("还没有报过修")
    world.nobody_heard_more()
