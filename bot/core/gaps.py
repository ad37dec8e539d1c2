"""Gaps of the duty list: when which trade has nobody on duty for which building."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from bot.core.duty import Shift, fits
from bot.core.kinds import Role, Skill
from bot.core.people import Person

ELSEWHERE = "*"  # a building that nobody on the people list is bound to
TRADES: tuple[Skill, ...] = tuple(skill for skill in Skill if skill is not Skill.GENERAL)


class Gap(NamedTuple):
    """From ``start`` to ``end`` these trades have nobody, in the buildings named (none named: in all of them)."""

    start: datetime
    end: datetime
    missing: tuple[tuple[Skill, tuple[str, ...]], ...]

    @property
    def total(self) -> bool:
        """True where nobody of any trade is there."""
        return {skill for skill, buildings in self.missing if not buildings} == set(TRADES)


def gaps(people: Mapping[str, Person], shifts: Sequence[Shift], since: datetime, until: datetime) -> list[Gap]:
    """Every gap of tiers 1 and 2 in the span, earliest first; neighbours that lack the same are one.

    Only what somebody on the people list could do is missed: a trade that nobody has is no gap of the duty list.
    """
    crew = {p.id: p for p in people.values() if p.role is Role.ENGINEER}
    places = (*sorted({b for person in crew.values() for b in person.buildings}), ELSEWHERE)
    could = {(s, b) for s in TRADES for b in places if any(fits(p, s, b) is not None for p in crew.values())}
    counted = [s for s in shifts if s.tier <= 2 and s.person in crew and s.end > since and s.start < until]
    edges = sorted({since, until, *(e for s in counted for e in (s.start, s.end) if since < e < until)})
    found: list[Gap] = []
    known: dict[frozenset[str], tuple[tuple[Skill, tuple[str, ...]], ...]] = {}
    for start, end in pairwise(edges):
        there = frozenset(s.person for s in counted if s.start <= start < s.end)
        if there not in known:
            known[there] = _missing([crew[pid] for pid in there], could, places)
        missing = known[there]
        if missing and found and found[-1].end == start and found[-1].missing == missing:
            found[-1] = found[-1]._replace(end=end)
        elif missing:
            found.append(Gap(start, end, missing))
    return found


def unlearned(people: Mapping[str, Person]) -> list[Skill]:
    """Trades that no engineer on the people list has, not even a generalist."""
    crew = [p for p in people.values() if p.role is Role.ENGINEER]
    return [skill for skill in TRADES if not any(fits(p, skill, None) is not None for p in crew)]


def _missing(
    there: Sequence[Person], could: Collection[tuple[Skill, str]], places: Sequence[str]
) -> tuple[tuple[Skill, tuple[str, ...]], ...]:
    found: list[tuple[Skill, tuple[str, ...]]] = []
    for skill in TRADES:
        asked = [b for b in places if (skill, b) in could]
        lacking = [b for b in asked if not any(fits(p, skill, b) is not None for p in there)]
        if lacking:
            found.append((skill, () if lacking == asked else tuple(lacking)))
    return tuple(found)
