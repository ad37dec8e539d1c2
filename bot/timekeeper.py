"""Who may set the process's clock: nobody but the platform, whose answers say what time it is."""

import threading
import time
from contextlib import suppress
from datetime import timedelta

import structlog

from bot.alarms import Alarms
from bot.clock import SteadyClock
from bot.core.kinds import Role
from bot.desk import Desk
from bot.pumps import SLOW_FILE_S, Pump
from bot.texts import render
from bot.wecom.client import CLOCK_IS_OFF, WeComClient
from bot.wecom.errors import PlatformError

_log = structlog.get_logger("timekeeper")
LOOK_EVERY_S = 0.2  # whatever was due while the machine stood still waits for this
ASK_EVERY_S = 240.0
ASK_AGAIN_S = 15.0  # after no answer, and to see whether the clock is right now that it was set
START_WAITS_S = 0.3  # the first callback is to be answered within 2 s of the start
# The platform writes whole seconds, and its answer was on its way for some.
_ABOUT = timedelta(seconds=5)
_NOTABLE = timedelta(seconds=1)


class Timekeeper:
    """Asks the platform for the time at the start, every few minutes, and whenever the machine's clock has jumped."""

    def __init__(self, desk: Desk, app: WeComClient, clock: SteadyClock, alarms: Alarms) -> None:
        self._desk = desk
        self._app = app
        self._clock = clock
        self._alarms = alarms
        self._ask_at = 0.0
        self._wall_was_ahead = timedelta()
        self._asked = threading.Event()
        self.pump = Pump("clock", self.look, LOOK_EVERY_S, SLOW_FILE_S)

    def start(self) -> None:
        """Returns when the platform was asked; where it is slow or away, work begins by the machine's clock."""
        self.pump.start()
        self._asked.wait(START_WAITS_S)

    def look(self) -> None:
        """Ask, if it is time to, or if somebody has set the machine's clock."""
        jumped = abs(self._clock.wall_is_ahead() - self._wall_was_ahead) > _NOTABLE
        if time.monotonic() < self._ask_at and not jumped:
            return
        try:
            self.ask()
        finally:
            self._asked.set()

    def ask(self) -> None:
        """Two answers of the platform: the clock is set by them where they show it wrong, and the admins hear of it."""
        self._ask_at = time.monotonic() + ASK_AGAIN_S
        for _ in range(2):
            with suppress(PlatformError):  # a refusal has its date as well
                self._app.callback_ips()
        wall = self._clock.wall_is_ahead()
        theirs = self._app.platform_is_ahead()
        by = self._off(wall, theirs)
        if by is None:
            self._ask_at += ASK_EVERY_S - ASK_AGAIN_S if len(theirs) == 2 else 0
        else:
            self._clock.set_right(by)
            self._app.forget_dates()
            _log.warning("the clock was set by the platform's", seconds=round(by.total_seconds(), 3))
        self._wall_was_ahead = self._clock.wall_is_ahead()
        self._asked.set()  # whoever waits to begin has the right time; to tell of it is not his affair
        if len(theirs) == 2:
            self._tell(by or timedelta())

    def _off(self, wall: timedelta, theirs: list[timedelta]) -> timedelta | None:
        """What the clock lacks. The machine's is finer than the platform's, and is taken where both agree with it."""
        if len(theirs) == 2 and all(abs(ahead - wall) <= _ABOUT for ahead in theirs):
            return wall if abs(wall) > _NOTABLE else None
        return self._app.clock_offset()

    def _tell(self, by: timedelta) -> None:
        wall = self._wall_was_ahead
        if abs(wall) > CLOCK_IS_OFF:
            _log.error("the clock of this machine is wrong", seconds=int(wall.total_seconds()))
            text, off = "clock.wrong", wall
        elif abs(by) > CLOCK_IS_OFF:
            text, off = "clock.stood", by
        else:
            return
        if not self._alarms.fresh([f"{text}:{self._desk.me.host}"]):
            return
        with self._desk.turn() as turn:
            for person in turn.roster.of_role(Role.ADMIN):
                turn.tell(person.id, render(text, seconds=int(abs(off.total_seconds()))))
