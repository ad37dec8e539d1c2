"""Case 1. kill −9 at random in the middle of everything, while a fifth of the callbacks comes again though answered.

Demanded: 200 kills during 10 000 callbacks on SQLite and PostgreSQL, with one and with two processes; no acknowledged
message without its order, no order twice, no message lost or doubled on a phone. SQLite has one process by design.
"""

import time

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import Crowd, crowd
from tests.campaign.speakers import Speakers

# A fault of the platform on top, so that kills meet calls in every state.
FAULTS = [("errcode", -1), ("http", 500), ("html", None), ("reset_before", None), ("reset_after", None)]
FAULTS += [("truncated", None), ("html_after", None), ("stall", 0.3), ("errcode", 45009), ("errcode", 42001)]


@pytest.mark.weight(650)
@pytest.mark.parametrize(
    ("kind", "processes"),
    [
        ("sqlite", 1),
        pytest.param("postgresql", 1, marks=pytest.mark.campaign),
        pytest.param("postgresql", 2, marks=pytest.mark.campaign),
        pytest.param("mysql", 2, marks=[pytest.mark.campaign, pytest.mark.weight(200)]),
    ],
)
def test_killed_at_random_during_callbacks(case, kind: str, processes: int, zygote, tmp_path) -> None:
    kills, callbacks = (
        case.times(2, 200 if kind != "mysql" else 60),
        case.times(40, 10_000 if kind != "mysql" else 3000),
    )
    people = {"engineers": case.times(10, 600), "reporters": case.times(10, 400)}
    with (
        case.row(f"{kind}, {processes} process{'es' * (processes > 1)}") as row,
        crowd(kind, tmp_path, zygote, processes=processes, **people) as one,
    ):
        one.launch()
        seconds = case.budget * 0.75 if case.whole else 10.0
        pace = {
            "speakers": case.times(4, 150),
            "rate": 1.25 * callbacks / seconds if case.whole else 0.0,
            "gap": case.times(1, 2),
        }
        speakers = Speakers(one, messages=callbacks, reports=4, **pace).start()
        row.times = kill_at_random(one, case, kills, seconds, speakers)
        told = speakers.stop() if case.whole else speakers.join()
        one.platform.clear_faults()
        assert one.drain(max(90.0, case.budget * 0.5)), one.left()
        check_z(row, one.url, one.platform, told.taken)
        row.done = (
            f"{told.callbacks} callbacks, a quarter of them reports, {told.repeated} of them repeats of answered ones; "
            f"{len(told.taken)} taken, {told.given_up} refused in all three tries while the process was down"
        )
        row.demands("kills", row.times, at_least=kills)
        row.demands("callbacks", told.callbacks, at_least=callbacks)


def kill_at_random(one: Crowd, case, kills: int, seconds: float, speakers: Speakers) -> int:
    """Kill now one, now the other, and start it again at once, evenly over the time; leaves all running.

    What a start takes is taken off the pause before it: a pause of a length of its own left no time between kills, so
    that a process alone was down for most of its callbacks.
    """
    ends_at, done, took = time.monotonic() + seconds, 0, 0.0
    while (left := ends_at - time.monotonic()) > 0 and done < kills:
        if case.whole:
            fault, value = case.rng.choice(FAULTS)
            one.platform.fault("/cgi-bin/message/send", fault, value, times=case.rng.randint(1, 4))
        time.sleep(max(0.1, left / (kills - done) - took) * case.rng.uniform(0.1, 1.9))
        victim = case.rng.choice(one.processes)
        started = time.monotonic()
        victim.kill()
        victim.launch()
        took = time.monotonic() - started
        done += 1
    while time.monotonic() < ends_at and speakers.busy:
        time.sleep(0.1)
    return done
