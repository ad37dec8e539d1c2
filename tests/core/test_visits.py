"""Which hours a wished time of visit means."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.visits import Visit, window

# A Wednesday.
SAID = datetime(2026, 11, 25, 14, 20, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("visit", "start", "end"),
    [
        (Visit("", days=1), "11-26 00:00", "11-27 00:00"),
        (Visit("", days=1, since=900), "11-26 15:00", "11-27 00:00"),
        (Visit("", since=900, until=960), "11-25 15:00", "11-25 16:00"),
        (Visit("", since=540, until=660), "11-26 09:00", "11-26 11:00"),
        (Visit("", weekday=5, since=480, until=720), "11-28 08:00", "11-28 12:00"),
        (Visit("", weekday=2, weeks=1), "12-02 00:00", "12-03 00:00"),
        (Visit("", date=(None, 28)), "11-28 00:00", "11-29 00:00"),
        (Visit("", date=(None, 3)), "12-03 00:00", "12-04 00:00"),
        (Visit("", date=(1, 5)), "01-05 00:00", "01-06 00:00"),
        (Visit("", date=(2, 31)), "02-28 00:00", "03-01 00:00"),
    ],
)
def test_a_wish_means_these_hours(visit: Visit, start: str, end: str) -> None:
    hours = window(visit, SAID)

    assert [f"{one:%m-%d %H:%M}" for one in hours] == [start, end]
    assert hours[0].tzinfo is SAID.tzinfo
