"""Customer service: orders taken by telephone, doubts settled, orders given out by name."""

import pytest
from world import World


def engineer_with(world: World, no: int) -> str:
    for someone in (world.li, world.zhao, world.sun):
        for item in someone.unheard():
            if "接单时限" in item.text and f"工单 {no} " in item.text:
                someone.skips()
                return item.text
    raise AssertionError(f"no engineer was paged for {no}")


@pytest.mark.parametrize(
    "words",
    [
        "代报 3-2-1502 李奶奶 13811112222 厨房漏水",
        "代报3-2-1502 李奶奶 13811112222 厨房漏水",
        "代报 3栋2单元1502 李奶奶 13811112222 厨房 漏水 很大",
        "代报 3栋 2单元 1502 李奶奶 13811112222 厨房漏水",
        "代报，3-2-1502，李奶奶，13811112222，厨房漏水",
        "代报3栋2单元1502李奶奶13811112222厨房漏水",
        "代报 3-2-1502 李奶奶 +8613811112222 厨房漏水",
    ],
)
def test_an_order_for_somebody_who_phoned(world: World, words: str) -> None:
    world.kefu.says(words).hears("工单 1", "漏水", "3栋2单元1502")
    page = engineer_with(world, 1)
    for part in ("李奶奶", "13811112222", "漏水", "3栋2单元1502"):
        assert part in page
    world.nobody_heard_more()


def test_whoever_took_it_in_stays_its_contact(world: World) -> None:
    world.kefu.says("代报 3-2-1502 李奶奶 13811112222 厨房漏水").skips()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.skips().says("接单").hears("接单成功", "李奶奶", "13811112222")
    world.kefu.hears("工单 1", "已由")
    engineer.says("完工 好了").skips()
    world.kefu.hears("工单 1", "确认 1")
    world.kefu.says("确认 1").hears("工单 1")


def test_two_calls_are_two_orders(world: World) -> None:
    world.kefu.says("代报 3-2-1502 李奶奶 13811112222 厨房漏水").hears("工单 1")
    world.kefu.says("代报 3-2-1502 李奶奶 13811112222 厨房漏水").hears("工单 2")


def test_an_emergency_by_telephone_goes_out_at_once(world: World) -> None:
    world.kefu.says("代报 5栋 张先生 13811112222 电梯里有人被困").hears("工单 1", "电梯困人", "紧急")
    assert "5栋" in engineer_with(world, 1)


def test_a_fixed_line_is_a_phone_too(world: World) -> None:
    world.kefu.says("代报 3-2-1502 李奶奶 0571-88886666 厨房漏水").hears("工单 1", "漏水")
    assert "0571-88886666" in engineer_with(world, 1)


def test_a_doubt_is_settled_and_goes_to_the_trade(world: World) -> None:
    world.wang.says("3栋2单元1502那个东西坏了").skips()
    world.kefu.skips().says("改类 1 漏水").hears("工单 1", "漏水", "师傅")
    assert "3栋2单元1502那个东西坏了" in engineer_with(world, 1)
    world.wang.hears("工单 1", "漏水（加急）", "师傅负责", "09:10 前接单")
    world.nobody_heard_more()


def test_a_doubt_that_customer_service_had_accepted_goes_to_the_trade_as_well(world: World) -> None:
    world.wang.says("3栋2单元1502那个东西坏了").skips()
    world.kefu.skips().says("接单").skips()
    world.wang.skips()
    world.kefu.says("改类1漏水").hears("工单 1", "漏水", "师傅")
    engineer_with(world, 1)


def test_what_was_sure_can_be_corrected_too(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    engineer_with(world, 1)
    world.kefu.says("改类 1 停电 紧急").hears("工单 1", "停电（紧急）")
    assert "停电" in engineer_with(world, 1)


def test_whoever_works_on_it_hears_what_it_is_now(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.says("接单").skips()
    world.wang.skips()
    world.kefu.says("改类 1 水暖洁具").hears("工单 1", "水暖洁具")
    engineer.hears("工单 1", "水暖洁具")
    world.wang.hears("工单 1", "水暖洁具（普通）", "13:00 前到场")
    world.nobody_heard_more()


def test_a_correction_that_changes_neither_who_comes_nor_when_is_not_worth_a_message(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.says("接单").skips()
    world.wang.skips()
    world.kefu.says("改类 1 排水堵塞 加急").hears("工单 1", "排水堵塞")
    engineer.hears("工单 1", "排水堵塞")
    world.nobody_heard_more()


@pytest.mark.parametrize("words", ["派单 1 孙师傅", "派单1孙师傅", "派单 1 sun", "派单 1 SUN", "派单 1 给孙师傅"])
def test_an_order_is_given_to_somebody_by_name(world: World, words: str) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    former = world.li if world.li.unheard() else world.zhao
    former.skips()
    world.kefu.says(words).hears("工单 1", "孙师傅")
    world.sun.hears("工单 1", "小刘指派", "13800000001")
    former.hears("工单 1", "孙师傅")
    world.nobody_heard_more()


def test_a_reporters_doubtful_order_given_out_by_the_supervisor(world: World) -> None:
    world.wang.says("3栋2单元1502那个东西坏了").skips()
    world.kefu.skips()
    world.zhou.says("派单 1 赵师傅").hears("工单 1", "赵师傅")
    world.zhao.hears("工单 1", "周主管指派")
    world.kefu.hears("工单 1", "赵师傅")
    world.zhao.says("接单").hears("接单成功", "工单 1")
    world.wang.hears("工单 1", "赵师傅")
    world.nobody_heard_more()


def test_why_it_was_read_so_is_for_those_inside(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    world.kefu.says("进度 1").hears("判断依据", "漏水")
    world.wang.says("进度 1")
    assert not any("判断依据" in i.text for i in world.wang.unheard())


def test_the_supervisor_closes_with_a_reason_that_both_hear(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.skips()
    world.zhou.says("关闭 1 业主已自行修好").hears("工单 1", "已关闭")
    world.wang.hears("工单 1", "业主已自行修好")
    engineer.hears("工单 1", "业主已自行修好")
    world.nobody_heard_more()
