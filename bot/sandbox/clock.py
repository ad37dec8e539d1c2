"""A clock that can run faster than the wall, shared by the sandbox and the bot in the demo."""

import threading
import time
from datetime import UTC, datetime, timedelta

from bot.clock import utc_now

MAX_SPEED = 60.0


class SpeedClock:
    """Callable like ``bot.clock.Clock``; starts at the real now and never goes back.

    ``speed`` is how many seconds pass here in one real second, from 1 to 60.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._speed = 1.0
        self._base = (start or utc_now()).astimezone(UTC)
        self._anchor = time.monotonic()

    def __call__(self) -> datetime:
        with self._lock:
            return self._now()

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        """Change the pace from this instant on; ValueError outside 1…60."""
        if not 1.0 <= value <= MAX_SPEED:
            raise ValueError(f"speed must be between 1 and {MAX_SPEED:.0f}, not {value}")
        with self._lock:
            # What has passed so far is kept: a new pace must not move the present.
            self._base = self._now()
            self._anchor = time.monotonic()
            self._speed = float(value)

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=(time.monotonic() - self._anchor) * self._speed)
