"""Finding the words of the rules in a text, whatever a segmenter would make of it.

jieba's own cut loses rule words (三号楼门禁 becomes 楼门/禁), so an automaton over the raw text finds them;
the cut only decides about words of a single character, which stand in many others (门 in 部门).
"""

import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import ahocorasick
import jieba

from bot.core.kinds import Priority
from bot.nlp.ruleset import Shape, Word

# The same words said more often than this say nothing new; it bounds the work on a hostile text.
MOST_REPEATS = 12
# How often a word stands in jieba's corpus to count as usual.
_USUAL_WORD = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """One word of the rules at its place in the text."""

    start: int
    end: int
    word: Word


class WordFinder:
    """Finds rule words from left to right; of several that begin together the longest counts (not 着火 in 打不着火).

    A word of danger is dropped only where a longer word holds the whole of it.
    """

    def __init__(self, words: Iterable[Word], shapes: Iterable[Shape]) -> None:
        self._automaton = ahocorasick.Automaton()
        for word in words:
            self._automaton.add_word(word.text, word)
        self._automaton.make_automaton()
        self._shapes = tuple(shapes)
        self._tokenizer = _tokenizer()

    def find(self, text: str) -> list[Hit]:
        """Return the hits of a normalised text, in order, masks included."""
        spans = [(end + 1 - len(word.text), -end, word) for end, word in self._automaton.iter(text)]
        spans.sort(key=lambda span: span[:2])
        hits: list[Hit] = []
        covered = -1
        said: Counter[str] = Counter()
        borders: list[int] | None = None
        for start, minus_end, word in spans:
            if start <= covered and not (_is_danger(word) and -minus_end > covered):
                continue
            if len(word.text) == 1:
                if borders is None:
                    borders = self._borders(text)
                if not (_holds(borders, start) and _holds(borders, start + 1)):
                    continue
            covered = -minus_end
            said[word.text] += 1
            if said[word.text] <= MOST_REPEATS:
                hits.append(Hit(start, covered + 1, word))
        return self._with_shapes(hits, text)

    def _with_shapes(self, hits: list[Hit], text: str) -> list[Hit]:
        """Add the signs that only an expression can name (推不开, 拉不动 …) where no word stands."""
        more = []
        for shape in self._shapes:
            for match in islice(shape.regex.finditer(text), MOST_REPEATS):
                if not any(hit.start < match.end() and match.start() < hit.end for hit in hits):
                    more.append(Hit(match.start(), match.end(), shape.word))
        return sorted([*hits, *more], key=lambda hit: hit.start) if more else hits

    def _borders(self, text: str) -> list[int]:
        borders = [0]
        for token in self._tokenizer.cut(text, HMM=False):
            borders.append(borders[-1] + len(token))
        return borders


def _is_danger(word: Word) -> bool:
    return word.role == "fault" and word.priority is Priority.EMERGENCY


def _holds(borders: list[int], position: int) -> bool:
    index = bisect_left(borders, position)
    return index < len(borders) and borders[index] == position


def _tokenizer() -> jieba.Tokenizer:
    """Return a private tokenizer with the usual words of jieba's own dictionary.

    initialize() would keep a cache file under a fixed name in the shared temporary folder, which any other user of
    the machine could have planted. Rare words (names of people and places) decide nothing here and would cost most of
    the time and memory of loading.
    """
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    frequencies: dict[str, int] = {}
    with tokenizer.get_dict_file() as lines:
        for line in lines:
            word, count, _ = line.decode("utf-8").split(" ", 2)
            if int(count) >= _USUAL_WORD:
                frequencies[word] = int(count)
    tokenizer.total = sum(frequencies.values())
    # jieba walks from prefix to prefix, so every beginning of a word must be a key.
    for word in list(frequencies):
        for end in range(1, len(word)):
            frequencies.setdefault(word[:end], 0)
    tokenizer.FREQ = frequencies
    tokenizer.initialized = True
    return tokenizer
