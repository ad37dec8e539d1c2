"""A repair that did not hold and has become a danger is dispatched as one, not as the old repair."""

import pytest
from test_score import LEAK, finished, quiet
from world import World

BURST = "水管又爆了，水喷得满屋都是"


@pytest.mark.parametrize("words", [f"没修好，{BURST}", f"没修好 1 {BURST}"])
def test_a_danger_instead_of_a_confirmation_raises_the_order(world: World, words: str) -> None:
    engineer = finished(world)
    world.wang.says(words).hears("工单 1 已重新处理", "漏水（紧急）", "关闭家中进水总阀")
    engineer.hears("【紧急】工单 1", "第1次返修", "情况升级", BURST)
    world.zhou.hears("返修提醒", "紧急")
    world.kefu.hears("应急预案", "工单 1")
    world.nobody_heard_more()
    world.passes(minutes=1)
    assert any("工单 1" in shown.text for p in (world.li, world.zhao, world.sun) for shown in p.unheard())


def test_another_danger_beside_the_old_fault_is_an_order_of_its_own(world: World) -> None:
    engineer = finished(world)
    world.wang.says("没修好 1 电梯里关着人出不来").hears("工单 1 已重新处理", "工单 2：电梯困人（紧急）")
    engineer.hears("工单 1", "第1次返修")
    rescuer = next(p for p in (world.zhao, world.sun, world.li) if p.unheard())
    rescuer.hears("【紧急】工单 2", "电梯困人")


def test_a_danger_is_not_refused_because_the_old_order_is_too_old(world: World) -> None:
    finished(world)
    world.wang.says("确认 1")
    world.passes(days=30)
    quiet(world)
    world.wang.says(f"没修好 1 {BURST}").hears("工单 2：漏水（紧急）")


def test_a_danger_while_the_work_is_under_way_raises_the_order(world: World) -> None:
    world.wang.says(LEAK)
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.says("接单")
    quiet(world)
    world.wang.says(f"没修好 1 {BURST}").hears("工单 1", "关闭家中进水总阀")
    engineer.hears("工单 1", "紧急")
