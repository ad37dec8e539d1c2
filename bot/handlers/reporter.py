"""What the reporter does after reporting: 进度 催单 取消 确认, and the score."""

from datetime import timedelta

from bot import store, words
from bot.core.errors import Refused
from bot.core.kinds import Intent
from bot.core.letters import Weight
from bot.core.orders import Move, Order, Status, make_move
from bot.core.people import Speaker
from bot.core.ratings import is_low
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import (
    callback_policy,
    crew,
    dispatching,
    event_words,
    followups,
    incidents,
    reopening,
    standing,
    which,
)
from bot.texts import render

SCORE_STANDS_FOR = timedelta(days=7)
# 确认 12 还在漏 confirms nothing.
_NOT_DONE = (Intent.NOT_FIXED, Intent.REPORT, Intent.COMPLAINT, Intent.URGE)


def status(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """进度: where the order stands; without a number, all that are open."""
    if no is None:
        orders = store.orders.open_of_reporter(turn.tx, speaker.id)
        if not orders and speaker.is_staff:
            orders = store.orders.held_by(turn.tx, speaker.id)
        if not orders:
            recent = store.orders.recent_of_reporter(turn.tx, speaker.id, 1)
            if not recent:
                raise Refused("none.see")
            orders = recent
        turn.tell(speaker.id, "\n".join(standing.standing(turn, o) for o in orders[:10]))
        return
    order = which.allowed(turn, speaker, Verb.SEE, no)
    history = store.orders.history(turn.tx, no) if speaker.is_staff else []
    inside = crew.contact_line(turn, speaker, order) + standing.ground(turn, order, history)
    inside += standing.inside(turn, speaker, order, history)
    turn.tell(speaker.id, standing.standing(turn, order) + inside)


def urge(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """催单: whoever has the order hears that somebody waits."""
    order = which.find(turn, speaker, Verb.URGE, no)
    if order.status.is_over or order.status is Status.FINISHED:
        raise Refused("refused.urge", no=order.no, status=words.status(order.status))
    turn.note(order, "urge", speaker.id)
    if order.status is Status.ASKING:
        turn.say(speaker.id, "urge.asking", order=order, no=order.no)
        return
    waited = words.span(turn.now - order.opened_at)
    if order.holder:
        turn.say(order.holder, "urge.holder", order=order, no=order.no, place=words.place(order.place), waited=waited,
                 weight=turn.relay)  # fmt: skip
    elif order.status is Status.FOLLOWING:
        _urge_leading(turn, order, waited)
    turn.tell(speaker.id, render("urge.done", standing=standing.standing(turn, order)), order=order)


def cancel(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """取消."""
    order = which.find(turn, speaker, Verb.CANCEL, no)
    after, line = make_move(order, Move.CANCEL, by=speaker.id, at=turn.now)
    after = turn.keep(order, after, line)
    turn.close_cards(after, render("card.cancelled"))
    for person in dispatching.involved(turn, order) | which.helpers(turn, order):
        turn.say(person, "engineer.cancelled", order=after, no=after.no, place=words.place(after.place))
    turn.say(speaker.id, "reporter.cancelled", order=after, no=after.no)
    incidents.lead_gone(turn, after, order, speaker.id)


def confirm(turn: Turn, speaker: Speaker, no: int | None, rest: str = "", *, rated: bool = False) -> None:
    """确认: done and works. ``rated``: the same message gives the score, which need not be asked for any more."""
    order = which.find(turn, speaker, Verb.CONFIRM, no)
    if rest and turn.desk.reader.read(rest).intent in _NOT_DONE:
        reopening.not_fixed(turn, speaker, order.no, rest)
        return
    if order.status.is_over:
        raise Refused("refused.confirm_late", no=order.no, status=words.status(order.status))
    _confirmed(turn, speaker, order, rated=rated)


def _confirmed(turn: Turn, speaker: Speaker, order: Order, *, rated: bool) -> Order:
    after, line = make_move(order, Move.CONFIRM, by=speaker.id, at=turn.now)
    after = turn.keep(order, after, line)
    callback_policy.closed(turn, after)
    turn.say(speaker.id, "talk.confirmed" if rated else "reporter.confirmed", order=after, no=after.no)
    if after.holder:
        turn.say(after.holder, "engineer.confirmed", order=after, weight=Weight.MAY, no=after.no)
    return after


def rate(turn: Turn, speaker: Speaker, no: int | None, score: int, text: str = "") -> None:
    """A score from 1 to 5; two or less opens a follow-up for customer service."""
    order = which.find(turn, speaker, Verb.RATE, no) if no is not None else _to_rate(turn, speaker)
    with turn.one_answer(speaker.id):
        if order.status is Status.FINISHED:
            order = _confirmed(turn, speaker, order, rated=True)
        _rated(turn, speaker, order, score, text)


def _rated(turn: Turn, speaker: Speaker, order: Order, score: int, text: str) -> None:
    if order.status is not Status.CLOSED or order.closed_how not in ("confirmed", "unconfirmed"):
        raise Refused("refused.rate", no=order.no, status=words.status(order.status))
    if order.closed_at is not None and turn.now - order.closed_at > SCORE_STANDS_FOR:
        raise Refused("refused.rate_late", no=order.no)
    was_low = order.score is not None and is_low(order.score)
    store.ratings.save(turn.tx, order.no, score, text, turn.now)
    store.timers.replace_for_order(turn.tx, order.no, order.round, [], urgent=False, fresh=False)
    turn.note(order, "rate", speaker.id)
    store.questions.forget(turn.tx, order.no, "score")
    turn.say(
        speaker.id, "reporter.rated_low" if is_low(score) else "reporter.rated", order=order, no=order.no, score=score
    )
    if is_low(score) and not was_low:
        followups.open_low_score(turn, order, score, text)


def _to_rate(turn: Turn, speaker: Speaker) -> Order:
    """The order a bare score is for: the one asked about last, or the one rated last, by a better thought."""
    asked = [q for q in store.questions.open_for(turn.tx, speaker.id, turn.now) if q.kind == "score"]
    if asked:
        return which.allowed(turn, speaker, Verb.RATE, asked[0].order_no)
    recent = store.orders.recent_of_reporter(turn.tx, speaker.id)
    fitting = [o for o in recent if o.status is Status.FINISHED or (o.status is Status.CLOSED and o.score is None)]
    fitting = fitting or [o for o in recent if o.status is Status.CLOSED and o.score is not None][:1]
    if not fitting:
        raise Refused("none.rate")
    if len(fitting) > 1:
        raise Refused("which", list=words.order_lines(fitting), orders=fitting)
    return which.allowed(turn, speaker, Verb.RATE, fitting[0].no)


def _urge_leading(turn: Turn, order: Order, waited: str) -> None:
    """Who waits on an event is heard too, by whoever works on it, without crowding his line."""
    event, lead = event_words.event_and_lead(turn, order)
    if event and lead and lead.holder:
        turn.say(
            lead.holder, "incident.urged", order=order, weight=Weight.MAY,
            no=order.no, event=event.id, lead=lead.no, place=words.place(order.place), waited=waited,
        )  # fmt: skip
