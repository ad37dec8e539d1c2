"""The front desk: everything the bot needs, and the turn in which one thing happens."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot import metrics, store
from bot.clock import Clock
from bot.core.choice import frees
from bot.core.dues import Policy, dues_of
from bot.core.duty import Roster
from bot.core.equipment import NO_MACHINES, Machines
from bot.core.kinds import Category, Priority
from bot.core.letters import Lane, Weight
from bot.core.orders import LogLine, Order
from bot.core.pace import HURRIED, Pace
from bot.core.reading import Context, Place, Reading
from bot.core.register import NO_REGISTER, Register
from bot.core.replay import noted
from bot.core.visits import Wish, wish_of
from bot.core.workdays import WorkCalendar
from bot.identity import Identity, this_process
from bot.settings import Settings
from bot.voice import Voice

T = TypeVar("T")
LISTS_STAY = timedelta(seconds=1)


class Reader(Protocol):
    """Understanding, as the rest of the house sees it."""

    def read(self, text: str, context: Context | None = None, register: Register = NO_REGISTER) -> Reading: ...

    def read_place(self, text: str) -> Place: ...

    def read_category(self, text: str) -> Category | None: ...


@dataclass(slots=True)
class Desk:
    """Everything the bot needs, chosen once in build.py. ``nudge`` is called after each commit that wrote letters."""

    db: store.Database
    clock: Clock
    settings: Settings
    policy: Policy
    reader: Reader
    nudge: Callable[[frozenset[Lane]], None] = lambda lanes: None
    pace: Pace = field(default_factory=Pace)
    register: Register = NO_REGISTER
    rules_version: str = ""
    me: Identity = field(default_factory=this_process)
    _roster: tuple[str, Roster, datetime] | None = None
    machines: Machines = NO_MACHINES
    _rooms: str = ""
    _equipment: str | None = None

    @contextmanager
    def turn(self) -> Iterator["Turn"]:
        """One thing happens: one transaction, one instant. Letters said in it leave after the commit."""
        with self.db.writing() as tx:
            turn = Turn(tx, self.clock(), self)
            yield turn
            turn.post()
        if turn.lanes:
            self.nudge(frozenset(turn.lanes))

    def do(self, act: Callable[["Turn"], T]) -> T:
        """The same for an act as a function: the quick way for what comes in by the dozen (`Database.do`)."""
        lanes: set[Lane] = set()

        def work(tx: Connection) -> T:
            turn = Turn(tx, self.clock(), self)
            result = act(turn)
            turn.post()
            lanes.update(turn.lanes)
            return result

        result = self.db.do(work)
        if lanes:
            self.nudge(frozenset(lanes))
        return result

    def understand(self, text: str, context: Context | None = None) -> Reading:
        """What a text says in this estate, with the names it has for its buildings and public places."""
        register = self.register
        if not register:
            return self.reader.read(text, context)
        reading = self.reader.read(register.spelled_out(text), context, register)
        area = register.area_in(text)
        if area is None:
            return reading
        faults = tuple(replace(fault, place=_at(area, fault.place)) for fault in reading.faults)
        return replace(reading, faults=faults, place=_at(area, reading.place))

    def roster(self, tx: Connection, now: datetime) -> Roster:
        """The people and duty lists; an import is noticed within a second."""
        if self._roster is not None and abs(now - self._roster[2]) < LISTS_STAY:
            return self._roster[1]
        version = store.roster.version(tx)
        if self._roster is not None and self._roster[0] == version:
            lists = self._roster[1]
        else:
            lists = store.roster.load(tx, now)
            self._load_register(tx)
            self._load_own_days(tx)
        self._roster = (version, lists, now)
        return lists

    def _load_register(self, tx: Connection) -> None:
        # Thousands of rooms are read again only when rooms were imported; the roster's version says that to look.
        version = store.rooms.version(tx)
        if version != self._rooms:
            self.register, self._rooms = store.rooms.load(tx), version
        # Unlike rooms, equipment may have been imported by a version that did not count.
        version = store.equipment.version(tx)
        if version != self._equipment:
            self.machines, self._equipment = store.equipment.load(tx), version

    def _load_own_days(self, tx: Connection) -> None:
        # The clocks follow the property's own holidays from the next turn on.
        working = self.policy.working
        if working is not None:
            calendar = WorkCalendar(self.settings.official_days, store.rota.own_days(tx))
            self.policy = replace(self.policy, working=replace(working, is_workday=calendar.is_workday))

    def forget_lists(self) -> None:
        """The lists are changed in this turn: the next one reads them anew."""
        self._roster = None


def _at(area: Place, told: Place) -> Place:
    """The named public place, unless the words tell of a building or flat."""
    return told if told.building or told.room else replace(area, unit=told.unit)


class Turn(Voice):
    """What a handler can see: the transaction, the instant, the lists, a voice, and the orders it may keep."""

    def __init__(self, tx: Connection, now: datetime, desk: Desk) -> None:
        super().__init__(tx, now, desk)
        self._ahead: dict[str, Reading] = {}
        self._ahead_with = NO_REGISTER
        # How much the one who is writing has written within a minute (`bot.core.pace`).
        self.hurry = 0
        # Who has got a place free in this turn, and by which order.
        self.freed: dict[str, int] = {}
        # The emergencies that began, changed their kind, or ended in this turn.
        self.emergencies: dict[int, None] = {}

    @property
    def register(self) -> Register:
        """The buildings and rooms there are."""
        return self.desk.register

    @property
    def relay(self) -> Weight:
        """What it is worth to pass on what the one who is writing says; of a storm of words, many leave as one text."""
        return Weight.MUST if self.hurry <= HURRIED else Weight.MAY

    @property
    def machines(self) -> Machines:
        """The equipment there is."""
        self.desk.roster(self.tx, self.now)  # it notices an import
        return self.desk.machines

    def use(self, ahead: dict[str, Reading], register: Register) -> None:
        """Readings made before the turn began, with the register of that moment."""
        self._ahead, self._ahead_with = ahead, register

    def read(self, text: str) -> Reading:
        """What a text says, unless it was read before the turn began, with the register that still holds."""
        known = self._ahead.get(text) if self._ahead_with is self.register else None
        return known or self.desk.understand(text)

    def read_place(self, text: str) -> Place:
        """What an answer to "where?" names, checked against the register; a device's code says where it stands."""
        if machine := self.machines.coded(text):
            return machine.where
        place = self.desk.reader.read_place(self.register.spelled_out(text))
        area = self.register.area_in(text)
        return self.register.check(_at(area, place) if area else place)[0]

    def wish(self, reading: Reading) -> Wish | None:
        """When the sender wants somebody to come."""
        return wish_of(reading.visit, self.now, self.desk.settings.community.timezone) if reading.visit else None

    def open(self, draft: Order, lines: Sequence[LogLine], why: Sequence[str] = ()) -> Order:
        """Store a new order with its history and its timers; returns it with its number."""
        order = replace(draft, no=store.orders.add(self.tx, draft, why))
        store.orders.move_load(self.tx, None, order, self.now)
        store.orders.write_log(self.tx, order.no, _noted(None, order, lines))
        self._arm(order, fresh=True)
        metrics.order_opened(order.priority.value)
        if order.priority is Priority.EMERGENCY:
            self.emergencies[order.no] = None
        return order

    def keep(self, before: Order, after: Order, *lines: LogLine) -> Order:
        """Store what an order has become, with the lines of its history; a new round replaces all its timers."""
        store.orders.save(self.tx, before, after)
        store.orders.move_load(self.tx, before, after, self.now)
        store.orders.write_log(self.tx, after.no, _noted(before, after, lines))
        if lines and (person := frees(before, after, lines[-1].what)):
            self.freed[person] = after.no
        if Priority.EMERGENCY in (before.priority, after.priority) and _nature(before) != _nature(after):
            self.emergencies[after.no] = None
        after = replace(after, version=before.version + 1)
        if after.round != before.round:
            self._arm(after, fresh=False)
        return after

    def note(self, order: Order, what: str, by: str = "", **detail: object) -> None:
        """Write a line into the history without moving the order."""
        store.orders.write_log(self.tx, order.no, [LogLine(what, self.now, by, detail)])

    def _arm(self, order: Order, *, fresh: bool) -> None:
        dues = dues_of(order, self.policy, self.now)
        urgent = order.priority is Priority.EMERGENCY
        store.timers.replace_for_order(self.tx, order.no, order.round, dues, urgent=urgent, fresh=fresh)


def _nature(order: Order) -> tuple[object, ...]:
    """What the handbook goes by."""
    return order.priority, order.category, order.doubtful, order.status.is_over, order.place


def _noted(before: Order | None, after: Order, lines: Sequence[LogLine]) -> Sequence[LogLine]:
    """The history tells what happens to the clocks, so that they can be reckoned from it alone."""
    return [*lines[:-1], noted(before, after, lines[-1])] if lines else lines
