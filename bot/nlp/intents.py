"""What a message wants: decided from its live faults first, then from the words of each intent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from bot.core.kinds import Category, Intent, Priority
from bot.nlp.cues import Scan
from bot.nlp.faults import MENTIONED, Candidate
from bot.nlp.numerals import to_digits

_EXPLICIT = re.compile("[分星评]")
# A bare name of a thing (电梯) is no report yet; with a few words more it is.
_ENOUGH_TO_REPORT = 6
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
}
# Words passed on are nobody's own matter, except that a rumour may be asked about.
_HEARSAY = frozenset(("rumour", "notice", "advert", "exercise"))


@dataclass(frozen=True, slots=True)
class Choice:
    """The intent, the words that decided it, and a score where one is given."""

    intent: Intent
    words: str = ""
    score: int | None = None
    recognised: bool = True


class IntentChooser:
    """Chooses the one intent of a message."""

    def choose(self, scan: Scan, live: Sequence[Candidate], void: Sequence[Candidate], placed: bool) -> Choice:
        """Return the intent of a normalised text with these live and void faults."""
        text = scan.text
        if match := _BARE_SCORE.fullmatch(text):
            return Choice(Intent.RATE, match[1], int(to_digits(match[1])))
        if live:
            return self._with_fault(scan, live, void)
        if any(one.void in _HEARSAY for one in void):
            asks = void[0].void == "rumour" and _search(Intent.INQUIRY, scan)
            return Choice(Intent.INQUIRY if asks else Intent.OTHER, asks or "")
        if words := _search("advert", scan):
            return Choice(Intent.OTHER, words)
        score = _score(scan)
        for intent in _WITHOUT_FAULT:
            if intent is Intent.RATE and score and _is_verdict(score[1], scan):
                return Choice(intent, score[1], score[0])
            if words := _search(intent, scan):
                return Choice(intent, words, score[0] if score and intent is Intent.CONFIRM else None)
        for one in void:
            if one.void in _BY_VOID:
                return Choice(_BY_VOID[one.void])
        if any(one.void == MENTIONED for one in void) and len(text) >= _ENOUGH_TO_REPORT:
            return Choice(Intent.REPORT, recognised=False)
        if placed:
            return Choice(Intent.SUPPLEMENT)
        return Choice(Intent.OTHER, recognised=bool(void))

    def _with_fault(self, scan: Scan, live: Sequence[Candidate], void: Sequence[Candidate]) -> Choice:
        in_danger = any(one.priority is Priority.EMERGENCY for one in live)
        # What was repaired is one thing, what is broken now another: 漏水修好了，可是灯不亮.
        others = {one.category for one in void if one.void == "recovered"} - {one.category for one in live}
        if not others and (words := _search(Intent.NOT_FIXED, scan)):
            return Choice(Intent.NOT_FIXED, words)
        if in_danger:
            return Choice(Intent.REPORT)
        if all(one.category is Category.OTHER for one in live):
            if score := _score(scan):
                return Choice(Intent.RATE, score[1], score[0])
            if words := _search(Intent.COMPLAINT, scan):
                return Choice(Intent.COMPLAINT, words)
        for intent in _DESPITE_FAULT:
            cue = _search(f"{intent.value}_despite_fault", scan)
            if cue:
                return Choice(intent, cue)
        return Choice(Intent.REPORT)


def _is_verdict(words: str, scan: Scan) -> bool:
    """Return whether words of praise or blame answer the score question rather than complain of the service."""
    return bool(_EXPLICIT.search(words)) or not _search(Intent.COMPLAINT, scan)


def _score(scan: Scan) -> tuple[int, str] | None:
    found = scan.first("scores")
    return (cast(int, found[0].says), found[1].group()) if found else None


def _search(name: str, scan: Scan) -> str:
    found = scan.first(f"intents.{name}")
    return found[1].group() if found else ""
