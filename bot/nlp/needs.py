"""What must stand in a text for an expression to match: so that most expressions need not be tried at all."""

from collections.abc import Iterable, Mapping
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

# More words than this as alternatives say next to nothing, and would only fill the automaton.
_MOST_WORDS = 160
Needs = tuple[frozenset[str], ...]


def needs_of(expression: str) -> Needs:
    """Return sets of words of which each must have one in every text that matches; () if nothing is known.

    水管.{0,4}(?:爆|裂) needs one of {水管} and one of {爆, 裂}.
    """
    return tuple(dict.fromkeys(_sequence(parser.parse(expression))))


def rarest(needs: Needs, weight: Mapping[str, float]) -> frozenset[str] | None:
    """Return the set that texts fulfil least often; ``weight`` says how often a character stands in texts."""
    return min(needs, key=lambda words: sum(_weight(word, weight) for word in words), default=None)


def _weight(word: str, weight: Mapping[str, float]) -> float:
    product = 1.0
    for char in word:
        product *= weight.get(char, 1e-4)
    return product


def _sequence(items: Iterable[tuple[Any, Any]]) -> list[frozenset[str]]:
    """Return what a sequence needs; words whose parts are certain to stand together are joined."""
    found: list[frozenset[str]] = []
    tail: frozenset[str] = frozenset()
    for code, value in items:
        exact = _exact(code, value)
        if exact is not None:
            joined = frozenset(one + other for one in tail for other in exact) if tail else exact
            if len(joined) > _MOST_WORDS:
                found.append(tail)
                joined = exact
            tail = joined
            continue
        if tail:
            found.append(tail)
            tail = frozenset()
        found.extend(_one(code, value))
    return [words for words in ([*found, tail] if tail else found) if words and "" not in words]


def _exact(code: Any, value: Any) -> frozenset[str] | None:
    """Return all texts that an item can be, where they are few; None where it can be more."""
    if code is codes.LITERAL:
        return frozenset((chr(value),))
    if code is codes.IN:
        chars = set()
        for kind, what in value:
            if kind is not codes.LITERAL:
                return None
            chars.add(chr(what))
        return frozenset(chars)
    if code is codes.SUBPATTERN:
        return _exact_sequence(value[3])
    if code is codes.BRANCH:
        found: set[str] = set()
        for branch in value[1]:
            one = _exact_sequence(branch)
            if one is None:
                return None
            found |= one
        return frozenset(found) if len(found) <= _MOST_WORDS and "" not in found else None
    return None


def _exact_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    texts: frozenset[str] = frozenset(("",))
    for code, value in items:
        if code in (codes.ASSERT, codes.ASSERT_NOT, codes.AT):
            continue
        exact = _exact(code, value)
        if exact is None:
            return None
        texts = frozenset(one + other for one in texts for other in exact)
        if len(texts) > _MOST_WORDS:
            return None
    return texts


def _one(code: Any, value: Any) -> list[frozenset[str]]:
    if code is codes.SUBPATTERN:
        return _sequence(value[3])
    if code is codes.BRANCH:
        union: set[str] = set()
        for branch in value[1]:
            needs = _sequence(branch)
            if not needs:
                return []
            union |= min(needs, key=lambda words: (-min(map(len, words)), len(words)))
        return [frozenset(union)] if len(union) <= _MOST_WORDS * 2 else []
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT) and value[0] >= 1:
        return _sequence(value[2])
    if code is codes.ASSERT and value[0] == 1:
        return _sequence(value[1])
    return []
