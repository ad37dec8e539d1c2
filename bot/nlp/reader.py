"""Text in, reading out: the one function of this room that everybody else calls."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import NOWHERE, Context, Evidence, Fault, Place, Reading
from bot.core.register import NO_REGISTER, Register
from bot.nlp.cues import Scanner
from bot.nlp.faults import MENTIONED, Candidate, FaultFinder, clause_borders
from bot.nlp.intents import IntentChooser
from bot.nlp.places import Mention, PlaceFinder, find_phone
from bot.nlp.ruleset import Ruleset, load_ruleset
from bot.nlp.spelling import Spelling
from bot.nlp.visits import find_visit
from bot.nlp.words import WordChooser, usual_words, weights

_HAN = re.compile(r"[\u3400-\u9fff]")
_PRIORITY_LABELS = {Priority.EMERGENCY: "紧急", Priority.URGENT: "加急", Priority.NORMAL: "普通"}
_LONGEST_QUOTE = 16


class Reader:
    """Reads messages by a set of rules; pure, deterministic and safe to share between threads."""

    def __init__(self, rules: Ruleset) -> None:
        self._rules = rules
        self._spelling = Spelling(rules.characters, rules.spellings)
        self._faults = FaultFinder(rules)
        self._places = PlaceFinder(rules.areas, rules.dwelling, rules.weak_areas, rules.landmarks)
        self._intents = IntentChooser()
        tokenizer = usual_words()
        self._scanner = Scanner(rules.words, rules.cues, weights(tokenizer))
        self._words = WordChooser(tokenizer)
        self._reasons = {void.name: void.label for void in rules.voids.values()} | {"negated": "否定"}

    def read(self, text: str, context: Context | None = None, register: Register = NO_REGISTER) -> Reading:
        """Return what the text says; any text has a reading, at worst an unsure one.

        With ``context`` a short answer is read by what was asked and what is open. With a ``register`` places are
        checked against it: one room that fits is used, several or none become candidates.
        """
        plain = self._spelling.normalise(text)
        borders = clause_borders(plain)
        scan = self._scanner.scan(plain)
        found = self._faults.find(scan, self._words.choose(scan), borders)
        live = [one for one in found if not one.void]
        hinted = [one for one in found if one.void == MENTIONED]
        mentions = self._places.find(plain)
        phone = find_phone(plain)
        choice = self._intents.choose(scan, live, [one for one in found if one.void], bool(mentions or phone))
        told = self._places.choose(mentions, plain, live[0].start if live else None, borders)
        place, candidates = register.check(told)
        faults = self._faults_of(
            choice.intent, live or hinted, lambda one: self._place_of(one, mentions, plain, borders, register)
        )
        evidence = [
            self._evidence(text, one) for one in found if one.void != MENTIONED or choice.intent is Intent.REPORT
        ]
        if choice.words:
            at = plain.find(choice.words)
            words = text[at : at + len(choice.words)]
            evidence.append(Evidence(f"intents.{choice.intent}", words, at, at + len(words), choice.intent.value))
        why = [f"“{_short(one.words)}”{'' if one.says.startswith('不算') else '→'}{one.says}" for one in evidence]
        if place:
            why.append("地点：" + describe(place))
        return Reading(
            intent=choice.intent,
            faults=faults,
            place=place,
            why=tuple(dict.fromkeys(why)),
            phone=phone,
            score=choice.score,
            sure=self._is_sure(plain, choice.intent, faults, choice.recognised) and not any(map(_is_rumoured, found)),
            visit=find_visit(plain, text),
            candidates=candidates,
            evidence=tuple(dict.fromkeys(evidence)),
        )

    def _place_of(
        self, one: Candidate, mentions: list[Mention], plain: str, borders: list[int], register: Register
    ) -> Place:
        return register.check(self._places.choose(mentions, plain, one.start, borders))[0] if mentions else NOWHERE

    def read_category(self, text: str) -> Category | None:
        """Return the category named by its code, its Chinese label or a usual synonym, else what the words say."""
        name = self._spelling.normalise(text).strip(" ,?")
        if name in self._rules.synonyms:
            return self._rules.synonyms[name]
        scan = self._scanner.scan(name)
        found = self._faults.find(scan, self._words.choose(scan), clause_borders(name))
        live = [one for one in found if not one.void]
        return live[0].category if live and live[0].category is not Category.OTHER else None

    def read_place(self, text: str) -> Place:
        """Return the place that an answer to "where?" names; there a bare number is a room."""
        plain = self._spelling.normalise(text)
        mentions = self._places.find(plain)
        if not mentions and (bare := re.search(r"(?<!\d)([1-9]\d{2,3}[a-h]?)(?!\d)", plain)):
            return Place(room=bare[1].upper())
        return self._places.choose(mentions, plain, None, [0])

    def _faults_of(
        self, intent: Intent, live: list[Candidate], place_of: Callable[[Candidate], Place]
    ) -> tuple[Fault, ...]:
        if intent not in (Intent.REPORT, Intent.NOT_FIXED):
            return ()
        if not live:
            return (Fault(Category.OTHER, Priority.NORMAL),)
        return tuple(Fault(one.category, one.priority, place_of(one)) for one in live)

    def _is_sure(self, plain: str, intent: Intent, faults: tuple[Fault, ...], recognised: bool) -> bool:
        if any(fault.priority is Priority.EMERGENCY for fault in faults):
            return True
        if intent is Intent.REPORT:
            return recognised and any(fault.category is not Category.OTHER for fault in faults)
        return recognised or intent is not Intent.OTHER or len(_HAN.findall(plain)) < 4

    def _evidence(self, text: str, one: Candidate) -> Evidence:
        words = text[one.start : one.end]
        if one.void and one.void != MENTIONED:
            return Evidence(f"voids.{one.void}", words, one.start, one.end, f"不算（{self._reasons[one.void]}）")
        label = self._rules.kinds[one.category].label
        says = f"{label}/{_PRIORITY_LABELS[one.priority]}"
        return Evidence(one.rule, words, one.start, one.end, says)


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1] + "…"


def _is_rumoured(one: Candidate) -> bool:
    # A danger that somebody only heard of is no order, but a person has to know of it.
    return one.void == "rumour" and one.priority is Priority.EMERGENCY


def describe(place: Place) -> str:
    """Return the place in words, for instance 3栋2单元1502."""
    parts = (
        f"{place.building}栋" if place.building else "",
        f"{place.unit}单元" if place.unit else "",
        place.room or "",
        place.area or "",
    )
    return "".join(parts)


@cache
def load_reader(extra: Path | None = None) -> Reader:
    """Return the reader of the shipped rules and, where given, a property's own file; built once per process.

    Raises RulesError, which names file, key and remedy.
    """
    return Reader(load_ruleset(extra))
