"""A thousand messages a minute from one resident, and a whole estate at once: what it costs the others, in counts."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from world import World

from bot.core.pace import ORDERS, RESIDENT, Pace
from bot.store.schema import inbox, orders

STORM = 1000
TRAPPED = "5栋1单元电梯里有人被困"


def storm(world: World, words, *, times: int = STORM, in_between=None) -> None:
    """``times`` messages of one resident within a minute; ``in_between`` happens after half of them."""
    for n in range(times):
        world.platform.member_says("wang", words(n))
        world.clock.now += timedelta(seconds=60 / times)
        if n % 10 == 0:
            world.settle()
        if in_between is not None and n == times // 2:
            in_between()
    world.settle()


def count(world: World, table, *where) -> int:
    with world.house.desk.db.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(table).where(*where)).scalar() or 0)


def texts(someone) -> list[str]:
    return [i.text for i in someone.unheard()]


def holder_of(world: World, no: int):
    with world.house.desk.db.reading() as tx:
        return getattr(world, tx.execute(select(orders.c.holder).where(orders.c.no == no)).scalar())


def test_a_storm_of_different_faults_opens_few_orders_loses_no_word_and_holds_up_no_emergency(world: World) -> None:
    found: dict[str, object] = {}

    def trapped() -> None:
        before = world.clock.now
        world.chen.says(TRAPPED)
        world.chen.hears("电梯困人")
        with world.house.desk.db.reading() as tx:
            no = tx.execute(select(orders.c.no).where(orders.c.reporter == "chen")).scalar()
        holder = holder_of(world, no)
        holder.hears(f"工单 {no} ", "电梯困人")
        found["seconds"] = (world.clock.now - before).total_seconds()

    storm(world, lambda n: f"{n % 90 + 1}栋{n // 90 + 1}单元1502厨房漏水", in_between=trapped)
    assert found == {"seconds": 0.0}
    assert count(world, orders, orders.c.reporter == "wang") == ORDERS
    assert count(world, inbox, inbox.c.sender == "wang") == STORM, "every message is on record"
    world.passes(minutes=10)
    heard = texts(world.wang)
    assert sum("先不逐条回复" in t for t in heard) == 1
    assert len(heard) < 3 * RESIDENT
    assert sum("请电话联系确认" in t for t in texts(world.kefu)) == 1


def test_two_faults_in_one_message_of_somebody_with_too_many_orders_are_taken_once(world: World) -> None:
    for flat in range(40):
        world.wang.says(f"3栋2单元{flat // 4 + 1}0{flat % 4 + 1}厨房漏水")
        world.passes(seconds=2)
    world.wang.skips().says("5栋1单元301马桶堵了，客厅灯也不亮，门锁坏了")
    with world.house.desk.db.reading() as tx:
        words = "\n".join(tx.execute(select(orders.c.words)).scalars())
    assert words.count("马桶堵了") == 1


def test_the_order_of_somebody_else_is_paged_within_the_minute_of_the_storm_or_the_next(world: World) -> None:
    storm(world, lambda n: f"{n % 90 + 1}栋{n // 90 + 1}单元1502厨房漏水", times=300)
    world.chen.says("8栋2单元301停电").hears("工单")
    with world.house.desk.db.reading() as tx:
        no = tx.execute(select(orders.c.no).where(orders.c.reporter == "chen")).scalar()
    holder = holder_of(world, no)
    waited = 0
    while not any(f"工单 {no} " in t for t in texts(holder)):
        world.passes(seconds=10)
        waited += 10
        assert waited <= 180
    assert waited <= 180


def test_three_hundred_cries_of_one_who_is_trapped_are_one_order_and_a_few_messages(world: World) -> None:
    storm(world, lambda n: f"救命！{TRAPPED}{'！' * (n % 3)}", times=300)
    assert count(world, orders) == 1
    world.passes(minutes=1)
    holder = holder_of(world, 1)
    about = [t for t in texts(holder) if "工单 1" in t]
    assert 1 <= len(about) <= 12, "the words of the order are passed on once each, and of a storm many in one message"
    world.wang.hears("工单 1", "电梯困人")


def test_danger_is_acted_on_in_the_midst_of_a_storm(world: World) -> None:
    storm(world, lambda n: f"在吗{n}", times=200)
    world.wang.skips().says(TRAPPED).hears("工单 1", "电梯困人")
    storm(world, lambda n: f"在吗{n}", times=200)
    world.wang.skips()
    world.wang.says("7栋3单元燃气泄漏").hears("燃气泄漏")


def test_what_makes_an_emergency_of_an_order_is_acted_on_too(world: World) -> None:
    world.wang.says("3栋2单元电梯坏了").skips()
    storm(world, lambda n: f"在吗{n}", times=200)
    world.wang.skips()
    world.wang.says("里面有人")
    assert count(world, orders, orders.c.category == "elevator_entrapment") == 1


def test_a_voice_in_a_storm_still_opens_an_order_that_climbs(world: World) -> None:
    storm(world, lambda n: f"在吗{n}", times=200)
    world.wang.skips()
    for _ in range(30):
        world.wang.sends("voice")
    assert count(world, orders, orders.c.media == "voice") == 1
    assert len([t for t in texts(world.kefu) if "语音" in t]) <= 13
    world.passes(seconds=61)
    assert count(world, orders, orders.c.priority == "emergency") == 1


def test_after_the_storm_all_is_as_before(world: World) -> None:
    storm(world, lambda n: f"在吗{n}", times=200)
    world.passes(minutes=10)
    world.wang.skips()
    world.wang.says("3栋2单元1502厨房漏水").hears("工单 1")


def test_customers_of_the_other_door_are_held_to_the_same(world: World) -> None:
    wx = world.customer("wx_storm", "甲")
    for n in range(200):
        world.platform.customer_says("wx_storm", f"在吗{n}")
        world.clock.now += timedelta(seconds=0.25)
        if n % 10 == 0:
            world.settle()
    world.settle()
    heard = texts(wx)
    assert sum("先不逐条回复" in t for t in heard) <= 1
    wx.skips().says("2栋1单元电梯困人").hears("工单 1")


def test_three_hundred_residents_of_a_dark_building_and_one_who_is_trapped(world: World) -> None:
    names = [f"r{n:03d}" for n in range(300)]
    for name in names:
        world.platform.add_member(name)
    for n, name in enumerate(names):
        world.platform.member_says(name, f"6栋{n % 4 + 1}单元{n // 4 + 1:02d}01停电了")
        world.clock.now += timedelta(seconds=1)
        world.settle()
        assert texts(getattr(world, name)), "everybody is answered at once"
    world.chen.says(TRAPPED)
    with world.house.desk.db.reading() as tx:
        no = tx.execute(select(orders.c.no).where(orders.c.reporter == "chen")).scalar()
    holder_of(world, no).hears(f"工单 {no} ", "电梯困人")


def test_a_minute_is_counted_for_each_sender_and_each_key_once() -> None:
    pace, now = Pace(), datetime(2026, 11, 23, tzinfo=UTC)
    assert [pace.note("a", str(n), now) for n in (1, 2, 2, 3)] == [1, 2, 2, 3]
    assert pace.note("b", "1", now) == 1
    assert pace.note("a", "4", now + timedelta(seconds=59)) == 4
    assert pace.note("a", "5", now + timedelta(seconds=61)) == 2
    assert pace.note("a", "6", now - timedelta(days=1)) == 1, "a clock set back keeps nobody waiting"
    for n in range(20_000):
        pace.note(f"s{n}", "x", now + timedelta(seconds=n))
    assert len(pace._heard) <= 5_001


def test_who_tries_out_numbers_is_told_nothing_after_thirty_in_a_minute(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    for n in range(50):
        world.platform.member_says("chen", f"{('进度', '取消', '确认')[n % 3]} {n + 1}")
    world.passes(minutes=10)
    assert len([t for t in texts(world.chen) if "没有找到您可以操作的工单" in t]) == 30
    world.chen.skips().says("进度 1").hears("没有找到您可以操作的工单 1")
    world.chen.says("4栋1单元电梯里有人被困").hears("电梯困人")
