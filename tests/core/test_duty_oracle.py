"""Who is on duty equals the brute-force oracle: here around every edge and at thousands of minutes drawn by lot; every
minute of 400 days in `make oracle`."""

import random
from zoneinfo import ZoneInfo

import pytest

from tests.core.duty_answers import roster_of
from tests.core.duty_oracle import differing, minutes, on_duty_by_minute, plan

# How many days of the sample: both changes of the clock are in it where there are any.
ZONES = {"UTC": 60, "Asia/Shanghai": 60, "America/New_York": 355, "Europe/London": 345, "Pacific/Apia": 60}


@pytest.mark.parametrize("name", ZONES)
def test_who_is_on_duty_is_what_the_clock_on_the_wall_says(name: str) -> None:
    zone, days = ZoneInfo(name), ZONES[name]
    found = plan(days, seed=7)
    every = minutes(zone, days)
    marks = on_duty_by_minute(found, zone, every)
    roster = roster_of(found, zone)
    edges = {(at - every[0]).total_seconds() // 60 for s in roster.shifts for at in (s.start, s.end)}
    around = {int(edge) + step for edge in edges for step in (-1, 0, 1)}
    asked = around | set(random.Random(3).sample(range(len(every)), 3_000))
    wrong = [
        every[n] for n in sorted(asked) if 0 <= n < len(every) and differing(marks, n, set(roster.on_duty(every[n])))
    ]
    assert wrong == []
    assert any(sum(mark) for mark in marks.values())
