"""What several processes on one database owe one another: a sign of life, what a dead one held, and a word in time."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from importlib.metadata import version

import structlog

from bot import store
from bot.desk import Desk
from bot.identity import Identity
from bot.pumps import Pump
from bot.store import wakes
from bot.store.processes import Process

_log = structlog.get_logger("together")
BEAT_EVERY_S = 5.0
TELL_EVERY_S = 60.0
# Words of one moment go out as one.
_TOGETHER_S = 0.02


class Role(StrEnum):
    """What a process does: take callbacks, ring timers and send and fetch, or both."""

    WEB = "web"
    WORKER = "worker"
    ALL = "all"


class Presence:
    """The row by which others see that this process lives; and a look whether they do."""

    def __init__(self, desk: Desk, role: Role) -> None:
        self._desk = desk
        self._role = role
        self._elsewhere: set[str] = set()
        self.alone = False
        self.pump = Pump("presence", self.look, BEAT_EVERY_S)

    def look(self) -> None:
        """Give a sign of life, and free at once what processes that died held."""
        desk, me = self._desk, self._desk.me
        row = Process(me.id, me.host, me.pid, me.born, self._role, desk.clock())
        with desk.db.writing() as tx:
            store.processes.beat(tx, row, version("baoxiu"))
            others = store.processes.others(tx, me.id)
            dead = store.processes.dead(others, me.host, row.seen_at, _runs)
            freed = store.processes.bury(tx, dead) if dead else 0
        if dead:
            _log.warning("processes have died", processes=len(dead), letters=freed)
        self.alone = len(others) == len(dead)
        self._look_for_other_machines([p for p in others if p.id not in dead])

    def leave(self) -> None:
        """At a clean end."""
        with self._desk.db.writing() as tx:
            store.processes.leave(tx, self._desk.me.id)

    def _look_for_other_machines(self, living: list[Process]) -> None:
        if not self._desk.db.is_sqlite:
            return
        strangers = {p.id for p in living if p.host != self._desk.me.host} - self._elsewhere
        if strangers:
            self._elsewhere |= strangers
            _log.error("another machine works on this SQLite file, which will break it: use PostgreSQL or MySQL")


class Words:
    """Tells other processes of letters and doorbells, and hears of theirs."""

    def __init__(self, desk: Desk, presence: Presence, role: Role) -> None:
        self._desk = desk
        self._role = role
        self._presence = presence
        self._untold: set[str] = set()
        self._stop = threading.Event()
        self._ears: threading.Thread | None = None
        self.heard_at = time.monotonic()
        self.pump = Pump("words", self._tell, TELL_EVERY_S)

    def say(self, word: str) -> None:
        """To be told to the others, if there are any; never waits."""
        # A process that only takes messages always has others, whether it has seen them yet or not.
        if not self._presence.alone or self._role is Role.WEB:
            self._untold.add(word)
            self.pump.poke()

    def listen(self, hear: Callable[[str], None]) -> None:
        """From now on ``hear`` is called with what others say."""
        self._ears = threading.Thread(
            target=wakes.listen, args=(self._desk.db, self._stop, hear, self._alive), name="ears", daemon=True
        )
        self._ears.start()

    def stop(self) -> None:
        self._stop.set()
        self.pump.stop()

    def _alive(self) -> None:
        self.heard_at = time.monotonic()

    def _tell(self) -> None:
        self._stop.wait(_TOGETHER_S)
        words, self._untold = self._untold, set()
        if words:
            wakes.tell(self._desk.db, words)


def _runs(process: Process) -> bool:
    return Identity(process.id, process.host, process.pid, process.born).runs()
