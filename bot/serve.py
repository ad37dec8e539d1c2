"""Everything in one process: web server, timers, senders, and a clean end."""

import gc
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial

import structlog
from flask import Flask

from bot import inbox, kf, logs, metrics, reach, store, timers
from bot.alarms import Alarms, Refusals
from bot.build import House, build, notice_html
from bot.clock import Clock, SteadyClock
from bot.core.letters import Lane
from bot.core.messages import Incoming
from bot.feed import duty_feed
from bot.handlers import restored
from bot.nlp import load_reader
from bot.pumps import Errands, KfPuller, Pump, Senders, Ticker, Watchdog, auditor_pump
from bot.reading_apart import ReaderApart, can_be_apart
from bot.run_report import run_page, run_table
from bot.settings import Settings
from bot.store.migrate import SchemaError, objection
from bot.timekeeper import Timekeeper
from bot.together import Presence, Role, Words
from bot.watch import Auditor
from bot.web import WebParts, create_app
from bot.web.callback import Unavailable
from bot.web.server import WebServer

_log = structlog.get_logger("serve")
_CALLS_END_WITHIN_S = 8.0  # a call lasts at most 7 s


def serve(settings: Settings, role: Role = Role.ALL) -> None:
    """Run until SIGTERM or SIGINT; what is under way is finished, and the process ends within ten seconds."""
    logs.set_up(secrets=_secrets(settings))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(settings, SteadyClock(), stop, role=role, reads_apart=role is not Role.WORKER)


def run(
    settings: Settings,
    clock: Clock,
    stop: threading.Event,
    on_listening: Callable[[int], None] = lambda port: None,
    role: Role = Role.ALL,
    reads_apart: bool = False,
) -> None:
    """Serve on an up-to-date database until ``stop`` is set; ``on_listening`` hears the port.

    ``reads_apart``: messages are read by a process of its own where there is a processor for it
    (`bot.reading_apart`); not to be asked of a process that has threads already.
    """
    house = build(settings, clock)
    settle_memory()
    with reading_apart(house) if reads_apart else nullcontext():
        try:
            Service(house, role).run(stop, on_listening)
        finally:
            house.close()


@contextmanager
def reading_apart(house: House) -> Iterator[None]:
    """Let a process of its own read for this house, where that is of use."""
    reader = None
    try:
        if can_be_apart():
            reader = ReaderApart(load_reader(house.settings.rules.extra))
    except OSError as error:  # no room for one more process
        _log.warning("reading stays in the main process", error=type(error).__name__)
    if reader is None:
        yield
        return
    house.desk.reader = reader
    try:
        yield
    finally:
        reader.close()


def settle_memory() -> None:
    """What was loaded stays loaded: each full pass of the collector over rules and dictionaries would cost as much as
    dozens of messages, and find nothing."""
    gc.freeze()
    gc.enable()


class Service:
    """One running process."""

    def __init__(self, house: House, role: Role = Role.ALL) -> None:
        self._house = house
        self._role = role
        self._works = role is not Role.WEB
        self._presence = Presence(house.desk, role)
        self._words = Words(house.desk, self._presence, role)
        self._senders = Senders(house)
        self._ticker = Ticker(house)
        self._puller = KfPuller(house)
        self._errands = Errands(house)
        alarms = Alarms(house.desk, house.app)
        self._auditor = auditor_pump(Auditor(house.desk, house.app, alarms))
        self._pumps = [self._presence.pump, self._words.pump]
        clock = house.desk.clock
        # Another clock is handed in by the demo and by tests, and is right as it is.
        self._timekeeper = Timekeeper(house.desk, house.app, clock, alarms) if isinstance(clock, SteadyClock) else None
        parts: list[Pump | Ticker] = [*self._pumps]
        if self._works:
            self._pumps += [*self._senders.pumps.values(), self._puller.pump, self._errands.pump, self._auditor]
            parts = [*self._pumps, self._ticker]
        if self._timekeeper:
            parts.append(self._timekeeper.pump)
        self._refusals = Refusals(alarms)
        self._watchdog = Watchdog(parts, alarms)
        house.desk.nudge = self._written

    def run(self, stop: threading.Event, on_listening: Callable[[int], None]) -> None:
        """Serve until ``stop`` is set."""
        house = self._house
        settings = house.settings
        if objects := objection(house.desk.db):
            raise SchemaError(objects)
        server = WebServer(self.app(), settings.server.host, settings.server.port, settings.server.threads)
        if self._timekeeper:
            self._timekeeper.start()  # before anything is rung, leased or written; what comes in meanwhile waits
        self._presence.look()
        if self._works:
            self._arm()
        for pump in self._pumps:
            pump.start()
        if self._works:
            self._ticker.start()
            self._words.listen(self._heard)
        _log.info("serving", role=self._role.value, host=settings.server.host, port=server.port)
        on_listening(server.port)
        try:
            server.run(stop, self._watchdog.look)
        finally:
            self._end(server)

    def app(self) -> Flask:
        """The WSGI application."""
        house = self._house
        return create_app(
            WebParts(
                app_crypto=house.app_crypto,
                kf_crypto=house.kf_crypto,
                corp_id=house.settings.wecom.corp_id,
                agent_id=house.settings.wecom.agent_id,
                receive=self.receive,
                now=house.desk.clock,
                clock_offset=house.app.clock_offset,
                ready=self.not_ready,
                metrics=metrics.render,
                notice_html=notice_html(),
                run_page=partial(run_page, house.desk),
                run_table=partial(run_table, house.desk),
                duty_feed=partial(duty_feed, house.desk),
            )
        )

    def receive(self, incoming: Incoming) -> None:
        """One callback: stored and handled when this returns."""
        if self._role is Role.WORKER:
            raise Unavailable  # brought here by mistake: the platform tries again, elsewhere if the proxy is right
        try:
            inbox.receive(self._house.desk, incoming)
        except store.Unavailable as error:
            self._refusals.refused()
            raise Unavailable from error
        self._refusals.taken()
        if kf.is_doorbell(incoming):
            if self._works:
                self._puller.ring(str(incoming.fields.get("Token", "")))
            else:
                self._words.say(store.wakes.BELL)

    def _written(self, lanes: frozenset[Lane]) -> None:
        """Letters were committed here."""
        if self._works:
            self._senders.poke(lanes)
        self._words.say(store.wakes.LETTERS)

    def _heard(self, word: str) -> None:
        """Another process has something to do for whoever is free."""
        if word == store.wakes.LETTERS:
            self._senders.poke(frozenset(Lane))
        elif self._role is Role.WORKER:
            self._puller.look()

    def _arm(self) -> None:
        while True:
            try:
                with self._house.desk.turn() as turn:
                    timers.arm(turn)
                    reach.arm(turn)
                    restored.announce(turn)
                return
            except store.Collided:
                continue  # another process starts at the same moment

    def not_ready(self) -> list[str]:
        """What keeps this process from doing its work, one line each; empty if nothing does."""
        reasons = []
        try:
            if objects := objection(self._house.desk.db):
                reasons.append(objects)
        except Exception as error:
            reasons.append(f"the database does not answer ({type(error).__name__})")
        return reasons + [f"{name} is silent" for name in self._watchdog.silent()]

    def _end(self, server: WebServer) -> None:
        """Begin nothing new, and let calls and answers end side by side."""
        started = time.monotonic()
        if self._works:
            self._ticker.stop()
        self._senders.stop()
        self._words.stop()
        if self._timekeeper:
            self._timekeeper.pump.stop()
        for pump in (self._puller.pump, self._errands.pump, self._auditor, self._presence.pump):
            pump.stop()
        server.drain()
        self._senders.join(started + _CALLS_END_WITHIN_S - time.monotonic())
        with suppress(store.Unavailable, store.Collided):  # the others will see that this process is gone
            self._presence.leave()
        _log.info("stopped", seconds=round(time.monotonic() - started, 2))


def _secrets(settings: Settings) -> list[str]:
    """Values that no log line may ever show."""
    kf_settings = settings.kf
    found = [settings.wecom.secret, settings.wecom.token, settings.wecom.encoding_aes_key]
    if kf_settings is not None:
        found += [s for s in (kf_settings.secret, kf_settings.token, kf_settings.encoding_aes_key) if s is not None]
    webhooks = [settings.duty.robot_webhook, settings.duty.escalation_webhook, settings.watch.heartbeat_url]
    found += [settings.privacy.pseudonym_key] if settings.privacy.pseudonym_key is not None else []
    return [s.get_secret_value() for s in found] + [w for w in webhooks if w]
