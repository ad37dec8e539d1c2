"""Another danger told beside the first by the same person: an order of its own, and both who go there hear of it."""

from collections.abc import Callable

import pytest
from world import Mishearing, Someone, World

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import Fault, Place, Reading

ONE_ENGINEER = """userid,start,end,tier
kefu,2026-11-23 00:00,2027-02-01 00:00,1
li,2026-11-23 00:00,2027-02-01 00:00,1
zhou,2026-11-23 00:00,2027-02-01 00:00,3
"""


@pytest.fixture
def guessing(build_world: Callable[..., World]) -> World:
    world: World = build_world()
    lift = Fault(Category.ELEVATOR_ENTRAPMENT, Priority.EMERGENCY, doubtful=True)
    taken_for = Reading(Intent.REPORT, (lift,), Place(area="10楼"), ())
    world.house.desk.reader = Mishearing(world.house.desk.reader, {"晕过去": taken_for})
    return world


def engineers(world: World) -> list[Someone]:
    return [world.li, world.zhao, world.sun]


def test_a_doubtful_danger_beside_a_gas_order_reaches_whoever_has_the_gas(guessing: World) -> None:
    guessing.wang.says("1503有煤气味").hears("工单 1", "哪一栋")
    first = next(p for p in engineers(guessing) if p.unheard())
    first.hears("工单 1", "燃气")
    guessing.kefu.skips()
    guessing.wang.says("10楼，里面的老人晕过去了").hears("工单 2")
    second = next(p for p in engineers(guessing) if p is not first and p.unheard())
    second.hears("工单 2", "报修人另有紧急工单 1（燃气泄漏）", "里面的老人晕过去了")
    first.hears("工单 1", "又报险情", "里面的老人晕过去了", "另派工单 2")
    guessing.kefu.skips()
    guessing.nobody_heard_more()


def test_whoever_has_both_reads_it_on_the_page_alone(build_world: Callable[..., World]) -> None:
    world = build_world(duty=ONE_ENGINEER)
    world.wang.says("3栋2单元1503水管爆了").skips()
    world.li.skips()
    world.wang.says("3栋2单元1503的插座冒火花").hears("工单 2")
    world.li.hears("工单 2", "报修人另有紧急工单 1")
    assert not world.li.unheard()


def test_a_danger_somewhere_else_is_another_matter(world: World) -> None:
    world.wang.says("3栋2单元1503有煤气味").skips()
    first = next(p for p in engineers(world) if p.unheard()).skips()
    world.wang.says("5栋1单元电梯里有人被困").skips()
    assert not first.unheard()
    second = next(p for p in engineers(world) if p.unheard())
    assert "另有紧急工单" not in second.unheard()[0].text


def test_an_ordinary_fault_beside_a_danger_disturbs_nobody(world: World) -> None:
    world.wang.says("3栋2单元1503有煤气味").skips()
    first = next(p for p in engineers(world) if p.unheard()).skips()
    world.wang.says("3栋2单元1503客厅灯不亮").skips()
    assert not [i for i in first.unheard() if "工单 1" in i.text]


def test_a_danger_that_was_finished_hears_no_more(world: World) -> None:
    world.wang.says("3栋2单元1503有煤气味").skips()
    first = next(p for p in engineers(world) if p.unheard()).skips()
    first.says("接单").says("到场").says("完工 已关阀").skips()
    world.wang.skips().says("3栋2单元1503着火了").skips()
    assert not [i for i in first.unheard() if "又报险情" in i.text]


def test_a_danger_told_again_beside_another_joins_its_own_order(world: World) -> None:
    world.wang.says("3栋2单元1503着火了").skips()
    world.zhou.skips()
    world.wang.says("3栋2单元1503煤气味更大了，还着火了").hears("工单 2")
    second = next(p for p in engineers(world) if p.unheard())
    second.hears("工单 2", "燃气", "报修人另有紧急工单 1（火情）")
    assert not [i for p in (*engineers(world), world.zhou) for i in p.unheard() if "工单 3" in i.text]


def test_where_the_known_danger_comes_first_the_new_page_names_it_as_well(world: World) -> None:
    world.wang.says("3栋2单元1503有煤气味").skips()
    first = next(p for p in engineers(world) if p.unheard()).skips()
    world.kefu.skips()
    world.wang.says("3栋2单元1503煤气味更大了，还着火了").hears("工单 2")
    first.hears("工单 1", "还着火了")
    heard = [i.text for p in (*engineers(world), world.zhou, world.kefu) for i in p.unheard()]
    assert any("工单 2" in text and "报修人另有紧急工单 1（燃气泄漏）" in text for text in heard), heard
    assert not any("工单 3" in text for text in heard)


def test_a_room_and_a_floor_do_not_run_into_one_number(world: World) -> None:
    world.wang.says("1503有煤气味").skips()
    first = next(p for p in engineers(world) if p.unheard()).skips()
    world.wang.says("10楼").skips()
    first.hears("工单 1", "位置：1503 10楼")
