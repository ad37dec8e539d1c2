"""The bot itself is broken somewhere: what people say still reaches somebody, and a danger goes out as one."""

import logging

import pytest
from world import Someone, World

from bot.handlers import dispatching, report

EXPECTED = {"message could not be handled", "message could not be rescued", "message could not be read"}
LEAK = "3栋2单元1502厨房漏水"
STUCK = "3栋2单元电梯困人了"


class Broken(RuntimeError):
    """A bug."""


@pytest.fixture
def broken(monkeypatch, caplog):
    """Break one function of a module; what the log says of it is expected."""

    def fail(*_: object, **__: object) -> None:
        raise Broken

    def breaks(module: object, name: str) -> None:
        monkeypatch.setattr(module, name, fail)

    yield breaks
    errors = [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert errors
    assert {r.getMessage() for r in errors} <= EXPECTED
    for each in errors:
        caplog.get_records("call").remove(each)


def paged(world: World) -> Someone:
    found = [p for p in (world.li, world.zhao, world.sun) if p.unheard()]
    assert len(found) == 1, [p.id for p in found]
    return found[0]


def test_a_report_that_breaks_the_bot_goes_to_customer_service_as_it_was_said(world: World, broken) -> None:
    broken(report, "take")
    world.wang.says(LEAK).hears("工单 1", "转人工处理")
    world.kefu.hears("工单 1", LEAK)


def test_a_danger_that_breaks_the_bot_is_paged_as_one_with_its_steps(world: World, broken) -> None:
    broken(report, "take")
    world.wang.says(STUCK).hears("工单 1", "电梯困人（紧急）", "3栋2单元", "不要扒门")
    engineer = paged(world).hears("【紧急】工单 1", "电梯困人", STUCK)
    engineer.says("接单 1").hears("接单成功")
    world.wang.hears("师傅")
    world.kefu.hears("应急预案 1")


def test_a_danger_that_breaks_the_bot_climbs_like_any_other(world: World, broken) -> None:
    broken(report, "take")
    world.wang.says(STUCK).hears("工单 1")
    first = paged(world).hears("工单 1")
    world.passes(seconds=70)
    assert [p for p in (world.li, world.zhao, world.sun) if p.id != first.id and p.unheard()]


def test_where_no_order_can_be_opened_whoever_leads_gets_the_words(world: World, broken) -> None:
    broken(report, "take")
    broken(dispatching, "pick")
    world.wang.says(STUCK).hears("已收到并转告值班负责人")
    world.zhou.hears("机器人出错", STUCK)


def test_where_reading_fails_too_a_person_gets_the_words(world: World, broken) -> None:
    broken(type(world.house.desk.reader), "read")
    world.wang.says(STUCK).hears("工单 1", "转人工处理")
    world.kefu.hears("工单 1", STUCK)
