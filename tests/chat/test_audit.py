"""The auditor: what was lost without anybody noticing is found within a minute, mended, and told by another road."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, insert, update
from world import World

from bot import timers as clock
from bot.alarms import Alarms
from bot.core.audit import Breach, Finding
from bot.store.schema import inbox, outbox, timers
from bot.watch import Auditor, audit

TRAPPED = "3栋2单元电梯有人被困"
LEAK = "3栋2单元1502厨房漏水"


@pytest.fixture
def look(world: World, caplog: pytest.LogCaptureFixture) -> Callable[[], None]:
    """One pass of the auditor, which may put errors into the log here."""
    auditor = Auditor(world.house.desk, world.house.app, Alarms(world.house.desk, world.house.app))
    auditor._from = 0.0

    def look() -> None:
        auditor.run()
        assert caplog.records
        caplog.clear()
        world.settle()

    return look


def told(world: World) -> list[str]:
    return [item.text for item in world.platform.group.shown]


def change(world: World, *statements) -> None:
    with world.house.desk.db.writing() as tx:
        for statement in statements:
            tx.execute(statement)


def test_all_is_well_and_nobody_hears_of_it(world: World) -> None:
    world.wang.says(TRAPPED)
    assert audit(world.house.desk) == []
    assert audit(world.house.desk) is None, "the minute has been looked at"
    world.passes(minutes=1)
    assert audit(world.house.desk) == []


def test_an_emergency_without_its_next_step_is_armed_again_and_climbs(world: World, look) -> None:
    world.wang.says(TRAPPED)
    change(world, delete(timers).where(timers.c.subject == "order:1"))
    world.passes(seconds=30)
    look()
    (text,) = told(world)
    assert "紧急工单没有下一步提醒：工单 1（已自动补上）" in text
    world.passes(minutes=3)
    assert world.zhou.times("工单 1") == [2, 3], "the ladder runs on from where it stood"


@pytest.mark.parametrize("stands", ["accepted", "arrived", "parked", "finished", "asking", "unsure", "open"])
def test_whatever_an_order_waits_for_is_armed_again(world: World, look, stands: str) -> None:
    world.wang.says({"asking": "厨房漏水", "unsure": "帮我看一下那个东西"}.get(stands, LEAK))
    holder = world.li if world.li.unheard() else world.zhao
    roads = {
        "accepted": ["接单"],
        "arrived": ["接单", "到场"],
        "parked": ["接单", "到场", "挂起 1 等配件"],
        "finished": ["接单", "到场", "完工 1 换了角阀"],
    }
    for words in roads.get(stands, []):
        holder.says(words)
    with world.house.desk.db.reading() as tx:
        before = {tuple(row) for row in tx.execute(timers.select()) if row.subject == "order:1"}
    change(world, delete(timers).where(timers.c.subject == "order:1"))
    look()
    with world.house.desk.db.reading() as tx:
        after = {tuple(row) for row in tx.execute(timers.select()) if row.subject == "order:1"}
    assert {row[1:] for row in after} == {row[1:] for row in before}
    assert before


def test_a_place_that_nobody_asks_for_any_more_is_asked_for_at_once(world: World, look) -> None:
    world.wang.says("厨房漏水").skips()
    change(world, delete(timers).where(timers.c.subject == "order:1"))
    world.passes(minutes=10)
    assert world.kefu.unheard() == []
    look()
    world.kefu.hears("工单 1", "待核实")


def test_a_timer_of_an_earlier_round_or_put_far_ahead_does_not_count(world: World, look) -> None:
    world.wang.says(TRAPPED)
    change(world, update(timers).where(timers.c.kind == "accept").values(due_at=world.clock.now + timedelta(days=1)))
    look()
    assert len(told(world)) == 1
    change(world, update(timers).where(timers.c.kind == "accept").values(round=99))
    world.clock.now += timedelta(seconds=61)
    assert Finding(Breach.EMERGENCY_UNWATCHED, "order:1", mended=True) in (audit(world.house.desk) or [])
    world.passes(minutes=2)
    assert world.zhou.times("工单 1")[0] == 2


def test_what_is_late_is_named_and_told_once_an_hour(world: World, look) -> None:
    world.wang.says(LEAK).says("帮助")
    now = world.clock.now
    long_ago = now - timedelta(minutes=20)
    change(
        world,
        update(timers).where(timers.c.subject == "order:1").values(due_at=long_ago, failures=3),
        update(outbox).where(outbox.c.id == 1).values(done_at=None, created_at=long_ago, not_before=now + timedelta(1)),
        update(inbox).values(handled_at=None, received_at=long_ago),
    )
    look()
    (text,) = told(world)
    for words in (
        "提醒到点一分钟还没有执行：工单 1",
        "提醒一再执行失败：工单 1",
        "消息迟迟发不出去：工单 1",
        "收到的消息一分钟还没有处理",
    ):
        assert words in text, words
    for minutes in (1, 30, 58):
        world.clock.now = now + timedelta(minutes=minutes)
        clock.run_due(world.house.desk)
        change(world, update(timers).where(timers.c.subject == "order:1").values(due_at=long_ago))
        change(world, update(inbox).values(handled_at=None))
        assert len(told(world)) == 1
        look()
    world.all_is_seen_to = False


def test_without_a_robot_the_admins_are_told_in_the_chat(world: World, look) -> None:
    world.platform.fault("/cgi-bin/webhook/send", "http", 500)
    world.wang.says(TRAPPED)
    change(world, delete(timers).where(timers.c.subject == "order:1"))
    look()
    assert told(world) == []
    world.admin.hears("紧急工单没有下一步提醒：工单 1")


def test_only_a_clean_pass_is_told_outside(build_world, caplog) -> None:
    world = build_world()
    clock.run_due(world.house.desk)
    beats: list[str] = []
    object.__setattr__(world.house.desk.settings.watch, "heartbeat_url", "https://hc.example.com/ping/1")
    world.house.app.beat = beats.append
    auditor = Auditor(world.house.desk, world.house.app, Alarms(world.house.desk, world.house.app))
    auditor.run()
    assert beats == [], "not before what a downtime left behind is done"
    auditor._from = 0.0
    auditor.run()
    assert beats == ["https://hc.example.com/ping/1"]
    world.wang.says(TRAPPED)
    change(world, delete(timers).where(timers.c.subject == "order:1"))
    for _ in range(2):
        world.clock.now += timedelta(minutes=1)
        auditor.run()
    caplog.clear()
    assert len(beats) == 2, "the pass that mended something sends none, the clean one after it does"


@pytest.mark.databases("sqlite")
def test_its_questions_are_answered_by_indexes(world: World) -> None:
    change(world, insert(timers).values(kind="x", subject="y", due_at=world.clock.now, round=0, step=0))
    statements: list[str] = []
    engine = world.house.desk.db.engine
    event.listen(engine, "before_cursor_execute", lambda c, cu, sql, p, ctx, m: statements.append((sql, p)))
    audit(world.house.desk)
    plans = {}
    with engine.connect() as connection:
        for sql, parameters in list(statements):
            if sql.startswith("SELECT"):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
                plans[sql] = " ".join(row[3] for row in rows)
    assert plans
    scans = [plan for plan in plans.values() if "SCAN" in plan and "USING" not in plan and "SCAN timers" not in plan]
    assert scans == [], "timers are those of open orders, and may be read as a whole"
