"""Text in, reading out: the one function of this room that everybody else calls."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import NOWHERE, Context, Evidence, Fault, Place, Reading
from bot.core.register import NO_REGISTER, Register
from bot.nlp.cues import Scanner
from bot.nlp.faults import MENTIONED, Candidate, FaultFinder, clause_borders
from bot.nlp.homophones import Homophones, load_sounds
from bot.nlp.intents import Choice, IntentCues, choose, further, score_of
from bot.nlp.learned import Learned, load_learned
from bot.nlp.opinions import LEARNED, marks, settle
from bot.nlp.places import Mention, PlaceFinder, find_phone
from bot.nlp.ruleset import RULES_FOLDER, Ruleset, load_ruleset
from bot.nlp.spelling import Spelling
from bot.nlp.talk import by_question
from bot.nlp.together import Clues
from bot.nlp.visits import find_visit
from bot.nlp.words import Hit, WordChooser, usual_words, weights

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_PRIORITY_LABELS = {Priority.EMERGENCY: "紧急", Priority.URGENT: "加急", Priority.NORMAL: "普通"}
# So short an answer means what was asked; a longer one is weighed with that.
_BRIEF = 2
_LONGEST_QUOTE = 16
_PLACE = "地点："
# Longer texts hold enough that is written right.
_LONGEST_BY_SOUND = 60


@dataclass(slots=True)
class _Understood:
    """All that one pass over a text gives."""

    plain: str
    borders: list[int]
    cues: IntentCues
    hits: list[Hit]
    found: list[Candidate]
    live: list[Candidate]
    mentions: list[Mention]
    phone: str | None
    choice: Choice
    by_sound: bool = False
    asks: bool = False


class Reader:
    """Reads messages by a set of rules and what was learned; pure, deterministic, safe to share between threads."""

    def __init__(self, rules: Ruleset, learned: Learned | None = None, shipped: "Reader | None" = None) -> None:
        """``learned`` None: by the rules alone. ``shipped``: the reader without a property's own rules, if it has
        some; what these change is never overruled."""
        self._rules = rules
        self._learned = learned
        self._shipped = shipped
        self.spelling = Spelling(rules.characters, rules.spellings)
        self._faults = FaultFinder(rules)
        self.places = PlaceFinder(rules.areas, rules.dwelling, rules.weak_areas, rules.landmarks)
        tokenizer = usual_words()
        self.scanner = Scanner(rules.words, rules.cues, weights(tokenizer))
        self._words = WordChooser(tokenizer)
        spoken = [word.text for word in rules.words if word.role in ("thing", "sign", "fault")]
        sounds = load_sounds(RULES_FOLDER / "sounds.txt")
        self._homophones = Homophones(spoken, sounds, tokenizer, rules.not_typos)
        self._reasons = {void.name: void.label for void in rules.voids.values()} | {"negated": "否定", LEARNED: "例句"}

    def read(self, text: str, context: Context | None = None, register: Register = NO_REGISTER) -> Reading:
        """Return what the text says; any text has a reading, at worst an unsure one.

        With ``context`` a short answer is read by what was asked and what is open. With a ``register`` places are
        checked against it: one room that fits is used, several or none become candidates.
        """
        plain = self.spelling.normalise(text)
        told = self._by_rules(plain, context)
        if self._learned is not None:
            self._weigh(self._learned, told, context)
        return checked(self._reading(text, told), register)

    def marks(self, text: str, context: Context | None = None) -> tuple[str, tuple[str, ...]]:
        """Return the text as the rules read it, and what they found: what weights are learned for."""
        told = self._by_rules(self.spelling.normalise(text), context)
        return told.plain, tuple(self._marks(told, context))

    def _by_rules(self, plain: str, context: Context | None) -> "_Understood":
        told = self._understood(plain, context)
        if not told.choice.recognised or _is_vague(told):
            told = self._by_sound(plain, told, context)
        return told

    def _marks(self, told: "_Understood", context: Context | None) -> Iterator[str]:
        return marks(told.cues, told.hits, told.found, told.choice, bool(told.mentions), context)

    def _weigh(self, learned: Learned, told: "_Understood", context: Context | None) -> None:
        """Let what was learned have its say; a word alone (灯, 有人) has nothing around it to weigh."""
        if len(told.plain) <= _BRIEF and context is None:
            return
        opinion = learned.weigh(told.plain, self._marks(told, context))
        # Of a number or a sign nothing can be weighed.
        firm = not _LETTER.search(told.plain) or _answers(told, context)
        own: frozenset[Category] = frozenset()
        if self._shipped is not None:
            usual = self._shipped._by_rules(told.plain, context)
            own = frozenset(one.category for one in told.live) - {one.category for one in usual.live}
            firm = firm or usual.choice.intent is not told.choice.intent
        nothing_open = context is not None and not context.open and not context.asked
        settled = settle(
            learned,
            opinion,
            told.choice,
            told.found,
            told.plain,
            self._rules.kinds,
            own,
            firm,
            nothing_open=nothing_open,
        )
        told.choice, told.live, told.asks = settled

    def _understood(self, plain: str, context: Context | None) -> "_Understood":
        borders = clause_borders(plain)
        scan = self.scanner.scan(plain)
        clues = Clues(scan)
        hits = self._words.choose(scan)
        found = self._faults.find(scan, clues, hits, borders)
        live = [one for one in found if not one.void]
        ailing = any(hit.word.role == "sign" for hit in hits)
        mentions = self.places.find(plain)
        phone = find_phone(plain)
        placed = bool(mentions or phone)
        cues = IntentCues(scan, clues, self._rules.intents_together)
        choice = choose(cues, live, [one for one in found if one.void], placed, ailing)
        if context is not None and context.asked:
            choice = by_question(scan, choice, context, bool(live), placed)
        return _Understood(plain, borders, cues, hits, found, live, mentions, phone, choice)

    def _by_sound(self, plain: str, told: "_Understood", context: Context | None) -> "_Understood":
        """Read once more with words of the rules in place of what only sounds like them, where that helps."""
        if len(plain) > _LONGEST_BY_SOUND:
            return told
        heard = self._homophones.corrected(plain)
        if heard == plain:
            return told
        again = self._understood(heard, context)
        if not again.choice.recognised or (not again.live and again.choice.intent is Intent.REPORT):
            return told
        again.by_sound = True
        return again

    def _reading(self, text: str, told: "_Understood") -> Reading:
        plain, choice = told.plain, told.choice
        hinted = [one for one in told.found if one.void == MENTIONED]
        at = told.live[0].start if told.live else None
        place = self.places.choose(told.mentions, plain, at, told.borders)
        faults = self._faults_of(choice.intent, told, hinted)
        evidence = self._evidence_of(text, told)
        if choice.words:
            start = max(0, plain.find(choice.words))
            words = text[start : start + len(choice.words)]
            evidence.append(Evidence(choice.rule, words, start, start + len(words), choice.intent.value))
        why = [f"“{_short(one.words)}”{'' if one.says.startswith('不算') else '→'}{one.says}" for one in evidence]
        if place:
            why.append(_PLACE + describe(place))
        rumoured = any(map(_is_rumoured, told.found))
        return Reading(
            intent=choice.intent,
            faults=faults,
            place=place,
            why=tuple(dict.fromkeys(why)),
            phone=told.phone,
            score=choice.score if choice.score is not None else _beside(told),
            sure=self._is_sure(plain, choice.intent, faults, choice.recognised) and not rumoured and not told.asks,
            alarming=told.asks,
            also=further(told.cues, choice),
            visit=find_visit(plain, text),
            evidence=tuple(dict.fromkeys(evidence)),
        )

    def _place_of(self, one: Candidate, told: "_Understood", others_at: list[int]) -> Place:
        if not told.mentions:
            return NOWHERE
        return self.places.choose(told.mentions, told.plain, one.start, told.borders, others_at)

    def read_category(self, text: str) -> Category | None:
        """Return the category named by its code, its Chinese label or a usual synonym, else what the words say."""
        name = self.spelling.normalise(text).strip(" ,?")
        if name in self._rules.synonyms:
            return self._rules.synonyms[name]
        scan = self.scanner.scan(name)
        found = self._faults.find(scan, Clues(scan), self._words.choose(scan), clause_borders(name))
        live = [one for one in found if not one.void]
        return live[0].category if live and live[0].category is not Category.OTHER else None

    def read_place(self, text: str) -> Place:
        """Return the place that an answer to "where?" names; there a bare number is a room."""
        plain = self.spelling.normalise(text)
        mentions = self.places.find(plain)
        if not mentions and (bare := re.search(r"(?<!\d)([1-9]\d{2,3}[a-h]?)(?!\d)", plain)):
            return Place(room=bare[1].upper())
        return self.places.choose(mentions, plain, None, [0])

    def _faults_of(self, intent: Intent, told: "_Understood", hinted: list[Candidate]) -> tuple[Fault, ...]:
        if intent is Intent.NOT_FIXED:
            # 还是不行 names nothing; what it is about is the order that is open.
            named = [one for one in told.live if one.category is not Category.OTHER or one.own_thing]
        elif intent is Intent.REPORT:
            named = told.live or hinted
        else:
            return ()
        if not named and intent is Intent.REPORT:
            return (Fault(Category.OTHER, Priority.NORMAL),)
        return tuple(
            Fault(
                one.category,
                one.priority,
                self._place_of(one, told, [other.start for other in named if other is not one]),
                one.priority is Priority.EMERGENCY and (one.doubtful or told.by_sound),
            )
            for one in named
        )

    def _is_sure(self, plain: str, intent: Intent, faults: tuple[Fault, ...], recognised: bool) -> bool:
        if any(fault.priority is Priority.EMERGENCY for fault in faults):
            return True
        if intent is Intent.REPORT:
            return recognised and any(fault.category is not Category.OTHER for fault in faults)
        return recognised or intent is not Intent.OTHER or len(_HAN.findall(plain)) < 4

    def _evidence_of(self, text: str, told: "_Understood") -> list[Evidence]:
        """What counts, and what a rule found that does not."""
        shown = [one for one in told.live if one not in told.found] if self._learned else []
        for one in told.found:
            if one.void == MENTIONED and told.choice.intent is not Intent.REPORT:
                continue
            if one.void or one in told.live:
                shown.append(one)
            elif not any(other.category is one.category for other in told.live):
                shown.append(replace(one, void=LEARNED))
        return [self._evidence(text, one) for one in shown]

    def _evidence(self, text: str, one: Candidate) -> Evidence:
        words = text[one.start : one.end]
        if one.void and one.void != MENTIONED:
            return Evidence(f"voids.{one.void}", words, one.start, one.end, f"不算（{self._reasons[one.void]}）")
        label = self._rules.kinds[one.category].label
        says = f"{label}/{_PRIORITY_LABELS[one.priority]}"
        return Evidence(one.rule, words, one.start, one.end, says)


def _answers(told: _Understood, context: Context | None) -> bool:
    """Plainly the answer to what was asked: a place and no fault, or a word like 关了."""
    if context is None or not context.asked:
        return False
    return len(told.plain) <= _BRIEF or (context.asked == "place" and bool(told.mentions) and not told.live)


def _is_vague(told: _Understood) -> bool:
    """A report of which only is known that something is broken."""
    return told.choice.intent is Intent.REPORT and all(one.category is Category.OTHER for one in told.live)


def _beside(told: _Understood) -> int | None:
    return score_of(told.cues) if told.choice.intent in (Intent.CONFIRM, Intent.THANKS) else None


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1] + "…"


def _is_rumoured(one: Candidate) -> bool:
    # A danger that somebody only heard of is no order, but a person has to know of it.
    return one.void == "rumour" and one.priority is Priority.EMERGENCY


def checked(reading: Reading, register: Register) -> Reading:
    """Return the reading with its places as the register has them, and the rooms that may be meant."""
    if not register:
        return reading
    place, candidates = register.check(reading.place)
    faults = tuple(replace(fault, place=register.check(fault.place)[0]) for fault in reading.faults)
    why = reading.why
    if place != reading.place:
        why = (*(one for one in why if not one.startswith(_PLACE)), _PLACE + describe(place))
    return replace(reading, place=place, candidates=candidates, faults=faults, why=why)


def describe(place: Place) -> str:
    """Return the place in words, for instance 3栋2单元1502."""
    parts = (
        f"{place.building}栋" if place.building else "",
        f"{place.unit}单元" if place.unit else "",
        place.room or "",
        place.area or "",
    )
    return "".join(parts)


def load_reader(extra: Path | None = None) -> Reader:
    """Return the reader of the shipped rules and, where given, a property's own file; built once per process.

    Raises RulesError, which names file, key and remedy.
    """
    return _loaded(extra)


@cache
def _loaded(extra: Path | None) -> Reader:
    return Reader(load_ruleset(extra), _table(), load_reader() if extra else None)


@cache
def _table() -> Learned:
    # Once, also where a property's own rules make a second reader: it is the larger part of both.
    return load_learned(RULES_FOLDER / "learned.tsv")
