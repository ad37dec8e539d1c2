"""When a place is good enough to send somebody."""

import re

from bot.core.kinds import Category
from bot.core.reading import Place

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


def wants_room(place: Place, category: Category) -> bool:
    """True if the building is known but the door is not, for a fault that is behind a door."""
    return bool(place.building) and not (place.room or place.area) and category in INSIDE


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
