"""The only place where the machine's clock is read; everybody else is handed the time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """What the machine's clock shows, aware, in UTC."""
    return datetime.now(UTC)


def _since_boot() -> float:
    """Seconds that nobody can set; those in which the machine slept count too, where the system tells of them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class SteadyClock:
    """The time of a process: the machine's clock as it was at the start, and the seconds gone by since.

    Setting the machine's clock does not change it. Only `bot.timekeeper` does, on the platform's evidence.
    """

    def __init__(self, wall: Clock = utc_now, steady: Callable[[], float] = _since_boot) -> None:
        self._wall = wall
        self._steady = steady
        self._origin = wall() - timedelta(seconds=steady())

    def __call__(self) -> datetime:
        return self._origin + timedelta(seconds=self._steady())

    def wall_is_ahead(self) -> timedelta:
        """By how much the machine's clock shows more than this one."""
        return self._wall() - self()

    def set_right(self, by: timedelta) -> None:
        """From now on it shows so much more."""
        self._origin += by
