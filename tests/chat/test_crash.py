"""The bot dies at the worst moments, or its database is held by somebody else: nothing is lost, nothing is doubled."""

import sqlite3
import threading
import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from world import World

from bot import outbox, store
from bot.core.letters import Lane
from bot.core.orders import Order, Status
from bot.store import db
from bot.store.schema import inbox as inbox_rows
from bot.store.schema import log, orders, timers
from bot.wecom.incoming import from_kf

LEAK = "3栋2单元1502厨房漏水"


class Killed(BaseException):
    """kill -9, as far as it can be felt from inside."""


def state(world: World) -> dict[str, int]:
    with world.house.desk.db.reading() as tx:
        return {
            t.name: int(tx.execute(select(func.count()).select_from(t)).scalar() or 0) for t in (orders, inbox_rows)
        }


def test_killed_before_the_commit_nothing_is_stored_and_the_platform_brings_it_again(world: World, monkeypatch) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    deliver = world.platform.deliver

    def dying(method: str, query: str, body: bytes) -> tuple[int, bytes]:
        try:
            return deliver(method, query, body)
        except Killed:
            monkeypatch.undo()
            world.crash()
            world.boot()
            raise ConnectionResetError from None

    monkeypatch.setattr(store.outbox, "add", die)
    world.platform.deliver = dying
    assert [status for status, _ in world.platform.member_says("wang", LEAK)] == [0, 200]
    world.settle()
    assert state(world) == {"orders": 1, "inbox": 1}
    with world.house.desk.db.reading() as tx:
        # Servers do not take back the number that the dead one had drawn.
        no = tx.execute(select(orders.c.no)).scalar_one()
    assert no == (1 if world.house.desk.db.is_sqlite else 2)
    world.wang.hears(f"工单 {no}").hears_nothing()


def test_killed_between_storing_and_answering_the_message_is_handled_once(world: World) -> None:
    deliver = world.platform.deliver

    def losing(method: str, query: str, body: bytes) -> tuple[int, bytes]:
        deliver(method, query, body)
        world.crash()
        world.boot()  # which puts the platform's line to the new process
        raise ConnectionResetError

    world.platform.deliver = losing
    assert [status for status, _ in world.platform.member_says("wang", LEAK)] == [0, 200]
    world.settle()
    assert state(world) == {"orders": 1, "inbox": 1}
    world.wang.hears("工单 1").hears_nothing()
    world.passes(minutes=1)
    (world.li if world.li.unheard() else world.zhao).hears("工单 1").hears_nothing()


@pytest.mark.parametrize("after_the_call", [True, False])
def test_killed_between_sending_and_marking_every_message_is_heard_once(world: World, after_the_call: bool) -> None:
    world.wang.says("帮助").skips()
    world.platform.member_says("wang", LEAK)
    kills = 0
    while True:
        letter = next((x for lane in Lane if (x := outbox.claim(world.house.desk, lane)) is not None), None)
        if letter is None:
            break
        if after_the_call:
            world.house.carrier.carry(letter)
        kills += 1
        world.crash()
        world.boot()
        sent = outbox.claim(world.house.desk, letter.lane)
        assert sent is not None
        assert sent.id == letter.id
        outbox.deliver(world.house.desk, world.house.carrier, sent)
    assert kills >= 3
    world.wang.hears("工单 1").hears_nothing()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.hears("工单 1").hears_nothing()
    assert len([s for s in world.platform.phone(engineer.id).shown if s.kind == "card"]) == 1


def test_a_crash_at_every_step_of_the_road_changes_nothing_of_it(world: World) -> None:
    def again() -> None:
        world.crash()
        world.boot()

    world.wang.says(LEAK).hears("工单 1")
    again()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.hears("工单 1")
    again()
    engineer.says("接单 1").hears("接单成功")
    again()
    world.wang.hears("工单 1", "师傅")
    engineer.says("完工 1 换角阀").hears("完工")
    again()
    world.wang.hears("工单 1", "换角阀").says("确认 1").hears("谢谢")
    engineer.hears("确认")
    again()
    world.passes(minutes=31)
    again()
    world.wang.hears("工单 1", "1–5").says("5").hears("谢谢")
    again()
    world.passes(hours=3)
    world.nobody_heard_more()


def test_a_missed_doorbell_of_kf_is_healed_and_a_crash_between_page_and_handling_too(world: World) -> None:
    resident = world.customer("wm_he", "何先生")
    for n in range(3):
        world.platform.customer_says("wm_he", f"{n + 1}栋2单元1502厨房漏水", ring=False)
    page = world.house.kf.kf_sync(world.platform.open_kfid)
    items = [m for item in page["msg_list"] if (m := from_kf(item)) is not None]
    with world.house.desk.db.writing() as tx:
        store.inbox.add_page(tx, items, world.platform.open_kfid, page["next_cursor"], world.clock.now)
    world.crash()
    world.boot()
    world.platform.ring()
    world.settle()
    assert state(world)["orders"] == 3
    for n in range(3):
        resident.hears(f"工单 {n + 1}")
    resident.hears_nothing()


class Holder:
    """Another process that has the write lock of the database file."""

    def __init__(self, world: World) -> None:
        self._connection = sqlite3.connect(
            world.folder / "baoxiu.db", isolation_level=None, timeout=30, check_same_thread=False
        )
        self._connection.execute("BEGIN IMMEDIATE")

    def lets_go(self) -> None:
        self._connection.execute("ROLLBACK")
        self._connection.close()


@pytest.mark.databases("sqlite")
def test_a_locked_database_makes_a_503_and_the_retry_is_taken(build_world, monkeypatch) -> None:
    monkeypatch.setattr(db, "SQLITE_BUSY_MS", 200)
    world = build_world()
    holder = Holder(world)
    started = time.monotonic()
    answers = world.platform.member_says("wang", LEAK)
    assert [status for status, _ in answers] == [503, 503, 503]
    assert time.monotonic() - started < 3
    holder.lets_go()
    assert world.platform.redeliver() == [(200, b"")]
    world.settle()
    assert state(world) == {"orders": 1, "inbox": 1}
    world.wang.hears("工单 1").hears_nothing()


@pytest.mark.databases("sqlite")
def test_eight_messages_at_a_locked_door_all_get_an_answer_in_time(build_world, monkeypatch) -> None:
    """None of them waits for the patience of those before."""
    monkeypatch.setattr(db, "SQLITE_BUSY_MS", 400)
    world = build_world()
    holder = Holder(world)
    app = world.service.app()
    waits: list[float] = []

    def knock(n: int) -> None:
        query, body = world.platform.envelope(world.platform.text_xml("wang", f"{n}栋2单元1502漏水"))
        started = time.monotonic()
        answer = app.test_client().post(f"/wecom/callback?{query}", data=body)
        assert answer.status_code == 503
        waits.append(time.monotonic() - started)

    threads = [threading.Thread(target=knock, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(waits) == 8
    assert max(waits) < 1.5
    holder.lets_go()
    assert state(world) == {"orders": 0, "inbox": 0}


@pytest.mark.databases("sqlite")
def test_a_lock_that_is_let_go_in_time_costs_nothing(world: World) -> None:
    holder = Holder(world)
    threading.Timer(0.5, holder.lets_go).start()
    world.wang.says(LEAK).hears("工单 1")


def legal(world: World) -> None:
    """Every order is in a state that its own history explains, and an open one has something to wait for."""
    with world.house.desk.db.reading() as tx:
        armed = set(tx.execute(select(timers.c.subject)).scalars())
        for no in tx.execute(select(orders.c.no)).scalars().all():
            order = store.orders.get(tx, no)
            assert isinstance(order, Order)
            moves = tx.execute(select(log.c.what).where(log.c.order_no == no).order_by(log.c.id)).scalars().all()
            assert moves[0] == "report"
            assert moves.count("accept") <= 1 + moves.count("refuse") + moves.count("hand_over") + moves.count("reopen")
            assert order.status.is_over or f"order:{no}" in armed, (no, order.status)
            assert (order.closed_at is not None) == order.status.is_over
            assert order.status is not Status.ACCEPTED or order.holder


SAID = [
    ("wang", LEAK),
    ("wang", "5栋大堂灯不亮"),
    ("wang", "取消 1"),
    ("wang", "催单"),
    ("wang", "没修好 1"),
    ("wang", "确认 1"),
    ("wang", "5"),
    ("wang", "里面有人"),
    ("chen", "3栋电梯里有人被困"),
    ("chen", "进度 1"),
    ("li", "接单 1"),
    ("zhao", "接单 1"),
    ("li", "到场 1"),
    ("li", "挂起 1 等配件"),
    ("li", "恢复 1"),
    ("li", "完工 1 换角阀"),
    ("zhao", "拒单 1 忙"),
    ("li", "转单 1 赵师傅"),
    ("zhao", "完工 1 好了"),
    ("zhou", "派单 1 孙师傅"),
    ("sun", "接单"),
    ("zhou", "关闭 1 重复"),
    ("kefu", "改类 1 电气"),
]
HISTORIES = st.lists(
    st.tuples(st.sampled_from(SAID), st.sampled_from([0, 1, 30, 600]), st.booleans()), min_size=3, max_size=12
)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(history=HISTORIES)
def test_random_histories_with_repeats_never_make_an_illegal_state(build_world, history) -> None:
    world = build_world(one_at_a_time=True)
    for (userid, text), seconds, repeated in history:
        getattr(world, userid).says(text)
        before = rows(world)
        if repeated:
            world.platform.redeliver()
            world.settle()
            assert rows(world) == before
        world.passes(seconds=seconds)
        legal(world)


def rows(world: World) -> list[tuple]:
    with world.house.desk.db.reading() as tx:
        return [tuple(r) for r in tx.execute(select(orders).order_by(orders.c.no))] + [
            tuple(r) for r in tx.execute(select(log).order_by(log.c.id))
        ]


TOLD = [
    ("wang", "1栋2单元1502厨房漏水"),
    ("chen", "2栋2单元1502门禁刷不开"),
    ("admin", "3栋2单元1502马桶堵了"),
    ("wang", "4栋2单元1502停电了"),
    ("chen", "5栋2单元1502空调不制冷"),
]
IN_ORDER: list[tuple] = []


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(shuffled=st.permutations(range(len(TOLD))), repeats=st.lists(st.integers(0, len(TOLD) - 1), max_size=6))
def test_messages_of_different_people_end_in_the_same_state_in_any_order(build_world, shuffled, repeats) -> None:
    world = build_world(one_at_a_time=True)
    plains = [world.platform.text_xml(who, text) for who, text in TOLD]
    for position in [*shuffled, *repeats]:
        world.platform.line.push(plains[position])
    world.settle()
    with world.house.desk.db.reading() as tx:
        chosen = (orders.c.building, orders.c.reporter, orders.c.category, orders.c.priority, orders.c.status)
        found = sorted(tuple(r) for r in tx.execute(select(*chosen)))
    assert [(reporter, building) for building, reporter, *_ in found] == [(who, text[0]) for who, text in TOLD]
    IN_ORDER[:] = IN_ORDER or found
    assert found == IN_ORDER


def test_what_was_due_while_down_is_done_once_after_the_start(world: World) -> None:
    world.wang.says(LEAK).skips()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.skips()
    world.crash()
    world.jumps(minutes=20)
    world.boot()
    world.settle()
    reminders = [shown.text for shown in engineer.unheard()]
    world.crash()
    world.boot()
    world.settle()
    world.clock.now += timedelta(seconds=1)
    world.settle()
    assert [shown.text for shown in engineer.unheard()] == reminders


def test_where_not_even_an_order_can_be_opened_whoever_leads_gets_the_bare_words(
    build_world, monkeypatch, caplog
) -> None:
    world = build_world()

    def broken(*_: object, **__: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(store.orders, "add", broken)
    world.wang.says(LEAK).hears("已收到", "400-800-1234")
    for lead in (world.zhou, world.zheng, world.admin):
        lead.hears("王女士", LEAK).hears_nothing()
    assert state(world) == {"orders": 0, "inbox": 1}
    caplog.clear()
