"""Quiet hours hold back normal orders, and nothing else."""

from collections.abc import Callable
from datetime import datetime

import pytest
from world import TZ, World

NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=TZ)
QUIET = 'quiet_hours = "22:30-07:30"'
LIGHT = "3栋2单元1502的灯不亮了"
DIGEST_LATER = '\n[digest]\ndaily = "12:01"\nweekly = "Fri 12:05"'


@pytest.fixture
def night(build_world: Callable[..., World]) -> World:
    return build_world(extra=QUIET + DIGEST_LATER, at=NIGHT)


def test_a_normal_order_of_the_night_is_sent_in_the_morning_and_its_clock_starts_then(night: World) -> None:
    night.wang.says(LIGHT).hears("工单 1", "普通", "现在是夜间", "08:00 前接单")
    night.at("2026-11-24", "07:29")
    night.nobody_heard_more()
    night.at("2026-11-24", "07:30")
    night.li.hears("工单 1", "08:00")
    night.nobody_heard_more()
    night.at("2026-11-24", "07:45")
    night.li.hears("提醒")
    night.at("2026-11-24", "08:00")
    assert night.zhou.times("工单 1") == [9 * 60]


@pytest.mark.parametrize(("words", "level"), [("3栋2单元1502厨房漏水", "加急"), ("3栋2单元电梯有人被困", "紧急")])
def test_what_is_pressing_goes_out_at_night(night: World, words: str, level: str) -> None:
    night.wang.says(words).hears("工单 1", level)
    assert [0] in [night.li.times(f"【{level}】"), night.zhao.times(f"【{level}】")]
    night.passes(minutes=15)
    assert night.zhou.times("工单 1")


def test_graver_words_wake_the_engineer(night: World) -> None:
    night.wang.says("3栋2单元电梯按钮不亮").hears("工单 1")
    night.passes(minutes=1)
    night.wang.says("电梯里面有人被困").hears("工单 1")
    pages = [i for p in (night.li, night.zhao) for i in p.unheard() if "【紧急】" in i.text]
    assert len(pages) == 1


def test_a_clock_that_runs_into_the_night_stands_still_until_morning(build_world: Callable[..., World]) -> None:
    world = build_world(extra=QUIET + DIGEST_LATER, at=NIGHT.replace(hour=22, minute=20))
    world.wang.says(LIGHT).hears("工单 1", "07:50 前接单")
    world.li.hears("工单 1")
    world.at("2026-11-24", "07:34")
    world.nobody_heard_more()
    world.at("2026-11-24", "07:35")
    world.li.hears("提醒")
    world.nobody_heard_more()


def test_the_morning_shift_gets_what_the_night_held_back(build_world: Callable[..., World]) -> None:
    duty = """userid,start,end,tier
kefu,2026-11-23 00:00,2026-12-07 00:00,1
li,2026-11-23 00:00,2026-11-24 07:00,1
sun,2026-11-24 07:00,2026-12-07 00:00,1
"""
    world = build_world(extra=QUIET + DIGEST_LATER, at=NIGHT, duty=duty)
    world.wang.says(LIGHT).hears("孙师傅")
    world.at("2026-11-24", "07:31")
    world.sun.hears("工单 1")
    world.nobody_heard_more()


def test_a_voice_in_the_night_is_heard_at_once_by_who_is_on_duty_then(build_world: Callable[..., World]) -> None:
    duty = """userid,start,end,tier
zhou,2026-11-23 00:00,2026-11-24 07:00,3
kefu,2026-11-24 07:00,2026-12-07 00:00,1
"""
    world = build_world(extra=QUIET + DIGEST_LATER, at=NIGHT, duty=duty)
    world.wang.sends("voice", data=b"#!AMR\n123", content_type="audio/amr")
    world.zhou.hears("待核实", "工单 1")
    world.passes(seconds=61)
    world.zhou.hears("【紧急】工单 1", "可能有人遇险")


def test_nobody_is_asked_for_a_score_at_night(build_world: Callable[..., World]) -> None:
    world = build_world(extra=QUIET + DIGEST_LATER, at=NIGHT.replace(hour=21))
    world.wang.says(LIGHT).skips()
    world.li.says("接单 1").says("完工 1 换了灯泡").skips()
    world.passes(hours=1, minutes=20)
    world.wang.says("确认 1").skips()
    world.at("2026-11-24", "07:29")
    world.wang.hears_nothing()
    world.at("2026-11-24", "07:30")
    world.wang.hears("1–5")


def test_without_the_key_everything_runs_around_the_clock(build_world: Callable[..., World]) -> None:
    world = build_world(at=NIGHT)
    world.wang.says(LIGHT).hears("工单 1", "23:30 前接单")
    world.li.hears("工单 1")
    world.passes(minutes=31)
    assert world.zhou.times("工单 1") == [30]
