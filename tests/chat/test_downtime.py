"""The bot was down: what was due speaks once, the latest first, and says how late it is."""

from collections.abc import Callable

from world import Someone, World

TRAPPED = "3栋2单元电梯有人被困"
LEAK = "3栋2单元1502厨房漏水"
LISTED = 'emergency_list = ["zhou", "zheng"]'


def first_two(world: World) -> tuple[Someone, Someone]:
    return (world.li, world.zhao) if world.li.unheard() else (world.zhao, world.li)


def sleeps(world: World, **span: float) -> None:
    """The bot is killed and started again after this long."""
    world.crash()
    world.jumps(**span)
    world.boot()
    world.settle()


def came(world: World, *userids: str) -> list[str]:
    """Whose phones rang since the start, in the order in which they did."""
    shown = [(i.number, u) for u in userids for i in getattr(world, u).unheard()]
    return [userid for _, userid in sorted(shown)]


def test_every_step_missed_speaks_once_to_its_own_person_latest_first(world: World) -> None:
    world.wang.says(LEAK).hears("工单 1")
    first, second = first_two(world)
    first.hears("工单 1")
    sleeps(world, minutes=20)
    assert came(world, "zheng", "zhou", first.id, second.id) == ["zheng", "zhou", second.id, first.id]
    world.zheng.hears("已等20分钟", "本应 09:15", "晚了5分钟")
    world.zhou.hears("已等20分钟", "本应 09:10", "晚了10分钟")
    second.hears("20分钟没有接单，工单转给您", "本应 09:08", "晚了12分钟")
    first.hears("已转给", "本应 09:08", "晚了12分钟")
    world.nobody_heard_more()


def test_repeats_fold_into_one(build_world: Callable[..., World]) -> None:
    world = build_world(extra=LISTED)
    world.wang.says(TRAPPED).skips()
    first, second = first_two(world)
    first.hears("工单 1")
    sleeps(world, hours=2)
    world.zheng.hears("紧急", "已等2小时").hears_nothing()
    world.zhou.hears("接单时限").hears("仍无人接单").hears_nothing()
    second.hears("支援", "晚了").hears_nothing()
    first.hears_nothing()
    assert len(world.platform.escalations) == 1
    world.passes(minutes=2)
    assert len(world.platform.escalations) == 2, "and the ladder goes on in its own time"


def test_emergencies_come_before_everything_else(world: World) -> None:
    world.wang.says(LEAK).skips()
    world.chen.says("5栋1单元电梯有人被困").skips()
    for engineer in (world.li, world.zhao):
        engineer.skips()
    sleeps(world, minutes=11)
    texts = [i.text for i in world.zhou.unheard()]
    assert "工单 2" in texts[0]
    assert "工单 1" in texts[-1]


def test_what_was_accepted_before_the_crash_stays_silent(world: World) -> None:
    world.wang.says(TRAPPED).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("到场 1").skips()
    for person in (world.wang, world.kefu, world.zhou):
        person.skips()  # the handbook of the emergency
    sleeps(world, minutes=50)
    world.nobody_heard_more()
    assert not world.platform.escalations


def test_starting_again_and_again_says_nothing_twice(world: World) -> None:
    world.wang.says(LEAK).skips()
    sleeps(world, minutes=20)
    for person in (world.li, world.zhao, world.zhou, world.zheng):
        person.skips()
    for _ in range(3):
        sleeps(world, seconds=5)
    world.nobody_heard_more()


def test_a_score_missed_for_days_is_asked_once_and_reminded_a_day_after(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("完工 1 修好").skips()
    world.wang.says("确认 1").skips()
    sleeps(world, days=3)
    world.wang.hears("工单 1", "处理得怎么样", "1–5", "晚了").hears_nothing()
    world.passes(hours=23)
    world.wang.hears_nothing()
    world.passes(hours=1)
    world.wang.hears("还等您评").hears_nothing()


def test_an_order_finished_before_the_crash_is_closed_after_it(world: World) -> None:
    world.wang.says(LEAK).skips()
    first, _ = first_two(world)
    first.says("接单 1").says("完工 1 修好").skips()
    world.wang.skips()
    sleeps(world, days=4)
    world.wang.hears("工单 1", "先行关闭").hears_nothing()


def test_a_report_without_a_place_is_not_forgotten(world: World) -> None:
    world.wang.says("家里漏水了").hears("工单 1", "哪一栋")
    sleeps(world, minutes=10)
    world.kefu.hears("待核实", "工单 1", "晚了7分钟")
    world.nobody_heard_more()
