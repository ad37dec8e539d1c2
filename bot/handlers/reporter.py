"""What the reporter does after reporting: 进度 催单 取消 确认 没修好, and the score."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

from bot import store, words
from bot.core.dues import accept_by, arrive_by
from bot.core.duty import Candidate
from bot.core.errors import Refused
from bot.core.joining import LIFT, conflict, merged, same_matter
from bot.core.kinds import Category, Intent, Priority, Role
from bot.core.letters import Weight
from bot.core.orders import MOVES, LogLine, Move, Order, Status, make_move
from bot.core.people import Speaker
from bot.core.ratings import is_low
from bot.core.reading import NOWHERE, Fault, Place, Reading
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import (
    callback_policy,
    chat,
    crew,
    dispatching,
    doubts,
    event_words,
    followups,
    incidents,
    reasons,
    receipts,
    report,
    responsibility,
    which,
)
from bot.texts import render

SCORE_STANDS_FOR = timedelta(days=7)
# 确认 12 还在漏 confirms nothing.
_NOT_DONE = (Intent.NOT_FIXED, Intent.REPORT, Intent.COMPLAINT, Intent.URGE)
# How what comes behind the command is read.
_SAYS = "没修好，"


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
        turn.tell(speaker.id, "\n".join(_standing(turn, o) for o in orders[:10]))
        return
    order = which.allowed(turn, speaker, Verb.SEE, no)
    history = store.orders.history(turn.tx, no) if speaker.is_staff else []
    inside = crew.contact_line(turn, speaker, order) + _ground(turn, order, history)
    inside += _inside(turn, speaker, order, history)
    turn.tell(speaker.id, _standing(turn, order) + inside)


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
    turn.tell(speaker.id, render("urge.done", standing=_standing(turn, order)), order=order)


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
        not_fixed(turn, speaker, order.no, rest)
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


def not_fixed(turn: Turn, speaker: Speaker, no: int | None, rest: str = "", reading: Reading | None = None) -> None:
    """没修好: the same order opens again with its history, and the supervisor hears of it.

    A danger among the words (``reading`` is what they say, where that is known) is dispatched as one, whatever would
    be refused otherwise: what the order is about raises it, anything else is an order of its own.
    """
    told = reading or turn.desk.understand(f"{_SAYS}{rest}" if rest else "")
    try:
        order = which.find(turn, speaker, Verb.REOPEN, no)
    except Refused as refused:
        several = cast(Sequence[Order], refused.fields.get("orders", ()))
        meant = [one for one in several if _about(one, _dangers(told), told)]
        if not meant and not _dangers(told):
            raise
        if not meant:
            report.report(turn, speaker, rest, _telling(told, _dangers(told)))
            return
        order = meant[0]
    dangers, unclear = _dangers_again(turn, order, rest, told)
    worse = _about(order, dangers, told)
    refused_why = _cannot_reopen(turn, order)
    at_work = not order.status.is_over and order.status is not Status.FINISHED
    others = [_near(order, fault, told) for fault in dangers if refused_why or fault is not worse]
    if refused_why and not (dangers or unclear):
        raise refused_why
    with turn.one_answer(speaker.id):
        if refused_why and not dangers:
            chat.refuse(turn, speaker, refused_why)
        elif at_work and worse:
            after = report.join(turn, speaker, order, rest, worse, worse.place or told.place)
            turn.tell(speaker.id, receipts.joined_words(turn, after), order=after)
        elif at_work:
            _not_finished_yet(turn, speaker, order, rest)
        elif not refused_why:
            _reopen(turn, speaker, order, rest, worse, worse.place or told.place if worse else NOWHERE)
        if others:
            report.report(turn, speaker, rest, _telling(told, others))
        if unclear:
            chat.look_for_danger(turn, speaker, rest)


def _dangers(told: Reading) -> list[Fault]:
    return [fault for fault in told.faults if fault.priority is Priority.EMERGENCY]


def _dangers_again(turn: Turn, order: Order, rest: str, told: Reading) -> tuple[list[Fault], bool]:
    """The dangers that words about an order tell of, and whether a person has to look for one.

    Words about something known are short: 里面还有人 means one thing of a lift and another of an air conditioner. So
    they are read with what was told at first, too; what only one of the two readings finds is no certain danger.
    """
    alone = _dangers(told)
    if not rest or not order.words:
        return alone, False
    first = order.words.split("\n")[0]
    together = _dangers(turn.desk.understand(f"{first}，{_SAYS}{rest}"))
    both = [fault for fault in alone if any(fault.category is other.category for other in together)]
    # What makes a danger of the order only with its first words (电梯坏了, then 里面还有人); not those words alone.
    hinted = order.priority is not Priority.EMERGENCY and not _dangers(turn.desk.understand(first))
    added = [
        replace(fault, doubtful=True)
        for fault in together
        if hinted and fault not in both and same_matter(order, fault.category, fault.place)
    ]
    found = both or added
    return found, len(alone) > len(both)


def _about(order: Order, dangers: Sequence[Fault], told: Reading) -> Fault | None:
    """The danger that may be what the order is about."""
    return next((one for one in dangers if same_matter(order, one.category, one.place or told.place)), None)


def _telling(told: Reading, dangers: Sequence[Fault]) -> Reading:
    return replace(told, intent=Intent.REPORT, faults=tuple(dangers))


def _near(order: Order, fault: Fault, told: Reading) -> Fault:
    """A danger told beside an order is where that is, as far as nothing else was said; a lift is in no flat."""
    place = fault.place or told.place
    known = Place(order.place.building, order.place.unit) if fault.category in LIFT else order.place
    return fault if conflict(order.place, place) else replace(fault, place=merged(known, place))


def _cannot_reopen(turn: Turn, order: Order) -> Refused | None:
    if order.closed_at is not None and turn.now - order.closed_at > turn.policy.reopen_within:
        return Refused("refused.reopen_late", no=order.no, days=words.span(turn.policy.reopen_within))
    if order.status.is_over and (order.status, Move.REOPEN) not in MOVES:
        return Refused("refused.reopen", no=order.no, status=words.status(order.status))
    return None


def _reopen(turn: Turn, speaker: Speaker, order: Order, rest: str, danger: Fault | None, place: Place) -> None:
    before_words = order.words
    now_is = order
    if danger is not None:
        category = order.category if order.category is Category.ELEVATOR_ENTRAPMENT else danger.category
        now_is = replace(order, category=category, priority=danger.priority, doubtful=danger.doubtful)
    raised = now_is != order
    waits = incidents.reopened(turn, now_is)
    candidate = _again(turn, now_is) if not waits else None
    after, line = make_move(
        order, Move.REOPEN, by=speaker.id, at=turn.now,
        holder=candidate.person.id if candidate else None,
        words=f"{before_words}\n{rest}" if rest else before_words, score=None,
        category=now_is.category, priority=now_is.priority, doubtful=now_is.doubtful,
        place=merged(order.place, place),
    )  # fmt: skip
    after = turn.keep(order, dispatching.clock_start(turn, after), dispatching.because(line, candidate))
    store.questions.forget(turn.tx, order.no, "score")
    if waits:
        assert after.incident is not None
        after = incidents.wait_on(turn, after, after.incident, speaker.id)
        turn.tell(speaker.id, event_words.known(turn, after), order=after)
        return
    note = render("page.reopened", n=after.reopened)
    dispatching.send(turn, after, candidate, f"{note}\n{render('page.raised')}" if raised else note)
    if after.doubtful:
        doubts.ask(turn, after)
    name = candidate.person.name if candidate else render("name.nobody")
    turn.say(speaker.id, "reporter.reopened", order=after, no=after.no, name=name)
    if after.priority is Priority.EMERGENCY and speaker.id == after.reporter:
        turn.tell(speaker.id, receipts.receipt(turn, after, candidate), order=after)
    for lead in turn.roster.of_role(Role.SUPERVISOR):
        if candidate is None or lead.id != candidate.person.id:
            turn.say(lead.id, "lead.reopened", order=after, no=after.no, line=words.order_line(after))


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


def _again(turn: Turn, order: Order) -> Candidate | None:
    """The same engineer if he is on duty, else whoever fits."""
    person = turn.person(order.holder)
    if person and person.id in turn.roster.on_duty(turn.now):
        return Candidate(person, "tier1", {"ground": "again"})
    probe_status = Status.UNSURE if person and person.role is Role.SERVICE else Status.OPEN
    return dispatching.pick(turn, replace(order, status=probe_status))


def _not_finished_yet(turn: Turn, speaker: Speaker, order: Order, rest: str) -> None:
    """没修好 while the work is still under way: whoever has it hears it."""
    if order.holder:
        text = rest or render("not_fixed.words")
        turn.say(order.holder, "order.supplement", order=order, no=order.no, text=text, place=words.place(order.place))
    turn.note(order, "supplement", speaker.id, text=rest)
    turn.tell(speaker.id, render("urge.done", standing=_standing(turn, order)), order=order)


def _standing(turn: Turn, order: Order) -> str:
    """One order's state in words its reporter may read."""
    fields = {
        "line": words.order_line(order),
        "name": turn.name_of(order.holder) if order.holder else render("name.nobody"),
        "opened": turn.when(order.opened_at),
    }
    match order.status:
        case Status.OPEN | Status.UNSURE:
            by = accept_by(order, turn.policy)
            return render("standing.late" if by < turn.now else "standing.open", by=turn.when(by), **fields)
        case Status.ACCEPTED:
            return render("standing.accepted", by=turn.when(arrive_by(order, turn.policy)), **fields)
        case Status.FOLLOWING:
            return render("standing.following", known=event_words.known(turn, order), **fields)
        case Status.ARRIVED | Status.PARKED | Status.FINISHED:
            return render("standing.with", **fields)
        case _:
            return render("standing.plain", **fields)


def _ground(turn: Turn, order: Order, history: Sequence[LogLine]) -> str:
    """Why the holder has it: for staff, while it is open."""
    if not history or not order.holder or order.status.is_over:
        return ""
    return render("standing.why", reason=reasons.reason(turn, order, history))


def _inside(turn: Turn, speaker: Speaker, order: Order, history: Sequence[LogLine]) -> str:
    """What only customer service and those above may read: why it was read so, and the last steps."""
    if speaker.role not in (Role.SERVICE, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        return ""
    steps = [
        f"{turn.when(line.at)} {render('log.' + line.what)} {turn.name_of(line.by) if line.by else ''}".rstrip()
        for line in history[-8:]
    ]
    why = store.orders.why_of(turn.tx, order.no)
    inside = render(
        "standing.inside", steps="\n".join(steps), why=why or "-", files=store.attachments.count_of(turn.tx, order.no)
    )
    more = [
        render("owner.is", name=turn.name_of(order.owner)) if order.owner else "",
        responsibility.words_for(turn, order),
        *followups.results(turn, order),
    ]
    return inside + "".join(f"\n{line}" for line in more if line)
