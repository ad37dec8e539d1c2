"""Somebody sets the clock of the bot's machine, or it stands still as a whole: nothing is late, early or twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from world import MONDAY, Machine, World

from bot import outbox, timers
from bot.build import build
from bot.clock import SteadyClock
from bot.core.letters import Lane
from bot.serve import Service
from bot.timekeeper import Timekeeper
from bot.wecom.errors import TryLater

TRAPPED = "3栋电梯里有人被困"
JUMPS = {
    "+2 h": timedelta(hours=2),
    "-2 h": timedelta(hours=-2),
    "+1 day": timedelta(days=1),
    "1970": datetime(1970, 1, 2, tzinfo=UTC) - MONDAY,
    "2038": datetime(2038, 1, 18, tzinfo=UTC) - MONDAY,
}


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def set_world(build_world: Callable[..., World], machine: Machine) -> World:
    world = build_world(machine=machine)
    timekeeper(world).look()
    return world


def timekeeper(world: World) -> Timekeeper:
    keeper = world.service._timekeeper
    assert keeper is not None
    return keeper


def error_of_the_bot(world: World) -> timedelta:
    """What the bot's own clock shows more than the truth."""
    return world.house.desk.clock() - world.clock()


def paged(world: World) -> dict[str, list[float]]:
    """Minutes at which engineers had a card."""
    return {
        who: [
            round((i.at - world.began).total_seconds() / 60, 2)
            for i in world.platform.phone(who).shown
            if i.kind == "card"
        ]
        for who in ("li", "zhao")
    }


@pytest.mark.parametrize("jump", JUMPS)
def test_the_second_person_of_an_emergency_comes_when_he_should(
    set_world: World, machine: Machine, jump: str, caplog
) -> None:
    set_world.wang.says(TRAPPED)
    set_world.passes(seconds=30)
    machine.wall_is_ahead = JUMPS[jump]
    timekeeper(set_world).look()
    set_world.passes(seconds=29)
    assert sum(map(len, paged(set_world).values())) == 1
    set_world.passes(seconds=1)
    assert sorted(paged(set_world).values()) == [[0.0], [1.0]]
    machine.wall_is_ahead = timedelta()
    timekeeper(set_world).look()
    set_world.passes(minutes=3)
    assert sorted(paged(set_world).values()) == [[0.0], [1.0]]
    assert error_of_the_bot(set_world) == timedelta()
    caplog.clear()


def test_the_admin_hears_once_an_hour_that_the_machine_is_wrong_and_messages_are_taken(
    set_world: World, machine: Machine, caplog
) -> None:
    machine.wall_is_ahead = timedelta(hours=-2)
    timekeeper(set_world).look()
    set_world.settle()
    set_world.admin.hears("服务器的时钟与企业微信相差约 7200 秒")
    machine.wall_is_ahead += timedelta(minutes=5)
    timekeeper(set_world).look()
    set_world.wang.says("3栋2单元1502厨房漏水").hears("工单 1")
    set_world.admin.hears_nothing()
    set_world.passes(minutes=61)
    machine.wall_is_ahead -= timedelta(minutes=5)
    timekeeper(set_world).look()
    set_world.settle()
    set_world.admin.hears("相差约 7200 秒")
    caplog.clear()


def test_a_machine_that_stood_still_as_a_whole_is_told_by_the_platform_how_late_it_is(
    set_world: World, machine: Machine, caplog
) -> None:
    set_world.wang.says(TRAPPED)
    set_world.jumps(minutes=10)
    machine.stood = timedelta(minutes=10)
    set_world.settle()
    assert sum(map(len, paged(set_world).values())) == 1, "it knows nothing of those ten minutes"
    timekeeper(set_world).look()
    assert abs(error_of_the_bot(set_world)) < timedelta(seconds=1)
    set_world.settle()
    assert sorted(paged(set_world).values()) == [[0.0], [10.0]]
    set_world.admin.hears("机器人的时钟差了约 600 秒", "已按企业微信的时间校正")
    caplog.clear()


@pytest.mark.parametrize("minutes", [-120, -20, 20, 120])
def test_a_process_that_starts_on_a_wrong_clock_has_the_right_time_before_it_begins(
    build_world: Callable[..., World], machine: Machine, minutes: int, caplog
) -> None:
    world = build_world(machine=machine)
    world.wang.says(TRAPPED)
    world.passes(seconds=30)
    world.crash()
    machine.wall_is_ahead = timedelta(minutes=minutes)
    world.boot()
    assert error_of_the_bot(world) == timedelta(minutes=minutes)
    timekeeper(world).look()
    assert abs(error_of_the_bot(world)) < timedelta(seconds=2)
    world.settle()
    assert sum(map(len, paged(world).values())) == 1, "what is due in half a minute is not due yet"
    world.passes(seconds=32)
    first, second = sorted(paged(world).values())
    assert (first, len(second)) == ([0.0], 1)
    assert 0.95 <= second[0] <= 1.05
    world.admin.hears(f"相差约 {abs(minutes) * 60} 秒")
    caplog.clear()


def test_while_the_platform_cannot_be_asked_the_machine_is_not_believed(
    set_world: World, machine: Machine, monkeypatch
) -> None:
    truth = set_world.clock()
    set_world.jumps(minutes=20)  # what the platform said before is no evidence any more
    monkeypatch.setattr(set_world.house.app, "_called", refused)
    machine.wall_is_ahead = timedelta(hours=2)
    timekeeper(set_world).look()
    assert set_world.house.desk.clock() - truth == timedelta(minutes=20)
    set_world.admin.hears_nothing()


def test_a_small_step_is_followed_where_the_platform_agrees_with_it(set_world: World, machine: Machine) -> None:
    machine.wall_is_ahead = timedelta(seconds=3)
    timekeeper(set_world).look()
    assert error_of_the_bot(set_world) == timedelta(seconds=3)
    machine.wall_is_ahead = timedelta(seconds=50)
    timekeeper(set_world).look()
    assert error_of_the_bot(set_world) == timedelta(seconds=3)
    machine.wall_is_ahead = timedelta()
    timekeeper(set_world).look()
    assert error_of_the_bot(set_world) == timedelta()
    set_world.admin.hears_nothing()


@pytest.mark.parametrize("minutes", [-120, 120])
def test_a_second_process_that_starts_after_the_jump_leaves_alone_what_the_first_holds(
    set_world: World, machine: Machine, minutes: int, caplog
) -> None:
    set_world.wang.says(TRAPPED)
    first = set_world.house.desk
    with first.turn() as turn:
        turn.tell("zhou", "在吗")
    held = outbox.claim(first, Lane.NORMAL)
    assert held is not None
    machine.wall_is_ahead = timedelta(minutes=minutes)
    house = build(set_world.settings, SteadyClock(machine.wall, machine.steady))
    second = Service(house)
    assert second._timekeeper is not None
    second._timekeeper.look()
    notice = outbox.claim(house.desk, Lane.NORMAL)
    assert notice is not None
    assert notice.id != held.id, "what it tells the admin is its own; the lease of the other has not run out"
    outbox.deliver(house.desk, house.carrier, notice)
    set_world.admin.hears("相差约 7200 秒")
    assert outbox.claim(house.desk, Lane.NORMAL) is None
    assert not timers.run_one(house.desk), "the second person is not due yet"
    outbox.deliver(first, set_world.house.carrier, held)
    set_world.zhou.hears("在吗")
    set_world.passes(seconds=10)
    house.close()
    caplog.clear()


def refused(*_: object, **__: object) -> None:
    raise TryLater("no connection")
