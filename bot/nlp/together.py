"""Clues that mean something together, in any order and with anything between them (电梯 … 停住 … 里面有人)."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.kinds import Category, Intent, Priority
from bot.nlp.cues import Scan

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Together:
    """All ``clues`` within so many characters, and none of ``unless`` anywhere in the message."""

    rule: str
    clues: tuple[str, ...]
    unless: tuple[str, ...]
    within: int


@dataclass(frozen=True, slots=True)
class FaultTogether(Together):
    """Clues of a fault."""

    category: Category
    priority: Priority
    doubtful: bool


@dataclass(frozen=True, slots=True)
class IntentTogether(Together):
    """Clues of an intent; ``despite_fault`` if they outweigh a fault that the message tells of too."""

    intent: Intent
    despite_fault: bool


class Clues:
    """Where the clues of one message stand; looked up once, and only those that somebody asks for."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._spans: dict[str, list[Span]] = {}
        self._likely = {group.removeprefix("clues.") for group in scan.cues if group.startswith("clues.")}

    def span(self, rule: Together) -> Span | None:
        """Return the shortest stretch that holds the clues of a rule; None if the rule does not apply."""
        if not self._likely.issuperset(rule.clues):
            return None
        places = []
        for clue in rule.clues:
            found = self._where(clue)
            if not found:
                return None
            places.append(found)
        span = _nearest(places, rule.within)
        if span is None or any(self._where(clue) for clue in rule.unless):
            return None
        return span

    def has(self, clue: str) -> bool:
        """Return whether a clue stands anywhere."""
        known = self._spans.get(clue)
        if known is not None:
            return bool(known)
        text = self._scan.text
        return any(cue.regex.search(text) for cue in self._scan.cues.get(f"clues.{clue}", ()))

    def _where(self, clue: str) -> list[Span]:
        if clue not in self._spans:
            cues = self._scan.cues.get(f"clues.{clue}", ())
            self._spans[clue] = [match.span() for cue in cues for match in cue.all(self._scan.text)]
        return self._spans[clue]


def _nearest(places: Sequence[list[Span]], within: int) -> Span | None:
    best: Span | None = None
    ordered = [sorted(spans) for spans in places[1:]]
    for start, end in places[0]:
        for others in ordered:
            # Whatever begins elsewhere is too far away; a long text has hundreds of these.
            near = others[bisect_left(others, (end - within,)) : bisect_left(others, (start + within + 1,))]
            if not near:
                break
            _, first, last = min((max(end, last) - min(start, first), first, last) for first, last in near)
            start, end = min(start, first), max(end, last)
        else:
            if end - start <= within and (best is None or end - start < best[1] - best[0]):
                best = start, end
    return best
