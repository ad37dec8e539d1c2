"""What a message means after what was asked: a short answer says little by itself."""

import re

from bot.core.kinds import Intent
from bot.core.reading import Context
from bot.nlp.cues import Scan
from bot.nlp.intents import Choice
from bot.nlp.numerals import to_digits

# Longer words speak for themselves.
_SHORT = 14
_SCORE = re.compile(r"(?:^|[^\d第])(?:给|打|评)?(?:个)?([1-5一二三四五])(?:分|星)?(?=$|[,\s?]|吧|啊|谢)")
_GOOD_EMOJI = re.compile("[👍💯🌟⭐❤🌹👏]")
_BAD_EMOJI = re.compile("[👎😡💩]")
# What a verdict or an answer must not swallow.
_OWN_MATTER = frozenset(
    (Intent.CANCEL, Intent.URGE, Intent.STATUS, Intent.INQUIRY, Intent.COMPLAINT, Intent.THANKS, Intent.NOT_FIXED)
)


def by_question(scan: Scan, choice: Choice, context: Context, live: bool, placed: bool) -> Choice:
    """Return the choice in the light of the open question and the open orders; a live fault is never explained away."""
    match context.asked:
        case "confirm":
            return _confirmed(scan, choice, live)
        case "score":
            return _scored(scan, choice, live)
        case "place":
            return _answered(choice, live, placed or len(scan.text) <= _SHORT)
        case "reply":
            return _answered(choice, live, True, scan)
        case _:
            return choice


def _confirmed(scan: Scan, choice: Choice, live: bool) -> Choice:
    if choice.intent is Intent.REPORT and live:
        return choice
    for group, intent in (("talk.no", Intent.NOT_FIXED), ("talk.yes", Intent.CONFIRM)):
        found = scan.first(group)
        if found and (choice.intent in (Intent.OTHER, Intent.CANCEL, Intent.RATE, intent) or not choice.recognised):
            return Choice(intent, found[1].group(), choice.score, rule=found[0].rule)
    return choice


def _scored(scan: Scan, choice: Choice, live: bool) -> Choice:
    if live or choice.intent in (Intent.RATE, Intent.NOT_FIXED):
        return choice
    if match := _SCORE.search(scan.text):
        return Choice(Intent.RATE, match[1], int(to_digits(match[1])), rule="asked: score")
    for emoji, score in ((_GOOD_EMOJI, 5), (_BAD_EMOJI, 1)):
        if match := emoji.search(scan.text):
            return Choice(Intent.RATE, match.group(), score, rule="asked: score")
    return choice


def _answered(choice: Choice, live: bool, fits: bool, scan: Scan | None = None) -> Choice:
    if live or choice.intent in _OWN_MATTER or not fits:
        return choice
    if choice.intent in (Intent.OTHER, Intent.REPORT, Intent.GREETING) and not choice.recognised:
        return Choice(Intent.SUPPLEMENT, rule="asked")
    if scan is not None and choice.intent in (Intent.REPORT, Intent.CONFIRM, Intent.OTHER):
        return Choice(Intent.SUPPLEMENT, rule="asked: reply")
    return choice
