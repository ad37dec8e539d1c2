"""When digests are due, by the local calendar."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.periods import Daily, Monthly, Weekly, When, following, latest, span

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = time(8, 37)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Apia"])
@pytest.mark.parametrize("when", [Daily(AT), Weekly(0, AT), Monthly(1, AT)])
def test_each_period_comes_once_at_its_local_minute_for_four_hundred_days(when: When, zone: str) -> None:
    tz = ZoneInfo(zone)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    seen: list[str] = []
    for _ in range(400 if isinstance(when, Daily) else 14):
        now = following(when, now, tz)
        name, moment = latest(when, now, tz)
        assert moment == now
        assert now.astimezone(tz).time() == AT
        assert name == now.astimezone(tz).date().isoformat()
        seen.append(name)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("when", [Daily(AT), Weekly(2, AT), Monthly(28, AT)])
def test_one_span_begins_where_the_last_ended(when: When) -> None:
    now = datetime(2026, 1, 30, tzinfo=UTC)
    for _ in range(20):
        first = following(when, now, SHANGHAI)
        second = following(when, first, SHANGHAI)
        assert span(when, second, SHANGHAI) == (first, second)
        now = second


def test_before_its_minute_the_latest_digest_is_yesterdays() -> None:
    now = datetime(2026, 11, 23, 8, 36, 59, tzinfo=SHANGHAI)
    name, moment = latest(Daily(AT), now, SHANGHAI)
    assert (name, now - moment) == ("2026-11-22", timedelta(hours=23, minutes=59, seconds=59))
