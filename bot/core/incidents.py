"""One outage, one event (事件): which reports speak of the same one, and which order leads it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.kinds import Category, Priority
from bot.core.orders import Order, Status
from bot.core.reading import Place


class System(StrEnum):
    """What a whole house shares, so that many report one failure of it."""

    POWER = "power"
    WATER = "water"
    LIFT = "lift"
    GAS = "gas"
    NETWORK = "network"
    HEATING = "heating"
    DRAINAGE = "drainage"
    ACCESS = "access"
    LIGHTING = "lighting"
    OTHER = "other"  # joined by hand alone


SYSTEM_OF: dict[Category, System] = {
    Category.POWER_OUTAGE: System.POWER,
    Category.WATER_SUPPLY: System.WATER,
    Category.ELEVATOR_FAULT: System.LIFT,
    Category.ELEVATOR_ENTRAPMENT: System.LIFT,
    Category.GAS_LEAK: System.GAS,
    Category.NETWORK_CCTV: System.NETWORK,
    Category.HVAC: System.HEATING,
    Category.DRAINAGE: System.DRAINAGE,
    Category.ACCESS_CONTROL: System.ACCESS,
    Category.LIGHTING: System.LIGHTING,
}
# These a property may let join by rule: one house has one of them, or one in each unit.
RULED = (System.POWER, System.WATER, System.LIFT)
# Each unit has a lift of its own: the same building is not the same lift.
OF_A_UNIT = frozenset({System.LIFT})
# A proposal comes with the second report, and again when it has grown much.
PROPOSED_AT = frozenset({2, 5, 10, 20, 50, 100, 200, 500})


class Standing(StrEnum):
    """How an event stands."""

    PROPOSED = "proposed"  # customer service was asked
    OPEN = "open"  # one team works, the others wait on it
    OVER = "over"  # the leading order is finished
    APART = "apart"  # a person said that these are different faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One event. ``unit``: where all its reports name the same one. ``lead``: number of the order that is worked on.
    ``eta``: when it is expected to be over. ``done``: what was done, once it is over."""

    id: int
    system: System
    building: str
    unit: str | None
    standing: Standing
    lead: int | None
    opened_at: datetime
    eta: datetime | None = None
    over_at: datetime | None = None
    done: str = ""


def same_outage(system: System, one: Place, other: Place) -> bool:
    """True if two reports of the system may be one outage: the same building, for a lift no different unit."""
    if not one.building or one.building != other.building:
        return False
    return system not in OF_A_UNIT or not (one.unit and other.unit and one.unit != other.unit)


def takes_in(event: Incident, order: Order) -> bool:
    """True if a report goes into an event that is open without anybody being asked.

    Danger to life never does: it is paged as always until a person has joined it.
    """
    if order.priority is Priority.EMERGENCY or event.standing is not Standing.OPEN:
        return False
    return order.place.building == event.building and event.unit in (None, order.place.unit)


def joins_by_rule(system: System, rules: Collection[str], order: Order, others: Iterable[Order]) -> bool:
    """True if the property lets this report and those before it become an event by rule."""
    if system not in rules or order.priority is Priority.EMERGENCY:
        return False
    return all(
        o.priority is not Priority.EMERGENCY
        and same_outage(system, o.place, order.place)
        and (system not in OF_A_UNIT or o.place.unit == order.place.unit)
        for o in others
    )


def lead_among(orders: Iterable[Order]) -> Order:
    """The order that leads: one that is worked on before the others, then the most pressing, then the eldest."""
    return min(orders, key=lambda o: (o.accepted_at is None, o.priority.rank, o.no))


def gravest(orders: Iterable[Order]) -> Order:
    """The order that says how bad it is."""
    return min(orders, key=lambda o: (o.priority.rank, o.no))


def unit_of(places: Iterable[Place]) -> str | None:
    """The unit that all name; None where it is the whole building, or not known."""
    units = {place.unit for place in places}
    return units.pop() if len(units) == 1 else None


def can_lead(order: Order) -> bool:
    """True while an order can be worked on for the others."""
    return not order.status.is_over and order.status not in (
        Status.FINISHED, Status.FOLLOWING, Status.ASKING, Status.UNSURE,
    )  # fmt: skip
