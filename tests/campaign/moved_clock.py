"""The clock of one child, moved while it runs, by Debian's libfaketime; the machine's own clock is never touched."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import utc_now
from tests.campaign.crowd import Crowd

_PLACES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class MovedClock:
    """``env`` is for the child, ``moves`` shifts its clock; the platform keeps the right time unless told to follow.

    The monotonic clock stays true, as when somebody sets the wall clock or the machine has slept.
    """

    def __init__(self, folder: Path) -> None:
        if not _PLACES:
            pytest.skip("no libfaketime here (make faketime)")
        self._file = folder / "faketime.rc"
        self.offset = timedelta()
        self.moves(timedelta())
        self.env = {
            "LD_PRELOAD": str(_PLACES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Its mending of waits in old C libraries makes every hand-over between threads a busy loop in newer ones.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }

    def moves(self, offset: timedelta) -> None:
        """The child's clock shows so much more than the true time."""
        self.offset = offset
        written = self._file.with_suffix(".new")
        written.write_text(f"{offset.total_seconds():+.0f}", encoding="ascii")
        written.replace(self._file)  # nobody ever reads half of it

    def now(self) -> datetime:
        """What the child takes for the present."""
        return utc_now() + self.offset


def follow(one: Crowd, clock: MovedClock) -> None:
    """The platform's clock goes with the child's: it is time that has passed, and nobody's clock is wrong."""
    platform = one.platform
    platform.clock = platform.core.clock = platform.core.faults._clock = clock.now


def until(what, seconds: float, every: float = 0.05) -> float | None:
    """How long it took to become so; None if it did not."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if what():
            return time.monotonic() - started
        time.sleep(every)
    return None
