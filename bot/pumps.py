"""What moves by itself in a running process: senders, the ticker, the puller of 微信客服, the fetcher."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from bot import errands, kf, metrics, outbox, store, timers
from bot.build import House
from bot.core.letters import Lane, Letter

_log = structlog.get_logger("pumps")
# Emergencies have threads of their own: stalled calls of others must not hold them up.
SENDERS = {Lane.EMERGENCY: 8, Lane.NORMAL: 4}
LOOK_AGAIN_S = 0.5
TICK_S = 0.5
KF_EVERY_S = 60.0
ERRANDS_EVERY_S = 2.0
CLOCK_CHECK_EVERY = timedelta(minutes=4)
STALE_S = 15.0


class Pump:
    """A thread that does ``work`` when poked, and every ``every`` seconds at the latest; it never dies of an error."""

    def __init__(self, name: str, work: Callable[[], None], every: float) -> None:
        self.name = name
        self.alive_at = time.monotonic()
        self._work = work
        self._every = every
        self._poked = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
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

    def stale(self, limit: float = STALE_S) -> bool:
        """True if nothing was heard of the thread for longer than its period and ``limit``."""
        return time.monotonic() - self.alive_at > self._every + limit

    def _run(self) -> None:
        while not self._stop.is_set():
            self.alive_at = time.monotonic()
            self._poked.clear()
            try:
                self._work()
            except store.Unavailable:
                _log.error("the database cannot be used", pump=self.name)
            except Exception as error:
                _log.exception("a pump failed", pump=self.name, error=type(error).__name__)
            self._poked.wait(self._every)


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
    """APScheduler as nothing but an alarm clock: it holds no business state, and a missed tick loses nothing."""

    def __init__(self, house: House) -> None:
        self._desk = house.desk
        self.alive_at = time.monotonic()
        self._scheduler = self._new()

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)

    def stale(self) -> bool:
        return time.monotonic() - self.alive_at > STALE_S

    def revive(self) -> None:
        """Start a new scheduler where the old one has gone silent."""
        _log.error("the ticker was silent and is started again")
        self.alive_at = time.monotonic()
        try:
            self._scheduler.shutdown(wait=False)
        finally:
            self._scheduler = self._new()
            self._scheduler.start()

    def _new(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=UTC)
        scheduler.add_job(
            self._tick, "interval", seconds=TICK_S, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        return scheduler

    def _tick(self) -> None:
        self.alive_at = time.monotonic()
        try:
            timers.run_due(self._desk)
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
        self.pump = Pump("kf", self._pull, KF_EVERY_S)

    def ring(self, token: str) -> None:
        """The doorbell: ``token`` is good for ten minutes and lifts a limit."""
        self._token = token
        self.pump.poke()

    def _pull(self) -> None:
        settings = self._house.settings
        if settings.kf is None:
            return
        token, self._token = self._token, ""
        kf.pull(self._house.desk, self._house.kf, settings.kf.open_kfid, token)


class Errands:
    """Files to fetch, names to ask for, and a look at the platform's clock."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._clock_checked: datetime | None = None
        self.pump = Pump("errands", self._run, ERRANDS_EVERY_S)

    def _run(self) -> None:
        house = self._house
        while errands.fetch_one(house.desk, house.app, house.kf) or errands.name_one(house.desk, house.app, house.kf):
            self.pump.alive_at = time.monotonic()
        now = house.desk.clock()
        if self._clock_checked is None or now - self._clock_checked >= CLOCK_CHECK_EVERY:
            self._clock_checked = now
            errands.look_at_clock(house.desk, house.app)
