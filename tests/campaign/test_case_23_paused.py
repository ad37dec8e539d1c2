"""Case 23. The process is paused for 10 min over 500 timers, 100 of emergencies.

Demanded: all overdue emergencies out within 5 s of waking: a second engineer paged for each; each once. What the one
customer service, the one supervisor and the one on the emergency list have to be told of a hundred emergencies takes
minutes, for nobody gets more than 28 messages in any 60 s: that is not waited for.
"""

import time
from datetime import datetime, timedelta

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import Crowd, crowd
from tests.campaign.moved_clock import MovedClock, follow, until
from tests.campaign.speakers import place, post

# By the ladder of three minutes a second person is due after one.
SECOND_AFTER_S = 60.0
# Without a list everybody on duty is called in the end: a hundred times 220 people.
LIST = '[duty]\nemergency_list = ["zheng"]\n'


@pytest.mark.patient
@pytest.mark.weight(60)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.campaign)])
def test_paused_for_ten_minutes(case, kind: str, zygote, tmp_path) -> None:
    emergencies, others = case.times(3, 100), case.times(3, 400)
    with (
        case.row(kind) as row,
        crowd(kind, tmp_path, zygote, engineers=case.times(20, 220), reporters=100, extra=LIST) as one,
    ):
        clock = MovedClock(tmp_path)
        follow(one, clock)
        one.launch(cold=True, **clock.env)
        # The others first: the emergencies must not be a minute old, when a second person is due, before the pause.
        reported(one, 0, others)
        assert one.drain(90), one.left()
        began = time.monotonic()
        reported(one, emergencies, 0)
        first = until(lambda: len(numbers(pages(one))) >= emergencies, SECOND_AFTER_S)
        assert first is not None, f"{emergencies - len(numbers(pages(one)))} emergencies were not paged for"
        assert time.monotonic() - began < SECOND_AFTER_S, "some of the second pages were due before the pause"
        child = one.only.child
        assert child is not None
        child.pause()
        clock.moves(timedelta(minutes=10))
        paged = pages(one)
        begun = clock.now()
        child.go_on()
        # A second person is paged for each emergency that nobody has taken.
        took = until(lambda: len(numbers(pages(one) - paged)) >= emergencies, 30, 0.1)
        # To look is work for the platform's own process: the phones themselves know when it was.
        took = took and seconds_until_each(one, begun)
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


def seconds_until_each(one: Crowd, begun: datetime) -> float:
    """How long it took until the last of the emergencies had its first page after that moment."""
    first: dict[str, datetime] = {}
    for userid in one.engineers:
        for item in one.platform.phone(userid).shown:
            if item.kind == "card" and item.at >= begun and "被困" in item.text:
                no = item.task_id.partition("-")[0]
                first[no] = min(item.at, first.get(no, item.at))
    return (max(first.values()) - begun).total_seconds()


def numbers(pages: set[tuple[str, str]]) -> set[str]:
    """Which emergencies the pages are about."""
    return {task_id.partition("-")[0] for _, task_id in pages}
