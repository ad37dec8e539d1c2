"""The small net that ``make learn`` fits: rows of weights that are added up, two layers of hidden units on top.

Written for pieces of text, of which each sentence has few and all sentences together very many: only the rows of the
pieces that a step has seen are touched in it. What comes out is what `bot.nlp.learned` adds up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from scipy.sparse import csr_matrix
from scipy.special import expit

from bot.nlp.learned import evened

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]
# So many sentences a step; how far the first steps go; how much of the last gradients the next ones keep (Adam).
BATCH, FAR, KEEPS, KEEPS_SQUARES, TINY = 64, 0.003, 0.9, 0.999, 1e-8
# So many pieces of a sentence are hidden in each step, and so many of the hidden units, that none leans on another.
PIECES_HIDDEN, UNITS_HIDDEN = 0.4, 0.3


@dataclass(frozen=True)
class Task:
    """What there is to learn: of each sentence its pieces, its answers and its weight; of each target how much it
    ``matters`` that it is answered right.

    The first ``one_of`` columns of ``answers`` (sentences x targets, 0 or 1) are a choice of one, the others are each
    true or not.
    """

    pieces: Sequence[Whole]
    answers: Floats
    counts: Floats
    matters: Floats
    one_of: int
    how_many: int


@dataclass(frozen=True)
class Net:
    """``rows``: pieces x (targets, then hidden units); ``speaks``: hidden units x (targets, then upper units);
    ``upper_speaks``: upper units x targets."""

    rows: Floats
    speaks: Floats
    biases: Floats
    upper_speaks: Floats
    upper_biases: Floats
    start: Floats

    def loudness(self, seen: Floats) -> Floats:
        """How much each row says over all sentences, where it stands in ``seen`` of them."""
        targets = len(self.start)
        through = (self.rows[:, targets:] ** 2).sum(1) * (self.speaks[:, :targets] ** 2).sum(1).mean()
        loud: Floats = np.sqrt(((self.rows[:, :targets] ** 2).sum(1) + through) * seen)
        return loud


def fitted(task: Task, units: int, upper: int, rounds: int, beginning: int = 0) -> Net:
    """Return the net after so many rounds through all sentences; the same for the same task and ``beginning``."""
    rng = np.random.default_rng(20261128 + beginning)
    own = task.answers.shape[1]
    rows = np.zeros((task.how_many, own + units), np.float32)
    rows[:, own:] = rng.normal(0, 0.05, (task.how_many, units))
    speaks = np.zeros((units, own + upper), np.float32)
    speaks[:, :own] = rng.uniform(-0.12, 0.12, (units, own))
    speaks[:, own:] = rng.normal(0, 0.7 / np.sqrt(units), (units, upper))
    upper_speaks = rng.uniform(-0.12, 0.12, (upper, own)).astype(np.float32)
    biases, upper_biases, start = (np.zeros(size, np.float32) for size in (units, upper, own))
    rest = (speaks, biases, upper_speaks, upper_biases, start)
    steps = _Steps(rounds * -(-len(task.pieces) // BATCH))
    in_rows, in_rest = steps.memory(rows), [steps.memory(part) for part in rest]
    for _ in range(rounds):
        order = rng.permutation(len(task.pieces))
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            seen, taken, even = _batch([task.pieces[at] for at in chosen], rng)
            sums = (taken @ rows[seen]) * even
            has, open_units = _shown(sums[:, own:] + biases, rng)
            spoken = has @ speaks
            upper_has, open_upper = _shown(spoken[:, own:] + upper_biases, rng)
            said = _likely(sums[:, :own] + spoken[:, :own] + upper_has @ upper_speaks + start, task.one_of)
            wrong = (said - task.answers[chosen]) * (task.counts[chosen] / len(chosen))[:, None] * task.matters
            upper_back = (wrong @ upper_speaks.T) * open_upper
            to_units = np.concatenate([wrong, upper_back], 1)
            back = (to_units @ speaks.T) * open_units
            slopes = (has.T @ to_units, back.sum(0), upper_has.T @ wrong, upper_back.sum(0), wrong.sum(0))
            steps.next()
            steps.take(rows, in_rows, taken.T @ (np.concatenate([wrong, back], 1) * even), seen)
            for part, memory, slope in zip(rest, in_rest, slopes, strict=True):
                steps.take(part, memory, slope, slice(None))
    return Net(rows, *rest)


def averaged(nets: Sequence[Net]) -> Net:
    """Return the one net that says the mean of what these say: their units side by side, each part as loud."""
    own, share = len(nets[0].start), np.float32(1 / len(nets))
    rows = [sum(net.rows[:, :own] for net in nets) * share, *(net.rows[:, own:] for net in nets)]
    to_upper = block_diag(*(net.speaks[:, own:] for net in nets)).astype(np.float32)
    return Net(
        rows=np.concatenate(rows, 1),
        speaks=np.concatenate([np.concatenate([net.speaks[:, :own] for net in nets]) * share, to_upper], 1),
        biases=np.concatenate([net.biases for net in nets]),
        upper_speaks=np.concatenate([net.upper_speaks for net in nets]) * share,
        upper_biases=np.concatenate([net.upper_biases for net in nets]),
        start=np.mean([net.start for net in nets], 0),
    )


def _shown(amounts: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """What units have, some of them hidden, and by what each is multiplied."""
    open_units = (amounts > 0) * (rng.random(amounts.shape) >= UNITS_HIDDEN) / np.float32(1 - UNITS_HIDDEN)
    return amounts * open_units.astype(np.float32), open_units.astype(np.float32)


def _batch(each: list[Whole], rng: np.random.Generator) -> tuple[Whole, csr_matrix, Floats]:
    """The pieces that some sentences have, which sentence has which, and by what each sum is multiplied."""
    flat = np.concatenate(each)
    owner = np.repeat(np.arange(len(each)), [len(one) for one in each])
    # In use nothing is hidden: what is shown stands for all of it.
    even = np.array([evened(len(one)) for one in each], np.float32) / (1 - PIECES_HIDDEN)
    shown = rng.random(len(flat)) >= PIECES_HIDDEN
    flat, owner = flat[shown], owner[shown]
    seen, column = np.unique(flat, return_inverse=True)
    taken = csr_matrix((np.ones(len(flat), np.float32), (owner, column)), shape=(len(each), len(seen)))
    return seen, taken, even[:, None]


def _likely(sums: Floats, one_of: int) -> Floats:
    likely = np.empty_like(sums)
    choice = np.exp(sums[:, :one_of] - sums[:, :one_of].max(1, keepdims=True))
    likely[:, :one_of] = choice / choice.sum(1, keepdims=True)
    likely[:, one_of:] = expit(sums[:, one_of:])
    return likely


class _Steps:
    """Adam with steps that grow shorter to the end; of rows only those that were seen are moved."""

    def __init__(self, how_many: int) -> None:
        self._how_many = how_many
        self._done = 0

    def memory(self, part: Floats) -> tuple[Floats, Floats]:
        """What is remembered of the slopes of a part."""
        return np.zeros_like(part), np.zeros_like(part)

    def next(self) -> None:
        """Begin the next step."""
        self._done += 1

    def take(self, part: Floats, memory: tuple[Floats, Floats], slope: Floats, where: Whole | slice) -> None:
        """Move a part downhill."""
        slopes, squares = memory
        slopes[where] = KEEPS * slopes[where] + (1 - KEEPS) * slope
        squares[where] = KEEPS_SQUARES * squares[where] + (1 - KEEPS_SQUARES) * slope * slope
        far = FAR * (1 - (self._done - 1) / self._how_many)
        mean = slopes[where] / (1 - KEEPS**self._done)
        spread = np.sqrt(squares[where] / (1 - KEEPS_SQUARES**self._done))
        part[where] -= far * mean / (spread + TINY)
