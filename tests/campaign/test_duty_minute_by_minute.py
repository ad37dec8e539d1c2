"""Reliability case 26: who is on duty, every minute of 400 days in five time zones, against the brute-force oracle."""

from zoneinfo import ZoneInfo

import pytest

from tests.core.duty_answers import roster_of
from tests.core.duty_oracle import differing, minutes, on_duty_by_minute, plan
from tests.core.test_duty_oracle import ZONES

DAYS = 400


@pytest.mark.campaign
@pytest.mark.parametrize("name", ZONES)
def test_every_minute_of_400_days(name: str) -> None:
    zone = ZoneInfo(name)
    found = plan(DAYS, seed=26)
    every = minutes(zone, DAYS)
    marks = on_duty_by_minute(found, zone, every)
    roster = roster_of(found, zone)
    wrong = [at for number, at in enumerate(every) if differing(marks, number, set(roster.on_duty(at)))]
    print(f"\n| {name} | {len(every)} | {len(roster.shifts)} | {len(wrong)} |", end="")
    assert wrong == []
