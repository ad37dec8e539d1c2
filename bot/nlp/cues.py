"""Expressions of the rules, and the one pass over a text that says which of them are worth trying.

Trying a thousand expressions costs more than all the rest of a reading. Nearly all of them need words that a message
does not have, so one automaton finds the words of the rules and those that expressions need together.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import ahocorasick

from bot.core.kinds import Category, Priority
from bot.nlp.needs import Needs, needs_of, rarest

# The same words said more often than this say nothing new; it bounds the work on a hostile text.
MOST_REPEATS = 12


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the rules and its one role: thing, sign, fault (it alone names a fault), mask or area."""

    text: str
    role: str
    group: str = ""
    category: Category | None = None
    priority: Priority | None = None
    rule: str = ""


_MEANT = re.compile(r"[^\w\s%|]|[\s|]{2}")


@dataclass(frozen=True)
class Cue:
    """One expression of the rules; ``group`` names who asks for it, ``says`` is what it means to them."""

    rule: str
    group: str
    expression: str
    says: object = None
    needs: Needs = field(default=(), repr=False)
    owner: str = ""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The expression ready for use: most are never met, and to prepare all of them would slow every start."""
        return re.compile(self.expression)

    @property
    def is_word(self) -> bool:
        """True if it is nothing but plain words: such an expression is its own example."""
        return not _MEANT.search(self.expression)

    def all(self, text: str) -> Iterable[re.Match[str]]:
        return islice(self.regex.finditer(text), MOST_REPEATS)


def cue(rule: str, group: str, expression: str, says: object = None, owner: str = "") -> Cue:
    """Return the cue of an expression; ``owner`` names the group of the files that has its examples.

    Raises re.error where the expression cannot be parsed.
    """
    return Cue(rule, group, expression, says, needs_of(expression), owner)


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass found: the words with their spans, and the cues that may match.

    Of words that begin together the longest stands first; cues stand by group, in the order of the files.
    """

    text: str
    spans: list[tuple[int, int, Word]]
    cues: Mapping[str, list[Cue]]
    _first: dict[str, tuple[Cue, re.Match[str]] | None] = field(default_factory=dict, compare=False, repr=False)

    def first(self, group: str) -> tuple[Cue, re.Match[str]] | None:
        """Return the first cue of a group that matches, in the order of the files."""
        if group not in self.cues:
            return None
        if group not in self._first:
            self._first[group] = self._looked_for(group)
        return self._first[group]

    def _looked_for(self, group: str) -> tuple[Cue, re.Match[str]] | None:
        for one in self.cues[group]:
            if match := one.regex.search(self.text):
                return one, match
        return None


class Scanner:
    """The automaton over all words and needs."""

    def __init__(self, words: Iterable[Word], cues: Iterable[Cue], weight: Mapping[str, float]) -> None:
        self._cues = tuple(cues)
        self._rest: list[tuple[frozenset[str], ...]] = []
        self._always: list[int] = []
        triggers: dict[str, list[int]] = {}
        needed: set[str] = set()
        for number, one in enumerate(self._cues):
            first = rarest(one.needs, weight)
            rest = tuple(words for words in one.needs if words is not first)
            self._rest.append(rest)
            needed.update(*rest)
            if first is None:
                self._always.append(number)
            for text in first or ():
                triggers.setdefault(text, []).append(number)
        by_text = {word.text: word for word in words}
        self._automaton = ahocorasick.Automaton()
        for text in {*by_text, *triggers, *needed}:
            self._automaton.add_word(text, (text, len(text), by_text.get(text), triggers.get(text)))
        self._automaton.make_automaton()

    def scan(self, text: str) -> Scan:
        """Return what stands in a normalised text."""
        spans: list[tuple[int, int, Word]] = []
        present: set[str] = set()
        numbers = set(self._always)
        for end, (found, length, word, cues) in self._automaton.iter(text):
            if word is not None:
                spans.append((end + 1 - length, -end, word))
            if found not in present:
                present.add(found)
                if cues:
                    numbers.update(cues)
        spans.sort(key=_by_place)
        groups: dict[str, list[Cue]] = {}
        for number in sorted(numbers):
            for words in self._rest[number]:
                if words.isdisjoint(present):
                    break
            else:
                one = self._cues[number]
                groups.setdefault(one.group, []).append(one)
        return Scan(text, spans, groups)


def _by_place(span: tuple[int, int, Word]) -> tuple[int, int]:
    return span[0], span[1]
