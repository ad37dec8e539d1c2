"""What happens when a clock of an order rings: one function a step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot import store, words
from bot.core.dues import Clock, Step, clocks_of, overdue, repeat_every
from bot.core.duty import Candidate
from bot.core.kinds import Priority, Role
from bot.core.letters import Weight
from bot.core.orders import LogLine, Move, Order, make_move
from bot.core.people import Person, person_id
from bot.desk import Turn
from bot.handlers import callback_policy, dispatching, incidents, owners, report, silence
from bot.handlers.reporter import SCORE_STANDS_FOR
from bot.store.timers import Timer
from bot.texts import render
from bot.voice import Tap

# Later than this a step says how late it is; less is only the tick.
WORTH_SAYING_LATE = timedelta(seconds=10)


def ring(turn: Turn, timer: Timer) -> None:
    """Do everything overdue on one clock of one order, latest step first, and arm the next."""
    no = int(timer.subject.removeprefix("order:"))
    order = store.orders.get(turn.tx, no)
    if order is None or order.round != timer.round:
        store.timers.done(turn.tx, timer.id)
        return
    clock = Clock(timer.kind)
    if clock not in clocks_of(order):
        store.timers.done(turn.tx, timer.id)
        return
    steps, following = overdue(order, clock, timer.step, turn.policy, turn.now)
    if following is None:
        store.timers.done(turn.tx, timer.id)
    else:
        store.timers.move_on(turn.tx, timer.id, following.number, following.at)
    for step in steps:
        now = store.orders.get(turn.tx, no)
        if now is None or now.round != timer.round:
            return  # an earlier step has moved the order on; its new clocks are armed
        turn.note(now, f"{clock}.{step.name}")
        STEPS[clock, step.name](turn, now, step)
        if (clock, step.name) in _STALLS:
            owners.stalled(turn, now, render(f"log.{clock}.{step.name}"))
        turn.post()  # whom this step pages, the next one knows as paged


def _remind_accept(turn: Turn, order: Order, step: Step) -> None:
    passed = store.orders.last_time(turn.tx, order.no, "pass_on")
    if order.holder and (passed is None or passed < step.at):  # else he has only just got it
        _remind(turn, order, step, order.holder, "ladder.remind_accept")


def _bring_in_next(turn: Turn, order: Order, step: Step) -> None:
    tried = dispatching.tried(turn, order)
    candidate = dispatching.pick(turn, order, tried)
    if candidate:
        note = render("page.brought_in", waited=words.span(turn.now - order.clock_at))
        _page(turn, order, candidate.person, note, step)
        store.roster.called_in(turn.tx, candidate.person.id, turn.now)


def _hand_to_next(turn: Turn, order: Order, step: Step) -> None:
    silence.hand_to_next(turn, order, _lateness(turn, step))


def _supervisors(turn: Turn, order: Order, step: Step) -> None:
    _tell_leads(turn, order, step, Role.SUPERVISOR)


def _supervisors_again(turn: Turn, order: Order, step: Step) -> None:
    """Somebody may have come on duty, or have got room, since: then the order has no need of the supervisor."""
    if not silence.hand_down(turn, order):
        _tell_leads(turn, order, step, Role.SUPERVISOR)


def _managers(turn: Turn, order: Order, step: Step) -> None:
    _tell_leads(turn, order, step, Role.MANAGER)


def _tell_leads(turn: Turn, order: Order, step: Step, role: Role) -> None:
    note = render("page.not_accepted", waited=words.span(turn.now - order.clock_at))
    refused = silence.refusals(turn, order)
    if refused:
        note += "\n" + silence.refused_so_far(turn, refused, len(refused))
    for person in _of(turn, role):
        _page(turn, order, person, note, step)


def _group(turn: Turn, order: Order, step: Step) -> None:
    _supervisors(turn, order, step)
    _tell_group(turn, order, step)


def _everyone(turn: Turn, order: Order, step: Step) -> None:
    """The end of the emergency ladder: everybody on the list, the group, and the telephone gateway."""
    people = _emergency_people(turn, order)
    for person in people:
        _page(turn, order, person, render("page.everyone", waited=words.span(turn.now - order.clock_at)), step)
    if step.name == "everyone_again":
        _tell_group(turn, order, step)
    turn.call_gateway(
        {
            "event": "emergency_not_accepted",
            "order": order.no,
            "category": order.category.value,
            "place": words.place(order.place),
            "opened_at": order.opened_at.isoformat(),
            "waited_seconds": int((turn.now - order.opened_at).total_seconds()),
            "text": render("ladder.gateway", no=order.no, category=words.fault(order), place=words.place(order.place)),
            "call": [{"userid": p.userid, "name": p.name, "phone": p.phone} for p in people],
        },
        order=order,
        lives=_lives(turn, order, step),
    )


def _untaken(turn: Turn, order: Order, step: Step) -> None:
    """The platform has taken no page: the reporter must not wait for nobody."""
    if not store.pages.page_was_taken(turn.tx, order.no, order.round):
        turn.say(order.reporter, "ladder.untaken", order=order, no=order.no, phone=turn.phone_line)


def _verify(turn: Turn, order: Order, step: Step) -> None:
    report.verify(turn, order, _lateness(turn, step).strip())


def _climb(turn: Turn, order: Order, step: Step) -> None:
    """A voice or picture that nobody has explained or taken: it may be somebody shut in a lift."""
    after = replace(order, priority=Priority.EMERGENCY, round=order.round + 1, clock_at=turn.now)
    after = turn.keep(order, after, LogLine("raise", turn.now, "", {"priority": "emergency", "media": order.media}))
    person = turn.person(order.holder)
    if person:
        turn.page(after, Candidate(person, "tier1"), render("page.media_unanswered") + _lateness(turn, step))


def _remind_visit(turn: Turn, order: Order, step: Step) -> None:
    if order.holder:
        line, when = words.order_line(order), turn.visit(order)
        text = render("visit.remind", no=order.no, line=line, when=when) + _lateness(turn, step)
        turn.tell(order.holder, text, order=order, weight=Weight.REMINDER)


def _remind_arrive(turn: Turn, order: Order, step: Step) -> None:
    if order.holder:
        _remind(turn, order, step, order.holder, "ladder.remind_arrive")


def _remind_finish(turn: Turn, order: Order, step: Step) -> None:
    if order.holder:
        _remind(turn, order, step, order.holder, "ladder.remind_finish")


def _late_arrive(role: Role) -> Callable[[Turn, Order, Step], None]:
    return lambda turn, order, step: _report_late(turn, order, step, role, "ladder.late_arrive")


def _late_finish(role: Role) -> Callable[[Turn, Order, Step], None]:
    return lambda turn, order, step: _report_late(turn, order, step, role, "ladder.late_finish")


def _report_late(turn: Turn, order: Order, step: Step, role: Role, key: str) -> None:
    told = [p.id for p in _of(turn, role)]
    if order.priority is Priority.EMERGENCY and order.holder:
        told = [order.holder, *told]
    for person in dict.fromkeys(told):
        _remind(turn, order, step, person, key)


def _forgotten(turn: Turn, order: Order, step: Step) -> None:
    silence.forgotten(turn, order, _of(turn, Role.SUPERVISOR), _lateness(turn, step))


def _ask_parked(turn: Turn, order: Order, step: Step) -> None:
    for person in dict.fromkeys([order.holder or "", *(p.id for p in _of(turn, Role.SUPERVISOR))]):
        if person:
            _remind(turn, order, step, person, "ladder.parked")


def _lapse(turn: Turn, order: Order, step: Step) -> None:
    after, line = make_move(order, Move.LAPSE, by="", at=turn.now)
    after = turn.keep(order, after, line)
    callback_policy.closed(turn, after)
    turn.say(after.reporter, "reporter.lapsed", order=after, weight=Weight.MAY, reserve=1, no=after.no)


def _ask_score(turn: Turn, order: Order, step: Step) -> None:
    after = turn.keep(order, replace(order, asked_score_at=turn.now, round=order.round + 1))
    _score_question(turn, after, step, "score.ask", Weight.MUST)


def _remind_score(turn: Turn, order: Order, step: Step) -> None:
    _score_question(turn, order, step, "score.remind", Weight.MAY)


def _score_question(turn: Turn, order: Order, step: Step, key: str, weight: Weight) -> None:
    store.questions.ask(turn.tx, order.reporter, "score", order.no, turn.now + SCORE_STANDS_FOR)
    text = render(key, no=order.no, category=words.fault(order), name=turn.name_of(order.holder))
    text += _lateness(turn, step)
    taps = [Tap(render(f"tap.score_{n}"), f"rate:{order.no}:{n}") for n in (5, 4, 3, 2, 1)]
    turn.offer(order.reporter, text, taps, order=order, title=render("score.title", no=order.no), weight=weight)


STEPS: dict[tuple[Clock, str], Callable[[Turn, Order, Step], None]] = {
    (Clock.ACCEPT, "remind"): _remind_accept,
    (Clock.ACCEPT, "next"): _hand_to_next,
    (Clock.ACCEPT, "supervisor"): _supervisors,
    (Clock.ACCEPT, "manager"): _managers,
    (Clock.ACCEPT, "again"): _supervisors_again,
    (Clock.ACCEPT, "second"): _bring_in_next,
    (Clock.ACCEPT, "group"): _group,
    (Clock.ACCEPT, "everyone"): _everyone,
    (Clock.ACCEPT, "everyone_again"): _everyone,
    (Clock.PAGE, "untaken"): _untaken,
    (Clock.PLACE, "verify"): _verify,
    (Clock.MEDIA, "climb"): _climb,
    (Clock.ARRIVE, "visit"): _remind_visit,
    (Clock.ARRIVE, "remind"): _remind_arrive,
    (Clock.ARRIVE, "supervisor"): _late_arrive(Role.SUPERVISOR),
    (Clock.ARRIVE, "manager"): _late_arrive(Role.MANAGER),
    (Clock.ARRIVE, "again"): _late_arrive(Role.SUPERVISOR),
    (Clock.FINISH, "remind"): _remind_finish,
    (Clock.FINISH, "supervisor"): _late_finish(Role.SUPERVISOR),
    (Clock.FINISH, "manager"): _late_finish(Role.MANAGER),
    (Clock.FINISH, "again"): _late_finish(Role.SUPERVISOR),
    (Clock.LEASE, "forgotten"): _forgotten,
    (Clock.PARKED, "ask"): _ask_parked,
    (Clock.FOLLOW, "look"): lambda turn, order, step: incidents.look(turn, order),
    (Clock.CONFIRM, "lapse"): _lapse,
    (Clock.SCORE, "ask"): _ask_score,
    (Clock.SCORE, "remind"): _remind_score,
}


# When a step says that an order is stuck, whoever took the report in hears it too (首问负责).
_STALLS = frozenset(
    {
        (Clock.ACCEPT, "supervisor"),
        (Clock.ACCEPT, "group"),
        (Clock.ARRIVE, "supervisor"),
        (Clock.FINISH, "supervisor"),
        (Clock.PARKED, "ask"),
    }
)


def _page(turn: Turn, order: Order, person: Person, note: str, step: Step) -> None:
    """Bring somebody in: card and words the first time, words alone for whoever has the card."""
    note += _lateness(turn, step)
    if person.id in dispatching.tried(turn, order):
        line = words.order_line(order)
        text = render("ladder.again", no=order.no, line=line, note=note, words=order.words)
        turn.nudge_again(order, person, text, lives=_lives(turn, order, step))
    else:
        turn.page(order, Candidate(person, "ladder"), note)


def _remind(turn: Turn, order: Order, step: Step, to: str, key: str) -> None:
    text = render(
        key, no=order.no, line=words.order_line(order), name=turn.name_of(order.holder) if order.holder else "",
        waited=words.span(turn.now - order.opened_at),
    )  # fmt: skip
    turn.tell(to, text + _lateness(turn, step), order=order, weight=Weight.REMINDER)


def _lateness(turn: Turn, step: Step) -> str:
    late = turn.now - step.at
    if late < WORTH_SAYING_LATE:
        return ""
    return "\n" + render("ladder.late_by", time=turn.when(step.at), late=words.span(late))


def _lives(turn: Turn, order: Order, step: Step) -> timedelta | None:
    """Each repeat says what the one before said: one that has not left by the next would only crowd the line."""
    return repeat_every(order, turn.policy) if step.name.endswith("again") else None


def _tell_group(turn: Turn, order: Order, step: Step) -> None:
    line, waited = words.order_line(order), words.span(turn.now - order.opened_at)
    text = render("ladder.group", no=order.no, line=line, waited=waited)
    turn.tell_group(text + _lateness(turn, step), order=order, lives=_lives(turn, order, step))


_ABOVE = {Role.SUPERVISOR: (Role.MANAGER, Role.ADMIN), Role.MANAGER: (Role.ADMIN, Role.SUPERVISOR)}


def _of(turn: Turn, role: Role) -> list[Person]:
    """Those of the role on duty, else all of the role, else one who stands above, or next to it, else the desk."""
    on_duty = turn.roster.on_duty(turn.now)
    those = turn.roster.of_role(role)
    others = [p for instead in _ABOVE[role] for p in turn.roster.of_role(instead)]
    return [p for p in those if p.id in on_duty] or those or others[:1] or turn.roster.of_role(Role.SERVICE)


def _emergency_people(turn: Turn, order: Order) -> list[Person]:
    """The configured list; without one, everybody on duty and all who lead."""
    listed = turn.desk.settings.duty.emergency_list
    if listed:
        return [turn.person(person_id(u)) or Person(person_id(u), u, u, Role.ENGINEER) for u in listed]
    on_duty = [p for pid in turn.roster.on_duty(turn.now) if not (p := turn.roster.people[pid]).firm]
    leads = turn.roster.of_role(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
    return list({p.id: p for p in [*on_duty, *leads]}.values())
