"""Answers to the question where it is: words, taps, scanned codes."""

from bot import store, words
from bot.core.duty import Candidate
from bot.core.errors import Refused
from bot.core.joining import merged
from bot.core.orders import Order, Status
from bot.core.people import Speaker
from bot.core.places import Gap, completed, door_in, findable, gap_of
from bot.core.reading import Place
from bot.desk import Turn
from bot.handlers import receipts, report
from bot.handlers.asking import ask_where
from bot.store.questions import Question
from bot.texts import render


def answer(turn: Turn, speaker: Speaker, question: Question, order: Order, told: Place, text: str) -> None:
    """The reporter says where; what waited for the same answer gets it too."""
    others = [o for no in question.draft.get("others", ()) if (o := store.orders.get(turn.tx, no))]
    place = completed(door_in(order.place, told, text), speaker.contact.last_place)
    place, _ = turn.register.check(merged(order.place, place))
    if not findable(place):
        # What was said besides still reaches whoever goes there, and the part of the place counts with the next one.
        after = report.join(turn, speaker, order, text, None, place)
        turn.say(speaker.id, "place.again", order=after, no=after.no)
        return
    unknown = gap_of(place, order.category, turn.register) is Gap.UNKNOWN
    if unknown and place != order.place:
        # Once: who says the same again is believed, and customer service is there for the rest.
        after = report.join(turn, speaker, order, text, None, place)
        ask_where(turn, speaker, render("place.noted", no=after.no), after, others)
        return
    said = []
    for one in [order, *(o for o in others if not o.status.is_over and not findable(o.place))]:
        after = report.join(turn, speaker, one, text, None, place)
        store.questions.forget(turn.tx, one.no, "place")
        said.append(_told(turn, one, after))
        if one is order:
            turn.learn(speaker.id, last_place=after.place)
    turn.tell(speaker.id, "\n".join(said), order=order)


def _told(turn: Turn, before: Order, after: Order) -> str:
    person = turn.person(after.holder) if before.status is Status.ASKING else None
    # Only now somebody is on the way: this is when the reporter hears who and by when.
    if person or (after.status is Status.FOLLOWING and before.status is not Status.FOLLOWING):
        return receipts.receipt(turn, after, Candidate(person, "asked") if person else None, steps=False)
    return receipts.joined_words(turn, after)


def tapped(turn: Turn, speaker: Speaker, no: int, which: str) -> None:
    """One tap on an offered place."""
    order = store.orders.get(turn.tx, no)
    if order is None or order.reporter != speaker.id:
        raise Refused("unknown_order", no=no)
    questions = store.questions.open_for(turn.tx, speaker.id, turn.now)
    asked = next((q for q in questions if q.kind == "place" and q.order_no == no), None)
    # The place that stood on the button, whatever the resident has said since.
    stored = asked.draft.get(which) if asked else None
    if order.status.is_over or asked is None or which == "others" or not stored:
        raise Refused("place.too_late", no=no)
    answer(turn, speaker, asked, order, Place(*stored), "")


def scanned(turn: Turn, speaker: Speaker, result: str) -> None:
    """A scanned code of a place answers the question for it, or is offered with the next report."""
    place = turn.read_place(result)
    if not findable(place):
        turn.say(speaker.id, "scan.unknown")
        return
    turn.learn(speaker.id, offered_place=place)
    for question in store.questions.open_for(turn.tx, speaker.id, turn.now):
        order = store.orders.get(turn.tx, question.order_no) if question.kind == "place" else None
        if order is not None and not order.status.is_over:
            answer(turn, speaker, question, order, place, "")
            return
    turn.say(speaker.id, "scan.known", place=words.place(place))
