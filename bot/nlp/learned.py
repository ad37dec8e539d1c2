"""What labelled sentences have taught: a table of weights for pieces of text and for what the rules found.

The table (rules/learned.tsv, written by ``make learn``) is added up, nothing more: the same text gives the same sums in
every process, and each sum can be told by the pieces that made it.
"""

import struct
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from math import exp, sqrt
from operator import add
from pathlib import Path

import ahocorasick

from bot.core.kinds import Category, Intent

DANGER = "danger"
TARGETS = (*(f"intent.{intent}" for intent in Intent), *(str(category) for category in Category), DANGER)
LONGEST_PIECE = 3
# A long text has more rows to add up than a short one, but no more to say.
_EVEN = 16.0
# A row of the table is one number with 16 bits for each target, in which a weight stands in fiftieths above -6.5:
# whole rows are added as single numbers, and whole numbers add up to the same everywhere.
_ZERO, _STEP, _BITS = 325, 0.02, 16
_ROWS_AT_ONCE = (2**_BITS - 1) // (2 * _ZERO)
_LANES = struct.Struct(f"<{len(TARGETS)}H")
_DIGIT = str.maketrans("0123456789", "0" * 10)
_INTENTS = tuple(Intent)
_CATEGORIES = tuple(Category)
# Longer texts hold the same pieces again and again.
_MOST_PIECES = 4_000


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the weights say of a message.

    ``intent`` is the likeliest one and ``likely`` how likely, from 0 to 1; ``chances`` are between 0 and 1, of each
    category to be told of, and ``danger`` that anything told is an emergency.
    ``pieces`` are those of the text that have weights, and where each ends.
    """

    intent: Intent
    likely: float
    chances: dict[Category, float]
    danger: float
    pieces: dict[str, int]


class Learned:
    """The table, ready to be added up."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Take the lines of the table. Raises ValueError where they were written for other targets than these."""
        rows = iter(lines)
        self.version = next(rows, "").partition("\t")[2].strip()
        if next(rows, "").split() != list(TARGETS):
            raise ValueError("learned.tsv is of another version of the program; write it anew with make learn")
        self._marks: dict[str, int] = {}
        self._pieces = ahocorasick.Automaton()
        for row in rows:
            name, _, weights = row.partition("\t")
            number = int.from_bytes(b64decode(weights), "little")
            if name[0] == "'":
                piece = name[1:]
                self._pieces.add_word(piece, (piece, number))
            else:
                self._marks[name] = number
        self._pieces.make_automaton()
        start = self._marks.pop("=", None)
        self._start = [0.0] * len(TARGETS) if start is None else self._weights(self._lanes(start), 1)

    def weigh(self, text: str, marks: Iterable[str]) -> Opinion:
        """Return what the weights say of a normalised text and of what the rules found in it (`bot.nlp.opinions`)."""
        found: dict[str, int] = {}
        rows: list[int] = []
        for end, (piece, row) in islice(self._pieces.iter(framed(text)), _MOST_PIECES):
            if piece not in found:
                found[piece] = end
                rows.append(row)
        known = self._marks
        rows += [known[mark] for mark in marks if mark in known]
        return self._opinion(self._sums(rows), found)

    def words(self, opinion: Opinion, target: str) -> tuple[int, int]:
        """Return the stretch of the text that spoke most for a target."""
        index = TARGETS.index(target)
        best, most = (0, 0), -1
        for piece, end in opinion.pieces.items():
            weight = self._lanes(self._pieces.get(piece)[1])[index]
            if weight > most:
                # The mark of the beginning stands before the text.
                best, most = (max(0, end - len(piece)), end - (piece[-1] == "$")), weight
        return best

    def _sums(self, rows: list[int]) -> list[float]:
        totals: Iterable[int] = self._lanes(sum(rows[:_ROWS_AT_ONCE]))
        for begin in range(_ROWS_AT_ONCE, len(rows), _ROWS_AT_ONCE):
            more = self._lanes(sum(rows[begin : begin + _ROWS_AT_ONCE]))
            totals = map(add, totals, more)
        even = evened(len(rows))
        weights = self._weights(totals, len(rows))
        return [start + even * weight for start, weight in zip(self._start, weights, strict=True)]

    def _weights(self, totals: Iterable[int], rows: int) -> list[float]:
        zero = _ZERO * rows
        return [(total - zero) * _STEP for total in totals]

    def _lanes(self, number: int) -> tuple[int, ...]:
        return _LANES.unpack(number.to_bytes(_LANES.size, "little"))

    def _opinion(self, sums: list[float], pieces: dict[str, int]) -> Opinion:
        intents = sums[: len(_INTENTS)]
        first = max(range(len(intents)), key=intents.__getitem__)
        at = len(_INTENTS)
        chances = {category: _chance(sums[at + index]) for index, category in enumerate(_CATEGORIES)}
        # How much the others have, measured against the first, which has 1.
        rest = sum(exp(max(-30.0, one - intents[first])) for one in intents)
        return Opinion(_INTENTS[first], 1 / rest, chances, _chance(sums[-1]), pieces)


def evened(rows: int) -> float:
    """Return by what a sum of so many rows is multiplied."""
    return _EVEN / sqrt(rows) if rows else 0.0


def framed(text: str) -> str:
    """Return a normalised text with its two ends marked, and every digit alike."""
    return f"^{text.translate(_DIGIT)}$"


def pieces_of(text: str) -> set[str]:
    """Return every piece of a normalised text that may have a weight."""
    whole = framed(text)
    return {whole[i : i + n] for n in range(1, LONGEST_PIECE + 1) for i in range(len(whole) - n + 1)}


def encoded(weights: Iterable[float]) -> str:
    """Return weights as the table holds them; those beyond ±6.5 are cut to it."""
    lanes = [max(0, min(2 * _ZERO, round(weight / _STEP) + _ZERO)) for weight in weights]
    return b64encode(_LANES.pack(*lanes)).decode()


def load_learned(path: Path) -> Learned:
    """Return the table of a file. Raises ValueError as `Learned` does."""
    with path.open(encoding="utf-8") as lines:
        return Learned(lines)


def _chance(total: float) -> float:
    return 1 / (1 + exp(-total)) if total > -30 else 0.0
