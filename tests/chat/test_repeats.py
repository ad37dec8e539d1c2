"""返修 is found by itself, with what was done last time; the second time the supervisor hears."""

from world import Someone, World

from bot.sandbox.phones import Shown

LEAK = "3栋2单元1502厨房漏水"


def scans(world: World, who: str, code: str) -> None:
    found = {"ScanType": "qrcode", "ScanResult": code}
    world.platform.member_event(who, "scancode_waitmsg", EventKey="menu.scan", ScanCodeInfo=found)
    world.settle()


def done(world: World, no: int, words: str = "更换角阀", by: Someone | None = None) -> None:
    """The order is worked on by whoever was paged, and confirmed."""
    engineer = by or paged(world, no)
    engineer.skips().says(f"接单 {no}").says(f"到场 {no}").says(f"完工 {no} {words}").skips()
    world.wang.says(f"确认 {no}").says("5").skips()
    for someone in (engineer, world.kefu):
        someone.skips()


def paged(world: World, no: int) -> Someone:
    return next(p for p in (world.li, world.zhao, world.sun) if any(f"工单 {no} " in i.text for i in p.unheard()))


def test_the_same_fault_in_the_same_room_is_linked_raised_and_shown_with_what_was_done(world: World) -> None:
    world.wang.says(LEAK).skips()
    done(world, 1)
    world.passes(days=5)
    for someone in (world.kefu, world.zhou, world.zheng, world.wang, world.li, world.zhao):
        someone.skips()
    world.wang.says(LEAK).hears("工单 2", "工单 1", "返修", "加急")
    engineer = paged(world, 2).hears("工单 2", "返修：上次工单 1", "更换角阀")
    world.zhou.hears_nothing()
    done(world, 2, "换了水管", engineer)
    world.passes(days=1)
    for someone in (world.kefu, world.zhou, world.zheng, world.wang, world.li, world.zhao):
        someone.skips()
    world.wang.says(LEAK).hears("工单 3", "工单 2", "返修")
    paged(world, 3).hears("工单 3", "返修：上次工单 2", "换了水管")
    world.zhou.hears("重复返修（第 2 次）", "工单 3", "换了水管")


def test_another_room_another_fault_or_a_long_time_is_no_repeat(world: World) -> None:
    world.wang.says(LEAK).skips()
    done(world, 1)
    world.passes(minutes=20)
    world.wang.skips().says("3栋2单元1602厨房漏水").hears("工单 2", "漏水")
    assert not any("返修" in i.text for i in paged(world, 2).unheard())


def test_what_was_withdrawn_is_nothing_to_come_back(world: World) -> None:
    world.wang.says(LEAK).says("取消 1").skips()
    for someone in (world.li, world.zhao, world.sun):
        someone.skips()
    world.wang.says(LEAK).hears("工单 2")
    assert not any("返修" in i.text for i in paged(world, 2).unheard())


EQUIPMENT = """code,name,kind,building,place,installed_on,warranty_until,owner
DT-03-2-1,3栋2单元1号客梯,电梯,3,2单元,,,
DT-03-2-2,3栋2单元2号货梯,电梯,3,2单元,,,
SB-01,生活水泵1号,水泵,,地下一层泵房,,,
"""


def test_the_same_lift_comes_back_in_other_words_and_the_lift_beside_it_does_not(world: World) -> None:
    world.has_equipment(EQUIPMENT)
    world.passes(seconds=2)
    world.wang.says("3栋2单元1号客梯门关不上").skips()
    assert any("设备：3栋2单元1号客梯（DT-03-2-1）" in i.text for i in pages(world, 1))
    who = next(p for p in (world.li, world.zhao, world.sun) if p.unheard())
    assert "3栋2单元1号客梯（DT-03-2-1）" in who.card("工单 1").text
    done(world, 1, "换了门机皮带")
    world.passes(days=5)
    nobody_minds(world)
    world.chen.says("3栋2单元货梯不动了").hears("工单 2")
    assert not any("返修" in i.text for i in pages(world, 2)), "the lift beside it is another one"
    nobody_minds(world)
    world.wang.says("3栋电梯DT-03-2-1又停了").hears("工单 3", "工单 1", "返修")
    paged(world, 3).hears("工单 3", "设备：3栋2单元1号客梯（DT-03-2-1）", "返修：上次工单 1", "换了门机皮带")


def test_a_pump_of_no_building_comes_back_whatever_is_said_to_be_wrong(world: World) -> None:
    world.has_equipment(EQUIPMENT)
    world.passes(seconds=2)
    world.wang.says("地下一层泵房生活水泵1号漏水").skips()
    done(world, 1, "换了机封")
    world.passes(days=5)
    nobody_minds(world)
    world.wang.says("地下一层泵房生活水泵1号停了，没水").hears("工单 2", "工单 1", "返修")
    paged(world, 2).hears("设备：生活水泵1号（SB-01）", "返修：上次工单 1", "换了机封")


def test_which_device_it_is_may_be_said_later(world: World) -> None:
    world.has_equipment(EQUIPMENT)
    world.passes(seconds=2)
    world.wang.says("3栋2单元电梯坏了").skips()
    assert not any("设备：" in i.text for i in pages(world, 1)), "there are two"
    world.wang.says("是2号电梯").hears("已补充到工单 1")
    done(world, 1, "复位")
    world.passes(days=5)
    nobody_minds(world)
    world.wang.says("3栋2单元货梯不动了").hears("工单 2", "工单 1", "返修")


def pages(world: World, no: int) -> list[Shown]:
    return [i for p in (world.li, world.zhao, world.sun) for i in p.unheard() if f"工单 {no} " in i.text]


def nobody_minds(world: World) -> None:
    for someone in (world.kefu, world.zhou, world.zheng, world.wang, world.chen, world.li, world.zhao, world.sun):
        someone.skips()


def test_the_code_of_a_device_says_where_it_stands(world: World) -> None:
    world.has_equipment(EQUIPMENT)
    world.wang.says("电梯坏了，机身上写着DT-03-2-2").hears("工单 1", "3栋2单元")
    paged(world, 1).hears("工单 1", "3栋2单元", "设备：3栋2单元2号货梯（DT-03-2-2）")


def test_where_is_answered_by_the_code_of_a_device(world: World) -> None:
    world.has_equipment(EQUIPMENT)
    world.wang.says("电梯坏了").hears("哪")
    world.wang.says("DT-03-2-1").hears("工单 1", "3栋2单元")
    paged(world, 1).hears("工单 1", "设备：3栋2单元1号客梯（DT-03-2-1）")


def test_the_code_of_the_device_scanned_on_site_is_the_arrival_and_its_proof(world: World) -> None:
    world.has_equipment(EQUIPMENT)
    world.passes(seconds=2)
    world.wang.says("3栋2单元1号客梯门关不上").skips()
    engineer = paged(world, 1).skips()
    scans(world, engineer.id, "https://example.com/e?c=DT-03-2-1")
    engineer.hears("已识别位置")
    assert "到场" not in world.wang.says("进度 1").unheard()[-1].text
    world.wang.skips()
    engineer.says("接单 1").skips()
    world.wang.skips()
    scans(world, engineer.id, "DT-03-2-2")
    engineer.hears("已识别位置").hears_nothing()
    scans(world, engineer.id, "DT-03-2-1")
    engineer.hears("工单 1 到场时间", "扫码核实").hears_nothing()
    world.wang.hears("工单 1", "已到场")
    world.kefu.skips().says("进度 1").hears("扫码到场")
    world.passes(seconds=2)
    scans(world, engineer.id, "DT-03-2-1")
    engineer.hears("已识别位置")


def test_the_code_of_a_place_scanned_on_site_is_the_arrival_too(world: World) -> None:
    world.wang.says(LEAK).skips()
    engineer = paged(world, 1).skips()
    engineer.says("接单 1").skips()
    world.wang.skips()
    scans(world, engineer.id, "3栋1单元")
    engineer.hears("已识别位置")
    scans(world, engineer.id, "3栋2单元")
    engineer.hears("工单 1 到场时间", "扫码核实")
    world.wang.hears("工单 1", "已到场")
