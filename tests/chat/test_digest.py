"""日报 周报 月报: once a period, at their minute, to supervisors and managers, with figures that are right."""

from collections.abc import Callable
from datetime import datetime

from world import DUTY, PEOPLE, TZ, World

STAFF = ("kefu", "li", "zhao", "sun", "admin")
SUNDAY = datetime(2026, 11, 22, 23, 0, tzinfo=TZ)


def digests(world: World, name: str = "日报", userid: str = "zheng") -> list[str]:
    """The local times at which the person got such a digest."""
    shown = [i for i in world.platform.phone(userid).shown if i.text.split("\n")[0].endswith(name)]
    return [i.at.astimezone(TZ).strftime("%m-%d %H:%M:%S") for i in shown]


def restarts(world: World, **span: float) -> None:
    world.crash()
    world.jumps(**span)
    world.boot()
    world.settle()


def test_the_daily_digest_comes_at_its_minute_to_those_who_lead_alone(world: World) -> None:
    world.at("2026-11-24", "08:36")
    world.nobody_heard_more()
    world.at("2026-11-24", "08:38")
    assert digests(world) == ["11-24 08:37:00"]
    world.zheng.hears("示范小区 日报", "11-23 08:37 至 11-24 08:37", "受理 0", "当班", "李师傅").hears_nothing()
    world.zhou.hears("示范小区 日报").hears_nothing()
    world.group_hears("日报")
    for person in STAFF:
        getattr(world, person).hears_nothing()


def test_one_digest_a_day_whatever_restarts(world: World) -> None:
    world.at("2026-11-24", "08:37")
    for _ in range(3):
        restarts(world, minutes=1)
    world.at("2026-11-25", "08:36")
    restarts(world, seconds=59)
    restarts(world, seconds=1)
    restarts(world, seconds=1)
    world.passes(hours=12)
    assert digests(world) == ["11-24 08:37:00", "11-25 08:37:00"]


def test_a_digest_missed_while_down_comes_once_after_the_start_and_says_so(world: World) -> None:
    world.at("2026-11-24", "08:00")
    restarts(world, hours=3)
    world.zheng.hears("日报", "至 11-24 08:37", "本应 08:37", "推迟").hears_nothing()
    restarts(world, minutes=5)
    world.at("2026-11-25", "08:38")
    assert digests(world) == ["11-24 11:00:00", "11-25 08:37:00"]


def test_after_days_down_only_the_latest_is_sent_however_late(world: World) -> None:
    restarts(world, days=3, hours=14)
    assert digests(world) == ["11-26 23:00:00"]
    world.passes(hours=10)
    assert digests(world) == ["11-26 23:00:00", "11-27 08:37:00"]


def test_a_bot_started_after_the_minute_waits_for_the_next_day(world: World) -> None:
    world.passes(hours=12)
    assert digests(world) == []


def test_a_digest_whose_time_was_changed_keeps_to_the_new_one(build_world: Callable[..., World]) -> None:
    world = build_world()
    world.at("2026-11-24", "08:37")
    world.crash()
    world.settings = world._settings('[digest]\ndaily = "09:15"')
    world.boot()
    world.passes(hours=2)
    assert digests(world) == ["11-24 08:37:00"], "one a local day"
    world.at("2026-11-25", "10:00")
    assert digests(world) == ["11-24 08:37:00", "11-25 09:15:00"]


def test_the_week_and_the_month_have_reports_of_their_own(build_world: Callable[..., World]) -> None:
    world = build_world(at=SUNDAY)
    world.at("2026-12-01", "09:00")
    assert digests(world, "周报") == ["11-23 08:41:00", "11-30 08:41:00"]
    assert digests(world, "月报") == ["12-01 08:47:00"]
    assert len(digests(world)) == 9


def test_no_other_message_to_a_manager_says_the_word(world: World) -> None:
    world.wang.says("3栋2单元电梯有人被困")
    world.passes(minutes=20)
    for words in ("今日", "超时", "值班", "帮助", "进度 1", "我的工单", "你好"):
        world.zheng.says(words)
    assert not [i.text for i in world.zheng.unheard() if "日报" in i.text]


def test_an_estate_where_nobody_leads_sends_it_to_the_admin(build_world: Callable[..., World]) -> None:
    people = "\n".join(line for line in PEOPLE.splitlines() if not line.startswith(("zheng", "zhou")))
    duty = "\n".join(line for line in DUTY.splitlines() if not line.startswith("zhou"))
    world = build_world(people=people, duty=duty)
    world.at("2026-11-24", "08:38")
    assert digests(world, userid="admin") == ["11-24 08:37:00"]


def test_the_figures_of_a_day(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水")
    world.passes(minutes=4)
    for engineer in (world.li, world.zhao):
        engineer.says("接单 1")
    holder = world.li if any("接单成功" in i.text for i in world.li.unheard()) else world.zhao
    world.passes(minutes=16)
    holder.says("到场 1").says("完工 1 换了角阀")
    world.wang.says("确认 1")
    world.passes(minutes=30)
    world.wang.says("5")
    world.chen.says("3栋2单元电梯有人被困")
    world.passes(minutes=2)
    world.sun.says("接单 2")
    for engineer in (world.li, world.zhao, world.zhou):
        engineer.says("接单 2")
    world.passes(hours=3)
    world.chen.says("地下车库B2的灯不亮了")
    world.at("2026-11-24", "08:38")
    digest = next(i.text for i in world.zheng.unheard() if "日报" in i.text)
    assert "受理 3，完成 1，未完成 2，超时 2" in digest
    assert "紧急1（超时1）、加急1（超时0）、普通1（超时1）" in digest
    assert "响应：平均3分钟，中位3分钟" in digest
    assert "到场：平均20分钟，中位20分钟" in digest
    assert "及时率：50%（1/2）" in digest, "order 3 is due after nobody took it for half an hour and a day"
    assert "满意度：平均5.0分，满意 1/1，邀评 1" in digest
    assert digest.index("工单 2") < digest.index("工单 3") < digest.index("当班")
