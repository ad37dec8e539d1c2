"""The emergency handbook (应急处置手册): its steps as data, and how far one run of it has come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.kinds import Category, Role

_ROLES = {"engineer": Role.ENGINEER, "service": Role.SERVICE, "manager": Role.SUPERVISOR}


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step. ``number`` from 1 is what people type; ``call`` names a number of the configuration; ``mark`` is
    the moment that the report shows by itself."""

    number: int
    role: Role
    words: str
    call: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done in one kind of emergency, and where that was taken from."""

    category: Category
    title: str
    sources: str
    steps: tuple[PlanStep, ...]

    def step(self, number: int) -> PlanStep | None:
        """Step ``number``, from 1."""
        return self.steps[number - 1] if 1 <= number <= len(self.steps) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One emergency, or one drill (演练), done by the handbook. ``token`` is the address of its report."""

    id: int
    category: Category
    drill: bool
    place: str
    order_no: int | None
    people: Mapping[str, Role]
    token: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None = None
    note: str = ""

    def duties(self, role: Role) -> frozenset[Role]:
        """Whose steps somebody of the role has: his own, and for who leads also those that nobody is there for."""
        if role is not Role.SUPERVISOR:
            return frozenset({role})
        return frozenset({role, *(set(_ROLES.values()) - set(self.people.values()))})


@dataclass(frozen=True, slots=True)
class Tick:
    """A step that was done: which, when, by whom, and a word about it."""

    step: int
    at: datetime
    by: str
    note: str = ""


def plans(data: Mapping[str, Any]) -> dict[Category, Plan]:
    """The handbook from its file. Raises ValueError where it names a role or a kind that does not exist."""
    found = {}
    for code, raw in data.items():
        category = Category(code)
        steps = tuple(_step(number, one) for number, one in enumerate(raw["steps"], start=1))
        found[category] = Plan(category, raw["title"], raw["sources"], steps)
    return found


def open_steps(plan: Plan, ticks: Sequence[Tick], roles: Collection[Role] = tuple(_ROLES.values())) -> list[PlanStep]:
    """What is still to be done, of everybody or of some roles."""
    done = {tick.step for tick in ticks}
    return [s for s in plan.steps if s.number not in done and s.role in roles]


def marks(plan: Plan, ticks: Sequence[Tick]) -> list[tuple[str, datetime]]:
    """The moments that the report shows by themselves, in the order in which they came."""
    named = [(step.mark, tick.at) for tick in ticks if (step := plan.step(tick.step)) and step.mark]
    return sorted(named, key=lambda pair: pair[1])


def _step(number: int, raw: Mapping[str, str]) -> PlanStep:
    if raw["role"] not in _ROLES:
        raise ValueError(f"step {number}: no role {raw['role']}")
    return PlanStep(number, _ROLES[raw["role"]], raw["words"], raw.get("call", ""), raw.get("mark", ""))
