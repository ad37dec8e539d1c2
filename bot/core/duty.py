"""Who is on duty, and who gets an order: total answers, so that an order is never nobody's."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.core.kinds import Category, Role, Skill
from bot.core.people import Person

SKILL_OF: dict[Category, Skill] = {
    Category.ELEVATOR_ENTRAPMENT: Skill.ELEVATOR,
    Category.ELEVATOR_FAULT: Skill.ELEVATOR,
    Category.LEAK: Skill.PLUMBING,
    Category.DRAINAGE: Skill.PLUMBING,
    Category.WATER_SUPPLY: Skill.PLUMBING,
    Category.PLUMBING_FIXTURE: Skill.PLUMBING,
    Category.GAS_LEAK: Skill.PLUMBING,
    Category.POWER_OUTAGE: Skill.ELECTRICAL,
    Category.ELECTRICAL: Skill.ELECTRICAL,
    Category.LIGHTING: Skill.ELECTRICAL,
    Category.FIRE: Skill.FIRE,
    Category.FIRE_EQUIPMENT: Skill.FIRE,
    Category.ACCESS_CONTROL: Skill.LOW_VOLTAGE,
    Category.NETWORK_CCTV: Skill.LOW_VOLTAGE,
    Category.HVAC: Skill.HVAC,
    Category.DOORS_WINDOWS: Skill.CIVIL,
    Category.CIVIL: Skill.CIVIL,
    Category.PUBLIC_FACILITY: Skill.CIVIL,
    Category.FURNITURE_APPLIANCE: Skill.GENERAL,
    Category.OTHER: Skill.GENERAL,
}
# Cleaning, pests, greening and everything unclear is customer service's to settle (taxonomy.md: environment).
SERVICE_CATEGORIES = frozenset({Category.ENVIRONMENT})


@dataclass(frozen=True, slots=True)
class Shift:
    """One line of the duty list: ``person`` (id) from ``start`` up to, not including, ``end``; tier 1, 2 or 3.

    ``day`` and ``code``: where the shift table has it, and as what; a plain list gives the local day it starts on.
    """

    person: str
    start: datetime
    end: datetime
    tier: int
    id: int = 0
    day: date | None = None
    code: str = ""


# Buildings are what people write, so there may be any number of them.
_LINES_AT_MOST = 2_000


@dataclass(slots=True)
class Roster:
    """The people list and the duty list, ready to be asked."""

    people: Mapping[str, Person]
    shifts: Sequence[Shift]
    _edges: list[datetime] = field(init=False)
    _by_role: dict[Role, list[Person]] = field(init=False, default_factory=dict)
    _apprentices: dict[str, list[Person]] = field(init=False, default_factory=dict)
    _known: "_Stretch | None" = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._edges = sorted({edge for s in self.shifts for edge in (s.start, s.end)})
        # A list of thousands of residents is not to be walked for each order.
        for person in self.people.values():
            self._by_role.setdefault(person.role, []).append(person)
            if person.mentor in self.people:
                self._apprentices.setdefault(person.mentor, []).append(person)

    def on_duty(self, at: datetime) -> Mapping[str, int]:
        """Person id → lowest tier, for everybody listed whose shift covers ``at``."""
        return self._stretch(at).on_duty

    def _stretch(self, at: datetime) -> "_Stretch":
        # Between two edges of the list nothing changes, so one answer serves the whole stretch. Threads that ask for
        # different moments replace each other's, and never write into it.
        number = bisect_right(self._edges, at)
        known = self._known
        if known is None or known.number != number:
            on_duty: dict[str, int] = {}
            for s in self.shifts:
                if s.start <= at < s.end and s.person in self.people:
                    on_duty[s.person] = min(s.tier, on_duty.get(s.person, s.tier))
            known = self._known = _Stretch(number, on_duty)
        return known

    def line(self, skill: Skill, building: str | None, at: datetime) -> list["Candidate"]:
        """Who may be given work of the trade in the building, as `engineers_for` says; the same for a whole stretch."""
        stretch = self._stretch(at)
        known = stretch.lines.get((skill, building))
        if known is None:
            known = _line(self, skill, building, stretch.on_duty)
            if len(stretch.lines) < _LINES_AT_MOST:
                stretch.lines[skill, building] = known
        return known

    def apprentices_of(self, mentor: str | None) -> Sequence[Person]:
        """Who goes with the mentor to whatever he has."""
        return self._apprentices.get(mentor, ()) if mentor else ()

    def left_alone(self, at: datetime) -> list[Person]:
        """The apprentices on duty whose mentor is not."""
        on_duty = self.on_duty(at)
        found = [p for those in self._apprentices.values() for p in those]
        return [p for p in found if p.id in on_duty and p.mentor not in on_duty and not p.firm]

    def takes_orders(self, person: Person) -> bool:
        """False for whoever is given nothing by himself: apprentices, and people of outside firms.

        Of apprentices `_line` makes one exception: who is alone on shift.
        """
        return not person.firm and person.mentor not in self.people

    def of_role(self, *roles: Role) -> list[Person]:
        """Everybody with one of the roles, role after role, each in the order of the list."""
        return [person for role in roles for person in self._by_role.get(role, ())]

    def named(self, name: str) -> list[Person]:
        """Staff of that name or userid."""
        wanted = name.strip().casefold()
        staff = [p for p in self.people.values() if p.is_staff]
        return [p for p in staff if wanted in (p.id, p.name.casefold())] or [
            p for p in staff if len(wanted) >= 1 and p.name.casefold().startswith(wanted.removesuffix("师傅"))
        ]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """From one edge of the duty list to the next: who is on duty, and the lines of candidates made of it so far."""

    number: int
    on_duty: dict[str, int]
    lines: dict[tuple[Skill, str | None], list["Candidate"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be given an order, and on what ground (tier1, tier2, supervisor, manager, last_resort).

    ``why``: the figures that decided, once somebody was chosen (`bot.core.choice`).
    """

    person: Person
    ground: str
    why: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def on_duty(self) -> bool:
        """True for whoever has it by a shift, not because nobody else is there."""
        return self.ground.startswith("tier")


def fits(person: Person, skill: Skill, building: str | None) -> int | None:
    """0 for a man of the trade, 1 for a generalist, None where trade or building rule the person out."""
    if building and person.buildings and building not in person.buildings:
        return None
    if skill in person.skills:
        return 0
    if not person.skills or Skill.GENERAL in person.skills:
        return 1
    return None


def engineers_for(
    roster: Roster, at: datetime, category: Category, building: str | None, exclude: Collection[str] = ()
) -> list[Candidate]:
    """Who may be given an order of the category, best ground first; within a ground still unsorted by load.

    On duty with the trade (or a generalist) in tier 1, then tier 2, then tier 3; then supervisors and managers on
    duty, then any supervisor, manager, admin. Empty only where the people list has none of these.
    """
    line = roster.line(SKILL_OF.get(category, Skill.GENERAL), building, at)
    return [c for c in line if c.person.id not in exclude] if exclude else line


def _line(roster: Roster, skill: Skill, building: str | None, on_duty: Mapping[str, int]) -> list[Candidate]:
    there = [(roster.people[pid], tier) for pid, tier in on_duty.items()]
    engineers = [(p, tier) for p, tier in there if p.role is Role.ENGINEER and not p.firm]
    found = _crews([(p, tier) for p, tier in engineers if roster.takes_orders(p)], skill, building)
    if not found:
        # No journeyman is there for it: better an apprentice without his mentor than nobody; the supervisor hears.
        found = _crews([(p, tier) for p, tier in engineers if p.mentor not in on_duty], skill, building)
    return found + _leads(roster, on_duty)


def _crews(people: Sequence[tuple[Person, int]], skill: Skill, building: str | None) -> list[Candidate]:
    crews: dict[int, list[tuple[int, Candidate]]] = {1: [], 2: [], 3: []}
    for person, tier in people:
        fit = fits(person, skill, building)
        if fit is not None and tier in crews:
            crews[tier].append((fit, Candidate(person, f"tier{tier}")))
    return [c for crew in crews.values() for _, c in sorted(crew, key=lambda one: one[0])]


def leads_for(roster: Roster, at: datetime, exclude: Collection[str] = ()) -> list[Candidate]:
    """Supervisors before managers before admins; those on duty before the others."""
    return [c for c in _leads(roster, roster.on_duty(at)) if c.person.id not in exclude]


def _leads(roster: Roster, on_duty: Mapping[str, int]) -> list[Candidate]:
    found = []
    for role, ground in ((Role.SUPERVISOR, "supervisor"), (Role.MANAGER, "manager"), (Role.ADMIN, "last_resort")):
        those = sorted(roster.of_role(role), key=lambda p: on_duty.get(p.id, 9))
        found += [Candidate(p, ground) for p in those]
    return found


def service_for(roster: Roster, at: datetime, exclude: Collection[str] = ()) -> list[Candidate]:
    """Who settles what is unsure: customer service on duty, else the supervisor, the manager."""
    on_duty = roster.on_duty(at)
    desk = [p for p in roster.of_role(Role.SERVICE) if p.id in on_duty and p.id not in exclude]
    return [Candidate(p, f"tier{on_duty[p.id]}") for p in sorted(desk, key=lambda p: on_duty[p.id])] + leads_for(
        roster, at, exclude
    )
