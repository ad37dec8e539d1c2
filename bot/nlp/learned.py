"""What labelled sentences have taught: a small net over pieces of text and what the rules found.

The table (rules/learned.tsv, written by ``make learn``) holds a row of weights for each piece. The rows of a text are
added up; some of the sums speak for a target directly, the others are hidden units, each of which speaks for all
targets, and to the upper units, as far as its sum is above nothing; an upper unit speaks for all targets likewise. So
for one text everything is a sum again, of the same pieces: the same text gives the same figures in every process, and
each can be told by the pieces that made it.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from math import exp, sqrt
from pathlib import Path

# The library that multiplies would start a thread a processor when it is loaded, which brings nothing for so few
# numbers, and a process that forks (bot.reading_apart) should have no threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from bot.core.kinds import Category, Intent

Floats = NDArray[np.float64]

DANGER = "danger"
TARGETS = (*(f"intent.{intent}" for intent in Intent), *(str(category) for category in Category), DANGER)
LONGEST_PIECE = 3
# A long text has more rows to add up than a short one, but no more to say.
_EVEN = 4.0
# A row of the table has a character for each weight, one of 64 steps around nothing. Added up they are whole numbers,
# which are the same in every order and on every machine.
_STEPS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"
_ZERO, _STEP = 32, 0.025
_VALUES = bytes((_STEPS.find(character) - _ZERO) & 255 for character in range(256))
# A unit's weights are whole numbers too, in thousandths up to 4; what it has is taken in 256ths, up to 16. They are
# multiplied as floats, three times as quickly as integers: no sum comes near 2**53, below which all of them are exact.
_UNIT_WHOLE, _UNIT_MOST, _PART, _PART_MOST = 1_000, 4_000, 256, 4_096
_DIGIT = str.maketrans("0123456789", "0" * 10)
_INTENTS = tuple(Intent)
_CATEGORIES = tuple(Category)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the weights say of a message.

    ``intent`` is the likeliest one and ``likely`` how likely, from 0 to 1; ``chances`` are between 0 and 1, of each
    category to be told of, and ``danger`` that anything told is an emergency.
    ``pieces`` are those of the text that have weights, and where each ends; ``units`` the hidden ones that spoke and
    ``upper`` the upper ones.
    """

    intent: Intent
    likely: float
    chances: dict[Category, float]
    danger: float
    pieces: dict[str, int]
    units: list[int]
    upper: list[int]


class Learned:
    """The table, ready to be added up."""

    def __init__(self, table: bytes) -> None:
        """Take the table. Raises ValueError where it was written for other targets than these, or is damaged."""
        version, targets, start, *lines = [*table.split(b"\n"), b"", b"", b""]
        self.version = version.decode().partition("\t")[2].strip()
        if targets.decode().split() != list(TARGETS):
            raise ValueError("learned.tsv is of another version of the program; write it anew with make learn")
        cut = [line.partition(b"\t") for line in lines if line]
        units = [_numbers(numbers) for name, _, numbers in cut if name == b"unit"]
        upper = [_numbers(numbers) for name, _, numbers in cut if name == b"upper"]
        cut = cut[len(units) + len(upper) :]
        names = [name.decode() for name, _, _ in cut]
        rows = [row for _, _, row in cut]
        speaks = 1 + len(TARGETS)
        if not all(names) or not np.isfinite([*_numbers(start.partition(b"\t")[2]), *chain(*units, *upper)]).all():
            raise ValueError("learned.tsv is damaged; write it anew with make learn")
        if {len(one) for one in units} - {speaks + len(upper)} or {len(one) for one in upper} - {speaks}:
            raise ValueError("a unit of learned.tsv is damaged; write it anew with make learn")
        if {len(row) for row in rows} - {len(TARGETS) + len(units)} or len(start.split()) != speaks:
            raise ValueError("a row of learned.tsv is damaged; write it anew with make learn")
        self._pieces = {name[1:]: at for at, name in enumerate(names) if name[0] == "'"}
        if not self._pieces:
            raise ValueError("learned.tsv holds no pieces; write it anew with make learn")
        self._marks = {name: at for at, name in enumerate(names) if name[0] != "'"}
        joined = b"".join(rows)
        if joined.translate(None, _STEPS):
            raise ValueError("a row of learned.tsv is damaged; write it anew with make learn")
        weights = np.frombuffer(joined.translate(_VALUES), np.int8)
        self._rows = weights.reshape(len(rows), len(TARGETS) + len(units))
        self._start: Floats = np.array(_numbers(start.partition(b"\t")[2]))
        self._biases, self._speaks = _layer(units, speaks + len(upper))
        self._upper_biases, self._upper_speaks = _layer(upper, speaks)

    def weigh(self, text: str, marks: Iterable[str]) -> Opinion:
        """Return what the weights say of a normalised text and of what the rules found in it (`bot.nlp.opinions`)."""
        whole, known = framed(text), self._pieces
        found: dict[str, int] = {}
        for end in range(1, len(whole) + 1):
            for begin in range(end - LONGEST_PIECE if end > LONGEST_PIECE else 0, end):
                piece = whole[begin:end]
                if piece in known and piece not in found:
                    found[piece] = end - 1
        # Each once, as it was learned.
        rows = [known[piece] for piece in found]
        rows += [self._marks[mark] for mark in set(marks) if mark in self._marks]
        return self._opinion(rows, found)

    def words(self, opinion: Opinion, target: str) -> tuple[int, int]:
        """Return the stretch of the text that spoke most for a target."""
        if not opinion.pieces:
            return 0, 0
        index, own = TARGETS.index(target), len(TARGETS)
        through = self._upper_speaks[opinion.upper, index]
        speaks = self._speaks[opinion.units]
        rows = self._rows[[self._pieces[piece] for piece in opinion.pieces]].astype(np.float64)
        spoke = rows[:, index] * _UNIT_WHOLE**2
        units = speaks[:, index] * _UNIT_WHOLE + speaks[:, own:][:, opinion.upper] @ through
        spoke += rows[:, own:][:, opinion.units] @ units
        piece, end = list(opinion.pieces.items())[int(spoke.argmax())]
        # The mark of the beginning stands before the text.
        return max(0, end - len(piece)), end - (piece[-1] == "$")

    def _opinion(self, rows: list[int], pieces: dict[str, int]) -> Opinion:
        even, own = evened(len(rows)) * _STEP, len(TARGETS)
        totals = self._rows.take(rows, 0).sum(0, dtype=np.int32)
        has = _parts(even * totals[own:] + self._biases)
        spoken = has @ self._speaks
        upper_has = _parts(spoken[own:] / (_UNIT_WHOLE * _PART) + self._upper_biases)
        told = spoken[:own] + upper_has @ self._upper_speaks
        sums: list[float] = (self._start + even * totals[:own] + told / (_UNIT_WHOLE * _PART)).tolist()
        intents = sums[: len(_INTENTS)]
        first = max(range(len(intents)), key=intents.__getitem__)
        # How much the others have, measured against the first, which has 1.
        rest = sum(exp(max(-30.0, one - intents[first])) for one in intents)
        chances = dict(zip(_CATEGORIES, map(_chance, sums[len(_INTENTS) : -1]), strict=True))
        spoke = (np.flatnonzero(has).tolist(), np.flatnonzero(upper_has).tolist())
        return Opinion(_INTENTS[first], 1 / rest, chances, _chance(sums[-1]), pieces, *spoke)


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
    return Learned(path.read_bytes())


def _numbers(told: bytes) -> list[float]:
    return [float(number) for number in told.split()]


def _layer(units: list[list[float]], width: int) -> tuple[Floats, Floats]:
    """The biases of some units, and their weights as whole numbers."""
    each: Floats = np.array(units).reshape(len(units), width)
    return each[:, 0], np.rint(each[:, 1:] * _UNIT_WHOLE).clip(-_UNIT_MOST, _UNIT_MOST)


def _parts(amounts: Floats) -> Floats:
    """How much units have, in whole numbers; nothing where it is below."""
    parts: Floats = np.floor((_PART * amounts).clip(0, _PART_MOST))
    return parts


def _chance(total: float) -> float:
    return 1 / (1 + exp(-total)) if total > -30 else 0.0
