"""Case 29. The ticker's thread is killed; a sender's claimer is; the whole process is.

Demanded: `/readyz` red within 15 s of a silent part, or the part started again already, which the watchdog does within
a second of noticing; the part going again within 30 s; whoever leads told within 60 s; after the death of the process
whoever watches from outside finds nobody there at once.
"""

import threading
import time
from collections.abc import Callable

import pytest

from bot import pumps
from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import until
from tests.campaign.worlds import world
from tests.chat.world import World


@pytest.mark.campaign
@pytest.mark.patient
@pytest.mark.weight(40)
@pytest.mark.parametrize("part", ["ticker", "sender"])
def test_a_part_falls_silent(case, part: str, tmp_path, monkeypatch) -> None:
    """In this process, because no tool kills a thread from outside: its work is made to block for ever."""
    with case.row(f"sqlite, {part}") as row, world("sqlite", tmp_path) as one:
        service = one.service
        stop = threading.Event()
        running = threading.Thread(target=service.run, args=(stop, lambda port: None), daemon=True)
        running.start()
        assert until(lambda: service.not_ready() == [], 20) is not None
        block = threading.Event()
        if part == "ticker":
            ticks = BlockedOnce(pumps.timers.run_due, block)
            monkeypatch.setattr(pumps.timers, "run_due", ticks)
            assert ticks.blocks.wait(10), "no tick came to be blocked"
        else:
            pump = next(iter(service._senders.pumps.values()))
            pump._work = lambda: block.wait()
        red = until(lambda: service.not_ready() != [] or told(one), 40, 0.02)
        # Green again is not enough: another tick has to come to its end while the first one still blocks.
        well = until(lambda: service.not_ready() == [] and ticks.ended, 45, 0.2) if part == "ticker" else None
        heard = until(lambda: told(one), 60, 0.2)
        block.set()
        stop.set()
        running.join(20)
        row.times = 1
        row.delay(red if red is not None else 40)
        row.done = f"the {part} blocks for ever"
        row.demands("red after", red if red is not None else 999, at_most=16, unit=" s")
        row.demands("told after", heard + red if heard is not None and red else 999, at_most=60, unit=" s")
        if part == "ticker":
            row.demands("going again after", well if well is not None else 999, at_most=30, unit=" s")


def told(one: World) -> bool:
    """Whether the group of whoever leads has been told, past the outbox, that a part had to be started again."""
    return any("没有动静" in text for text in one.platform.phone("group").texts)


class BlockedOnce:
    """In place of a function of the product: its next call blocks until ``block`` is set, those after it are real."""

    def __init__(self, real: Callable[..., int], block: threading.Event) -> None:
        self.blocks = threading.Event()
        self.ended = 0
        self._real = real
        self._block = block

    def __call__(self, *arguments: object, **more: object) -> int:
        if not self.blocks.is_set():
            self.blocks.set()
            self._block.wait()
        done = self._real(*arguments, **more)
        self.ended += 1
        return done


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
