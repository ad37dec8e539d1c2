"""返修 is found by itself, with what was done last time; the second time the supervisor hears."""

from world import Someone, World

LEAK = "3栋2单元1502厨房漏水"


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
