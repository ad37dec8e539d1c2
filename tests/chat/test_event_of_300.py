"""300 homes of one building report one outage within 5 minutes: one event, one team, everybody heard, no limit hit."""

from typing import Any

from world import PEOPLE, Someone, World

HOMES, CUSTOMERS, WITHIN_S = 200, 100, 300
RULE = '[incidents]\njoin_by_rule = ["power", "water", "lift"]\n'


def test_three_hundred_reports_are_one_event_with_one_team(build_world: Any) -> None:
    homes = "".join(f"h{n},住户{n},resident,,,\n" for n in range(HOMES))
    world: World = build_world(people=PEOPLE + homes, extra=RULE)
    everybody: list[Someone] = [getattr(world, f"h{n}") for n in range(HOMES)]
    everybody += [world.customer(f"wm_{n}") for n in range(CUSTOMERS)]
    first, *others = everybody
    first.says("3栋停电了").hears("工单 1", "停电", "正在通知李师傅")
    for n, someone in enumerate(others, start=2):
        world.passes(seconds=WITHIN_S / len(everybody))
        someone.says(f"3栋{1 + n % 3}单元{n}室停电").hears(f"工单 {n}", "已知情况", "李师傅")
    # One event, and one man was called, once; customer service hears of it as it grows, not 300 times.
    assert len([i for i in world.platform.phone("li").shown if i.kind == "card"]) == 1
    for person in ("zhao", "sun", "zhou", "zheng"):
        assert not [i for i in world.platform.phone(person).shown if i.kind == "card"], person
    world.kefu.says("事件").hears("事件 1", "3栋", f"{len(everybody)} 户")
    assert len([i for i in world.platform.phone("kefu").shown if "事件 1" in i.text and i.kind == "text"]) <= 9
    world.li.says("接单 1").says("预计恢复 1 1小时").says("到场 1").says("完工 1 更换总闸").skips()
    for n, someone in enumerate(everybody, start=1):
        ending = f"确认 {n}"
        told = [i.text for i in someone.unheard()]
        assert sum("更换总闸" in t and f"工单 {n}" in t and ending in t for t in told) == 1, (n, told)
        assert any("预计" in t and "恢复" in t for t in told) or someone.outside, (n, told)
    # Each closes by his own word; who is not well is no longer one of the many.
    others[0].says("确认 2").hears("工单 2", "已确认")
    others[1].says("没修好 3").hears("工单 3", "重新处理")
    world.check_promises()
