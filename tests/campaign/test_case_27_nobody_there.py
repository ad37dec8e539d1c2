"""Case 27. Nobody on duty; the holder's list entry gone; everybody on leave; the ladder spent.

Demanded: an empty step is passed over within 2 s; the fail-safe reaches everybody on the emergency list again every
2 min and never stops before a human takes the order.
"""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.campaign.worlds import BOTH, people_and_duty, world
from tests.chat.world import MONDAY

LISTED = 'emergency_list = ["zhou", "zheng"]'
NOBODY = "userid,start,end,tier\n"
GONE = "userid,start,end,tier\ngong0,2026-11-22 00:00,2026-11-22 08:00,1\n"


@pytest.mark.weight(5)
@BOTH
@pytest.mark.parametrize("how", ["nobody on duty", "shift over", "no engineers"])
def test_there_is_nobody(case, kind: str, how: str, tmp_path) -> None:
    lists = people_and_duty([] if how == "no engineers" else ["gong0", "gong1"], ["zhu0"])
    duty = {"nobody on duty": NOBODY, "shift over": GONE, "no engineers": NOBODY}[how]
    hours = case.times(1, 12)
    with (
        case.row(f"{kind}, {how}") as row,
        world(kind, tmp_path, people=lists["people"], duty=duty, extra=LISTED) as one,
    ):
        one.zhu0.says("3栋电梯里有人被困")
        one.passes(seconds=2)
        leads = [i for u in ("zhou", "zheng", "admin") for i in one.platform.phone(u).shown if i.kind == "card"]
        assert leads, "nobody at all was paged within 2 s"
        row.delay((leads[0].at - one.began).total_seconds())
        one.passes(hours=hours)
        calls = [r.at for r in one.platform.escalations]
        apart = [(b - a).total_seconds() for a, b in pairwise(calls)]
        row.times = len(calls)
        row.demands("first page after", row.worst or 0, at_most=2, unit=" s")
        row.demands("longest pause of the fail-safe", max(apart), at_most=121, unit=" s")
        row.demands("since its last call", (one.clock.now - calls[-1]).total_seconds(), at_most=121, unit=" s")
        lead = "zhou" if any(i.kind == "card" and i.buttons for i in one.platform.phone("zhou").shown) else "zheng"
        getattr(one, lead).says("接单 1")
        before = len(one.platform.escalations)
        one.passes(minutes=10)
        row.done = f"somebody is shut in a lift, nobody answers for {hours} h; then a supervisor takes it"
        row.demands("calls after a human took it", len(one.platform.escalations) - before, at_most=0)
        assert MONDAY + timedelta(hours=hours) <= one.clock.now
