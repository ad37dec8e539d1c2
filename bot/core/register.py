"""The register of buildings and rooms of the estate, against which told places are checked."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from bot.core.reading import Place

# More rooms than this are no question that can be tapped.
MOST_CANDIDATES = 5


class Register:
    """All rooms, and the names that people use for buildings and public places. A value: it never changes.

    ``aliases`` are other names, each with the place it means (望江阁 → building 5, 老楼 → area 老楼).
    """

    def __init__(self, rooms: Iterable[Place] = (), aliases: Mapping[str, Place] | None = None) -> None:
        self.rooms = tuple(dict.fromkeys(rooms))
        self.aliases = dict(aliases or {})
        names = sorted((name for name in self.aliases if name), key=len, reverse=True)
        self.alias_pattern = re.compile("|".join(map(re.escape, names)), re.IGNORECASE) if names else None
        self._buildings = {room.building for room in self.rooms}
        self._with_rooms = {room.building for room in self.rooms if room.room}
        self._by_room: dict[str | None, list[Place]] = defaultdict(list)
        for room in self.rooms:
            self._by_room[room.room].append(room)

    def __bool__(self) -> bool:
        return bool(self.rooms or self.aliases)

    def check(self, told: Place) -> tuple[Place, tuple[Place, ...]]:
        """Return the place to use, and the rooms that may be meant where that is not certain.

        One room that agrees with all that was told is used, its unit included. Several or none: the place stays as it
        was told, and the likeliest rooms are candidates. Without rooms, or with a building alone, nothing is checked.
        """
        if not self.rooms or not told.room or self._is_bare(told.building):
            return told, ()
        same_number = self._by_room.get(told.room, [])
        agreeing = [room for room in same_number if _agree(told, room)]
        if len(agreeing) == 1:
            only = agreeing[0]
            return Place(only.building, only.unit, only.room, told.area), ()
        likely = agreeing or self._near(told, same_number)
        return told, tuple(likely[:MOST_CANDIDATES])

    def spelled_out(self, text: str) -> str:
        """The text with each other name of a building in the usual form: 望江阁1502 is 5栋1502."""
        if self.alias_pattern is None:
            return text
        return self.alias_pattern.sub(lambda match: self._usual(match[0]), text)

    def _usual(self, name: str) -> str:
        place = self.aliases[name.lower()]
        if place.area or not place.building:
            return name
        return f"{place.building}{'栋' if place.building[0].isdigit() else '座'}"

    def area_in(self, text: str) -> Place | None:
        """The public place that the text names, by any of its names; None for none, and for several."""
        if self.alias_pattern is None:
            return None
        named = {self.aliases[match[0].lower()] for match in self.alias_pattern.finditer(text)}
        areas = {place for place in named if place.area}
        return areas.pop() if len(areas) == 1 else None

    def has_building(self, name: str | None) -> bool:
        """True if there is such a building, or no building is registered at all."""
        return not self.rooms or name in self._buildings

    def knows(self, told: Place) -> bool:
        """False where there is no such building or room; what the register cannot say is taken as told."""
        if not self.rooms or (told.building and not self.has_building(told.building)):
            return not self.rooms
        if not told.room or self._is_bare(told.building):
            return True
        return any(_agree(told, room) for room in self._by_room.get(told.room, []))

    def _is_bare(self, building: str | None) -> bool:
        # A building that is registered by its name alone says nothing of its rooms.
        return building in self._buildings and building not in self._with_rooms

    def _near(self, told: Place, same_number: list[Place]) -> list[Place]:
        # 2-1502 said to a question for the door is unit 2: the number before the room may be the unit.
        as_unit = [room for room in same_number if told.building and not told.unit and room.unit == told.building]
        in_building = [room for room in same_number if room.building == told.building]
        swapped = [
            room for room in same_number if told.unit and (room.building, room.unit) == (told.unit, told.building)
        ]
        return list(dict.fromkeys([*in_building, *as_unit, *swapped]))


NO_REGISTER = Register()


def _agree(told: Place, room: Place) -> bool:
    return told.building in (None, room.building) and told.unit in (None, room.unit)
