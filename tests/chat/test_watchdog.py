"""What dies inside the process: seen by /readyz, started again, and told past the outbox."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo

import pytest
from world import World

from bot import alarms, inbox, store
from bot.alarms import Alarms
from bot.clock import utc_now
from bot.pumps import BEAT_S, SILENT_S, Pump, Ticker, Watchdog


def wait_for(what: Callable[[], object]) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end and not what():
        time.sleep(0.01)
    return bool(what())


class Once:
    """Work whose first time goes wrong in a way that no pump survives."""

    def __init__(self, first: Callable[[], None]) -> None:
        self.first = first
        self.times = 0

    def __call__(self) -> None:
        self.times += 1
        if self.times == 1:
            self.first()


def die() -> None:
    raise SystemExit


@pytest.fixture
def watched(world: World) -> Callable[[Once], tuple[Pump, Watchdog]]:
    def watched(work: Once) -> tuple[Pump, Watchdog]:
        pump = Pump("claim-emergency", work, 0.02, silent_s=0.1)
        return pump, Watchdog([pump], Alarms(world.house.desk, world.house.app))

    return watched


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it dies on purpose
def test_a_dead_sender_is_noticed_started_again_and_told_once(world: World, watched, caplog) -> None:
    work = Once(die)
    pump, watchdog = watched(work)
    pump.start()
    assert wait_for(pump.silent)
    assert watchdog.silent() == ["claim-emergency"]
    watchdog.look()
    watchdog.look()
    assert wait_for(lambda: work.times > 3), "the new thread works"
    assert watchdog.silent() == []
    assert wait_for(lambda: world.platform.group.shown)
    pump.stop()
    pump.join(5)
    caplog.clear()
    (said,) = world.platform.group.shown
    assert "claim-emergency没有动静，已尝试重新启动" in said.text


def test_one_that_hangs_is_replaced_and_ends_when_it_comes_back(world: World, watched, caplog) -> None:
    hold = threading.Event()
    hung: list[threading.Thread] = []
    work = Once(lambda: (hung.append(threading.current_thread()), hold.wait(20))[0])
    pump, watchdog = watched(work)
    pump.start()
    assert wait_for(pump.silent)
    watchdog.look()
    assert wait_for(lambda: work.times > 3)
    hold.set()
    hung[0].join(5)
    assert not hung[0].is_alive()
    pump.stop()
    pump.join(5)
    assert wait_for(lambda: world.platform.group.shown)
    caplog.clear()


def test_a_dead_ticker_is_started_again(world: World, caplog) -> None:
    ticker = Ticker(world.house)
    stamp = ticker.alive_at
    ticker.start()
    assert wait_for(lambda: ticker.alive_at > stamp)
    ticker._scheduler.shutdown(wait=True)
    ticker.alive_at -= SILENT_S + 1
    watchdog = Watchdog([ticker], Alarms(world.house.desk, world.house.app))
    watchdog.look()
    stamp = ticker.alive_at
    assert wait_for(lambda: ticker.alive_at > stamp), "it ticks again"
    ticker.stop()
    assert wait_for(lambda: world.platform.group.shown)
    caplog.clear()


@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(days=4400)])
def test_the_ticker_ticks_on_when_the_machine_s_clock_is_set(world: World, monkeypatch, jump: timedelta) -> None:
    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return (utc_now() + jump).astimezone(tz)

    ticker = Ticker(world.house)
    ticker.start()
    stamp = ticker.alive_at
    assert wait_for(lambda: ticker.alive_at > stamp)
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Set)
    for _ in range(3):
        stamp = ticker.alive_at
        assert wait_for(lambda stamp=stamp: ticker.alive_at > stamp), "it ticks again"
    ticker.stop()


def test_silence_of_any_part_turns_readyz_red_within_fifteen_seconds(world: World) -> None:
    client = world.service.app().test_client()
    assert client.get("/readyz").status_code == 200
    parts = [*world.service._pumps, world.service._ticker]
    assert {p.name for p in parts} >= {"claim-emergency", "claim-normal", "kf", "errands", "auditor", "ticker"}
    # A part that rests gives a sign of life every few seconds; from the last one on, this is how long it takes.
    assert BEAT_S + SILENT_S <= 15
    for part in parts:
        alive = part.alive_at
        part.alive_at -= getattr(part, "_silent_s", SILENT_S) + 1
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text.strip()) == (503, f"{part.name} is silent")
        part.alive_at = alive


def test_without_a_database_the_alarm_still_reaches_the_group(world: World, monkeypatch, caplog) -> None:
    alarms = Alarms(world.house.desk, world.house.app)

    @contextmanager
    def gone() -> Iterator[None]:
        raise store.Unavailable("disk full")
        yield

    monkeypatch.setattr(world.house.desk.db, "writing", gone)
    assert alarms.fresh(["silent:ticker"]) == ["silent:ticker"]
    assert alarms.fresh(["silent:ticker"]) == [], "this process at least knows that it has told"
    alarms.tell("没有数据库")
    assert [item.text for item in world.platform.group.shown] == ["没有数据库"]
    world.platform.fault("/cgi-bin/webhook/send", "http", 500)
    alarms.tell("连机器人也没有")
    assert "an alarm could not be told to anybody" in caplog.messages
    monkeypatch.undo()
    caplog.clear()


def test_while_callbacks_cannot_be_stored_the_group_hears_of_it_once(world: World, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise store.Unavailable("database or disk is full")

    monkeypatch.setattr(alarms, "REFUSED_FOR_S", 0.0)
    monkeypatch.setattr(inbox, "receive", full)
    for _ in range(3):
        assert {status for status, _ in world.platform.member_says("wang", "3栋2单元1502厨房漏水")} == {503}
    assert wait_for(lambda: world.platform.group.shown)
    world.group_hears("存不进数据库", "电话报修")
    monkeypatch.undo()
    world.wang.says("3栋2单元1502厨房漏水").hears("工单 1")
    assert len(world.platform.group.shown) == 1
