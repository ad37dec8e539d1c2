"""When a place is good enough to send somebody."""

import re
from enum import StrEnum

from bot.core.kinds import Category
from bot.core.orders import Order
from bot.core.reading import Place
from bot.core.register import NO_REGISTER, Register

_ONLY_FLOOR = re.compile(r"^-?\d+楼$")
_UNIT_AND_ROOM = re.compile(r"^\s*\d{1,2}\s*[-－—]\s*\d{3,4}\s*[室号]?\s*$")
# These stand inside a flat more often than not: with the building alone nobody finds them.
INSIDE = frozenset(
    {
        Category.LEAK,
        Category.DRAINAGE,
        Category.PLUMBING_FIXTURE,
        Category.DOORS_WINDOWS,
        Category.FURNITURE_APPLIANCE,
        Category.ELECTRICAL,
        Category.HVAC,
    }
)


def findable(place: Place) -> bool:
    """True if somebody can be sent: a building, or a public place that is more than a floor."""
    if place.building:
        return True
    return bool(place.area) and not _ONLY_FLOOR.match(place.area or "")


def is_at(order: Order, device: str, there: Place) -> bool:
    """True if whoever stands before a device ("" for none) or at a place is where the order is.

    By the device where both name one; else by building, unit and room as far as both say; a public place without a
    building by its name.
    """
    if order.device and device:
        return order.device == device
    place = order.place
    if not there.building:
        return bool(there.area) and there.area == place.area
    both = ((place.unit, there.unit), (place.room, there.room))
    return place.building == there.building and all(one is None or other in (None, one) for one, other in both)


def wants_room(place: Place, category: Category) -> bool:
    """True if the building is known but the door is not, for a fault that is behind a door."""
    return bool(place.building) and not (place.room or place.area) and category in INSIDE


class Gap(StrEnum):
    """What is missing of a place, and has to be asked for."""

    PLACE = "place"  # nobody can be sent
    ROOM = "room"  # the building is known, the door is not
    WHICH = "which"  # several rooms of the register fit
    UNKNOWN = "unknown"  # there is no such building or room


def sendable(place: Place, register: Register = NO_REGISTER) -> bool:
    """True if somebody can be sent: findable, and no building that does not exist."""
    return findable(place) and (not place.building or register.has_building(place.building))


def gap_of(place: Place, category: Category, register: Register = NO_REGISTER) -> Gap | None:
    """What has to be asked about the place of a fault of this kind; None: nothing."""
    if not findable(place):
        return Gap.PLACE
    if not register.knows(place):
        return Gap.UNKNOWN
    if register.check(place)[1]:
        return Gap.WHICH
    return Gap.ROOM if wants_room(place, category) else None


def door_in(known: Place, told: Place, text: str) -> Place:
    """2-1502 in answer to "which unit, which room" of a known building is a unit and a room of that building."""
    if known.building and told.building and told.room and not told.unit and _UNIT_AND_ROOM.match(text):
        return Place(known.building, told.building, told.room, told.area)
    return told


def completed(place: Place, last: Place) -> Place:
    """A room or floor without a building is the one at the address used last, if that is the same room."""
    if place.building or not last.building:
        return place
    if place.room and place.room == last.room:
        return Place(last.building, place.unit or last.unit, place.room, place.area)
    return place
