"""What labelled sentences have taught: a small net over pieces of text and what the rules found.

The table (rules/learned.tsv, written by ``make learn``) holds a row of weights for each piece. The rows of a text are
added up; some of the sums speak for a target directly, the others are hidden units, each of which speaks for all
targets as far as its sum is above nothing. So for one text everything is a sum again, of the same pieces: the same
text gives the same figures in every process, and each can be told by the pieces that made it.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import exp, sqrt
from operator import add, itemgetter, mul
from pathlib import Path

import ahocorasick

from bot.core.kinds import Category, Intent

DANGER = "danger"
TARGETS = (*(f"intent.{intent}" for intent in Intent), *(str(category) for category in Category), DANGER)
LONGEST_PIECE = 3
# A long text has more rows to add up than a short one, but no more to say.
_EVEN = 4.0
# A row of the table has a character for each weight, one of 64 steps around nothing. Read, it is one number with 16
# bits for each: whole rows are added as single numbers, and whole numbers add up to the same everywhere.
_STEPS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"
_VALUES = bytes(_STEPS.find(character) & 63 for character in range(256))
_ZERO, _STEP = 32, 0.025
_ROWS_AT_ONCE = 1_000
# A hidden unit's weights have 32 bits each, in thousandths above -4; what it has is taken in 256ths, up to 16.
_UNIT_ZERO, _UNIT_STEP, _PART, _MOST = 4_000, 0.001, 256, 4_096
_MOST_UNITS = (2**32 - 1) // (_MOST * 2 * _UNIT_ZERO)
_UNIT_LANES = struct.Struct(f"<{len(TARGETS)}I")
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
    ``pieces`` are those of the text that have weights, and where each ends; ``units`` the hidden ones that spoke.
    """

    intent: Intent
    likely: float
    chances: dict[Category, float]
    danger: float
    pieces: dict[str, int]
    units: tuple[int, ...]


class Learned:
    """The table, ready to be added up."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Take the lines of the table. Raises ValueError where they were written for other targets than these."""
        rows = iter(lines)
        self.version = next(rows, "").partition("\t")[2].strip()
        if next(rows, "").split() != list(TARGETS):
            raise ValueError("learned.tsv is of another version of the program; write it anew with make learn")
        self._start = [float(number) for number in next(rows, "").split()[1:]] or [0.0] * len(TARGETS)
        self._biases: list[float] = []
        self._speaks: list[list[float]] = []
        self._marks: dict[str, int] = {}
        self._pieces = ahocorasick.Automaton()
        width = 0
        for row in rows:
            name, _, weights = row.rstrip("\n").partition("\t")
            if name == "unit":
                bias, *speaks = (float(number) for number in weights.split())
                self._biases.append(bias)
                self._speaks.append(speaks)
                continue
            width = width or len(TARGETS) + len(self._biases)
            if len(weights) != width or not weights.isascii():
                raise ValueError("a row of learned.tsv is damaged; write it anew with make learn")
            number = _number(weights.encode())
            if name[0] == "'":
                piece = name[1:]
                self._pieces.add_word(piece, (piece, number))
            else:
                self._marks[name] = number
        if not len(self._pieces):
            raise ValueError("learned.tsv holds no pieces; write it anew with make learn")
        if any(len(speaks) != len(TARGETS) for speaks in self._speaks) or len(self._speaks) > _MOST_UNITS:
            raise ValueError("the units of learned.tsv are damaged or too many; write it anew with make learn")
        self._pieces.make_automaton()
        self._lanes = struct.Struct(f"<{width}H")
        self._unit_rows = [_unit_number(speaks) for speaks in self._speaks]

    def weigh(self, text: str, marks: Iterable[str]) -> Opinion:
        """Return what the weights say of a normalised text and of what the rules found in it (`bot.nlp.opinions`)."""
        found: dict[str, int] = {}
        rows: list[int] = []
        for end, (piece, row) in islice(self._pieces.iter(framed(text)), _MOST_PIECES):
            if piece not in found:
                found[piece] = end
                rows.append(row)
        known = self._marks
        # Each once, as it was learned.
        rows += [known[mark] for mark in set(marks) if mark in known]
        sums, units = self._sums(rows)
        return self._opinion(sums, found, units)

    def words(self, opinion: Opinion, target: str) -> tuple[int, int]:
        """Return the stretch of the text that spoke most for a target."""
        index, begin = TARGETS.index(target), len(TARGETS)
        spoke = [1.0, *(self._speaks[unit][index] for unit in opinion.units)]
        # Taken twice, so that it is a tuple also where no unit spoke; what has no partner is left out.
        taken = itemgetter(index, *(begin + unit for unit in opinion.units), index)
        best, most = (0, 0), float("-inf")
        for piece, end in opinion.pieces.items():
            weight = sum(map(mul, taken(self._unpacked(self._pieces.get(piece)[1])), spoke))
            if weight > most:
                # The mark of the beginning stands before the text.
                best, most = (max(0, end - len(piece)), end - (piece[-1] == "$")), weight
        return best

    def _sums(self, rows: list[int]) -> tuple[list[float], tuple[int, ...]]:
        """What the rows make for each target, and the hidden units that had a part in it."""
        totals = self._unpacked(sum(rows[:_ROWS_AT_ONCE]))
        for more in range(_ROWS_AT_ONCE, len(rows), _ROWS_AT_ONCE):
            totals = tuple(map(add, totals, self._unpacked(sum(rows[more : more + _ROWS_AT_ONCE]))))
        zero, even, begin = _ZERO * len(rows), evened(len(rows)) * _STEP, len(TARGETS)
        had = []
        parts = spoken = 0
        for unit, bias in enumerate(self._biases):
            amount = even * (totals[begin + unit] - zero) + bias
            if amount > 0:
                part = min(_MOST, int(_PART * amount))
                had.append(unit)
                parts += part
                spoken += part * self._unit_rows[unit]
        lanes = _UNIT_LANES.unpack(spoken.to_bytes(_UNIT_LANES.size, "little"))
        unit_zero, step = _UNIT_ZERO * parts, _UNIT_STEP / _PART
        told = [
            start + even * (total - zero) + step * (lane - unit_zero)
            for start, total, lane in zip(self._start, totals[:begin], lanes, strict=True)
        ]
        return told, tuple(had)

    def _unpacked(self, number: int) -> tuple[int, ...]:
        return self._lanes.unpack(number.to_bytes(self._lanes.size, "little"))

    def _opinion(self, sums: list[float], pieces: dict[str, int], units: tuple[int, ...]) -> Opinion:
        intents = sums[: len(_INTENTS)]
        first = max(range(len(intents)), key=intents.__getitem__)
        at = len(_INTENTS)
        chances = {category: _chance(sums[at + index]) for index, category in enumerate(_CATEGORIES)}
        # How much the others have, measured against the first, which has 1.
        rest = sum(exp(max(-30.0, one - intents[first])) for one in intents)
        return Opinion(_INTENTS[first], 1 / rest, chances, _chance(sums[-1]), pieces, units)


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
    """Return a row as the table holds it: first for each target, then for each hidden unit; beyond ±0.8 cut to it."""
    return bytes(_STEPS[max(0, min(63, round(weight / _STEP) + _ZERO))] for weight in weights).decode()


def load_learned(path: Path) -> Learned:
    """Return the table of a file. Raises ValueError as `Learned` does."""
    with path.open(encoding="utf-8") as lines:
        return Learned(lines)


def _number(row: bytes) -> int:
    wide = bytearray(2 * len(row))
    wide[::2] = row.translate(_VALUES)
    return int.from_bytes(wide, "little")


def _unit_number(speaks: Sequence[float]) -> int:
    lanes = [max(0, min(2 * _UNIT_ZERO, round(weight / _UNIT_STEP) + _UNIT_ZERO)) for weight in speaks]
    return int.from_bytes(_UNIT_LANES.pack(*lanes), "little")


def _chance(total: float) -> float:
    return 1 / (1 + exp(-total)) if total > -30 else 0.0
