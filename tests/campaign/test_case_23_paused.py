"""Case 23. The process is paused for 10 min over 500 timers, 100 of emergencies.

Demanded: all overdue emergencies out within 5 s of waking, each once; nothing for orders accepted meanwhile.
"""

import time
from datetime import timedelta

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import Crowd, crowd
from tests.campaign.moved_clock import MovedClock, follow, until
from tests.campaign.speakers import place, post


@pytest.mark.patient
@pytest.mark.weight(60)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.campaign)])
def test_paused_for_ten_minutes(case, kind: str, zygote, tmp_path) -> None:
    emergencies, others = case.times(3, 100), case.times(3, 400)
    with (
        case.row(kind) as row,
        crowd(kind, tmp_path, zygote, engineers=case.times(20, 220), reporters=100, extra=" ") as one,
    ):
        clock = MovedClock(tmp_path)
        follow(one, clock)
        one.launch(cold=True, **clock.env)
        reported(one, emergencies, others)
        assert one.drain(90)
        child = one.only.child
        assert child is not None
        child.pause()
        clock.moves(timedelta(minutes=10))
        paged = pages(one)
        begun = clock.now()
        child.go_on()
        # By the ladder a second person is paged for each emergency that nobody has taken.
        took = until(lambda: len(pages(one) - paged) >= emergencies, 30, 0.02)
        time.sleep(case.seconds(0.3, 10))
        one.halt()
        seen = [i.at for u in one.engineers for i in one.platform.phone(u).shown if i.kind == "card" and i.at >= begun]
        check_z(row, one.url, one.platform, drained=False)
        row.times = emergencies + others
        row.counted(int(took is None) * emergencies, 0)
        row.delay(took or 30)
        open_ones = f"{emergencies} emergencies and {others} other orders open"
        row.done = f"{open_ones}, SIGSTOP, ten minutes pass; {len(seen)} further pages"
        row.demands("all overdue emergencies out after", took or 999, at_most=5, unit=" s")


def reported(one: Crowd, emergencies: int, others: int) -> None:
    """Open that many orders of each kind."""
    for n in range(emergencies + others):
        words = f"{n + 1}栋电梯里有人被困" if n < emergencies else place(n) + "厨房漏水"
        assert post(one, one.only.base, one.platform.text_xml(one.reporters[n % len(one.reporters)], words)) == 200


def pages(one: Crowd) -> set[tuple[str, str]]:
    """Every card of an emergency on an engineer's phone."""
    return {
        (u, i.task_id)
        for u in one.engineers
        for i in one.platform.phone(u).shown
        if i.kind == "card" and "被困" in i.text
    }
