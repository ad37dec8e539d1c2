"""没修好: a repair that did not hold opens its order again, and a danger among the words goes out as one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from bot import store, words
from bot.core.duty import Candidate
from bot.core.errors import Refused
from bot.core.joining import LIFT, conflict, merged, same_matter
from bot.core.kinds import Category, Intent, Priority, Role
from bot.core.orders import MOVES, Move, Order, Status, make_move
from bot.core.people import Speaker
from bot.core.reading import Fault, Place, Reading
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import chat, dispatching, doubts, event_words, incidents, receipts, report, which
from bot.handlers.standing import standing
from bot.texts import render

# How what comes behind the command is read.
_SAYS = "没修好，"


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
            _reopen(turn, speaker, order, rest, worse, told.place)
        if others:
            report.report(turn, speaker, rest, _telling(told, others))
        if unclear:
            chat.look_for_danger(turn, speaker, rest)


def _dangers(told: Reading) -> list[Fault]:
    return [fault for fault in told.faults if fault.priority is Priority.EMERGENCY]


def _dangers_again(turn: Turn, order: Order, rest: str, told: Reading) -> tuple[list[Fault], bool]:
    """The dangers that words about an order tell of, and whether a person has to look for one.

    Words about something known are short: 里面还有人 means one thing of a lift and another of an air conditioner. So
    they are read with what was told at first, too. Where that is no danger at all, it is for a person to say.
    """
    alone = _dangers(told)
    if not rest or not order.words:
        return alone, False
    first = order.words.split("\n")[0]
    together = _dangers(turn.desk.understand(f"{first}，{_SAYS}{rest}"))
    found = alone if together else []
    # What makes a danger of the order only with its first words (电梯坏了, then 里面还有人); not those words alone.
    # Beside another danger it is mostly that one seen twice, but for people in a lift.
    hinted = order.priority is not Priority.EMERGENCY and not _dangers(turn.desk.understand(first))
    known = {fault.category for fault in found}
    added = [
        replace(fault, doubtful=True)
        for fault in together
        if hinted and fault.category not in known and same_matter(order, fault.category, fault.place)
        if not found or fault.category is Category.ELEVATOR_ENTRAPMENT
    ]
    return [*added, *found], bool(alone) and not found


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
    now_is = _with(order, danger, place) if danger else order
    raised = (now_is.category, now_is.priority) != (order.category, order.priority)
    waits = incidents.reopened(turn, now_is)
    candidate = _again(turn, now_is) if not waits else None
    after, line = make_move(
        order, Move.REOPEN, by=speaker.id, at=turn.now,
        holder=candidate.person.id if candidate else None,
        words=f"{order.words}\n{rest}" if rest else order.words, score=None,
        category=now_is.category, priority=now_is.priority, doubtful=now_is.doubtful, place=now_is.place,
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


def _with(order: Order, danger: Fault, place: Place) -> Order:
    """What the order is with the danger that it has become; people in a lift stay what it is about."""
    category = order.category if order.category is Category.ELEVATOR_ENTRAPMENT else danger.category
    return replace(
        order, category=category, priority=danger.priority, doubtful=danger.doubtful,
        place=merged(order.place, danger.place or place),
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
    turn.tell(speaker.id, render("urge.done", standing=standing(turn, order)), order=order)
