"""Answers to what the bot has asked."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from bot import store
from bot.core.errors import Refused
from bot.core.joining import conflict
from bot.core.kinds import Intent, Priority
from bot.core.messages import Incoming
from bot.core.orders import Order
from bot.core.people import Speaker
from bot.core.reading import Reading
from bot.desk import Turn
from bot.handlers import engineer, media, places, report, reporter, which
from bot.store.questions import Question

WHICH_FOR = timedelta(minutes=10)
_BARE_NUMBER = re.compile(r"(?:工单|单号|#|第)?\s*(\d{1,9})\s*(?:号|单|号工单)?[。.!！]?")
# Words of somebody who takes back the place that he named first; 是不是 and 不对劲 take nothing back.
_CORRECTS = re.compile(r"(?<!是)不是|不对(?!劲)|错了|[说写打发]错|更正|改成|应该是|其实是|而是")
# Whoever asks for these takes the next words as they are: 水管爆裂，已更换 is an answer, not an emergency.
_TAKEN_AS_IT_IS: dict[str, Callable[[Turn, Speaker, int | None, str], None]] = {
    "done_words": engineer.finish,
    "refuse_reason": engineer.refuse,
    "park_reason": engineer.park,
    "hand_over": engineer.hand_over,
}


def answer(turn: Turn, speaker: Speaker, questions: Sequence[Question], text: str, reading: Reading) -> bool:
    """Take the text as the answer to an open question, the latest first; False if it answers none."""
    for question in questions:
        if question.kind in _TAKEN_AS_IT_IS:
            if not _still_answers(turn, speaker, question, reading):
                continue
            store.questions.answered(turn.tx, question)
            _TAKEN_AS_IT_IS[question.kind](turn, speaker, question.order_no, text.strip())
            return True
        if question.kind == "photo" and _which_photo(turn, speaker, question, text):
            return True
        if question.kind == "score" and _score(turn, speaker, question, text, reading):
            return True
        order = store.orders.get(turn.tx, question.order_no) if question.order_no else None
        if order is None or order.status.is_over:
            continue
        if _about_order(turn, speaker, question, order, text, reading):
            return True
    return False


def _still_answers(turn: Turn, speaker: Speaker, question: Question, reading: Reading) -> bool:
    """False where the order has gone its way meanwhile, or where somebody cries for help instead of giving a name."""
    order = store.orders.get(turn.tx, question.order_no)
    if order is None or order.status.is_over:
        return False
    if order.holder != speaker.id and speaker.id not in store.pages.ever_paged(turn.tx, order.no):
        return False
    return question.kind != "hand_over" or not reading.faults


def _about_order(turn: Turn, speaker: Speaker, question: Question, order: Order, text: str, reading: Reading) -> bool:
    new_fault = [f for f in reading.faults if f.category is not order.category]
    if question.kind == "place":
        place = turn.read_place(text)
        if new_fault or not place or reading.intent in (Intent.CANCEL, Intent.NOT_FIXED):
            return False
        if reading.faults and any(f.priority.rank < order.priority.rank for f in reading.faults):
            return False  # graver words than before: they join as a report, place and all
        if reading.faults and conflict(order.place, place) and not _CORRECTS.search(text):
            return False  # the same again, somewhere else: another lift, another flat
        places.answer(turn, speaker, question, order, place, text)
        return True
    if question.kind == "what" and order.media:
        if reading.intent in (Intent.CANCEL, Intent.STATUS, Intent.URGE):
            return False
        store.questions.answered(turn.tx, question)
        media.explain(turn, speaker, order, text)
        return True
    if question.kind == "reply":
        grave = any(f.priority is Priority.EMERGENCY for f in new_fault)
        if grave or reading.intent in (Intent.CANCEL, Intent.STATUS, Intent.URGE):
            return False
        store.questions.answered(turn.tx, question)
        report.join(turn, speaker, order, text, None, reading.place, wish=turn.wish(reading))
        turn.say(speaker.id, "reply.passed_on", order=order, no=order.no)
        return True
    return False


def ask_which(turn: Turn, speaker: Speaker, text: str, refused: Refused) -> None:
    """The bot has asked for the number: a bare one that comes next is the answer, and the text is done for it."""
    orders: Any = refused.fields.get("orders", ())
    numbers = [order.no for order in orders]
    store.questions.ask(turn.tx, speaker.id, "which", 0, turn.now + WHICH_FOR, {"text": text, "numbers": numbers})


def chosen(turn: Turn, questions: Sequence[Question], text: str) -> tuple[str, int] | None:
    """The text that waits for a number, and the number, if this is the answer; the latest question goes first."""
    found = _BARE_NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    latest = questions[0] if questions else None
    if not found or latest is None or latest.kind != "which" or int(found[1]) not in latest.draft["numbers"]:
        return None
    store.questions.answered(turn.tx, latest)
    return str(latest.draft["text"]), int(found[1])


def _which_photo(turn: Turn, speaker: Speaker, question: Question, text: str) -> bool:
    found = re.search(r"(?<!\d)\d{1,9}(?!\d)", text)
    order = store.orders.get(turn.tx, int(found[0])) if found else None
    if order is None or (order.holder != speaker.id and speaker.id not in which.helpers(turn, order)):
        return False
    store.attachments.belong_to(turn.tx, list(question.draft["files"]), order.no)
    store.questions.answered(turn.tx, question)
    turn.note(order, "attachment", speaker.id, n=len(question.draft["files"]))
    turn.say(speaker.id, "media.attached_n", order=order, no=order.no, n=len(question.draft["files"]))
    return True


def _score(turn: Turn, speaker: Speaker, question: Question, text: str, reading: Reading) -> bool:
    bare = text.strip().rstrip("分.。!！ ")
    score = int(bare) if bare in ("1", "2", "3", "4", "5") else reading.score
    if score is None or reading.intent in (Intent.REPORT, Intent.NOT_FIXED, Intent.COMPLAINT):
        return False
    try:
        reporter.rate(turn, speaker, question.order_no, score, "" if bare == str(score) else text.strip())
    except Refused as refused:
        if refused.key.startswith("unknown"):
            return False
        raise
    return True


def scan_result(incoming: Incoming) -> str:
    """What a scanned code said."""
    info = incoming.fields.get("ScanCodeInfo")
    return str(info.get("ScanResult", ""))[:300] if isinstance(info, dict) else ""
