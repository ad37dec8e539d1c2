"""Further words of the same person belong to the order that is open, and reach whoever has it."""

from world import Someone, World

LEAK = "3栋2单元1502厨房漏水"


def holder_of(world: World) -> Someone:
    """Whoever was paged, his page accounted for."""
    for someone in (world.li, world.zhao, world.sun, world.kefu):
        if someone.unheard():
            return someone.skips()
    raise AssertionError("nobody was paged")


def reported(world: World, words: str = LEAK) -> Someone:
    world.wang.says(words).skips()
    return holder_of(world)


def test_more_words_about_the_same_thing_join_and_reach_the_engineer(world: World) -> None:
    engineer = reported(world)
    world.passes(minutes=2)
    world.wang.says("补充一下，水是从水槽下面出来的，很大").hears("工单 1", "补充")
    engineer.hears("工单 1", "水是从水槽下面出来的，很大")
    world.nobody_heard_more()


def test_the_same_fault_told_in_other_words_opens_no_second_order(world: World) -> None:
    engineer = reported(world)
    world.wang.says("厨房漏水漏得很厉害").hears("工单 1", "补充")
    engineer.hears("工单 1", "厨房漏水漏得很厉害")
    world.wang.says("我的工单").hears("未完成 1 个", "工单 1")
    world.nobody_heard_more()


def test_another_fault_of_the_same_person_is_an_order_of_its_own(world: World) -> None:
    reported(world)
    world.wang.says("3栋2单元1502卧室灯不亮").hears("工单 2", "照明")


def test_the_same_fault_at_another_place_is_an_order_of_its_own(world: World) -> None:
    reported(world)
    world.wang.says("5栋1单元302厨房漏水").hears("工单 2", "5栋1单元302")


def test_a_phone_number_joins_and_stands_with_the_order(build_world) -> None:
    world = build_world()
    world.platform.add_member("guest", "访客")
    world.guest.says(LEAK).skips()
    engineer = holder_of(world)
    world.guest.says("电话13811112222").hears("工单 1")
    engineer.hears("工单 1", "13811112222")
    engineer.says("接单").hears("接单成功", "工单 1", "13811112222")


def test_a_phone_number_in_a_repeated_report_is_kept_too(build_world) -> None:
    world = build_world()
    world.platform.add_member("guest", "访客")
    world.guest.says(LEAK).skips()
    engineer = holder_of(world)
    world.guest.says("厨房漏水很大，电话13811112222").hears("工单 1")
    engineer.skips().says("接单").hears("接单成功", "13811112222")


def test_a_photo_joins_and_reaches_the_engineer_as_a_file(world: World) -> None:
    engineer = reported(world)
    world.wang.sends("image").hears("工单 1", "图片")
    engineer.hears("工单 1", "图片")
    assert [i.kind for i in engineer.unheard()] == ["image"]
    engineer.skips()
    world.nobody_heard_more()


def test_people_inside_after_a_lift_that_stands_raises_the_order_to_an_entrapment(world: World) -> None:
    world.wang.says("3栋2单元电梯坏了").hears("工单 1", "电梯故障")
    engineer = holder_of(world)
    world.passes(minutes=1)
    world.wang.says("里面有人").hears("工单 1", "电梯困人", "请保持冷静")
    engineer.hears("紧急", "工单 1", "电梯困人", "处置要点", "里面有人")
    world.kefu.hears("应急预案 1", "电梯困人")
    world.nobody_heard_more()


def test_graver_words_after_acceptance_reach_whoever_works_on_it(world: World) -> None:
    world.wang.says("3栋2单元电梯坏了").skips()
    engineer = holder_of(world)
    engineer.says("接单").skips()
    world.wang.skips().says("里面有人，出不来了").hears("工单 1", "电梯困人")
    engineer.hears("工单 1", "紧急", "电梯困人").hears("工单 1 报修人补充：里面有人，出不来了")
    world.nobody_heard_more()


def test_a_word_that_says_nothing_alone_can_be_grave(world: World) -> None:
    world.wang.says("3栋2单元电梯坏了").skips()
    engineer = holder_of(world)
    world.wang.says("出不来").hears("工单 1", "电梯困人")
    engineer.hears("紧急", "工单 1", "电梯困人")


def test_a_word_of_thanks_is_no_supplement(world: World) -> None:
    reported(world)
    world.wang.says("好的谢谢").hears("不客气")
    world.nobody_heard_more()


def test_after_the_joining_time_the_same_fault_at_the_same_place_still_joins_but_an_unclear_word_does_not(
    world: World,
) -> None:
    engineer = reported(world)
    engineer.says("接单 1").skips()
    world.wang.skips()
    world.passes(minutes=20)
    world.wang.says(LEAK).hears("工单 1")
    engineer.skips()
    world.passes(minutes=10)
    engineer.says("到场").skips()
    world.wang.skips().says("那个又开始响了，怪怪的").hears("工单 2", "核实")


def test_a_message_joins_the_order_it_names_in_time_and_never_one_that_is_done(world: World) -> None:
    engineer = reported(world)
    engineer.says("接单").skips().says("完工 1 好了").skips()
    world.wang.skips().says("3栋2单元1502马桶堵了").hears("工单 2", "排水堵塞")


def test_words_are_kept_once_and_the_supplement_stands_in_the_next_page(world: World) -> None:
    engineer = reported(world)
    world.wang.says("补充一下，水很大，楼下也漏了").skips()
    engineer.skips().says("转单 1 孙师傅").skips()
    world.sun.hears("工单 1", LEAK, "补充一下，水很大，楼下也漏了", "转来")
