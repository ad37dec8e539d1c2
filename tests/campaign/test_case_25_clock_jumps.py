"""Case 25. Somebody sets the machine's clock: +2 h, −2 h, +1 day, to 1970, to 2038.

Demanded: no timer twice, an emergency still climbs within 5 s of its time by a steady clock, the admins are told.
"""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import utc_now
from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import MovedClock, until
from tests.campaign.speakers import post

JUMPS = {
    "+2 h": timedelta(hours=2),
    "-2 h": timedelta(hours=-2),
    "+1 day": timedelta(days=1),
    "1970": datetime(1970, 1, 2, tzinfo=UTC) - utc_now(),
    "2038": datetime(2038, 1, 18, tzinfo=UTC) - utc_now(),
}
QUICK = '[sla.emergency]\naccept_within = "24s"\n'  # the second person after 8 s


@pytest.mark.campaign
@pytest.mark.patient
@pytest.mark.weight(30)
@pytest.mark.parametrize("jump", JUMPS)
def test_the_clock_is_set(case, jump: str, zygote, tmp_path) -> None:
    with (
        case.row(f"sqlite, {jump}") as row,
        crowd("sqlite", tmp_path, zygote, engineers=4, reporters=4, extra=QUICK) as one,
    ):
        clock = MovedClock(tmp_path)
        one.launch(cold=True, **clock.env)
        assert post(one, one.only.base, one.platform.text_xml("zhu0", "3栋电梯里有人被困")) == 200
        assert until(lambda: carded(one) == 1, 5) is not None
        clock.moves(JUMPS[jump])
        second = until(lambda: carded(one) >= 2, 8 + 20)
        taken = until(lambda: post(one, one.only.base, one.platform.text_xml("zhu1", "帮助")) == 200, 40, 1)
        told = until(
            lambda: any("时间" in text or "时钟" in text for text in one.platform.phone("boss").texts), 45, 0.5
        )
        cards = [i.task_id for u in one.engineers for i in one.platform.phone(u).shown if i.kind == "card"]
        row.times = 1
        row.counted(0, len(cards) - len(set(cards)))
        # A clock set forward makes it early, which nobody suffers from.
        late = max(0.0, (second if second is not None else 28) - 8)
        row.delay(late)
        row.done = "an emergency is open, then the clock is set; the platform's stays right"
        row.demands("second person late by", late, at_most=5, unit=" s")
        row.demands("callbacks taken again after", taken if taken is not None else 999, at_most=60, unit=" s")
        row.demands("admins told after", told if told is not None else 999, at_most=60, unit=" s")


def carded(one) -> int:
    return sum(i.kind == "card" for u in one.engineers for i in one.platform.phone(u).shown)
