"""Nobody on duty, nobody left, everybody on leave: an emergency is somebody's within two seconds, and stays so."""

from collections.abc import Callable

import pytest
from world import PEOPLE, World

from bot import store

Build = Callable[..., World]
NOBODY = "userid,start,end,tier\nkefu,2026-11-01 00:00,2026-11-02 00:00,1\n"
TWO_DAYS = "userid,start,end,tier\nli,2026-11-23 00:00,2026-11-24 00:00,1\nli,2026-11-24 00:00,2026-11-25 00:00,1\n"
TRAPPED = "3栋2单元电梯困人，快来"
AT_ONCE = 2 / 60  # minutes
NO_LEADS = "\n".join(line for line in PEOPLE.splitlines() if "supervisor" not in line and "manager" not in line) + "\n"
LEFT = "userid,name,role,skills,buildings,phone\nwang,王女士,resident,,,\nkefu,小刘,service,,,\nadmin,管理员,admin,,,\n"


@pytest.mark.parametrize(
    ("people", "first"),
    [(PEOPLE, "zhou"), (NO_LEADS, "admin"), (LEFT, "admin")],
    ids=["nobody on duty", "nobody leads but the admin", "nobody works here any more"],
)
def test_an_emergency_is_with_somebody_within_two_seconds(build_world: Build, people: str, first: str) -> None:
    world = build_world(duty=NOBODY, people=people)
    world.wang.says(TRAPPED).hears("工单 1", "紧急")
    assert world.__getattr__(first).times("【紧急】工单 1")[0] <= AT_ONCE
    with world.house.desk.db.reading() as tx:
        order = store.orders.get(tx, 1)
    assert order is not None
    assert order.holder == first


def test_everybody_on_leave_is_the_same(build_world: Build) -> None:
    world = build_world(duty=TWO_DAYS)
    world.li.says("请假 明天").hears("申请 1")
    world.zhou.hears("申请 1").taps("同意").hears("已生效", "请安排替班")
    world.li.hears("已由周主管同意")
    world.at("2026-11-24", "10:00")
    world.zhou.skips()
    world.wang.says(TRAPPED).hears("工单 1", "周主管")
    # Said 25 hours after the world began.
    assert world.zhou.times("【紧急】工单 1")[0] - 25 * 60 <= AT_ONCE
    world.li.hears_nothing()


def test_a_step_of_the_ladder_with_nobody_in_it_holds_up_no_other(build_world: Build) -> None:
    world = build_world(duty=NOBODY, people=NO_LEADS)
    world.wang.says(TRAPPED).skips()
    world.passes(minutes=9)
    # Everybody at 3 min as configured, then every two minutes, though nobody is on duty and nobody leads.
    assert world.admin.times("工单 1")[-3:] == [5.0, 7.0, 9.0]
