"""A repair that did not hold and has become a danger is dispatched as one, not as the old repair."""

from collections.abc import Iterable

import pytest
from test_score import LEAK, finished, quiet
from world import Someone, World

from bot import store
from bot.core.kinds import Category, Priority
from bot.core.orders import Order

BURST = "水管又爆了，水喷得满屋都是"


def order(world: World, no: int) -> Order:
    with world.house.desk.db.reading() as tx:
        found = store.orders.get(tx, no)
    assert found is not None
    return found


def crew(world: World) -> Iterable[Someone]:
    return world.li, world.zhao, world.sun


def done(world: World, said: str, no: int = 1) -> None:
    """Somebody has reported it, and an engineer has been there."""
    world.wang.says(said)
    for person in crew(world):
        person.says(f"接单 {no}").says(f"到场 {no}").says(f"完工 {no} 好了")
    quiet(world)


# As a command, and as free words.
@pytest.mark.parametrize("words", [f"没修好，{BURST}", f"没修好 1 {BURST}", f"修了等于没修，{BURST}"])
def test_a_danger_instead_of_a_confirmation_raises_the_order(world: World, words: str) -> None:
    engineer = finished(world)
    world.wang.says(words).hears("工单 1 已重新处理", "漏水（紧急）", "关闭家中进水总阀")
    engineer.hears("【紧急】工单 1", "第1次返修", "情况升级", BURST)
    world.zhou.hears("返修提醒", "紧急")
    world.kefu.hears("应急预案", "工单 1")
    world.nobody_heard_more()
    world.passes(minutes=1)
    assert any("工单 1" in shown.text for person in crew(world) for shown in person.unheard())


def test_another_danger_beside_the_old_fault_is_an_order_of_its_own_where_that_is(world: World) -> None:
    engineer = finished(world)
    world.wang.says("没修好 1 插座还冒火花").hears("工单 1 已重新处理", "工单 2：电气（紧急），3栋2单元1502")
    engineer.hears("工单 1", "第1次返修")
    quiet(world)
    assert order(world, 1).priority is Priority.URGENT


def test_the_order_that_is_named_is_raised_and_no_other(world: World) -> None:
    world.wang.says(LEAK)
    world.wang.says("5栋1单元大厅漏水")
    for person in crew(world):
        person.says("接单 1").says("接单 2")
    quiet(world)
    world.wang.says(f"没修好 1 {BURST}").hears("工单 1")
    assert [order(world, no).priority for no in (1, 2)] == [Priority.EMERGENCY, Priority.URGENT]


def test_a_danger_at_another_place_does_not_raise_the_old_order(world: World) -> None:
    finished(world)
    world.wang.says(f"没修好，5栋1单元大厅{BURST}").hears("工单 2：漏水（紧急），5栋1单元大厅")
    assert order(world, 1).priority is Priority.URGENT


@pytest.mark.parametrize("words", ["没修好 1 电梯又关人了出不来", "没修好，里面还有人"])
def test_people_in_a_lift_that_was_repaired_are_one_order(world: World, words: str) -> None:
    done(world, "3栋2单元电梯坏了不动")
    world.wang.says(words).hears("工单 1", "电梯困人（紧急），3栋2单元")
    assert order(world, 1).category is Category.ELEVATOR_ENTRAPMENT
    world.kefu.hears("应急预案", "电梯困人")


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("3栋2单元1502卫生间地漏返臭味", "没修好 1 还有味"),
        ("3栋2单元1502空调不制冷", "没修好，里面还有人等着，快来"),
        (LEAK, "没修好 1 一直有人在家"),
    ],
)
def test_words_that_mean_a_danger_elsewhere_are_none_here(world: World, said: str, again: str) -> None:
    done(world, said)
    world.wang.says(again).hears("工单 1 已重新处理")
    assert order(world, 1).priority is not Priority.EMERGENCY
    with world.house.desk.db.reading() as tx:
        assert store.orders.get(tx, 2) is None


def test_a_danger_that_only_both_words_make_is_not_lost_beside_another(world: World) -> None:
    done(world, "3栋2单元电梯坏了不动")
    world.wang.says("没修好，里面还有人，楼道里插座冒火花").skips()
    told = {order(world, no).category for no in (1, 2)}
    assert told == {Category.ELEVATOR_ENTRAPMENT, Category.ELECTRICAL}


@pytest.mark.parametrize("words", [f"没修好 1 {BURST}", f"没修好 11 {BURST}", f"没修好，{BURST}"])
def test_a_danger_is_never_refused(world: World, words: str) -> None:
    finished(world)
    world.wang.says("确认 1")
    world.passes(days=30)
    quiet(world)
    world.wang.says(words).hears("工单 2：漏水（紧急）")


def test_what_many_dangers_are_answered_with_is_shown_whole(world: World) -> None:
    finished(world)
    further = "电梯里关着人出不来，楼道里好重的煤气味，配电箱着火了冒黑烟，外墙掉瓷砖差点砸到人，插座冒火花"
    world.wang.says(f"没修好 1 {BURST}，{further}")
    answers = [shown.text for shown in world.wang.unheard()]
    assert all(f"工单 {no}" in "".join(answers) for no in (1, 2, 3, 4, 5))
    assert len(answers) > 1
    assert max(len(answer.encode()) for answer in answers) < 2000


def test_without_a_number_the_order_that_the_danger_is_about_is_meant(world: World) -> None:
    finished(world)
    done(world, "3栋2单元楼道灯不亮", 2)
    world.wang.says(f"没修好，{BURST}").hears("工单 1", "漏水（紧急）")


def test_a_danger_while_the_work_is_under_way_raises_the_order(world: World) -> None:
    world.wang.says(LEAK)
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.says("接单")
    quiet(world)
    world.wang.says(f"没修好，{BURST}").hears("工单 1", "关闭家中进水总阀")
    engineer.hears("工单 1", "紧急")


def test_what_waits_for_parts_and_becomes_a_danger_is_dispatched_anew(world: World) -> None:
    world.wang.says(LEAK)
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.says("接单 1").says("到场 1").says("挂起 1 等配件")
    world.passes(hours=30)
    quiet(world)
    world.wang.says(f"没修好 1 {BURST}").hears("工单 1")
    assert order(world, 1).status.waits_for_taker
    assert any("【紧急】工单 1" in shown.text for person in crew(world) for shown in person.unheard())
