"""What the platform, and whoever poses as it, may post: through the whole product, down to the database."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select
from world import World

from bot import inbox
from bot.serve import Service
from bot.store.schema import inbox as inbox_rows
from bot.store.schema import log, metadata, orders, outbox

LEAK = "3栋2单元1502厨房漏水"
CALLBACK = "/wecom/callback"


def count(world: World, table) -> int:
    with world.house.desk.db.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(table)).scalar() or 0)


def contents(world: World) -> dict[str, list]:
    """Every row of every table."""
    with world.house.desk.db.reading() as tx:
        return {t.name: [tuple(r) for r in tx.execute(select(t))] for t in metadata.sorted_tables}


def post(world: World, query: str, body: bytes):
    return door(world.service).test_client().post(f"{CALLBACK}?{query}", data=body)


@lru_cache(maxsize=2)
def door(service: Service) -> Flask:
    """The one application of a process; several made at once by several threads upset the interpreter."""
    return service.app()


def at_once(world: World, do: Callable[[], object], times: int) -> list:
    """Do it in so many threads that start together."""
    door(world.service)
    start = threading.Barrier(times)

    def one(_: int) -> object:
        start.wait()
        return do()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_the_same_message_four_times_opens_one_order(world: World) -> None:
    world.wang.says(LEAK)
    for _ in range(3):
        assert world.platform.redeliver() == [(200, b"")]
        world.settle()
    assert count(world, orders) == count(world, inbox_rows) == 1
    world.wang.hears("工单 1").hears_nothing()


def test_the_same_message_from_eight_threads_opens_one_order(world: World) -> None:
    for n in range(1, 6):
        plain = world.platform.text_xml("wang", f"{n}栋2单元1502厨房漏水")

        def deliver(plain: str = plain) -> int:
            return post(world, *world.platform.envelope(plain)).status_code

        assert at_once(world, deliver, 8) == [200] * 8
        assert count(world, orders) == count(world, inbox_rows) == n
    world.settle()
    for n in range(1, 6):
        world.wang.hears(f"工单 {n}")
    world.wang.hears_nothing()


def test_different_messages_from_eight_threads_all_become_orders(world: World) -> None:
    plains = [world.platform.text_xml("wang", f"{n}栋2单元1502厨房漏水") for n in range(1, 9)]
    taken = list(plains)

    def deliver() -> int:
        return post(world, *world.platform.envelope(taken.pop())).status_code

    assert at_once(world, deliver, 8) == [200] * 8
    with world.house.desk.db.reading() as tx:
        assert sorted(tx.execute(select(orders.c.building)).scalars()) == [str(n) for n in range(1, 9)]


def test_a_press_and_its_twin_of_one_second_are_both_handled(world: World) -> None:
    for building in (3, 4):
        world.wang.says(f"{building}栋2单元1502厨房漏水").skips()
    with world.house.desk.db.reading() as tx:
        holders = dict(tx.execute(select(orders.c.no, orders.c.holder)).all())
    for no, holder in holders.items():
        world.platform.member_taps(holder, f"accept:{no}")
    world.settle()
    with world.house.desk.db.reading() as tx:
        assert set(tx.execute(select(orders.c.status)).scalars()) == {"accepted"}
    world.wang.hears("工单 1").hears("工单 2").hears_nothing()


def test_a_press_delivered_again_has_one_effect(world: World) -> None:
    world.wang.says(LEAK).skips()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.skips().taps("接单").hears("接单成功", "工单 1")
    for _ in range(3):
        world.platform.redeliver()
        world.settle()
    world.wang.hears("工单 1", "师傅")
    world.nobody_heard_more()


def test_of_two_engineers_who_accept_at_once_one_wins_and_the_other_is_told_who(world: World) -> None:
    for no in range(1, 9):
        world.wang.says(f"{no}栋电梯里有人被困").skips()
        world.passes(seconds=70)
        for someone in (world.li, world.zhao, world.sun):
            someone.skips()
        plains = [world.platform.text_xml(userid, f"接单 {no}") for userid in ("li", "zhao")]

        def accept(plains: list[str] = plains) -> int:
            return post(world, *world.platform.envelope(plains.pop())).status_code

        assert at_once(world, accept, 2) == [200, 200]
        world.settle()
        with world.house.desk.db.reading() as tx:
            holder = tx.execute(select(orders.c.holder).where(orders.c.no == no)).scalar()
            accepted = tx.execute(
                select(func.count()).select_from(log).where(log.c.order_no == no, log.c.what == "accept")
            ).scalar()
        assert accepted == 1
        winner, loser = (world.li, world.zhao) if holder == "li" else (world.zhao, world.li)
        winner.hears("接单成功", f"工单 {no}")
        loser.hears(f"工单 {no}", "李师傅" if holder == "li" else "赵师傅")
        assert not any("接单成功" in shown.text for shown in loser.unheard())
        for someone in (world.li, world.zhao, world.sun, world.zhou, world.kefu, world.wang):
            someone.skips()


@pytest.fixture
def genuine(world: World) -> tuple[str, bytes]:
    """A genuine envelope that was never posted."""
    return world.platform.envelope(world.platform.text_xml("wang", LEAK))


def altered(query: str, **different: str) -> str:
    return urlencode({**dict(parse_qsl(query)), **different})


def nested(depth: int) -> bytes:
    return b"<xml>" + b"<a>" * depth + b"</a>" * depth + b"</xml>"


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c SYSTEM "file:///etc/passwd">]><xml><Encrypt>&b;&c;</Encrypt></xml>'
)
HOSTILE = {
    "empty": b"",
    "no xml": b"hello",
    "binary": bytes(range(256)),
    "nested": nested(8_000),
    "entities": BOMB,
    "siblings": b"<xml>" + b"<a/>" * 8_000 + b"</xml>",
    "oversized": b"<xml><Encrypt>" + b"A" * 70_000 + b"</Encrypt></xml>",
    "ten megabytes": b"<xml>" * 2_000_000,
    "json": b'{"Encrypt": "AAAA"}',
    "forged": b"<xml><Encrypt>" + b"A" * 128 + b"</Encrypt></xml>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_has_no_effect_and_gets_a_short_4xx(world: World, genuine: tuple[str, bytes], name: str) -> None:
    world.settle()
    before = contents(world)
    answer = post(world, genuine[0], HOSTILE[name])
    assert 400 <= answer.status_code < 500
    assert len(answer.data) < 100
    world.settle()
    assert contents(world) == before
    world.nobody_heard_more()


def test_a_genuine_body_replayed_later_has_no_effect(world: World, genuine: tuple[str, bytes]) -> None:
    assert post(world, *genuine).status_code == 200
    world.settle()
    world.all_is_seen_to = False  # for a year nobody looked after the order
    world.jumps(minutes=10)
    before = contents(world)
    for later in (timedelta(), timedelta(days=1), timedelta(days=365)):
        world.jumps(seconds=later.total_seconds())
        assert post(world, *genuine).status_code == 403
    assert contents(world) == before


def test_forged_signatures_have_no_effect_and_make_one_log_line_a_minute(
    world: World, genuine: tuple[str, bytes], caplog
) -> None:
    before = contents(world)
    query, body = genuine
    client = door(world.service).test_client()
    signature = dict(parse_qsl(query))["msg_signature"]
    for n in range(300):
        forged = f"{n:040x}" if n else signature.upper()
        assert client.post(f"{CALLBACK}?{altered(query, msg_signature=forged)}", data=body).status_code == 403
    assert contents(world) == before
    lines = [r for r in caplog.records if "refused" in r.getMessage()]
    assert len(lines) <= 2


def test_a_right_signature_with_the_wrong_corp_or_app_has_no_effect(world: World) -> None:
    world.settle()
    before = contents(world)
    plain = world.platform.text_xml("wang", LEAK)
    world.platform.core.corp_id = "wwsomebodyelse"
    assert post(world, *world.platform.envelope(plain)).status_code in (400, 403)
    world.platform.core.corp_id = world.platform.corp_id
    foreign = plain.replace(str(world.platform.agent_id), "1999999")
    assert post(world, *world.platform.envelope(foreign)).status_code in (200, 403)
    world.settle()
    assert {**contents(world), "inbox": []} == {**before, "inbox": []}
    world.nobody_heard_more()


def test_mutated_bodies_never_make_an_error_of_the_server(world: World, genuine: tuple[str, bytes]) -> None:
    query, body = genuine
    rng = random.Random(20_261_122)
    client = door(world.service).test_client()
    before = contents(world)
    for _ in range(600):
        mutated = bytearray(body)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(mutated))
            match rng.randrange(3):
                case 0:
                    mutated[at] = rng.randrange(256)
                case 1:
                    del mutated[at : at + rng.randint(1, 40)]
                case _:
                    mutated[at:at] = rng.randbytes(rng.randint(1, 20))
        if bytes(mutated) == body:
            continue
        status = client.post(f"{CALLBACK}?{query}", data=bytes(mutated)).status_code
        # What lies outside the signed part may change without harm.
        assert status < 500
        if status == 200:
            before = contents(world)
    assert contents(world) == before
    assert count(world, orders) <= 1


def test_odd_but_genuine_content_gets_200_and_breaks_nothing(world: World) -> None:
    wrap = "<xml><ToUserName>{}</ToUserName>{}</xml>".format
    corp = world.platform.corp_id
    odd = [
        "",
        "<MsgType>text</MsgType>",
        "<FromUserName>wang</FromUserName><MsgType>text</MsgType><MsgId>1</MsgId>",
        "<FromUserName>wang</FromUserName><MsgType>text</MsgType><Content></Content><MsgId>2</MsgId>",
        "<FromUserName>wang</FromUserName><CreateTime>-5</CreateTime><MsgType>hologram</MsgType><MsgId>3</MsgId>",
        "<FromUserName>wang</FromUserName><CreateTime>99999999999999999999</CreateTime><MsgType>event</MsgType>",
        "<FromUserName>sys</FromUserName><MsgType>event</MsgType><Event>inactive_alert</Event><EffectTime>x</EffectTime>",
        "<FromUserName>wang</FromUserName><MsgType>event</MsgType><Event>template_card_event</Event>"
        "<EventKey>accept:99999999999999999999</EventKey><TaskId>?</TaskId>",
        "<FromUserName>wang</FromUserName><MsgType>event</MsgType><Event>template_card_event</Event>"
        "<EventKey>rate:1:9</EventKey>",
        "<FromUserName>wang</FromUserName><MsgType>event</MsgType><Event>template_card_event</Event>"
        "<EventKey>rate:1:</EventKey>",
        "<FromUserName>wang</FromUserName><MsgType>event</MsgType><Event>template_card_event</Event>"
        "<EventKey>rate:1:45</EventKey>",
        "<FromUserName>wang</FromUserName><MsgType>event</MsgType><Event>click</Event><EventKey>nothing</EventKey>",
        "<FromUserName>" + "w" * 3000 + "</FromUserName><MsgType>text</MsgType><Content>好</Content><MsgId>4</MsgId>",
        "<FromUserName>wang</FromUserName><MsgType>text</MsgType><Content>\U0001f600\u202e\ufffd</Content><MsgId>5</MsgId>",
        "<FromUserName>wang</FromUserName><MsgType>text</MsgType><Content>"
        + "啊" * 9000
        + "</Content><MsgId>6</MsgId>",
        "<FromUserName>wang</FromUserName><MsgType>text</MsgType><MsgId>7</MsgId>"
        "<Content>接单 99999999999999999999</Content>",
        "<FromUserName>wang</FromUserName><MsgType>text</MsgType><Content>进度 999999999</Content><MsgId>8</MsgId>",
        "<FromUserName>wang</FromUserName><MsgType>location</MsgType><Label>x</Label><MsgId>9</MsgId>",
        "<FromUserName>wang</FromUserName><MsgType>image</MsgType><MsgId>10</MsgId>",
    ]
    for inner in odd:
        answer = post(world, *world.platform.envelope(wrap(corp, inner)))
        assert answer.status_code == 200, inner
    for _ in range(3):
        world.settle()
    world.platform.violations[:] = [v for v in world.platform.violations if "unknown receiver" not in v]


def test_what_breaks_a_handler_reaches_a_person_all_the_same(world: World, monkeypatch, caplog) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(inbox, "handle", broken)
    world.wang.says(LEAK).hears("工单 1", "人工")
    world.kefu.hears("工单 1", LEAK)
    monkeypatch.undo()
    world.wang.says("进度").hears("工单 1")
    caplog.clear()


def test_accepted_messages_and_stored_messages_are_the_same_number(world: World) -> None:
    for n in range(20):
        world.wang.says(f"{n + 1}栋大堂灯不亮")
    assert count(world, inbox_rows) == 20
    assert count(world, outbox) >= 20
