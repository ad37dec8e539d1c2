"""The daily check that everybody on duty in the next 24 hours can be reached, heard before the shift begins."""

from datetime import timedelta

import pytest
from world import World

from bot import reach

DUTY = """userid,start,end,tier
kefu,2026-11-23 00:00,2026-12-07 00:00,1
li,2026-11-24 08:00,2026-11-25 08:00,1
zhao,2026-11-23 08:00,2026-11-24 08:00,1
sun,2026-11-26 08:00,2026-11-27 08:00,1
zhou,2026-11-23 00:00,2026-12-07 00:00,3
"""
REACHED = ("kefu", "zhao", "zhou", "sun", "li")


@pytest.fixture
def world(build_world) -> World:
    world = build_world(duty=DUTY, extra='gaps_at = ""')  # gaps of the list are another test's subject
    with world.house.desk.turn() as turn:
        reach.arm(turn)
    return world


def checked(world: World, day: str = "2026-11-23") -> None:
    """Time goes by until the moment of the check, and a little more."""
    world.at(day, "16:52")
    assert not reach.check_if_due(world.house.desk, world.house.app)
    world.passes(minutes=1)
    assert reach.check_if_due(world.house.desk, world.house.app)
    assert not reach.check_if_due(world.house.desk, world.house.app), "once a day"
    world.settle()


def test_whom_nothing_proves_to_be_reachable_gets_one_message_and_is_not_asked_again(world: World) -> None:
    world.zhou.says("值班").skips()
    checked(world)
    world.li.hears("【值班确认】李师傅您好，11-24 08:00 起当班")
    world.zhao.hears("【值班确认】赵师傅您好，当班中")
    world.kefu.hears("【值班确认】")
    world.nobody_heard_more()
    checked(world, "2026-11-24")
    for someone in (world.li, world.zhao, world.kefu, world.sun):
        assert not [i for i in someone.unheard() if "值班确认" in i.text]
    assert not world.platform.group.shown or not any("值班检查" in i.text for i in world.platform.group.shown)


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        (lambda p: p.app.members.pop("li"), "企业微信里没有这个账号"),
        (lambda p: p.remove_member("li"), "不在报修应用的可见范围内"),
        (lambda p: setattr(p.app.member("li"), "status", 2), "账号已被禁用"),
        (lambda p: setattr(p.app.member("li"), "status", 4), "还没有激活"),
        (lambda p: setattr(p.app.member("li"), "status", 5), "已退出企业"),
        (lambda p: setattr(p.app.member("li"), "licensed", False), "没有接口许可"),
        (lambda p: p.fault("/cgi-bin/message/send", "invaliduser", "li"), "消息没有送达"),
    ],
)
def test_who_cannot_be_reached_is_named_to_the_supervisor_before_the_shift_and_once(
    world: World, trouble, why: str
) -> None:
    li = world.platform.app.member("li")
    trouble(world.platform)
    checked(world)
    world.zhou.hears("【值班检查】", "李师傅（li，11-24 08:00 起当班）", why)
    world.group_hears("李师傅（li", why)
    world.zhou.skips()
    checked(world, "2026-11-24")
    assert not [i for i in world.zhou.unheard() if "值班检查" in i.text]
    world.platform.app.members["li"] = li


def test_who_heard_something_lately_is_not_troubled(world: World) -> None:
    for someone in (world.li, world.zhao, world.kefu, world.zhou):
        someone.says("帮助").skips()
    checked(world)
    world.nobody_heard_more()


def test_a_licence_lost_since_is_found_out_the_day_after_a_message_came_back(world: World) -> None:
    for someone in (world.li, world.zhao, world.kefu, world.zhou):
        someone.says("帮助").skips()
    world.platform.app.member("li").licensed = False
    world.platform.member_says("li", "帮助")
    world.settle()
    checked(world)
    world.zhou.hears("李师傅", "没有接口许可")


def test_the_supervisor_who_cannot_be_reached_himself_is_not_the_one_who_is_told(world: World) -> None:
    world.platform.remove_member("zhou")
    checked(world)
    world.zheng.hears("周主管（zhou，当班中）", "可见范围")


def test_the_emergency_list_is_checked_too(build_world) -> None:
    world = build_world(duty=DUTY, extra='gaps_at = ""\nemergency_list = ["ZHENG"]\nreach_check = "10:30"')
    with world.house.desk.turn() as turn:
        reach.arm(turn)
    world.platform.remove_member("zheng")
    world.passes(hours=1, minutes=30)
    assert reach.check_if_due(world.house.desk, world.house.app)
    world.settle()
    world.zhou.hears("郑经理（zheng，紧急名单）", "可见范围")


def test_what_the_platform_could_not_answer_is_asked_again(world: World) -> None:
    world.platform.remove_member("li")
    world.platform.fault("/cgi-bin/user/get", "http", 500, until=world.clock.now + timedelta(hours=8))
    checked(world)
    world.nobody_heard_more()
    world.platform.clear_faults()
    world.passes(minutes=10)
    assert reach.check_if_due(world.house.desk, world.house.app)
    world.settle()
    world.zhou.hears("李师傅")


def test_a_check_missed_while_the_bot_was_down_comes_at_its_start(world: World) -> None:
    world.platform.remove_member("li")
    world.jumps(hours=10)
    world.crash()
    world.boot()
    with world.house.desk.turn() as turn:
        reach.arm(turn)
    assert reach.check_if_due(world.house.desk, world.house.app)
    world.settle()
    world.zhou.hears("李师傅")


def test_it_can_be_switched_off_and_on_again(build_world) -> None:
    world = build_world(duty=DUTY, extra='gaps_at = ""\nreach_check = ""')
    with world.house.desk.turn() as turn:
        reach.arm(turn)
    world.passes(days=2)
    assert not reach.check_if_due(world.house.desk, world.house.app)
