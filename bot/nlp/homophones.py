"""Words of the rules behind wrong characters of the same sound: 没税了 is 没水了, 开观 is 开关.

Only asked where nothing was understood: a word that is there as written always counts before one that only sounds so.
"""

from collections.abc import Iterable
from pathlib import Path

from bot.nlp.cutting import jieba

_LONGEST = 5


def load_sounds(path: Path) -> dict[str, str]:
    """Return the sound of each character, from lines of a sound and the characters that have it."""
    sounds = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            sound, _, characters = line.partition(" ")
            # How many people speak and type: zh like z, ch like c, sh like s.
            easy = sound[0] + sound[2:] if sound[:2] in ("zh", "ch", "sh") else sound
            sounds.update(dict.fromkeys(characters, easy))
    return sounds


class Homophones:
    """Finds words by their sound; ``never`` are spellings that people do mean as written."""

    def __init__(
        self, words: Iterable[str], sounds: dict[str, str], tokenizer: jieba.Tokenizer, never: Iterable[str]
    ) -> None:
        self._sounds = sounds
        self._tokenizer = tokenizer
        self._never = frozenset(never)
        self._words = frozenset(words)
        self._by_sound: dict[tuple[str, ...], str] = {}
        for word in sorted(self._words):
            key = tuple(sounds.get(char, "") for char in word)
            if 2 <= len(word) <= _LONGEST and all(key):
                self._by_sound.setdefault(key, word)

    def corrected(self, text: str) -> str:
        """Return the text with words of the rules in place of what sounds like them; of the same length.

        A character is only taken for another where it stands alone: what the dictionary knows as a word is meant.
        """
        loose = self._loose(text)
        if not any(loose):
            return text
        sounds = [self._sounds.get(char, "") for char in text]
        found = list(text)
        at = 0
        while at < len(text):
            known = next((n for n in range(_LONGEST, 1, -1) if text[at : at + n] in self._words), 0)
            length = known or next((n for n in range(_LONGEST, 1, -1) if self._fits(text, sounds, loose, at, n)), 0)
            if length and not known:
                found[at : at + length] = self._by_sound[tuple(sounds[at : at + length])]
            at += length or 1
        return "".join(found)

    def _fits(self, text: str, sounds: list[str], loose: list[bool], at: int, length: int) -> bool:
        word = self._by_sound.get(tuple(sounds[at : at + length])) if at + length <= len(text) else None
        written = text[at : at + length]
        if word is None or word == written or written in self._never:
            return False
        return all(loose[at + i] for i in range(length) if written[i] != word[i])

    def _loose(self, text: str) -> list[bool]:
        loose: list[bool] = []
        for token in self._tokenizer.cut(text, HMM=False):
            loose += [len(token) == 1 and token in self._sounds] * len(token)
        return loose
