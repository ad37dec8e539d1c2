"""Swaps and leave: nothing changes until the other has agreed, and then for both at once."""

from collections.abc import Callable
from datetime import date, datetime

from world import TZ, World

from bot import store
from bot.core.shifts import USUAL
from bot.imports.rotations import RotationRow
from bot.imports.shift_table import parse_shift_table
from bot.imports.table import read_table
from bot.store.imports import save_duty, save_rotations
from bot.store.roster import known_people

NO_LIST = "userid,start,end,tier\nkefu,2026-11-23 00:00,2026-12-07 00:00,1\nzhou,2026-11-23 00:00,2026-12-07 00:00,3\n"
TABLE = """2026年11月排班表,,,,,,
姓名,23,24,25,26,27,28
李师傅,早,早,夜,休,中,中
赵师傅,中,夜,休,早,早,夜
孙师傅,夜,中,中,夜,夜,早
"""

Build = Callable[..., World]


def with_table(build_world: Build, table: str = TABLE) -> World:
    world = build_world(duty=NO_LIST)
    people = known_people(world.settings)
    found, mistakes = parse_shift_table(read_table(world._file("t.csv", table)), TZ, people, USUAL, date(2026, 11, 23))
    assert not mistakes, mistakes
    save_duty(world.settings, found.rows, found.days_off)
    world.passes(seconds=2)
    return world


def on_duty(world: World, moment: str) -> set[str]:
    at = datetime.fromisoformat(moment).replace(tzinfo=TZ)
    with world.house.desk.turn() as turn:
        return {p for p, tier in turn.roster.on_duty(at).items() if tier == 1 and p != "kefu"}


def test_a_swap_changes_both_lists_once_the_colleague_agrees(build_world: Build) -> None:
    world = with_table(build_world)
    world.li.says("换班 11-25 夜 孙师傅").hears("申请 1", "11-25周三夜（11-26 00:00–08:00）改由孙师傅上", "11-25周三中")
    world.sun.hears("申请 1", "李师傅想和您换班", "同意 1")
    assert on_duty(world, "2026-11-26 03:00") == {"li"}
    world.sun.taps("同意").hears("申请 1 换班已生效", "李师傅改为孙师傅")
    world.li.hears("换班已生效")
    world.zhou.hears("换班通知", "李师傅与孙师傅", "夜", "中")
    assert on_duty(world, "2026-11-26 03:00") == {"sun"}
    assert on_duty(world, "2026-11-25 17:00") == {"li"}
    world.sun.says("同意 1").hears("已经处理过")
    world.nobody_heard_more()


def test_a_swap_for_a_day_off_is_simply_taken_over_and_can_be_paid_back(build_world: Build) -> None:
    world = with_table(build_world)
    world.li.says("换班 11-25 夜 赵师傅 11-27").hears("改由赵师傅上", "赵师傅的11-27周五早（08:00–16:00）改由您上")
    world.zhao.hears("您的11-27周五早", "改由李师傅上").says("同意").hears("换班已生效")
    world.li.hears("已生效")
    world.zhou.hears("换班通知")
    assert on_duty(world, "2026-11-26 03:00") == {"zhao"}
    assert on_duty(world, "2026-11-27 09:00") == {"li"}
    world.nobody_heard_more()


def test_what_is_refused_or_not_answered_changes_nothing(build_world: Build) -> None:
    world = with_table(build_world)
    world.li.says("换班 明天 早 孙师傅").hears("申请 1")
    world.sun.hears("申请 1").taps("不同意").hears("已回绝")
    world.li.hears("孙师傅没有同意", "班次不变")
    world.li.says("换班 明天 早 孙师傅").hears("申请 2")
    world.sun.skips()
    world.at("2026-11-24", "08:00")
    world.li.hears("申请 2", "没有人答复", "失效")
    world.sun.says("同意 2").hears("已经处理过或已过期")
    assert on_duty(world, "2026-11-24 09:00") == {"li"}


def test_a_swap_that_cannot_be_says_why(build_world: Build) -> None:
    world = with_table(build_world)
    world.li.says("换班 11-26 夜 孙师傅").hears("11-26夜没有还没开始的班", "11-25周三夜")
    world.li.says("换班 11-25 夜").hears("请写要和您换班的同事姓名")
    world.li.says("换班 11-25 夜 李师傅").hears("请写要和您换班的同事姓名")
    world.li.says("换班 11-25 夜 王大锤").hears("没有找到叫「王大锤」的同事")
    world.li.says("换班 夜 孙师傅").hears("请按「换班 日期 班次 同事」")
    world.li.says("换班 11-25 夜 孙师傅 11-30").hears("孙师傅 11-30没有")
    world.li.says("换班 11-24 早 赵师傅 11-23").hears("赵师傅的11-23周一中（16:00–00:00）改由您上")  # 早 and 中 touch
    world.zhao.skips()
    world.zhou.says("换班 11-23 早 李师傅").skips()
    world.nobody_heard_more()


def test_nobody_is_put_on_two_shifts_at_once(build_world: Build) -> None:
    world = with_table(build_world, TABLE.replace("李师傅,早,早", "李师傅,早,全"))
    # 全 of the 24th ends at 08:00 of the 25th; 夜 of the 24th begins at its midnight.
    world.zhao.says("换班 11-24 夜 李师傅 11-27").hears("李师傅 11-24周二全", "重叠")
    world.nobody_heard_more()


def test_leave_is_agreed_by_who_leads_and_takes_the_shift_off_the_list(build_world: Build) -> None:
    world = with_table(build_world)
    world.li.says("请假 11-25 夜 孩子发烧").hears("申请 1 请假已发给周主管", "仍按原班次")
    world.zhou.hears("申请 1", "李师傅请假", "11-25周三夜", "孩子发烧")
    assert on_duty(world, "2026-11-26 03:00") == {"li"}
    world.zheng.says("同意 1").hears("申请 1 请假已生效", "请安排替班")
    world.li.hears("请假已由郑经理同意")
    world.zhou.hears("郑经理同意", "李师傅")
    assert on_duty(world, "2026-11-26 03:00") == set()
    world.zhou.taps("同意").hears("已经处理过")
    world.nobody_heard_more()


def test_nobody_agrees_to_his_own_leave_and_residents_are_not_asked(build_world: Build) -> None:
    world = with_table(build_world)
    world.li.says("请假 11-25至11-27").hears("11-25周三夜", "11-27周五中")
    world.zhou.hears("请假")
    world.li.says("同意 1").hears("没有等您答复的申请 1")
    world.zhao.says("同意").hears("没有等您答复的申请")
    world.chen.says("请假 11-25").skips()
    world.wang.says("同意").skips()
    world.nobody_heard_more()


def test_a_tap_on_shifts_that_have_changed_since_is_void(build_world: Build) -> None:
    world = with_table(build_world)
    world.li.says("换班 11-25 夜 孙师傅").hears("申请 1")
    world.sun.hears("申请 1")
    save_again = parse_shift_table(
        read_table(world._file("t2.csv", TABLE.replace("李师傅,早,早,夜", "李师傅,早,早,休"))),
        TZ, known_people(world.settings), USUAL, date(2026, 11, 23),
    )[0]  # fmt: skip
    save_duty(world.settings, save_again.rows, save_again.days_off)
    world.sun.taps("同意").hears("申请 1 里的班次已经变了")
    world.li.hears("作废")
    world.nobody_heard_more()


def test_a_rotation_fills_the_list_night_after_night_and_leaves_settled_days_alone(build_world: Build) -> None:
    world = build_world(duty=NO_LIST)
    names = ("li", "zhao", "sun", "admin")
    rows = [RotationRow("工程", "四班三运转", n, who, date(2026, 11, 23), None, 1) for n, who in enumerate(names, 1)]
    save_rotations(world.settings, rows, world.clock())
    world.passes(seconds=2)
    assert on_duty(world, "2026-11-23 09:00") == {"li"}
    assert on_duty(world, "2026-11-23 17:00") == {"admin"}
    assert on_duty(world, "2026-11-24 01:00") == {"sun"}
    world.sun.says("换班 11-23 夜 赵师傅").hears("申请 1")
    world.zhao.hears("申请 1").taps("同意").hears("已生效")
    world.sun.hears("已生效")
    world.zhou.hears("换班通知")
    with world.house.desk.turn() as turn:
        assert store.rota.covered_until(turn.tx) == date(2027, 1, 22)
    world.at("2026-11-25", "12:00")
    assert on_duty(world, "2026-11-24 01:00") == {"zhao"}
    with world.house.desk.turn() as turn:
        assert store.rota.covered_until(turn.tx) == date(2027, 1, 24)
    save_rotations(world.settings, rows[:3], world.clock())
    world.passes(seconds=2)
    assert on_duty(world, "2026-12-01 17:00") == set()
