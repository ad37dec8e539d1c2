"""Case 14. 45009 or 45033 for ten minutes.

Demanded: one probing message at a time, after 1, 2, 4 and then every 5 s, an emergency first; all others wait for it;
each message once.
"""

from datetime import timedelta

import pytest

from tests.campaign.outage import ENGINEERS, RESIDENTS, SEND, trouble
from tests.campaign.worlds import BOTH, people_and_duty, world


@pytest.mark.weight(15)
@BOTH
@pytest.mark.parametrize("errcode", [45009, pytest.param(45033, marks=pytest.mark.campaign)])
def test_the_platform_limits_us_for_ten_minutes(case, kind: str, errcode: int, tmp_path) -> None:
    with case.row(kind) as row:
        orders, letters, minutes = case.times(3, 40), case.times(6, 400), case.times(1, 10)
        one = trouble(row, kind, tmp_path, [("errcode", errcode)], orders=orders, letters=letters, minutes=minutes)
        probes = [r for r in one.platform.sends if r.path == SEND and r.answer.get("errcode") == errcode]
        probes = probes or [r for r in one.platform.sends if r.path == SEND and r.fault == "errcode"]
        row.demands("calls while limited", len(probes), at_most=3 + minutes * 60 / 5 + 1)


@pytest.mark.weight(2)
@BOTH
def test_an_emergency_is_the_first_to_probe(case, kind: str, tmp_path) -> None:
    with case.row(kind) as row, world(kind, tmp_path, **people_and_duty(ENGINEERS, RESIDENTS)) as one:
        row.done = "limited for 2 min, 20 ordinary messages waiting, then somebody is shut in a lift"
        one.platform.fault(SEND, "errcode", 45009, until=one.clock.now + timedelta(minutes=2))
        for n in range(20):
            getattr(one, RESIDENTS[n]).says(f"{n + 1}栋1单元1502厨房漏水")
        one.passes(seconds=30)
        before = len(one.platform.sends)
        one.zhu0.says("33栋电梯里有人被困")
        one.passes(seconds=10)
        probes = [r for r in one.platform.sends[before:] if r.path == SEND]
        row.times = len(probes)
        row.demands("probes that were not the emergency's", sum("33栋" not in str(r.json) for r in probes), at_most=0)
        one.passes(minutes=5)
        cards = [i for u in ENGINEERS for i in one.platform.phone(u).shown if i.kind == "card" and "33栋" in i.text]
        row.counted(int(not cards), 0)
