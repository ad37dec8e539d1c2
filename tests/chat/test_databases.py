"""Where the databases could differ most: a road whole, a crash, writers at once, and what is taken away again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select
from world import World

from bot import outbox, privacy
from bot.core.letters import Lane
from bot.store.schema import inbox, orders

LEAK = "3栋2单元1502厨房漏水 😀 <b>'\"\\%"


def test_an_order_goes_its_whole_road_on_every_database(world: World) -> None:
    world.wang.says(LEAK).hears("工单 1")
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.hears("工单 1", LEAK).says("接单 1").hears("接单成功")
    world.wang.hears("工单 1", "师傅")
    engineer.says("到场").hears("工单 1")
    world.wang.hears("到场")
    engineer.says("完工 1 换角阀").hears("完工")
    world.wang.hears("换角阀").says("确认 1").hears("谢谢")
    engineer.hears("确认")
    world.passes(minutes=31)
    world.wang.hears("1–5").says("5").hears("谢谢")
    world.zhou.says("今日").skips()
    world.zhou.says("值班").skips()
    world.passes(hours=2)
    world.nobody_heard_more()


def test_an_emergency_climbs_and_a_crash_loses_nothing(world: World) -> None:
    world.wang.says("1栋电梯里有人被困").hears("工单 1")
    world.crash()
    world.boot()
    world.passes(minutes=5)
    for someone in (world.li, world.zhao, world.sun, world.zhou):
        assert someone.unheard()
        someone.skips()
    world.sun.says("接单 1").hears("接单成功")
    resident = world.customer("wm_he", "何先生")
    resident.says("2栋大堂灯不亮").hears("工单 2")


def test_eight_threads_open_one_order_and_send_each_letter_once(world: World) -> None:
    app = world.service.app()
    plains = [world.platform.text_xml("wang", f"{n}栋2单元1502厨房漏水") for n in (1, 2)] * 4

    def deliver(plain: str) -> int:
        query, body = world.platform.envelope(plain)
        client = app.test_client()
        # As the platform does: what is not taken at once is brought again.
        for _ in range(3):
            status = client.post(f"/wecom/callback?{query}", data=body).status_code
            if status == 200:
                break
        return status

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(deliver, plains)) == [200] * 8
    with world.house.desk.db.reading() as tx:
        numbers = sorted(tx.execute(select(orders.c.no)).scalars())
    assert numbers == [1, 2], "a twin takes no number with it"

    def send(lane: Lane) -> None:
        while outbox.send_next(world.house.desk, world.house.carrier, lane):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, [Lane.NORMAL] * 4))
    world.settle()
    for n in numbers:
        assert len([s for s in world.wang.unheard() if f"工单 {n}" in s.text]) == 1


def test_somebody_is_forgotten_and_what_is_old_goes(world: World) -> None:
    world.wang.says(f"{LEAK}，电话13800138000").hears("工单 1")
    (world.li if world.li.unheard() else world.zhao).says("接单 1").says("完工 1 换了角阀")
    world.wang.says("确认 1").says("谢谢")
    world.chen.says("2栋大堂灯不亮").says("取消")
    desk = world.house.desk
    who = privacy.find(desk, "wang")
    name = privacy.erase(desk, who)
    assert privacy.residue(desk, who) == []
    world.stands_up_to_the_audit()
    world.clock.now += timedelta(days=1200)
    while privacy.sweep(desk, world.clock.now):
        pass
    with desk.db.reading() as tx:
        assert set(tx.execute(select(orders.c.reporter)).scalars()) == {name, privacy.pseudonym(world.settings, "chen")}
        assert set(tx.execute(select(orders.c.words)).scalars()) == {""}
        assert tx.execute(select(inbox.c.id)).first() is None
    world.clock.now -= timedelta(days=1200)
