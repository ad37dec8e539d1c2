"""The rules of understanding: TOML files that a manager can edit, loaded once and checked strictly."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.kinds import Category, Intent, Priority
from bot.nlp.cues import Cue, Word
from bot.nlp.given import Given, RulesError, cues, either
from bot.nlp.spelling import load_pairs
from bot.nlp.together import FaultTogether, IntentTogether

RULES_FOLDER = Path(__file__).parent / "rules"

# Clues farther apart than this speak of different things.
_USUALLY_WITHIN = 40
SCOPES = ("after", "before", "clause", "inside", "message")


@dataclass(frozen=True, slots=True)
class Void:
    """Words that make a fault in their reach not count, for instance a hypothesis or a recovery.

    ``categories`` are the only ones it voids, all if empty; an emergency of those it ``spares`` counts all the same.
    """

    name: str
    label: str
    scope: str
    unless: re.Pattern[str] | None
    categories: frozenset[Category]
    spares: frozenset[Category]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What the rules say of one category besides its words."""

    category: Category
    label: str
    priority: Priority
    yields_to: frozenset[Category]
    hidden_by: frozenset[Category]
    hidden_near: frozenset[Category]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All rules, checked and ready to be searched."""

    words: tuple[Word, ...]
    cues: tuple[Cue, ...]
    pairs: Mapping[tuple[str | None, str], tuple[Category, Priority]]
    together: tuple[FaultTogether, ...]
    intents_together: Mapping[str, tuple[IntentTogether, ...]]
    kinds: Mapping[Category, FaultKind]
    synonyms: Mapping[str, Category]
    weak_signs: frozenset[str]
    parts: frozenset[str]
    negators: re.Pattern[str]
    voids: Mapping[str, Void]
    areas: tuple[str, ...]
    weak_areas: tuple[str, ...]
    landmarks: tuple[str, ...]
    dwelling: re.Pattern[str]
    characters: Mapping[int, str]
    examples: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, str]
    not_typos: tuple[str, ...]

    @property
    def owners(self) -> frozenset[str]:
        """The groups of the files that hold expressions, and so examples."""
        return frozenset(cue.owner for cue in self.cues)


_PRIORITIES = tuple(priority.value for priority in Priority)
_TOP_KEYS = frozenset(
    (
        "things",
        "signs",
        "masks",
        "parts",
        "faults",
        "weak_signs",
        "sign_patterns",
        "negators",
        "voids",
        "intents",
        "scores",
        "places",
        "letters",
        "clues",
        "examples",
        "intents_together",
        "talk",
    )
)
_FAULT_KEYS = frozenset(
    (
        "label",
        "priority",
        "synonyms",
        "words",
        "patterns",
        "raise",
        "pairs",
        "together",
        "yields_to",
        "hidden_by",
        "hidden_near",
        "examples",
    )
)


@dataclass(slots=True)
class _Collected:
    """What the files have said so far; the first mistake ends the loading."""

    words: dict[str, Word]
    places: dict[str, Given]
    pairs: dict[tuple[str | None, str], tuple[Category, Priority]]
    cues: list[Cue]
    together: list[FaultTogether]
    kinds: dict[Category, FaultKind]
    synonyms: dict[str, Category]

    def add(self, given: Given, word: Word) -> None:
        if word.text in self.words:
            raise given.wrong(f"“{word.text}” already stands in {self.places[word.text].key}; keep it in one place")
        self.words[word.text] = word
        self.places[word.text] = given

    def fault(self, given: Given, category: Category, groups: dict[str, frozenset[str]]) -> None:
        table = given.table(_FAULT_KEYS)
        for key in ("label", "priority", "examples"):
            if key not in table:
                raise given.wrong(f"{key} is missing")
        usual = Priority(table["priority"].one_of(_PRIORITIES))
        for priority, entry in self._by_priority(table.get("words")):
            for item in entry.items():
                self.add(item, Word(item.text(), "fault", category=category, priority=priority, rule=entry.key))
        for key, group in (("patterns", "faults"), ("raise", f"raise.{category}")):
            for priority, entry in self._by_priority(table.get(key)):
                self.cues.extend(cues(entry, group, (category, priority)))
        for pair in table["pairs"].items() if "pairs" in table else []:
            self._pair(pair, category, usual, groups)
        for given_together in table["together"].items() if "together" in table else []:
            self.together.append(_together(given_together, category, usual, groups["clues"]))
        label = table["label"].text()
        names = [label, category.value, *(table["synonyms"].texts() if "synonyms" in table else [])]
        for name in names:
            if name in self.synonyms:
                raise given.wrong(f"synonym “{name}” already means {self.synonyms[name].value}; keep it in one place")
            self.synonyms[name] = category
        self.kinds[category] = FaultKind(
            category,
            label,
            usual,
            _categories(table.get("yields_to")),
            _categories(table.get("hidden_by")),
            _categories(table.get("hidden_near")),
            tuple(table["examples"].texts()),
        )

    def _by_priority(self, given: Given | None) -> list[tuple[Priority, Given]]:
        table = given.table(frozenset(_PRIORITIES)) if given else {}
        return [(Priority(name), entry) for name, entry in table.items()]

    def _pair(self, given: Given, category: Category, usual: Priority, groups: dict[str, frozenset[str]]) -> None:
        table = given.table(frozenset(("things", "signs", "priority")))
        if "signs" not in table:
            raise given.wrong("signs is missing; name the groups of signs")
        priority = Priority(table["priority"].one_of(_PRIORITIES)) if "priority" in table else usual
        things: list[str | None] = [None]
        if "things" in table:
            things = [item.one_of(tuple(groups["things"])) for item in table["things"].items()]
        for sign in table["signs"].items():
            sign.one_of(tuple(groups["signs"]))
            for thing in things:
                if taken := self.pairs.get((thing, sign.value)):
                    raise sign.wrong(f"{thing or 'no thing'} with {sign.value} is already {taken[0].value}")
                self.pairs[thing, sign.value] = (category, priority)


def load_ruleset(extra: Path | None = None, *, every: bool = False) -> Ruleset:
    """Load the shipped rules and, on top of them, a property's own file.

    Lists of the own file are added to the shipped ones, single values replace them. Raises RulesError on a mistake.
    ``every``: try every expression, as the tests do; else only those in tables that the own file adds to.
    """
    merged: dict[str, Any] = {}
    origin: dict[str, str] = {}
    own: set[str] = set()
    for path in [*sorted(RULES_FOLDER.glob("*.toml")), *([extra] if extra else [])]:
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise RulesError(f"{path.name}: cannot be read: {error}") from error
        for key in content:
            if key not in _TOP_KEYS:
                raise RulesError(f"{path.name}: unknown key {key!r}; known: {', '.join(sorted(_TOP_KEYS))}")
            origin[key] = path.name if key not in origin else f"{origin[key]}, {path.name}"
            if path == extra:
                own.add(key)
        _merge(merged, content, path, replace=path == extra)
    top = {key: Given(origin[key], key, value, not every and key not in own) for key, value in merged.items()}
    missing = _TOP_KEYS - top.keys()
    if missing:
        raise RulesError(f"{RULES_FOLDER.name}: tables missing: {', '.join(sorted(missing))}")
    return _build(top)


def _merge(into: dict[str, Any], more: dict[str, Any], path: Path, *, replace: bool) -> None:
    for key, value in more.items():
        if key not in into:
            into[key] = value
        elif isinstance(value, dict) and isinstance(into[key], dict):
            _merge(into[key], value, path, replace=replace)
        elif isinstance(value, list) and isinstance(into[key], list):
            into[key] = into[key] + value
        elif replace and type(value) is type(into[key]):
            into[key] = value
        else:
            raise RulesError(f"{path.name}: {key}: stands in another rules file too; keep it in one place")


def _build(top: dict[str, Given]) -> Ruleset:
    found = _Collected({}, {}, {}, [], [], {}, {})
    for role, table in (("thing", top["things"]), ("sign", top["signs"])):
        for group, given in table.table().items():
            for item in given.items():
                found.add(item, Word(item.text(), role, group, rule=given.key))
    for item in top["masks"].items():
        found.add(item, Word(item.text(), "mask", rule="masks"))
    groups = {name: frozenset(top[name].table()) for name in ("things", "signs", "clues")}
    for name, given in top["clues"].table().items():
        found.cues.extend(cues(given, f"clues.{name}", name))
    faults = top["faults"].table(frozenset(Category))
    for category in Category:
        if category not in faults:
            raise top["faults"].wrong(f"category {category.value} is missing")
        found.fault(faults[category], category, groups)
    intents = top["intents"].table(
        frozenset((*Intent, "advert", "letter", "letter_asks", *(f"{name}_despite_fault" for name in Intent)))
    )
    places = top["places"].table(frozenset(("areas", "dwelling", "weak", "landmarks")))
    letters = top["letters"].table(frozenset(("traditional", "simplified", "spellings", "not_typos")))
    for group, given in top["sign_patterns"].table().items():
        found.cues.extend(_shape(group, given, groups["signs"]))
    voids: dict[str, Void] = {}
    for name, given in top["voids"].table().items():
        voids[name] = _void(name, given, found.cues)
    for name, given in intents.items():
        found.cues.extend(cues(given, f"intents.{name}"))
    for name, given in top["talk"].table(frozenset(("yes", "no"))).items():
        found.cues.extend(cues(given, f"talk.{name}"))
    for given in top["scores"].items():
        found.cues.extend(_scores(given))
    return Ruleset(
        words=tuple(found.words.values()),
        cues=tuple(found.cues),
        pairs=found.pairs,
        together=tuple(found.together),
        intents_together=_intents_together(top["intents_together"], groups["clues"]),
        kinds=found.kinds,
        synonyms=found.synonyms,
        weak_signs=frozenset(item.one_of(tuple(groups["signs"])) for item in top["weak_signs"].items()),
        parts=frozenset(item.one_of(tuple(groups["things"])) for item in top["parts"].items()),
        negators=re.compile("(?:" + either(top["negators"]).pattern + ")$"),
        voids=voids,
        areas=tuple(places["areas"].texts()),
        weak_areas=tuple(places["weak"].texts()),
        landmarks=tuple(places["landmarks"].texts()),
        dwelling=either(places["dwelling"]),
        characters=_characters(letters),
        examples={name: tuple(given.texts()) for name, given in top["examples"].table().items()},
        spellings=_spellings(letters["spellings"]),
        not_typos=tuple(letters["not_typos"].texts()),
    )


def _shape(group: str, given: Given, signs: frozenset[str]) -> list[Cue]:
    if group not in signs:
        raise given.wrong(f"{group} is no group of signs; choose one of: {', '.join(sorted(signs))}")
    return cues(given, "shapes", Word(group, "sign", group, rule=given.key))


def _together(given: Given, category: Category, usual: Priority, known: frozenset[str]) -> FaultTogether:
    table = given.table(frozenset(("clues", "unless", "within", "priority", "doubtful")))
    return FaultTogether(
        *_clues(given, table, known),
        category,
        Priority(table["priority"].one_of(_PRIORITIES)) if "priority" in table else usual,
        "doubtful" in table and table["doubtful"].flag(),
    )


def _intents_together(given: Given, known: frozenset[str]) -> dict[str, tuple[IntentTogether, ...]]:
    found: dict[str, list[IntentTogether]] = {}
    for item in given.items():
        table = item.table(frozenset(("intent", "clues", "unless", "within", "despite_fault")))
        if "intent" not in table:
            raise item.wrong("intent is missing")
        intent = Intent(table["intent"].one_of(tuple(Intent)))
        despite = "despite_fault" in table and table["despite_fault"].flag()
        rule = IntentTogether(*_clues(item, table, known), intent, despite)
        found.setdefault(intent, []).append(rule)
        if despite:
            found.setdefault(f"{intent}_despite_fault", []).append(rule)
    return {name: tuple(rules) for name, rules in found.items()}


def _clues(
    given: Given, table: dict[str, Given], known: frozenset[str]
) -> tuple[str, tuple[str, ...], tuple[str, ...], int]:
    if "clues" not in table:
        raise given.wrong("clues is missing; name the groups of clues")
    wanted, denying = (
        tuple(item.one_of(tuple(known)) for item in table[key].items()) if key in table else ()
        for key in ("clues", "unless")
    )
    return given.key, wanted, denying, table["within"].number() if "within" in table else _USUALLY_WITHIN


def _void(name: str, given: Given, into: list[Cue]) -> Void:
    table = given.table(frozenset(("label", "scope", "patterns", "unless", "categories", "spares")))
    for key in ("label", "scope", "patterns"):
        if key not in table:
            raise given.wrong(f"{key} is missing")
    void = Void(
        name,
        table["label"].text(),
        table["scope"].one_of(SCOPES),
        either(table["unless"]) if "unless" in table else None,
        _categories(table.get("categories")),
        _categories(table.get("spares")),
    )
    into.extend(cues(table["patterns"], "voids", void))
    return void


def _categories(given: Given | None) -> frozenset[Category]:
    codes = tuple(Category)
    return frozenset(Category(item.one_of(codes)) for item in given.items()) if given else frozenset()


def _scores(given: Given) -> list[Cue]:
    table = given.table(frozenset(("score", "patterns")))
    if set(table) != {"score", "patterns"}:
        raise given.wrong("needs score and patterns")
    score = table["score"].number()
    if not 1 <= score <= 5:
        raise given.wrong("score must be from 1 to 5")
    return cues(table["patterns"], "scores", score)


def _characters(letters: dict[str, Given]) -> dict[int, str]:
    traditional, simplified = letters["traditional"].text(), letters["simplified"].text()
    if len(traditional) != len(simplified):
        raise letters["simplified"].wrong("must have as many characters as letters.traditional, one for each")
    return load_pairs(RULES_FOLDER / "simplified.txt") | dict(zip(map(ord, traditional), simplified, strict=True))


def _spellings(given: Given) -> dict[str, str]:
    spellings = {key: entry.text() for key, entry in given.table().items()}
    for wrong, right in spellings.items():
        # Equal length keeps every position of the message where the person wrote it.
        if len(wrong) != len(right):
            raise given.wrong(f"“{wrong}” and “{right}” must have the same number of characters")
    return spellings
