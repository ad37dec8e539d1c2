"""Who of those who may have an order gets it, and on what ground: a pure function that explains itself.

`choose` looks at the figures of the moment, and what decided goes with the choice, so that the person can be told
and the order's history keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.duty import Candidate
from bot.core.kinds import Priority, Role, Skill
from bot.core.orders import Move, Order, Status
from bot.core.people import Person

# Whoever was in a building longer ago than this is somewhere else by now.
NEAR_FOR = timedelta(hours=2)
_NEVER = datetime.min.replace(tzinfo=UTC)
_FAR = 1_000_000
_FREES = frozenset({Move.FINISH, Move.HAND_OVER, Move.TAKE_OVER, Move.DISPATCH, Move.FOLLOW, Move.CANCEL, Move.CLOSE})
# What each place of a burden says where it decides; where none does, the order of the list has.
_DECIDERS = ("trade", "open", "near", "idle")


@dataclass(frozen=True, slots=True)
class Load:
    """How busy somebody is: open orders, when he was last given one or called in (None: never), and where he served
    last."""

    open_orders: int = 0
    given_at: datetime | None = None
    building: str = ""
    served_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What somebody is wanted for. ``skill`` None: nothing of a trade (待核实)."""

    skill: Skill | None
    building: str | None
    priority: Priority
    at: datetime


def limit_of(person: Person, usual: int | None) -> int | None:
    """How many open orders the person may have at a time: his own figure, else the usual one of engineers; None: any
    number."""
    if person.open_at_most is not None:
        return person.open_at_most
    return usual if person.role is Role.ENGINEER else None


def frees(before: Order, after: Order, what: str) -> str | None:
    """Whose place gets free by what happened to an order, by a person's deed: not where he did not answer, or would
    not, as he can hardly do more then."""
    if before.holder is None or what not in _FREES or before.status is Status.FINISHED or before.status.is_over:
        return None
    gone = after.holder != before.holder or after.status is Status.FINISHED or after.status.is_over
    return before.holder if gone else None


def asks_for_loads(line: Sequence[Candidate], usual: int | None) -> bool:
    """False where the choice is plain without looking how busy anybody is."""
    if not line or not line[0].on_duty:
        return False
    return (len(line) > 1 and line[1].ground == line[0].ground) or limit_of(line[0].person, usual) is not None


def choose(
    line: Sequence[Candidate], loads: Mapping[str, Load], job: Job, usual: int | None = None
) -> Candidate | None:
    """The one to take of a line that begins with the best ground; its ``why`` holds the figures that decided.

    Within a ground: a man of the trade before a generalist, fewest open orders, who served the nearest building
    last, longest idle. Whoever has his number of open orders is passed over for the next, also of the next ground.
    Where all have theirs, what presses goes to the least busy all the same; the rest stands with whoever leads.
    """
    if not line:
        return None
    crew = _same_ground(line, 0)
    if not line[0].on_duty:
        return Candidate(line[0].person, line[0].ground, {"ground": line[0].ground})
    start, full = 0, 0
    while crew and crew[0].on_duty:
        free = [c for c in crew if _has_room(c.person, loads, usual)]
        if free:
            return _least(free, loads, job, usual, full + len(crew) - len(free))
        full += len(crew)
        start += len(crew)
        crew = _same_ground(line, start)
    if job.priority is Priority.NORMAL and crew:
        return Candidate(crew[0].person, crew[0].ground, {"ground": crew[0].ground, "full": full})
    return _least(_same_ground(line, 0), loads, job, usual, full, over=True)


def distance(one: str, other: str | None) -> int:
    """How far apart two buildings are, as far as their names tell: 3 and 5 are two apart, 3 and a villa are far."""
    if not one or not other:
        return _FAR
    if one == other:
        return 0
    if one.isdecimal() and other.isdecimal():
        return abs(int(one) - int(other))
    if len(one) == len(other) == 1 and one.isalpha() and other.isalpha():
        return abs(ord(one) - ord(other))
    return _FAR


def _same_ground(line: Sequence[Candidate], start: int) -> list[Candidate]:
    found: list[Candidate] = []
    for candidate in line[start:]:
        if found and candidate.ground != found[0].ground:
            break
        found.append(candidate)
    return found


def _has_room(person: Person, loads: Mapping[str, Load], usual: int | None) -> bool:
    most = limit_of(person, usual)
    return most is None or loads.get(person.id, _IDLE).open_orders < most


def _least(
    crew: Sequence[Candidate],
    loads: Mapping[str, Load],
    job: Job,
    usual: int | None,
    full: int,
    *,
    over: bool = False,
) -> Candidate:
    """The least burdened, with the figures: his own, and what set him before the next."""
    chosen, decided, second = crew[0], "only", None
    if len(crew) > 1:
        burdens = [_burden(c, loads, job) for c in crew]
        first = burdens.index(min(burdens))
        chosen, best = crew[first], burdens.pop(first)
        second = min(burdens)
        decided = next((name for name, a, b in zip(_DECIDERS, best, second, strict=True) if a != b), "order")
    load = loads.get(chosen.person.id, _IDLE)
    why: dict[str, Any] = {"ground": chosen.ground, "by": decided, "of": len(crew), "open": load.open_orders}
    if second is not None and decided == "open":
        why["next"] = second[1]
    elif decided == "near":
        why["building"] = load.building
    elif decided == "idle":
        why["since"] = load.given_at.isoformat() if load.given_at else ""
    if job.skill is not None:
        why["skill"] = job.skill.value if job.skill in chosen.person.skills else Skill.GENERAL.value
    most = limit_of(chosen.person, usual)
    if most is not None:
        why["most"] = most
    if full:
        why["full"] = full
    if over:
        why["over"] = True
    return Candidate(chosen.person, chosen.ground, why)


def _burden(c: Candidate, loads: Mapping[str, Load], job: Job) -> tuple[bool, int, int, datetime]:
    load = loads.get(c.person.id, _IDLE)
    there = load.served_at is not None and job.at - load.served_at <= NEAR_FOR
    away = distance(load.building, job.building) if there else _FAR
    return (job.skill not in c.person.skills, load.open_orders, away, load.given_at or _NEVER)


_IDLE = Load()
