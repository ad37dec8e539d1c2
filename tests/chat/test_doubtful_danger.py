"""A danger that words only hint at goes out as one, marked; one tap settles it, and nobody is left without an end."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text as sql
from world import Someone, World

from bot.core.kinds import Category
from bot.core.reading import Context, Place, Reading
from bot.core.register import NO_REGISTER, Register
from bot.desk import Reader

SMELL = "3栋2单元1502好像有燃气味"
STUCK = "3栋2单元电梯里好像有人困住了"


@dataclass
class Hesitant:
    """The product's reader, for which 好像 makes a danger doubtful, whatever its own rules say of it."""

    reader: Reader

    def read(self, text: str, context: Context | None = None, register: Register = NO_REGISTER) -> Reading:
        reading = self.reader.read(text, context, register)
        return replace(reading, faults=tuple(replace(f, doubtful="好像" in text) for f in reading.faults))

    def read_place(self, text: str) -> Place:
        return self.reader.read_place(text)

    def read_category(self, text: str) -> Category | None:
        return self.reader.read_category(text)


@pytest.fixture
def world(build_world) -> World:
    world: World = build_world()
    world.house.desk.reader = Hesitant(world.house.desk.reader)
    return world


def paged(world: World) -> Someone:
    found = [p for p in (world.li, world.zhao, world.sun) if any("接单时限" in i.text for i in p.unheard())]
    assert len(found) == 1, [p.id for p in found]
    return found[0]


def corrections(world: World) -> list[tuple[str, ...]]:
    with world.house.desk.db.reading() as tx:
        rows = tx.execute(sql("select how, read_category, read_priority, category, priority, words from corrections"))
        return [tuple(row) for row in rows]


def test_it_goes_out_at_once_marked_and_customer_service_is_asked(world: World) -> None:
    world.wang.says(SMELL).hears("工单 1", "疑似燃气泄漏（紧急）", "关闭燃气阀门")
    engineer = paged(world)
    engineer.hears("【紧急】工单 1 · 疑似燃气泄漏", SMELL)
    assert "疑似燃气泄漏" in engineer.card("工单 1").text
    world.kefu.hears("疑似险情", "工单 1", SMELL, "确认紧急 1", "不是紧急 1")
    assert [b.text for b in world.kefu.card("工单 1").buttons] == ["确认紧急", "不是紧急"]
    world.kefu.says("进度 1").hears("疑似燃气泄漏")
    world.nobody_heard_more()


def test_untaken_it_climbs_like_every_emergency(world: World) -> None:
    world.wang.says(SMELL).skips()
    world.passes(minutes=2)
    world.zhou.hears("工单 1", "疑似燃气泄漏")


def test_one_tap_confirms_it_and_no_clock_changes(world: World) -> None:
    world.wang.says(SMELL).skips()
    engineer = paged(world).skips()
    world.kefu.skips().taps("确认紧急").hears("工单 1", "燃气泄漏")
    engineer.hears("工单 1", "小刘核实", "确实是燃气泄漏")
    world.kefu.hears("应急预案 1", "燃气泄漏")
    world.nobody_heard_more()
    assert corrections(world) == [("danger", "gas_leak", "emergency", "gas_leak", "emergency", SMELL)]
    world.passes(minutes=1)
    assert world.sun.times("接单时限") + world.zhao.times("接单时限") + world.li.times("接单时限")
    world.kefu.says("确认紧急 1").hears("工单 1", "没有待核实的险情")


def test_one_tap_makes_it_what_is_left_and_the_same_man_keeps_it(world: World) -> None:
    world.wang.says(STUCK).skips()
    engineer = paged(world).skips()
    world.kefu.skips().taps("不是紧急").hears("工单 1", "电梯故障（加急）", "师傅")
    engineer.hears("【加急】工单 1 · 电梯故障", "已查明不是紧急", "09:10")
    world.wang.hears("工单 1", "电梯故障（加急）", "09:10 前接单")
    world.nobody_heard_more()
    assert corrections(world) == [("no_danger", "elevator_entrapment", "emergency", "elevator_fault", "urgent", STUCK)]
    world.passes(minutes=4)
    world.nobody_heard_more()


def test_everybody_who_was_called_gets_an_all_clear(build_world) -> None:
    world = build_world()
    world.house.desk.reader = Hesitant(world.house.desk.reader)
    world.wang.says(STUCK).skips()
    world.passes(minutes=3)
    called = [p for p in (world.li, world.zhao, world.sun, world.zhou, world.zheng, world.admin) if p.unheard()]
    assert len(called) == 6, "at the end of the ladder everybody is called"
    for person in (*called, world.wang, world.kefu):
        person.skips()
    world.kefu.says("不是紧急").hears("工单 1", "电梯故障")
    holder = [p for p in called if any("【加急】工单 1" in i.text for i in p.unheard())]
    assert len(holder) == 1
    holder[0].hears("工单 1", "已查明不是紧急")
    for person in called:
        if person is not holder[0]:
            person.hears("解除", "工单 1", "不用赶来")
    world.wang.hears("工单 1", "电梯故障")
    world.group_hears("解除", "工单 1")
    assert [call.json["event"] for call in world.platform.escalations] == [
        "emergency_not_accepted", "emergency_called_off",
    ]  # fmt: skip
    world.nobody_heard_more()
    world.passes(minutes=2)
    world.nobody_heard_more()


def test_whoever_has_accepted_keeps_it_on_gentler_clocks(world: World) -> None:
    world.wang.says(STUCK).skips()
    engineer = paged(world).skips()
    engineer.says("接单").skips()
    world.wang.skips()
    world.zhou.hears("应急预案 1", "工单 1")
    world.kefu.skips().taps("不是紧急").hears("工单 1", "电梯故障（加急）")
    for person in (world.kefu, world.zhou, engineer):
        person.hears("预案 1 已停止", "不是紧急工单")
    engineer.hears("工单 1", "已查明不是紧急", "请按加急处理")
    world.wang.hears("工单 1", "09:30 前到场")
    world.passes(minutes=14)
    world.nobody_heard_more()
    world.passes(minutes=2)
    engineer.hears("提醒", "工单 1", "到场")


def test_plainer_words_of_the_reporter_settle_it_too(world: World) -> None:
    world.wang.says(SMELL).skips()
    engineer = paged(world).skips()
    world.kefu.skips()
    world.wang.says("燃气味很大，就是燃气泄漏").hears("工单 1", "燃气泄漏")
    engineer.hears("工单 1", "就是燃气泄漏")
    world.kefu.hears("工单 1", "确认为紧急", "就是燃气泄漏").hears("应急预案 1", "燃气泄漏")
    world.nobody_heard_more()
    world.kefu.taps("不是紧急").hears("工单 1", "没有待核实的险情")


def test_a_second_opinion_comes_too_late(world: World) -> None:
    world.wang.says(STUCK).skips()
    world.kefu.skips().taps("不是紧急").skips()
    world.zhou.says("确认紧急 1").hears("工单 1", "没有待核实的险情")


def test_it_is_not_for_residents_or_engineers(world: World) -> None:
    world.wang.says(STUCK).skips()
    engineer = paged(world).skips()
    world.wang.says("不是紧急 1").hears("没有找到您可以操作的工单 1")
    engineer.says("不是紧急 1").hears("没有找到您可以操作的工单 1")


def test_an_emergency_that_was_recategorised_is_called_off_as_well(world: World) -> None:
    world.wang.says("3栋2单元电梯里有人被困").skips()
    first = paged(world).skips()
    world.passes(minutes=1)
    second = paged(world).skips()
    world.kefu.skips().says("改类 1 电梯故障").hears("工单 1", "电梯故障").hears("预案 1 已停止")
    told = [p for p in (first, second) if any("解除" in i.text for i in p.unheard())]
    assert len(told) == 1
    told[0].hears("解除", "工单 1")
    paged(world).hears("客服已更正类别")
    world.wang.hears("工单 1", "电梯故障")
    world.nobody_heard_more()


def test_whom_to_phone_is_told_once_the_danger_is_confirmed(world: World) -> None:
    world.wang.says(SMELL).hears("疑似")
    assert not any("应急预案" in i.text for i in world.kefu.unheard())
    world.kefu.skips().taps("确认紧急").hears("工单 1").hears("应急预案 1", "燃气泄漏", "拨打燃气公司")
