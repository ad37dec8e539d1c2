"""One value of a rules file with its place, and the checks every value goes through."""

import re
from dataclasses import dataclass
from typing import Any

from bot.nlp.cues import Cue, cue

# The longest stretch a pattern may leave open: keeps every search linear in the length of the message.
LONGEST_GAP = 20


class RulesError(ValueError):
    """A mistake in the rules; the message names the file, the key and the remedy."""


@dataclass(frozen=True, slots=True)
class Given:
    """One value of a rules file and where it stands; what is ``shipped`` was tried by the tests, not at each start."""

    file: str
    key: str
    value: Any
    shipped: bool = False

    def wrong(self, remedy: str) -> RulesError:
        return RulesError(f"{self.file}: {self.key}: {remedy}")

    def table(self, known: frozenset[str] | None = None) -> dict[str, "Given"]:
        if not isinstance(self.value, dict):
            raise self.wrong("must be a table, write [" + self.key + "] above its keys")
        for key in self.value:
            if known is not None and key not in known:
                raise self.wrong(f"unknown key {key!r}; known here: {', '.join(sorted(known))}")
        return {key: Given(self.file, f"{self.key}.{key}", value, self.shipped) for key, value in self.value.items()}

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong('must be a text that is not empty, for instance "漏水"')
        return self.value

    def number(self) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong("must be a whole number")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("must be true or false")
        return self.value

    def items(self) -> list["Given"]:
        if not isinstance(self.value, list) or not self.value:
            raise self.wrong('must be a list that is not empty, for instance ["漏水"]; leave the key out if unused')
        return [Given(self.file, f"{self.key}[{i}]", value, self.shipped) for i, value in enumerate(self.value, 1)]

    def texts(self) -> list[str]:
        return [item.text() for item in self.items()]

    def one_of(self, choices: tuple[str, ...]) -> str:
        if self.value not in choices:
            raise self.wrong(f"{self.value!r} is not known; choose one of: {', '.join(choices)}")
        return str(self.value)


_UNBOUNDED = re.compile(r"[*+]|\{\d*,\}|\([^()]*\{[^()]*\)\{|\)\{\d*,?\d\d")
_GAP = re.compile(r"\{(?:\d{0,3},)?(\d{1,4})\}")
_ESCAPES_AND_CLASSES = re.compile(r"\\.|\[(?:\\.|[^\]])*\]")


def cues(given: Given, group: str, says: object = None) -> list[Cue]:
    """Return the cue of each listed expression; in it a dot never crosses punctuation.

    Refused are ``*``, ``+``, gaps longer than LONGEST_GAP and groups repeated more than nine times or repeated around
    a gap: they let a search run away.
    """
    found = []
    for item in given.items():
        expression = _bounded(item)
        try:
            one = cue(item.key, group, expression, says, given.key)
        except re.error as error:
            raise item.wrong(f"is no valid expression: {error}") from error
        if not item.shipped and one.regex.search(""):
            raise item.wrong("matches an empty text; name at least one word that must be there")
        found.append(one)
    return found


def either(given: Given) -> re.Pattern[str]:
    """Return one expression that matches where any of the listed ones does, checked like those of `cues`."""
    return re.compile("|".join(f"(?:{one.expression})" for one in cues(given, "")))


def _bounded(given: Given) -> str:
    text = given.text()
    bare = _ESCAPES_AND_CLASSES.sub("x", text)
    if _UNBOUNDED.search(bare):
        raise given.wrong("has *, + or a group repeated around a gap; write a bounded gap such as .{0,10}")
    for gap in _GAP.finditer(bare):
        if int(gap.group(1)) > LONGEST_GAP:
            raise given.wrong(f"gap {gap.group()} is too long; at most {LONGEST_GAP}")
    parts = re.split(f"({_ESCAPES_AND_CLASSES.pattern})", text)
    return "".join(part if i % 2 else part.replace(".", "[^,?]") for i, part in enumerate(parts))
