"""The platform has trouble: each message is on its phone once, in order, and nothing waits for what it need not."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from world import Someone, World

from bot import outbox
from bot.core.letters import Lane, Letter
from bot.sandbox.core import Request
from bot.store.schema import gates, orders, tokens
from bot.store.schema import outbox as letters
from bot.wecom.carrier import Carried
from bot.wecom.transport import Answer, Transport

SEND = "/cgi-bin/message/send"
KF_SEND = "/cgi-bin/kf/send_msg"
LEAK = "3栋2单元1502厨房漏水"
TEN_MINUTES = timedelta(minutes=10)


class Hasty(Transport):
    """The real transport with less patience, so that a stall costs a test less."""

    def call(self, method: str, url: str, *, limit: int, total: float = 0.4, **content) -> Answer:
        return super().call(method, url, limit=limit, total=min(total, 0.4), **content)


def hasten(world: World) -> None:
    world.house.app._transport = Hasty()


def tell(world: World, userid: str, *texts: str) -> None:
    with world.house.desk.turn() as turn:
        for text in texts:
            turn.tell(userid, text)


def once_each(someone: Someone, *texts: str) -> None:
    """Exactly these texts, in this order, are on the phone."""
    heard = [shown.text for shown in someone.unheard()]
    assert heard == list(texts)
    someone.skips()


def holder_of(world: World, no: int) -> Someone:
    with world.house.desk.db.reading() as tx:
        return getattr(world, tx.execute(select(orders.c.holder).where(orders.c.no == no)).scalar_one())


FAULTS = [
    ("errcode", -1),
    ("http", 500),
    ("html", None),
    ("empty", None),
    ("reset_before", None),
    ("reset_after", None),
    ("truncated", None),
    ("html_after", None),
    ("errcode", 60020),
]


@pytest.mark.parametrize(("kind", "value"), FAULTS, ids=lambda v: str(v))
def test_each_message_is_on_its_phone_once_and_in_order(world: World, kind: str, value: object) -> None:
    world.platform.fault(SEND, kind, value, times=7)
    world.wang.says(LEAK)
    tell(world, "chen", "一", "二", "三")
    world.passes(minutes=2)
    world.wang.hears("工单 1").hears_nothing()
    once_each(world.chen, "一", "二", "三")
    engineer = holder_of(world, 1)
    engineer.hears("工单 1", "接单时限").hears_nothing()
    cards = [shown for shown in world.platform.phone(engineer.id).shown if shown.kind == "card"]
    assert len(cards) == 1


def test_a_stalled_call_is_given_up_and_its_message_is_not_doubled(world: World) -> None:
    hasten(world)
    world.platform.fault(SEND, "stall", 0.8, times=2)
    tell(world, "chen", "一", "二")
    world.passes(minutes=1)
    once_each(world.chen, "一", "二")


@pytest.mark.parametrize("kind", ["http", "html", "reset_after", "truncated", "html_after", "reset_before"])
def test_the_same_holds_for_customers_of_kf(world: World, kind: str) -> None:
    resident = world.customer("wm_he", "何先生")
    world.platform.fault(KF_SEND, kind, 500 if kind == "http" else None, times=3)
    resident.says(LEAK)
    world.passes(minutes=2)
    resident.hears("工单 1").hears_nothing()


def test_minutes_of_trouble_lose_and_double_nothing(world: World) -> None:
    world.platform.fault(SEND, "reset_after", until=world.clock.now + timedelta(minutes=4))
    for n in range(1, 6):
        world.wang.says(f"{n}栋2单元1502厨房漏水")
        tell(world, "chen", f"第 {n} 条")
    world.passes(minutes=6)
    once_each(world.chen, *[f"第 {n} 条" for n in range(1, 6)])
    receipts = [shown.text for shown in world.wang.unheard()]
    assert [any(f"工单 {n}" in text for text in receipts) for n in range(1, 6)] == [True] * 5
    assert len(receipts) == 5
    for someone in (world.li, world.zhao, world.sun):
        pages = [s.task_id for s in world.platform.phone(someone.id).shown if s.kind == "card"]
        assert len(pages) == len(set(pages))


@pytest.mark.parametrize(("errcode", "minutes"), [(42001, 10), (40014, 3)])
def test_minutes_of_refused_tokens_fetch_few_and_lose_nothing(world: World, errcode: int, minutes: int) -> None:
    world.wang.says(LEAK).hears("工单 1")
    before = world.platform.token_fetches
    world.platform.fault(SEND, "errcode", errcode, until=world.clock.now + timedelta(minutes=minutes))
    tell(world, "chen", *[f"第 {n} 条" for n in range(20)])
    tell(world, "kefu", "您好")
    world.passes(minutes=minutes)
    # One at once, for the token had worked; then at most one in 30 s.
    assert 2 <= world.platform.token_fetches - before <= 2 * minutes + 2
    world.passes(minutes=3)
    once_each(world.chen, *[f"第 {n} 条" for n in range(20)])
    world.kefu.hears("您好")


@pytest.mark.parametrize("happen", ["revoke_tokens", "expire_tokens"])
def test_a_token_taken_back_early_is_replaced_at_once(world: World, happen: str) -> None:
    world.wang.says("帮助").skips()
    getattr(world.platform, happen)()
    tell(world, "chen", "您好")
    world.passes(seconds=2)
    once_each(world.chen, "您好")


def test_failing_token_fetches_back_off(world: World) -> None:
    world.platform.fault("/cgi-bin/gettoken", "http", 500, until=world.clock.now + TEN_MINUTES)
    before = world.platform.token_fetches
    world.wang.says(LEAK)
    world.passes(minutes=10)
    asked = [r for r in world.platform.sends if r.path == "/cgi-bin/gettoken"]
    assert 5 <= len(asked) <= 30, len(asked)
    assert world.platform.token_fetches - before <= 1
    world.passes(minutes=2)
    world.wang.hears("工单 1")


def test_while_limited_nothing_is_lost_and_an_emergency_goes_first(world: World) -> None:
    world.platform.fault(SEND, "errcode", 45009, until=world.clock.now + timedelta(minutes=2))
    tell(world, "chen", "一", "二")
    world.passes(minutes=1)
    world.wang.says("1栋电梯里有人被困")
    world.passes(minutes=1, seconds=10)
    once_each(world.chen, "一", "二")
    world.wang.hears("工单 1", "电梯困人")
    first = next(r for r in world.platform.sends if r.path == SEND and r.answer.get("errcode") == 0)
    assert "工单 1" in str(first.json)


def test_a_probe_whose_outcome_is_unknown_is_followed_by_another(world: World) -> None:
    world.platform.fault(SEND, "errcode", 45009, times=1)
    world.platform.fault(SEND, "http", 500, times=1)
    tell(world, "chen", "一")
    world.passes(seconds=20)
    once_each(world.chen, "一")
    with world.house.desk.db.reading() as tx:
        assert tx.execute(select(gates.c.step)).scalar() == 0


def test_stalled_calls_of_others_do_not_hold_up_an_emergency(world: World) -> None:
    """With the real senders: every thread of the normal lane hangs, an emergency leaves at once."""
    senders = world.service._senders
    world.house.desk.nudge = senders.poke
    world.platform.fault(SEND, "stall", 2.5, times=4)
    for pump in senders.pumps.values():
        pump.start()
    try:
        for userid in ("chen", "kefu", "zhou", "zheng"):
            tell(world, userid, "您好")
        time.sleep(0.5)
        started = time.monotonic()
        world.platform.member_says("wang", "1栋电梯里有人被困")
        pages: list[Request] = []
        while not pages and time.monotonic() - started < 2:
            pages = [r for r in world.platform.sends if "电梯困人" in str(r.json) and r.json.get("touser") != "wang"]
            time.sleep(0.02)
        assert pages
        assert time.monotonic() - started < 1
    finally:
        senders.stop()
        senders.join(5)


def lease(world: World) -> Letter:
    letter = outbox.claim(world.house.desk, Lane.NORMAL)
    assert letter is not None
    return letter


def settle_late(world: World, letter: Letter, result: Carried | Exception) -> None:
    """A sender that was frozen after its call writes down what it was told."""

    class Late:
        def carry(self, _: Letter, response_code: str = "") -> Carried:
            if isinstance(result, Exception):
                raise result
            return result

        def servicer_of(self, _: Letter) -> str:
            return ""

    outbox.deliver(world.house.desk, Late(), letter)


def row(world: World, letter: Letter) -> tuple:
    with world.house.desk.db.reading() as tx:
        return tuple(tx.execute(select(letters).where(letters.c.id == letter.id)).one())


@pytest.mark.parametrize("missed", [True, False])
def test_a_frozen_senders_late_result_changes_nothing(world: World, missed: bool) -> None:
    tell(world, "chen", "您好")
    frozen = lease(world)
    world.clock.now += timedelta(seconds=11)
    second = lease(world)
    assert second.id == frozen.id
    assert second.attempts == frozen.attempts + 1
    before = row(world, frozen)
    settle_late(world, frozen, Carried(missed=missed))
    assert row(world, frozen) == before
    outbox.deliver(world.house.desk, world.house.carrier, second)
    once_each(world.chen, "您好")
    before = row(world, frozen)
    settle_late(world, frozen, Carried(missed=missed))
    assert row(world, frozen) == before


def test_a_frozen_senders_late_call_reaches_the_phone_once(world: World) -> None:
    tell(world, "chen", "您好")
    frozen = lease(world)
    world.clock.now += timedelta(seconds=11)
    world.settle()
    outbox.deliver(world.house.desk, world.house.carrier, frozen)
    world.settle()
    once_each(world.chen, "您好")


def test_a_lease_is_ten_seconds_and_belongs_to_one_sender(world: World) -> None:
    tell(world, "chen", "您好")
    lease(world)
    assert outbox.claim(world.house.desk, Lane.NORMAL) is None
    world.clock.now += timedelta(seconds=9)
    assert outbox.claim(world.house.desk, Lane.NORMAL) is None
    world.clock.now += timedelta(seconds=1)
    assert lease(world).attempts == 2


def test_eight_senders_at_once_send_each_letter_once(world: World) -> None:
    people = ["chen", "kefu", "zhou", "zheng", "wang"]
    for n in range(8):
        for userid in people:
            tell(world, userid, f"第 {n} 条")

    def work(_: int) -> int:
        sent = 0
        while outbox.send_next(world.house.desk, world.house.carrier, Lane.NORMAL):
            sent += 1
        return sent

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    world.settle()
    for userid in people:
        once_each(getattr(world, userid), *[f"第 {n} 条" for n in range(8)])
    assert len([r for r in world.platform.sends if r.path == SEND]) == 40


def test_a_starting_process_frees_the_leases_of_the_dead_one(world: World) -> None:
    world.wang.says("帮助").skips()
    tell(world, "chen", "您好")
    lease(world)
    with world.house.desk.db.writing() as tx:
        tx.execute(tokens.update().values(token="", lease_until=world.clock.now + timedelta(seconds=15)))
    world.crash()
    world.boot()
    world.settle()
    once_each(world.chen, "您好")


def moments(world: World, path: str) -> list[datetime]:
    return [r.at for r in world.platform.sends if r.path == path]


def test_known_failures_are_tried_again_ever_more_slowly(world: World) -> None:
    world.platform.fault(SEND, "errcode", -1, times=6)
    tell(world, "chen", "您好")
    world.passes(minutes=3)
    once_each(world.chen, "您好")
    at = moments(world, SEND)
    assert [round((b - a).total_seconds()) for a, b in itertools.pairwise(at)] == [1, 2, 4, 8, 16, 32]
