"""What moves by itself in a running process: senders, the ticker, the puller of 微信客服, the fetcher."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from bot import errands, kf, metrics, outbox, privacy, reach, store, timers
from bot.alarms import Alarms
from bot.build import House
from bot.core.letters import Lane, Letter
from bot.texts import render
from bot.watch import Auditor

_log = structlog.get_logger("pumps")
# Emergencies have threads of their own: stalled calls of others must not hold them up.
SENDERS = {Lane.EMERGENCY: 8, Lane.NORMAL: 4}
LOOK_AGAIN_S = 0.5
TICK_S = 0.5
KF_EVERY_S = 60.0
KF_AGAIN_S = 1.0
ERRANDS_EVERY_S = 2.0
AUDIT_EVERY_S = 15.0  # it looks once a minute; the rest of the time it only asks whether the minute is over
# Each part gives a sign of life every few seconds, also while there is nothing to do; silence is noticed within 15 s.
BEAT_S = 3.0
SILENT_S = 12.0
SLOW_FILE_S = 45.0  # a file on a slow line may take 30 s
REVIVE_AGAIN_S = 60.0
_TICK_BITE = 50
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Pump:
    """A thread that does ``work`` when poked, and every ``every`` seconds at the latest; it never dies of an error.

    ``silent_s``: without a sign of life for so long it counts as dead.
    """

    def __init__(self, name: str, work: Callable[[], None], every: float, silent_s: float = SILENT_S) -> None:
        self.name = name
        self.alive_at = time.monotonic()
        self._work = work
        self._every = every
        self._silent_s = silent_s
        self._poked = threading.Event()
        self._stop = threading.Event()
        self._thread = self._new()

    def start(self) -> None:
        self.alive_at = time.monotonic()
        self._thread.start()

    def revive(self) -> None:
        """Another thread takes over; one that hangs ends when it comes back."""
        self.alive_at = time.monotonic()
        self._thread = self._new()
        self._thread.start()

    def poke(self) -> None:
        """There is something to do."""
        self._poked.set()

    def stop(self) -> None:
        """Ask the thread to end after what it is doing."""
        self._stop.set()
        self._poked.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def silent(self) -> bool:
        """True if the thread has given no sign of life for too long."""
        return time.monotonic() - self.alive_at > self._silent_s

    def _new(self) -> threading.Thread:
        return threading.Thread(target=self._run, name=self.name, daemon=True)

    def _run(self) -> None:
        while not self._stop.is_set() and threading.current_thread() is self._thread:
            self.alive_at = time.monotonic()
            self._poked.clear()
            try:
                self._work()
            except store.Unavailable:
                _log.error("the database cannot be used", pump=self.name)
            except store.Collided:
                self._poked.set()  # another process wrote the same rows: look again at once
            except Exception as error:
                _log.exception("a pump failed", pump=self.name, error=type(error).__name__)
            self._rest()

    def _rest(self) -> None:
        end = time.monotonic() + self._every
        while (left := end - time.monotonic()) > 0 and threading.current_thread() is self._thread:
            self.alive_at = time.monotonic()
            if self._poked.wait(min(left, BEAT_S)):
                return


class Senders:
    """One claimer a lane and a pool that carries what it claims."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pools = {lane: ThreadPoolExecutor(n, f"send-{lane.name.lower()}") for lane, n in SENDERS.items()}
        self._free = {lane: threading.Semaphore(n) for lane, n in SENDERS.items()}
        self.pumps = {
            lane: Pump(f"claim-{lane.name.lower()}", lambda lane=lane: self._claim_all(lane), LOOK_AGAIN_S)  # type: ignore[misc]
            for lane in Lane
        }
        self._stopping = False

    def poke(self, lanes: frozenset[Lane]) -> None:
        """Letters were written in these lanes."""
        for lane in lanes:
            self.pumps[lane].poke()

    def stop(self) -> None:
        """Claim no more; let the calls under way end."""
        self._stopping = True
        for pump in self.pumps.values():
            pump.stop()

    def join(self, timeout: float) -> None:
        end = time.monotonic() + timeout
        for pump in self.pumps.values():
            pump.join(max(0.0, end - time.monotonic()))
        for lane, n in SENDERS.items():
            for _ in range(n):
                self._free[lane].acquire(timeout=max(0.0, end - time.monotonic()))
            self._pools[lane].shutdown(wait=False, cancel_futures=True)

    def _claim_all(self, lane: Lane) -> None:
        while not self._stopping:
            if not self._free[lane].acquire(timeout=LOOK_AGAIN_S):
                self.pumps[lane].alive_at = time.monotonic()
                continue
            try:
                letter = outbox.claim(self._house.desk, lane)
            except BaseException:
                self._free[lane].release()
                raise
            if letter is None:
                self._free[lane].release()
                return
            self._pools[lane].submit(self._deliver, lane, letter)
            self.pumps[lane].alive_at = time.monotonic()

    def _deliver(self, lane: Lane, letter: Letter) -> None:
        try:
            outbox.deliver(self._house.desk, self._house.carrier, letter)
        except Exception as error:
            # The lease runs out, and the letter is tried again under its key.
            _log.exception("a letter failed", error=type(error).__name__, kind=letter.kind, order=letter.order_no)
        finally:
            self._free[lane].release()
            self.pumps[lane].poke()


class Ticker:
    """APScheduler as nothing but an alarm clock: it holds no business state, and a missed tick loses nothing.

    It goes by the machine's clock, which may be set. So each tick is a job of its own that is due whatever that clock
    shows, and asks for the next one after a rest that it does not measure.
    """

    name = "ticker"

    def __init__(self, house: House) -> None:
        self._desk = house.desk
        self.alive_at = time.monotonic()
        self._stopped = threading.Event()
        self._scheduler = self._new()

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._stopped.set()
        self._scheduler.shutdown(wait=False)

    def silent(self) -> bool:
        """True if nothing has ticked for too long."""
        return time.monotonic() - self.alive_at > SILENT_S

    def revive(self) -> None:
        """Start a new scheduler where the old one has gone silent."""
        self.alive_at = time.monotonic()
        with suppress(Exception):  # the old one may be in any state
            self._scheduler.shutdown(wait=False)
        self._scheduler = self._new()
        self._scheduler.start()

    def _new(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=UTC)
        self._ask_for_tick(scheduler)
        return scheduler

    def _ask_for_tick(self, scheduler: BackgroundScheduler) -> None:
        scheduler.add_job(self._tick_and_rest, "date", [scheduler], run_date=_LONG_AGO, misfire_grace_time=None)

    def _tick_and_rest(self, scheduler: BackgroundScheduler) -> None:
        self._tick()
        if not self._stopped.wait(TICK_S) and scheduler.running and scheduler is self._scheduler:
            self._ask_for_tick(scheduler)

    def _tick(self) -> None:
        self.alive_at = time.monotonic()
        try:
            while timers.run_due(self._desk, at_most=_TICK_BITE) == _TICK_BITE:
                self.alive_at = time.monotonic()
            with self._desk.db.reading() as tx:
                metrics.outbox_waiting(sum(store.outbox.waiting(tx).values()))
        except store.Unavailable:
            _log.error("the database cannot be used", pump="ticker")
        except Exception as error:
            _log.exception("a tick failed", error=type(error).__name__)
        self.alive_at = time.monotonic()


class KfPuller:
    """Fetches what 微信客服 customers wrote: at each doorbell, at start, and every minute in case one was missed."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._token = ""
        self._looks = False
        self._seen = -1
        self._next = 0.0
        self.pump = Pump("kf", self._pull, KF_EVERY_S)

    def ring(self, token: str) -> None:
        """The doorbell: ``token`` is good for ten minutes and lifts a limit."""
        self._token = token
        self._next = 0.0
        self.pump.poke()

    def look(self) -> None:
        """The doorbell may have rung at a process that does not fetch."""
        self._looks = True
        self.pump.poke()

    def _pull(self) -> None:
        settings = self._house.settings
        if settings.kf is None:
            return
        if self._looks:
            self._looks = False
            with self._house.desk.db.reading() as tx:
                self._seen, rang, token = store.wakes.bell_since(tx, self._seen)
            if rang:
                self._token, self._next = token or self._token, 0.0
        if time.monotonic() < self._next:
            return
        token, self._token = self._token, ""
        if kf.pull(self._house.desk, self._house.kf, settings.kf.open_kfid, token, beat=self._beat) is None:
            # Another process is at it, and may just have missed what the bell was for.
            self._token = token
            threading.Timer(KF_AGAIN_S, self.pump.poke).start()
            return
        self._next = time.monotonic() + KF_EVERY_S - 1

    def _beat(self) -> None:
        self.pump.alive_at = time.monotonic()


class Errands:
    """Files to fetch, names to ask for, and what comes round once a day."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.pump = Pump("errands", self._run, ERRANDS_EVERY_S, SLOW_FILE_S)

    def _run(self) -> None:
        house = self._house
        while errands.fetch_one(house.desk, house.app, house.kf) or errands.name_one(house.desk, house.app, house.kf):
            self.pump.alive_at = time.monotonic()
        reach.check_if_due(house.desk, house.app)
        privacy.sweep_if_due(house.desk)


class Watchdog:
    """Looks after everything that moves by itself: what has gone silent is started again, and the admins hear of it."""

    def __init__(self, parts: Sequence[Pump | Ticker], alarms: Alarms) -> None:
        self._parts = parts
        self._alarms = alarms
        self._next_try: dict[str, float] = {}

    def silent(self) -> list[str]:
        """Names of the parts that have given no sign of life for too long."""
        return [part.name for part in self._parts if part.silent()]

    def look(self) -> None:
        """Called every second; never waits."""
        now = time.monotonic()
        dead = [p for p in self._parts if p.silent() and now >= self._next_try.get(p.name, now)]
        if not dead:
            return
        for part in dead:
            self._next_try[part.name] = now + REVIVE_AGAIN_S
            metrics.revived(part.name)
            _log.error("a part was silent and is started again", part=part.name)
        threading.Thread(target=self._tell, args=([part.name for part in dead],), name="alarm", daemon=True).start()
        for part in dead:
            part.revive()

    def _tell(self, names: list[str]) -> None:
        fresh = self._alarms.fresh([f"silent:{name}" for name in names])
        if fresh:
            self._alarms.tell(render("watch.silent", what="、".join(s.removeprefix("silent:") for s in fresh)))


def auditor_pump(auditor: Auditor) -> Pump:
    """The auditor on a thread of its own."""
    return Pump("auditor", auditor.run, AUDIT_EVERY_S)
