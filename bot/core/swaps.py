"""Swaps of shifts (换班): what changes hands, and what stands in the way."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.core.duty import Shift


class Clash(NamedTuple):
    """Somebody would have to be on two shifts at once: ``shift`` is the one he has anyway."""

    person: str
    shift: Shift


def clash(mine: Sequence[Shift], gives: Sequence[Shift], takes: Sequence[Shift]) -> Shift | None:
    """The shift of somebody's own that overlaps with one he would take; None if the swap fits into his days."""
    ids = {s.id for s in gives}
    for own in mine:
        if own.id not in ids and any(own.start < other.end and other.start < own.end for other in takes):
            return own
    return None


def clash_of_two(
    asker: str, other: str, shifts: Sequence[Shift], gives: Sequence[Shift], takes: Sequence[Shift]
) -> Clash | None:
    """The first that stands in the way of ``asker`` giving ``gives`` to ``other`` and taking ``takes``."""
    of = {asker: [s for s in shifts if s.person == asker], other: [s for s in shifts if s.person == other]}
    if found := clash(of[other], takes, gives):
        return Clash(other, found)
    if found := clash(of[asker], gives, takes):
        return Clash(asker, found)
    return None
