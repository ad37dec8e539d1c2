"""Which words of the rules stand in a text, whatever a segmenter would make of it.

jieba's own cut loses rule words (三号楼门禁 becomes 楼门/禁), so an automaton over the raw text finds them;
the cut only decides about words of a single character, which stand in many others (门 in 部门).
"""

import logging
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from bot.core.kinds import Priority
from bot.nlp.cues import MOST_REPEATS, Scan, Word
from bot.nlp.cutting import jieba

# A line of jieba's dictionary with a word that stands at least 20 times in jieba's corpus: it counts as usual.
_USUAL_ENTRY = re.compile(r"^(\S+) ([2-9]\d|\d{3,}) ", re.MULTILINE)
# Words of fewer than so many times say nothing more of how often a character is met.
_COUNTED_WORD = 1_000


@dataclass(frozen=True, slots=True)
class Hit:
    """One word of the rules at its place in the text."""

    start: int
    end: int
    word: Word


class WordChooser:
    """Chooses the words that count, left to right; of several that begin together the longest (not 着火 in 打不着火).

    A word of danger is dropped only where a longer word holds the whole of it.
    """

    def __init__(self, tokenizer: jieba.Tokenizer) -> None:
        self._tokenizer = tokenizer

    def choose(self, scan: Scan) -> list[Hit]:
        """Return the hits in order, masks included."""
        hits: list[Hit] = []
        covered = -1
        said: Counter[str] = Counter()
        borders: list[int] | None = None
        for start, minus_end, word in scan.spans:
            if start <= covered and not (_is_danger(word) and -minus_end > covered):
                continue
            if word.role == "area":
                continue
            if start + minus_end == 0:
                if borders is None:
                    borders = self._borders(scan.text)
                if not (_holds(borders, start) and _holds(borders, start + 1)):
                    continue
            covered = -minus_end
            said[word.text] += 1
            if said[word.text] <= MOST_REPEATS:
                hits.append(Hit(start, covered + 1, word))
        return _with_shapes(hits, scan)

    def _borders(self, text: str) -> list[int]:
        borders = [0]
        for token in self._tokenizer.cut(text, HMM=False):
            borders.append(borders[-1] + len(token))
        return borders


def _with_shapes(hits: list[Hit], scan: Scan) -> list[Hit]:
    """Add the signs that only an expression can name (推不开, 拉不动 …) where no word stands."""
    more = []
    for one in scan.cues.get("shapes", ()):
        assert isinstance(one.says, Word)
        for match in one.all(scan.text):
            if not any(hit.start < match.end() and match.start() < hit.end for hit in hits):
                more.append(Hit(match.start(), match.end(), one.says))
    return sorted([*hits, *more], key=lambda hit: hit.start) if more else hits


def _is_danger(word: Word) -> bool:
    return word.role == "fault" and word.priority is Priority.EMERGENCY


def _holds(borders: list[int], position: int) -> bool:
    index = bisect_left(borders, position)
    return index < len(borders) and borders[index] == position


def usual_words() -> jieba.Tokenizer:
    """Return a private tokenizer with the usual words of jieba's own dictionary.

    initialize() would keep a cache file under a fixed name in the shared temporary folder, which any other user of
    the machine could have planted. Rare words (names of people and places) decide nothing here and would cost most of
    the time and memory of loading.
    """
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    with tokenizer.get_dict_file() as lines:
        entries = lines.read().decode("utf-8")
    frequencies = {word: int(count) for word, count in _USUAL_ENTRY.findall(entries)}
    tokenizer.total = sum(frequencies.values())
    # jieba walks from prefix to prefix, so every beginning of a word must be a key.
    for word in list(frequencies):
        for end in range(1, len(word)):
            frequencies.setdefault(word[:end], 0)
    tokenizer.FREQ = frequencies
    tokenizer.initialized = True
    return tokenizer


def weights(tokenizer: jieba.Tokenizer) -> dict[str, float]:
    """Return how often single characters stand in texts, for characters that are words by themselves."""
    counts: Counter[str] = Counter()
    for word, count in tokenizer.FREQ.items():
        if count >= _COUNTED_WORD or len(word) == 1:
            for char in word:
                counts[char] += count
    total = sum(counts.values()) or 1
    return {char: count / total for char, count in counts.items()}
