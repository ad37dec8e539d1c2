"""The list of equipment, and which piece of it a report names: none where that is not certain."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.core.kinds import Category
from bot.core.reading import Place

LIFTS = frozenset({Category.ELEVATOR_ENTRAPMENT, Category.ELEVATOR_FAULT})
_LIFT = "梯"
_NO_LIFT = "楼梯"
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_./#-]*")
_DIGITS_OF_A_CODE = 6  # fewer are a room
_LETTERS_OF_A_CODE = 3  # A1 is a building
_HOUSE = re.compile(r"^(?:[0-9A-Za-z]+(?:栋|幢|座|号楼|#楼?))?(?:[0-9A-Za-z一二三四五六七八九十]+单元)?")
_UNIT = re.compile(r"([0-9A-Za-z]+|[一二三四五六七八九十])单元")
_NUMBER = re.compile(r"^(\d+)[号#]|(\d+)[号#]?$")
_NUMERALS = {numeral: str(n) for n, numeral in enumerate("一二三四五六七八九十", start=1)}


@dataclass(frozen=True, slots=True)
class Machine:
    """One piece of equipment; ``building`` is "" where it serves the estate."""

    code: str
    name: str
    kind: str = ""
    building: str = ""
    place: str = ""

    @property
    def is_lift(self) -> bool:
        """True for what goes up and down with people."""
        return _LIFT in f"{self.kind}{self.name}".replace(_NO_LIFT, "")

    @property
    def unit(self) -> str | None:
        """The unit it stands in, where name or place say so."""
        found = _UNIT.search(_plain(f"{self.name} {self.place}"))
        return _NUMERALS.get(found[1], found[1]) if found else None

    @property
    def where(self) -> Place:
        """Where it stands, its own name at the end, so that words about the place are about this piece."""
        there, name = (_HOUSE.sub("", _plain(words)) for words in (self.place, self.name))
        return Place(self.building or None, self.unit, None, there + name)


class Machines:
    """All equipment there is. A value: it never changes."""

    def __init__(self, machines: Iterable[Machine] = ()) -> None:
        self._known = [_Known.of(machine) for machine in machines]
        self._of_code = {_plain(known.machine.code): known for known in self._known}
        self._in: dict[str, list[_Known]] = defaultdict(list)
        for known in self._known:
            self._in[known.machine.building].append(known)

    def __bool__(self) -> bool:
        return bool(self._known)

    def get(self, code: str) -> Machine | None:
        """The piece of that code."""
        known = self._of_code.get(_plain(code))
        return known.machine if known else None

    def coded(self, words: str) -> Machine | None:
        """The one piece whose code stands in the words; None for none, and for several."""
        found = self._coded(_plain(words)) if self._known else []
        return found[0].machine if len(found) == 1 else None

    def named(self, words: str, place: Place, category: Category) -> Machine | None:
        """The one piece that a report of the category names, by its code, by its name in that building, or as the only
        lift of building and unit. None for none, and for several."""
        if not self._known:
            return None
        text = _plain(f"{words}\n{place.area or ''}")
        coded = self._coded(text)
        if coded:
            return coded[0].machine if len(coded) == 1 else None
        # A lift is named by who speaks of a lift, and nothing else is.
        about_lifts = category in LIFTS
        there = [k for k in self._near(place) if k.is_lift is about_lifts]
        levels: list[Callable[[_Known], Sequence[str]]] = [lambda k: k.full]
        # In a flat 门禁 is the one inside it; of a lift everybody means the one outside.
        if about_lifts or not place.room:
            levels += [lambda k: k.short, lambda k: k.bare]
        for names in levels:
            found = _said(text, there, names)
            if found:
                return found[0].machine if len(found) == 1 else None
        lifts = [k for k in there if about_lifts and k.machine.building]
        return lifts[0].machine if len(lifts) == 1 else None

    def _coded(self, text: str) -> list["_Known"]:
        return list({k.machine.code: k for c in _codes(text) if (k := self._of_code.get(c))}.values())

    def _near(self, place: Place) -> list["_Known"]:
        """What stands in the building and, where one is told, in the unit; outside of buildings what has none."""
        if not place.building:
            return self._in.get("", [])
        return [
            k
            for k in (*self._in.get(place.building, ()), *self._in.get("", ()))
            if not (k.unit and place.unit and k.unit != place.unit)
        ]


NO_MACHINES = Machines()


@dataclass(frozen=True, slots=True)
class _Known:
    """A machine with the names it may be called by: in full, without its house, without its number."""

    machine: Machine
    is_lift: bool
    unit: str | None
    full: tuple[str, ...]
    short: tuple[str, ...]
    bare: tuple[str, ...]

    @staticmethod
    def of(machine: Machine) -> "_Known":
        name = _plain(machine.name)
        short = _HOUSE.sub("", name)
        number = _NUMBER.search(short)
        shorts = [short]
        if number and machine.is_lift:
            n = number[1] or number[2]
            shorts += [f"{n}号电梯", f"{n}号梯"]
        # A code that is no row of letters and digits is a name like others.
        code = _plain(machine.code)
        full = [name] if _CODE.fullmatch(code) else [name, code]
        return _Known(
            machine, machine.is_lift, machine.unit, _usable(full), _usable(shorts), _usable([_NUMBER.sub("", short)])
        )


def _said(text: str, there: Sequence[_Known], names: Callable[[_Known], Sequence[str]]) -> list[_Known]:
    """Those whose name the text says; a name that is part of another one said as well does not count."""
    said: dict[str, list[_Known]] = {}
    for known in there:
        for name in names(known):
            if _stands_in(name, text):
                said.setdefault(name, []).append(known)
    longest = [name for name in said if not any(name != other and name in other for other in said)]
    return list({k.machine.code: k for name in longest for k in said[name]}.values())


def _stands_in(name: str, text: str) -> bool:
    """True if the text has the name, and not in the midst of a longer number."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        before = name[0].isdigit() and at > 0 and text[at - 1].isdigit()
        after = name[-1].isdigit() and end < len(text) and text[end].isdigit()
        if not before and not after:
            return True
        at = text.find(name, at + 1)
    return False


def _usable(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if len(name) > 1)


def _codes(text: str) -> Iterable[str]:
    """What may be a code: with a letter, or too long for a room."""
    for match in _CODE.finditer(text):
        code = match[0].rstrip("_./#-")
        letters = not code.isdecimal() and any(c.isalpha() for c in code)
        if len(code) >= (_LETTERS_OF_A_CODE if letters else _DIGITS_OF_A_CODE):
            yield code


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
