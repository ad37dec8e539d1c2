"""Case 29. The ticker's thread is killed; a sender's claimer is; the whole process is.

Demanded: `/readyz` red within 15 s of a silent part, the part going again within 30 s; after the death of the process
whoever watches from outside finds nobody there at once.
"""

import threading
import time

import pytest

from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import until
from tests.campaign.worlds import world


@pytest.mark.campaign
@pytest.mark.patient
@pytest.mark.weight(40)
@pytest.mark.parametrize("part", ["ticker", "sender"])
def test_a_part_falls_silent(case, part: str, tmp_path) -> None:
    """In this process, because no tool kills a thread from outside: its work is made to block for ever."""
    with case.row(f"sqlite, {part}") as row, world("sqlite", tmp_path) as one:
        service = one.service
        stop = threading.Event()
        running = threading.Thread(target=service.run, args=(stop, lambda port: None), daemon=True)
        running.start()
        assert until(lambda: service.not_ready() == [], 20) is not None
        block = threading.Event()
        if part == "ticker":
            service._ticker._tick = lambda: block.wait()
            for job in service._ticker._scheduler.get_jobs():
                job.modify(func=lambda: block.wait())
        else:
            pump = next(iter(service._senders.pumps.values()))
            pump._work = lambda: block.wait()
        red = until(lambda: service.not_ready() != [], 40, 0.2)
        well = until(lambda: service.not_ready() == [], 45, 0.2) if part == "ticker" else None
        block.set()
        stop.set()
        running.join(20)
        row.times = 1
        row.delay(red if red is not None else 40)
        row.done = f"the {part} blocks for ever"
        row.demands("red after", red if red is not None else 999, at_most=16, unit=" s")
        if part == "ticker":
            row.demands("going again after", well if well is not None else 999, at_most=30, unit=" s")


def test_the_process_dies(case, zygote, tmp_path) -> None:
    with case.row("sqlite") as row, crowd("sqlite", tmp_path, zygote, engineers=2, reporters=2) as one:
        one.launch()
        ready = until(lambda: one.only.get("/readyz") == 200, 20)
        assert ready is not None
        one.only.kill()
        gone = until(lambda: one.only.get("/readyz") == 0, 5)
        started = time.monotonic()
        one.only.launch()
        again = until(lambda: one.only.get("/readyz") == 200, 30)
        row.times = 1
        row.done = "kill −9 and a new start"
        row.demands("nobody answers after", gone if gone is not None else 999, at_most=1, unit=" s")
        row.demands(
            "ready again after", time.monotonic() - started if again is not None else 999, at_most=30, unit=" s"
        )
