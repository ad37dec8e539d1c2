"""When a further message belongs to an order that is already open, instead of opening another."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.core.kinds import Category, Priority
from bot.core.orders import Order, Status
from bot.core.reading import Place

# The same fault told again hours later by the same person, at no other place, is the same fault still waiting.
SAME_FAULT_STAYS = timedelta(hours=24)
# A resident often presses twice while the lift door is stuck; two residents see the same lift.
TWIN_WITHIN = timedelta(minutes=10)
LIFT = frozenset({Category.ELEVATOR_ENTRAPMENT, Category.ELEVATOR_FAULT})


def mate_of(
    orders: Iterable[Order], category: Category, place: Place, now: datetime, within: timedelta
) -> Order | None:
    """The reporter's own open order that a report of ``category`` at ``place`` joins; None: it is a new one."""
    for order in orders:
        if order.status is Status.FINISHED or order.status.is_over:
            continue
        age = now - order.opened_at
        if conflict(order.place, place):
            continue
        same = same_matter(order, category, place)
        unexplained = bool(order.media) and age <= within
        if unexplained or (
            same and (age <= within or (age <= SAME_FAULT_STAYS and _no_other_place(order.place, place)))
        ):
            return order
    return None


def same_matter(order: Order, category: Category, place: Place) -> bool:
    """True if a fault told now may be what the order is about: its kind (a lift with people in it is the lift that is
    broken), at no place that cannot be the same."""
    same = order.category is category or {order.category, category} <= LIFT
    return same and not conflict(order.place, place)


def dangers_beside(
    orders: Iterable[Order], priority: Priority, place: Place, now: datetime, within: timedelta
) -> list[Order]:
    """The reporter's own emergencies that may be one scene with a new report; [] where that is no emergency.

    ``within``: how long before they were opened at most; one at a place that cannot be the same is another scene.
    """
    if priority is not Priority.EMERGENCY:
        return []
    young = [o for o in orders if now - o.opened_at <= within and not o.status.is_over]
    urgent = [o for o in young if o.priority is Priority.EMERGENCY and o.status is not Status.FINISHED]
    return [o for o in urgent if not conflict(o.place, place)]


def latest_within(orders: Iterable[Order], now: datetime, within: timedelta) -> Order | None:
    """The newest order young enough to take a further word, picture or address."""
    young = [
        o for o in orders if now - o.opened_at <= within and not o.status.is_over and o.status is not Status.FINISHED
    ]
    return max(young, key=lambda o: o.no, default=None)


def conflict(one: Place, other: Place) -> bool:
    """True if the two cannot be the same place."""
    pairs = ((one.building, other.building), (one.unit, other.unit), (one.room, other.room))
    return any(a and b and a != b for a, b in pairs)


def merged(known: Place, told: Place) -> Place:
    """What is known of the place after being told more of it; what is told wins."""
    return Place(
        told.building or known.building,
        told.unit or known.unit,
        told.room or known.room,
        told.area or known.area,
    )


def _no_other_place(known: Place, told: Place) -> bool:
    return not told or merged(known, told) == known
