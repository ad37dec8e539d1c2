"""Bars beside the forty cases: 50 messages a second with everything running.

Demanded: callback p99 ≤ 1 s; from an emergency's text to its card accepted by the platform p99 ≤ 5 s.
"""

import threading
import time

import pytest

from bench.figure import quantile
from tests.campaign.check_z import check_z
from tests.campaign.crowd import Crowd, crowd
from tests.campaign.speakers import Speakers, post


@pytest.mark.weight(50)
@pytest.mark.parametrize(
    ("kind", "processes"), [("sqlite", 1), pytest.param("postgresql", 2, marks=pytest.mark.campaign)]
)
def test_fifty_messages_a_second(case, kind: str, processes: int, zygote, tmp_path) -> None:
    with (
        case.row(f"{kind}, {processes} process{'es' * (processes > 1)}") as row,
        crowd(
            kind, tmp_path, zygote, processes=processes, engineers=case.times(30, 400), reporters=case.times(60, 400)
        ) as one,
    ):
        one.launch()
        seconds = case.seconds(1.0, 40.0)
        speakers = Speakers(one, speakers=case.times(6, 40), rate=case.times(20, 50), reports=2).start()
        sent: dict[int, float] = {}
        end = time.monotonic() + seconds
        lock = threading.Lock()

        def emergencies() -> None:
            building = 100
            while time.monotonic() < end:
                building += 1
                with lock:
                    sent[building] = one.platform.clock().timestamp()
                post(
                    one,
                    one.processes[building % processes].base,
                    one.platform.text_xml(one.reporters[building % 60], f"{building}栋电梯里有人被困"),
                )
                time.sleep(0.5)

        calling = threading.Thread(target=emergencies)
        calling.start()
        calling.join()
        told = speakers.stop()
        time.sleep(case.seconds(1.0, 6.0))
        one.halt()
        carded = _carded(one, sent)
        check_z(row, one.url, one.platform, told.taken, drained=False)
        row.times = told.callbacks
        row.counted(len(sent) - len(carded), 0)
        row.delay(max(carded, default=seconds))
        rate = f"{told.callbacks / seconds:.0f} callbacks a second for {seconds:g} s"
        row.done = f"{rate}, half of them reports; {len(sent)} emergencies"
        row.demands("callback p99", quantile(told.seconds, 0.99), at_most=1, unit=" s")
        row.demands("emergency text → card p99", quantile(carded, 0.99), at_most=5, unit=" s")


def _carded(one: Crowd, sent: dict[int, float]) -> list[float]:
    """Seconds from each emergency's text to its first card."""
    first: dict[int, float] = {}
    for userid in one.engineers:
        for item in one.platform.phone(userid).shown:
            if item.kind == "card" and "被困" in item.text:
                building = next((b for b in sent if f"{b}栋" in item.text), None)
                if building is not None:
                    first[building] = min(first.get(building, 1e12), item.at.timestamp())
    return [at - sent[building] for building, at in first.items()]
