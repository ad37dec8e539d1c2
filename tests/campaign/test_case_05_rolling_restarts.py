"""Case 5. Restarts one after the other at 50 messages a second, as at an upgrade: SIGTERM, and a whole new start.

Demanded: no message that fails all three tries (the platform's gap of 5 s between them), no moment longer than 5 s in
which nobody listens, the URL check within a second, every end clean.

Two processes restart one shortly after the other, and somebody always listens. A single one is away while it starts, so
what comes meanwhile depends on the second try, five seconds later: the process has to be there again by then, and not
away for the next time. Ten restarts in five minutes leave half a minute between them; here it is seven seconds. A
single process that is restarted every few seconds, or that needs more than ten to start, does lose messages.
"""

import socket
import threading
import time

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import Crowd, crowd
from tests.campaign.speakers import Speakers

# Between two restarts of all there is: more than the platform's gap, or a second try meets the next restart. With two
# processes that restart in step with the tries (every five seconds, start included) all three can meet one.
APART_S = {1: 7, 2: 7}


@pytest.mark.weight(90)
@pytest.mark.parametrize(
    ("kind", "processes"),
    [("sqlite", 1), pytest.param("postgresql", 2, marks=pytest.mark.campaign)],
)
def test_restarts_under_load(case, kind: str, processes: int, zygote, tmp_path) -> None:
    with (
        case.row(f"{kind}, {processes} process{'es' * (processes > 1)}") as row,
        crowd(kind, tmp_path, zygote, processes=processes, engineers=case.times(10, 300), reporters=200) as one,
    ):
        one.launch()
        speakers = Speakers(one, speakers=case.times(30, 250), rate=case.times(20, 50), gap=case.times(2, 5), reports=5)
        speakers.start()
        watch = Watch(one)
        restarts, ends, checks, failed = case.times(1, 10), [], [], 0
        for n in range(restarts):
            time.sleep(case.times(0, APART_S[processes]))
            victim = one.processes[n % processes]
            assert victim.child is not None
            begun = time.monotonic()
            victim.child.end()
            ends.append(time.monotonic() - begun)
            assert not victim.child.lives(), "SIGTERM did not end it"
            victim.launch(cold=case.whole)
            one.platform.callback_url = f"{victim.base}/wecom/callback"
            begun = time.monotonic()
            failed += not one.platform.verify_callback()
            checks.append(time.monotonic() - begun)
        time.sleep(case.times(0, 3))
        told = speakers.stop()
        longest = watch.stop()
        assert one.drain(max(60.0, case.budget)), one.left()
        check_z(row, one.url, one.platform, told.taken)
        row.times = restarts
        row.delay(longest)
        row.done = f"{restarts} restarts, {told.callbacks} callbacks, {len(told.taken)} messages taken"
        row.demands("messages that failed all three tries", told.given_up, at_most=0)
        row.demands("longest without a listener", longest, at_most=5, unit=" s")
        row.demands("URL checks not answered within 1 s", failed, at_most=0)
        row.demands("slowest URL check", max(checks), at_most=1, unit=" s")
        row.demands("slowest end", max(ends), at_most=10, unit=" s")


class Watch:
    """Knocks at every process twenty times a second, and keeps the longest time in which none opened."""

    def __init__(self, one: Crowd) -> None:
        self._ports = [process.port for process in one.processes]
        self._stop = threading.Event()
        self._longest = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._stop.set()
        self._thread.join()
        return self._longest

    def _run(self) -> None:
        last = time.monotonic()
        while not self._stop.wait(0.05):
            if any(map(_opens, self._ports)):
                last = time.monotonic()
            self._longest = max(self._longest, time.monotonic() - last)


def _opens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False
