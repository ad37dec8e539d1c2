"""What a message wants: decided from its live faults first, then from the words of each intent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from bot.core.kinds import Category, Intent, Priority
from bot.nlp.cues import Scan
from bot.nlp.faults import LETTER, MENTIONED, Candidate
from bot.nlp.numerals import to_digits
from bot.nlp.together import Clues, IntentTogether

# Whoever only wonders whether a rumour is true asks nothing of the property.
_IDLE = re.compile("真的假的|打听|新闻")
_EXPLICIT = re.compile("[分星评]")
# A bare name of a thing (电梯) is no report yet; with a few words more it is.
_ENOUGH_TO_REPORT = 6
_ENOUGH_TO_COMPLAIN_OF = 8
# How much of a letter says what it is about.
_OPENING = 30
_BARE_SCORE = re.compile(r"[\s,]*([1-5一二三四五])[\s,?]*")
# The intents that words alone decide when no fault is live, in the order in which they are tried.
_WITHOUT_FAULT = (
    Intent.GREETING,
    Intent.NOT_FIXED,
    Intent.CANCEL,
    Intent.RATE,
    Intent.URGE,
    Intent.STATUS,
    Intent.CONFIRM,
    Intent.COMPLAINT,
    Intent.SUPPLEMENT,
    Intent.INQUIRY,
    Intent.OTHER,
    Intent.THANKS,
)
# A live fault gives way to these, if the words for them are there.
_DESPITE_FAULT = (Intent.CANCEL, Intent.COMPLAINT, Intent.URGE, Intent.STATUS, Intent.SUPPLEMENT, Intent.INQUIRY)
# What a fault that does not count says of the message, where no words of an intent say more.
_BY_VOID = {
    "recovered": Intent.CANCEL,
    "hypothesis": Intent.OTHER,
    "condition": Intent.INQUIRY,
    "planned": Intent.INQUIRY,
    "reported": Intent.STATUS,
    "past": Intent.OTHER,
    "asked": Intent.INQUIRY,
    "figurative": Intent.OTHER,
}
# What can be done beside something else, in the order of doing.
_BESIDE = (Intent.CONFIRM, Intent.RATE, Intent.THANKS)
_BY_GROUP = {"letter": Intent.COMPLAINT}
# Words passed on are nobody's own matter, except that a rumour may be asked about.
_HEARSAY = frozenset(("rumour", "notice", "advert", "exercise", "joke"))


@dataclass(frozen=True, slots=True)
class IntentCues:
    """What the words of a message say of intents."""

    scan: Scan
    clues: Clues
    rules: Mapping[str, tuple[IntentTogether, ...]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The intent, the words and the rule that decided it, and a score where one is given."""

    intent: Intent
    words: str = ""
    score: int | None = None
    recognised: bool = True
    rule: str = ""


def choose(
    cues: IntentCues, live: Sequence[Candidate], void: Sequence[Candidate], placed: bool, ailing: bool
) -> Choice:
    """Return the one intent of a normalised text with these live and void faults.

    ``placed`` says that it names a place or a phone, ``ailing`` that some word says how a thing fails.
    """
    text = cues.scan.text
    if match := _BARE_SCORE.fullmatch(text):
        return Choice(Intent.RATE, match[1], int(to_digits(match[1])), rule="scores")
    if len(text) >= LETTER and (found := _letter(cues, live)):
        return found
    if live:
        return _with_fault(cues, live, void)
    if any(one.void in _HEARSAY for one in void):
        asks = void[0].void == "rumour" and not _IDLE.search(text) and _search(Intent.INQUIRY, cues)
        return asks or Choice(Intent.OTHER, rule=f"voids.{void[0].void}")
    if found := _search("advert", cues):
        return replace(found, intent=Intent.OTHER)
    score = _score(cues)
    if score and _EXPLICIT.search(score.words):
        return score
    for intent in _WITHOUT_FAULT:
        if intent is Intent.RATE and score and _is_verdict(score, cues):
            return score
        if found := _search(intent, cues):
            return replace(found, score=score.score if score and intent is Intent.CONFIRM else None)
    for one in void:
        if one.void in _BY_VOID:
            return Choice(_BY_VOID[one.void], rule=f"voids.{one.void}")
    if any(one.void == MENTIONED for one in void) and len(text) >= _ENOUGH_TO_REPORT:
        return Choice(Intent.REPORT, recognised=False)
    if ailing and placed and len(text) >= _ENOUGH_TO_COMPLAIN_OF:
        return Choice(Intent.REPORT, recognised=False)
    if placed:
        return Choice(Intent.SUPPLEMENT)
    return Choice(Intent.OTHER, recognised=bool(void))


def _letter(cues: IntentCues, live: Sequence[Candidate]) -> Choice | None:
    """Return the intent of a long letter: what it tells of counts there, not stray words (催, 好了, 一分)."""
    plain = [one for one in live if one.priority is not Priority.NORMAL or one.own_thing or one.written]
    if any(one.priority is Priority.EMERGENCY and not one.doubtful for one in plain):
        return Choice(Intent.REPORT)
    asked = cues.scan.first("intents.letter_asks")
    if asked and not plain and asked[1].start() < _OPENING * 2:
        return Choice(Intent.INQUIRY, asked[1].group(), rule=asked[0].rule)
    wanted = (Intent.NOT_FIXED,) if plain else (Intent.NOT_FIXED, Intent.URGE, Intent.STATUS)
    for intent in wanted:
        for rule in cues.rules.get(f"{intent}_despite_fault", ()):
            if span := cues.clues.span(rule):
                return Choice(intent, cues.scan.text[span[0] : span[1]], rule=rule.rule)
    if plain:
        order = _told_of_order(cues)
        return order or Choice(Intent.REPORT)
    return _search("letter", cues) or _search(Intent.COMPLAINT, cues)


def _told_of_order(cues: IntentCues) -> Choice | None:
    """A letter that begins with an order of its own (我家漏水的单子是上周报的) presses for it or asks after it."""
    for intent in (Intent.URGE, Intent.STATUS):
        for rule in cues.rules.get(f"{intent}_despite_fault", ()):
            span = cues.clues.span(rule)
            if span and span[0] < _OPENING:
                return Choice(intent, cues.scan.text[span[0] : span[1]], rule=rule.rule)
    return None


def further(cues: IntentCues, main: Choice) -> tuple[Intent, ...]:
    """Return what else the message wants that can be done beside its main intent, in the order of doing."""
    found = []
    for intent in _BESIDE:
        if intent is main.intent:
            continue
        one = _score(cues) if intent is Intent.RATE else _search(intent, cues)
        if one and not (intent is Intent.RATE and main.intent in (Intent.COMPLAINT, Intent.NOT_FIXED, Intent.URGE)):
            found.append(intent)
    return tuple(found)


def score_of(cues: IntentCues) -> int | None:
    """Return the score that the words give, if any."""
    one = _score(cues)
    return one.score if one else None


def _with_fault(cues: IntentCues, live: Sequence[Candidate], void: Sequence[Candidate]) -> Choice:
    in_danger = any(one.priority is Priority.EMERGENCY for one in live)
    # What was repaired is one thing, what is broken now another: 漏水修好了，可是灯不亮.
    others = {one.category for one in void if one.void == "recovered"} - {one.category for one in live}
    if not others and (found := _search(Intent.NOT_FIXED, cues)):
        return found
    if in_danger:
        return Choice(Intent.REPORT)
    if all(one.category is Category.OTHER for one in live):
        if score := _score(cues):
            return score
        if found := _search(Intent.COMPLAINT, cues):
            return found
    for intent in _DESPITE_FAULT:
        if found := _search(intent, cues, "_despite_fault"):
            return found
    return Choice(Intent.REPORT)


def _is_verdict(score: Choice, cues: IntentCues) -> bool:
    """Return whether words of praise or blame answer the score question rather than complain of the service."""
    return bool(_EXPLICIT.search(score.words)) or not _search(Intent.COMPLAINT, cues)


def _score(cues: IntentCues) -> Choice | None:
    found = cues.scan.first("scores")
    return Choice(Intent.RATE, found[1].group(), cast(int, found[0].says), rule=found[0].rule) if found else None


def _search(intent: Intent | str, cues: IntentCues, kind: str = "") -> Choice | None:
    meant = intent if isinstance(intent, Intent) else _BY_GROUP.get(intent, Intent.OTHER)
    if found := cues.scan.first(f"intents.{intent}{kind}"):
        return Choice(meant, found[1].group(), rule=found[0].rule)
    for rule in cues.rules.get(f"{intent}{kind}", ()):
        if span := cues.clues.span(rule):
            return Choice(meant, cues.scan.text[span[0] : span[1]], rule=rule.rule)
    return None
